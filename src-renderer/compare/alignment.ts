import type { PhaseMetrics } from '#model/metrics';
import { AS_IT_IS, type Placement, type Stretch } from '../timeline/placement.ts';
import type { View } from '../timeline/scale.ts';

/** What of several runs lies at one place of the common axis. */
export const ALIGNMENTS = ['step', 'store', 'time'] as const;
export type Alignment = (typeof ALIGNMENTS)[number];

/** What aligning needs to know of a run. Times in ps of its own. */
export interface RunShape {
  readonly from: number;
  readonly to: number;
  readonly phases: readonly PhaseMetrics[];
  /** Where its first store is made, null where that is not known. */
  readonly firstStore: number | null;
}

/** A step on the axis: as long as it takes the slowest run. */
export interface AxisStep {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** Several runs laid on one axis. Lengths stay true: a run's time is moved, never stretched. */
export interface AlignedAxis {
  readonly alignment: Alignment;
  readonly whole: View;
  /** One a run, in their order. */
  readonly placements: readonly Placement[];
  /** Empty unless runs are aligned by step. */
  readonly steps: readonly AxisStep[];
  /** Place from which times are counted, where it is not each step's own start. */
  readonly origin: number;
}

/**
 * Steps aligned one by one at most: each is a stretch to be drawn. Of a run with more (a loop's turns), every so
 * many are aligned together, so that the cost of a frame does not grow with the run.
 */
const MOST_STEPS = 64;
/** A run or step shorter than this (ps) is given this room. */
const LEAST = 1000;

export function alignRuns(alignment: Alignment, runs: readonly RunShape[]): AlignedAxis {
  switch (alignment) {
    case 'step':
      return byStep(runs) ?? alignRuns('time', runs);
    case 'store':
      return byStore(runs);
    case 'time':
      return moved(
        'time',
        runs,
        runs.map(() => 0),
        0,
      );
  }
}

/** First stores at one place: that of the run which makes it last. A run without one begins with the others. */
function byStore(runs: readonly RunShape[]): AlignedAxis {
  const origin = Math.max(0, ...runs.map(({ firstStore }) => firstStore ?? 0));
  const shifts = runs.map(({ firstStore }) => (firstStore === null ? 0 : origin - firstStore));
  return moved('store', runs, shifts, origin);
}

function moved(
  alignment: Alignment,
  runs: readonly RunShape[],
  shifts: readonly number[],
  origin: number,
): AlignedAxis {
  const placements = shifts.map((shift): Placement => [{ from: -Infinity, to: Infinity, shift }]);
  const from = Math.min(...runs.map((run, i) => run.from + shifts[i]));
  const to = Math.max(...runs.map((run, i) => run.to + shifts[i]));
  return { alignment, whole: { from, to: Math.max(to, from + LEAST) }, placements, steps: [], origin };
}

/** Where a step begins and ends in one run. */
interface Boundary {
  readonly from: number;
  readonly to: number;
}

/**
 * Each step begins at one place. The axis follows the thread with the longest steps; what lies between two steps (the
 * recorder's own work, say) is aligned too. A run that never ended a step, a deadlock's, begins with the others. Null
 * where the others have no step in common.
 */
function byStep(all: readonly RunShape[]): AlignedAxis | null {
  const runs = all.filter(({ phases }) => phases.length > 0);
  const thread = leadingThread(runs);
  const lists = runs.map((run) => boundariesOf(run.phases.filter((phase) => phase.thread === thread)));
  const common = [...(lists[0]?.keys() ?? [])].filter((key) => lists.every((list) => list.has(key)));
  const every = Math.ceil(common.length / MOST_STEPS);
  const keys = inOrder(
    common.filter((_, i) => i % every === 0),
    lists,
  );
  if (keys.length === 0) return null;
  const names = new Map(runs[0].phases.map((phase) => [phase.step, phase.name]));
  const stretches: Stretch[][] = runs.map(() => []);
  const steps: AxisStep[] = [];
  // What comes before the first step.
  let at = 0;
  const lead = Math.max(...runs.map((run, i) => boundary(lists[i], keys[0]).from - run.from));
  runs.forEach((run, i) => {
    const start = boundary(lists[i], keys[0]).from;
    if (start > run.from) stretches[i].push({ from: run.from, to: start, shift: at + lead - start });
  });
  at += Math.max(0, lead);
  keys.forEach((key, k) => {
    const own = runs.map((run, i) => {
      const { from, to } = boundary(lists[i], key);
      const next = k + 1 < keys.length ? boundary(lists[i], keys[k + 1]).from : Math.max(run.to, to);
      // Steps that were left out in between belong to this one.
      return { from, to: every > 1 ? next : Math.min(to, next), next };
    });
    const length = Math.max(LEAST, ...own.map(({ from, to }) => to - from));
    const after = Math.max(0, ...own.map(({ to, next }) => next - to));
    own.forEach(({ from, to, next }, i) => {
      if (to > from) stretches[i].push({ from, to, shift: at - from });
      if (next > to) stretches[i].push({ from: to, to: next, shift: at + length - to });
    });
    const step = Number(key.split('/')[0]);
    steps.push({ name: names.get(step) ?? '', from: at, to: at + length });
    at += length + after;
  });
  const placed = new Map(runs.map((run, i) => [run, open(stretches[i])]));
  const placements = all.map((run): Placement => placed.get(run) ?? AS_IT_IS);
  const to = Math.max(at, LEAST, ...all.filter((run) => !placed.has(run)).map((run) => run.to));
  return { alignment: 'step', whole: { from: 0, to }, placements, steps, origin: 0 };
}

/** The first and last stretch go on beyond the run: nothing of it lies nowhere. */
function open(list: readonly Stretch[]): Placement {
  const last = list.length - 1;
  return list.map((stretch, i) => ({
    ...stretch,
    from: i === 0 ? -Infinity : stretch.from,
    to: i === last ? Infinity : stretch.to,
  }));
}

/** The thread whose steps take longest in the first run: of several, the one that the axis follows. */
function leadingThread(runs: readonly RunShape[]): number {
  const total = new Map<number, number>();
  for (const { thread, startNs, endNs } of runs[0]?.phases ?? [])
    total.set(thread, (total.get(thread) ?? 0) + endNs - startNs);
  return [...total].reduce((best, one) => (one[1] > best[1] ? one : best), [0, -1])[0];
}

/** By step and turn (a loop repeats its steps). Times in ps. */
function boundariesOf(phases: readonly PhaseMetrics[]): Map<string, Boundary> {
  const turns = new Map<number, number>();
  const found = new Map<string, Boundary>();
  for (const { step, startNs, endNs } of phases) {
    const turn = turns.get(step) ?? 0;
    turns.set(step, turn + 1);
    found.set(`${step}/${turn}`, { from: Math.round(startNs * 1000), to: Math.round(endNs * 1000) });
  }
  return found;
}

/** The steps that follow each other in every run. */
function inOrder(keys: readonly string[], lists: readonly Map<string, Boundary>[]): string[] {
  const kept: string[] = [];
  for (const key of keys) {
    const last = kept[kept.length - 1];
    const follows = lists.every((list) => last === undefined || boundary(list, key).from >= boundary(list, last).to);
    if (follows) kept.push(key);
  }
  return kept;
}

function boundary(list: ReadonlyMap<string, Boundary>, key: string): Boundary {
  return list.get(key) ?? { from: 0, to: 0 };
}
