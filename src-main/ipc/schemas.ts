import * as v from 'valibot';
import { VERDICTS } from '#model/metrics';
import { RUN_SORT_FIELDS, type Annotation, type RunListing } from '#model/library';
import { RUN_SOURCES } from '#model/run';
import { runFields } from '#model/run-schema';

export { metricsSchema, runIdSchema, runInfoSchema, waitForSchema } from '#model/run-schema';

const finite = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const text = v.string();

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

const DOCUMENT_KINDS = [
  'machine', 'processor', 'storage', 'kernelCosts', 'kernel', 'filesystem', 'measurements',
] as const; // prettier-ignore

/** A document that ships, or one of the user's own, with what a list shows of it. */
export const listedDocumentSchema = v.object({
  kind: v.picklist(DOCUMENT_KINDS),
  id: text,
  name: text,
  /** Empty where the document names none. */
  year: text,
  /** Whether it is the user's, and may be changed. */
  own: v.boolean(),
  /** What is wrong with it as it stands; empty for nothing. */
  problem: text,
  document: v.unknown(),
});
export type ListedDocument = v.InferOutput<typeof listedDocumentSchema>;

/** The folder of the user's own documents, and the files in it that are none. */
export const documentFolderSchema = v.object({
  folder: text,
  broken: v.array(v.object({ file: text, problem: text })),
});
export type DocumentFolder = v.InferOutput<typeof documentFolderSchema>;

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
  /** How an emulated run stands. */
  live: v.optional(
    v.object({
      simulatedNs: finite,
      minorFaults: count,
      majorFaults: count,
      cachedPages: finite,
      dirtyPages: finite,
      instantiatedKiB: finite,
      requests: count,
    }),
  ),
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

/** High contrast: as the system asks, or always. */
export const CONTRASTS = ['system', 'more'] as const;
export type Contrast = (typeof CONTRASTS)[number];

/** The page, larger or smaller: one step, or as it was. */
export const ZOOMS = ['in', 'out', 'actual'] as const;
export type Zoom = (typeof ZOOMS)[number];

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
