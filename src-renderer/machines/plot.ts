import type { Curve } from './figures.ts';
import { converted, readableText, readableUnit, rounded, unitName } from './readable.ts';
import { asTitle, inWords } from './words.ts';

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

/** The division of an axis: percent as they are, sizes in powers of two. */
export function axisScale(axis: Axis, values: readonly number[]): Scale {
  if (axis.unit === '%') return { distr: 1 };
  const scale = scaleOf(values);
  return scale.distr === 3 && axis.unit === 'B' ? { distr: 3, log: 2 } : scale;
}

export type Point = readonly [x: number, y: number];

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
}

export interface Axis {
  readonly title: string;
  /** Of the figures; empty where they have none. */
  readonly unit: string;
}

/** One or more curves over the same axes. */
export interface Plot {
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
}

/** Whose curve it is, among others. */
export interface NamedCurve {
  readonly name: string;
  readonly curve: Curve;
}

/** What a column holds, where its name is only its unit. */
const COLUMN_WORDS: Readonly<Record<string, string>> = { bytes: 'size', ns: 'time', cycles: 'time' };

function axisOf(curve: Curve, column: number): Axis {
  const field = curve.columns[column];
  return { title: asTitle(COLUMN_WORDS[field] ?? inWords(field)), unit: unitName(curve.units[column]) };
}

/** A distribution has values, and how many or how large a part of all are of that value. */
const isQuantiles = ({ columns }: Curve): boolean => columns[0] === 'fraction' && columns[1] === 'value';
const isHistogram = ({ columns }: Curve): boolean => columns[0] === 'value' && columns[1] === 'count';

/** Part of all that is at or below each value, in percent. */
function cumulative(curve: Curve): Point[] {
  if (isQuantiles(curve)) return curve.rows.map(([fraction, value]) => [value, fraction * 100]);
  const rows = [...curve.rows].sort((a, b) => a[0] - b[0]);
  const all = rows.reduce((sum, [, count]) => sum + count, 0);
  let below = 0;
  return rows.map(([value, count]) => {
    below += count;
    return [value, (below / all) * 100];
  });
}

/** What a distribution is one of, the last word of where it stands. */
const measured = (curve: Curve): string => curve.name.split(', ').at(-1) ?? '';

/** Of a histogram: the unit that its middle reads best in. */
function valueAxis(curve: Curve): Axis {
  const [middle] = curve.rows[Math.floor(curve.rows.length / 2)];
  return { title: asTitle(measured(curve)), unit: readableUnit(middle, curve.units[0]) };
}

/**
 * Curves of one figure on common axes, distributions by the part of all at or below a value; null where there is
 * nothing to draw: no two columns, no two points, or axes that cannot be had in common. A histogram that stands alone
 * keeps its counts.
 */
export function plotOf(curves: readonly NamedCurve[]): Plot | null {
  const drawable = curves.filter(({ curve }) => curve.columns.length === 2 && curve.rows.length > 0);
  if (drawable.length === 0 || !drawable.some(({ curve }) => curve.rows.length > 1)) return null;
  const [{ curve: first }] = drawable;
  const distributions = drawable.every(({ curve }) => isQuantiles(curve) || isHistogram(curve));
  if (distributions && (drawable.length > 1 || isQuantiles(first))) {
    const unit = unitName(first.units[isQuantiles(first) ? 1 : 0]);
    const series = drawable.map(({ name, curve }) =>
      seriesOf(name, cumulative(curve), curve.units[isQuantiles(curve) ? 1 : 0], unit, '%', '%'),
    );
    return { x: { title: asTitle(measured(first)), unit }, y: { title: 'At or below', unit: '%' }, series };
  }
  const [x, y] = [isHistogram(first) ? valueAxis(first) : axisOf(first, 0), axisOf(first, 1)];
  const series: Series[] = [];
  for (const { name, curve } of drawable) {
    const fits =
      converted(1, curve.units[0], x.unit) !== null &&
      converted(1, curve.units[1], y.unit) !== null &&
      curve.columns[0] === first.columns[0];
    if (!fits) return null;
    const points = curve.rows.map((row): Point => [row[0], row[1]]);
    series.push(seriesOf(name, points, curve.units[0], x.unit, curve.units[1], y.unit));
  }
  return { x, y, series };
}

/** Points in order of x, in the axes' units; of several at one x the last. */
function seriesOf(name: string, points: readonly Point[], fromX: string, x: string, fromY: string, y: string): Series {
  const byX = new Map<number, number>();
  for (const [px, py] of [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]))
    byX.set(converted(px, fromX, x) ?? px, converted(py, fromY, y) ?? py);
  return { name, points: [...byX] };
}

/** The curves as one table for uPlot: all x there are, and each curve's y there, null where it has no point. */
export function columnsOf(series: readonly Series[]): [number[], ...(number | null)[][]] {
  const xs = [...new Set(series.flatMap(({ points }) => points.map(([x]) => x)))].sort((a, b) => a - b);
  const ys = series.map(({ points }) => {
    const at = new Map(points);
    return xs.map((x) => at.get(x) ?? null);
  });
  return [xs, ...ys];
}

/** A curve's y between its points, straight from one to the next; null before the first and behind the last. */
export function valueAt(points: readonly Point[], x: number): number | null {
  const next = points.findIndex(([px]) => px >= x);
  if (next < 0) return null;
  const [nx, ny] = points[next];
  if (nx === x) return ny;
  if (next === 0) return null;
  const [bx, by] = points[next - 1];
  return by + ((ny - by) * (x - bx)) / (nx - bx);
}

/** Units whose figures are told each in the one that reads best: the axis itself names none. */
const TOLD = new Set(['B', 'B/s']);

export const axisTitle = ({ title, unit }: Axis): string =>
  unit === '' || TOLD.has(unit) ? title : `${title}, ${unit}`;

/** A figure at an axis' tick. */
export const tickText = ({ unit }: Axis, value: number): string =>
  TOLD.has(unit) ? readableText(value, unit) : rounded(value);

/** A figure with its unit, for reading it off. */
export const readOff = ({ unit }: Axis, value: number): string =>
  TOLD.has(unit) || unit === '' || unit === '%'
    ? `${tickText({ title: '', unit }, value)}${unit === '%' ? '\u00a0%' : ''}`
    : `${rounded(value)}\u00a0${unit}`;

/** The least and the most have words of their own. */
function quantileText(fraction: number, value: string): string {
  if (fraction === 0) return `least ${value}`;
  if (fraction === 1) return `most ${value}`;
  return `${String(Number((fraction * 100).toPrecision(6)))}\u00a0% ≤\u00a0${value}`;
}

/** A curve in words: its quantiles where they are few, else how many points it has. */
export function curveText(curve: Curve): string {
  if (isQuantiles(curve) && curve.rows.length <= 3) {
    const unit = curve.units[1];
    return curve.rows.map(([fraction, value]) => quantileText(fraction, readableText(value, unit))).join(', ');
  }
  const points = `${curve.rows.length} ${curve.rows.length === 1 ? 'point' : 'points'}`;
  if (isQuantiles(curve) || isHistogram(curve)) return `distribution of ${points}`;
  const columns = curve.columns.map((_, i) => axisTitle(axisOf(curve, i)).toLowerCase());
  return curve.columns.length === 2 ? points : `${points}: ${columns.join('; ')}`;
}
