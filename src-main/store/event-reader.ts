import type { Aggregate } from '#model/aggregate';
import { FULL_BATCH, clipBatch, rowOf } from '#model/batch';
import type { EventBatch, EventColumn } from '#model/events';
import type { FaultHandler } from '#model/handler';
import type { RunExtent } from '#model/library';
import { InputError } from '#model/problem';
import type { EventCriteria, SearchProgress } from '#model/search';
import type { EventRow, Tile, TileRequest } from '#model/tile';
import { canonicalJson } from '#model/validate';
import { buildTile } from '#stream/tile';
import {
  aggregate,
  effectsOf,
  handlersOf,
  listEvents,
  nearestEvents,
  type EventListRequest,
  type NearRequest,
} from './event-queries.ts';
import { EventSearch } from './event-search.ts';
import { batchOf, type EventStore } from './event-store.ts';
import { Recent } from './recent.ts';
import type { RunRow } from './run-rows.ts';

/** Most columns of a tile: no screen is wider. */
const MOST_COLUMNS = 16_384;
/** Batches that a step of a search looks through: some tens of milliseconds. */
const SEARCHED_AT_ONCE = 6;
/** Searches that are remembered, each a bit an event and its summaries. */
const SEARCHES_KEPT = 4;

/** What of a run leads to its events. */
export type RunOfEvents = Pick<RunRow, 'id' | 'stream' | 'events'>;

/** Which events of a run, by index, and what of each: all where nothing is said. */
export interface EventRange {
  readonly from?: number;
  /** Exclusive. */
  readonly to?: number;
  readonly columns?: readonly EventColumn[];
}

/** The events of a run that is in the library: read, listed, added up, sought. What each method is for says `Library`. */
export class EventReader {
  private readonly store: EventStore;
  private readonly searches = new Recent<EventSearch>(SEARCHES_KEPT);

  constructor(store: EventStore) {
    this.store = store;
  }

  /** Forgets what is kept of any run. */
  forget(): void {
    this.store.forget();
    this.searches.clear();
  }

  extent({ stream }: RunOfEvents): RunExtent {
    const { events, levels } = this.store.headsOf(stream);
    const root = levels.at(-1)?.[0];
    if (root === undefined) return { events, from: 0, to: 0 };
    const [, minTime, maxTime, maxEnd] = root;
    return { events, from: minTime, to: Math.max(maxEnd, maxTime + 1) };
  }

  /** @throws InputError for a request without extent or with too many columns */
  tile(run: RunOfEvents, request: TileRequest): Tile {
    refuseBadTile(request);
    const found = this.foundOf(run, request.criteria);
    return buildTile(found === undefined ? this.store.tileSource(run.stream) : found.tileSource(), request);
  }

  batchCount({ stream }: RunOfEvents): number {
    return this.store.headsOf(stream).levels[0]?.length ?? 0;
  }

  batch({ stream }: RunOfEvents, number: number, columns?: readonly EventColumn[]): EventBatch {
    return this.store.readBatch(stream, number, columns);
  }

  /** Batch by batch; each is read when it is asked for. */
  *range(run: RunOfEvents, { from = 0, to = run.events, columns }: EventRange): Generator<EventBatch, void> {
    const end = Math.min(run.events, to);
    for (let number = batchOf(Math.max(0, from)); number * FULL_BATCH < end; number++)
      yield clipBatch(this.batch(run, number, columns), from, end);
  }

  /** @throws InputError when the run has no such event */
  event({ stream, events, id }: RunOfEvents, index: number): EventRow {
    if (!Number.isInteger(index) || index < 0 || index >= events) {
      throw new InputError({
        message: `run ${id} has no event ${index}`,
        expected: events === 0 ? 'a run with events' : `0 to ${events - 1}`,
      });
    }
    const batch = this.store.keptBatch(stream, batchOf(index));
    return rowOf(batch, index - batch.first);
  }

  nearest({ stream }: RunOfEvents, request: NearRequest): EventRow[] {
    return nearestEvents(this.store, stream, request);
  }

  effects({ stream }: RunOfEvents, event: number, limit: number): EventRow[] {
    return effectsOf(this.store, stream, event, limit);
  }

  handlers({ stream }: RunOfEvents, faults: readonly number[]): FaultHandler[] {
    return handlersOf(this.store, stream, faults);
  }

  list(run: RunOfEvents, request: EventListRequest): { rows: EventRow[]; next: number | null } {
    return listEvents(this.store, run.stream, request, this.foundOf(run, request.criteria));
  }

  aggregate(run: RunOfEvents, request: Omit<EventListRequest, 'start' | 'limit'>): Aggregate {
    return aggregate(this.store, run.stream, request, this.foundOf(run, request.criteria));
  }

  search(run: RunOfEvents, criteria: EventCriteria): SearchProgress {
    const search = this.searchOf(run, criteria);
    search.advance(SEARCHED_AT_ONCE);
    return search.progress;
  }

  hit(
    run: RunOfEvents,
    criteria: EventCriteria,
    event: number,
    direction: 'next' | 'previous',
  ): { event: EventRow; rank: number } | null {
    const search = this.found(run, criteria);
    const index = search.beside(Math.max(-1, Math.min(run.events, event)), direction);
    return index < 0 ? null : { event: this.event(run, index), rank: search.rankOf(index) };
  }

  hitCounts(run: RunOfEvents, criteria: EventCriteria): number[] {
    const search = this.found(run, criteria);
    return Array.from({ length: this.batchCount(run) }, (_, number) => search.hitsIn(number));
  }

  hitBits(run: RunOfEvents, criteria: EventCriteria, number: number): Uint8Array {
    return this.found(run, criteria).bitsIn(number);
  }

  /** Reads every piece anew. @throws at the first that is damaged */
  verify({ stream }: RunOfEvents): void {
    this.store.forget();
    this.store.verify(stream);
  }

  private searchOf({ stream }: RunOfEvents, criteria: EventCriteria): EventSearch {
    const key = `${stream} ${canonicalJson(criteria)}`;
    return this.searches.get(key, () => new EventSearch(this.store, stream, criteria));
  }

  /** A search that is complete. */
  private found(run: RunOfEvents, criteria: EventCriteria): EventSearch {
    const search = this.searchOf(run, criteria);
    search.finish();
    return search;
  }

  private foundOf(run: RunOfEvents, criteria: EventCriteria | undefined): EventSearch | undefined {
    return criteria === undefined ? undefined : this.found(run, criteria);
  }
}

function refuseBadTile({ from, to, columns }: TileRequest): void {
  if (!(from < to) || !Number.isFinite(to - from))
    throw new InputError({ path: 'to', message: `a tile from ${from} to ${to} ps has no extent` });
  if (!Number.isInteger(columns) || columns < 1 || columns > MOST_COLUMNS) {
    throw new InputError({
      path: 'columns',
      message: `a tile cannot have ${columns} columns`,
      expected: `1 to ${MOST_COLUMNS}`,
    });
  }
}
