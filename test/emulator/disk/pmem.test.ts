import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DiskOp } from '#emulator/disk/disk';
import { PmemDisk } from '#emulator/disk/pmem';
import { type PmemDocument, diskSchema } from '#model/disk';
import { validate } from '#model/validate';
import { replay } from './support.ts';

const { read, write, flush } = DiskOp;
const document = validate(
  diskSchema,
  JSON.parse(
    readFileSync(new URL('../../../resources/machines/disks/intel-optane-dcpmm-2019.json', import.meta.url), 'utf8'),
  ),
) as PmemDocument;
const ns = (requests: Parameters<typeof replay>[1]) => replay(new PmemDisk(document), requests).map((t) => t / 1e3);

describe('persistent memory', () => {
  it('persists the measured sizes in the measured times', () => {
    const disk = new PmemDisk(document);
    for (const [bytes, time] of document.persist.rows) expect(disk.persistPs(bytes) / 1e3).toBeCloseTo(time, 6);
  });

  it('draws straight lines between them and beyond', () => {
    const disk = new PmemDisk(document);
    expect(disk.persistPs(3072) / 1e3).toBeCloseTo((853.5 + 1550.6) / 2, 3);
    expect(disk.persistPs(8192)).toBeGreaterThan(1.85 * disk.persistPs(4096));
  });

  it('loads sequentially sooner than at random', () => {
    const [first, behind, elsewhere] = ns([
      { at: 0, op: read, sector: 0, count: 1 },
      { at: 1e9, op: read, sector: 1, count: 1 },
      { at: 2e9, op: read, sector: 5000, count: 1 },
    ]);
    expect(behind).toBeLessThan(first);
    expect(elsewhere).toBe(first);
  });

  it('writes a page in what 4 KiB take to persist, and flushes with a fence', () => {
    expect(ns([{ at: 0, op: write, sector: 0, count: 8 }, { at: 1e9, op: flush, sector: 0, count: 0 }])).toEqual([1550.6, 62.3]); // prettier-ignore
  });

  it('is bounded by its rate when many write at once', () => {
    const count = 64;
    const times = ns(Array.from({ length: count }, (_, i) => ({ at: 0, op: write, sector: i * 2048, count: 2048 })));
    const seconds = Math.max(...times) / 1e9;
    expect((count * 2 ** 20) / seconds).toBeLessThanOrEqual(13.9e9 * 1.0001);
  });
});
