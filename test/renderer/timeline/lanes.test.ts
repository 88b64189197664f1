import { describe, expect, it } from 'vitest';
import { EventKind, type Lane } from '../../../src-main/model/events.ts';
import { HANDLER_ROW, KIND_LOOKS } from '../../../src-renderer/timeline/kinds.ts';
import { layoutLanes, NO_ARRANGEMENT, rowAt, tracksOf, type Track } from '../../../src-renderer/timeline/lanes.ts';
import { makeTile } from './tiles.ts';

const LANES: readonly Lane[] = [
  { name: 'dirty pages', group: 'counter' },
  { name: 'block layer', group: 'block' },
  { name: 'main', group: 'thread' },
  { name: 'empty', group: 'journal' },
];
const TRACKS: readonly Track[] = [
  { lane: 1, kind: EventKind.io, events: 3, most: 0 },
  { lane: 2, kind: EventKind.readFault, events: 9, most: 0 },
  { lane: 2, kind: EventKind.step, events: 2, most: 0 },
  { lane: 0, kind: EventKind.counter, events: 5, most: 12 },
];

const names = (layout: ReturnType<typeof layoutLanes>): string[] => layout.blocks.map((block) => block.name);

describe('tracks', () => {
  it('counts cells and spans by lane and kind, and leaves out counters that stay at zero', () => {
    const tile = makeTile(
      { from: 0, to: 100, columns: 10 },
      [
        { column: 1, lane: 2, events: 4 },
        { column: 7, lane: 2, events: 3 },
        { column: 2, lane: 0, kind: EventKind.counter, value: 12 },
        { column: 2, lane: 1, kind: EventKind.counter, value: 0 },
      ],
      [{ index: 5, time: 0, duration: 50, lane: 2, kind: EventKind.readFault }],
    );
    expect(tracksOf(tile)).toEqual([
      { lane: 2, kind: EventKind.readFault, events: 8, most: 0 },
      { lane: 0, kind: EventKind.counter, events: 1, most: 12 },
    ]);
  });
});

describe('lanes', () => {
  it('stand in the order of their groups, empty ones left out, spans above marks', () => {
    const layout = layoutLanes(LANES, TRACKS, NO_ARRANGEMENT);
    expect(names(layout)).toEqual(['main', 'block layer', 'dirty pages']);
    expect(layout.blocks[0].rows.map((row) => row.kind)).toEqual([EventKind.step, EventKind.readFault]);
  });

  it('do not overlap, and every row is found at its height', () => {
    const layout = layoutLanes(LANES, TRACKS, NO_ARRANGEMENT);
    let below = 0;
    for (const [i, row] of layout.rows.entries()) {
      expect(row.y).toBeGreaterThanOrEqual(below);
      below = row.y + row.height;
      expect(rowAt(layout, row.y)).toBe(i);
      expect(rowAt(layout, below - 0.5)).toBe(i);
    }
    expect(rowAt(layout, layout.height + 10)).toBe(-1);
  });

  it('fold into one row that stands for all their kinds', () => {
    const layout = layoutLanes(LANES, TRACKS, { ...NO_ARRANGEMENT, folded: new Set([2]) });
    expect(layout.blocks[0].rows).toHaveLength(1);
    expect(layout.rowOf(2, EventKind.step)).toBe(layout.rowOf(2, EventKind.readFault));
    expect(layout.blocks[0].rows[0].events).toBe(11);
  });

  it('come first when pinned, and go when hidden', () => {
    const pinned = layoutLanes(LANES, TRACKS, { ...NO_ARRANGEMENT, pinned: new Set([0]) });
    expect(names(pinned)[0]).toBe('dirty pages');
    const hidden = layoutLanes(LANES, TRACKS, { ...NO_ARRANGEMENT, hidden: new Set([1]) });
    expect(names(hidden)).not.toContain('block layer');
    expect(hidden.rowOf(1, EventKind.io)).toBe(-1);
  });

  it('keep an order of their own', () => {
    const layout = layoutLanes(LANES, TRACKS, { ...NO_ARRANGEMENT, order: [1, 2] });
    expect(names(layout).slice(0, 2)).toEqual(['block layer', 'main']);
  });
});

