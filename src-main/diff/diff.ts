import type { DiffWarning, RunDiff, RunPair } from '#model/diff';
import type { RunDocument } from '#model/library';
import type { Metrics } from '#model/metrics';
import type { RunInfo } from '#model/run';
import { alignEvents, alignSides, commonKinds, countStates, type Aligned } from './align.ts';
import type { RunEvents } from './columns.ts';
import { firstDivergence } from './divergence.ts';
import { compareDocuments } from './documents.ts';
import { compareMetrics } from './metrics.ts';
import { comparePhases } from './phases.ts';
import { relocated } from './place.ts';
import { compareWarnings, isComparable } from './warnings.ts';

/** Most runs in one comparison. */
export const MOST_RUNS = 8;

/** A run with what comparing it needs. */
export interface DiffInput {
  readonly run: RunInfo;
  readonly documents: readonly RunDocument[];
  /** All its events, or the first ones of a very long run. */
  readonly events: RunEvents;
  /** Metrics of the runs that differ from it in nothing but the seed, itself included; empty where unknown. */
  readonly siblings: readonly Metrics[];
}

/** Compares two to eight runs, each with the first. */
export function diffRuns(inputs: readonly DiffInput[]): RunDiff {
  if (inputs.length < 2 || inputs.length > MOST_RUNS) throw new RangeError(`cannot compare ${inputs.length} runs`);
  const runs = inputs.map((input) => input.run);
  const documents = inputs.map((input) => input.documents);
  const warnings = [...compareWarnings(runs, documents), ...cutShort(inputs)];
  const pairs = inputs.slice(1).map((input) => diffPair(inputs[0], input));
  return {
    runs: runs.map(({ id, hash, experiment, policy, machine, kernel, filesystem, name }) => ({
      id,
      hash,
      experiment,
      policy,
      machine,
      kernel,
      filesystem,
      name,
    })),
    comparable: isComparable(warnings),
    warnings,
    documents: compareDocuments(runs, documents),
    metrics: compareMetrics(
      runs.map((run) => run.metrics),
      inputs.map((input) => input.siblings),
    ),
    phases: comparePhases(runs.map((run) => run.phases)),
    events: pairs[0].events,
    firstDivergence: pairs[0].firstDivergence,
    pairs,
  };
}

function diffPair(left: DiffInput, right: DiffInput): RunPair {
  const aligned = alignInputs(left, right);
  const { events, byKind } = countStates(left.events, right.events, aligned);
  const divergence = firstDivergence(
    { run: left.run, events: left.events, keys: aligned.leftKeys },
    { run: right.run, events: right.events, keys: aligned.rightKeys },
    aligned,
  );
  return { left: left.run.id, right: right.run.id, events, byKind, firstDivergence: divergence };
}

/** Pairs the events of two runs, as far as their origins allow. */
export function alignInputs(
  left: Pick<DiffInput, 'run' | 'events'>,
  right: Pick<DiffInput, 'run' | 'events'>,
): Aligned {
  if (left.run.source === right.run.source) return alignEvents(left.events, right.events);
  return alignSides(
    { events: left.events, place: relocated(left.events, left.run.phases) },
    { events: right.events, place: relocated(right.events, right.run.phases) },
    commonKinds(left.events, right.events),
  );
}

function cutShort(inputs: readonly DiffInput[]): DiffWarning[] {
  return inputs
    .filter(({ run, events }) => events.count < run.events)
    .map(({ run, events }) => ({
      kind: 'events',
      message: `of run ${run.id} only the first ${events.count} of ${run.events} events are compared`,
    }));
}

/** Whether a comparison found nothing that differs. */
export function isEmpty({ documents, metrics, phases, pairs }: RunDiff): boolean {
  return (
    documents.length + metrics.length + phases.length === 0 && pairs.every((pair) => pair.firstDivergence === null)
  );
}
