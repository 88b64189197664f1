import { labelOf, type SweepAxis } from '#model/sweep';
import { cellAt, placesOf } from '#model/sweep-results';

/** An axis as pictures and tables know it. */
export interface PanelAxis {
  readonly name: string;
  readonly labels: readonly string[];
  /** Its values follow on one another: they are joined by a line. */
  readonly ordered: boolean;
}

/** One picture of the small multiples: the measure along one axis, all others held. */
export interface Panel {
  /** Which values are held, such as `policies P5`; empty where there is one panel. */
  readonly title: string;
  /** Numbers of the cells along the axis. */
  readonly cells: readonly number[];
}

export interface Panels {
  /** The axis along which each panel goes. */
  readonly along: PanelAxis;
  /** Panels that stand side by side: one for each value of the axis that is told apart first. */
  readonly perRow: number;
  readonly panels: readonly Panel[];
  /** Of all cells, for one scale in all panels: from 0, or from the least below 0. */
  readonly low: number;
  readonly high: number;
}

/**
 * Small multiples of a grid: along the longest axis with an order (else the longest), a column of panels for each value
 * of the first axis that is left, a row for each combination of the others. One scale for all.
 */
export function panelsOf(axes: readonly PanelAxis[], values: readonly (number | undefined)[]): Panels {
  const lengths = axes.map((axis) => axis.labels.length);
  const rank = (i: number): number => (axes[i].ordered && lengths[i] > 1 ? 1e6 : 0) + lengths[i];
  let x = 0;
  for (let i = 1; i < axes.length; i++) if (rank(i) > rank(x)) x = i;
  const rest = axes.map((_, i) => i).filter((i) => i !== x && lengths[i] > 1);
  const column = rest.shift();
  const rows = combinations(rest.map((i) => lengths[i]));
  const columns = column === undefined ? [undefined] : axes[column].labels.map((_, i) => i);
  const panels = rows.flatMap((row) =>
    columns.map((place): Panel => {
      const position = new Array<number>(axes.length).fill(0);
      rest.forEach((axis, i) => (position[axis] = row[i]));
      if (column !== undefined && place !== undefined) position[column] = place;
      const held = [...(column === undefined ? [] : [column]), ...rest];
      return {
        title: held.map((axis) => `${axes[axis].name} ${axes[axis].labels[position[axis]]}`).join(', '),
        cells: axes[x].labels.map((_, i) => cellAt(position.with(x, i), lengths)),
      };
    }),
  );
  let low = 0;
  let high = 0;
  for (const value of values) {
    if (value === undefined) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { along: axes[x], perRow: columns.length, panels, low, high: high > low ? high : low + 1 };
}

function combinations(lengths: readonly number[]): number[][] {
  return lengths.reduce<number[][]>(
    (rows, length) => rows.flatMap((row) => Array.from({ length }, (_, i) => [...row, i])),
    [[]],
  );
}

/** Axes of a grid as panels take them. */
export function panelAxes(axes: readonly SweepAxis[]): PanelAxis[] {
  return axes.map(({ name, values }) => ({ name, labels: values.map(labelOf), ordered: placesOf(values) !== null }));
}
