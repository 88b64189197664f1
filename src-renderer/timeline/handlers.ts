import { HANDLER_WORK, type FaultHandler, type HandlerStep } from '#model/handler';
import { HANDLED, labelOf } from './kinds.ts';
import type { Layout } from './lanes.ts';
import type { Piece } from './levels.ts';
import type { View } from './scale.ts';

/** Least width of a fault whose steps are shown, CSS pixels: below it they could not be told apart. */
const STEPS_ROOM = 24;

/** A fault that is wide enough in a view for its steps, and where it lies on the axis. */
export interface WideFault {
  readonly fault: number;
  readonly lane: number;
  /** Of the axis, ps. */
  readonly time: number;
}

/** Steps of a handler, where they lie. */
export interface PlacedHandler extends FaultHandler {
  readonly lane: number;
  /** What is added to the run's time to get that of the axis, ps. */
  readonly shift: number;
}

/**
 * The faults with room for their steps. A thread is in one fault at a time: there are no more of them than fit beside
 * each other in each lane.
 * @param width of the view, CSS pixels
 */
export function wideFaults(layout: Layout, pieces: readonly Piece[], view: View, width: number): WideFault[] {
  const least = ((view.to - view.from) / width) * STEPS_ROOM;
  const found = new Map<number, WideFault>();
  for (const { tile } of pieces) {
    const { spans } = tile;
    for (let i = 0; i < spans.count; i++) {
      if (spans.duration[i] < least || !HANDLED.includes(spans.kind[i])) continue;
      if (spans.time[i] > view.to || spans.time[i] + spans.duration[i] < view.from) continue;
      if (layout.gatheredIn(spans.lane[i], spans.kind[i]) < 0) continue;
      found.set(spans.index[i], { fault: spans.index[i], lane: spans.lane[i], time: spans.time[i] });
    }
  }
  return [...found.values()];
}

/** The handlers that are known of some faults, where these lie. */
export function placeHandlers(
  wide: readonly WideFault[],
  known: (fault: number) => FaultHandler | undefined,
): PlacedHandler[] {
  return wide.flatMap(({ fault, lane, time }) => {
    const handler = known(fault);
    return handler === undefined || handler.steps.length === 0
      ? []
      : [{ ...handler, lane, shift: time - handler.steps[0].time }];
  });
}

/** The step at a moment of the axis, and its handler. */
export function stepAt(
  handlers: readonly PlacedHandler[],
  lane: number,
  time: number,
): { handler: PlacedHandler; step: HandlerStep } | null {
  for (const handler of handlers) {
    if (handler.lane !== lane) continue;
    const at = time - handler.shift;
    const step = handler.steps.find((own) => at >= own.time && at < own.time + own.duration);
    if (step !== undefined) return { handler, step };
  }
  return null;
}

/** What a step is called: the event that it is, or its place among those that are told. */
export function stepLabel({ kind, work }: Pick<HandlerStep, 'kind' | 'work'>): string {
  if (work === null) return labelOf(kind);
  return work === 'until' ? `until ${labelOf(kind)}` : HANDLER_WORK[work].label;
}

/** What is meant by a step that no event tells; empty for others. */
export function stepMeaning({ work }: Pick<HandlerStep, 'work'>): string {
  return work === null ? '' : HANDLER_WORK[work].meaning;
}
