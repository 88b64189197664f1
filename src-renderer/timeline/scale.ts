import { CYCLE_UNITS, formatSpan, grouped, UNIT_SPACE, type Cycle } from './time.ts';

/** The visible span, ps. */
export interface View {
  readonly from: number;
  readonly to: number;
}

/** The least span one can zoom into, ps: a nanosecond across the window. */
const MIN_SPAN = 1e3;
/** How far beyond the run one may see, as a fraction of the visible span. */
const OVERSCROLL = 0.02;

/** Pixel of a time. */
export function xOf(view: View, width: number, time: number): number {
  return ((time - view.from) / (view.to - view.from)) * width;
}

/** Time of a pixel. */
export function timeAt(view: View, width: number, x: number): number {
  return view.from + (x / width) * (view.to - view.from);
}

/** Picoseconds a pixel. */
export function resolutionOf(view: View, width: number): number {
  return (view.to - view.from) / width;
}

/** The view nearest to `view` that shows something of `run`. */
export function clampView(view: View, run: View): View {
  const whole = Math.max(run.to - run.from, MIN_SPAN);
  const most = whole * (1 + 2 * OVERSCROLL);
  const span = Math.min(Math.max(view.to - view.from, MIN_SPAN), most);
  const margin = span * OVERSCROLL;
  const lowest = run.from - margin;
  const highest = run.from + whole + margin - span;
  const centre = (view.from + view.to) / 2;
  const from = Math.min(Math.max(centre - span / 2, lowest), Math.max(lowest, highest));
  return { from, to: from + span };
}

/** The whole run with a little air. */
export function fitRun(run: View): View {
  const span = Math.max(run.to - run.from, MIN_SPAN);
  return { from: run.from - span * OVERSCROLL, to: run.from + span * (1 + OVERSCROLL) };
}

/** Makes the visible span `factor` times as long (below 1: nearer), with the time at fraction `at` of the width kept in place. */
export function zoomView(view: View, run: View, at: number, factor: number): View {
  const span = view.to - view.from;
  const fixed = view.from + span * at;
  const most = Math.max(run.to - run.from, MIN_SPAN) * (1 + 2 * OVERSCROLL);
  const next = Math.min(Math.max(span * factor, MIN_SPAN), most);
  return clampView({ from: fixed - next * at, to: fixed + next * (1 - at) }, run);
}

/**
 * The view in which what lay under two fingers still does after they moved.
 * @param view as it was when the fingers were at `before`
 * @param before pixels of the two fingers then, `now` where they are; `width` of the view
 */
export function pinchView(
  view: View,
  run: View,
  width: number,
  before: readonly [number, number],
  now: readonly [number, number],
): View {
  const [left, right] = before.map((x) => timeAt(view, width, x));
  const apart = Math.max(8, Math.abs(now[1] - now[0]));
  const perPixel = Math.max(MIN_SPAN / width, Math.abs(right - left) / apart);
  const middle = (left + right) / 2;
  const from = middle - ((now[0] + now[1]) / 2) * perPixel;
  return clampView({ from, to: from + perPixel * width }, run);
}

/** Moves the visible span by a fraction of itself. */
export function panView(view: View, run: View, fraction: number): View {
  const shift = (view.to - view.from) * fraction;
  return clampView({ from: view.from + shift, to: view.to + shift }, run);
}

/** A mark of the time axis. */
export interface Tick {
  readonly time: number;
  readonly label: string;
}

export interface Axis {
  /** ps between labelled ticks. */
  readonly step: number;
  /** Where labels count from, ps; 0 unless the view is so near that full times would not fit. */
  readonly base: number;
  readonly baseLabel: string;
  readonly ticks: readonly Tick[];
}

/** Steps people count in: 1, 2, 5 by powers of ten up to a second, then those of clocks. */
const CLOCK_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];

function stepFor(span: number, ticks: number, cycle: Cycle): number {
  const least = span / Math.max(1, ticks);
  // Cycles are counted in tens, whole ones.
  if (cycle !== null) return cycle * roundStep(least / cycle);
  if (least > 1e12) {
    const seconds = CLOCK_STEPS.find((s) => s * 1e12 >= least);
    if (seconds !== undefined) return seconds * 1e12;
  }
  return roundStep(least);
}

/** The least of 1, 2, 5, 10, 20 … that is not below `least`. */
function roundStep(least: number): number {
  let decade = 1;
  while (decade * 10 <= least) decade *= 10;
  for (const factor of [1, 2, 5, 10]) if (decade * factor >= least) return decade * factor;
  return decade * 10;
}

/**
 * Labelled ticks, at least `spacing` pixels apart. Near views count from a base that is told once
 * (`+20 µs`), so that no label needs more than a few digits.
 * @param cycle length of a cycle (ps) for an axis in cycles, null for one in seconds
 */
export function axisOf(view: View, width: number, spacing: number, cycle: Cycle = null): Axis {
  const span = view.to - view.from;
  const step = stepFor(span, Math.floor(width / spacing), cycle);
  const first = Math.max(0, Math.ceil(view.from / step) * step);
  const far = view.from > 0 && view.to / step > 2_000;
  const base = far ? Math.floor(view.from / (step * 100)) * step * 100 : 0;
  const ticks: Tick[] = [];
  for (let i = 0; ticks.length < 200; i++) {
    const time = first + i * step;
    if (time > view.to) break;
    ticks.push({ time, label: far ? `+${tickLabel(time - base, step, cycle)}` : tickLabel(time, step, cycle) });
  }
  return { step, base, baseLabel: far ? baseLabel(base, step * 100, cycle) : '', ticks };
}

/** All labels of an axis in the unit of its step, or the one above where that reads better. */
function tickLabel(time: number, step: number, cycle: Cycle): string {
  if (time === 0) return '0';
  if (cycle === null && step >= 60e12) return formatSpan(time);
  const unit = unitOf(Math.max(time, step), cycle);
  const digits = digitsFor(unit.ps / step);
  return `${grouped((time / unit.ps).toFixed(digits).replace(/\.0+$/, ''))}${UNIT_SPACE}${unit.name}`;
}

function baseLabel(base: number, step: number, cycle: Cycle): string {
  const unit = unitOf(base, cycle);
  const digits = digitsFor(unit.ps / step);
  return `${grouped((base / unit.ps).toFixed(digits))}${UNIT_SPACE}${unit.name}`;
}

/** Digits behind the point that tell steps apart, so many to a unit. */
function digitsFor(steps: number): number {
  return Math.max(0, Math.ceil(Math.log10(steps) - 1e-9));
}

function unitOf(ps: number, cycle: Cycle): { name: string; ps: number } {
  if (cycle !== null) {
    const { name, ps: cycles } = CYCLE_UNITS.find((unit) => Math.round(ps / cycle) >= unit.ps) ?? CYCLE_UNITS[3];
    return { name, ps: cycles * cycle };
  }
  if (ps >= 1e12) return { name: 's', ps: 1e12 };
  if (ps >= 1e9) return { name: 'ms', ps: 1e9 };
  if (ps >= 1e6) return { name: 'µs', ps: 1e6 };
  if (ps >= 1e3) return { name: 'ns', ps: 1e3 };
  return { name: 'ps', ps: 1 };
}

/** As wide a view as `view`, with a place of `whole` in its middle. @param share of the whole, 0 to 1 */
export function viewAround(view: View, whole: View, share: number): View {
  const time = whole.from + share * (whole.to - whole.from);
  const half = (view.to - view.from) / 2;
  return { from: time - half, to: time + half };
}
