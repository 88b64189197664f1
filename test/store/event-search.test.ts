import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventKind } from '#model/events';
import type { EventCriteria } from '#model/search';
import type { EventRow, Tile } from '#model/tile';
import { InputError } from '#model/problem';
import { Library } from '#store/library';
import { sampleBatches, sampleRun } from '../support/sample-run.ts';

const EVENTS = 300_000;
const FAULTS: EventCriteria = { kinds: [EventKind.readFault], duration: { least: 1 }, thread: 1 };
const RARE: EventCriteria = { kinds: [EventKind.io], duration: { least: 9.99e9 } };

let folder: string;
let library: Library;
let run: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-search-'));
  library = Library.open(join(folder, 'library.db'));
  run = library.saveRun(sampleRun('searched'), [], sampleBatches(EVENTS)).id;
});
afterAll(() => {
  library.close();
  rmSync(folder, { recursive: true, force: true });
});

const truth = (meets: (row: EventRow) => boolean): EventRow[] => {
  const rows: EventRow[] = [];
  for (let start: number | null = 0; start !== null;) {
    const page: { rows: EventRow[]; next: number | null } = library.eventList(run, { start, limit: 100_000 });
    rows.push(...page.rows.filter(meets));
    start = page.next;
  }
  return rows;
};
const isFault = (row: EventRow): boolean => row.kind === EventKind.readFault && row.a === 1;
const isRare = (row: EventRow): boolean => row.kind === EventKind.io && row.duration >= 9.99e9;

/** Events of a tile that are no samples of counters. */
const eventsIn = ({ cells, spans }: Tile): number => {
  let events = 0;
  for (let i = 0; i < cells.count; i++) if (cells.kind[i] !== EventKind.counter) events += cells.events[i];
  return events + spans.count;
};

describe('a search through a run', () => {
  it('goes in steps and says how far it has come', () => {
    const steps: number[] = [];
    for (let complete = false; !complete;) {
      const progress = library.search(run, FAULTS);
      steps.push(progress.searched);
      complete = progress.complete;
    }
    expect(steps.at(-1)).toBe(EVENTS);
    expect(library.search(run, FAULTS).hits).toBe(truth(isFault).length);
    expect(library.search(run, RARE)).toMatchObject({ events: EVENTS });
  });

  it.each([
    ['many', FAULTS, isFault],
    ['few', RARE, isRare],
  ] as const)('lists what it found, and goes from one to the next: %s', (_name, criteria, meets) => {
    const expected = truth(meets);
    const { rows, next } = library.eventList(run, { criteria, limit: 50 });
    expect(rows).toEqual(expected.slice(0, 50));
    expect(next === null).toBe(expected.length <= 50);
    const middle = Math.floor(expected.length / 2);
    expect(library.hit(run, criteria, expected[middle - 1].index, 'next')).toEqual({
      event: expected[middle],
      rank: middle,
    });
    expect(library.hit(run, criteria, expected[middle].index, 'previous')?.event).toEqual(expected[middle - 1]);
    expect(library.hit(run, criteria, -1, 'next')).toEqual({ event: expected[0], rank: 0 });
    expect(library.hit(run, criteria, EVENTS, 'previous')).toEqual({
      event: expected.at(-1),
      rank: expected.length - 1,
    });
    expect(library.hit(run, criteria, expected[0].index, 'previous')).toBeNull();
  });

  it('tells by batch which events are hits', () => {
    const expected = new Set(truth(isFault).map(({ index }) => index));
    const counts = library.hitCounts(run, FAULTS);
    expect(counts.reduce((sum, hits) => sum + hits, 0)).toBe(expected.size);
    const bits = library.hitBits(run, FAULTS, 1);
    const found = [...Array(65_536).keys()].filter((i) => (bits[i >> 3] & (1 << (i & 7))) !== 0);
    expect(found).toHaveLength(counts[1]);
    expect(found.every((i) => expected.has(65_536 + i))).toBe(true);
  });

  it('draws tiles of it at every zoom', () => {
    const { from, to } = library.extent(run);
    const faults = truth(isFault);
    const whole = library.tile(run, { from, to, columns: 500, criteria: FAULTS });
    expect(eventsIn(whole)).toBe(faults.length);
    const middle = faults[Math.floor(faults.length / 2)].time;
    for (const width of [1e9, 1e7, 1e6]) {
      const view = { from: middle - width, to: middle + width, columns: 400 };
      const near = library.tile(run, { ...view, criteria: FAULTS });
      const meant = faults.filter(({ time, duration }) => time + duration >= view.from && time < view.to).length;
      // At the edges a tile of summaries may count a bucket's events in or out.
      expect(Math.abs(eventsIn(near) - meant)).toBeLessThanOrEqual(4);
      const indices = new Set(faults.map(({ index }) => index));
      for (let i = 0; i < near.cells.count; i++)
        if (near.cells.kind[i] !== EventKind.counter) expect(indices).toContain(near.cells.example[i]);
      for (const index of near.spans.index) expect(indices).toContain(index);
    }
  });

  it('keeps the counters, and finds nothing where there is nothing', () => {
    const { from, to } = library.extent(run);
    const criteria = { kinds: [EventKind.livelock] };
    const tile = library.tile(run, { from, to, columns: 100, criteria });
    expect(eventsIn(tile)).toBe(0);
    expect(tile.cells.kind).toContain(EventKind.counter);
    expect(library.eventList(run, { criteria })).toEqual({ rows: [], next: null });
    expect(library.hit(run, criteria, -1, 'next')).toBeNull();
    expect(() => library.search('nosuchrun', criteria)).toThrow(InputError);
  });
});

describe('what an event led to', () => {
  it('is all that follows from it, and nothing else', () => {
    const rows = truth(() => true);
    const fault = rows.find((row) => isFault(row) && row.index > 70_000)!;
    const expected = new Set([fault.index]);
    for (const row of rows) if (expected.has(row.cause)) expected.add(row.index);
    expected.delete(fault.index);
    const effects = library.effects(run, fault.index, 100);
    expect(effects.map(({ index }) => index)).toEqual([...expected]);
    expect(effects.length).toBeGreaterThan(5);
    expect(library.effects(run, fault.index, 3)).toEqual(effects.slice(0, 3));
  });
});
