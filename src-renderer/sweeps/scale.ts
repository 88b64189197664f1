/** Scales of the small multiples: where a figure lies, and where the axis has its ticks. Without Vue. */

export type ScaleKind = 'linear' | 'log';

export interface Scale {
  /** Figures with a label, rising. */
  readonly ticks: readonly number[];
  /** Where a figure lies: 0 at the bottom of the plot, 1 at its top. */
  at(value: number): number;
}

/** Ticks of a linear axis at most, and decades of a logarithmic one that have a label. */
const MOST_TICKS = 5;

/** A scale that holds all of the figures. Logarithmic, figures of 0 and below lie at the bottom, without a tick. */
export function scaleOf(values: readonly number[], kind: ScaleKind): Scale {
  return kind === 'log' && values.some((value) => value > 0) ? logarithmic(values) : linear(values);
}

function linear(values: readonly number[]): Scale {
  const least = Math.min(0, ...values);
  const most = Math.max(0, ...values);
  const step = roundStep((most > least ? most - least : 1) / (MOST_TICKS - 1));
  const low = Math.floor(least / step) * step;
  const high = Math.max(low + step, Math.ceil(most / step) * step);
  const ticks = Array.from({ length: Math.round((high - low) / step) + 1 }, (_, i) => low + i * step);
  return { ticks, at: (value) => (value - low) / (high - low) };
}

/** The next of 1, 2, 5, 10, ... that is not less. */
function roundStep(least: number): number {
  const decade = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5, 10].find((one) => one * decade >= least * (1 - 1e-9)) ?? 10;
  return factor * decade;
}

function logarithmic(values: readonly number[]): Scale {
  const positive = values.filter((value) => value > 0);
  const hasNone = positive.length < values.length;
  const low = Math.floor(Math.log10(Math.min(...positive)) + 1e-9) - (hasNone ? 1 : 0);
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...positive)) - 1e-9));
  const every = Math.ceil((high - low) / (MOST_TICKS - 1));
  const ticks: number[] = [];
  for (let decade = low + (hasNone ? 1 : 0); decade <= high; decade += every) ticks.push(10 ** decade);
  return { ticks, at: (value) => (value > 0 ? Math.max(0, (Math.log10(value) - low) / (high - low)) : 0) };
}

/** How the labels of an axis stand below it: which ones, and whether slanted. */
export interface LabelPlan {
  /** One in so many has a label. */
  readonly every: number;
  readonly slanted: boolean;
}

/** Least distance of slanted labels, px. */
const SLANT_PX = 14;

/**
 * @param longest width of the longest label, px
 * @param step px from one place of the axis to the next
 * @param ordered values that follow on one another need not all be named; names do
 */
export function planLabels(longest: number, step: number, ordered: boolean): LabelPlan {
  const every = Math.max(1, Math.ceil((longest + 10) / step));
  if (every === 1 || ordered) return { every, slanted: false };
  return { every: Math.max(1, Math.ceil(SLANT_PX / step)), slanted: true };
}
