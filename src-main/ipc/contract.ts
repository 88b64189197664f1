import * as v from 'valibot';
import { templateNameSchema, templateSchema } from '#model/report';
import { agreementSchema, runDiffSchema, whySchema } from './compare-schemas.ts';
import { explorationSchema, scenarioListingSchema } from './explore-schemas.ts';
import { takenFileSchema } from './import-schemas.ts';
import {
  exportSaveSchema,
  reportRequestSchema,
  reportSaveSchema,
  reportSchema,
  savedSchema,
} from './report-schemas.ts';
import {
  annotatedSchema,
  CONTRASTS,
  annotationSchema,
  experimentPresetSchema,
  menuCommandSchema,
  operationIdSchema,
  documentFolderSchema,
  listedDocumentSchema,
  problemSchema,
  progressSchema,
  runIdSchema,
  runInfoSchema,
  runListingSchema,
  runQuerySchema,
  THEMES,
  ZOOMS,
} from './schemas.ts';
import {
  sweepLookRequest,
  sweepLookSchema,
  sweepPauseRequest,
  sweepProgressSchema,
  sweepRunRequest,
  sweepSaveRequest,
} from './sweep-schemas.ts';
import {
  aggregateSchema,
  criteriaSchema,
  eventFilterSchema,
  eventMapSchema,
  eventRowSchema,
  extentSchema,
  faultHandlerSchema,
  MOST_HANDLERS,
  pageLifeSchema,
  runMarkSchema,
  searchProgressSchema,
  tileSchema,
} from './timeline-schemas.ts';

/**
 * The one contract between the window and the lab. A channel is answered in the main process only when the
 * sender is our own page and the request has its schema; the answer is held to its schema too. Errors are the
 * same for all channels: {@link failureSchema}.
 */
const nothing = v.void();
const finite = v.pipe(v.number(), v.finite());
const eventIndex = v.pipe(v.number(), v.integer(), v.minValue(0));
const limit = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(20_000));
const columns = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4096));

