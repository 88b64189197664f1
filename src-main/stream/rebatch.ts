import type { EventBatch } from '#model/events';
import { FULL_BATCH, copyEvents, makeBatch, sliceBatch } from '#model/batch';

/**
 * Batches of any size in, full batches out (the last may be smaller), events and order unchanged. A full batch
 * that fits is passed on as it is. Holds at most one batch.
 */
export class Rebatcher {
  private readonly sink: (batch: EventBatch) => void;
  private pending: EventBatch | null = null;
  private filled = 0;
  private next = 0;

  constructor(sink: (batch: EventBatch) => void) {
    this.sink = sink;
  }

  /** Events taken so far. */
  get count(): number {
    return this.next;
  }

  /** Throws a RangeError when the batch does not follow the one before. */
  push(batch: EventBatch): void {
    if (batch.first !== this.next) throw new RangeError(`batch begins at event ${batch.first}, expected ${this.next}`);
    this.next += batch.count;
    if (this.pending === null && batch.count === FULL_BATCH && batch.time.length === FULL_BATCH) {
      this.sink(batch);
      return;
    }
    let from = 0;
    while (from < batch.count) {
      const pending = (this.pending ??= makeBatch(batch.first + from, FULL_BATCH));
      const part = Math.min(batch.count - from, FULL_BATCH - this.filled);
      copyEvents(batch, from, from + part, pending, this.filled);
      this.filled += part;
      from += part;
      if (this.filled === FULL_BATCH) this.turn(pending);
    }
  }

  /** Hands on what is left. */
  end(): void {
    if (this.pending !== null)
      this.turn(this.filled === FULL_BATCH ? this.pending : sliceBatch(this.pending, 0, this.filled));
  }

  private turn(batch: EventBatch): void {
    this.pending = null;
    this.filled = 0;
    this.sink(batch);
  }
}
