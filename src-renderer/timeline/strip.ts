import { onBeforeUnmount, type Ref } from 'vue';
import { useColours } from './colours.ts';
import { DisplayList } from './display-list.ts';
import { fitText } from './frame.ts';
import { colourIndex, type ColourName } from './kinds.ts';
import type { Palette } from './palette.ts';
import { fillRects } from './raster.ts';
import { useWidth } from './width.ts';

/** A strip's canvas, device pixels. */
export interface StripSurface {
  readonly width: number;
  readonly height: number;
  /** Device pixels a CSS pixel. */
  readonly ratio: number;
}

export interface Strip {
  /** Of the element around the canvas, CSS pixels. */
  readonly width: Ref<number>;
  /** Draws once in the next frame, however often it is asked for. */
  readonly schedule: () => void;
}

/**
 * A strip of fixed height above or below the lanes: rectangles and texts that are painted anew when it is asked for,
 * when its colours change, and for paper.
 * @param height CSS pixels
 * @param ground its colour; none for that of the canvas
 * @param paint writes what it shows into the list
 */
export function useStrip(
  stage: Ref<HTMLElement | null>,
  canvas: Ref<HTMLCanvasElement | null>,
  height: number,
  ground: ColourName | null,
  paint: (list: DisplayList, surface: StripSurface) => void,
): Strip {
  const width = useWidth(stage);
  const list = new DisplayList();
  let palette: Palette | null = null;
  let image: ImageData | null = null;
  let scheduled = 0;

  function draw(paper: boolean): void {
    const context = canvas.value?.getContext('2d', { alpha: false, willReadFrequently: true });
    if (!context || palette === null || width.value < 2) return;
    const ratio = window.devicePixelRatio;
    const w = Math.round(width.value * ratio);
    const h = Math.round(height * ratio);
    if (context.canvas.width !== w) context.canvas.width = w;
    if (context.canvas.height !== h) context.canvas.height = h;
    list.clear();
    paint(list, { width: w, height: h, ratio });
    if (paper) drawOnPaper(context, palette, w, h);
    else {
      if (image?.width !== w || image.height !== h) image = context.createImageData(w, h);
      const pixels = new Uint32Array(image.data.buffer);
      pixels.fill(ground === null ? palette.canvasPixel : palette.pixels[colourIndex(ground)]);
      fillRects(list, pixels, w, h, palette.pixels);
      context.putImageData(image, 0, 0);
    }
    context.font = `500 ${11 * ratio}px 'IBM Plex Sans Variable', sans-serif`;
    context.textBaseline = 'middle';
    context.fillStyle = palette.ink2;
    for (const { text, x, y, room } of list.texts) {
      const fitted = fitText(text, room, (part) => context.measureText(part).width);
      if (fitted !== '') context.fillText(fitted, x, y);
    }
  }

  /** By commands: Chromium does not print pixels that were put into a canvas. */
  function drawOnPaper(context: CanvasRenderingContext2D, { css, canvas: plain }: Palette, w: number, h: number): void {
    context.fillStyle = ground === null ? plain : css[colourIndex(ground)];
    context.fillRect(0, 0, w, h);
    for (let i = 0; i < list.count; i++) {
      context.fillStyle = css[list.colour[i]];
      context.fillRect(list.x[i], list.y[i], list.w[i], list.h[i]);
    }
  }

  function schedule(): void {
    if (scheduled !== 0) return;
    scheduled = requestAnimationFrame(() => {
      scheduled = 0;
      draw(false);
    });
  }

  useColours(stage, (next, paper) => {
    palette = next;
    draw(paper);
  });
  onBeforeUnmount(() => cancelAnimationFrame(scheduled));
  return { width, schedule };
}
