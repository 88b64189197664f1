import * as v from 'valibot';
import type { EventMap } from './address-map.ts';
import type { Aggregate } from '#model/aggregate';
import { HANDLER_WORK, type FaultHandler, type HandlerWork } from '#model/handler';
import type { RunExtent } from '#model/library';
import { LONGEST_MARK_TEXT, MARK_ID, MARK_KINDS, type RunMark } from '#model/mark';
import { PAGE_STATES, type PageLife } from '#model/page-life';
import { PLACE_KINDS, type EventCriteria, type SearchProgress } from '#model/search';
import type { EventRow, Tile } from '#model/tile';

const finite = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const float64 = v.instance(Float64Array);
const int32 = v.instance(Int32Array);
const uint32 = v.instance(Uint32Array);
const uint16 = v.instance(Uint16Array);
const uint8 = v.instance(Uint8Array);

/** `Tile` of model/tile: typed arrays cross the process boundary as copies. */
export const tileSchema: v.GenericSchema<Tile> = v.object({
  from: finite,
  to: finite,
  columns: count,
  cells: v.object({
    count,
    column: uint32,
    lane: uint16,
    kind: uint8,
    events: uint32,
    busy: float64,
    longest: float64,
    example: int32,
    values: v.nullable(v.object({ low: float64, high: float64, last: float64 })),
  }),
  spans: v.object({ count, index: int32, time: float64, duration: float64, lane: uint16, kind: uint8 }),
  before: v.array(v.object({ lane: count, value: finite })),
});

/** `RunExtent` of model/library. */
export const extentSchema: v.GenericSchema<RunExtent> = v.object({ events: count, from: finite, to: finite });

/** `EventRow` of model/tile. */
export const eventRowSchema: v.GenericSchema<EventRow> = v.object({
  index: count,
  time: finite,
  duration: finite,
  lane: count,
  kind: count,
  address: finite,
  a: finite,
  b: finite,
  c: finite,
  /** -1 where none is known. */
  cause: v.pipe(v.number(), v.integer(), v.minValue(-1)),
});

const kindNumber = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255));

/** `EventCriteria` of model/search. */
export const criteriaSchema = v.strictObject({
  kinds: v.exactOptional(v.pipe(v.array(kindNumber), v.maxLength(256), v.readonly())),
  lanes: v.exactOptional(v.pipe(v.array(count), v.readonly())),
  place: v.exactOptional(v.strictObject({ of: v.picklist(PLACE_KINDS), from: finite, to: finite })),
  thread: v.exactOptional(count),
  causedBy: v.exactOptional(kindNumber),
  duration: v.exactOptional(v.strictObject({ least: v.exactOptional(finite), most: v.exactOptional(finite) })),
}) satisfies v.GenericSchema<EventCriteria>;

/** `SearchProgress` of model/search. */
export const searchProgressSchema: v.GenericSchema<SearchProgress> = v.object({
  searched: count,
  events: count,
  hits: count,
  complete: v.boolean(),
});

/** Which events are meant; an absent field does not restrict. Times in ps. */
export const eventFilterSchema = v.strictObject({
  from: v.optional(finite),
  to: v.optional(finite),
  lanes: v.optional(v.array(count)),
  kinds: v.optional(v.array(count)),
  criteria: v.optional(criteriaSchema),
});
export type EventFilter = v.InferOutput<typeof eventFilterSchema>;

/** `EventMap` of address-map. */
export const eventMapSchema: v.GenericSchema<EventMap> = v.object({
  from: finite,
  to: finite,
  columns: count,
  rows: count,
  low: finite,
  high: finite,
  count,
  column: uint16,
  row: uint16,
  kind: uint8,
  events: uint32,
  sampled: count,
});

const durationFigures = { events: count, sum: finite, mean: finite, p50: finite, p99: finite };

/** `Aggregate` of model/aggregate. */
export const aggregateSchema: v.GenericSchema<Aggregate> = v.object({
  complete: v.boolean(),
  kinds: v.array(v.object({ kind: count, addresses: count, ...durationFigures })),
  pages: v.array(
    v.object({ of: v.picklist(['virtual address', 'file page']), page: finite, file: finite, ...durationFigures }),
  ),
  pageCount: count,
});

/** Faults whose steps are asked for at once. */
export const MOST_HANDLERS = 256;

/** `FaultHandler` of model/handler. */
export const faultHandlerSchema: v.GenericSchema<FaultHandler> = v.object({
  fault: count,
  steps: v.array(
    v.object({
      time: finite,
      duration: finite,
      event: count,
      kind: count,
      work: v.nullable(v.picklist(Object.keys(HANDLER_WORK) as HandlerWork[])),
    }),
  ),
});

/** `RunMark` of model/mark. */
export const runMarkSchema: v.GenericSchema<RunMark> = v.strictObject({
  id: v.pipe(v.string(), v.regex(MARK_ID)),
  kind: v.picklist(MARK_KINDS),
  from: v.pipe(finite, v.minValue(0)),
  to: v.pipe(finite, v.minValue(0)),
  event: v.pipe(v.number(), v.integer(), v.minValue(-1)),
  text: v.pipe(v.string(), v.maxLength(LONGEST_MARK_TEXT)),
});

/** `PageLife` of model/page-life. */
export const pageLifeSchema: v.GenericSchema<PageLife> = v.object({
  file: finite,
  page: finite,
  addresses: v.array(finite),
  stretches: v.array(
    v.object({ state: v.picklist(PAGE_STATES), from: finite, to: finite, event: v.pipe(v.number(), v.integer()) }),
  ),
  marks: v.array(v.object({ event: count, kind: count, time: finite, duration: finite })),
  complete: v.boolean(),
});
