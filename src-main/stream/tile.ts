import { EventKind, type EventBatch } from '#model/events';
import type { CounterValue, Tile, TileRequest } from '#model/tile';
import { Grid } from './grid.ts';
import { LEVEL_FAN_OUT } from './levels.ts';
import type { Summary } from './summary.ts';
import type { SummarySpans } from './tables.ts';

/** Where a summary lies, without its cells and spans. */
export interface SummaryHead {
  readonly level: number;
  readonly number: number;
  readonly exponent: number;
  readonly minTime: number;
  readonly maxTime: number;
  readonly maxEnd: number;
}

/** A batch; with `index`, of some of the run's events, and which. */
export type IndexedBatch = EventBatch & { readonly index?: Int32Array };

/** From where a tile takes its parts. */
export interface TileSource {
  /** The root, or undefined for a run without events. */
  root(): SummaryHead | undefined;
  head(level: number, number: number): SummaryHead | undefined;
  summary(level: number, number: number): Summary;
  /** Only the spans of a summary: much less than the whole. */
  spans(level: number, number: number): SummarySpans;
  /** The batch below a summary of level 0; addresses only of counters. */
  batch(number: number): IndexedBatch;
  /** Counter values when the batch began. */
  countersAt(batch: number): readonly CounterValue[];
}

const grid = new Grid();

/**
 * Answers a request: goes down from the root as long as the buckets are wider than the columns asked for, and
 * reads events themselves only below the finest summary. An event that straddles an edge is in the tile when it
 * is long enough to be a span, or starts inside.
 */
export function buildTile(source: TileSource, request: TileRequest): Tile {
  const { from, to, columns } = request;
  const column = (to - from) / columns;
  const picked: Part[] = [];
  const root = source.root();
  if (root !== undefined) pick(source, root, from, to, column, picked);
  const filter = makeFilter(request);

  grid.begin();
  for (const part of picked) declarePart(part, filter);
  grid.open(columns);
  for (const part of picked) {
    if (part.batch !== undefined) fillFromBatch(part.batch, from, to, columns, column);
    if (part.summary !== undefined) fillFromCells(part.summary, from, columns, column);
    if (part.spans !== undefined) fillFromSpans(part.spans, from, to, columns, column);
  }
  const { spans, bucket, ...cells } = grid.close();
  return {
    from,
    to,
    columns,
    cells: { ...cells, column: bucket },
    spans,
    before: countersBefore(source, from, column, filter),
  };
}

/** A piece of the run that reaches into a tile; of one that began before it, only spans can. */
interface Part {
  readonly summary?: Summary;
  readonly batch?: IndexedBatch;
  readonly spans?: SummarySpans;
}

interface Filter {
  passes(lane: number, kind: number): boolean;
}

function makeFilter(request: TileRequest): Filter {
  const lanes = request.lanes !== undefined && request.lanes.length > 0 ? new Set(request.lanes) : null;
  const kinds = request.kinds !== undefined && request.kinds.length > 0 ? new Set(request.kinds) : null;
  return { passes: (lane, kind) => (lanes === null || lanes.has(lane)) && (kinds === null || kinds.has(kind)) };
}

function pick(source: TileSource, head: SummaryHead, from: number, to: number, column: number, into: Part[]): void {
  if (head.minTime >= to || head.maxEnd < from) return;
  const width = 2 ** head.exponent;
  // Gathered events end less than a bucket after they start.
  const spansOnly = head.maxTime + width <= from;
  if (spansOnly) {
    into.push({ spans: source.spans(head.level, head.number) });
  } else if (width <= column) {
    const summary = source.summary(head.level, head.number);
    into.push({ summary, spans: summary.spans });
  } else if (head.level === 0) {
    into.push({ batch: source.batch(head.number) });
  } else {
    for (let child = 0; child < LEVEL_FAN_OUT; child++) {
      const below = source.head(head.level - 1, head.number * LEVEL_FAN_OUT + child);
      if (below !== undefined) pick(source, below, from, to, column, into);
    }
  }
}

function declarePart({ batch, summary, spans }: Part, filter: Filter): void {
  for (const table of [batch, summary?.cells, spans])
    if (table !== undefined) declareAll(table.lane, table.kind, table.count, filter);
}

function declareAll(lane: Uint16Array, kind: Uint8Array, count: number, filter: Filter): void {
  let lastKey = -1;
  for (let i = 0; i < count; i++) {
    const key = (lane[i] << 8) | kind[i];
    if (key === lastKey || grid.has(lane[i], kind[i])) continue;
    lastKey = key;
    if (filter.passes(lane[i], kind[i])) grid.declare(lane[i], kind[i]);
  }
}

