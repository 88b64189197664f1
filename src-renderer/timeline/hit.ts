import type { HandlerStep } from '#model/handler';
import { stepAt, type PlacedHandler } from './handlers.ts';
import { rowAt, type Layout, type Row } from './lanes.ts';
import type { Piece } from './levels.ts';
import type { View } from './scale.ts';

/** What lies under the pointer. */
export interface Hit {
  readonly row: Row;
  readonly lane: number;
  readonly kind: number;
  /** Index of the event, or of the longest of several. */
  readonly event: number;
  /** Events meant: more than one where the zoom does not tell them apart. */
  readonly events: number;
  /** Where it starts and how long it lasts, ps; of a gathered event only its column is known. */
  readonly time: number;
  readonly duration: number;
  /** The step of a fault's handler, in the row of these, and its share of the fault's time. */
  readonly step: (HandlerStep & { readonly share: number }) | null;
}

/** How far off an event may be and still be meant, CSS pixels. */
const REACH = 5;

/**
 * The event nearest to the pointer in its row, within reach. Spans under the pointer come before marks beside
 * it, shorter ones before longer.
 * @param x CSS pixels from the left edge of the view, `y` CSS pixels of the layout
 */
export function hitTest(
  layout: Layout,
  pieces: readonly Piece[],
  view: View,
  width: number,
  x: number,
  y: number,
  handlers: readonly PlacedHandler[] = [],
): Hit | null {
  const r = rowAt(layout, y);
  if (r < 0) return null;
  const row = layout.rows[r];
  const perPixel = (view.to - view.from) / width;
  const time = view.from + x * perPixel;
  const reach = REACH * perPixel;
  const own = row.style === 'steps' ? stepAt(handlers, row.lane, time) : null;
  if (own !== null) return hitStep(row, own.handler, own.step);
  const isShown = (lane: number, kind: number): boolean =>
    layout.rowOf(lane, kind) === r || layout.gatheredIn(lane, kind) === r;
  let best: Hit | null = null;
  let bestDistance = reach;
  for (const { tile, from, to } of pieces) {
    if (time + reach < from || time - reach > to) continue;
    const column = (tile.to - tile.from) / tile.columns;
    const { cells, spans } = tile;
    for (let i = 0; i < spans.count; i++) {
      if (!isShown(spans.lane[i], spans.kind[i])) continue;
      const start = spans.time[i];
      const end = start + spans.duration[i];
      const distance = time < start ? start - time : time > end ? time - end : 0;
      const nearer =
        distance < bestDistance || (distance === bestDistance && best !== null && spans.duration[i] < best.duration);
      if (!nearer) continue;
      bestDistance = distance;
      best = {
        row,
        lane: spans.lane[i],
        kind: spans.kind[i],
        event: spans.index[i],
        events: 1,
        time: start,
        duration: spans.duration[i],
        step: null,
      };
    }
    for (let i = 0; i < cells.count; i++) {
      const start = tile.from + cells.column[i] * column;
      if (start > time + reach || start + column < time - reach) continue;
      if (!isShown(cells.lane[i], cells.kind[i])) continue;
      const end = start + column;
      const distance = time < start ? start - time : time > end ? time - end : 0;
      if (distance >= bestDistance) continue;
      bestDistance = distance;
      best = {
        row,
        lane: cells.lane[i],
        kind: cells.kind[i],
        event: cells.example[i],
        events: cells.events[i],
        time: start,
        duration: cells.longest[i],
        step: null,
      };
    }
  }
  return best;
}

function hitStep(row: Row, { steps, shift }: PlacedHandler, step: HandlerStep): Hit {
  const { event, kind, time, duration } = step;
  const share = duration / steps.reduce((sum, own) => sum + own.duration, 0);
  return { row, lane: row.lane, kind, event, events: 1, time: time + shift, duration, step: { ...step, share } };
}
