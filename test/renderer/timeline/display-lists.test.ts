/**
 * What the painters draw of small tiles, recorded as text: a line a rectangle, shape or label, in the order in which
 * they are drawn. A change of these lists is a change of the picture, to be looked at.
 */
import { describe, expect, it } from 'vitest';
import { EventKind, type Lane } from '../../../src-main/model/events.ts';
import type { Tile } from '../../../src-main/model/tile.ts';
import type { HandlerStep, HandlerWork } from '../../../src-main/model/handler.ts';
import { DisplayList } from '../../../src-renderer/timeline/display-list.ts';
import type { PlacedHandler } from '../../../src-renderer/timeline/handlers.ts';
import { COLOURS } from '../../../src-renderer/timeline/kinds.ts';
import { layoutLanes, NO_ARRANGEMENT, type Layout } from '../../../src-renderer/timeline/lanes.ts';
import { paintPhases, RowPainter } from '../../../src-renderer/timeline/painters.ts';
import { makeTile } from './tiles.ts';

const RANGE = { from: 0, to: 1000, columns: 100 };
const SURFACE = { width: 100, height: 200, ratio: 1, scroll: 0 };
const THREAD: Lane = { name: 'main', group: 'thread' };

function layoutOf(kinds: readonly number[], lane: Lane = THREAD, most = 0): Layout {
  return layoutLanes(
    [lane],
    kinds.map((kind) => ({ lane: 0, kind, events: 1, most })),
    NO_ARRANGEMENT,
  );
}

function textOf(list: DisplayList): string {
  const lines = Array.from(
    { length: list.count },
    (_, i) => `${COLOURS[list.colour[i]]} at ${list.x[i]},${list.y[i]} ${list.w[i]}x${list.h[i]}`,
  );
  for (const { glyph, x, y, colour } of list.glyphs) lines.push(`${COLOURS[colour]} ${glyph} at ${x},${y}`);
  for (const { text, x, y, room } of list.texts)
    lines.push(`"${text.replace(/\u202f/g, ' ')}" at ${x},${y} within ${room}`);
  return lines.join('\n');
}

function painted(layout: Layout, tile: Tile): string {
  const list = new DisplayList();
  new RowPainter().paint(list, layout, [{ tile, from: tile.from, to: tile.to }], RANGE, SURFACE);
  return textOf(list);
}

