import * as v from 'valibot';
import type { ExperimentInput } from '#model/experiment';
import type { Metrics, Verdict } from '#model/metrics';

export const SWEEP_FORMAT = 'faultline/sweep@1';

/** Most cells of a grid: beyond, a grid is a mistake. */
export const MOST_CELLS = 10_000;

/** Lists of the experiment of which a cell has one entry. */
export const LIST_FIELDS = ['machines', 'kernels', 'filesystems', 'policies'] as const;
export type ListField = (typeof LIST_FIELDS)[number];

const axisSchema = v.strictObject({
  /**
   * Path of a field of the experiment, such as `memory`, `policies` or `threads[0].steps[1].stride`, or of a document
   * that it names: `filesystems[0].block` is the block of each cell's file system.
   */
  field: v.pipe(
    v.string(),
    v.regex(/^[A-Za-z][A-Za-z0-9]*(?:\[\d+\]|\.[A-Za-z][A-Za-z0-9]*)*$/, 'a path such as threads[0].steps[1].stride'),
  ),
  /** How tables name it; the field where it is left out. */
  name: v.optional(v.pipe(v.string(), v.nonEmpty())),
  values: v.pipe(
    v.array(v.union([v.string(), v.number(), v.boolean(), v.null(), v.array(v.unknown()), v.looseObject({})])),
    v.minLength(1, 'at least one value'),
  ),
});

/** A grid over fields of an experiment: one run for every combination of values. */
export const sweepSchema = v.strictObject({
  format: v.literal(SWEEP_FORMAT),
  name: v.pipe(v.string(), v.nonEmpty('a name')),
  /** Id of a shipped experiment, or the document itself. */
  experiment: v.union(
    [v.pipe(v.string(), v.nonEmpty()), v.looseObject({ format: v.string() })],
    'the id of an experiment, or a document',
  ),
  vary: v.pipe(v.array(axisSchema), v.minLength(1, 'at least one field')),
  /** Path of the metric that tables show and in which surprises are sought. */
  measure: v.optional(v.pipe(v.string(), v.nonEmpty()), 'time.simulatedNs'),
});
export type SweepInput = v.InferInput<typeof sweepSchema>;
export type Sweep = v.InferOutput<typeof sweepSchema>;
export type AxisValue = Sweep['vary'][number]['values'][number];

export interface SweepAxis {
  readonly field: string;
  readonly name: string;
  readonly values: readonly AxisValue[];
}

/** One combination: its position on each axis, and the experiment it stands for. */
export interface SweepCell {
  readonly index: number;
  readonly position: readonly number[];
  readonly document: ExperimentInput;
}

export interface SweepGrid {
  readonly name: string;
  readonly measure: string;
  readonly axes: readonly SweepAxis[];
  readonly cells: readonly SweepCell[];
}

/** An axis value as tables show it. */
export function labelOf(value: AxisValue): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const { id, name } = value as { id?: unknown; name?: unknown };
  return typeof id === 'string' ? id : typeof name === 'string' ? name : JSON.stringify(value);
}

/** Keys and indices of a path: `threads[0].steps` is `['threads', 0, 'steps']`. */
export function keysOf(path: string): (string | number)[] {
  return path
    .split(/[.[\]]+/)
    .filter((key) => key !== '')
    .map((key) => (/^\d+$/.test(key) ? Number(key) : key));
}

/** What a cell came to. */
export interface CellResult {
  /** Id of its run. */
  readonly run: string;
  readonly hash: string;
  readonly verdict: Verdict;
  readonly metrics: Metrics;
}

/** A grid with what is known of its cells so far, by their number. */
export interface SweepResults {
  readonly grid: SweepGrid;
  readonly cells: readonly (CellResult | undefined)[];
}
