import { describe, expect, it } from 'vitest';
import { EventKind, type EventBatch } from '#model/events';
import type { EventCriteria } from '#model/search';
import { makeBatch, sliceBatch } from '#model/batch';
import { HitFinder, isHit, pickHits } from '#stream/search';

/** A store by thread 1 that ends on the disk, a load by thread 0, and a counter. */
const EVENTS = [
  { kind: EventKind.step, lane: 2, a: 1 },
  { kind: EventKind.writeProtectFault, lane: 3, duration: 500, address: 0x7f0000005010, a: 1, cause: 0 },
  { kind: EventKind.folioDirtied, lane: 4, address: 4, b: 4, cause: 1 },
  { kind: EventKind.counter, lane: 7, address: 5, cause: 1 },
  { kind: EventKind.step, lane: 0, a: 0 },
  { kind: EventKind.readFault, lane: 1, duration: 100, address: 0x7f0000001000, a: 0, cause: 4 },
  { kind: EventKind.writeback, lane: 5, duration: 9000, address: 0, b: 1, cause: 2 },
  { kind: EventKind.io, lane: 6, duration: 8000, address: 2048, a: 16, b: 1, cause: 6 },
];

function batch(): EventBatch {
  const made = makeBatch(0, EVENTS.length);
  EVENTS.forEach((event, i) => {
    made.kind[i] = event.kind;
    made.lane[i] = event.lane;
    made.time[i] = i * 1000;
    made.duration[i] = event.duration ?? 0;
    made.address[i] = event.address ?? 0;
    made.a[i] = event.a ?? 0;
    made.b[i] = event.b ?? 0;
    made.cause[i] = event.cause ?? -1;
  });
  return made;
}

function hitsOf(criteria: EventCriteria, cut = EVENTS.length): number[] {
  const finder = new HitFinder(criteria, EVENTS.length);
  let hits = finder.add(sliceBatch(batch(), 0, cut));
  if (cut < EVENTS.length) hits += finder.add(sliceBatch(batch(), cut, EVENTS.length));
  const found = EVENTS.flatMap((_, i) => (isHit(finder.bits, i) ? [i] : []));
  expect(found).toHaveLength(hits);
  return found;
}

describe('events are found', () => {
  it.each<[string, EventCriteria, number[]]>([
    ['without criteria: all but samples of counters', {}, [0, 1, 2, 4, 5, 6, 7]],
    ['by kind', { kinds: [EventKind.io, EventKind.readFault] }, [5, 7]],
    ['by lane', { lanes: [0, 1] }, [4, 5]],
    ['by thread, with what follows from its stores on the disk', { thread: 1 }, [0, 1, 2, 6, 7]],
    ['by what they follow from, at any distance', { causedBy: EventKind.writeProtectFault }, [2, 6, 7]],
    ['by duration', { duration: { least: 500, most: 8000 } }, [1, 7]],
    ['by virtual address', { place: { of: 'virtual address', from: 0x7f0000005000, to: 0x7f0000005fff } }, [1]],
    ['by a page inside a folio', { place: { of: 'file page', from: 7, to: 7 } }, [2]],
    ['by a sector inside a request', { place: { of: 'sector', from: 2063, to: 9999 } }, [7]],
    ['by none that a request ends before', { place: { of: 'sector', from: 2064, to: 9999 } }, []],
    ['by several conditions at once', { causedBy: EventKind.step, duration: { least: 1 }, lanes: [5, 6] }, [6, 7]],
  ])('%s', (_name, criteria, expected) => {
    expect(hitsOf(criteria)).toEqual(expected);
    expect(hitsOf(criteria, 3), 'in two batches').toEqual(expected);
  });

  it('are picked with their places in the run, and counters with them', () => {
    const finder = new HitFinder({ kinds: [EventKind.io] }, EVENTS.length);
    const later = sliceBatch(batch(), 3, EVENTS.length);
    finder.add(later);
    const picked = pickHits(later, finder.bits);
    expect([...picked.index]).toEqual([3, 7]);
    expect([...picked.kind]).toEqual([EventKind.counter, EventKind.io]);
    expect([...picked.time]).toEqual([3000, 7000]);
    expect(picked.count).toBe(2);
  });
});
