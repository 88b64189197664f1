import { EventKind } from '#model/events';
import type { HandlerStep } from '#model/handler';
import type { PhaseMetrics } from '#model/metrics';
import { formatCount } from '../ui/format.ts';
import type { DisplayList } from './display-list.ts';
import { stepLabel, type PlacedHandler } from './handlers.ts';
import { colourIndex, HANDLER_ROW, lookOf } from './kinds.ts';
import type { Layout, Row } from './lanes.ts';
import type { Piece } from './levels.ts';
import { AS_IT_IS, toAxis, type Placement } from './placement.ts';
import type { View } from './scale.ts';

/** Where rows lie on the canvas: all in device pixels. */
export interface Surface {
  readonly width: number;
  readonly height: number;
  /** Device pixels a CSS pixel. */
  readonly ratio: number;
  /** How far the rows are scrolled, CSS pixels. */
  readonly scroll: number;
}

/** Marks nearer to their neighbour than this (CSS pixels) are ticks; with more room they show their shape. */
const GLYPH_ROOM = 9;

/**
 * Paints tiles as rows: a column of pixels of a row gets at most one rectangle, whatever the number of events
 * in it. Holds its working memory, one set for a window.
 */
export class RowPainter {
  private width = 0;
  private rows = 0;
  /** Per row and pixel column: events that start there, their share of time, a counter's value. */
  private events = new Float64Array(0);
  private busy = new Float64Array(0);
  private values = new Float64Array(0);
  private kinds = new Uint8Array(0);

  /** Appends everything between the view's edges to `list`. */
  paint(
    list: DisplayList,
    layout: Layout,
    pieces: readonly Piece[],
    view: View,
    surface: Surface,
    handlers: readonly PlacedHandler[] = [],
  ): void {
    this.prepare(layout.rows.length, surface.width);
    const perPixel = (view.to - view.from) / surface.width;
    for (const piece of pieces) this.gather(layout, piece, view, perPixel);
    for (let r = 0; r < layout.rows.length; r++) {
      const row = layout.rows[r];
      const y = Math.round((row.y - surface.scroll) * surface.ratio);
      const height = Math.round(row.height * surface.ratio);
      if (y + height < 0 || y > surface.height) continue;
      if (row.style === 'counter') this.paintCounter(list, r, row, y, height, surface);
      else if (row.style === 'span') this.paintSpans(list, r, y, height, surface);
      else if (row.style === 'steps') this.paintSteps(list, r, row, y, height, view, surface, handlers);
      else this.paintMarks(list, r, y, height, surface);
    }
  }

  private prepare(rows: number, width: number): void {
    const cells = rows * width;
    if (this.events.length < cells) {
      this.events = new Float64Array(cells);
      this.busy = new Float64Array(cells);
      this.values = new Float64Array(cells);
      this.kinds = new Uint8Array(cells);
    }
    this.events.fill(0, 0, cells);
    this.busy.fill(0, 0, cells);
    this.values.fill(Number.NaN, 0, cells);
    this.width = width;
    this.rows = rows;
  }

  private gather(layout: Layout, piece: Piece, view: View, perPixel: number): void {
    const { tile } = piece;
    const { cells, spans } = tile;
    const column = (tile.to - tile.from) / tile.columns;
    let track = -1;
    let row = -1;
    let also = -1;
    /** What counters stand at where the piece comes into view, by lane: what came before it in the tile counts. */
    const carried = new Map<number, number>();
    for (const { lane, value } of tile.before) carried.set(lane, value);
    for (let i = 0; i < cells.count; i++) {
      const start = tile.from + cells.column[i] * column;
      // A column in which one piece ends and the next begins belongs to the one that has more of it.
      const middle = start + column / 2;
      if (middle >= piece.to) continue;
      const x = Math.floor((Math.max(start, piece.from) - view.from) / perPixel);
      if (middle < piece.from || x < 0) {
        if (cells.values !== null && cells.kind[i] === EventKind.counter)
          carried.set(cells.lane[i], cells.values.last[i]);
        continue;
      }
      if (x >= this.width) continue;
      const key = cells.lane[i] * 256 + cells.kind[i];
      if (key !== track) {
        track = key;
        row = layout.rowOf(cells.lane[i], cells.kind[i]);
        also = layout.gatheredIn(cells.lane[i], cells.kind[i]);
      }
      const busy = cells.busy[i] / perPixel;
      if (also >= 0) this.gatherAt(also * this.width + x, cells.kind[i], cells.events[i], busy);
      if (row < 0) continue;
      this.gatherAt(row * this.width + x, cells.kind[i], cells.events[i], busy);
      if (cells.values !== null && cells.kind[i] === EventKind.counter)
        this.values[row * this.width + x] = cells.values.last[i];
    }
    const first = Math.max(0, Math.floor((piece.from - view.from) / perPixel));
    for (const [lane, value] of carried) {
      const counter = layout.rowOf(lane, EventKind.counter);
      const at = counter * this.width + first;
      if (counter >= 0 && first < this.width && Number.isNaN(this.values[at])) this.values[at] = value;
    }
    for (let i = 0; i < spans.count; i++) {
      const start = Math.max(spans.time[i], piece.from);
      const end = Math.min(spans.time[i] + spans.duration[i], piece.to);
      if (end < start) continue;
      row = layout.rowOf(spans.lane[i], spans.kind[i]);
      also = layout.gatheredIn(spans.lane[i], spans.kind[i]);
      const own = spans.time[i] >= piece.from && spans.time[i] < piece.to;
      const first = (start - view.from) / perPixel;
      const last = (end - view.from) / perPixel;
      if (row >= 0) this.cover(row, spans.kind[i], first, last, own);
      if (also >= 0) this.cover(also, spans.kind[i], first, last, own);
    }
  }