export const contract = {
  'app.info': {
    request: nothing,
    response: v.object({
      version: v.string(),
      platform: v.string(),
      theme: v.picklist(THEMES),
      contrast: v.picklist(CONTRASTS),
      library: v.string(),
    }),
  },
  'app.setTheme': { request: v.picklist(THEMES), response: nothing },
  'app.setContrast': { request: v.picklist(CONTRASTS), response: nothing },
  'app.zoom': { request: v.picklist(ZOOMS), response: nothing },
  /** The native menu, from the window's command registry. */
  'app.setMenu': { request: v.pipe(v.array(menuCommandSchema), v.maxLength(300)), response: nothing },
  'app.copyText': { request: v.pipe(v.string(), v.maxLength(5_000_000)), response: nothing },
  /** Paths named on the command line or opened through the system that the window has not been told of yet. */
  'app.takeOpened': { request: nothing, response: v.array(v.string()) },

  'experiments.list': { request: nothing, response: v.array(experimentPresetSchema) },
  /** Asks for an experiment file with the system's own dialog; null when the person changed their mind. */
  'experiments.openFile': {
    request: nothing,
    response: v.nullable(v.object({ file: v.string(), document: v.unknown() })),
  },
  /** Everything that is wrong with a document, or how many runs it makes. */
  'experiments.check': {
    request: v.unknown(),
    response: v.object({ problems: v.array(problemSchema), runs: v.nullable(eventIndex) }),
  },
  /** Runs a document and keeps its runs. Long: tells progress under `operation`, ends early by `operations.cancel`. */
  'experiments.run': {
    request: v.strictObject({ operation: operationIdSchema, document: v.unknown(), file: v.optional(v.string()) }),
    response: v.array(runInfoSchema),
  },
  'operations.cancel': { request: operationIdSchema, response: nothing },

  /** A sweep's axes and cells, with what the library knows of them; or what is wrong with its document. */
  'sweeps.look': { request: sweepLookRequest, response: sweepLookSchema },
  /** Runs the cells that the library has not. Long: tells `sweeps.progress`, pauses, ends early by `operations.cancel`. */
  'sweeps.run': { request: sweepRunRequest, response: nothing },
  'sweeps.pause': { request: sweepPauseRequest, response: nothing },
  /** Writes the results where the person says; null when they changed their mind. */
  'sweeps.save': { request: sweepSaveRequest, response: v.nullable(v.object({ file: v.string() })) },

  'runs.list': {
    request: runQuerySchema,
    response: v.object({ total: eventIndex, runs: v.pipe(v.array(runListingSchema), v.readonly()) }),
  },
  'runs.get': { request: runIdSchema, response: runInfoSchema },
  /** The workload of a run, as an experiment of its own: of a recorded run, its faults in order. */
  'runs.workload': {
    request: runIdSchema,
    response: v.object({
      document: v.unknown(),
      leftAside: v.array(v.object({ reason: v.string(), count: eventIndex })),
    }),
  },
  'runs.tags': { request: nothing, response: v.array(v.object({ tag: v.string(), runs: eventIndex })) },
  'runs.annotate': {
    request: v.strictObject({ id: runIdSchema, changes: annotationSchema }),
    response: annotatedSchema,
  },
  /** Hides runs; `runs.restore` brings them back. */
  'runs.delete': { request: v.array(runIdSchema), response: nothing },
  'runs.restore': { request: v.array(runIdSchema), response: nothing },

  /** Two to eight runs, each with the first. */
  'runs.compare': {
    request: v.pipe(v.array(runIdSchema), v.minLength(2), v.maxLength(8)),
    response: runDiffSchema,
  },

  /** A report as it would be written, to be looked at. */
  'reports.make': { request: reportRequestSchema, response: reportSchema },
  /** Asks where to and writes the report there. Long, as `experiments.run`. */
  'reports.save': { request: reportSaveSchema, response: savedSchema },
  'reports.templates': { request: nothing, response: v.array(templateSchema) },
  'reports.keepTemplate': { request: templateSchema, response: nothing },
  'reports.dropTemplate': { request: templateNameSchema, response: nothing },
  /** What a run can be written as. */
  'exports.formats': {
    request: nothing,
    response: v.array(v.object({ id: v.string(), what: v.string(), extension: v.string() })),
  },
  /** Asks where to and writes the run there. Long, as `experiments.run`. */
  'exports.save': { request: exportSaveSchema, response: savedSchema },
  /** How far two runs agree, step by step. */
  'runs.agreement': {
    request: v.strictObject({ left: runIdSchema, right: runIdSchema }),
    response: agreementSchema,
  },
  /** What two runs made of the store that an event of one of them follows from; null where it follows from none. */
  'runs.why': {
    request: v.strictObject({
      left: runIdSchema,
      right: runIdSchema,
      side: v.picklist(['left', 'right']),
      event: eventIndex,
    }),
    response: v.nullable(whySchema),
  },
  /** When a run makes its first store, ps; null where that cannot be told. */
  'runs.firstStore': { request: runIdSchema, response: v.nullable(finite) },
  /** The clock of the processor that a run was emulated on, Hz; null for a recording, which does not tell it. */
  'runs.clock': { request: runIdSchema, response: v.nullable(finite) },
  /** The experiment that emulates what a recorded run did, as far as the recording tells it. */
  'runs.emulation': { request: runIdSchema, response: v.object({ document: v.unknown() }) },

  /** The scenarios that ship, for the explorer. */
  'explore.scenarios': { request: nothing, response: v.array(scenarioListingSchema) },
  /** Tries every interleaving under each policy. Long: tells progress under `operation`, ends by `operations.cancel`. */
  'explore.run': {
    request: v.strictObject({
      operation: operationIdSchema,
      scenario: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,63}$/)),
      limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(5_000_000)),
    }),
    response: v.array(explorationSchema),
  },

  /** Machines and their parts, kernels, file systems: what ships, and the user's own. */
  'documents.list': { request: nothing, response: v.array(listedDocumentSchema) },
  /** A document as it was written: sizes and times as people write them. */
  'documents.source': {
    request: v.strictObject({ kind: listedDocumentSchema.entries.kind, id: v.string() }),
    response: v.looseObject({}),
  },
  'documents.folder': { request: nothing, response: documentFolderSchema },
  /** Keeps a document of the user's, in place of its earlier version. */
  'documents.save': { request: v.looseObject({ format: v.string(), id: v.string() }), response: nothing },
  /** Removes one of the user's own; answers it, so that it can be kept again. */
  'documents.remove': { request: v.string(), response: v.unknown() },
  /** The JSON Schema of a format of documents, for editors. */
  'documents.schema': {
    request: v.pipe(v.string(), v.maxLength(100)),
    response: v.record(v.string(), v.unknown()),
  },

  /** Takes files dropped on the window: experiments are answered, recordings imported. Long, as `experiments.run`. */
  'files.take': {
    request: v.strictObject({
      operation: operationIdSchema,
      files: v.pipe(v.array(v.pipe(v.string(), v.nonEmpty())), v.maxLength(100)),
    }),
    response: v.array(takenFileSchema),
  },
  /** The same for files chosen in the system's own dialog. */
  'files.choose': { request: operationIdSchema, response: v.array(takenFileSchema) },
  /** What can be imported, by name. */
  'files.formats': { request: nothing, response: v.array(v.object({ id: v.string(), label: v.string() })) },

  /** How many events a run has and the time they span. */
  'timeline.extent': { request: runIdSchema, response: extentSchema },
  'timeline.tile': {
    request: v.strictObject({
      run: runIdSchema,
      from: finite,
      to: finite,
      columns,
      criteria: v.optional(criteriaSchema),
    }),
    response: tileSchema,
  },
  'timeline.event': { request: v.strictObject({ run: runIdSchema, event: eventIndex }), response: eventRowSchema },
  /** Events in the order of the run, at most `limit` from event `start` on; `next` is where to go on, null at the end. */
  'timeline.events': {
    request: v.strictObject({ run: runIdSchema, filter: eventFilterSchema, start: eventIndex, limit }),
    response: v.object({ events: v.array(eventRowSchema), next: v.nullable(eventIndex) }),
  },
  /** An event, its causes up to the root, and what follows from it, by way of others too (the first `limit`). */
  'timeline.chain': {
    request: v.strictObject({ run: runIdSchema, event: eventIndex, limit }),
    response: v.object({ causes: v.array(eventRowSchema), effects: v.array(eventRowSchema) }),
  },
  /** The steps of the handlers of some faults, in any order. */
  'timeline.handlers': {
    request: v.strictObject({
      run: runIdSchema,
      faults: v.pipe(v.array(eventIndex), v.minLength(1), v.maxLength(MOST_HANDLERS)),
    }),
    response: v.array(faultHandlerSchema),
  },
  /** The next event after `time` (or the last before it), null where there is none. */
  'timeline.seek': {
    request: v.strictObject({
      run: runIdSchema,
      filter: eventFilterSchema,
      time: finite,
      direction: v.picklist(['next', 'previous']),
    }),
    response: v.nullable(eventRowSchema),
  },
  /** Looks for events a little further; asked again until it is complete. */
  'timeline.search': {
    request: v.strictObject({ run: runIdSchema, criteria: criteriaSchema }),
    response: searchProgressSchema,
  },
  /** The hit after event `event` (-1: the first of all), or before it, and how many come before that one. */
  'timeline.hit': {
    request: v.strictObject({
      run: runIdSchema,
      criteria: criteriaSchema,
      event: v.pipe(v.number(), v.integer(), v.minValue(-1)),
      direction: v.picklist(['next', 'previous']),
    }),
    response: v.nullable(v.object({ event: eventRowSchema, rank: eventIndex })),
  },
  /** Where events lie in time and place: faults by address, requests by sector. */
  'timeline.map': {
    request: v.strictObject({
      run: runIdSchema,
      axis: v.picklist(['address', 'sector']),
      from: finite,
      to: finite,
      columns,
      rows: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1024)),
      criteria: v.optional(criteriaSchema),
    }),
    response: eventMapSchema,
  },
  /** The whole life of the page that an event is about, null where it is about none or the run does not tell. */
  'timeline.pageLife': {
    request: v.strictObject({ run: runIdSchema, event: eventIndex }),
    response: v.nullable(pageLifeSchema),
  },
  /** Marks, notes and flags in a run's timeline, by time; the changing ones answer what there is then. */
  'marks.list': { request: runIdSchema, response: v.array(runMarkSchema) },
  'marks.put': {
    request: v.strictObject({ run: runIdSchema, mark: runMarkSchema }),
    response: v.array(runMarkSchema),
  },
  'marks.remove': {
    request: v.strictObject({ run: runIdSchema, mark: v.string() }),
    response: v.array(runMarkSchema),
  },
  /** Counts, sums and quantiles of durations over a span, by kind and by page. */
  'timeline.aggregate': {
    request: v.strictObject({ run: runIdSchema, filter: eventFilterSchema }),
    response: aggregateSchema,
  },
} as const;

