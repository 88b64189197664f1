import { describe, expect, it } from 'vitest';
import { EventKind, type Lane } from '#model/events';
import { fromKept, moveLane, parseKept, toKept } from '#renderer/timeline/arrangement';
import { layoutLanes, NO_ARRANGEMENT, placeAt, type Arrangement, type Track } from '#renderer/timeline/lanes';

const LANES: readonly Lane[] = [
  { name: 'main', group: 'thread' },
  { name: 'main: faults', group: 'fault' },
  { name: 'page cache', group: 'page-cache' },
  { name: 'disk', group: 'disk' },
];
const TRACKS: readonly Track[] = LANES.map((_, lane) => ({ lane, kind: EventKind.readFault, events: 1, most: 0 }));
const shown = (arrangement: Arrangement): number[] =>
  layoutLanes(LANES, TRACKS, arrangement).blocks.map((block) => block.lane);
const moved = (arrangement: Arrangement, lane: number, place: number): Arrangement =>
  moveLane(LANES, shown(arrangement), arrangement, lane, place);

describe('moving lanes', () => {
  it('puts a lane before another, first or last', () => {
    expect(shown(moved(NO_ARRANGEMENT, 3, 1))).toEqual([0, 3, 1, 2]);
    expect(shown(moved(NO_ARRANGEMENT, 3, 0))).toEqual([3, 0, 1, 2]);
    expect(shown(moved(NO_ARRANGEMENT, 0, 4))).toEqual([1, 2, 3, 0]);
    expect(shown(moved(moved(NO_ARRANGEMENT, 0, 4), 0, 0))).toEqual([0, 1, 2, 3]);
    expect(moved(NO_ARRANGEMENT, 2, 2)).toBe(NO_ARRANGEMENT);
  });

  it('keeps pinned lanes on top, in an order of their own', () => {
    const pinned = { ...NO_ARRANGEMENT, pinned: new Set([2, 3]) };
    expect(shown(pinned)).toEqual([2, 3, 0, 1]);
    expect(shown(moved(pinned, 3, 0))).toEqual([3, 2, 0, 1]);
    expect(shown(moved(pinned, 1, 0))).toEqual([2, 3, 1, 0]);
    expect(shown(moved(pinned, 2, 9))).toEqual([3, 2, 0, 1]);
  });

  it('leaves hidden lanes where they were', () => {
    const hidden = { ...NO_ARRANGEMENT, hidden: new Set([1]) };
    const after = moved(hidden, 3, 0);
    expect(shown(after)).toEqual([3, 0, 2]);
    expect(shown({ ...after, hidden: new Set() })).toEqual([3, 0, 1, 2]);
    expect(moved(hidden, 1, 0)).toBe(hidden);
  });

  it('drops a lane before the one of which the upper half is under the pointer', () => {
    const layout = layoutLanes(LANES, TRACKS, NO_ARRANGEMENT);
    const [first, second] = layout.blocks;
    expect(placeAt(layout, -5)).toBe(0);
    expect(placeAt(layout, first.height / 2 + 1)).toBe(1);
    expect(placeAt(layout, second.y + 1)).toBe(1);
    expect(placeAt(layout, layout.height + 100)).toBe(4);
  });
});

describe('a kept arrangement', () => {
  const arrangement: Arrangement = {
    folded: new Set([2]),
    pinned: new Set([3]),
    hidden: new Set([1]),
    order: [3, 2, 1, 0],
    hiddenKinds: new Set([EventKind.folioAdded]),
  };

  it('comes back as it was', () => {
    const kept = parseKept(JSON.stringify(toKept(arrangement, LANES, parseKept(null))));
    expect(fromKept(kept, LANES)).toEqual(arrangement);
  });

  it('holds for another run by the names of its lanes, and remembers lanes that it does not have', () => {
    const kept = toKept(arrangement, LANES, parseKept(null));
    const fewer = [LANES[3], { name: 'second', group: 'thread' } as const];
    const there = fromKept(kept, fewer);
    expect([...there.pinned]).toEqual([0]);
    expect(there.order).toEqual([0]);
    const after = toKept({ ...there, pinned: new Set([1]) }, fewer, kept);
    expect(after.pinned).toEqual(['thread/second']);
    expect([...fromKept(after, LANES).folded]).toEqual([2]);
    expect([...fromKept(after, LANES).hiddenKinds]).toEqual([EventKind.folioAdded]);
  });

  it.each(['', '{', 'null', '[]', '{"folded":3,"order":[1,null]}'])('that is broken counts as none: %s', (json) => {
    expect(fromKept(parseKept(json), LANES)).toEqual(NO_ARRANGEMENT);
  });
});
