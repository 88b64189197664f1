import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventKind, type EventBatch } from '#model/events';
import type { Tile, TileRequest } from '#model/tile';
import { copyEvents, makeBatch } from '#model/batch';
import { LevelBuilder } from '#stream/levels';
import { Rebatcher } from '#stream/rebatch';
import { packSummary, unpackSpans, unpackSummary } from '#stream/summary-codec';
import { mergeSummaries, summarise, type Summary } from '#stream/summary';
import { buildTile, type TileSource } from '#stream/tile';

interface Event {
  time: number;
  duration: number;
  lane: number;
  kind: number;
  value: number;
}

const eventArbitrary = fc.record({
  time: fc.oneof(fc.nat(2000), fc.nat(10_000_000)),
  duration: fc.oneof(fc.constant(0), fc.nat(100), fc.nat(5_000_000)),
  lane: fc.nat(3),
  kind: fc.constantFrom(EventKind.readFault, EventKind.io, EventKind.counter),
  value: fc.integer({ min: -1000, max: 1000 }),
});

function batchOf(events: readonly Event[], first: number): EventBatch {
  const batch = makeBatch(first, events.length);
  events.forEach((event, i) => {
    batch.time[i] = event.time;
    batch.duration[i] = event.duration;
    batch.lane[i] = event.lane;
    batch.kind[i] = event.kind;
    batch.address[i] = event.value;
  });
  return batch;
}

/** Batches of `size` events with their tree, as the store keeps them. */
function sourceOf(events: readonly Event[], size: number): { source: TileSource; summaries: Summary[][] } {
  const batches: EventBatch[] = [];
  const summaries: Summary[][] = [];
  const builder = new LevelBuilder((level, number, summary) => ((summaries[level] ??= [])[number] = summary));
  const counters: Map<number, number>[] = [];
  const values = new Map<number, number>();
  for (let from = 0; from < events.length; from += size) {
    const batch = batchOf(events.slice(from, from + size), from);
    counters.push(new Map(values));
    for (let i = 0; i < batch.count; i++)
      if (batch.kind[i] === EventKind.counter) values.set(batch.lane[i], batch.address[i]);
    batches.push(batch);
    builder.push(batch);
  }
  const top = builder.end();
  const head = (level: number, number: number): ReturnType<TileSource['head']> => {
    const summary = summaries[level]?.[number];
    return summary === undefined ? undefined : { ...summary, level, number };
  };
  const source: TileSource = {
    root: () => (top < 0 ? undefined : head(top, 0)),
    head,
    summary: (level, number) => summaries[level][number],
    spans: (level, number) => unpackSpans(packSummary(summaries[level][number])),
    batch: (number) => batches[number],
    countersAt: (number) => [...counters[number]].map(([lane, value]) => ({ lane, value })),
  };
  return { source, summaries };
}

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

describe('levels of detail', () => {
  it('conserve the number of events and the sum of durations, at every level', () => {
    fc.assert(
      fc.property(
        fc.array(eventArbitrary, { minLength: 1, maxLength: 400 }),
        fc.integer({ min: 1, max: 40 }),
        (events, size) => {
          const { summaries } = sourceOf(events, size);
          expect(summaries.at(-1)).toHaveLength(1);
          for (const level of summaries) {
            expect(sum(level.map((s) => sum(s.cells.events) + s.spans.count))).toBe(events.length);
            expect(sum(level.map((s) => sum(s.cells.busy) + sum(s.spans.duration)))).toBe(
              sum(events.map((event) => event.duration)),
            );
            expect(sum(level.map((s) => s.events))).toBe(events.length);
          }
        },
      ),
    );
  });

  it('merge in any grouping to the same counts a bucket', () => {
    fc.assert(
      fc.property(fc.array(eventArbitrary, { minLength: 4, maxLength: 100 }), (events) => {
        const quarter = Math.ceil(events.length / 4);
        const parts = [0, 1, 2, 3]
          .map((n) => events.slice(n * quarter, (n + 1) * quarter))
          .filter((part) => part.length > 0);
        let first = 0;
        const leaves = parts.map((part) => {
          const leaf = summarise(batchOf(part, first));
          first += part.length;
          return leaf;
        });
        const flat = mergeSummaries(leaves);
        const nested =
          leaves.length < 2 ? flat : mergeSummaries([mergeSummaries(leaves.slice(0, 2)), ...leaves.slice(2)]);
        expect(nested.exponent).toBe(flat.exponent);
        expect(sum(nested.cells.events) + nested.spans.count).toBe(sum(flat.cells.events) + flat.spans.count);
        expect([nested.minTime, nested.maxTime, nested.maxEnd]).toEqual([flat.minTime, flat.maxTime, flat.maxEnd]);
      }),
    );
  });

  it('survive packing unchanged', () => {
    fc.assert(
      fc.property(fc.array(eventArbitrary, { minLength: 1, maxLength: 200 }), (events) => {
        const summary = summarise(batchOf(events, 5));
        const { cells: _c, spans: _s, base: _b, ...scalars } = summary;
        expect(unpackSummary(scalars, packSummary(summary))).toEqual(summary);
      }),
    );
  });
});

