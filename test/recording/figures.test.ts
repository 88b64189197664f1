import { describe, expect, it } from 'vitest';
import { checkExperiment } from '#model/check-experiment';
import type { RecordedDocument } from '#model/disk';
import type { ExperimentInput } from '#model/experiment';
import type { Measurements } from '#recording/measurements';
import { documentOf, fixture, ofKind, readAs, runOf } from './support.ts';

describe('fio json+', () => {
  const disk = documentOf('fio-json', fixture('fio-json.txt'), 'mix.json') as RecordedDocument;

  it('takes histograms, percentiles and synchronisations', () => {
    expect(disk.latencies.map((l) => [l.operation, l.bytes, l.queueDepth, l.latency.samples])).toEqual([
      ['read', 16_384, 8, 10],
      ['write', 16_384, 8, 5],
      ['flush', 0, 1, 2],
    ]);
    expect(disk.latencies[0].latency.histogram).toEqual([[1000, 4], [2032, 5], [9024, 1]]); // prettier-ignore
    expect(disk.latencies[1].latency.quantiles).toEqual([[0, 2000], [0.5, 3000], [0.99, 7000], [1, 8000]]); // prettier-ignore
  });

  it('names the source of every figure and what is missing', () => {
    expect(disk.latencies[0].latency).toMatchObject({
      source: 'fio-3.36, recording mix',
      method: 'measured',
      date: '2026-11-02',
    });
    expect(disk.capacity).toMatchObject({ value: 1024 ** 3, method: 'estimated' });
    expect(disk.bandwidth.read.value).toBe(1_638_400);
    expect(disk.missing.length).toBeGreaterThan(0);
  });

  it('marks what stands in for an operation that was not measured', () => {
    const text = new TextDecoder().decode(fixture('fio-json.txt')).replace('"total_ios" : 5', '"total_ios" : 0');
    const onlyReads = documentOf('fio-json', text) as RecordedDocument;
    const write = onlyReads.latencies.find((l) => l.operation === 'write');
    expect(write?.latency).toMatchObject({
      method: 'estimated',
      note: 'no writes were measured; those of reads stand in',
    });
    expect(onlyReads.missing).toContain('latency of writes');
  });

  it.each([
    ['"1000" : 4', '"1000" : -4', 'jobs[0].read.clat_ns.bins.1000'],
    ['"1000" : 4', '"1e99" : 4', 'jobs[0].read.clat_ns.bins.1e99'],
    ['"total_ios" : 10', '"total_ios" : "ten"', 'jobs[0].read.total_ios'],
    ['"sync" :', '"sync" ', ':19: not valid JSON'],
  ])('refuses %s as %s', (from, to, message) => {
    const text = new TextDecoder().decode(fixture('fio-json.txt')).replace(from, to);
    expect(() => documentOf('fio-json', text)).toThrow(message);
  });
});

describe('fio logs', () => {
  it('of latencies are requests that end when they were logged', () => {
    const { run, events } = runOf('fio-log', fixture('run_lat.1.log'), 'run_lat.1.log');
    expect(ofKind(events, 'io').map((e) => [e.time, e.duration, e.address, e.a, e.b & 15])).toEqual([
      [4.9e9, 1e8, 16, 8, 0],
      [5.75e9, 2.5e8, 32, 8, 1],
      [6.7e9, 3e8, 0, 128, 3],
    ]);
    expect(run.metrics.io).toMatchObject({ requests: 3, reads: 1, writes: 1, readKiB: 4 });
  });

  it('of bandwidth are counters', () => {
    const { run, events } = runOf('fio-log', fixture('run_bw.1.log'), 'run_bw.1.log');
    expect(run.lanes.map((lane) => lane.name)).toContain('bandwidth (KiB/s), write');
    expect(events.map((e) => e.address)).toEqual([2048, 1024, 4096]);
  });

  it('of histograms are a disk; bins are as wide as fio makes them', () => {
    const disk = documentOf('fio-hist-log', fixture('run_clat_hist.1.log')) as RecordedDocument;
    // 58 columns: 32 bins of fio in one. Column 3 is bins 96 to 127, column 40 bins 1280 to 1311.
    expect(disk.latencies[0].latency.histogram).toEqual([[112, 3], [41_943_040, 1]]); // prettier-ignore
    expect(disk.latencies.map((l) => l.operation)).toEqual(['read', 'write']);
  });

  it.each(['1, 2, 7, 4096\n', '1, -2, 0, 4096\n', '1, 2, 0\n', '1, 99999999999999999999, 0, 4096\n'])(
    'refuse %j',
    (text) => {
      expect(() => runOf('fio-log', text, 'x_lat.1.log')).toThrow(':1: ');
    },
  );
});

