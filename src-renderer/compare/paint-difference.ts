import type { DisplayList } from '../timeline/display-list.ts';
import { colourIndex } from '../timeline/kinds.ts';
import type { DifferenceRow } from './difference.ts';

/** Where the rows are drawn, device pixels. */
export interface DifferenceSurface {
  readonly width: number;
  /** Of one row. */
  readonly height: number;
  /** Device pixels a CSS pixel. */
  readonly ratio: number;
}

/**
 * Each row about its middle: a bar upwards where the right run has more, downwards where the left has. Lengths are
 * logarithmic, so that one event of a thousand is still seen. One rectangle at most a column and row.
 */
export function paintDifference(list: DisplayList, rows: readonly DifferenceRow[], surface: DifferenceSurface): void {
  const { width, height, ratio } = surface;
  rows.forEach(({ difference }, r) => {
    const top = r * height;
    const middle = top + (height >> 1);
    const line = Math.max(1, Math.round(ratio));
    list.rect(0, top, width, height - line, colourIndex('row'));
    list.rect(0, middle, width, line, colourIndex('grid'));
    let most = 0;
    for (const value of difference) if (Math.abs(value) > most) most = Math.abs(value);
    if (most === 0) return;
    const full = (height >> 1) - Math.round(3 * ratio);
    const least = Math.max(2, Math.round(3 * ratio));
    for (let i = 0; i < difference.length; i++) {
      const value = difference[i];
      if (value === 0 || Number.isNaN(value)) continue;
      const x = Math.floor((i * width) / difference.length);
      const w = Math.max(1, Math.floor(((i + 1) * width) / difference.length) - x);
      const length = Math.max(least, Math.round((full * Math.log2(1 + Math.abs(value))) / Math.log2(1 + most)));
      if (value > 0) list.rect(x, middle - length, w, length, colourIndex('blocks'));
      else list.rect(x, middle + line, w, length, colourIndex('write'));
    }
  });
}