describe('a tile', () => {
  const events: Event[] = Array.from({ length: 3000 }, (_, i) => ({
    time: i * 1000 + ((i * 37) % 500),
    duration: i % 10 === 0 ? 40_000 : i % 3,
    lane: i % 3,
    kind: i % 50 === 7 ? EventKind.counter : EventKind.readFault,
    value: i,
  }));
  const whole: TileRequest = { from: 0, to: 3_100_000, columns: 100 };

  const columnCounts = (tile: Tile): number[] => {
    const counts = new Array<number>(tile.columns).fill(0);
    const width = (tile.to - tile.from) / tile.columns;
    for (let i = 0; i < tile.cells.count; i++) counts[tile.cells.column[i]] += tile.cells.events[i];
    for (let i = 0; i < tile.spans.count; i++) {
      const column = Math.floor((tile.spans.time[i] - tile.from) / width);
      if (column >= 0) counts[column] += 1;
    }
    return counts;
  };

  it('of the whole run holds every event, at any number of columns', () => {
    const { source } = sourceOf(events, 64);
    for (const columns of [1, 7, 100, 2000]) {
      const tile = buildTile(source, { ...whole, columns });
      expect(sum(tile.cells.events) + tile.spans.count).toBe(events.length);
      expect(sum(tile.cells.busy) + sum(tile.spans.duration)).toBe(sum(events.map((event) => event.duration)));
    }
  });

  it('finer than the finest summary counts exactly what starts in each column', () => {
    const { source } = sourceOf(events, 1500);
    const request = { from: 500_000, to: 600_000, columns: 1000 };
    const expected = new Array<number>(1000).fill(0);
    for (const event of events) {
      const column = Math.floor((event.time - request.from) / 100);
      if (column >= 0 && column < 1000) expected[column] += 1;
    }
    expect(columnCounts(buildTile(source, request))).toEqual(expected);
  });

  it('shows a long event that began far before it, once, and finds it from summaries too', () => {
    const long: Event = { time: 10, duration: 3_000_000, lane: 5, kind: EventKind.step, value: 0 };
    const { source } = sourceOf([long, ...events], 64);
    for (const [from, to] of [
      [2_000_000, 2_000_100],
      [1_000_000, 2_500_000],
      [2_999_000, 3_050_000],
    ] as const) {
      const tile = buildTile(source, { from, to, columns: 50, lanes: [5] });
      expect([...tile.spans.index]).toEqual([0]);
      expect(tile.cells.count).toBe(0);
    }
    expect(buildTile(source, { from: 3_000_100, to: 3_001_000, columns: 50, lanes: [5] }).spans.count).toBe(0);
  });

  it('keeps the last to end of the events that began before it', () => {
    const early: Event[] = [
      { time: 0, duration: 1005, lane: 0, kind: EventKind.io, value: 0 },
      { time: 990, duration: 900, lane: 0, kind: EventKind.io, value: 0 },
    ];
    const tile = buildTile(sourceOf(early, 10).source, { from: 1000, to: 1100, columns: 10 });
    expect([...tile.spans.index]).toEqual([1]);
  });

  it('filters by lane and kind', () => {
    const { source } = sourceOf(events, 64);
    const tile = buildTile(source, { ...whole, lanes: [1], kinds: [EventKind.readFault] });
    const expected = events.filter((event) => event.lane === 1 && event.kind === EventKind.readFault).length;
    expect(sum(tile.cells.events) + tile.spans.count).toBe(expected);
    expect(new Set(tile.cells.lane)).toEqual(new Set([1]));
  });

  it('knows each counter’s value before it and its range inside', () => {
    const { source } = sourceOf(events, 1500);
    const counters = events.filter((event) => event.kind === EventKind.counter);
    const from = 1_500_000;
    for (const to of [from + 1000, 3_000_000]) {
      const tile = buildTile(source, { from, to, columns: 100, kinds: [EventKind.counter] });
      const width = (to - from) / 100;
      for (const { lane, value } of tile.before) {
        const before = counters.filter((event) => event.lane === lane && event.time < from + width);
        expect(before.slice(-2).map((event) => event.value)).toContain(value);
      }
      expect(tile.before.map((entry) => entry.lane)).toEqual([0, 1, 2]);
    }
    const tile = buildTile(source, { ...whole, columns: 1, kinds: [EventKind.counter] });
    for (let i = 0; i < tile.cells.count; i++) {
      const values = counters.filter((event) => event.lane === tile.cells.lane[i]).map((event) => event.value);
      expect([tile.cells.values!.low[i], tile.cells.values!.high[i], tile.cells.values!.last[i]]).toEqual([
        Math.min(...values),
        Math.max(...values),
        values.at(-1),
      ]);
    }
  });

  it('of a run without events is empty', () => {
    const tile = buildTile(sourceOf([], 10).source, whole);
    expect([tile.cells.count, tile.spans.count, tile.before.length]).toEqual([0, 0, 0]);
  });
});

describe('rebatching', () => {
  it('keeps every event in order, in full batches', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 90_000 }), { minLength: 1, maxLength: 5 }), (sizes) => {
        const out: EventBatch[] = [];
        const rebatcher = new Rebatcher((batch) => out.push(batch));
        let first = 0;
        for (const size of sizes) {
          const batch = makeBatch(first, size);
          for (let i = 0; i < size; i++) batch.time[i] = first + i;
          rebatcher.push(batch);
          first += size;
        }
        rebatcher.end();
        expect(out.slice(0, -1).every((batch) => batch.count === 65_536)).toBe(true);
        const joined = makeBatch(0, first);
        for (const batch of out) copyEvents(batch, 0, batch.count, joined, batch.first);
        expect(joined.time.every((time, i) => time === i)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  it('refuses a batch that does not follow', () => {
    const rebatcher = new Rebatcher(() => undefined);
    rebatcher.push(makeBatch(0, 5));
    expect(() => rebatcher.push(makeBatch(6, 5))).toThrow('expected 5');
  });
});
