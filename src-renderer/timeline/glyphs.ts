import type { Glyph } from './kinds.ts';

/** Shapes in a box from -1 to 1, as SVG path data: the canvas and the legends draw the same ones. */
export const GLYPH_PATHS: Readonly<Record<Glyph, { readonly path: string; readonly open?: boolean }>> = {
  disc: { path: 'M1 0A1 1 0 1 1 -1 0A1 1 0 1 1 1 0Z' },
  ring: { path: 'M.8 0A.8 .8 0 1 1 -.8 0A.8 .8 0 1 1 .8 0Z', open: true },
  triangle: { path: 'M0 -1L1.05 .85H-1.05Z' },
  'triangle-down': { path: 'M0 1L1.05 -.85H-1.05Z' },
  diamond: { path: 'M0 -1.2L1.1 0L0 1.2L-1.1 0Z' },
  square: { path: 'M-.9 -.9H.9V.9H-.9Z' },
  'square-open': { path: 'M-.8 -.8H.8V.8H-.8Z', open: true },
  cross: { path: 'M-.85 -.85L.85 .85M.85 -.85L-.85 .85', open: true },
  chevron: { path: 'M-.5 -.9L.5 0L-.5 .9', open: true },
  bar: { path: 'M-1.1 -.55H1.1V.55H-1.1Z' },
  octagon: { path: 'M-.45 -1.1H.45L1.1 -.45V.45L.45 1.1H-.45L-1.1 .45V-.45Z' },
  slash: { path: 'M-.8 .8L.8 -.8', open: true },
};
