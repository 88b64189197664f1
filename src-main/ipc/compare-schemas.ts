import * as v from 'valibot';
import type { RunDiff } from '#model/diff';
import { eventRowSchema } from './timeline-schemas.ts';

const text = v.string();
const finite = v.pipe(v.number(), v.finite());
const nullable = v.nullable(finite);
const counts = v.object({ same: finite, moved: finite, onlyLeft: finite, onlyRight: finite, changed: finite });
const divergence = v.nullable(
  v.object({
    kind: v.picklist(['changed', 'onlyLeft', 'onlyRight', 'moved']),
    left: v.nullable(eventRowSchema),
    right: v.nullable(eventRowSchema),
    text,
  }),
);
const phaseValues = v.object({
  startNs: finite,
  durationNs: finite,
  minor: finite,
  major: finite,
  sigbus: finite,
  instantiatedKiB: finite,
  dirtyPages: finite,
});

/** `RunDiff` of model/diff. */
export const runDiffSchema: v.GenericSchema<RunDiff> = v.object({
  runs: v.array(
    v.object({
      id: text,
      hash: text,
      experiment: text,
      policy: text,
      machine: text,
      kernel: text,
      filesystem: text,
      name: text,
    }),
  ),
  comparable: v.boolean(),
  warnings: v.array(
    v.object({ kind: v.picklist(['workload', 'engine', 'seed', 'source', 'verdict', 'events']), message: text }),
  ),
  documents: v.array(v.object({ document: text, path: text, values: v.array(v.nullable(text)), text })),
  metrics: v.array(
    v.object({
      path: text,
      values: v.array(finite),
      absolute: v.array(finite),
      relative: v.array(nullable),
      spread: nullable,
      withinSpread: v.array(v.nullable(v.boolean())),
    }),
  ),
  phases: v.array(v.object({ thread: finite, step: finite, name: text, values: v.array(v.nullable(phaseValues)) })),
  events: counts,
  firstDivergence: divergence,
  pairs: v.array(
    v.object({
      left: text,
      right: text,
      events: counts,
      byKind: v.record(text, counts),
      firstDivergence: divergence,
    }),
  ),
});
