import { EventKind, type EventBatch } from '#model/events';
import { Grid, type GridCells } from './grid.ts';
import type { SummaryCells, SummarySpans } from './tables.ts';

/**
 * What a timeline needs of a stretch of a run. Time is cut into buckets 2^exponent ps wide, counted from 0 ps.
 * Events shorter than a bucket are gathered in cells by the bucket they start in; a longer one is a span of its
 * own, except where a still longer one of the same lane and kind starts in the same bucket and covers it: then
 * it is gathered too. So events = sum of cells' events + spans, and the same holds for durations.
 */
export interface Summary {
  readonly first: number;
  readonly events: number;
  readonly exponent: number;
  /** Bucket number of cells.bucket 0. */
  readonly base: number;
  /** Earliest and latest start, and latest end, ps. */
  readonly minTime: number;
  readonly maxTime: number;
  readonly maxEnd: number;
  readonly cells: SummaryCells;
  readonly spans: SummarySpans;
}

/** A summary has at most this many buckets: a tile then reads a few summaries at any zoom. */
export const SUMMARY_BUCKETS = 2048;
/** Cells of the working grid; more lanes and kinds than usual make the buckets wider. */
const GRID_CELLS = 1 << 20;

/** The finest power of two with which `from` to `to` ps fit in the buckets allowed. */
function exponentFor(from: number, to: number, buckets: number, atLeast: number): number {
  let exponent = atLeast;
  while (Math.floor(to / 2 ** exponent) - Math.floor(from / 2 ** exponent) >= buckets) exponent++;
  return exponent;
}

function bucketsFor(slots: number): number {
  return Math.max(16, Math.min(SUMMARY_BUCKETS, Math.floor(GRID_CELLS / Math.max(1, slots))));
}

const grid = new Grid();

/**
 * Summary of one batch. Times must be finite and not negative.
 * @param batch with `index`, its events are those of the run; without, they follow its first one
 */
export function summarise(batch: EventBatch & { readonly index?: Int32Array }): Summary {
  const { count, time, duration, lane, kind, first, index } = batch;
  if (count === 0) throw new RangeError('an empty batch has no summary');
  let minTime = Infinity;
  let maxTime = 0;
  let maxEnd = 0;
  grid.begin();
  for (let i = 0; i < count; i++) {
    const t = time[i];
    const end = t + duration[i];
    if (t < minTime) minTime = t;
    if (t > maxTime) maxTime = t;
    if (end > maxEnd) maxEnd = end;
    grid.declare(lane[i], kind[i]);
  }
  const buckets = bucketsFor(grid.slots);
  const exponent = exponentFor(minTime, maxTime, buckets, 0);
  const width = 2 ** exponent;
  const base = Math.floor(minTime / width);
  grid.open(buckets);
  for (let i = 0; i < count; i++) {
    const bucket = Math.floor(time[i] / width) - base;
    const slot = grid.slotOf(lane[i], kind[i]);
    const event = index === undefined ? first + i : index[i];
    if (duration[i] >= width) grid.span(slot, bucket, event, time[i], duration[i]);
    else grid.event(slot, bucket, event, duration[i]);
    if (kind[i] === EventKind.counter) grid.sample(slot, bucket, batch.address[i]);
  }
  return { first, events: count, exponent, base, minTime, maxTime, maxEnd, ...take(grid.close()) };
}

/** Summary of consecutive stretches, given in order, in coarser buckets. Counts and sums are kept. */
export function mergeSummaries(parts: readonly Summary[]): Summary {
  let minTime = Infinity;
  let maxTime = 0;
  let maxEnd = 0;
  let events = 0;
  let atLeast = 0;
  grid.begin();
  for (const part of parts) {
    minTime = Math.min(minTime, part.minTime);
    maxTime = Math.max(maxTime, part.maxTime);
    maxEnd = Math.max(maxEnd, part.maxEnd);
    atLeast = Math.max(atLeast, part.exponent);
    events += part.events;
    for (let i = 0; i < part.cells.count; i++) grid.declare(part.cells.lane[i], part.cells.kind[i]);
    for (let i = 0; i < part.spans.count; i++) grid.declare(part.spans.lane[i], part.spans.kind[i]);
  }
  const buckets = bucketsFor(grid.slots);
  const exponent = exponentFor(minTime, maxTime, buckets, atLeast);
  const width = 2 ** exponent;
  const base = Math.floor(minTime / width);
  grid.open(buckets);
  for (const part of parts) {
    const { cells, spans } = part;
    const ratio = 2 ** (exponent - part.exponent);
    for (let i = 0; i < cells.count; i++) {
      const bucket = Math.floor((part.base + cells.bucket[i]) / ratio) - base;
      const slot = grid.slotOf(cells.lane[i], cells.kind[i]);
      grid.gather(slot, bucket, cells.example[i], cells.events[i], cells.busy[i], cells.longest[i]);
      if (cells.values !== null && cells.kind[i] === EventKind.counter) {
        grid.samples(slot, bucket, cells.values.low[i], cells.values.high[i], cells.values.last[i]);
      }
    }
    for (let i = 0; i < spans.count; i++) {
      const bucket = Math.floor(spans.time[i] / width) - base;
      const slot = grid.slotOf(spans.lane[i], spans.kind[i]);
      if (spans.duration[i] >= width) grid.span(slot, bucket, spans.index[i], spans.time[i], spans.duration[i]);
      else grid.event(slot, bucket, spans.index[i], spans.duration[i]);
    }
  }
  return { first: parts[0].first, events, exponent, base, minTime, maxTime, maxEnd, ...take(grid.close()) };
}

function take(cells: GridCells): Pick<Summary, 'cells' | 'spans'> {
  const { spans, ...rest } = cells;
  return { cells: rest, spans };
}
