import type { Glyph } from './kinds.ts';

/**
 * What a frame shows, as data: painters write it, `raster.ts` draws it, tests read it. Rectangles are kept in
 * typed arrays that are used again from frame to frame; colours are indices into COLOURS.
 */
export class DisplayList {
  count = 0;
  x = new Int32Array(4096);
  y = new Int32Array(4096);
  w = new Int32Array(4096);
  h = new Int32Array(4096);
  colour = new Uint8Array(4096);
  glyphs: GlyphMark[] = [];
  texts: TextMark[] = [];

  clear(): void {
    this.count = 0;
    this.glyphs = [];
    this.texts = [];
  }

  /** Device pixels. */
  rect(x: number, y: number, w: number, h: number, colour: number): void {
    if (this.count === this.x.length) this.grow();
    const i = this.count++;
    this.x[i] = x;
    this.y[i] = y;
    this.w[i] = w;
    this.h[i] = h;
    this.colour[i] = colour;
  }

  private grow(): void {
    const wider = (old: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => {
      const next = new Int32Array(old.length * 2);
      next.set(old);
      return next;
    };
    this.x = wider(this.x);
    this.y = wider(this.y);
    this.w = wider(this.w);
    this.h = wider(this.h);
    const colour = new Uint8Array(this.colour.length * 2);
    colour.set(this.colour);
    this.colour = colour;
  }
}

/** A shape centred on (x, y), device pixels. */
export interface GlyphMark {
  readonly glyph: Glyph;
  readonly x: number;
  readonly y: number;
  readonly colour: number;
}

/** Text that must fit between x and x + room, device pixels; y is its middle. */
export interface TextMark {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly room: number;
  /** What it is written upon: a step's bar, if not said otherwise, or the lane. */
  readonly ink?: 'lane';
}
