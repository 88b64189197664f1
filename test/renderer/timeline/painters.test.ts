import { describe, expect, it } from 'vitest';
import { EventKind, type Lane } from '../../../src-main/model/events.ts';
import { DisplayList } from '../../../src-renderer/timeline/display-list.ts';
import { colourIndex, KIND_LOOKS, type ColourName } from '../../../src-renderer/timeline/kinds.ts';
import { layoutLanes, NO_ARRANGEMENT, type Layout } from '../../../src-renderer/timeline/lanes.ts';
import { paintPhases, RowPainter } from '../../../src-renderer/timeline/painters.ts';
import { fillRects, pixelOf } from '../../../src-renderer/timeline/raster.ts';
import type { Tile } from '../../../src-main/model/tile.ts';
import { makeTile } from './tiles.ts';

const WIDTH = 100;
const RANGE = { from: 0, to: 1000, columns: 100 };
const VIEW = { from: 0, to: 1000 };
const SURFACE = { width: WIDTH, height: 200, ratio: 1, scroll: 0 };
const LANES: readonly Lane[] = [{ name: 'main', group: 'thread' }];

function layoutOf(kind: number, most = 0): Layout {
  return layoutLanes(LANES, [{ lane: 0, kind, events: 1, most }], NO_ARRANGEMENT);
}

interface Rect {
  readonly x: number;
  readonly w: number;
  readonly h: number;
  readonly colour: number;
}

function paint(layout: Layout, tile: Tile, view = VIEW): { list: DisplayList; rects: Rect[] } {
  const list = new DisplayList();
  new RowPainter().paint(list, layout, [{ tile, from: tile.from, to: tile.to }], view, SURFACE);
  const rects = Array.from({ length: list.count }, (_, i) => ({
    x: list.x[i],
    w: list.w[i],
    h: list.h[i],
    colour: list.colour[i],
  }));
  return { list, rects };
}

const colour = (name: ColourName): number => colourIndex(name);

describe('marks', () => {
  it('show their shape where there is room', () => {
    const tile = makeTile(RANGE, [{ column: 10 }, { column: 50 }]);
    const { list, rects } = paint(layoutOf(EventKind.readFault), tile);
    expect(rects).toEqual([]);
    expect(list.glyphs.map(({ glyph, x, colour: c }) => ({ glyph, x, c }))).toEqual([
      { glyph: 'disc', x: 10.5, c: colour('read') },
      { glyph: 'disc', x: 50.5, c: colour('read') },
    ]);
  });

  it('become a histogram where they crowd, the fuller column the higher', () => {
    const tile = makeTile(RANGE, [
      { column: 10, events: 1 },
      { column: 11, events: 64 },
      { column: 12, events: 8 },
    ]);
    const { list, rects } = paint(layoutOf(EventKind.readFault), tile);
    expect(list.glyphs).toEqual([]);
    expect(rects.map(({ x, w }) => [x, w])).toEqual([
      [10, 1],
      [11, 1],
      [12, 1],
    ]);
    const [few, many, some] = rects.map(({ h }) => h);
    expect(many).toBeGreaterThan(some);
    expect(some).toBeGreaterThan(few);
  });

  it('take at most one rectangle a pixel column, however finely the tile is cut', () => {
    const fine = { from: 0, to: 1000, columns: 1000 };
    const tile = makeTile(
      fine,
      Array.from({ length: 1000 }, (_, column) => ({ column, events: 3 })),
    );
    const { rects } = paint(layoutOf(EventKind.readFault), tile);
    expect(rects).toHaveLength(WIDTH);
    expect(new Set(rects.map(({ x }) => x)).size).toBe(WIDTH);
  });

  it('draw the rest of a long fault as a line from its shape', () => {
    const tile = makeTile(RANGE, [], [{ index: 0, time: 200, duration: 300, kind: EventKind.readFault }]);
    const { list, rects } = paint(layoutOf(EventKind.readFault), tile);
    expect(list.glyphs.map(({ x }) => x)).toEqual([20.5]);
    expect(rects.every(({ h }) => h === 1)).toBe(true);
    expect(rects.some(({ x, w }) => x <= 49 && x + w > 49)).toBe(true);
  });
});

