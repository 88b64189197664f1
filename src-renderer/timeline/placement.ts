import type { View } from './scale.ts';

/** A stretch of a run's own time that lies on a common axis as it is, only moved. All in ps. */
export interface Stretch {
  /** The run's own time, from inclusive, to exclusive. */
  readonly from: number;
  readonly to: number;
  /** What is added to the run's time to get that of the axis. */
  readonly shift: number;
}

/** Where a run's time lies on an axis: stretches in order, that overlap neither in the run nor on the axis. Never empty. */
export type Placement = readonly Stretch[];

/** The run's time is the axis' time. */
export const AS_IT_IS: Placement = [{ from: -Infinity, to: Infinity, shift: 0 }];

/**
 * Place of a moment on the axis. Where two stretches meet, a beginning belongs to the later one and an `end` to the
 * earlier one; what lies before the first or after the last moves with it.
 */
export function toAxis(placement: Placement, time: number, edge: 'start' | 'end' = 'start'): number {
  let found = placement[0];
  for (const stretch of placement) {
    if (edge === 'start' ? stretch.from > time : stretch.from >= time) break;
    found = stretch;
  }
  return time + found.shift;
}

/** The run's time at a place of the axis; in a gap between stretches, the moment at which the gap begins. */
export function toRun(placement: Placement, at: number): number {
  let found = placement[0];
  for (const stretch of placement) {
    if (stretch.from + stretch.shift > at) break;
    found = stretch;
  }
  const isLast = found === placement[placement.length - 1];
  return isLast ? at - found.shift : Math.min(at - found.shift, found.to);
}

/** A span of the axis in the run's own time. */
export function spanToRun(placement: Placement, span: View): View {
  return { from: toRun(placement, span.from), to: toRun(placement, span.to) };
}

/** The stretches that a view of the axis shows something of. */
export function stretchesIn(placement: Placement, view: View): Stretch[] {
  return placement.filter(({ from, to, shift }) => from + shift < view.to && to + shift > view.from);
}
