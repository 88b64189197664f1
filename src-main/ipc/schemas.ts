import * as v from 'valibot';
import { LANE_GROUPS } from '#model/events';
import { VERDICTS } from '#model/metrics';
import { RUN_SORT_FIELDS, type Annotation, type RunListing } from '#model/library';
import { RUN_SOURCES, type RunInfo } from '#model/run';
import { WAIT_MODE, type WaitKind } from '#model/wait-for';

/** A run's id as people type it. */
export const runIdSchema = v.pipe(v.string(), v.regex(/^[a-z0-9]{1,64}$/, 'expected a run id'));

const finite = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const text = v.string();
const figures = v.record(v.string(), finite);

export const metricsSchema = v.object({
  faults: v.object({ read: count, write: count, writeProtect: count, minor: count, major: count, sigbus: count }),
  blocks: v.object({ instantiatedKiB: finite, neededKiB: finite, needlessKiB: finite }),
  pages: v.object({ dirtied: count, storedTo: count }),
  io: v.object({
    requests: count,
    reads: count,
    writes: count,
    flushes: count,
    readKiB: finite,
    writtenKiB: finite,
    byCause: figures,
  }),
  time: v.object({ simulatedNs: finite, byCauseNs: figures }),
  cpu: figures,
  lostBytes: finite,
  kernel: v.object({
    throttledNs: finite,
    directReclaims: count,
    pagesReclaimed: count,
    pagesWrittenByReclaim: count,
  }),
});

const phaseSchema = v.object({
  thread: count,
  step: count,
  name: text,
  startNs: finite,
  endNs: finite,
  minor: finite,
  major: finite,
  sigbus: finite,
  instantiatedKiB: finite,
  dirtyPages: finite,
});

const waitKinds = Object.keys(WAIT_MODE) as WaitKind[];
/** `WaitForGraph` of model/wait-for. */
export const waitForSchema = v.object({
  nodes: v.array(v.object({ id: text, kind: v.picklist(waitKinds), label: text })),
  edges: v.array(v.object({ from: text, to: text, label: text })),
  knot: v.array(text),
  verdict: v.picklist(['deadlock', 'livelock']),
});

const runFields = {
  id: runIdSchema,
  hash: text,
  source: v.picklist(RUN_SOURCES),
  experiment: text,
  policy: text,
  machine: text,
  kernel: text,
  filesystem: text,
  engineVersion: text,
  seed: finite,
  verdict: v.picklist(VERDICTS),
  events: count,
  savedAt: text,
  name: text,
  notes: text,
  tags: v.array(text),
  starred: v.boolean(),
};

/** `RunInfo` of model/run. */
export const runInfoSchema: v.GenericSchema<RunInfo> = v.object({
  ...runFields,
  planHash: text,
  lanes: v.array(v.object({ name: text, group: v.picklist(LANE_GROUPS) })),
  phases: v.array(phaseSchema),
  metrics: metricsSchema,
  waitFor: v.nullable(waitForSchema),
});

/** `RunListing` of model/library: what a table of runs shows. */
export const runListingSchema: v.GenericSchema<RunListing> = v.object({
  ...runFields,
  bytes: finite,
  minor: count,
  major: count,
  instantiatedKiB: finite,
  needlessKiB: finite,
  simulatedNs: finite,
});

/** The part of `RunQuery` of model/library that the window uses. */
export const runQuerySchema = v.strictObject({
  text: v.optional(v.pipe(text, v.maxLength(200))),
  source: v.optional(v.picklist(RUN_SOURCES)),
  policy: v.optional(text),
  machine: v.optional(text),
  filesystem: v.optional(text),
  verdict: v.optional(v.picklist(VERDICTS)),
  tag: v.optional(text),
  starred: v.optional(v.boolean()),
  sort: v.optional(v.picklist(RUN_SORT_FIELDS)),
  descending: v.optional(v.boolean()),
  offset: v.optional(count),
  limit: v.optional(v.pipe(count, v.minValue(1), v.maxValue(500))),
});

/** `Annotation` of model/library. */
export const annotatedSchema: v.GenericSchema<Annotation> = v.object({
  name: text,
  notes: text,
  tags: v.array(text),
  starred: v.boolean(),
});

/** What may be changed about a saved run. */
export const annotationSchema = v.strictObject({
  name: v.optional(v.pipe(text, v.maxLength(200))),
  notes: v.optional(v.pipe(text, v.maxLength(100_000))),
  tags: v.optional(v.pipe(v.array(v.pipe(text, v.nonEmpty(), v.maxLength(60))), v.maxLength(50))),
  starred: v.optional(v.boolean()),
});

export const experimentPresetSchema = v.object({
  id: text,
  name: text,
  question: text,
  /** How many runs it makes: policies times repetitions. */
  runs: count,
  document: v.unknown(),
});

/** A document that ships, with what a list shows of it. */
export const presetDocumentSchema = v.object({
  kind: v.picklist(['machine', 'processor', 'storage', 'kernelCosts', 'kernel', 'filesystem']),
  id: text,
  name: text,
  /** Empty where the document names none. */
  year: text,
  document: v.unknown(),
});
export type PresetDocument = v.InferOutput<typeof presetDocumentSchema>;

export const operationIdSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(64));

export const progressSchema = v.object({
  operation: operationIdSchema,
  /** 0-based number of the run at work. */
  run: count,
  runs: count,
  name: text,
  /** Work units done and to do in this run. */
  done: finite,
  total: finite,
  /** Events recorded in this run so far. */
  events: count,
});
export type Progress = v.InferOutput<typeof progressSchema>;

export const problemSchema = v.object({
  file: v.optional(text),
  line: v.optional(v.number()),
  byte: v.optional(v.number()),
  path: v.optional(text),
  message: text,
  expected: v.optional(text),
});

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** A command of the window's registry as the native menu shows it. */
export const menuCommandSchema = v.object({
  id: v.pipe(v.string(), v.maxLength(100)),
  menu: v.picklist(['File', 'Edit', 'View', 'Timeline', 'Run', 'Help']),
  label: v.pipe(v.string(), v.maxLength(100)),
  /** Electron's accelerator, such as `CmdOrCtrl+Shift+P`. */
  keys: v.optional(v.pipe(v.string(), v.maxLength(40))),
  enabled: v.boolean(),
});
export type MenuCommand = v.InferOutput<typeof menuCommandSchema>;
