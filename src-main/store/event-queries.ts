import type { Aggregate } from '#model/aggregate';
import { EventKind, type EventBatch, type EventColumn } from '#model/events';
import type { FaultHandler } from '#model/handler';
import type { EventCriteria } from '#model/search';
import type { EventRow } from '#model/tile';
import { Aggregator } from '#stream/aggregate';
import { FULL_BATCH, rowOf } from '#model/batch';
import { handlerSteps, isHandlerStep } from '#stream/handler-steps';
import { buildTile } from '#stream/tile';
import type { EventSearch } from './event-search.ts';
import { batchOf, type EventStore } from './event-store.ts';

/** Around which time to look for events. Empty filters mean everything. */
export interface NearRequest {
  /** ps */
  readonly time: number;
  /** How far to either side to look, ps. */
  readonly within: number;
  readonly lanes?: readonly number[];
  readonly kinds?: readonly number[];
  /** Default 10. */
  readonly limit?: number;
}

/** Which events to list. Empty filters mean everything. */
export interface EventListRequest {
  /** Index to begin at (default 0), as `next` of the page before says. */
  readonly start?: number;
  /** Only events that start in from..to ps (to exclusive). */
  readonly from?: number;
  readonly to?: number;
  readonly lanes?: readonly number[];
  readonly kinds?: readonly number[];
  readonly criteria?: EventCriteria;
  /** Default 100. */
  readonly limit?: number;
}

/** Columns in which the neighbourhood of a time is searched: an odd number, so that the time is in the middle of one. */
const NEAR_COLUMNS = 129;

/** See `Library.nearest`. Of events that share a lane, kind and 1/129 of the range only the longest is looked at. */
export function nearestEvents(store: EventStore, stream: number, request: NearRequest): EventRow[] {
  const within = Math.max(1, request.within);
  const tile = buildTile(store.tileSource(stream), {
    from: request.time - within,
    to: request.time + within,
    columns: NEAR_COLUMNS,
    lanes: request.lanes ?? [],
    kinds: request.kinds ?? [],
  });
  const candidates = new Set<number>();
  for (let i = 0; i < tile.spans.count; i++) candidates.add(tile.spans.index[i]);
  for (let i = 0; i < tile.cells.count; i++) candidates.add(tile.cells.example[i]);
  const rows = [...candidates].map((index) => {
    const batch = store.keptBatch(stream, batchOf(index));
    return rowOf(batch, index - batch.first);
  });
  const distance = (row: EventRow): number =>
    Math.max(0, row.time - request.time, request.time - row.time - row.duration);
  return rows
    .filter((row) => distance(row) <= within)
    .sort((x, y) => distance(x) - distance(y) || x.duration - y.duration || x.index - y.index)
    .slice(0, request.limit ?? 10);
}

/** See `Library.eventList`. @param search complete, for the request's criteria */
export function listEvents(
  store: EventStore,
  stream: number,
  request: EventListRequest,
  search?: EventSearch,
): { rows: EventRow[]; next: number | null } {
  const { events, levels } = store.headsOf(stream);
  const limit = request.limit ?? 100;
  const from = request.from ?? -Infinity;
  const to = request.to ?? Infinity;
  const wanted = conditionOf(request, search);
  const rows: EventRow[] = [];
  let index = Math.max(0, request.start ?? 0);
  while (index < events) {
    const number = batchOf(index);
    const [, minTime, maxTime] = levels[0][number];
    const end = Math.min(events, (number + 1) * FULL_BATCH);
    if (minTime < to && maxTime >= from && (search === undefined || search.hitsIn(number) > 0)) {
      const batch = store.keptBatch(stream, number);
      for (; index < end; index++) {
        if (!wanted(batch, index - batch.first)) continue;
        if (rows.length === limit) return { rows, next: index };
        rows.push(rowOf(batch, index - batch.first));
      }
    }
    index = end;
  }
  return { rows, next: null };
}

