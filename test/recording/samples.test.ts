/** The recordings beside the repository, as their tools wrote them: what each becomes, and how much of it. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, it } from 'vitest';
import { describeWithShared } from '../support/requirement.ts';
import { sharedPath } from '../support/shared.ts';
import { checkRun, documentOf, ofKind, readAs, recognised, runOf } from './support.ts';

const SAMPLES: readonly (readonly [path: string, format: string, kind: string])[] = [
  ['blktrace/blkparse.txt', 'blkparse', 'run'],
  ['blktrace/vda.bin', 'blktrace', 'run'],
  ['blktrace/vda.blktrace.1', 'blktrace', 'run'],
  ['bpftrace/faults-by-error-code.json', 'bpftrace-json', 'measurements'],
  ['fio/latlog.json', 'fio-json', 'device'],
  ['fio/latlog_bw.1.log', 'fio-log', 'run'],
  ['fio/latlog_clat.1.log', 'fio-log', 'run'],
  ['fio/latlog_iops.1.log', 'fio-log', 'run'],
  ['fio/latlog_lat.1.log', 'fio-log', 'run'],
  ['fio/latlog_slat.1.log', 'fio-log', 'run'],
  ['fio/randread-4k-qd1.jsonplus.json', 'fio-json', 'device'],
  ['fio/randwrite-4k-fdatasync.jsonplus.json', 'fio-json', 'device'],
  ['fio/randwrite-4k-qd1.jsonplus.json', 'fio-json', 'device'],
  ['ftrace/ftrace-faults-block.txt', 'ftrace', 'run'],
  ['lackey/lackey-trace-mem.head.txt', 'lackey', 'experiment'],
  ['lmbench/lat_mem_rd-t-64M-stride64.txt', 'lmbench', 'measurements'],
  ['lmbench/lat_mmap.txt', 'lmbench', 'measurements'],
  ['lmbench/lat_pagefault.txt', 'lmbench', 'measurements'],
  ['lmbench/lat_syscall.txt', 'lmbench', 'measurements'],
  ['misc/ioping-batch.txt', 'ioping-batch', 'measurements'],
  ['misc/ioping.txt', 'ioping', 'device'],
  ['misc/iostat-x.txt', 'iostat', 'run'],
  ['mlc/gjbex/cascadelake_mlc.txt', 'mlc', 'measurements'],
  ['mlc/gjbex/icelake_mlc.txt', 'mlc', 'measurements'],
  ['mlc/gjbex/skylake_mlc.txt', 'mlc', 'measurements'],
  ['mlc/mlc-idle_latency.txt', 'mlc', 'measurements'],
  ['mlc/mlc-max_bandwidth.txt', 'mlc', 'measurements'],
  ['perf/perf-script-page-faults.txt', 'perf-script', 'run'],
  ['perf/perf-script-tracepoints.txt', 'perf-script', 'run'],
  ['perf/perf-stat.csv', 'perf-stat', 'run'],
  ['perf/perf-stat.json', 'perf-stat-json', 'run'],
  ['perf/perf-trace-F-all.txt', 'perf-trace', 'run'],
  ['strace/strace-ttt-T.txt', 'strace', 'run'],
];
const sample = (path: string): Uint8Array => readFileSync(sharedPath('samples', path));

describeWithShared(
  'the samples (../shared/samples)',
  () => {
    it.each(SAMPLES)('%s is recognised as %s and becomes a %s', (path, format, kind) => {
      const bytes = sample(path);
      expect(recognised(bytes)).toBe(format);
      const { imported, batches } = readAs(format, bytes, basename(path));
      expect(imported.kind).toBe(kind);
      if (imported.kind === 'run') checkRun(imported.run, batches);
    });

    it.each(['cpuinfo.txt', 'lsblk.json', 'lscpu.json', 'proc-diskstats.txt', 'proc-vmstat.txt', 'vmstat.txt'])(
      'misc/%s is none of the formats',
      (name) => {
        expect(recognised(sample(`misc/${name}`))).toBeNull();
      },
    );

    it('every line of the samples ends as well in CRLF', () => {
      for (const [path, format] of SAMPLES.filter(([, format]) => format !== 'blktrace' && format !== 'lackey')) {
        const text = new TextDecoder().decode(sample(path));
        const bytes = new TextEncoder().encode(text.replaceAll('\n', '\r\n'));
        expect(recognised(bytes), path).toBe(format);
        const { taken, leftAside } = readAs(format, bytes, basename(path));
        const plain = readAs(format, sample(path), basename(path));
        expect({ taken, leftAside }, path).toEqual({ taken: plain.taken, leftAside: plain.leftAside });
      }
    });

    it('blkparse, binary and ftrace tell the same requests', () => {
      const times = (format: string, path: string) =>
        ofKind(runOf(format, sample(path)).events, 'io').map((e) => [e.address, e.a, e.duration, e.c]);
      const binary = times('blktrace', 'blktrace/vda.bin');
      expect(binary).toHaveLength(23);
      expect(times('blkparse', 'blktrace/blkparse.txt')).toEqual(binary);
      expect(times('ftrace', 'ftrace/ftrace-faults-block.txt')).toEqual(binary);
      // btt of the same trace: D2C is 112.818 µs on average over its 22 completions, one of which is an empty write.
      const services = binary.map(([, , duration, queued]) => duration / 1e6 - queued / 1e3);
      expect(Math.max(...services)).toBeCloseTo(378, 6);
      expect(Math.min(...services)).toBeLessThanOrEqual(69);
    });

    it('a fault on a hole counts as major as Linux counts it, and is told apart from one that reads', () => {
      const { run, taken } = runOf('ftrace', sample('ftrace/ftrace-faults-block.txt'));
      expect(run.metrics.faults).toEqual({ read: 32, write: 36, writeProtect: 54, minor: 74, major: 48, sigbus: 0 });
      expect(taken['faults that found no page and read nothing (holes)']).toBe(32);
      expect(taken['faults with a read of the disk in them']).toBe(16);
    });

    it('fio json+ keeps every sample, of synchronisations too', () => {
      const disk = documentOf('fio-json', sample('fio/randwrite-4k-fdatasync.jsonplus.json')) as {
        latencies: { operation: string; latency: { histogram: [number, number][] } }[];
      };
      for (const operation of ['write', 'flush']) {
        const { histogram } = disk.latencies.find((l) => l.operation === operation)!.latency;
        expect(histogram.reduce((sum, [, count]) => sum + count, 0)).toBe(16_471);
      }
    });
  },
  'samples',
);

const TRACES = ['ext4-4k', 'xfs-4k', 'btrfs-4k'];
describeWithShared(
  'the traces of the ground truth (../shared/ground-truth)',
  () => {
    it.each(TRACES)('%s: the faults of every phase are those that the program counted', (name) => {
      const { run, events, batches } = runOf(
        'ftrace',
        readFileSync(sharedPath('ground-truth', 'traces', `${name}.A.trace`)),
      );
      checkRun(run, batches);
      const truth = readFileSync(sharedPath('ground-truth', 'traces', `${name}.A.phases.tsv`), 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.split('\t'))
        .map((f) => ({
          phase: f[2],
          minor: Number(f[5]),
          major: Number(f[6]),
          KiB: Number(f[8]),
          dirty: Number(f[14]),
        }));
      expect(run.phases.map((phase) => phase.name)).toEqual(truth.map(({ phase }) => phase));
      // The trace of btrfs was taken without the page cache's events: it cannot tell major faults nor dirty pages.
      const cache = name !== 'btrfs-4k';
      run.phases.forEach((phase, i) => {
        const { phase: label, minor, major, dirty } = truth[i];
        expect(phase.minor + phase.major, label).toBe(minor + major);
        if (cache) expect([phase.minor, phase.major], label).toEqual([minor, major]);
        // The journal's own pages are dirty too: at most two of them.
        if (cache && label.includes('store')) expect(phase.dirtyPages - dirty, label).toBeLessThanOrEqual(2);
        if (cache && label.includes('store')) expect(phase.dirtyPages, label).toBeGreaterThanOrEqual(dirty);
      });
      // What was instantiated when msync was done; btrfs writes to new places, so the second msync allocates again.
      const allocated = run.phases.find((phase) => phase.name === 'msync')!.instantiatedKiB;
      expect(allocated).toBe(truth.find(({ phase }) => phase === 'store_k')!.KiB);
      expect(ofKind(events, 'io').every((e) => e.duration > 0)).toBe(true);
    });
  },
  'ground-truth',
  'traces',
);
