import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DiskOp } from '#emulator/disk/disk';
import { Sampler, StratifiedUniform } from '#emulator/disk/distribution';
import { RecordedDisk } from '#emulator/disk/recorded';
import { type RecordedDocument, diskSchema } from '#model/disk';
import type { Distribution } from '#model/quantity';
import { validate } from '#model/validate';
import { replay } from './support.ts';

const PROVENANCE = { source: 'a test', method: 'measured' } as const;
const DRAWS = 1_000_000;

function shipped(id: string): RecordedDocument {
  const text = readFileSync(new URL(`../../../resources/machines/disks/${id}.json`, import.meta.url), 'utf8');
  return validate(diskSchema, JSON.parse(text)) as RecordedDocument;
}

function draws(distribution: Distribution, seed = 1): Float64Array {
  const sampler = new Sampler(distribution);
  const uniform = new StratifiedUniform(xoroshiro128plus(seed));
  const out = new Float64Array(DRAWS);
  for (let i = 0; i < DRAWS; i++) out[i] = sampler.quantile(uniform.next());
  return out.sort();
}

const at = (sorted: Float64Array, fraction: number) => sorted[Math.ceil(fraction * sorted.length) - 1];

/** Value at a fraction of a histogram, by its counts. */
function histogramQuantile(histogram: readonly (readonly [number, number])[], fraction: number): number {
  const total = histogram.reduce((sum, [, count]) => sum + count, 0);
  let sum = 0;
  for (const [value, count] of histogram) {
    sum += count;
    if (sum >= fraction * total) return value;
  }
  return NaN;
}

describe('replaying a recorded histogram', () => {
  const { latencies } = shipped('virtio-blk-vm-2026');

  it.each(latencies.map((l) => l.operation))('reproduces p50, p99 and p99.9 of %s within 1 %%', (operation) => {
    const { latency } = latencies.find((l) => l.operation === operation)!;
    const histogram = latency.histogram!;
    const sorted = draws(latency, 3);
    for (const fraction of [0.5, 0.99, 0.999]) {
      const wanted = histogramQuantile(histogram, fraction) * 1e3; // ns
      expect(Math.abs(at(sorted, fraction) / wanted - 1), `p${fraction * 100}`).toBeLessThanOrEqual(0.01);
    }
  });

  it('follows the whole distribution (Kolmogorov-Smirnov, 1 % level)', () => {
    const histogram = latencies[0].latency.histogram!;
    const total = histogram.reduce((sum, [, count]) => sum + count, 0);
    const sorted = draws(latencies[0].latency, 7);
    let cumulative = 0;
    let seen = 0;
    let greatest = 0;
    // Between two neighbours the distribution stands still: compared there, bins do not matter.
    histogram.forEach(([value, count], i) => {
      cumulative += count;
      const edge = i + 1 < histogram.length ? (value + histogram[i + 1][0]) / 2 : Infinity;
      while (seen < DRAWS && sorted[seen] <= edge * 1e3) seen++;
      greatest = Math.max(greatest, Math.abs(seen / DRAWS - cumulative / total));
    });
    expect(greatest).toBeLessThan(1.628 / Math.sqrt(DRAWS));
  });
});

describe('replaying recorded quantiles', () => {
  const latency: Distribution = { unit: 'us', quantiles: [[0.5, 76], [0.99, 96], [0.999, 200], [0.99999, 2768]], ...PROVENANCE }; // prettier-ignore

  it('reproduces each of them within 1 %', () => {
    const sorted = draws(latency);
    for (const [fraction, value] of [
      [0.5, 76],
      [0.99, 96],
      [0.999, 200],
    ]) {
      // prettier-ignore
      expect(Math.abs(at(sorted, fraction) / 1e6 / value - 1)).toBeLessThanOrEqual(0.01);
    }
  });

  it('invents nothing outside them', () => {
    const sorted = draws(latency);
    expect([sorted[0], sorted[DRAWS - 1]]).toEqual([76e6, expect.any(Number)]);
    expect(sorted[DRAWS - 1]).toBeLessThanOrEqual(2768e6);
  });

  it('joins them as a tail, not by straight lines', () => {
    const sampler = new Sampler(latency);
    // Halfway between p99.9 and p99.999 by fraction is the first halving of the tail, not half of the way up.
    expect(sampler.quantile(0.9995)).toBeLessThan((200e6 + 2768e6) / 3);
  });
});

describe('a recorded disk', () => {
  const one = (value: number): Distribution => ({ unit: 'us', quantiles: [[0.5, value]], ...PROVENANCE });
  const figure = (value: number, unit: string) => ({ value, unit, ...PROVENANCE });
  const document = validate(diskSchema, {
    format: 'faultline/disk@1',
    id: 'test',
    kind: 'recorded',
    name: 'test',
    year: 2026,
    queueDepth: figure(16, 'requests'),
    writeCache: { kind: 'off', fua: false, source: 'a test' },
    capacity: figure(1, 'GiB'),
    latencies: [
      { operation: 'read', bytes: 4096, queueDepth: 1, latency: one(100) },
      { operation: 'read', bytes: 4096, queueDepth: 5, latency: one(200) },
      { operation: 'read', bytes: 65536, queueDepth: 1, latency: one(300) },
      { operation: 'write', bytes: 4096, queueDepth: 1, latency: one(50) },
    ],
    bandwidth: { read: figure(1, 'GB/s'), write: figure(1, 'GB/s') },
  }) as RecordedDocument;
  const { read, write, flush } = DiskOp;
  const us = (requests: Parameters<typeof replay>[1]) =>
    replay(new RecordedDisk(document, 1), requests).map((t) => t / 1e6);

  it('takes the reading of the operation', () => {
    expect(us([{ at: 0, op: read, sector: 0, count: 8 }])).toEqual([100]);
    expect(us([{ at: 0, op: write, sector: 0, count: 8 }])).toEqual([50]);
  });

  it('takes the nearest size and charges the bytes it differs by', () => {
    expect(us([{ at: 0, op: read, sector: 0, count: 16 }])).toEqual([100 + 4.096]);
    expect(us([{ at: 0, op: read, sector: 0, count: 120 }])).toEqual([300 - 4.096]);
  });

  it('interpolates between recorded queue depths, and holds the deepest beyond', () => {
    const requests = Array.from({ length: 8 }, () => ({ at: 0, op: read, sector: 0, count: 8 }));
    expect(us(requests)).toEqual([100, 125, 150, 175, 200, 200, 200, 200]);
  });

  it('moves no more than its rate of what the readings do not account for', () => {
    const times = us(Array.from({ length: 16 }, () => ({ at: 0, op: write, sector: 0, count: 2048 })));
    // 1 MiB each: 4 KiB are in the reading of the first, nothing in those beyond the recorded depth.
    expect(Math.max(...times)).toBeGreaterThan((15.9 * 2 ** 20) / 1e3);
    expect(Math.max(...times)).toBeLessThan((16 * 2 ** 20) / 1e3 + 50);
  });

  it('charges nothing for what was not recorded', () => {
    expect(us([{ at: 5, op: flush, sector: 0, count: 0 }])).toEqual([0]);
  });

  it('gives the same times for the same seed', () => {
    const source = shipped('virtio-blk-vm-2026');
    const requests = Array.from({ length: 100 }, (_, i) => ({ at: i * 1e9, op: read, sector: 0, count: 8 }));
    const times = (seed: number) => replay(new RecordedDisk(source, seed), requests);
    expect(times(3)).toEqual(times(3));
    expect(times(3)).not.toEqual(times(4));
  });
});
