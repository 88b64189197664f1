import type { RunMark } from '#model/mark';
import type { RunInfo } from '#model/run';
import { threadsOf } from '#model/threads';
import type { EventRow } from '#model/tile';
import { DisplayList } from './display-list.ts';
import { GLYPH_PATHS } from './glyphs.ts';
import type { PlacedHandler } from './handlers.ts';
import type { Hit } from './hit.ts';
import { colourIndex, GLYPHS, HANDLER_ROW, type Glyph } from './kinds.ts';
import type { Layout, Row } from './lanes.ts';
import type { Piece } from './levels.ts';
import { paintPhases, RowPainter, type Surface } from './painters.ts';
import type { Palette } from './palette.ts';
import { fillRects } from './raster.ts';
import { toAxis, type Placement } from './placement.ts';
import { axisOf, resolutionOf, timeAt, xOf, type View } from './scale.ts';
import { formatMomentIn, type Cycle } from './time.ts';

/** Least distance of labelled ticks, CSS pixels. */
const TICK_SPACING = 110;
const GLYPH_RADIUS = 4;

/** What all canvases of a timeline share. Sizes in CSS pixels. */
export interface Frame {
  readonly view: View;
  readonly layout: Layout;
  readonly pieces: readonly Piece[];
  /** Steps of the faults that have room for them. */
  readonly handlers: readonly PlacedHandler[];
  /** Where the run's time lies on the axis that is shown. */
  readonly placement: Placement;
  /** Times of the axis' marks, where they are not those of `axisOf`. */
  readonly ticks?: readonly number[];
  /** What the axis is told in. */
  readonly cycle: Cycle;
  readonly width: number;
  readonly height: number;
  readonly ratio: number;
  readonly scroll: number;
  readonly palette: Palette;
  /** Drawn to be printed. */
  readonly paper?: boolean;
}

/** Draws the lanes. Keeps its pixels from frame to frame. */
export class LaneCanvas {
  private readonly context: CanvasRenderingContext2D;
  private readonly list = new DisplayList();
  private readonly painter = new RowPainter();
  private image: ImageData | null = null;
  private readonly shapes = new Map<Glyph, Path2D>(GLYPHS.map((glyph) => [glyph, new Path2D(GLYPH_PATHS[glyph].path)]));
  private readonly run: RunInfo;
  private readonly threadLanes: ReadonlyMap<number, number>;

  constructor(canvas: HTMLCanvasElement, run: RunInfo) {
    // Its pixels are put in by the processor: kept there, they are copied once a frame and not twice.
    const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
    if (context === null) throw new Error('this browser has no 2D canvas');
    this.context = context;
    this.run = run;
    this.threadLanes = new Map(threadsOf(run).map(({ thread, lane }) => [thread, lane]));
  }

  draw(frame: Frame): void {
    const { view, layout, palette, ratio } = frame;
    const width = Math.round(frame.width * ratio);
    const height = Math.round(frame.height * ratio);
    if (width < 1 || height < 1) return;
    if (this.image?.width !== width || this.image.height !== height) {
      this.context.canvas.width = width;
      this.context.canvas.height = height;
      this.image = this.context.createImageData(width, height);
    }
    const surface: Surface = { width, height, ratio, scroll: frame.scroll };
    const pixels = new Uint32Array(this.image.data.buffer);
    pixels.fill(palette.canvasPixel);
    this.list.clear();
    const ticks = frame.ticks ?? axisOf(view, frame.width, TICK_SPACING, frame.cycle).ticks.map(({ time }) => time);
    this.paintGround(layout, ticks, view, surface);
    this.painter.paint(this.list, layout, frame.pieces, view, surface, frame.handlers);
    const laneOf = (thread: number): number => this.threadLanes.get(thread) ?? -1;
    paintPhases(this.list, layout, this.run.phases, laneOf, view, surface, frame.placement);
    if (frame.paper === true) {
      this.drawRects(palette, width, height);
    } else {
      fillRects(this.list, pixels, width, height, palette.pixels);
      this.context.putImageData(this.image, 0, 0);
    }
    this.drawGlyphs(palette, ratio);
    this.drawTexts(palette, ratio);
  }