describe('spans', () => {
  it('are one rectangle where they are whole', () => {
    const tile = makeTile(RANGE, [], [{ index: 0, time: 100, duration: 500 }]);
    const { rects } = paint(layoutOf(EventKind.io), tile);
    const full = rects.filter(({ h }) => h > 3);
    expect(full).toEqual([{ x: 10, w: 50, h: 12, colour: colour('io') }]);
  });

  it('are as high as the time they cover', () => {
    const tile = makeTile(RANGE, [
      { column: 10, kind: EventKind.io, busy: 10 },
      { column: 20, kind: EventKind.io, busy: 5 },
    ]);
    const { rects } = paint(layoutOf(EventKind.io), tile);
    expect(rects.map(({ x, h }) => [x, h])).toEqual([
      [10, 12],
      [20, 6],
    ]);
  });

  it('begin left of the view when they are drawn from its edge on', () => {
    const tile = makeTile(RANGE, [], [{ index: 0, time: 0, duration: 1000 }]);
    const { rects } = paint(layoutOf(EventKind.io), tile, { from: 400, to: 600 });
    expect(rects).toEqual([{ x: 0, w: WIDTH, h: 12, colour: colour('io') }]);
  });
});

describe('counters', () => {
  it('stand at what came before the view, where the view begins within a tile', () => {
    const cells = [
      { column: 10, kind: EventKind.counter, value: 6 },
      { column: 80, kind: EventKind.counter, value: 10 },
    ];
    const tile: Tile = { ...makeTile(RANGE, cells), before: [{ lane: 0, value: 2 }] };
    const fillsIn = (view: typeof VIEW) =>
      paint(layoutOf(EventKind.counter, 10), tile, view).rects.filter((rect) => rect.colour === colour('counter-fill'));
    const [whole, zoomed] = [fillsIn(VIEW), fillsIn({ from: 400, to: 900 })];
    expect(whole.map(({ x, w }) => [x, w])).toEqual([[0, 10], [10, 70], [80, 20]]); // prettier-ignore
    // What it was set to at 100 holds when the view begins at 400, up to the next sample at 800.
    expect(zoomed.map(({ x, w }) => [x, w])).toEqual([[0, 80], [80, 20]]); // prettier-ignore
    expect(zoomed[0].h).toBe(whole[1].h);
  });

  it('hold their value until the next one, from before the tile on', () => {
    const cells = [{ column: 50, kind: EventKind.counter, value: 10 }];
    const tile = makeTile(RANGE, cells, [], [{ lane: 0, value: 5 }]);
    const { rects } = paint(layoutOf(EventKind.counter, 10), tile);
    const fills = rects.filter((rect) => rect.colour === colour('counter-fill'));
    expect(fills.map(({ x, w }) => [x, w])).toEqual([
      [0, 50],
      [50, 50],
    ]);
    expect(fills[1].h).toBe(fills[0].h * 2);
  });
});

describe('phases', () => {
  it('carry their names, as far as they are seen', () => {
    const list = new DisplayList();
    const phase = { thread: 0, name: 'read all', minor: 0, major: 0, sigbus: 0, instantiatedKiB: 0, dirtyPages: 0 };
    const phases = [
      { ...phase, step: 0, startNs: -1, endNs: 0.5 },
      { ...phase, step: 1, startNs: 0.5, endNs: 0.502, name: 'too short' },
    ];
    paintPhases(list, layoutOf(EventKind.step), phases, () => 0, VIEW, SURFACE);
    expect(list.texts.map(({ text, x }) => [text, x])).toEqual([['read all', 6]]);
    expect(list.x[0]).toBe(0);
  });
});

describe('raster', () => {
  it('fills what is inside and cuts what is not', () => {
    const list = new DisplayList();
    list.rect(-2, 1, 4, 2, 0);
    list.rect(3, 3, 10, 10, 1);
    const pixels = new Uint32Array(16);
    fillRects(list, pixels, 4, 4, Uint32Array.of(7, 9));
    expect([...pixels]).toEqual([0, 0, 0, 0, 7, 7, 0, 0, 7, 7, 0, 0, 0, 0, 0, 9]);
  });

  it('writes colours as a canvas has them', () => {
    expect([...new Uint8Array(Uint32Array.of(pixelOf('#0b62ab')).buffer)]).toEqual([0x0b, 0x62, 0xab, 255]);
  });
});

describe('kinds', () => {
  it('that share a colour differ in shape, among the faults in both', () => {
    const faults = [EventKind.readFault, EventKind.writeFault, EventKind.writeProtectFault, EventKind.sigbus];
    expect(new Set(faults.map((kind) => KIND_LOOKS[kind].colour)).size).toBe(4);
    expect(new Set(faults.map((kind) => KIND_LOOKS[kind].glyph)).size).toBe(4);
  });
});
