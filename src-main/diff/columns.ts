import { copyEvents, makeBatch, rowOf } from '#model/batch';
import type { EventBatch } from '#model/events';
import type { EventRow } from '#model/tile';

/** All events of a run, or its first ones, in one piece. */
export type RunEvents = Omit<EventBatch, 'first'>;

/** Joins batches, given in order, up to `most` events. */
export function joinBatches(batches: readonly EventBatch[], most = Infinity): RunEvents {
  const count = Math.min(
    most,
    batches.reduce((sum, batch) => sum + batch.count, 0),
  );
  const joined = makeBatch(0, count);
  let at = 0;
  for (const batch of batches) {
    const part = Math.min(batch.count, count - at);
    copyEvents(batch, 0, part, joined, at);
    at += part;
  }
  return joined;
}

export function eventAt(events: RunEvents, index: number): EventRow {
  return rowOf({ ...events, first: 0 }, index);
}
