import { EVENT_KINDS, EventKind, type EventBatch, type EventColumn } from '#model/events';
import type { RunExtent } from '#model/library';
import type { PageLife } from '#model/page-life';
import type { EventRow } from '#model/tile';
import { Mappings, type FilePage } from '#stream/mappings';
import { PageLifeCollector } from '#stream/page-life';

/** What of a library is read for it. */
export interface PageLifeSource {
  event(run: string, index: number): Promise<EventRow>;
  extent(run: string): Promise<RunExtent>;
  batchCount(run: string): Promise<number>;
  batch(run: string, number: number, columns?: readonly EventColumn[]): Promise<EventBatch>;
}

/** All that {@link PageLifeCollector} looks at. */
export const LIFE_COLUMNS: readonly EventColumn[] = ['time', 'duration', 'kind', 'address', 'a', 'b', 'c', 'cause'];
const MAPPING_COLUMNS: readonly EventColumn[] = ['kind', 'address', 'a', 'b', 'c'];
/** Kinds whose argument `a` is the file of the page they name. */
const OF_FILE = 'file';

/** Where a run maps its files: reads the kinds of all events, and more only where a mapping is made. */
export async function mappingsOf(source: PageLifeSource, run: string): Promise<Mappings> {
  const mappings = new Mappings();
  const batches = await source.batchCount(run);
  for (let number = 0; number < batches; number++) {
    const { kind } = await source.batch(run, number, ['kind']);
    if (kind.includes(EventKind.mapped)) mappings.add(await source.batch(run, number, MAPPING_COLUMNS));
  }
  return mappings;
}

/** The page of a file that an event is about, null where it is about none or the run does not tell. */
export function pageOfEvent(event: EventRow, mappings: Mappings): FilePage | null {
  const info = EVENT_KINDS[event.kind];
  if (info?.address === 'virtual address') return mappings.at(event.address, event.index);
  if (info?.address === 'file page' && info.a === OF_FILE) return { file: event.a, page: event.address };
  return null;
}

/** The whole life of a page of a file. Reads the run's events once, a batch at a time. */
export async function pageLife(
  source: PageLifeSource,
  run: string,
  page: FilePage,
  mappings: Mappings,
): Promise<PageLife> {
  const { from, to } = await source.extent(run);
  const collector = new PageLifeCollector(page, mappings);
  const batches = await source.batchCount(run);
  for (let number = 0; number < batches; number++) collector.add(await source.batch(run, number, LIFE_COLUMNS));
  return collector.finish(from, to);
}

/** The life of the page that an event is about, null where there is none. */
export async function pageLifeOfEvent(source: PageLifeSource, run: string, index: number): Promise<PageLife | null> {
  const event = await source.event(run, index);
  const mappings = await mappingsOf(source, run);
  const page = pageOfEvent(event, mappings);
  return page === null ? null : pageLife(source, run, page, mappings);
}
