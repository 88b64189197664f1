import { describe, expect, it } from 'vitest';
import { gapsOf, inBrief, sectionsOf } from '../../../src-renderer/machines/figures.ts';
import { rounded } from '../../../src-renderer/machines/readable.ts';
import { inWords } from '../../../src-renderer/machines/words.ts';

const DOCUMENT = {
  format: 'faultline/disk@1',
  id: 'd',
  sources: { manual: { title: 'The manual', year: 2004 } },
  clock: { value: 5, unit: 'ms', source: 'manual', method: 'datasheet', note: 'page 3' },
  caches: [
    { name: 'L1', size: { value: 32, unit: 'KiB', source: 'measured here', method: 'measured' }, policy: 'lru' },
  ],
  seek: {
    columns: ['distance', 'time'],
    units: ['cylinders', 'ms'],
    rows: [
      [1, 2],
      [10, 4],
      [1000, 9],
    ],
    source: 'x',
    method: 'measured',
  },
  latency: {
    unit: 'ns',
    quantiles: [
      [0.5, 80],
      [0.99, 900],
    ],
    source: 'y',
    method: 'measured',
  },
};

describe('the figures of a document', () => {
  const sections = sectionsOf(DOCUMENT);
  const find = (title: string): (typeof sections)[number] | undefined =>
    sections.find((section) => section.title === title);

  it('come with their sources, spelt out', () => {
    expect(find('general')?.entries[0]).toEqual({
      kind: 'quantity',
      path: ['clock'],
      name: 'clock',
      value: 5,
      unit: 'ms',
      source: 'The manual, 2004',
      method: 'datasheet',
      date: '',
      note: 'page 3',
    });
  });

  it('are named by where they stand', () => {
    expect(find('caches')?.entries.map(({ name }) => name)).toEqual(['L1, size', 'L1, policy']);
    expect(find('caches')?.entries[0].path).toEqual(['caches', 0, 'size']);
  });

  it('keep tables and distributions as curves', () => {
    const curves = sections.flatMap(({ entries }) => entries).filter((entry) => entry.kind === 'curve');
    expect(curves.map(({ name, units }) => [name, units])).toEqual([
      ['seek', ['cylinders', 'ms']],
      ['latency', ['', 'ns']],
    ]);
  });

  it('of anything that is no document are none', () => {
    expect(sectionsOf(null)).toEqual([]);
    expect(sectionsOf([1, 2])).toEqual([]);
  });
});

it('names a latency by what it was measured under, and tells switches and sizes in words', () => {
  const [section] = sectionsOf({
    latencies: [
      {
        operation: 'read',
        bytes: 4096,
        queueDepth: 16,
        latency: { value: 9, unit: 'us', source: 's', method: 'paper' },
      },
    ],
  });
  expect(section.entries.map(({ name }) => name.replace(/\u00a0/g, ' '))).toEqual([
    'read of 4 KiB at queue depth 16, latency',
  ]);
  const choices = sectionsOf({ queue: { tagged: false, packetBytes: 8192, depth: 1024 } })[0].entries;
  expect(choices.map((entry) => entry.kind === 'choice' && entry.text.replace(/[\u00a0\u202f]/g, ' '))).toEqual([
    'no', '8 KiB', '1 024',
  ]); // prettier-ignore
});

it('tells what a document does not know', () => {
  expect(gapsOf({ missing: ['the seek curve', { field: 'x' }] })).toEqual(['the seek curve', '{"field":"x"}']);
  expect(gapsOf({})).toEqual([]);
});

it('rounds for reading', () => {
  const plain = (value: number): string => rounded(value).replace(/[\u202f\u00a0]/g, ' ');
  expect([3.14159265, 1234567.8, 0.25, 0, 1e-7, 3e18].map(plain)).toEqual([
    '3.142', '1 234 568', '0.25', '0', '1.000e-7', '3.000e+18',
  ]); // prettier-ignore
});

it('writes field names in words', () => {
  expect(inWords('writeProtectFault')).toBe('write protect fault');
  expect(inWords('core-to-core')).toBe('core to core');
  expect(['tlb', 'l1Huge', 'level2', 'tADL', 'submitIo'].map(inWords)).toEqual([
    'TLB', 'L1 huge', 'level 2', 'tADL', 'submit I/O',
  ]); // prettier-ignore
});

it('tells a document from others in one line', () => {
  expect(inBrief(DOCUMENT).replace(/\u00a0/g, ' ')).toBe('clock 5 ms, L1, size 32 KiB');
});
