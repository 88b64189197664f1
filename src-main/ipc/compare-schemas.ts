import * as v from 'valibot';
import type { Agreement } from '#model/agreement';
import type { RunDiff } from '#model/diff';
import { STORY_ROLES, type Why } from '#model/why';
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

const agreedFigure = v.object({ left: nullable, right: nullable });
/** `Agreement` of model/agreement. */
export const agreementSchema: v.GenericSchema<Agreement> = v.object({
  left: text,
  right: text,
  steps: v.array(
    v.object({
      thread: finite,
      step: finite,
      name: text,
      inLeft: v.boolean(),
      inRight: v.boolean(),
      figures: v.object({
        minor: agreedFigure,
        major: agreedFigure,
        heldKiB: agreedFigure,
        dirtyPages: agreedFigure,
      }),
    }),
  ),
  compared: finite,
  same: finite,
});

const storySchema = v.object({
  run: text,
  step: finite,
  stepName: text,
  page: finite,
  parts: v.array(
    v.object({
      role: v.picklist(STORY_ROLES),
      event: v.nullable(eventRowSchema),
      text,
      note: text,
      differs: v.boolean(),
    }),
  ),
});
/** `Why` of model/why. */
export const whySchema: v.GenericSchema<Why> = v.object({ left: storySchema, right: storySchema });