  private paintGround(layout: Layout, ticks: readonly number[], view: View, surface: Surface): void {
    const ground = colourIndex('row');
    for (const row of layout.rows) {
      const y = Math.round((row.y - surface.scroll) * surface.ratio);
      const height = Math.round(row.height * surface.ratio) - Math.max(1, Math.round(surface.ratio));
      if (y + height > 0 && y < surface.height) this.list.rect(0, y, surface.width, height, ground);
    }
    const grid = colourIndex('grid');
    for (const time of ticks) {
      const x = Math.round(xOf(view, surface.width, time));
      this.list.rect(x, 0, Math.max(1, Math.round(surface.ratio)), surface.height, grid);
    }
  }

  /** As `fillRects`, by commands that Chromium prints as such: it does not print pixels that were put into a canvas. */
  private drawRects(palette: Palette, width: number, height: number): void {
    const { context, list } = this;
    context.fillStyle = palette.canvas;
    context.fillRect(0, 0, width, height);
    for (let i = 0; i < list.count; i++) {
      context.fillStyle = palette.css[list.colour[i]];
      context.fillRect(list.x[i], list.y[i], list.w[i], list.h[i]);
    }
  }

  private drawGlyphs(palette: Palette, ratio: number): void {
    const context = this.context;
    const radius = GLYPH_RADIUS * ratio;
    for (const { glyph, x, y, colour } of this.list.glyphs) {
      const shape = this.shapes.get(glyph);
      if (shape === undefined) continue;
      context.setTransform(radius, 0, 0, radius, x, y);
      if (GLYPH_PATHS[glyph].open === true) {
        context.strokeStyle = palette.css[colour];
        context.lineWidth = 0.4;
        context.stroke(shape);
      } else {
        context.fillStyle = palette.css[colour];
        context.fill(shape);
      }
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
  }

  private drawTexts(palette: Palette, ratio: number): void {
    const context = this.context;
    context.font = `500 ${11 * ratio}px 'IBM Plex Sans Variable', sans-serif`;
    context.textBaseline = 'middle';
    for (const { text, x, y, room, ink } of this.list.texts) {
      const fitted = fitText(text, room, (part) => context.measureText(part).width);
      context.fillStyle = ink === 'lane' ? palette.ink : palette.stepInk;
      if (fitted !== '') context.fillText(fitted, x, y + ratio * 0.5);
    }
  }
}

/** The longest beginning that fits, with an ellipsis where something is left out; empty when hardly anything fits. */
export function fitText(text: string, room: number, widthOf: (text: string) => number): string {
  if (widthOf(text) <= room) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (widthOf(`${text.slice(0, middle).trimEnd()}…`) <= room) low = middle;
    else high = middle - 1;
  }
  return low < 2 ? '' : `${text.slice(0, low).trimEnd()}…`;
}

function prepared(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  ratio: number,
): CanvasRenderingContext2D | null {
  const w = Math.round(width * ratio);
  const h = Math.round(height * ratio);
  if (canvas.width !== w) canvas.width = w;
  if (canvas.height !== h) canvas.height = h;
  const context = canvas.getContext('2d');
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  context?.clearRect(0, 0, width, height);
  return context;
}

/** The time axis above the lanes. */
export function drawRuler(canvas: HTMLCanvasElement, frame: Frame, height: number, pointer: number | null): void {
  const { view, width, palette } = frame;
  const context = prepared(canvas, width, height, frame.ratio);
  if (context === null) return;
  const axis = axisOf(view, width, TICK_SPACING, frame.cycle);
  context.font = `400 11px 'IBM Plex Sans Variable', sans-serif`;
  context.textBaseline = 'middle';
  const base = axis.baseLabel === '' ? 0 : context.measureText(axis.baseLabel).width + 20;
  for (const { time, label } of axis.ticks) {
    const x = Math.round(xOf(view, width, time));
    context.fillStyle = palette.grid;
    context.fillRect(x, height - 6, 1, 6);
    context.fillStyle = palette.ink2;
    if (x >= base && x + 4 + context.measureText(label).width < width) context.fillText(label, x + 5, height / 2);
  }
  if (base > 0) {
    context.fillStyle = palette.ink;
    context.font = `600 11px 'IBM Plex Sans Variable', sans-serif`;
    context.fillText(axis.baseLabel, 6, height / 2);
  }
  if (pointer !== null) drawPointerTime(context, frame, height, pointer);
}

