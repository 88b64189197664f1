import { describe, expect, it } from 'vitest';
import { EventKind, type Lane } from '../../../src-main/model/events.ts';
import { hitTest } from '../../../src-renderer/timeline/hit.ts';
import { placeHandlers, wideFaults } from '../../../src-renderer/timeline/handlers.ts';
import { HANDLER_ROW } from '../../../src-renderer/timeline/kinds.ts';
import { layoutLanes, NO_ARRANGEMENT } from '../../../src-renderer/timeline/lanes.ts';
import { makeTile } from './tiles.ts';

const LANES: readonly Lane[] = [{ name: 'main', group: 'thread' }];
const tracks = [EventKind.io, EventKind.readFault].map((kind) => ({ lane: 0, kind, events: 1, most: 0 }));
const LAYOUT = layoutLanes(LANES, tracks, NO_ARRANGEMENT);
const VIEW = { from: 0, to: 1000 };
const tile = makeTile(
  { from: 0, to: 1000, columns: 100 },
  [
    { column: 30, example: 7, events: 5 },
    { column: 33, example: 8 },
  ],
  [
    { index: 1, time: 100, duration: 600 },
    { index: 2, time: 300, duration: 100 },
  ],
);
const pieces = [{ tile, from: 0, to: 1000 }];
const heightOf = (kind: number): number => {
  const row = LAYOUT.rows[LAYOUT.rowOf(0, kind)];
  return row.y + row.height / 2;
};
const at = (kind: number, x: number): number | undefined =>
  hitTest(LAYOUT, pieces, VIEW, 100, x, heightOf(kind))?.event;

describe('hit test', () => {
  it('finds the mark nearest to the pointer, and how many it stands for', () => {
    expect(at(EventKind.readFault, 31)).toBe(7);
    expect(at(EventKind.readFault, 34)).toBe(8);
    expect(hitTest(LAYOUT, pieces, VIEW, 100, 30.5, heightOf(EventKind.readFault))?.events).toBe(5);
  });

  it('finds the shorter of two spans under the pointer', () => {
    expect(at(EventKind.io, 35)).toBe(2);
    expect(at(EventKind.io, 60)).toBe(1);
  });

  it('finds nothing out of reach, between rows, or in another row', () => {
    expect(at(EventKind.io, 90)).toBeUndefined();
    expect(at(EventKind.readFault, 60)).toBeUndefined();
    expect(hitTest(LAYOUT, pieces, VIEW, 100, 30, 1)).toBeNull();
    expect(hitTest(LAYOUT, pieces, VIEW, 100, 30, 9999)).toBeNull();
  });
});

describe('in the row of handlers', () => {
  const layout = layoutLanes(
    [{ name: 'main: faults', group: 'fault' }],
    [{ lane: 0, kind: EventKind.writeFault, events: 2, most: 0 }],
    NO_ARRANGEMENT,
  );
  const faults = makeTile(
    { from: 0, to: 1000, columns: 100 },
    [{ column: 80, kind: EventKind.writeFault, example: 9 }],
    [{ index: 4, time: 100, duration: 500, kind: EventKind.writeFault }],
  );
  const row = layout.rows[layout.rowOf(0, HANDLER_ROW)];
  const shown = [{ tile: faults, from: 0, to: 1000 }];
  const wide = wideFaults(layout, shown, VIEW, 100);
  const steps = [
    { time: 60, duration: 100, event: 4, kind: EventKind.writeFault, work: 'entry' },
    { time: 160, duration: 400, event: 5, kind: EventKind.blocksReserved, work: null },
  ] as const;
  // On the axis the run lies 40 ps later.
  const placed = placeHandlers(wide, (fault) => (fault === 4 ? { fault, steps } : undefined));
  const hitAt = (x: number): ReturnType<typeof hitTest> =>
    hitTest(layout, shown, VIEW, 100, x, row.y + row.height / 2, placed);

  it('finds the step under the pointer where steps are shown, and where it lies on the axis', () => {
    expect(wide).toEqual([{ fault: 4, lane: 0, time: 100 }]);
    expect(hitAt(15)).toMatchObject({ event: 4, time: 100, duration: 100, step: { work: 'entry', share: 0.2 } });
    expect(hitAt(30)).toMatchObject({ event: 5, kind: EventKind.blocksReserved, time: 200, step: { work: null } });
  });

  it('finds faults where they are not, and only those with room are asked about', () => {
    expect(hitAt(80)).toMatchObject({ event: 9, kind: EventKind.writeFault, step: null });
    expect(wideFaults(layout, shown, { from: 0, to: 10_000 }, 100)).toEqual([]);
    expect(wideFaults(layout, shown, { from: 700, to: 800 }, 100)).toEqual([]);
  });
});
