import { describe, expect, it } from 'vitest';
import { EventKind, type Lane } from '../../../src-main/model/events.ts';
import { hitTest } from '../../../src-renderer/timeline/hit.ts';
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
