import type { Metrics } from '#model/metrics';
import type { AxisValue } from '#model/sweep';
import { formatCount, formatTime, parseSize, parseTime } from '#model/units';

/** A metric by its path; undefined where there is none. */
export function metricAt(metrics: Metrics, path: string): number | undefined {
  let value: unknown = metrics;
  for (const key of path.split('.'))
    value = typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined; // prettier-ignore
  return typeof value === 'number' ? value : undefined;
}

/** Metrics that every run has, by section; those that are open have names of their own in each run. */
const SECTIONS: Readonly<Record<string, readonly string[] | 'open'>> = {
  faults: ['read', 'write', 'writeProtect', 'minor', 'major', 'sigbus'],
  blocks: ['instantiatedKiB', 'neededKiB', 'needlessKiB'],
  pages: ['dirtied', 'storedTo'],
  io: ['requests', 'reads', 'writes', 'flushes', 'readKiB', 'writtenKiB'],
  'io.byCause': 'open',
  time: ['simulatedNs'],
  'time.byCauseNs': 'open',
  cpu: 'open',
  kernel: ['throttledNs', 'directReclaims', 'pagesReclaimed', 'pagesWrittenByReclaim'],
};

/** Paths of the metrics that every run has. */
export const METRIC_PATHS: readonly string[] = [
  ...Object.entries(SECTIONS).flatMap(([section, names]) =>
    names === 'open' ? [] : names.map((name) => `${section}.${name}`),
  ),
  'lostBytes',
];

/** Whether a run can have a metric of that path. */
export function isMetricPath(path: string): boolean {
  const at = path.lastIndexOf('.');
  return METRIC_PATHS.includes(path) || (at > 0 && at < path.length - 1 && SECTIONS[path.slice(0, at)] === 'open');
}

/** A metric of a run; in the sections where a run leaves out what is 0, that is 0. */
export function figureAt(metrics: Metrics, path: string): number | undefined {
  const value = metricAt(metrics, path);
  return value ?? (isMetricPath(path) && !METRIC_PATHS.includes(path) ? 0 : undefined);
}

/** Paths of every metric that one of the runs has, those of every run first. */
export function metricPaths(runs: Iterable<Metrics>): string[] {
  const found = new Set(METRIC_PATHS);
  for (const metrics of runs) {
    for (const [section, names] of Object.entries(SECTIONS)) {
      if (names !== 'open') continue;
      let open: unknown = metrics;
      for (const key of section.split('.')) open = (open as Record<string, unknown> | undefined)?.[key];
      for (const name of Object.keys(open ?? {})) found.add(`${section}.${name}`);
    }
  }
  return [...found];
}

/** The unit of a metric, as its name says; empty for counts. */
export function metricUnit(path: string): '' | 'KiB' | 'ns' | 'B' {
  if (path.endsWith('KiB')) return 'KiB';
  if (path.endsWith('Ns') || path.startsWith('time.byCauseNs.')) return 'ns';
  return path === 'lostBytes' ? 'B' : '';
}

/** Position on each axis of a cell by its number: the last axis is the first to change. */
export function positionOf(index: number, lengths: readonly number[]): number[] {
  const position = new Array<number>(lengths.length).fill(0);
  let rest = index;
  for (let i = lengths.length - 1; i >= 0; i--) {
    position[i] = rest % lengths[i];
    rest = Math.floor(rest / lengths[i]);
  }
  return position;
}

/** Number of the cell at a position: the reverse of {@link positionOf}. */
export function cellAt(position: readonly number[], lengths: readonly number[]): number {
  return lengths.reduce((index, length, axis) => index * length + position[axis], 0);
}

/** A value of an axis as a number, where it is a number, a size or a time. */
function magnitude(value: AxisValue): number | null {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? (parseSize(value) ?? parseTime(value)) : null;
}

/** Where the values of an axis lie, when they are numbers, sizes or times that rise or fall; null for names. */
export function placesOf(values: readonly AxisValue[]): number[] | null {
  const numbers = values.map(magnitude);
  const follows = (sign: 1 | -1): boolean =>
    numbers.every((n, i) => n !== null && (i === 0 || (n - (numbers[i - 1] ?? 0)) * sign > 0));
  return follows(1) || follows(-1) ? (numbers as number[]) : null;
}