export type Channel = keyof typeof contract;
export const CHANNELS = Object.keys(contract) as Channel[];
export type Request<C extends Channel> = v.InferOutput<(typeof contract)[C]['request']>;
export type Response<C extends Channel> = v.InferOutput<(typeof contract)[C]['response']>;

/** What the lab tells the window unasked. */
export const topics = {
  'operations.progress': progressSchema,
  'sweeps.progress': sweepProgressSchema,
  /** The library changed, by this window or by another process: read the list again. */
  'runs.changed': nothing,
  /** A command of the menu, by its id in the renderer's registry. */
  'app.command': v.pipe(v.string(), v.maxLength(100)),
  /** A file was opened through the system: ask for it with `app.takeOpened`. */
  'app.opened': nothing,
} as const;

export type Topic = keyof typeof topics;
export const TOPICS = Object.keys(topics) as Topic[];
export type Message<T extends Topic> = v.InferOutput<(typeof topics)[T]>;

/** Why a channel could not be answered. `details` is for copying into a bug report. */
export const failureSchema = v.object({
  reason: v.picklist(['input', 'cancelled', 'refused', 'defect']),
  message: v.string(),
  problem: v.optional(problemSchema),
  details: v.optional(v.string()),
});
export type Failure = v.InferOutput<typeof failureSchema>;

export type Answer<C extends Channel> = { ok: true; value: Response<C> } | { ok: false; failure: Failure };