function drawPointerTime(context: CanvasRenderingContext2D, frame: Frame, height: number, x: number): void {
  const { view, width, palette } = frame;
  const label = formatMomentIn(timeAt(view, width, x), resolutionOf(view, width), frame.cycle);
  context.font = `500 11px 'IBM Plex Sans Variable', sans-serif`;
  const room = context.measureText(label).width + 12;
  const left = Math.min(Math.max(0, x - room / 2), width - room);
  context.fillStyle = palette.ink;
  context.beginPath();
  context.roundRect(left, 3, room, height - 6, 3);
  context.fill();
  context.fillStyle = palette.canvas;
  context.fillText(label, left + 6, height / 2 + 0.5);
}

/** What lies over the lanes and changes with the pointer. */
export interface Overlay {
  readonly pointer: number | null;
  readonly hit: Hit | null;
  readonly selected: EventRow | null;
  readonly causes: readonly EventRow[];
  readonly effects: readonly EventRow[];
  readonly span: View | null;
  readonly marks?: readonly RunMark[];
  readonly chosenMark?: string | null;
}

/** Whether there is nothing to draw over the lanes. */
export function isNothing({ pointer, hit, selected, span, marks }: Overlay): boolean {
  return pointer === null && hit === null && selected === null && span === null && (marks?.length ?? 0) === 0;
}

export function drawOverlay(canvas: HTMLCanvasElement, frame: Frame, overlay: Overlay): void {
  const context = prepared(canvas, frame.width, frame.height, frame.ratio);
  if (context !== null) paintOverlay(context, frame, overlay);
}

/** Draws the overlay upon the lanes themselves, for paper: Chromium prints a canvas that was cleared as white. */
export function stampOverlay(lanes: HTMLCanvasElement, frame: Frame, overlay: Overlay): void {
  const context = lanes.getContext('2d');
  if (context === null) return;
  context.setTransform(frame.ratio, 0, 0, frame.ratio, 0, 0);
  paintOverlay(context, frame, overlay);
  context.setTransform(1, 0, 0, 1, 0, 0);
}

function paintOverlay(context: CanvasRenderingContext2D, frame: Frame, overlay: Overlay): void {
  const { view, width, height, palette, layout } = frame;
  if (overlay.marks !== undefined) drawMarks(context, frame, overlay.marks, overlay.chosenMark ?? null);
  if (overlay.span !== null) {
    const from = xOf(view, width, overlay.span.from);
    const to = xOf(view, width, overlay.span.to);
    context.globalAlpha = 0.12;
    context.fillStyle = palette.accent;
    context.fillRect(from, 0, to - from, height);
    context.globalAlpha = 1;
    context.fillRect(from, 0, 1, height);
    context.fillRect(to, 0, 1, height);
  }
  if (overlay.pointer !== null) {
    context.fillStyle = palette.ink2;
    context.globalAlpha = 0.5;
    context.fillRect(Math.round(overlay.pointer), 0, 1, height);
    context.globalAlpha = 1;
  }
  drawArrows(context, frame, overlay);
  if (overlay.hit !== null)
    outline(context, frame, overlay.hit.row, overlay.hit.time, overlay.hit.duration, palette.ink);
  if (overlay.selected !== null) {
    const { lane, kind, time, duration, index } = overlay.selected;
    const at = toAxis(frame.placement, time);
    outline(context, frame, layout.rows[layout.rowOf(lane, kind)], at, duration, palette.accent);
    outline(context, frame, layout.rows[layout.gatheredIn(lane, kind)], at, duration, palette.accent);
    for (const { steps, lane: own, shift } of frame.handlers) {
      const step = steps.find(({ event, work }) => event === index && work === null);
      if (step === undefined) continue;
      const row = layout.rows[layout.rowOf(own, HANDLER_ROW)];
      outline(context, frame, row, step.time + shift, step.duration, palette.accent);
    }
  }
}

