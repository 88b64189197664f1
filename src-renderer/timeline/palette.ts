import { COLOURS } from './kinds.ts';
import { pixelOf } from './raster.ts';

/** The canvas' colours as the theme has them now. */
export interface Palette {
  /** One pixel value a colour, as `fillRects` takes it. */
  readonly pixels: Uint32Array;
  readonly css: readonly string[];
  readonly canvas: string;
  readonly canvasPixel: number;
  readonly row: string;
  readonly grid: string;
  readonly ink: string;
  readonly ink2: string;
  readonly accent: string;
  readonly stepInk: string;
  readonly mark: string;
  readonly markEdge: string;
}

/**
 * Reads tokens through a probe, since a custom property's own value is not resolved.
 * @param paper the light theme's colours, whatever the window's theme
 */
export function readPalette(host: HTMLElement, paper = false): Palette {
  const probe = document.createElement('span');
  if (paper) probe.style.colorScheme = 'light';
  host.append(probe);
  const read = (token: string): string => {
    probe.style.color = `var(--${token})`;
    return hexOf(getComputedStyle(probe).color);
  };
  const css = COLOURS.map((name) => read(`k-${name}`));
  const canvas = paper ? '#ffffff' : read('k-canvas');
  const palette: Palette = {
    pixels: Uint32Array.from(css.map(pixelOf)),
    css,
    canvas,
    canvasPixel: pixelOf(canvas),
    row: read('k-row'),
    grid: read('k-grid'),
    ink: read('ink'),
    ink2: read('ink-2'),
    accent: read('accent'),
    stepInk: read('k-step-ink'),
    mark: read('mark'),
    markEdge: read('mark-edge'),
  };
  probe.remove();
  return palette;
}

/** `rgb(1, 2, 3)` as `#010203`. */
export function hexOf(colour: string): string {
  const parts = colour.match(/\d+(?:\.\d+)?/g) ?? ['0', '0', '0'];
  return `#${parts
    .slice(0, 3)
    .map((part) => Math.round(Number(part)).toString(16).padStart(2, '0'))
    .join('')}`;
}