  private gatherAt(at: number, kind: number, events: number, busy: number): void {
    this.events[at] += events;
    this.busy[at] += busy;
    this.kinds[at] = kind;
  }

  /** Spreads one span over the pixel columns it covers. */
  private cover(row: number, kind: number, from: number, to: number, starts: boolean): void {
    const first = Math.max(0, Math.floor(from));
    const last = Math.min(this.width - 1, Math.floor(to));
    const base = row * this.width;
    for (let x = first; x <= last; x++) {
      this.busy[base + x] += Math.min(x + 1, to) - Math.max(x, from);
      this.kinds[base + x] = kind;
    }
    const at = Math.floor(from);
    if (starts && at >= 0 && at < this.width) this.events[base + at] += 1;
  }

  /** Height says how much of the time is covered; runs of equal columns become one rectangle. */
  private paintSpans(list: DisplayList, row: number, y: number, height: number, surface: Surface): void {
    const pad = Math.round(2 * surface.ratio);
    const full = height - 2 * pad;
    const base = row * this.width;
    let runFrom = 0;
    let runHeight = 0;
    let runColour = 0;
    for (let x = 0; x <= this.width; x++) {
      let h = 0;
      let colour = 0;
      if (x < this.width) {
        const busy = this.busy[base + x];
        if (busy > 0 || this.events[base + x] > 0) {
          h = Math.max(Math.round(2 * surface.ratio), Math.round(full * Math.min(1, busy)));
          colour = colourIndex(lookOf(this.kinds[base + x]).colour);
        }
      }
      if (x < this.width && h === runHeight && colour === runColour) continue;
      if (runHeight > 0) list.rect(runFrom, y + height - pad - runHeight, x - runFrom, runHeight, runColour);
      runFrom = x;
      runHeight = h;
      runColour = colour;
    }
  }

  /** Handlers whose steps are known as these, with names where there is room; of others how much of the time they take. */
  private paintSteps(
    list: DisplayList,
    row: number,
    of: Row,
    y: number,
    height: number,
    view: View,
    surface: Surface,
    handlers: readonly PlacedHandler[],
  ): void {
    const top = y + Math.round(STEPS_LABEL * surface.ratio);
    const perPixel = (view.to - view.from) / surface.width;
    const own = handlers.filter(({ lane }) => lane === of.lane);
    for (const { steps, shift } of own) {
      const first = Math.max(0, columnOf(steps[0].time + shift, view, perPixel));
      const last = Math.min(this.width, columnOf(endOf(steps[steps.length - 1]) + shift, view, perPixel));
      const base = row * this.width;
      if (last > first) {
        this.busy.fill(0, base + first, base + last);
        this.events.fill(0, base + first, base + last);
      }
    }
    // Whatever the fault was: it is the handler that takes the time.
    this.kinds.fill(HANDLER_ROW, row * this.width, (row + 1) * this.width);
    this.paintSpans(list, row, top, y + height - top, surface);
    for (const handler of own) paintHandler(list, handler, y, top, y + height, view, surface);
  }