/** Whether event `i` of a batch is one that the request asks for. */
function conditionOf(request: EventListRequest, search?: EventSearch): (batch: EventBatch, i: number) => boolean {
  const from = request.from ?? -Infinity;
  const to = request.to ?? Infinity;
  const lanes = request.lanes !== undefined && request.lanes.length > 0 ? new Set(request.lanes) : null;
  const kinds = request.kinds !== undefined && request.kinds.length > 0 ? new Set(request.kinds) : null;
  return (batch, i) =>
    batch.time[i] >= from &&
    batch.time[i] < to &&
    (lanes === null || lanes.has(batch.lane[i])) &&
    (kinds === null || kinds.has(batch.kind[i])) &&
    (search === undefined || search.has(batch.first + i));
}

/** A stretch of more events than this is added up over its first ones. */
const MOST_AGGREGATED = 2_000_000;
const AGGREGATED: readonly EventColumn[] = ['time', 'duration', 'lane', 'kind', 'address', 'a'];

/** See `Library.aggregate`. @param search complete, for the request's criteria */
export function aggregate(
  store: EventStore,
  stream: number,
  request: EventListRequest,
  search?: EventSearch,
): Aggregate {
  const { levels } = store.headsOf(stream);
  const from = request.from ?? -Infinity;
  const to = request.to ?? Infinity;
  const wanted = conditionOf(request, search);
  const sums = new Aggregator();
  for (let number = 0; number < (levels[0]?.length ?? 0); number++) {
    const [, minTime, maxTime] = levels[0][number];
    if (minTime >= to || maxTime < from || search?.hitsIn(number) === 0) continue;
    if (sums.count >= MOST_AGGREGATED) return sums.finish(false);
    const batch = store.readBatch(stream, number, AGGREGATED);
    for (let i = 0; i < batch.count; i++)
      if (batch.kind[i] !== EventKind.counter && wanted(batch, i)) sums.add(batch, i);
  }
  return sums.finish(true);
}

/** Batches looked through for what an event led to: a million events, some tens of milliseconds. */
const EFFECT_BATCHES = 16;

/** See `Library.effects`. */
export function effectsOf(store: EventStore, stream: number, event: number, limit: number): EventRow[] {
  const { events, levels } = store.headsOf(stream);
  const first = batchOf(event);
  const last = Math.min(levels[0].length, first + EFFECT_BATCHES);
  const found = new Set([event]);
  const rows: EventRow[] = [];
  for (let number = first; number < last; number++) {
    const { cause } = store.readBatch(stream, number, ['cause']);
    for (let i = 0; i < cause.length; i++) {
      const index = number * FULL_BATCH + i;
      // A cause comes before its effect: what is older than the event cannot follow from it.
      if (cause[i] < event || index <= event || !found.has(cause[i])) continue;
      found.add(index);
      const batch = store.keptBatch(stream, number);
      rows.push(rowOf(batch, i));
      if (rows.length === limit || index === events - 1) return rows;
    }
  }
  return rows;
}

/** Batches looked through for the steps of one fault: one that outlasts them is told as far as they go. */
const HANDLER_BATCHES = 4;

/** See `Library.handlers`. */
export function handlersOf(store: EventStore, stream: number, faults: readonly number[]): FaultHandler[] {
  const { levels } = store.headsOf(stream);
  const rows = new Map<number, EventRow>();
  const effects = new Map<number, EventRow[]>();
  const wanted = new Set<number>();
  for (const fault of faults) {
    const first = batchOf(fault);
    const batch = store.keptBatch(stream, first);
    const row = rowOf(batch, fault - batch.first);
    rows.set(fault, row);
    effects.set(fault, []);
    for (let number = first; number < Math.min(levels[0].length, first + HANDLER_BATCHES); number++)
      if (levels[0][number][1] <= row.time + row.duration) wanted.add(number);
  }
  const low = Math.min(...faults);
  const high = Math.max(...faults);
  for (const number of [...wanted].sort((x, y) => x - y)) {
    const { cause, kind } = store.readBatch(stream, number, ['cause']);
    for (let i = 0; i < cause.length; i++) {
      if (cause[i] < low || cause[i] > high || !isHandlerStep(kind[i])) continue;
      effects.get(cause[i])?.push(rowOf(store.keptBatch(stream, number), i));
    }
  }
  return [...rows].map(([fault, row]) => ({ fault, steps: handlerSteps(row, effects.get(fault) ?? []) }));
}
