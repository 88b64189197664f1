import { describe, expect, it } from 'vitest';
import type { ListedDocument } from '#ipc/schemas';
import { compareDocuments, figureText, spreadText, type Row } from '../../../src-renderer/machines/compare.ts';

const told = { source: 's', method: 'measured' };
const figure = (value: number, unit: string) => ({ value, unit, ...told });

function listed(kind: ListedDocument['kind'], id: string, document: Record<string, unknown>): ListedDocument {
  return { kind, id, name: id.toUpperCase(), year: '2026', own: false, problem: '', document };
}

const FAST = listed('processor', 'fast', {
  clock: figure(3_204_000_000, 'Hz'),
  line: figure(64, 'bytes'),
  caches: [{ size: figure(32_768, 'bytes'), shared: false }],
  assists: { dirty: figure(0.2, 'us') },
  missing: ['the walk caches'],
});
const SLOW = listed('processor', 'slow', {
  clock: figure(1602, 'MHz'),
  line: figure(64, 'bytes'),
  caches: [{ size: figure(64, 'KiB'), shared: true }, { size: figure(1, 'MiB') }],
  assists: { dirty: figure(200, 'ns') },
});

const rows = (...items: ListedDocument[]): Row[] =>
  compareDocuments(items, items).groups.flatMap(({ rows: own }) => own);
const find = (name: string, found = rows(FAST, SLOW)): Row =>
  found.find((row) => row.name === name) ?? expect.fail(name);
const textOf = (row: Row): string[] =>
  row.cells.map((cell) =>
    cell === null
      ? 'gap'
      : cell.kind === 'quantity'
        ? figureText(cell, row.unit).text.replace(/[\u00a0\u202f]/g, ' ')
        : cell.kind === 'choice'
          ? cell.text
          : 'curve',
  );

describe('documents side by side', () => {
  it('tell a figure in one unit, and mark where it differs', () => {
    expect(textOf(find('clock'))).toEqual(['3.204 GHz', '1.602 GHz']);
    expect(find('clock').differs).toBe(true);
    expect(spreadText(find('clock'))).toBe('2×');
    expect(find('line').differs).toBe(false);
    expect(spreadText(find('line'))).toBe('');
  });

  it('find the same figure the same in another unit', () => {
    expect(textOf(find('dirty'))).toEqual(['0.2 µs', '0.2 µs']);
    expect(find('dirty').differs).toBe(false);
  });

  it('show what one of them lacks as a gap, which is no difference', () => {
    expect(textOf(find('L2, size'))).toEqual(['gap', '1 MiB']);
    expect(find('L2, size').differs).toBe(false);
    expect(compareDocuments([FAST, SLOW], []).gaps).toEqual([['the walk caches'], []]);
  });

  it('compare switches too', () => {
    expect(textOf(find('L1, shared'))).toEqual(['no', 'yes']);
    expect(find('L1, shared').differs).toBe(true);
  });

  it('take figures whose units have nothing in common each in its own', () => {
    const found = rows(
      listed('storage', 'a', { depth: figure(4, 'requests') }),
      listed('storage', 'b', { depth: figure(2, 'ms') }),
    );
    expect(textOf(find('depth', found))).toEqual(['4 requests', '2 ms']);
    expect(find('depth', found).differs).toBe(true);
  });

  it('draw their distributions on one plot, each told whose it is', () => {
    const one = listed('storage', 'one', { latency: { unit: 'us', quantiles: [[0.5, 2], [0.99, 9]], ...told } }); // prettier-ignore
    const none = listed('storage', 'none', { latency: figure(4, 'us') });
    const two = listed('storage', 'two', { latency: { unit: 'ns', histogram: [[1000, 1], [3000, 3]], ...told } }); // prettier-ignore
    const { plots } = compareDocuments([one, none, two], []);
    expect(plots).toHaveLength(1);
    expect(plots[0].owners).toEqual([0, 2]);
    expect(plots[0].plot).toMatchObject({
      x: { unit: 'µs' },
      y: { title: 'At or below', unit: '%' },
      series: [
        { name: 'ONE', points: [[2, 50], [9, 99]] },
        { name: 'TWO', points: [[1, 25], [3, 100]] },
      ],
    }); // prettier-ignore
  });

  it('tell of machines what they are made of, figure for figure', () => {
    const machine = (id: string, processor: string): ListedDocument => listed('machine', id, { processor, cores: 2 });
    const pair = [machine('m1', 'fast'), machine('m2', 'slow')];
    const { groups } = compareDocuments(pair, [...pair, FAST, SLOW]);
    const titles = groups.map(({ title }) => title);
    expect(titles).toContain('Processor: caches');
    const [made] = groups[0].rows;
    expect(textOf(made)).toEqual(['FAST', 'SLOW']);
  });
});
