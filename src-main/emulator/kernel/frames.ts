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
  /** Order of the free block that starts at a frame, plus 1; 0 when none does. */
  private readonly freeOrder: Uint8Array;
  private readonly next: Int32Array;
  private readonly previous: Int32Array;
  private readonly heads = new Int32Array(MAX_ORDER + 1).fill(NO_FRAME);

  constructor(count: number) {
    this.count = count;
    this.free = count;
    this.freeOrder = new Uint8Array(count);
    this.next = new Int32Array(count);
    this.previous = new Int32Array(count);
    // From the end, so that the lowest block of each order is taken first.
    for (let end = count; end > 0;) {
      let order = 0;
      // The largest aligned block that ends here.
      while (order < MAX_ORDER && (end & ((2 << order) - 1)) === 0) order++;
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
      for (let split = o - 1; split >= order; split--) this.push(frame + (1 << split), split);
      this.free -= 1 << order;
      return frame;
    }
    return NO_FRAME;
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
}
