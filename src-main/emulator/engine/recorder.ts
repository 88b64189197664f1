import { FULL_BATCH, appendEvent, emptyBatch, sliceBatch, type WritableBatch } from '#model/batch';
import type { EventBatch, EventKind } from '#model/events';

/**
 * Collects events into columns. `record` returns the event's index in the run, which later events
 * name as their cause. An event's duration may be set afterwards with `finish`, as long as its batch
 * is still here: a batch is handed on only when it is full and nothing in it is open.
 */
export class Recorder {
  private batch: WritableBatch;
  /** Full batches with open events, oldest first; almost always empty. */
  private held: WritableBatch[] = [];
  /** Open events of the batch. */
  private open = 0;
  /** Open events of the held batches. */
  private heldOpen: number[] = [];
  private readonly sink: (batch: EventBatch) => void;
  private readonly spare: (() => EventBatch | undefined) | undefined;

  /**
   * @param sink takes each batch; it owns the arrays from then on
   * @param spare a full batch that the sink is done with, for its arrays to be filled again
   */
  constructor(sink: (batch: EventBatch) => void, spare?: () => EventBatch | undefined) {
    this.sink = sink;
    this.spare = spare;
    this.batch = this.room(0);
  }

  /** Events recorded so far. */
  get count(): number {
    return this.batch.first + this.batch.count;
  }

  /** Appends an event of known duration and returns its index. Times in ps. */
  record(
    kind: EventKind,
    lane: number,
    time: number,
    duration: number,
    address: number,
    a: number,
    b: number,
    c: number,
    cause: number,
  ): number {
    let batch = this.batch;
    if (batch.count === FULL_BATCH) batch = this.turn();
    return appendEvent(batch, kind, lane, time, duration, address, a, b, c, cause);
  }

  /** Appends an event whose end is not known yet; `finish` must follow. */
  begin(kind: EventKind, lane: number, time: number, address: number, a: number, b: number, cause: number): number {
    const index = this.record(kind, lane, time, 0, address, a, b, 0, cause);
    this.open++;
    return index;
  }

  /** Ends an event that `begin` started, at `time` ps, with its outcome as argument `c`. */
  finish(index: number, time: number, c: number): void {
    const { batch } = this;
    if (index >= batch.first) {
      const i = index - batch.first;
      batch.duration[i] = time - batch.time[i];
      batch.c[i] = c;
      this.open--;
    } else {
      this.finishHeld(index, time, c);
    }
  }

  /** Hands on everything that is left. Events still open keep duration 0. */
  flush(): void {
    for (const batch of this.held) this.sink(batch);
    this.held = [];
    this.heldOpen = [];
    this.open = 0;
    const { batch } = this;
    if (batch.count === 0) return;
    // What is handed on is a copy: the arrays are filled again.
    const last = sliceBatch(batch, 0, batch.count);
    batch.first += last.count;
    batch.count = 0;
    this.sink(last);
  }

  private turn(): WritableBatch {
    const full = this.batch;
    this.batch = this.room(full.first + full.count);
    this.held.push(full);
    this.heldOpen.push(this.open);
    this.open = 0;
    this.release();
    return this.batch;
  }

  private room(first: number): WritableBatch {
    const spare = this.spare?.();
    return spare === undefined ? emptyBatch(first, FULL_BATCH) : { ...spare, first, count: 0 };
  }

  private finishHeld(index: number, time: number, c: number): void {
    let slot = this.held.length - 1;
    while (slot >= 0 && index < this.held[slot].first) slot--;
    if (slot < 0) throw new RangeError(`event ${index} is not open`);
    const batch = this.held[slot];
    const i = index - batch.first;
    batch.duration[i] = time - batch.time[i];
    batch.c[i] = c;
    this.heldOpen[slot] -= 1;
    this.release();
  }

  private release(): void {
    while (this.held.length > 0 && this.heldOpen[0] === 0) {
      this.heldOpen.shift();
      this.sink(this.held.shift()!);
    }
  }
}