  /** Lone marks show their shape; crowded ones a histogram on a logarithmic scale. */
  private paintMarks(list: DisplayList, row: number, y: number, height: number, surface: Surface): void {
    const base = row * this.width;
    const room = GLYPH_ROOM * surface.ratio;
    const pad = Math.round(2 * surface.ratio);
    const full = height - 2 * pad;
    let most = 1;
    for (let x = 0; x < this.width; x++) if (this.events[base + x] > most) most = this.events[base + x];
    const scale = 1 / (1 + Math.log2(most));
    let previous = -Infinity;
    for (let x = 0; x < this.width; x++) {
      const events = this.events[base + x];
      const colour = colourIndex(lookOf(this.kinds[base + x]).colour);
      if (events === 0) {
        // The rest of a long mark: a fault's handling, drawn as a line from its shape.
        if (this.busy[base + x] === 0) continue;
        const from = x;
        while (x + 1 < this.width && this.isTail(base + x + 1, base + x)) x++;
        list.rect(from, y + (height >> 1) - 1, x + 1 - from, Math.max(1, Math.round(surface.ratio)), colour);
        continue;
      }
      if (events === 1 && x - previous >= room && this.next(base, x) - x >= room) {
        list.glyphs.push({ glyph: lookOf(this.kinds[base + x]).glyph, x: x + 0.5, y: y + height / 2, colour });
      } else {
        const h =
          most === 1
            ? full
            : Math.max(Math.round(3 * surface.ratio), Math.round(full * (1 + Math.log2(events)) * scale));
        list.rect(x, y + height - pad - h, 1, h, colour);
      }
      previous = x;
    }
  }

  /** Whether a long mark goes on from one pixel column to the next. */
  private isTail(at: number, before: number): boolean {
    return this.events[at] === 0 && this.busy[at] > 0 && this.kinds[at] === this.kinds[before];
  }

  /** Pixel column of the next event in the row. */
  private next(base: number, x: number): number {
    for (let i = x + 1; i < this.width; i++) if (this.events[base + i] > 0) return i;
    return Infinity;
  }

  /** A step curve, filled; a value holds until the next one. */
  private paintCounter(list: DisplayList, row: number, of: Row, y: number, height: number, surface: Surface): void {
    const base = row * this.width;
    const pad = Math.round(3 * surface.ratio);
    const line = Math.max(1, Math.round(1.25 * surface.ratio));
    const full = height - 2 * pad;
    const fill = colourIndex('counter-fill');
    const stroke = colourIndex('counter');
    const top = scaleOf(of);
    const scale = top > 0 ? full / top : 0;
    let value = Number.NaN;
    let runFrom = 0;
    let runHeight = -1;
    for (let x = 0; x <= this.width; x++) {
      if (x < this.width && !Number.isNaN(this.values[base + x])) value = this.values[base + x];
      const h = x === this.width ? -2 : Number.isNaN(value) ? -1 : Math.round(Math.min(full, value * scale));
      if (h === runHeight) continue;
      if (runHeight >= 0) {
        const at = y + height - pad - runHeight;
        if (runHeight > 0) list.rect(runFrom, at, x - runFrom, runHeight, fill);
        list.rect(runFrom, at - line + 1, x - runFrom, line, stroke);
        if (h >= 0 && Math.abs(h - runHeight) > 1) {
          list.rect(x, y + height - pad - Math.max(h, runHeight), line, Math.abs(h - runHeight), stroke);
        }
      }
      runFrom = x;
      runHeight = h;
    }
    paintWatermarks(list, of, y, y + height - pad, scale, surface);
  }
}

/** Height of the names above the steps, CSS pixels. */
const STEPS_LABEL = 13;
/** Least room for a step's shape, and beside it its name, CSS pixels. */
const SHAPE_ROOM = 12;
const NAME_ROOM = 34;

const endOf = ({ time, duration }: HandlerStep): number => time + duration;

/** Pixel column in which a moment of the axis lies. */
function columnOf(time: number, view: View, perPixel: number): number {
  return Math.round((time - view.from) / perPixel);
}

