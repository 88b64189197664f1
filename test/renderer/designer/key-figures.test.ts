import { describe, expect, it } from 'vitest';
import { inOneLine, keyFigures } from '#renderer/designer/key-figures';

const document = (kind: 'machine' | 'processor' | 'storage' | 'kernel' | 'filesystem', id: string, fields: object) => ({
  kind,
  id,
  name: id,
  year: '',
  own: false,
  problem: '',
  document: fields,
});

const PROCESSOR = document('processor', 'p', {
  name: 'A processor',
  clock: { value: 3.2e9, unit: 'Hz' },
  caches: [{ size: { value: 32768, unit: 'bytes' } }, { size: { value: 2097152, unit: 'bytes' } }],
});
const DISK = document('storage', 'd', { name: 'A disk', latency: { read: { value: 58.8, unit: 'us' } } });
const MACHINE = document('machine', 'm', { processor: 'p', disk: 'd', cores: 2 });
const ALL = [PROCESSOR, DISK, MACHINE];
const plain = (text: string): string => text.replace(/[\u202f\u00a0]/g, ' ');

describe('key figures', () => {
  it('of a machine come from its parts; what they do not give is left out', () => {
    const figures = keyFigures(MACHINE, ALL).map(({ name, value }) => [name, plain(value)]);
    expect(figures).toEqual([
      ['Processor', 'A processor'],
      ['Clock', '3.20 GHz'],
      ['Cores', '2'],
      ['Caches', '32 KiB, 2 MiB'],
      ['Disk', 'A disk'],
      ['Disk read', '58.8 us'],
    ]);
    expect(plain(inOneLine(MACHINE, ALL))).toBe('3.20 GHz, 2 cores');
  });

  it('of kernels and file systems are in their units', () => {
    const kernel = document('kernel', 'k', { readahead: { size: 131072 }, dirty: { ratio: 0.2 } });
    expect(plain(inOneLine(kernel, [kernel]))).toBe('128 KiB readahead');
    expect(keyFigures(kernel, [kernel])).toContainEqual({ name: 'Dirty limit', value: '20 %' });
    const filesystem = document('filesystem', 'f', { block: 4096, policy: 'P5', journal: { commitPeriod: 5e12 } });
    expect(plain(inOneLine(filesystem, [filesystem]))).toBe('4 KiB blocks, P5');
    expect(keyFigures(filesystem, [])).toContainEqual({ name: 'Journal commits', value: 'every 5 s' });
  });
});
