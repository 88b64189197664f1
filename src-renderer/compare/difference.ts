import { EventKind, type Lane } from '#model/events';
import type { Piece } from '../timeline/levels.ts';
import type { View } from '../timeline/scale.ts';

/** What is counted of a run in a column of the axis. */
export const MEASURES = ['faults', 'io', 'dirty', 'dirtied'] as const;
export type Measure = (typeof MEASURES)[number];

/** Kinds of faults told apart in the figures. */
export const FAULT_KINDS = [
  EventKind.readFault,
  EventKind.writeFault,
  EventKind.writeProtectFault,
  EventKind.sigbus,
] as const;

/** One run's figures in equal columns of the axis. */
export interface Columns {
  readonly count: number;
  /** Faults that begin in each column, by kind in the order of {@link FAULT_KINDS}. */
  readonly faults: readonly Float64Array[];
  /** Requests that begin in each column. */
  readonly io: Float64Array;
  /** Dirty pages at the end of each column, NaN before the first sample; null for a run that does not count them. */
  readonly dirty: Float64Array | null;
  /** Folios dirtied in each column. */
  readonly dirtied: Float64Array;
}

/**
 * Counts a run in columns of the axis. It reads tiles, so that it costs the same however long the run is; several
 * columns of a tile fall into one of these, none is split.
 * @param pieces of the run's tiles, in the axis' time
 */
export function columnsOf(lanes: readonly Lane[], pieces: readonly Piece[], view: View, count: number): Columns {
  const faults = FAULT_KINDS.map(() => new Float64Array(count));
  const io = new Float64Array(count);
  const dirty = new Float64Array(count).fill(Number.NaN);
  const dirtyLane = lanes.findIndex(({ name, group }) => group === 'counter' && name === 'dirty pages');
  const dirtied = new Float64Array(count);
  const perColumn = (view.to - view.from) / count;
  const add = (kind: number, at: number, events: number): void => {
    if (at < 0 || at >= count) return;
    const fault = FAULT_KINDS.indexOf(kind as (typeof FAULT_KINDS)[number]);
    if (fault >= 0) faults[fault][at] += events;
    else if (kind === EventKind.io) io[at] += events;
    else if (kind === EventKind.folioDirtied) dirtied[at] += events;
  };
  for (const { tile, from, to } of pieces) {
    const { cells, spans } = tile;
    const width = (tile.to - tile.from) / tile.columns;
    const before = tile.before.find(({ lane }) => lane === dirtyLane);
    const first = Math.max(0, Math.floor((from - view.from) / perColumn));
    if (before !== undefined && from === tile.from && first < count && Number.isNaN(dirty[first]))
      dirty[first] = before.value;
    for (let i = 0; i < cells.count; i++) {
      const start = tile.from + cells.column[i] * width;
      // As they are painted: a column in which one piece ends and the next begins belongs to the one with more of it.
      const middle = start + width / 2;
      if (middle < from || middle >= to) continue;
      const at = Math.floor((Math.max(start, from) - view.from) / perColumn);
      if (cells.kind[i] !== EventKind.counter) add(cells.kind[i], at, cells.events[i]);
      else if (cells.lane[i] === dirtyLane && cells.values !== null) {
        // What was last before the view is where it begins.
        const place = at < 0 ? 0 : at;
        if (place < count && (at >= 0 || Number.isNaN(dirty[0]))) dirty[place] = cells.values.last[i];
      }
    }
    for (let i = 0; i < spans.count; i++) {
      const time = spans.time[i];
      if (time >= from && time < to) add(spans.kind[i], Math.floor((time - view.from) / perColumn), 1);
    }
  }
  if (dirtyLane < 0) return { count, faults, io, dirty: null, dirtied };
  for (let i = 1; i < count; i++) if (Number.isNaN(dirty[i])) dirty[i] = dirty[i - 1];
  return { count, faults, io, dirty, dirtied };
}

/** One row of the difference lane: the right run's figures less the left's. */
export interface DifferenceRow {
  readonly measure: Measure;
  readonly left: Float64Array;
  readonly right: Float64Array;
  /** NaN where one of them is not known. */
  readonly difference: Float64Array;
}

export function differenceRows(left: Columns, right: Columns): DifferenceRow[] {
  // A recording tells which folios were dirtied, but not how many are dirty.
  const counted = left.dirty !== null && right.dirty !== null;
  const measures = MEASURES.filter((measure) => measure !== (counted ? 'dirtied' : 'dirty'));
  return measures.map((measure) => {
    const x = figuresOf(left, measure);
    const y = figuresOf(right, measure);
    return { measure, left: x, right: y, difference: y.map((value, i) => value - x[i]) };
  });
}

function figuresOf(columns: Columns, measure: Measure): Float64Array {
  if (measure === 'io') return columns.io;
  // Before the first sample nothing has been dirtied.
  if (measure === 'dirty') return (columns.dirty ?? columns.dirtied).map((value) => (Number.isNaN(value) ? 0 : value));
  if (measure === 'dirtied') return columns.dirtied;
  return columns.io.map((_, i) => columns.faults.reduce((sum, kind) => sum + kind[i], 0));
}

/** Whether anything differs in a column. */
export function differsAt(rows: readonly DifferenceRow[], column: number): boolean {
  return rows.some(({ difference }) => difference[column] !== 0 && !Number.isNaN(difference[column]));
}

/**
 * The next column at which a difference begins: one that is not simply the same difference going on. -1 where there is
 * none that way.
 * @param from column to begin at, itself excluded
 */
export function nextDifference(rows: readonly DifferenceRow[], from: number, direction: 'next' | 'previous'): number {
  const count = rows[0]?.difference.length ?? 0;
  const step = direction === 'next' ? 1 : -1;
  for (let i = Math.max(-1, Math.min(count, from)) + step; i >= 0 && i < count; i += step)
    if (rows.some(({ difference }) => begins(difference, i))) return i;
  return -1;
}

function begins(difference: Float64Array, at: number): boolean {
  const now = difference[at];
  if (now === 0 || Number.isNaN(now)) return false;
  const before = at === 0 ? 0 : difference[at - 1];
  return before === 0 || Number.isNaN(before) || Math.sign(before) !== Math.sign(now);
}
