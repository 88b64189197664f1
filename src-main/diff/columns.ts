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
  const joined = {
    count,
    time: new Float64Array(count),
    duration: new Float64Array(count),
    lane: new Uint16Array(count),
    kind: new Uint8Array(count),
    address: new Float64Array(count),
    a: new Int32Array(count),
    b: new Int32Array(count),
    c: new Int32Array(count),
    cause: new Int32Array(count),
  };
  let at = 0;
  for (const batch of batches) {
    const part = Math.min(batch.count, count - at);
    joined.time.set(batch.time.subarray(0, part), at);
    joined.duration.set(batch.duration.subarray(0, part), at);
    joined.lane.set(batch.lane.subarray(0, part), at);
    joined.kind.set(batch.kind.subarray(0, part), at);
    joined.address.set(batch.address.subarray(0, part), at);
    joined.a.set(batch.a.subarray(0, part), at);
    joined.b.set(batch.b.subarray(0, part), at);
    joined.c.set(batch.c.subarray(0, part), at);
    joined.cause.set(batch.cause.subarray(0, part), at);
    at += part;
  }
  return joined;
}

export function eventAt(events: RunEvents, index: number): EventRow {
  return {
    index,
    time: events.time[index],
    duration: events.duration[index],
    lane: events.lane[index],
    kind: events.kind[index],
    address: events.address[index],
    a: events.a[index],
    b: events.b[index],
    c: events.c[index],
    cause: events.cause[index],
  };
}
