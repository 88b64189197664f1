/** No frame. */
export const NO_FRAME = -1;

/** Largest block of frames, log2. */
const MAX_ORDER = 10;

/**
 * Physical memory: a buddy allocator over `count` frames of 4 KiB. A block of order n is 2^n frames,
 * aligned to its size.
 */
export class Frames {
  readonly count: number;
  free: number;
  // By frame, as far as frames have been touched: a large memory of which little is used costs little.
  /** Order of the free block that starts at a frame, plus 1; 0 when none does. */
  private freeOrder = new Uint8Array(0);
  private next = new Int32Array(0);
  private previous = new Int32Array(0);
  private readonly heads = new Int32Array(MAX_ORDER + 1).fill(NO_FRAME);
  /** Frames from here up to `largest` are blocks of the largest order that were never taken: behind all on its list. */
  private fresh = 0;
  private readonly largest: number;

  constructor(count: number) {
    this.count = count;
    this.free = count;
    this.largest = (count >> MAX_ORDER) << MAX_ORDER;
    // What is left behind the largest blocks: one block of each order at most.
    for (let end = count; end > this.largest;) {
      let order = 0;
      // The largest aligned block that ends here.
      while ((end & ((2 << order) - 1)) === 0) order++;
      const start = end - (1 << order);
      this.push(start, order);
      end = start;
    }
  }

  /** @returns first frame of a block of 2^order frames, or {@link NO_FRAME} */
  allocate(order: number): number {
    for (let o = order; o <= MAX_ORDER; o++) {
      const frame = this.heads[o];
      if (frame === NO_FRAME) continue;
      this.unlink(frame, o);
      return this.take(frame, o, order);
    }
    if (this.fresh === this.largest) return NO_FRAME;
    const frame = this.fresh;
    this.fresh += 1 << MAX_ORDER;
    return this.take(frame, MAX_ORDER, order);
  }

  /** Takes the first frames of a block that is on no list any more, and puts the rest on the lists. */
  private take(frame: number, whole: number, order: number): number {
    for (let split = whole - 1; split >= order; split--) this.push(frame + (1 << split), split);
    this.free -= 1 << order;
    return frame;
  }

  release(frame: number, order: number): void {
    this.free += 1 << order;
    let start = frame;
    let o = order;
    while (o < MAX_ORDER) {
      const buddy = start ^ (1 << o);
      if (buddy + (1 << o) > this.count || this.freeOrder[buddy] !== o + 1) break;
      this.unlink(buddy, o);
      if (buddy < start) start = buddy;
      o++;
    }
    this.push(start, o);
  }

  private push(frame: number, order: number): void {
    if (frame >= this.freeOrder.length) this.reach(frame);
    const head = this.heads[order];
    this.next[frame] = head;
    this.previous[frame] = NO_FRAME;
    if (head !== NO_FRAME) this.previous[head] = frame;
    this.heads[order] = frame;
    this.freeOrder[frame] = order + 1;
  }

  private unlink(frame: number, order: number): void {
    const next = this.next[frame];
    const previous = this.previous[frame];
    if (previous === NO_FRAME) this.heads[order] = next;
    else this.next[previous] = next;
    if (next !== NO_FRAME) this.previous[next] = previous;
    this.freeOrder[frame] = 0;
  }

  /** Makes room in the tables for a frame, and for as many again. */
  private reach(frame: number): void {
    const room = Math.min(this.count, Math.max(1 << MAX_ORDER, 2 * (frame + 1)));
    const { freeOrder, next, previous } = this;
    this.freeOrder = new Uint8Array(room);
    this.next = new Int32Array(room);
    this.previous = new Int32Array(room);
    this.freeOrder.set(freeOrder);
    this.next.set(next);
    this.previous.set(previous);
  }
}