describe('recorded display lists', () => {
  it('of marks: lone ones, a long one, a crowd', () => {
    const tile = makeTile(
      RANGE,
      [{ column: 5 }, { column: 60 }, { column: 61, events: 16 }, { column: 62, events: 2 }],
      [{ index: 9, time: 250, duration: 40, kind: EventKind.readFault }],
    );
    expect(painted(layoutOf([EventKind.readFault]), tile)).toMatchInlineSnapshot(`
      "read at 26,29 3x1
      read at 60,33 1x3
      read at 61,24 1x12
      read at 62,31 1x5
      read disc at 5.5,30
      read disc at 25.5,30"
    `);
  });

  it('of spans: a long one, gathered ones, one too short to be seen', () => {
    const tile = makeTile(
      RANGE,
      [
        { column: 50, kind: EventKind.io, busy: 5 },
        { column: 51, kind: EventKind.io, busy: 5 },
        { column: 70, kind: EventKind.io, busy: 0.1 },
      ],
      [{ index: 0, time: 100, duration: 205, kind: EventKind.io }],
    );
    expect(painted(layoutOf([EventKind.io]), tile)).toMatchInlineSnapshot(`
      "io at 10,24 20x12
      io at 30,30 1x6
      io at 50,30 2x6
      io at 70,34 1x2"
    `);
  });

  it('of a counter: a step curve from before the tile on', () => {
    const tile = makeTile(
      RANGE,
      [
        { column: 20, kind: EventKind.counter, value: 30 },
        { column: 80, kind: EventKind.counter, value: 0 },
      ],
      [],
      [{ lane: 0, value: 10 }],
    );
    const layout = layoutOf([EventKind.counter], { name: 'cached pages', group: 'counter' }, 30);
    expect(painted(layout, tile)).toMatchInlineSnapshot(`
      "counter-fill at 0,23 20x10
      counter at 0,23 20x1
      counter at 20,3 1x20
      counter-fill at 20,3 60x30
      counter at 20,3 60x1
      counter at 80,3 1x30
      counter at 80,33 20x1"
    `);
  });

  it('of free frames: watermarks as lines, in sight though nothing came near them, near ones with one label', () => {
    const lane = (min: number, low: number, high: number): Lane => ({
      name: 'free frames',
      group: 'counter',
      watermarks: [
        { name: 'min', value: min },
        { name: 'low', value: low },
        { name: 'high', value: high },
      ],
    });
    const tile = makeTile(RANGE, [], [], [{ lane: 0, value: 40 }]);
    const apart = painted(layoutOf([EventKind.counter], lane(1000, 2000, 3000), 40), tile);
    expect(apart).toMatchInlineSnapshot(`
      "counter at 0,33 100x1
      alarm at 0,23 100x1
      alarm at 0,13 100x1
      alarm at 0,3 100x1
      "min 1 000, low 2 000, high 3 000" at 6,7 within 88"
    `);
    const near = painted(layoutOf([EventKind.counter], lane(64, 80, 96), 3000), tile);
    expect(near).toMatchInlineSnapshot(`
      "counter at 0,33 100x1
      alarm at 0,32 100x1
      "min 64, low 80, high 96" at 6,25 within 88"
    `);
  });

  it('of the steps of a handler: names where there is room, one bar a column; of handlers not known their share', () => {
    const fault: Lane = { name: 'main: faults', group: 'fault' };
    const tile = makeTile(
      RANGE,
      [{ column: 2, kind: EventKind.readFault, busy: 5 }],
      [
        { index: 7, time: 100, duration: 800, kind: EventKind.writeFault },
        { index: 8, time: 920, duration: 60, kind: EventKind.writeFault },
      ],
    );
    const step = (work: HandlerWork | null, kind: number, time: number, duration: number): HandlerStep => ({
      ...{ work, kind, time, duration, event: 7 },
    });
    const handler: PlacedHandler = {
      fault: 7,
      lane: 0,
      shift: 100,
      steps: [
        step('entry', EventKind.writeFault, 0, 340),
        step(null, EventKind.folioAdded, 340, 3),
        step(null, EventKind.blocksReserved, 343, 357),
        step('exit', EventKind.writeFault, 700, 100),
      ],
    };
    const layout = layoutOf([EventKind.writeFault], fault);
    const list = new DisplayList();
    const pieces = [{ tile, from: tile.from, to: tile.to }];
    new RowPainter().paint(list, layout, pieces, RANGE, SURFACE, [handler]);
    expect(textOf(list)).toMatchInlineSnapshot(`
      "handler at 92,37 6x11
      handler at 10,35 33x13
      blocks at 44,35 35x13
      handler at 80,35 9x13
      write at 11,57 79x1
      write at 93,57 5x1
      blocks ring at 50,29
      write triangle at 10.5,58
      write triangle at 92.5,58
      "blocks reserved" at 57,29 within 22"
    `);
  });

  it('of a folded counter: its watermarks too', () => {
    const lane: Lane = { name: 'free frames', group: 'counter', watermarks: [{ name: 'min', value: 30 }] };
    const tracks = [{ lane: 0, kind: EventKind.counter, events: 1, most: 60 }];
    const folded = layoutLanes([lane], tracks, { ...NO_ARRANGEMENT, folded: new Set([0]) });
    expect(painted(folded, makeTile(RANGE, [], [], [{ lane: 0, value: 60 }]))).toMatchInlineSnapshot(`
      "counter-fill at 0,3 100x16
      counter at 0,3 100x1
      alarm at 0,11 100x1
      "min 30" at 6,7 within 88"
    `);
  });

  it('of the steps of a thread: their names where there is room', () => {
    const list = new DisplayList();
    const phase = { thread: 0, minor: 0, major: 0, sigbus: 0, instantiatedKiB: 0, dirtyPages: 0 };
    const phases = [
      { ...phase, name: 'read all', step: 0, startNs: 0, endNs: 0.6 },
      { ...phase, name: 'sync', step: 1, startNs: 0.6, endNs: 0.7 },
      { ...phase, name: 'store', step: 2, startNs: 0.7, endNs: 2 },
    ];
    paintPhases(list, layoutOf([EventKind.step]), phases, () => 0, RANGE, SURFACE);
    expect(textOf(list)).toMatchInlineSnapshot(`
      "step at 0,23 59x14
      step-2 at 60,23 9x14
      step at 70,23 29x14
      "read all" at 6,30 within 48
      "store" at 76,30 within 18"
    `);
  });
});
