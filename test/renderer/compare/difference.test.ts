import { describe, expect, it } from 'vitest';
import { EventKind, type Lane } from '#model/events';
import type { Tile } from '#model/tile';
import { columnsOf, differenceRows, differsAt, nextDifference } from '../../../src-renderer/compare/difference.ts';
import { paintDifference } from '../../../src-renderer/compare/paint-difference.ts';
import { DisplayList } from '../../../src-renderer/timeline/display-list.ts';
import { colourIndex } from '../../../src-renderer/timeline/kinds.ts';
import { piecesOfTile } from '../../../src-renderer/timeline/levels.ts';
import { AS_IT_IS, type Placement } from '../../../src-renderer/timeline/placement.ts';
import { makeTile, type CellSpec } from '../timeline/tiles.ts';

const LANES: readonly Lane[] = [
  { name: 'main: faults', group: 'fault' },
  { name: 'block layer', group: 'block' },
  { name: 'dirty pages', group: 'counter' },
];
const RECORDED = LANES.slice(0, 2);
const VIEW = { from: 0, to: 1000 };

/** A tile of ten columns over 1000 ps, with requests of 200 ps. */
function tileOf(cells: readonly CellSpec[], requests: readonly number[] = []): Tile {
  const spans = requests.map((time, index) => ({ index, time, duration: 200, lane: 1, kind: EventKind.io }));
  return makeTile({ from: 0, to: 1000, columns: 10 }, cells, spans);
}

const fault = (column: number, kind: number, events: number): CellSpec => ({ column, lane: 0, kind, events });
const dirty = (column: number, value: number): CellSpec => ({
  column,
  lane: 2,
  kind: EventKind.counter,
  events: 1,
  value,
});
const columns = (tile: Tile, placement: Placement = AS_IT_IS, lanes = LANES): ReturnType<typeof columnsOf> =>
  columnsOf(lanes, piecesOfTile(tile, placement), VIEW, 10);

const LEFT = tileOf([fault(1, EventKind.readFault, 4), dirty(1, 16)], [300]);
const RIGHT = tileOf([fault(1, EventKind.readFault, 4), fault(5, EventKind.writeProtectFault, 2), dirty(5, 2)]);

describe('the difference of two runs', () => {
  const rows = differenceRows(columns(LEFT), columns(RIGHT));
  const of = (measure: string): number[] => [...(rows.find((row) => row.measure === measure)?.difference ?? [])];

  it('is the second less the first, in faults, requests and dirty pages', () => {
    expect(of('faults')).toEqual([0, 0, 0, 0, 0, 2, 0, 0, 0, 0]);
    expect(of('io')).toEqual([0, 0, 0, -1, 0, 0, 0, 0, 0, 0]);
    // A value holds until the next one.
    expect(of('dirty')).toEqual([0, -16, -16, -16, -16, -14, -14, -14, -14, -14]);
  });

  it('counts kinds of faults apart', () => {
    const { faults } = columns(RIGHT);
    expect(faults.map((kind) => kind.reduce((sum, n) => sum + n, 0))).toEqual([4, 0, 2, 0]);
  });

  it('is nothing between a run and itself', () => {
    const same = differenceRows(columns(LEFT), columns(LEFT));
    expect([0, 1, 2, 3, 4, 5].some((column) => differsAt(same, column))).toBe(false);
    expect(nextDifference(same, -1, 'next')).toBe(-1);
  });

  it('takes folios dirtied where one of them, a recording, does not count dirty pages', () => {
    const recorded = columns(tileOf([fault(2, EventKind.folioDirtied, 3)]), AS_IT_IS, RECORDED);
    const measures = differenceRows(recorded, columns(RIGHT)).map(({ measure }) => measure);
    expect(measures).toEqual(['faults', 'io', 'dirtied']);
  });

  it('is found where it begins, both ways', () => {
    expect(nextDifference(rows, -1, 'next')).toBe(1);
    expect(nextDifference(rows, 1, 'next')).toBe(3);
    expect(nextDifference(rows, 3, 'next')).toBe(5);
    expect(nextDifference(rows, 5, 'next')).toBe(-1);
    expect(nextDifference(rows, 10, 'previous')).toBe(5);
    expect(nextDifference(rows, 3, 'previous')).toBe(1);
  });

  it('follows the runs to where they are placed', () => {
    const later: Placement = [{ from: -Infinity, to: Infinity, shift: 200 }];
    expect([...columns(LEFT, later).io]).toEqual([0, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
  });

  it('loses and doubles nothing where a run is placed in stretches', () => {
    const apart: Placement = [
      { from: -Infinity, to: 150, shift: 0 },
      { from: 150, to: Infinity, shift: 400 },
    ];
    const placed = columns(LEFT, apart);
    // The column of 100 to 200 ps lies in both stretches, as much in one as in the other: then the later one has it.
    expect([...placed.faults[0]]).toEqual([0, 0, 0, 0, 0, 4, 0, 0, 0, 0]);
    expect([...placed.io]).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 0, 0]);
  });
});

describe('the difference lane', () => {
  it('draws a bar up where the second has more, down where the first has, one a column and row', () => {
    const list = new DisplayList();
    paintDifference(list, differenceRows(columns(LEFT), columns(RIGHT)), { width: 100, height: 28, ratio: 1 });
    const bars = Array.from({ length: list.count }, (_, i) => ({
      x: list.x[i],
      y: list.y[i],
      w: list.w[i],
      h: list.h[i],
      colour: list.colour[i],
    })).filter(({ colour }) => colour === colourIndex('blocks') || colour === colourIndex('write'));
    const [faults, io] = bars;
    expect(faults).toMatchObject({ x: 50, w: 10, colour: colourIndex('blocks') });
    expect(faults.y + faults.h).toBe(14);
    expect(io).toMatchObject({ x: 30, w: 10, colour: colourIndex('write') });
    expect(io.y).toBe(28 + 15);
    expect(bars).toHaveLength(1 + 1 + 9);
  });
});