function fillFromBatch(batch: IndexedBatch, from: number, to: number, columns: number, column: number): void {
  const { count, time, duration, lane, kind, address, first, index } = batch;
  for (let i = 0; i < count; i++) {
    const t = time[i];
    if (t >= to || t + duration[i] < from || !grid.has(lane[i], kind[i])) continue;
    const slot = grid.slotOf(lane[i], kind[i]);
    place(slot, index === undefined ? first + i : index[i], t, duration[i], from, columns, column);
    if (kind[i] === EventKind.counter && t >= from) {
      grid.sample(slot, Math.min(columns - 1, Math.floor((t - from) / column)), address[i]);
    }
  }
}

/** An event as a span when it is at least a column long, else in the cell where it starts. */
function place(
  slot: number,
  index: number,
  time: number,
  duration: number,
  from: number,
  columns: number,
  column: number,
): void {
  const at = Math.min(columns - 1, Math.floor((time - from) / column));
  if (at < 0 && duration >= column) grid.earlySpan(slot, index, time, duration);
  else if (duration >= column) grid.span(slot, at, index, time, duration);
  else if (at >= 0) grid.event(slot, at, index, duration);
}

function fillFromCells(summary: Summary, from: number, columns: number, column: number): void {
  const { cells } = summary;
  const width = 2 ** summary.exponent;
  for (let i = 0; i < cells.count; i++) {
    // A bucket counts where its middle lies; those at the run's ends, where its events can be.
    const middle = (summary.base + cells.bucket[i] + 0.5) * width;
    const at = Math.floor((Math.min(summary.maxTime, Math.max(summary.minTime, middle)) - from) / column);
    if (at < 0 || at >= columns || !grid.has(cells.lane[i], cells.kind[i])) continue;
    const slot = grid.slotOf(cells.lane[i], cells.kind[i]);
    grid.gather(slot, at, cells.example[i], cells.events[i], cells.busy[i], cells.longest[i]);
    if (cells.values !== null && cells.kind[i] === EventKind.counter) {
      grid.samples(slot, at, cells.values.low[i], cells.values.high[i], cells.values.last[i]);
    }
  }
}

function fillFromSpans(spans: SummarySpans, from: number, to: number, columns: number, column: number): void {
  const { count, index, time, duration, lane, kind } = spans;
  for (let i = 0; i < count; i++) {
    if (time[i] >= to || time[i] + duration[i] < from || !grid.has(lane[i], kind[i])) continue;
    place(grid.slotOf(lane[i], kind[i]), index[i], time[i], duration[i], from, columns, column);
  }
}

/** The last value of each counter lane before `from`, to within a column. */
function countersBefore(source: TileSource, from: number, column: number, filter: Filter): CounterValue[] {
  const head = headAt(source, from);
  if (head === undefined) return [];
  const values = new Map<number, number>();
  for (const { lane, value } of source.countersAt(head.number)) values.set(lane, value);
  if (2 ** head.exponent <= column) updateFromSummary(source.summary(0, head.number), from, values);
  else updateFromBatch(source.batch(head.number), from, values);
  return [...values]
    .filter(([lane]) => filter.passes(lane, EventKind.counter))
    .sort((x, y) => x[0] - y[0])
    .map(([lane, value]) => ({ lane, value }));
}

function updateFromSummary({ cells, base, exponent }: Summary, from: number, values: Map<number, number>): void {
  if (cells.values === null) return;
  const width = 2 ** exponent;
  for (let i = 0; i < cells.count; i++) {
    if (cells.kind[i] === EventKind.counter && (base + cells.bucket[i]) * width < from)
      values.set(cells.lane[i], cells.values.last[i]);
  }
}

function updateFromBatch(batch: EventBatch, from: number, values: Map<number, number>): void {
  for (let i = 0; i < batch.count; i++) {
    if (batch.kind[i] === EventKind.counter && batch.time[i] < from) values.set(batch.lane[i], batch.address[i]);
  }
}

/** The last summary of level 0 that has an event before `time`. */
function headAt(source: TileSource, time: number): SummaryHead | undefined {
  let head = source.root();
  if (head === undefined || head.minTime >= time) return undefined;
  while (head.level > 0) {
    let next: SummaryHead | undefined;
    for (let child = LEVEL_FAN_OUT - 1; child >= 0 && next === undefined; child--) {
      const below = source.head(head.level - 1, head.number * LEVEL_FAN_OUT + child);
      if (below !== undefined && below.minTime < time) next = below;
    }
    if (next === undefined) return undefined;
    head = next;
  }
  return head;
}
