import { EventKind, type EventBatch, type EventColumn } from '#model/events';
import type { EventCriteria } from '#model/search';

/** Which kinds a map shows, and what its height means. */
export const MAP_KINDS = {
  /** Virtual addresses of faults. */
  address: [
    EventKind.readFault,
    EventKind.writeFault,
    EventKind.writeProtectFault,
    EventKind.sigbus,
    EventKind.copyOnWrite,
  ],
  /** Sectors of requests. */
  sector: [EventKind.io],
} as const;
export type MapAxis = keyof typeof MAP_KINDS;

/** Where events lie in time and place: a cell for each column, row and kind that has any. */
export interface EventMap {
  readonly from: number;
  readonly to: number;
  readonly columns: number;
  readonly rows: number;
  /** Lowest and highest place of the run, of its axis, whatever of it is shown; both 0 where it has none. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
  readonly column: Uint16Array;
  readonly row: Uint16Array;
  readonly kind: Uint8Array;
  readonly events: Uint32Array;
  /** One batch in so many was read: above 1, lone events may be missing. */
  readonly sampled: number;
}

/** What of the library's client a map is made from. */
export interface BatchSource {
  batchCount(run: string): Promise<number>;
  batch(run: string, number: number, columns?: readonly EventColumn[]): Promise<EventBatch>;
  hitCounts(run: string, criteria: EventCriteria): Promise<number[]>;
  hitBits(run: string, criteria: EventCriteria, number: number): Promise<Uint8Array>;
}

/** Batches read for one map at most: four million events, about half a second of the store's time. */
const MOST_BATCHES = 64;
const COLUMNS = ['time', 'kind', 'address'] as const;

interface BatchSpan {
  readonly from: number;
  readonly to: number;
}

interface Known {
  readonly batches: number;
  /** Whether batches of the whole run were read: `places` are those of the run and not of a part of it. */
  surveyed: boolean;
  readonly spans: (BatchSpan | undefined)[];
  readonly places: Record<MapAxis, { low: number; high: number }>;
}

export interface MapRequest {
  readonly run: string;
  readonly axis: MapAxis;
  readonly from: number;
  readonly to: number;
  readonly columns: number;
  readonly rows: number;
  /** Only events that meet them. */
  readonly criteria?: EventCriteria | undefined;
}

/** A batch, and which of its events are shown: a bit each, null for all. */
interface Shown {
  readonly batch: EventBatch;
  readonly bits: Uint8Array | null;
}

/** Makes maps, and remembers of each run where its batches lie in time. */
export class MapMaker {
  private readonly source: BatchSource;
  private readonly known = new Map<string, Known>();

  constructor(source: BatchSource) {
    this.source = source;
  }

  async make(request: MapRequest): Promise<EventMap> {
    const { run, criteria } = request;
    const known = await this.knownOf(run);
    if (criteria !== undefined) await this.survey(run, known);
    const hits = criteria === undefined ? null : await this.source.hitCounts(run, criteria);
    const wanted: number[] = [];
    for (let number = 0; number < known.batches; number++) {
      if (hits?.[number] === 0) continue;
      const span = known.spans[number];
      if (span === undefined || (span.from < request.to && span.to >= request.from)) wanted.push(number);
    }
    const sampled = Math.max(1, Math.ceil(wanted.length / MOST_BATCHES));
    const shown: Shown[] = [];
    for (let i = 0; i < wanted.length; i += sampled) {
      const batch = await this.source.batch(run, wanted[i], COLUMNS);
      this.learn(known, wanted[i], batch);
      const bits = criteria === undefined ? null : await this.source.hitBits(run, criteria, wanted[i]);
      shown.push({ batch, bits });
    }
    // A batch that is not known yet may lie in any span: without a search the first map reads all, or a part of all.
    if (criteria === undefined) known.surveyed = true;
    return gather(shown, request, known.places[request.axis], sampled);
  }

  /** Learns the run's places, so that a search does not set the height of a map by what it found. */
  private async survey(run: string, known: Known): Promise<void> {
    if (known.surveyed) return;
    known.surveyed = true;
    const step = Math.max(1, Math.ceil(known.batches / MOST_BATCHES));
    for (let number = 0; number < known.batches; number += step)
      this.learn(known, number, await this.source.batch(run, number, COLUMNS));
  }

  private async knownOf(run: string): Promise<Known> {
    let known = this.known.get(run);
    if (known === undefined) {
      const batches = await this.source.batchCount(run);
      const places = { address: { low: Infinity, high: -Infinity }, sector: { low: Infinity, high: -Infinity } };
      known = { batches, surveyed: false, spans: [], places };
      this.known.set(run, known);
      const oldest = this.known.keys().next().value;
      if (this.known.size > 16 && oldest !== undefined) this.known.delete(oldest);
    }
    return known;
  }

  /** Remembers the batch's span and the places in it, so that the map's height stays the same from view to view. */
  private learn(known: Known, number: number, { count, time, kind, address }: EventBatch): void {
    if (known.spans[number] !== undefined) return;
    let from = Infinity;
    let to = -Infinity;
    for (let i = 0; i < count; i++) {
      if (time[i] < from) from = time[i];
      if (time[i] > to) to = time[i];
      const axis = axisOf(kind[i]);
      if (axis === null) continue;
      const place = known.places[axis];
      if (address[i] < place.low) place.low = address[i];
      if (address[i] > place.high) place.high = address[i];
    }
    known.spans[number] = { from, to };
  }
}

const AXIS_OF = new Map<number, MapAxis>(
  (Object.keys(MAP_KINDS) as MapAxis[]).flatMap((axis) => MAP_KINDS[axis].map((kind) => [kind, axis] as const)),
);

function axisOf(kind: number): MapAxis | null {
  return AXIS_OF.get(kind) ?? null;
}

function gather(
  shown: readonly Shown[],
  request: MapRequest,
  place: { low: number; high: number },
  sampled: number,
): EventMap {
  const { from, to, columns, rows, axis } = request;
  const empty = place.high < place.low;
  const low = empty ? 0 : place.low;
  const high = empty ? 0 : place.high;
  const perColumn = (to - from) / columns;
  const perRow = Math.max(1, (high - low + 1) / rows);
  const counts = new Map<number, number>();
  for (const { batch, bits } of shown) {
    const { count, time, kind, address } = batch;
    for (let i = 0; i < count; i++) {
      if (bits !== null && (bits[i >> 3] & (1 << (i & 7))) === 0) continue;
      if (time[i] < from || time[i] >= to || axisOf(kind[i]) !== axis) continue;
      const column = Math.min(columns - 1, Math.floor((time[i] - from) / perColumn));
      const row = Math.min(rows - 1, Math.floor((address[i] - low) / perRow));
      const key = (column * rows + row) * 256 + kind[i];
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  const map = {
    from,
    to,
    columns,
    rows,
    low,
    high,
    sampled,
    count: counts.size,
    column: new Uint16Array(counts.size),
    row: new Uint16Array(counts.size),
    kind: new Uint8Array(counts.size),
    events: new Uint32Array(counts.size),
  };
  let i = 0;
  for (const [key, events] of counts) {
    const cell = Math.floor(key / 256);
    map.column[i] = Math.floor(cell / rows);
    map.row[i] = cell % rows;
    map.kind[i] = key % 256;
    map.events[i] = events;
    i++;
  }
  return map;
}
