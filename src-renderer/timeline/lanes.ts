import { LANE_GROUPS, type Lane, type LaneGroup, type Watermark } from '#model/events';
import type { Tile } from '#model/tile';
import { HANDLED, HANDLER_ROW, labelOf, lookOf, type RowStyle } from './kinds.ts';
import { isOfMemory, isStall } from './stalls.ts';

/** What a lane holds of one kind, in the whole run. */
export interface Track {
  readonly lane: number;
  readonly kind: number;
  readonly events: number;
  /** Greatest value, for counters. */
  readonly most: number;
}

/** The tracks of a run, from a tile of the whole of it. */
export function tracksOf(tile: Tile): Track[] {
  const tracks = new Map<number, { lane: number; kind: number; events: number; most: number }>();
  const trackFor = (lane: number, kind: number): { events: number; most: number } => {
    const key = lane * 256 + kind;
    let track = tracks.get(key);
    if (track === undefined) tracks.set(key, (track = { lane, kind, events: 0, most: 0 }));
    return track;
  };
  const { cells, spans } = tile;
  for (let i = 0; i < cells.count; i++) {
    const track = trackFor(cells.lane[i], cells.kind[i]);
    track.events += cells.events[i];
    if (cells.values !== null) track.most = Math.max(track.most, cells.values.high[i] || 0);
  }
  for (let i = 0; i < spans.count; i++) trackFor(spans.lane[i], spans.kind[i]).events += 1;
  // A counter that never leaves zero has nothing to show.
  return [...tracks.values()].filter((track) => lookOf(track.kind).style !== 'counter' || track.most > 0);
}

/** One horizontal track: a kind of event in a lane, or a folded lane's all. Sizes in CSS pixels. */
export interface Row {
  readonly label: string;
  readonly lane: number;
  /** -1 in a folded lane, which shows all its kinds in one row; {@link HANDLER_ROW} for the steps of fault handlers. */
  readonly kind: number;
  readonly style: RowStyle;
  readonly y: number;
  readonly height: number;
  readonly events: number;
  /** Greatest value of a counter. */
  readonly most: number;
  /** Lines of a counter, lowest first. */
  readonly watermarks: readonly Watermark[];
}

/** A lane with its rows. */
export interface LaneBlock {
  readonly lane: number;
  readonly name: string;
  readonly group: LaneGroup;
  readonly folded: boolean;
  readonly pinned: boolean;
  /** A counter's lane is one row, which carries its name: it needs no title of its own. */
  readonly titled: boolean;
  readonly y: number;
  readonly height: number;
  readonly rows: readonly Row[];
}

export interface Layout {
  readonly blocks: readonly LaneBlock[];
  readonly rows: readonly Row[];
  readonly height: number;
  /** Row of a track, -1 where it is not shown. */
  rowOf(lane: number, kind: number): number;
  /** The row in which a track is shown once more, with others, -1 for none. */
  gatheredIn(lane: number, kind: number): number;
}

/** How a person arranged the lanes. */
export interface Arrangement {
  readonly folded: ReadonlySet<number>;
  readonly pinned: ReadonlySet<number>;
  readonly hidden: ReadonlySet<number>;
  /** Lanes in an order of their own; those not named follow in theirs. */
  readonly order: readonly number[];
  /** Kinds not to be shown. */
  readonly hiddenKinds: ReadonlySet<number>;
}

export const NO_ARRANGEMENT: Arrangement = {
  folded: new Set(),
  pinned: new Set(),
  hidden: new Set(),
  order: [],
  hiddenKinds: new Set(),
};

/** Heights, CSS pixels. A row holds an 11-pixel label; a counter needs room for its curve. */
export const ROW_HEIGHT = 16;
export const COUNTER_HEIGHT = 36;
/** A line of labels, and below it the steps. */
export const STEPS_HEIGHT = 28;
export const LANE_TITLE = 22;
export const LANE_GAP = 8;
const COUNTER_GAP = 2;

/** Lays lanes out one below the other: pinned first, then by group, empty ones left out. */
export function layoutLanes(lanes: readonly Lane[], tracks: readonly Track[], arrangement: Arrangement): Layout {
  const own = tracks.filter((track) => lanes[track.lane] !== undefined && !arrangement.hiddenKinds.has(track.kind));
  const { shown, gathered } = gatherTracks(lanes, own);
  const order = orderLanes(lanes, arrangement).filter((lane) => shown.some((track) => track.lane === lane));
  const blocks: LaneBlock[] = [];
  const rows: Row[] = [];
  const table = new Map<number, number>();
  let y = 0;
  for (const lane of order) {
    const tracksOfLane = shown.filter((track) => track.lane === lane).sort(byKind);
    const folded = arrangement.folded.has(lane);
    const titled = tracksOfLane.some((track) => lookOf(track.kind).style !== 'counter');
    const top = y;
    y += folded || !titled ? 0 : LANE_TITLE;
    const first = rows.length;
    for (const track of folded ? tracksOfLane.slice(0, 1) : tracksOfLane) {
      const row = folded ? foldedRow(lane, lanes[lane], tracksOfLane, y) : rowFor(track, y, lanes[lane]);
      rows.push(row);
      y += row.height;
    }
    tracksOfLane.forEach((track, i) => table.set(keyOf(lane, track.kind), folded ? first : first + i));
    y += folded ? 0 : titled ? LANE_GAP : COUNTER_GAP;
    const { name, group } = lanes[lane];
    const pinned = arrangement.pinned.has(lane);
    blocks.push({ lane, name, group, folded, pinned, titled, y: top, height: y - top, rows: rows.slice(first) });
  }
  const also = new Map<number, number>();
  for (const [track, into] of gathered) {
    const row = table.get(into);
    // A folded lane has one row for both.
    if (row !== undefined && row !== table.get(track)) also.set(track, row);
  }
  return {
    blocks,
    rows,
    height: y,
    rowOf: (lane, kind) => table.get(keyOf(lane, kind)) ?? -1,
    gatheredIn: (lane, kind) => also.get(keyOf(lane, kind)) ?? -1,
  };
}

