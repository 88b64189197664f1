import type { EventRow } from '#model/tile';
import type { EventListRequest } from '#store/event-queries';
import type { EventFilter } from './timeline-schemas.ts';

/** What of the library's client these questions use. */
export interface EventSource {
  event(run: string, index: number): Promise<EventRow>;
  extent(run: string): Promise<{ readonly from: number; readonly to: number }>;
  effects(run: string, event: number, limit: number): Promise<EventRow[]>;
  eventList(run: string, request: EventListRequest): Promise<{ rows: EventRow[]; next: number | null }>;
}

/** A chain longer than this is cut: a cause always comes before its effect, so it ends, but need not be short. */
const LONGEST_CHAIN = 64;
/** Events looked at in one piece. */
const PAGE = 20_000;

/** An event followed by its causes up to the root, and the events that follow from it, directly or by way of others. */
export async function chainOf(
  source: EventSource,
  run: string,
  index: number,
  limit: number,
): Promise<{ causes: EventRow[]; effects: EventRow[] }> {
  const causes: EventRow[] = [await source.event(run, index)];
  for (let cause = causes[0].cause; cause >= 0 && causes.length < LONGEST_CHAIN;) {
    const row = await source.event(run, cause);
    causes.push(row);
    cause = row.cause;
  }
  return { causes, effects: await source.effects(run, index, limit) };
}

/** The next event that starts after `time`, or the last that starts before it. */
export async function seekEvent(
  source: EventSource,
  run: string,
  filter: EventFilter,
  time: number,
  direction: 'next' | 'previous',
): Promise<EventRow | null> {
  const only = narrowed(filter);
  if (direction === 'next') {
    const { rows } = await source.eventList(run, { ...only, from: time + 1, limit: 64 });
    return rows.reduce<EventRow | null>((best, row) => (best === null || row.time < best.time ? row : best), null);
  }
  const { from } = await source.extent(run);
  for (let within = 1e6; ; within *= 8) {
    const { rows } = await source.eventList(run, { ...only, from: time - within, to: time, limit: PAGE });
    const last = rows.reduce<EventRow | null>(
      (best, row) => (best === null || row.time >= best.time ? row : best),
      null,
    );
    if (last !== null || time - within < from) return last;
  }
}

/** A filter as the library takes it. */
export function narrowed(filter: EventFilter): Omit<EventListRequest, 'start' | 'limit'> {
  return {
    ...(filter.from === undefined ? {} : { from: filter.from }),
    ...(filter.to === undefined ? {} : { to: filter.to }),
    ...(filter.lanes === undefined ? {} : { lanes: filter.lanes }),
    ...(filter.kinds === undefined ? {} : { kinds: filter.kinds }),
    ...(filter.criteria === undefined ? {} : { criteria: filter.criteria }),
  };
}
