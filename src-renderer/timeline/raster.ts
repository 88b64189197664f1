import type { DisplayList } from './display-list.ts';

/**
 * Fills a display list's rectangles into pixels. Software canvases take some microseconds a `fillRect`; a
 * frame of tens of thousands of pixel columns is written here in a few milliseconds instead.
 * @param palette one pixel value a colour, in the machine's byte order
 */
export function fillRects(
  list: DisplayList,
  pixels: Uint32Array,
  width: number,
  height: number,
  palette: Uint32Array,
): void {
  for (let i = 0; i < list.count; i++) {
    const left = Math.max(0, list.x[i]);
    const right = Math.min(width, list.x[i] + list.w[i]);
    const top = Math.max(0, list.y[i]);
    const bottom = Math.min(height, list.y[i] + list.h[i]);
    if (right <= left) continue;
    const value = palette[list.colour[i]];
    for (let y = top; y < bottom; y++) {
      const row = y * width;
      if (right - left === 1) pixels[row + left] = value;
      else pixels.fill(value, row + left, row + right);
    }
  }
}

/** `#rrggbb` as a pixel of a canvas, opaque. */
export function pixelOf(colour: string): number {
  const r = Number.parseInt(colour.slice(1, 3), 16);
  const g = Number.parseInt(colour.slice(3, 5), 16);
  const b = Number.parseInt(colour.slice(5, 7), 16);
  const bytes = new Uint8Array([r, g, b, 255]);
  return new Uint32Array(bytes.buffer)[0];
}
