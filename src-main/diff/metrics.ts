import type { MetricChange } from '#model/diff';
import type { Metrics } from '#model/metrics';

/** Every figure of the metrics by its path, in order. */
function figuresOf(metrics: Metrics): Map<string, number> {
  const figures = new Map<string, number>();
  const walk = (value: unknown, path: string): void => {
    if (typeof value === 'number') figures.set(path, value);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value)) walk(item, path === '' ? key : `${path}.${key}`);
    }
  };
  walk(metrics, '');
  return figures;
}

/**
 * The metrics that are not the same in all runs, with the change of each from the first. Figures that a run leaves out are 0.
 * @param siblings for each run, the metrics of runs that differ from it in nothing but the seed, itself included
 */
export function compareMetrics(
  runs: readonly Metrics[],
  siblings: readonly (readonly Metrics[])[] = [],
): MetricChange[] {
  const figures = runs.map(figuresOf);
  const spreads = siblings.map((list) => list.map(figuresOf));
  const paths = new Set(figures.flatMap((map) => [...map.keys()]));
  const changes: MetricChange[] = [];
  for (const path of paths) {
    const values = figures.map((map) => map.get(path) ?? 0);
    if (values.every((value) => value === values[0])) continue;
    const absolute = values.slice(1).map((value) => value - values[0]);
    const spread = spreadOf(spreads, path);
    changes.push({
      path,
      values,
      absolute,
      relative: absolute.map((change) => (values[0] === 0 ? null : change / values[0])),
      spread,
      withinSpread: absolute.map((change) => (spread === null ? null : Math.abs(change) <= spread)),
    });
  }
  return changes;
}

/** The widest range of the figure among the siblings of any one run; null where no run has siblings. */
function spreadOf(siblings: readonly (readonly Map<string, number>[])[], path: string): number | null {
  let widest: number | null = null;
  for (const list of siblings) {
    if (list.length < 2) continue;
    const values = list.map((map) => map.get(path) ?? 0);
    widest = Math.max(widest ?? 0, Math.max(...values) - Math.min(...values));
  }
  return widest;
}