/** What of an axis the results need: its length, and where its values lie if they have an order. */
export interface AxisShape {
  readonly length: number;
  readonly places: readonly number[] | null;
}

/** Of a grid's axes. */
export function shapesOf(axes: readonly { readonly values: readonly AxisValue[] }[]): AxisShape[] {
  return axes.map(({ values }) => ({ length: values.length, places: placesOf(values) }));
}

/**
 * The cell that lies furthest from what its neighbours let one expect, measured against the range of all cells. On an
 * axis with an order the neighbours are the two beside it, and what is expected lies on the straight line or the power
 * law through them, whichever is nearer; where no axis of three or more has an order (policies, machines), the
 * neighbours are all others on the axis, and their mean is expected. Undefined where there is no such cell.
 * @param values by cell; undefined where none is known yet
 */
export function surprise(axes: readonly AxisShape[], values: readonly (number | undefined)[]): number | undefined {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value === undefined) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const range = high - low;
  if (!(range > 0)) return undefined;
  const beside = axes.some((axis) => axis.places !== null && axis.length > 2);
  let most = 0;
  let found: number | undefined;
  for (let index = 0; index < values.length; index++) {
    const deviation = deviationAt(axes, values, index, beside) / range;
    // Less than a thousandth of the range is rounding, not surprise.
    if (deviation > Math.max(most, 1e-3)) {
      most = deviation;
      found = index;
    }
  }
  return found;
}

/** Mean over the axes on which the cell has neighbours; 0 where it has none. */
function deviationAt(
  axes: readonly AxisShape[],
  values: readonly (number | undefined)[],
  index: number,
  beside: boolean,
): number {
  const value = values[index];
  if (value === undefined) return 0;
  let sum = 0;
  let count = 0;
  let stride = 1;
  for (let axis = axes.length - 1; axis >= 0; axis--) {
    const { length, places } = axes[axis];
    const place = Math.floor(index / stride) % length;
    let deviation: number | undefined;
    if (!beside) {
      if (length > 2) deviation = fromMean(value, others(values, index - place * stride, stride, length, place));
    } else if (places !== null && place > 0 && place < length - 1) {
      deviation = fromLine(value, values[index - stride], values[index + stride], places.slice(place - 1, place + 2));
    }
    if (deviation !== undefined) {
      sum += deviation;
      count++;
    }
    stride *= length;
  }
  return count === 0 ? 0 : sum / count;
}

/** Distance to the straight line, or to the power law, through the neighbours. */
function fromLine(
  value: number,
  before: number | undefined,
  after: number | undefined,
  [left, here, right]: readonly number[],
): number | undefined {
  if (before === undefined || after === undefined) return undefined;
  const between = (share: number): number => before + (after - before) * share;
  const straight = Math.abs(value - between((here - left) / (right - left)));
  if (!(before > 0 && after > 0 && left > 0 && right > 0)) return straight;
  const share = Math.log(here / left) / Math.log(right / left);
  const curved = Math.abs(value - before * Math.exp(Math.log(after / before) * share));
  return Math.min(straight, curved);
}

function fromMean(value: number, known: readonly (number | undefined)[]): number | undefined {
  let sum = 0;
  for (const other of known) {
    if (other === undefined) return undefined;
    sum += other;
  }
  return Math.abs(value - sum / known.length);
}

function others<T>(values: readonly T[], from: number, stride: number, length: number, place: number): T[] {
  const found: T[] = [];
  for (let i = 0; i < length; i++) if (i !== place) found.push(values[from + i * stride]);
  return found;
}

/** A figure of a metric with its unit, for reading. */
export function formatFigure(value: number, path: string): string {
  const unit = metricUnit(path);
  if (unit === 'ns') return formatTime(value * 1000);
  const number = Number.isInteger(value) ? formatCount(value) : String(Number(value.toPrecision(6)));
  return unit === '' ? number : `${number} ${unit}`;
}
