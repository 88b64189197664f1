import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DiskOp } from '#emulator/disk/disk';
import { makeDisk, writeCacheOf } from '#emulator/disk/make-disk';
import { DISK_FORMAT, diskSchema } from '#model/disk';
import { InputError } from '#model/problem';
import { validate } from '#model/validate';
import { replay } from '../emulator/disk/support.ts';
import { repositoryRoot } from '../support/shared.ts';

interface Raw {
  format: string;
  [field: string]: unknown;
}
const folder = join(repositoryRoot, 'resources/machines/disks');
const shipped = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name): [string, Raw] => [name.slice(0, -5), JSON.parse(readFileSync(join(folder, name), 'utf8')) as Raw])
  .filter(([, document]) => document.format === DISK_FORMAT);

const raw = (id: string): Raw => structuredClone(shipped.find(([name]) => name === id)![1]);

function refusal(document: Raw): InputError {
  try {
    const valid = validate(diskSchema, document, 'd.json');
    makeDisk(valid, 1);
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe.each(shipped)('the disk document %s', (id, document) => {
  it('is valid, is named like its file and makes a disk that answers', () => {
    const valid = validate(diskSchema, document);
    expect(valid.id).toBe(id);
    const disk = makeDisk(valid, 1);
    const times = replay(disk, [
      { at: 0, op: DiskOp.read, sector: 0, count: 8 },
      { at: 1e11, op: DiskOp.write, sector: 64, count: 8 },
      { at: 2e11, op: DiskOp.flush, sector: 0, count: 0 },
      { at: 3e11, op: DiskOp.read, sector: disk.sectors - 8, count: 8 },
    ]);
    for (const time of times) expect(time).toBeLessThan(1e11);
    expect(times[0]).toBeGreaterThan(0);
  });
});

describe('shipped disk documents', () => {
  it('span 2008 to 2022 with at least six devices', () => {
    const years = shipped.map(([, d]) => d['year'] as number);
    expect(shipped.length).toBeGreaterThanOrEqual(6);
    expect(Math.min(...years)).toBeLessThanOrEqual(2008);
    expect(Math.max(...years)).toBeGreaterThanOrEqual(2022);
  });
});

describe('a disk document is refused', () => {
  it('when a figure has no source', () => {
    const d = raw('samsung-980-1tb-2021');
    delete (d['latency'] as { read: { source?: string } }).read.source;
    expect(refusal(d).problem.path).toBe('latency.read.source');
  });

  it('when an estimate has no reason', () => {
    const d = raw('samsung-980-1tb-2021');
    delete (d['latency'] as { flush: { note?: string } }).flush.note;
    expect(refusal(d).message).toContain('reason');
  });

  it('when a time is not a time, or a kind is not known', () => {
    const d = raw('fixed-100us');
    (d['latency'] as { read: { unit: string } }).read.unit = 'bytes';
    expect(refusal(d).problem.path).toBe('latency.read');
    expect(refusal({ ...raw('fixed-100us'), kind: 'tape' }).problem.path).toBe('kind');
  });

  it('when quantiles do not ascend, or nothing is said of writes', () => {
    const d = raw('micron-9100-max-2016');
    const latencies = d['latencies'] as { operation: string; latency: { quantiles: [number, number][] } }[];
    latencies[0].latency.quantiles.reverse();
    expect(refusal(d).message).toContain('ascending');
    const e = raw('micron-9100-max-2016');
    e['latencies'] = (e['latencies'] as { operation: string }[]).filter((l) => l.operation === 'read');
    expect(refusal(e).message).toContain('writes');
  });

  it('when a flash drive cannot work: too little spare, a page too large, a cache without a buffer', () => {
    const d = raw('mqsim-mlc-2018') as Raw & {
      geometry: Record<string, { value: number }>;
      writeCache: { kind: string };
    };
    d.geometry['blocksPerPlane'].value = 64;
    expect(refusal(d).problem.path).toBe('geometry.overProvisioning');
    const e = raw('mqsim-mlc-2018') as typeof d;
    e.geometry['page'].value = 65536;
    expect(refusal(e).problem.path).toBe('geometry.page');
    const large = raw('mqsim-mlc-2018') as typeof d;
    large.geometry['blocksPerPlane'].value = 65536;
    expect(refusal(large).problem.path).toBe('geometry');
    const filled = { ...raw('mqsim-mlc-2018'), preconditioning: { fill: 1, overwrite: 0 } };
    expect(refusal(filled).problem.path).toBe('preconditioning.fill');
    const f = raw('mqsim-mlc-2018') as typeof d;
    f.writeCache.kind = 'volatile';
    delete (f as Record<string, unknown>)['buffer'];
    expect(refusal(f).message).toContain('buffer');
  });
});

describe('what the kernel learns of a write cache', () => {
  it('is that a flush means something only where a power loss would', () => {
    const of = (id: string) => writeCacheOf(validate(diskSchema, raw(id))).writeCache;
    expect([of('samsung-990pro-2022'), of('enterprise-plp-nvme-2022'), of('mqsim-mlc-2018')]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