/**
 * Adds the tracks in which others are shown once more: the handlers of a thread's faults of all kinds, and what the
 * threads do for want of memory in the lane of reclaim.
 */
function gatherTracks(
  lanes: readonly Lane[],
  tracks: readonly Track[],
): { shown: Track[]; gathered: ReadonlyMap<number, number> } {
  const shown = new Map(tracks.map((track) => [keyOf(track.lane, track.kind), track]));
  const gathered = new Map<number, number>();
  const reclaim = lanes.findIndex(({ group }) => group === 'reclaim');
  for (const track of tracks) {
    const { group } = lanes[track.lane];
    const [lane, kind] =
      group === 'fault' && HANDLED.includes(track.kind)
        ? [track.lane, HANDLER_ROW]
        : group === 'thread' && isOfMemory(track.kind)
          ? [reclaim, track.kind]
          : [-1, -1];
    if (lane < 0) continue;
    const key = keyOf(lane, kind);
    const sum = shown.get(key);
    shown.set(key, { lane, kind, most: 0, events: track.events + (sum?.events ?? 0) });
    gathered.set(keyOf(track.lane, track.kind), key);
  }
  return { shown: [...shown.values()], gathered };
}

function keyOf(lane: number, kind: number): number {
  return lane * 256 + kind;
}

/** Spans above marks, so that marks hang below what they happened in; then as the model numbers them. */
function byKind(a: Track, b: Track): number {
  const rank = { steps: 0, span: 1, mark: 2, counter: 3 };
  return rank[lookOf(a.kind).style] - rank[lookOf(b.kind).style] || a.kind - b.kind;
}

const HEIGHTS = { span: ROW_HEIGHT, mark: ROW_HEIGHT, counter: COUNTER_HEIGHT, steps: STEPS_HEIGHT };

function rowFor(track: Track, y: number, { group, watermarks = [] }: Lane): Row {
  const style = lookOf(track.kind).style;
  const name = labelOf(track.kind);
  return {
    label: style === 'counter' ? '' : group === 'thread' && isStall(track.kind) ? `stall: ${name}` : name,
    lane: track.lane,
    kind: track.kind,
    style,
    y,
    height: HEIGHTS[style],
    events: track.events,
    most: track.most,
    watermarks: style === 'counter' ? watermarks : [],
  };
}

/** All kinds of a lane in one row; a counter stays the curve it is, only lower. */
function foldedRow(lane: number, { watermarks = [] }: Lane, tracks: readonly Track[], y: number): Row {
  const events = tracks.reduce((sum, { kind, events: own }) => (kind === HANDLER_ROW ? sum : sum + own), 0);
  const most = Math.max(...tracks.map((track) => track.most));
  const counted = tracks.every((track) => lookOf(track.kind).style === 'counter');
  const style = counted ? 'counter' : 'mark';
  const lines = counted ? watermarks : [];
  return { label: '', lane, kind: -1, style, y, height: LANE_TITLE, events, most, watermarks: lines };
}

/** All lanes that are not hidden, in the order in which they are laid out. */
export function orderLanes(lanes: readonly Lane[], arrangement: Arrangement): number[] {
  const own = new Map(arrangement.order.map((lane, place) => [lane, place]));
  const place = (lane: number): number =>
    own.get(lane) ?? arrangement.order.length + groupRank(lanes[lane]) * 1000 + lane;
  return lanes
    .map((_, lane) => lane)
    .filter((lane) => !arrangement.hidden.has(lane))
    .sort((a, b) => Number(arrangement.pinned.has(b)) - Number(arrangement.pinned.has(a)) || place(a) - place(b));
}

function groupRank(lane: Lane): number {
  return LANE_GROUPS.indexOf(lane.group);
}

/** Before which of the blocks a lane is dropped at a height of the layout; their number for the end. */
export function placeAt(layout: Layout, y: number): number {
  const at = layout.blocks.findIndex((block) => y < block.y + block.height / 2);
  return at < 0 ? layout.blocks.length : at;
}

/** The row at a height of the layout, -1 between rows. */
export function rowAt(layout: Layout, y: number): number {
  let low = 0;
  let high = layout.rows.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const row = layout.rows[middle];
    if (y < row.y) high = middle - 1;
    else if (y >= row.y + row.height) low = middle + 1;
    else return middle;
  }
  return -1;
}
