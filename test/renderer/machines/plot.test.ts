import { describe, expect, it } from 'vitest';
import type { Curve } from '../../../src-renderer/machines/figures.ts';
import {
  axisScale,
  axisTitle,
  columnsOf,
  curveText,
  plotOf,
  readOff,
  tickText,
  valueAt,
} from '../../../src-renderer/machines/plot.ts';
import { converted, readable, readableText } from '../../../src-renderer/machines/readable.ts';

const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ');
const curve = (columns: string[], units: string[], rows: number[][]): Curve => ({
  kind: 'curve', path: ['c'], name: 'read, latency', columns, units, rows, source: 's', method: 'measured', date: '', note: '',
}); // prettier-ignore

describe('a figure for reading', () => {
  it('is told in the unit that reads best, exact beside it', () => {
    const texts = [[3_204_000_000, 'Hz'], [32_768, 'bytes'], [0.000_05, 's'], [1500, 'ns'], [12, 'us'], [0.865, 'ms'], [4, 'ways'], [-0.483, 'ms'], [0, 'ms'], [2_027_600_000, 'bytes/s']] as const; // prettier-ignore
    expect(texts.map(([value, unit]) => plain(readableText(value, unit)))).toEqual([
      '3.204 GHz', '32 KiB', '50 µs', '1.5 µs', '12 µs', '0.865 ms', '4 ways', '−0.483 ms', '0 ms', '2.028 GB/s',
    ]); // prettier-ignore
    expect(plain(readable(3_204_000_000, 'Hz').exact)).toBe('3 204 000 000 Hz');
  });

  it('goes into another unit of its kind, and into no other', () => {
    expect(converted(1500, 'us', 'ms')).toBe(1.5);
    expect(converted(1, 'GHz', 'ms')).toBeNull();
    expect(converted(3, 'ways', 'ways')).toBe(3);
  });
});

describe('a plot', () => {
  it('of quantiles has the values across and the part at or below them up', () => {
    const plot = plotOf([{ name: 'a', curve: curve(['fraction', 'value'], ['', 'us'], [[0.5, 9], [0.99, 10]]) }]); // prettier-ignore
    expect(plot && [axisTitle(plot.x), axisTitle(plot.y)]).toEqual(['Latency, µs', 'At or below, %']);
    expect(plot?.series[0].points).toEqual([
      [9, 50],
      [10, 99],
    ]);
  });

  it('of a histogram alone keeps its counts', () => {
    const plot = plotOf([{ name: 'a', curve: curve(['value', 'count'], ['ns', ''], [[1, 4], [2, 6]]) }]); // prettier-ignore
    expect(plot?.series[0].points).toEqual([
      [1, 4],
      [2, 6],
    ]);
  });

  it('is none of a single point, of more than two columns, or of axes that have nothing in common', () => {
    expect(plotOf([{ name: 'a', curve: curve(['fraction', 'value'], ['', 'us'], [[0.5, 9]]) }])).toBeNull();
    expect(plotOf([{ name: 'a', curve: curve(['a', 'b', 'c'], ['', '', ''], [[1, 2, 3], [2, 3, 4]]) }])).toBeNull(); // prettier-ignore
    const seek = curve(['distance', 'time'], ['cylinders', 'ms'], [[1, 2], [2, 3]]); // prettier-ignore
    const other = curve(['distance', 'time'], ['bytes', 'ms'], [[1, 2], [2, 3]]); // prettier-ignore
    expect(plotOf([{ name: 'a', curve: seek }, { name: 'b', curve: other }])).toBeNull(); // prettier-ignore
  });

  it('brings curves of other units onto one axis', () => {
    const ms = curve(['distance', 'time'], ['cylinders', 'ms'], [[1, 2], [4, 3]]); // prettier-ignore
    const us = curve(['distance', 'time'], ['cylinders', 'us'], [[2, 2500], [1, 500]]); // prettier-ignore
    const plot = plotOf([{ name: 'a', curve: ms }, { name: 'b', curve: us }]); // prettier-ignore
    expect(plot?.series[1].points).toEqual([
      [1, 0.5],
      [2, 2.5],
    ]);
    expect(columnsOf(plot?.series ?? [])).toEqual([
      [1, 2, 4],
      [2, null, 3],
      [0.5, 2.5, null],
    ]);
  });

  it('divides percent as they are, and sizes in powers of two', () => {
    expect(axisScale({ title: '', unit: '%' }, [0.01, 100])).toEqual({ distr: 1 });
    expect(axisScale({ title: '', unit: 'B' }, [30_000, 3_000_000])).toEqual({ distr: 3, log: 2 });
    expect(axisScale({ title: '', unit: 'ns' }, [3, 300])).toEqual({ distr: 3, log: 10 });
  });

  it('is read off between its points, and nowhere else', () => {
    const points = [[1, 10], [3, 20]] as const; // prettier-ignore
    expect([0, 1, 2, 3, 4].map((x) => valueAt(points, x))).toEqual([null, 10, 15, 20, null]);
  });

  it('tells sizes each in its unit', () => {
    const axis = { title: 'Size', unit: 'B' };
    expect([axisTitle(axis), plain(tickText(axis, 65_536)), plain(readOff(axis, 65_536))]).toEqual([
      'Size', '64 KiB', '64 KiB',
    ]); // prettier-ignore
    expect(plain(readOff({ title: 'Time', unit: 'ns' }, 2.5))).toBe('2.5 ns');
  });
});

it('tells a curve in words: few quantiles themselves, else how many points', () => {
  expect(plain(curveText(curve(['fraction', 'value'], ['', 'us'], [[0.5, 9], [0.99999, 37]])))).toBe('50 % ≤ 9 µs, 99.999 % ≤ 37 µs'); // prettier-ignore
  expect(plain(curveText(curve(['fraction', 'value'], ['', 'ns'], [[0, 33.2], [1, 36.6]])))).toBe('least 33.2 ns, most 36.6 ns'); // prettier-ignore
  expect(curveText(curve(['distance', 'time'], ['cylinders', 'ms'], [[1, 2]]))).toBe('1 point');
});
