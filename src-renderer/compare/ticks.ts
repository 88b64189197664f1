import { axisOf, xOf, type Tick, type View } from '../timeline/scale.ts';
import { formatMoment } from '../timeline/time.ts';
import type { AlignedAxis, Alignment } from './alignment.ts';

/** What the axis says of itself. */
export const ALIGNMENT_TEXT: Readonly<Record<Alignment, { label: string; about: string }>> = {
  step: { label: 'By step', about: 'Time since the step began; each step begins together' },
  store: { label: 'By first store', about: 'Time from the first store, which all make together' },
  time: { label: 'By time', about: 'Time from the start of each run' },
};

/** Least distance of labelled ticks, CSS pixels: room for a moment with six digits. */
const SPACING = 120;
/** A tick nearer than this (CSS pixels) to where its step ends would stand under the next one's name. */
const EDGE = 56;
/** The same for the step's own start, which is only a 0. */
const LEAST_ZERO = 16;

/** Ticks of the common axis, each labelled with the time that its place means in the runs. */
export function ticksOf(axis: AlignedAxis, view: View, width: number): Tick[] {
  const { step } = axisOf(view, width, SPACING);
  if (axis.alignment !== 'step') return ticksFrom(axis.origin, axis.whole, step, view);
  const ticks: Tick[] = [];
  for (const { from, to } of axis.steps) {
    if (to < view.from || from > view.to) continue;
    const right = xOf(view, width, to);
    for (const tick of ticksFrom(from, { from, to }, step, view))
      if (xOf(view, width, tick.time) < right - (tick.time === from ? LEAST_ZERO : EDGE)) ticks.push(tick);
  }
  return ticks;
}

/** Every `step` from `origin` both ways, within a span and the view. */
function ticksFrom(origin: number, within: View, step: number, view: View): Tick[] {
  const ticks: Tick[] = [];
  const first = Math.ceil((Math.max(within.from, view.from) - origin) / step);
  const last = Math.floor((Math.min(within.to, view.to) - origin) / step);
  for (let i = first; i <= last && ticks.length < 200; i++)
    ticks.push({ time: origin + i * step, label: i === 0 ? '0' : momentOf(i * step, step) });
  return ticks;
}

function momentOf(time: number, step: number): string {
  const text = formatMoment(Math.abs(time), step);
  return time < 0 ? `−${text}` : text;
}

/** A place of the axis in words: what hover texts and screen readers say. */
export function placeText(axis: AlignedAxis, at: number, resolution: number): string {
  if (axis.alignment !== 'step') return momentOf(at - axis.origin, resolution);
  const step = axis.steps.findLast(({ from }) => from <= at);
  if (step === undefined) return 'before the first step';
  const since = momentOf(at - step.from, resolution);
  return at <= step.to ? `${step.name}, ${since}` : `after ${step.name}, ${since} from its start`;
}
