import type { Metrics } from '#model/metrics';
import type { RunInfo } from '#model/run';
import type { SweepGrid } from '#model/sweep';
import { labelOf } from './sweep-grid.ts';

/** A metric by its path; undefined where there is none. */
export function metricAt(metrics: Metrics, path: string): number | undefined {
  let value: unknown = metrics;
  for (const key of path.split('.'))
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  return typeof value === 'number' ? value : undefined;
}

/**
 * The cell that lies furthest from what its neighbours on the axes let one expect (the mean of the two beside it),
 * measured against the range of all cells; undefined where no cell has neighbours on both sides, or all agree.
 */
export function surprise(grid: SweepGrid, values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  const range = Math.max(...known) - Math.min(...known);
  if (!(range > 0)) return undefined;
  let most = 0;
  let found: number | undefined;
  grid.cells.forEach(({ index, position }) => {
    const value = values[index];
    const expected = expectedAt(grid, values, position, index);
    if (value === undefined || expected === undefined) return;
    const deviation = Math.abs(value - expected) / range;
    // Less than a thousandth of the range is rounding, not surprise.
    if (deviation > Math.max(most, 1e-3)) {
      most = deviation;
      found = index;
    }
  });
  return found;
}

function expectedAt(
  grid: SweepGrid,
  values: readonly (number | undefined)[],
  position: readonly number[],
  index: number,
): number | undefined {
  let sum = 0;
  let count = 0;
  let stride = 1;
  for (let axis = grid.axes.length - 1; axis >= 0; axis--) {
    const length = grid.axes[axis].values.length;
    if (position[axis] > 0 && position[axis] < length - 1) {
      const before = values[index - stride];
      const after = values[index + stride];
      if (before !== undefined && after !== undefined) {
        sum += (before + after) / 2;
        count++;
      }
    }
    stride *= length;
  }
  return count === 0 ? undefined : sum / count;
}

/** Comma-separated values (RFC 4180): a line a cell with its axes, its run and every metric. */
export function sweepCsv(grid: SweepGrid, runs: readonly (RunInfo | undefined)[]): string {
  const paths: string[] = [];
  const walk = (value: unknown, path: string): void => {
    if (typeof value === 'number') {
      if (!paths.includes(path)) paths.push(path);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value)) walk(item, path === '' ? key : `${path}.${key}`);
    }
  };
  for (const run of runs) if (run !== undefined) walk(run.metrics, '');
  const line = (fields: readonly (string | number)[]): string =>
    `${fields.map((field) => quoted(String(field))).join(',')}\r\n`;
  const head = line([...grid.axes.map((axis) => axis.name), 'run', 'hash', 'verdict', ...paths]);
  const rows = grid.cells.map(({ index, position }) => {
    const run = runs[index];
    const axes = grid.axes.map((axis, i) => labelOf(axis.values[position[i]]));
    // A cause that a run leaves out is 0 there.
    const figures = paths.map((path) => (run === undefined ? '' : (metricAt(run.metrics, path) ?? 0)));
    return line([...axes, run?.id ?? '', run?.hash ?? '', run?.verdict ?? '', ...figures]);
  });
  return head + rows.join('');
}

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
