import { describe, expect, it } from 'vitest';
import { chainOf, seekEvent, type EventSource } from '#ipc/event-queries';
import { EventKind } from '#model/events';
import type { EventRow } from '#model/tile';

const row = (index: number, time: number, kind: number, cause = -1, duration = 0): EventRow => ({
  index,
  time,
  duration,
  lane: 0,
  kind,
  address: index * 4096,
  a: 0,
  b: 0,
  c: 0,
  cause,
});

const ROWS = [
  row(0, 0, EventKind.step),
  row(1, 10e6, EventKind.readFault, 0, 4e6),
  row(2, 12e6, EventKind.folioAdded, 1),
  row(3, 11e6, EventKind.readFault, 0, 8e6),
  row(4, 5e9, EventKind.io, 2, 9e9),
];

const source: EventSource = {
  event: (_run, index) => Promise.resolve(ROWS[index]),
  extent: () => Promise.resolve({ from: 0, to: 14e9 }),
  effects: (_run, event) => Promise.resolve(ROWS.filter((r) => r.cause === event)),
  eventList: (_run, { start = 0, from = -Infinity, to = Infinity, kinds, limit = 100 }) => {
    const found = ROWS.slice(start).filter((r) => r.time >= from && r.time < to && (kinds?.includes(r.kind) ?? true));
    const rows = found.slice(0, limit);
    return Promise.resolve({ rows, next: found.length > limit ? (rows.at(-1)?.index ?? 0) + 1 : null });
  },
};

describe('the chain of an event', () => {
  it('goes back to the root and names what the event caused', async () => {
    const { causes, effects } = await chainOf(source, 'r', 2, 10);
    expect(causes.map(({ index }) => index)).toEqual([2, 1, 0]);
    expect(effects.map(({ index }) => index)).toEqual([4]);
  });
});

describe('seeking', () => {
  const faults = { kinds: [EventKind.readFault] };

  it('goes by time, not by the order of recording', async () => {
    expect((await seekEvent(source, 'r', faults, 10e6, 'next'))?.index).toBe(3);
    expect((await seekEvent(source, 'r', faults, 5e9, 'previous'))?.index).toBe(3);
  });

  it('ends at both ends', async () => {
    expect(await seekEvent(source, 'r', faults, 11e6, 'next')).toBeNull();
    expect(await seekEvent(source, 'r', faults, 10e6, 'previous')).toBeNull();
  });
});