/** Marks over the lanes: a line for a moment, a band for a span; the one that is chosen stands out. */
function drawMarks(
  context: CanvasRenderingContext2D,
  frame: Frame,
  marks: readonly RunMark[],
  chosen: string | null,
): void {
  const { view, width, height, palette, placement } = frame;
  for (const { id, from, to } of marks) {
    const start = xOf(view, width, toAxis(placement, from));
    const end = xOf(view, width, toAxis(placement, to, 'end'));
    if (end < -1 || start > width + 1) continue;
    context.fillStyle = palette.mark;
    context.globalAlpha = id === chosen ? 0.3 : 0.16;
    if (to > from) context.fillRect(start, 0, Math.max(1, end - start), height);
    context.globalAlpha = id === chosen ? 1 : 0.7;
    context.fillStyle = palette.markEdge;
    for (let y = 0; y < height; y += 6) {
      context.fillRect(Math.round(start), y, 1, 3);
      if (to > from) context.fillRect(Math.round(end), y, 1, 3);
    }
  }
  context.globalAlpha = 1;
}

/** The middle of an event's row, null where it is not shown. */
function rowMiddle(frame: Frame, lane: number, kind: number): number | null {
  const row = frame.layout.rows[frame.layout.rowOf(lane, kind)];
  return row === undefined ? null : row.y + row.height / 2 - frame.scroll;
}

/** @param time of the axis */
function outline(
  context: CanvasRenderingContext2D,
  frame: Frame,
  row: Row | undefined,
  time: number,
  duration: number,
  colour: string,
): void {
  if (row === undefined) return;
  const from = Math.max(-10, xOf(frame.view, frame.width, time));
  const to = Math.min(frame.width + 10, xOf(frame.view, frame.width, time + duration));
  const least = 12;
  const w = Math.max(least, to - from + 4);
  const x = to - from < least - 4 ? (from + to) / 2 - w / 2 : from - 2;
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.strokeRect(x, row.y - frame.scroll + 0.75, w, row.height - 2.5);
}

/** Arrows from each cause to its effect: the chain behind the selected event, and what followed from it. */
function drawArrows(context: CanvasRenderingContext2D, frame: Frame, overlay: Overlay): void {
  const { selected, causes, effects } = overlay;
  if (selected === null) return;
  context.strokeStyle = frame.palette.accent;
  context.fillStyle = frame.palette.accent;
  context.lineWidth = 1.25;
  for (let i = 1; i < causes.length; i++) arrow(context, frame, causes[i], causes[i - 1]);
  context.globalAlpha = 0.7;
  const known = new Map([selected, ...effects].map((event) => [event.index, event]));
  for (const effect of effects) arrow(context, frame, known.get(effect.cause) ?? selected, effect);
  context.globalAlpha = 1;
}

function arrow(context: CanvasRenderingContext2D, frame: Frame, from: EventRow, to: EventRow): void {
  const y1 = rowMiddle(frame, from.lane, from.kind);
  const y2 = rowMiddle(frame, to.lane, to.kind);
  if (y1 === null || y2 === null) return;
  const clamp = (x: number): number => Math.min(Math.max(x, -40), frame.width + 40);
  const x1 = clamp(xOf(frame.view, frame.width, toAxis(frame.placement, from.time)));
  const x2 = clamp(xOf(frame.view, frame.width, toAxis(frame.placement, to.time)));
  if ((x1 < 0 && x2 < 0) || (x1 > frame.width && x2 > frame.width)) return;
  const bend = Math.max(14, Math.abs(x2 - x1) / 2);
  context.beginPath();
  context.moveTo(x1, y1);
  context.bezierCurveTo(x1 + bend, y1, x2 - bend, y2, x2 - 4, y2);
  context.stroke();
  context.beginPath();
  context.moveTo(x2 - 1, y2);
  context.lineTo(x2 - 7, y2 - 3.5);
  context.lineTo(x2 - 7, y2 + 3.5);
  context.fill();
}
