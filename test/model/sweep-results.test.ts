import { describe, expect, it } from 'vitest';
import { labelOf } from '#model/sweep';
import { panelsOf, type PanelAxis } from '#model/sweep-panels';
import {
  cellAt,
  figureAt,
  formatFigure,
  isMetricPath,
  metricPaths,
  placesOf,
  positionOf,
  surprise,
  type AxisShape,
} from '#model/sweep-results';
import { sampleRun } from '../support/sample-run.ts';

const rising = (...lengths: number[]): AxisShape[] =>
  lengths.map((length) => ({ length, places: Array.from({ length }, (_, i) => i + 1) }));
const names = (...lengths: number[]): AxisShape[] => lengths.map((length) => ({ length, places: null }));

describe('a surprise', () => {
  it('is the cell furthest from the mean of those beside it', () => {
    expect(surprise(rising(5), [1, 2, 9, 4, 5])).toBe(2);
    expect(surprise(rising(3, 3), [1, 2, 3, 2, 9, 4, 3, 4, 5])).toBe(4);
  });

  it('is none on a straight line, on a level, or without neighbours', () => {
    expect(surprise(rising(5), [1, 2, 3, 4, 5])).toBeUndefined();
    expect(surprise(rising(4), [7, 7, 7, 7])).toBeUndefined();
    expect(surprise(rising(2), [1, 9])).toBeUndefined();
    expect(surprise(rising(3), [1, undefined, 3])).toBeUndefined();
    expect(surprise([], [])).toBeUndefined();
  });

  it('is none on a power law: halves along doubled strides are expected', () => {
    const strides = [{ length: 4, places: [4096, 8192, 16384, 32768] }];
    expect(surprise(strides, [65536, 32768, 16384, 8192])).toBeUndefined();
    expect(surprise(strides, [65536, 32768, 60000, 8192])).toBe(2);
  });

  it('looks at all others where names have no order, and at the order where there is one', () => {
    expect(surprise(names(4), [5, 5, 5, 90])).toBe(3);
    // The second axis tells policies apart, which is no surprise; along the first, cell 3 of six stands out.
    expect(surprise([...rising(3), ...names(2)], [1, 100, 2, 140, 3, 102])).toBe(3);
  });
});

describe('an axis', () => {
  it('has an order when its values are numbers, sizes or times that rise or fall', () => {
    expect(placesOf(['4 KiB', '16 KiB', '1 MiB'])).not.toBeNull();
    expect(placesOf(['1 s', '30 ms'])).not.toBeNull();
    expect(placesOf([3, 2, 1])).toEqual([3, 2, 1]);
    expect(placesOf([1, 1, 2])).toBeNull();
    expect(placesOf(['4 KiB', '1 KiB', '2 KiB'])).toBeNull();
    expect(placesOf(['P1', 'P5'])).toBeNull();
    expect(placesOf([true, false])).toBeNull();
  });

  it('names values by their id where they are documents', () => {
    expect(labelOf({ id: 'x', more: 1 })).toBe('x');
    expect(labelOf({ name: 'y' })).toBe('y');
    expect(labelOf([1])).toBe('[1]');
    expect(labelOf(null)).toBe('null');
    expect(labelOf(5)).toBe('5');
  });
});

it('positions and numbers of cells belong together', () => {
  const lengths = [2, 3, 4];
  for (let cell = 0; cell < 24; cell++) expect(cellAt(positionOf(cell, lengths), lengths)).toBe(cell);
  expect(positionOf(23, lengths)).toEqual([1, 2, 3]);
});

describe('metrics', () => {
  const { metrics } = sampleRun('x');

  it('are those that every run has, and the open ones of each', () => {
    expect(metricPaths([metrics])).toEqual(
      expect.arrayContaining(['faults.major', 'io.byCause.writeback', 'lostBytes']),
    );
    expect(isMetricPath('cpu.l1Misses')).toBe(true);
    expect(isMetricPath('cpu.')).toBe(false);
    expect(isMetricPath('faults.nosuch')).toBe(false);
    expect(isMetricPath('toString')).toBe(false);
  });

  it('are 0 where a run leaves a cause out', () => {
    expect(figureAt(metrics, 'io.byCause.journal')).toBe(0);
    expect(figureAt(metrics, 'faults.major')).toBe(10);
    expect(figureAt(metrics, 'faults')).toBeUndefined();
  });

  it('read with their units', () => {
    expect(formatFigure(12_345, 'time.simulatedNs')).toBe('12.35 µs');
    expect(formatFigure(1024, 'blocks.neededKiB')).toBe('1\u202f024 KiB');
    expect(formatFigure(3, 'faults.read')).toBe('3');
  });
});

describe('small multiples', () => {
  const axis = (name: string, ordered: boolean, ...labels: string[]): PanelAxis => ({ name, labels, ordered });

  it('go along the longest axis with an order; each cell is in one panel, once', () => {
    const axes = [
      axis('policy', false, 'P1', 'P2', 'P5', 'P6'),
      axis('stride', true, '4 KiB', '16 KiB', '64 KiB'),
      axis('seed', true, '1', '2'),
    ];
    const panels = panelsOf(
      axes,
      Array.from({ length: 24 }, (_, i) => i),
    );
    expect(panels.along.name).toBe('stride');
    expect(panels.perRow).toBe(4);
    expect(panels.panels).toHaveLength(8);
    expect(panels.panels[1]).toEqual({ title: 'policy P2, seed 1', cells: [6, 8, 10] });
    expect(panels.panels.flatMap((panel) => panel.cells).sort((x, y) => x - y)).toEqual(
      Array.from({ length: 24 }, (_, i) => i),
    );
    expect([panels.low, panels.high]).toEqual([0, 23]);
  });

  it('are one panel without a title for one axis, and have a scale when nothing is known', () => {
    const panels = panelsOf([axis('x', true, 'a', 'b')], [undefined, undefined]);
    expect(panels.panels).toEqual([{ title: '', cells: [0, 1] }]);
    expect([panels.low, panels.high]).toEqual([0, 1]);
  });
});