describe('stalls of a thread', () => {
  it('have a row for each cause, named as what they are', () => {
    const tracks = [EventKind.step, EventKind.throttle, EventKind.lockWait].map((kind) => {
      return { lane: 2, kind, events: 1, most: 0 };
    });
    const { rows } = layoutLanes(LANES, tracks, NO_ARRANGEMENT);
    expect(rows.map(({ label }) => label)).toEqual(['step', 'stall: dirty throttling', 'stall: lock wait']);
    expect(new Set(rows.slice(1).map(({ kind }) => KIND_LOOKS[kind].colour)).size).toBe(2);
  });

  it('are what the kind is called in lanes of others', () => {
    const reclaim: Lane[] = [{ name: 'reclaim', group: 'reclaim' }];
    const tracks = [{ lane: 0, kind: EventKind.directReclaim, events: 1, most: 0 }];
    expect(layoutLanes(reclaim, tracks, NO_ARRANGEMENT).rows[0].label).toBe('direct reclaim');
  });
});

describe('rows that show others once more', () => {
  const lanes: readonly Lane[] = [
    { name: 'main', group: 'thread' },
    { name: 'main: faults', group: 'fault' },
    { name: 'reclaim', group: 'reclaim' },
  ];
  const track = (lane: number, kind: number, events: number): Track => ({ lane, kind, events, most: 0 });
  const tracks = [
    track(0, EventKind.directReclaim, 3),
    track(0, EventKind.ioWait, 5),
    track(1, EventKind.readFault, 7),
    track(1, EventKind.writeFault, 2),
    track(1, EventKind.sigbus, 1),
    track(2, EventKind.kswapd, 4),
  ];
  const layout = layoutLanes(lanes, tracks, NO_ARRANGEMENT);
  const said = (lane: number): string[] =>
    layout.blocks.find((block) => block.lane === lane)?.rows.map(({ label, events }) => `${label} ${events}`) ?? [];

  it('the handlers of all faults of a thread are one, above the faults', () => {
    expect(said(1)).toEqual(['steps of the handler 9', 'read fault 7', 'write fault 2', 'SIGBUS 1']);
    expect(layout.gatheredIn(1, EventKind.readFault)).toBe(layout.rowOf(1, HANDLER_ROW));
    expect(layout.gatheredIn(1, EventKind.sigbus)).toBe(-1);
  });

  it('what threads do for want of memory is in the lane of reclaim too, with what was recorded there', () => {
    expect(said(0)).toEqual(['stall: I/O wait 5', 'stall: direct reclaim 3']);
    expect(said(2)).toEqual(['direct reclaim 3', 'kswapd 4']);
    const older = layoutLanes(lanes, [...tracks, track(2, EventKind.directReclaim, 10)], NO_ARRANGEMENT);
    expect(older.rows[older.rowOf(2, EventKind.directReclaim)].events).toBe(13);
  });

  it('a folded lane has one row for both, and counts no fault twice', () => {
    const folded = layoutLanes(lanes, tracks, { ...NO_ARRANGEMENT, folded: new Set([1, 2]) });
    expect(folded.gatheredIn(1, EventKind.readFault)).toBe(-1);
    expect(folded.gatheredIn(0, EventKind.directReclaim)).toBe(folded.rowOf(2, EventKind.kswapd));
    expect(folded.blocks.find(({ lane }) => lane === 1)?.rows[0].events).toBe(10);
  });

  it('goes with what it shows when that is hidden', () => {
    const hiddenKinds = new Set([EventKind.readFault, EventKind.writeFault]);
    expect(layoutLanes(lanes, tracks, { ...NO_ARRANGEMENT, hiddenKinds }).rowOf(1, HANDLER_ROW)).toBe(-1);
    const hidden = layoutLanes(lanes, tracks, { ...NO_ARRANGEMENT, hidden: new Set([2]) });
    expect(hidden.gatheredIn(0, EventKind.directReclaim)).toBe(-1);
  });
});

describe('a folded counter', () => {
  it('keeps its watermarks', () => {
    const watermarks = [{ name: 'min', value: 4 }];
    const folded = { ...NO_ARRANGEMENT, folded: new Set([0]) };
    const { rows } = layoutLanes(
      [{ name: 'free frames', group: 'counter', watermarks }],
      [{ lane: 0, kind: EventKind.counter, events: 1, most: 9 }],
      folded,
    );
    expect(rows[0]).toMatchObject({ style: 'counter', most: 9, watermarks });
  });
});
