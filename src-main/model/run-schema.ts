import * as v from 'valibot';
import { LANE_GROUPS } from '#model/events';
import { VERDICTS } from '#model/metrics';
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

/** What lists and records of runs share. */
export const runFields = {
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
  lanes: v.array(
    v.object({
      name: text,
      group: v.picklist(LANE_GROUPS),
      watermarks: v.exactOptional(v.array(v.object({ name: text, value: finite }))),
    }),
  ),
  phases: v.array(phaseSchema),
  metrics: metricsSchema,
  waitFor: v.nullable(waitForSchema),
});