describe('lmbench', () => {
  it('makes curves of lat_mem_rd', () => {
    const { tables } = documentOf('lmbench', fixture('lat_mem_rd.txt')) as Measurements;
    expect(tables['latencyCurve, stride 128']?.rows[1]).toEqual([32_768, 1.51]);
    expect(tables['latencyCurve, stride 256']?.rows).toHaveLength(2);
  });

  it('makes figures of the others', () => {
    const { quantities } = documentOf('lmbench', fixture('lmbench.txt')) as Measurements;
    expect(quantities['Simple syscall']).toMatchObject({ value: 0.1, unit: 'us', method: 'measured' });
  });

  it('refuses sizes that do not ascend', () => {
    expect(() => documentOf('lmbench', '"stride=64\n1.00000 2.0\n0.50000 2.0\n')).toThrow(':3: sizes do not ascend');
  });
});

describe('Intel MLC', () => {
  it('reads a whole run', () => {
    const { quantities, tables } = documentOf('mlc', fixture('mlc.txt')) as Measurements;
    expect(quantities['memory.latency']).toMatchObject({
      value: 80,
      unit: 'ns',
      source: 'Intel MLC 3.9, recording file',
    });
    expect(quantities['bandwidth, ALL Reads']?.value).toBe(1e11);
    expect(tables['idle latency by node']?.rows).toHaveLength(4);
    expect(tables['loaded']?.rows).toEqual([[1e9, 80], [6e10, 120], [1e11, 200]]); // prettier-ignore
    expect(tables['cache to cache, remote, homed in writer socket']?.rows).toEqual([[0, 1, 110], [1, 0, 111]]); // prettier-ignore
  });

  it('reads a single measurement of an old version', () => {
    const { quantities } = documentOf('mlc', fixture('mlc-single.txt')) as Measurements;
    expect(quantities['memory.latency']).toMatchObject({ value: 60.1, note: 'idle; 180.5 clocks' });
  });
});

describe('ioping', () => {
  it('makes a disk of single requests, without the warm-up', () => {
    const disk = documentOf('ioping', fixture('ioping.txt')) as RecordedDocument;
    expect(disk.latencies.map((l) => [l.operation, l.latency.histogram])).toEqual([
      ['read', [[100_000, 1], [1_250_000, 1]]],
      ['write', [[200_000, 1]]],
    ]); // prettier-ignore
    expect(disk.capacity.value).toBe(100 * 1024 ** 3);
  });

  it('carries raw statistics as figures', () => {
    const { quantities } = documentOf('ioping-batch', fixture('ioping-batch.txt')) as Measurements;
    expect(quantities['latency, mean']).toMatchObject({ value: 100_000, unit: 'ns' });
  });
});

describe('bpftrace', () => {
  it.each([
    ['bpftrace', 'bpftrace.txt', '@usecs[R]', 3],
    ['bpftrace-json', 'bpftrace.jsonl', '@usecs[read]', 2],
  ])('%s: counts and histograms by key', (format, name, key, bins) => {
    const { quantities, tables, distributions } = documentOf(format, fixture(name)) as Measurements;
    expect(quantities['@faults[7]']?.value).toBe(12);
    expect(tables[key]?.rows).toHaveLength(bins);
    expect(distributions[key]).toMatchObject({ unit: 'us' });
  });

  it('reads open bins and powers of two', () => {
    const { tables } = documentOf('bpftrace', fixture('bpftrace.txt')) as Measurements;
    expect(tables['@usecs[R]']?.rows[2]).toEqual([1024, 2048, 2]);
    expect(tables['@sizes']?.rows[0]).toEqual([-1, 0, 1]);
  });
});

describe('lackey', () => {
  const document = documentOf('lackey', fixture('lackey.txt')) as ExperimentInput;

  it('becomes an experiment that repeats the accesses page by page', () => {
    const experiment = checkExperiment(document);
    const step = experiment.threads[0].steps[0];
    expect(step).toMatchObject({
      do: 'mixed',
      pattern: { kind: 'trace', accesses: [[0x2100, 'r'], [0x2108, 'w'], [0x10, 'r'], [0x10, 'w'], [0x1000, 'r']] },
    }); // prettier-ignore
    expect(experiment.files[0].size).toBe(3 * 4096);
  });

  it('says how many accesses it left aside', () => {
    const lines = Array.from({ length: 100_010 }, (_, i) => ` S ${(0x10000000 + i * 8).toString(16)},8\n`).join('');
    const { leftAside } = readAs('lackey', new TextEncoder().encode(`${lines} S 100`));
    expect(leftAside).toEqual({ 'accesses beyond the first 100000': 10, 'a last line that was cut': 1 });
  });

  it('refuses what is no access', () => {
    expect(() => documentOf('lackey', ' S 1ffe000108,8\n S 1ffe000108\n')).toThrow(':2: this is no access');
  });
});