/** The steps of one handler as bars, one after the other, a name above each that has room for it. */
function paintHandler(
  list: DisplayList,
  { steps, shift }: PlacedHandler,
  y: number,
  top: number,
  bottom: number,
  view: View,
  { width, ratio }: Surface,
): void {
  const perPixel = (view.to - view.from) / width;
  const pad = Math.round(2 * ratio);
  for (const step of steps) {
    const from = Math.max(0, columnOf(step.time + shift, view, perPixel));
    const to = Math.min(width, columnOf(endOf(step) + shift, view, perPixel));
    if (to <= from) continue;
    const look = lookOf(step.work === null ? step.kind : HANDLER_ROW);
    const gap = to - from > 3 * ratio ? Math.max(1, Math.round(ratio)) : 0;
    list.rect(from, top, to - from - gap, bottom - pad - top, colourIndex(look.colour));
    const room = to - from - gap;
    if (room < SHAPE_ROOM * ratio) continue;
    const middle = y + Math.round((STEPS_LABEL / 2) * ratio);
    const shaped = step.work === null && look.glyph !== 'bar';
    if (shaped)
      list.glyphs.push({ glyph: look.glyph, x: from + 6 * ratio, y: middle, colour: colourIndex(look.colour) });
    const inset = Math.round((shaped ? 13 : 2) * ratio);
    if (room >= NAME_ROOM * ratio)
      list.texts.push({ text: stepLabel(step), x: from + inset, y: middle, room: room - inset, ink: 'lane' });
  }
}

/** The value at the upper edge of a counter's row: its watermarks are always in sight. */
function scaleOf(row: Row): number {
  return row.watermarks.reduce((most, { value }) => Math.max(most, value), row.most);
}

/** Room that the label of a watermark needs from line to line, CSS pixels. */
const LABEL_HEIGHT = 11;
const LABEL_ROOM = 320;

/**
 * Watermarks as lines over a counter's curve. Those too near to each other for a label each share one, lowest first.
 * @param top of the row, `bottom` where the counter's zero lies, device pixels; `scale` device pixels a unit
 */
function paintWatermarks(
  list: DisplayList,
  row: Row,
  top: number,
  bottom: number,
  scale: number,
  surface: Surface,
): void {
  const line = Math.max(1, Math.round(surface.ratio));
  const colour = colourIndex('alarm');
  const least = LABEL_HEIGHT * surface.ratio;
  let label = '';
  let at = 0;
  row.watermarks.forEach(({ name, value }, i) => {
    const y = bottom - Math.round(value * scale);
    if (y !== at || label === '') list.rect(0, y - line + 1, surface.width, line, colour);
    at = y;
    const named = `${name} ${formatCount(value)}`;
    label = label === '' ? named : `${label}, ${named}`;
    const next = row.watermarks[i + 1];
    if (next !== undefined && Math.round(next.value * scale) < bottom - y + least) return;
    const inset = Math.round(6 * surface.ratio);
    const room = Math.min(surface.width - 2 * inset, Math.round(LABEL_ROOM * surface.ratio));
    const half = Math.round(least * 0.65);
    list.texts.push({ text: label, x: inset, y: Math.max(top + half, y - half), room, ink: 'lane' });
    label = '';
  });
}

/** Steps of a thread as labelled bars: from the run's phases, so that their names are there at any zoom. */
export function paintPhases(
  list: DisplayList,
  layout: Layout,
  phases: readonly PhaseMetrics[],
  laneOfThread: (thread: number) => number,
  view: View,
  surface: Surface,
  placement: Placement = AS_IT_IS,
): void {
  const perPixel = (view.to - view.from) / surface.width;
  for (const phase of phases) {
    const lane = laneOfThread(phase.thread);
    // An emulated thread has steps, a recorded one the phases that the program marked.
    const row = layout.rows[layout.rowOf(lane, EventKind.step)] ?? layout.rows[layout.rowOf(lane, EventKind.phase)];
    if (row === undefined || row.kind < 0) continue;
    const start = toAxis(placement, Math.round(phase.startNs * 1000));
    const end = toAxis(placement, Math.round(phase.endNs * 1000), 'end');
    const from = Math.max(0, Math.round((start - view.from) / perPixel));
    const to = Math.min(surface.width, Math.round((end - view.from) / perPixel));
    if (to < 0 || from > surface.width || to - from < 1) continue;
    const y = Math.round((row.y - surface.scroll) * surface.ratio);
    const height = Math.round(row.height * surface.ratio);
    const pad = Math.round(1 * surface.ratio);
    list.rect(
      from,
      y + pad,
      Math.max(1, to - from - 1),
      height - 2 * pad,
      colourIndex(phase.step % 2 === 0 ? 'step' : 'step-2'),
    );
    const inset = Math.round(6 * surface.ratio);
    if (to - from > 4 * inset)
      list.texts.push({ text: phase.name, x: from + inset, y: y + height / 2, room: to - from - 2 * inset });
  }
}
