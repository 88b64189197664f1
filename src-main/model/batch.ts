import type { EventBatch, EventKind } from '#model/events';
import type { EventRow } from '#model/tile';

/** Events in a full batch. */
export const FULL_BATCH = 65_536;

/** A batch with room for `count` events, all zero. */
export function makeBatch(first: number, count: number): EventBatch {
  return {
    first,
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
}

/** A batch being filled: all its room, `count` events so far. */
export interface WritableBatch extends EventBatch {
  first: number;
  count: number;
}

/** A batch with room for so many events, and none in it yet. */
export function emptyBatch(first: number, room: number): WritableBatch {
  const batch: WritableBatch = makeBatch(first, room);
  batch.count = 0;
  return batch;
}

/** Writes an event behind those that are in a batch, which must have room for it. Returns its index in the run. */
export function appendEvent(
  batch: WritableBatch,
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
  const i = batch.count++;
  batch.time[i] = time;
  batch.duration[i] = duration;
  batch.lane[i] = lane;
  batch.kind[i] = kind;
  batch.address[i] = address;
  batch.a[i] = a;
  batch.b[i] = b;
  batch.c[i] = c;
  batch.cause[i] = cause;
  return batch.first + i;
}

/** Events from..to of a batch (positions in it, to exclusive) as a batch of its own. */
export function sliceBatch(batch: EventBatch, from: number, to: number): EventBatch {
  return {
    first: batch.first + from,
    count: to - from,
    time: batch.time.slice(from, to),
    duration: batch.duration.slice(from, to),
    lane: batch.lane.slice(from, to),
    kind: batch.kind.slice(from, to),
    address: batch.address.slice(from, to),
    a: batch.a.slice(from, to),
    b: batch.b.slice(from, to),
    c: batch.c.slice(from, to),
    cause: batch.cause.slice(from, to),
  };
}

/** Of a batch the events with an index from..to (of the run, to exclusive): the batch itself where that is all of it. */
export function clipBatch(batch: EventBatch, from: number, to: number): EventBatch {
  if (batch.first >= from && batch.first + batch.count <= to) return batch;
  return sliceBatch(batch, Math.max(0, from - batch.first), Math.min(batch.count, to - batch.first));
}

/** Copies events from..to (positions, to exclusive) of one batch to position `at` of another. */
export function copyEvents(source: EventBatch, from: number, to: number, target: EventBatch, at: number): void {
  target.time.set(source.time.subarray(from, to), at);
  target.duration.set(source.duration.subarray(from, to), at);
  target.lane.set(source.lane.subarray(from, to), at);
  target.kind.set(source.kind.subarray(from, to), at);
  target.address.set(source.address.subarray(from, to), at);
  target.a.set(source.a.subarray(from, to), at);
  target.b.set(source.b.subarray(from, to), at);
  target.c.set(source.c.subarray(from, to), at);
  target.cause.set(source.cause.subarray(from, to), at);
}

/** Event at position `i` of a batch. */
export function rowOf(batch: EventBatch, i: number): EventRow {
  return {
    index: batch.first + i,
    time: batch.time[i],
    duration: batch.duration[i],
    lane: batch.lane[i],
    kind: batch.kind[i],
    address: batch.address[i],
    a: batch.a[i],
    b: batch.b[i],
    c: batch.c[i],
    cause: batch.cause[i],
  };
}

/** The buffers of a batch, for handing it to another thread without copying. */
export function buffersOf(batch: EventBatch): ArrayBuffer[] {
  const columns = [
    batch.time,
    batch.duration,
    batch.lane,
    batch.kind,
    batch.address,
    batch.a,
    batch.b,
    batch.c,
    batch.cause,
  ];
  return columns.map((column) => column.buffer as ArrayBuffer);
}
