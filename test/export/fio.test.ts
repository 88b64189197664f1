import { describe, expect, it } from 'vitest';
import { fioJson } from '#export/fio';
import { LatencyHistogram } from '#export/latency-histogram';
import { EventKind } from '#model/events';
import { sourceOfRows, textOf } from './support.ts';

interface FioJob {
  readonly jobs: readonly {
    readonly read: { readonly total_ios: number };
    readonly write: {
      readonly total_ios: number;
      readonly io_bytes: number;
      readonly slat_ns: { readonly mean: number };
      readonly clat_ns: { readonly min: number; readonly max: number; readonly bins: Record<string, number> };
      readonly lat_ns: { readonly mean: number };
    };
    readonly sync: { readonly total_ios: number };
  }[];
}

describe('latencies as fio writes them', () => {
  it('are told apart by operation, queue and service', async () => {
    const io = (b: number, ns: number, queued: number) =>
      ({ kind: EventKind.io, a: 8, b, c: queued, duration: ns * 1000, lane: 6 }) as const;
    const source = sourceOfRows([
      io(1, 1000, 10),
      io(1 | (3 << 4), 3000, 30),
      io(0, 500, 0),
      io(2, 99, 0),
      { kind: 1 },
    ]);
    const { jobs } = JSON.parse(await textOf(fioJson(source))) as FioJob;
    expect(jobs[0]).toMatchObject({
      read: { total_ios: 1 },
      write: {
        total_ios: 2,
        io_bytes: 8192,
        slat_ns: { mean: 20 },
        clat_ns: { min: 1000, max: 3000 },
        lat_ns: { mean: 2020 },
      },
      sync: { total_ios: 1 },
    });
    expect(Object.values(jobs[0].write.clat_ns.bins)).toEqual([1, 1]);
  });
});

describe('the histogram', () => {
  it('keeps values below 128 as they are and others to 1 %', () => {
    for (const value of [0, 1, 127, 128, 1000, 123_456_789, 2 ** 40 + 12345]) {
      const histogram = new LatencyHistogram();
      histogram.add(value);
      const [bin] = Object.keys(histogram.figures().bins).map(Number);
      expect(Math.abs(bin - value)).toBeLessThanOrEqual(value < 128 ? 0 : value / 100);
    }
  });

  it('knows mean, deviation and percentiles', () => {
    const histogram = new LatencyHistogram();
    for (let value = 1; value <= 100; value++) histogram.add(value);
    const figures = histogram.figures();
    expect(figures).toMatchObject({ min: 1, max: 100, N: 100 });
    expect(figures.mean).toBeCloseTo(50.5);
    expect(figures.stddev).toBeCloseTo(29.011, 3);
    expect(figures.percentile).toMatchObject({ '50.000000': 50, '99.000000': 99 });
  });
});
