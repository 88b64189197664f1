import type { DiffWarning } from '#model/diff';
import type { RunDocument } from '#model/library';
import type { RunInfo } from '#model/run';

/** Fields of an experiment document that choose or name, and say nothing about what the program does. */
const NOT_WORKLOAD: readonly string[] = [
  'format',
  'name',
  'question',
  'seed',
  'machines',
  'kernels',
  'filesystems',
  'policies',
];

/** What stands in the way of comparing the runs, the gravest first. */
export function compareWarnings(
  runs: readonly RunInfo[],
  documents: readonly (readonly RunDocument[])[],
): DiffWarning[] {
  const warnings: DiffWarning[] = [];
  const differing = (values: readonly unknown[]): boolean => values.some((value) => value !== values[0]);
  const list = (values: readonly (string | number)[]): string => [...new Set(values)].join(', ');

  const workloads = documents.map(workloadOf);
  if (workloads.every((workload) => workload !== null) && differing(workloads)) {
    warnings.push({
      kind: 'workload',
      message: 'the runs have different workloads: what differs may be the program, not the policy',
    });
  }
  const emulated = runs.filter((run) => run.source === 'emulated');
  if (differing(emulated.map((run) => run.engineVersion))) {
    warnings.push({
      kind: 'engine',
      message: `the runs were emulated by different engine versions (${list(emulated.map((run) => run.engineVersion))}): what differs may be the emulator`,
    });
  }
  if (differing(runs.map((run) => run.source))) {
    warnings.push({
      kind: 'source',
      message: `the runs are of different origin (${list(runs.map((run) => run.source))}): a recording holds only what was traced, at times that were measured; of events, the kinds that both have are compared`,
    });
  }
  if (differing(emulated.map((run) => run.seed))) {
    warnings.push({
      kind: 'seed',
      message: `the runs have different seeds (${list(emulated.map((run) => run.seed))}): part of what differs is chance`,
    });
  }
  for (const run of runs) {
    if (run.verdict !== 'finished')
      warnings.push({
        kind: 'verdict',
        message: `run ${run.id} did not finish (${run.verdict}): its figures are those up to there`,
      });
  }
  return warnings;
}

/** Whether the runs can be compared in spite of the warnings. */
export function isComparable(warnings: readonly DiffWarning[]): boolean {
  return !warnings.some(({ kind }) => kind === 'workload' || kind === 'engine');
}

/** The part of the experiment that is the program and its memory, as text; null when there is no experiment document. */
function workloadOf(documents: readonly RunDocument[]): string | null {
  const experiment = documents.find((document) => document.kind === 'experiment');
  if (experiment === undefined) return null;
  try {
    const fields = JSON.parse(experiment.json) as Record<string, unknown>;
    return JSON.stringify(
      sorted(Object.fromEntries(Object.entries(fields).filter(([key]) => !NOT_WORKLOAD.includes(key)))),
    );
  } catch {
    return experiment.json;
  }
}

/** The same value with the fields of every object in order of their names. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([x], [y]) => (x < y ? -1 : x > y ? 1 : 0));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
