import { describe, expect, it } from 'vitest';
import { MapMaker, type BatchSource } from '#ipc/address-map';
import { EventKind, type EventBatch } from '#model/events';

/** A batch of faults: pairs of time and address; an address below zero is a request at that sector. */
function batchOf(first: number, events: readonly (readonly [number, number])[]): EventBatch {
  const of = (pick: (event: readonly [number, number]) => number): number[] => events.map(pick);
  return {
    first,
    count: events.length,
    time: Float64Array.from(of(([time]) => time)),
    kind: Uint8Array.from(of(([, place]) => (place < 0 ? EventKind.io : EventKind.readFault))),
    address: Float64Array.from(of(([, place]) => Math.abs(place))),
    duration: new Float64Array(0),
    lane: new Uint16Array(0),
    a: new Int32Array(0),
    b: new Int32Array(0),
    c: new Int32Array(0),
    cause: new Int32Array(0),
  };
}

/** Hits of every search are the events of an even number in their batch. */
function sourceOf(...batches: EventBatch[]): { source: BatchSource; reads: number[] } {
  const reads: number[] = [];
  const source: BatchSource = {
    batchCount: () => Promise.resolve(batches.length),
    batch: (_run, number) => {
      reads.push(number);
      return Promise.resolve(batches[number]);
    },
    hitCounts: () => Promise.resolve(batches.map(({ count }) => (count > 1 ? Math.ceil(count / 2) : 0))),
    hitBits: () => Promise.resolve(Uint8Array.of(0b0101)),
  };
  return { source, reads };
}

const whole = { run: 'r', axis: 'address', from: 0, to: 100, columns: 10, rows: 4 } as const;

describe('the map of addresses', () => {
  const first = batchOf(0, [
    [5, 0],
    [6, 10],
    [55, 400],
    [60, -9],
  ]);
  const second = batchOf(4, [[95, 399]]);

  it('counts faults by time and place, and leaves requests to the other map', async () => {
    const { source } = sourceOf(first, second);
    const map = await new MapMaker(source).make(whole);
    const cells = Array.from({ length: map.count }, (_, i) => [map.column[i], map.row[i], map.events[i]]);
    expect(cells).toEqual([
      [0, 0, 2],
      [5, 3, 1],
      [9, 3, 1],
    ]);
    expect([map.low, map.high, map.sampled]).toEqual([0, 400, 1]);
    const disk = await new MapMaker(source).make({ ...whole, axis: 'sector' });
    expect([disk.count, disk.low]).toEqual([1, 9]);
  });

  it('reads only the batches of the span once it knows them, and keeps its height', async () => {
    const { source, reads } = sourceOf(first, second);
    const maker = new MapMaker(source);
    await maker.make(whole);
    reads.length = 0;
    const map = await maker.make({ ...whole, from: 90, to: 100 });
    expect(reads).toEqual([1]);
    expect([map.low, map.high]).toEqual([0, 400]);
  });

  it('has the height of the whole run also when it is first asked for what a search found', async () => {
    const { source, reads } = sourceOf(first, second);
    const maker = new MapMaker(source);
    const found = await maker.make({ ...whole, criteria: { kinds: [EventKind.readFault] } });
    // The second batch has no hit, and the highest hit of the first lies lower than its highest fault.
    const low = batchOf(5, [[97, 9000]]);
    expect([found.low, found.high]).toEqual([0, 400]);
    const more = new MapMaker(sourceOf(first, low).source);
    const narrow = await more.make({ ...whole, criteria: { kinds: [EventKind.readFault] } });
    expect([narrow.low, narrow.high, narrow.count]).toEqual([0, 9000, 2]);
    reads.length = 0;
    await maker.make({ ...whole, criteria: { kinds: [EventKind.readFault] } });
    expect(reads).toEqual([0]);
  });

  it('says when it read only a part', async () => {
    const many = Array.from({ length: 130 }, (_, i) => batchOf(i, [[i / 2, i]]));
    const { source, reads } = sourceOf(...many);
    const map = await new MapMaker(source).make(whole);
    expect(map.sampled).toBe(3);
    expect(reads.length).toBeLessThanOrEqual(64);
  });

  it('shows only what a search found, at the height it had, and reads only batches that have hits', async () => {
    const { source, reads } = sourceOf(first, second);
    const maker = new MapMaker(source);
    await maker.make(whole);
    reads.length = 0;
    const map = await maker.make({ ...whole, criteria: { thread: 0 } });
    const cells = Array.from({ length: map.count }, (_, i) => [map.column[i], map.row[i], map.events[i]]);
    expect(cells).toEqual([
      [0, 0, 1],
      [5, 3, 1],
    ]);
    expect(reads).toEqual([0]);
    expect([map.low, map.high]).toEqual([0, 400]);
  });

  it('is empty for a run without faults', async () => {
    const { source } = sourceOf();
    expect(await new MapMaker(source).make(whole)).toMatchObject({ count: 0, low: 0, high: 0 });
  });
});
