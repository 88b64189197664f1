/** How one axis of a plot is divided. */
export interface Scale {
  /** uPlot's numbers: 1 linear, 3 logarithmic. */
  readonly distr: 1 | 3;
  readonly log?: 2 | 10;
}

/** Ratio of the largest to the smallest figure from which on an axis is logarithmic. */
const WIDE = 30;

/** The axis for figures: logarithmic where they span more than a decade and none is 0 or less; in powers of two for sizes. */
export function scaleOf(values: readonly number[]): Scale {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(low > 0 && high / low >= WIDE)) return { distr: 1 };
  const binary = values.every((value) => Number.isInteger(Math.log2(value)) || Number.isInteger(Math.log2(value / 3)));
  return { distr: 3, log: binary ? 2 : 10 };
}
