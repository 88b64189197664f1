/**
 * `write` through the page cache beside stores through a mapping, of a file of 16 MiB of hole. The figures were taken
 * on Linux 6.18 (six small programs on fresh file systems): faults, st_blocks in KiB, cached and dirty pages after each.
 */
import { describe, expect, it } from 'vitest';
import { planOf, run } from './plan.ts';

const FILE = 16 * 1024 * 1024;

interface Case {
  /** Bytes of each write, and from one to the next. */
  readonly length: number;
  readonly step: number;
  /** Whether all of the file was read through the mapping before: readahead leaves large folios. */
  readonly scanned: boolean;
}

const CASES: Readonly<Record<string, Case>> = {
  'pages after a scan': { length: 4096, step: 65536, scanned: true },
  'bytes after a scan': { length: 1, step: 65536, scanned: true },
  'a mebibyte at a time': { length: 1048576, step: 1048576, scanned: false },
  '64 KiB at a time': { length: 65536, step: 65536, scanned: false },
  '64 KiB after a scan': { length: 65536, step: 131072, scanned: true },
  'pieces off every boundary': { length: 20000, step: 20000, scanned: false },
};

/** After the writes; after a store into every 16th page; after fsync; after the same stores again. */
const RECORDED: Readonly<Record<string, Readonly<Record<string, readonly [string, string, string, string]>>>> = {
  'pages after a scan': {
    'ext4-4k': ['0 1024 4096 4042', '256 16168 4096 4042', '0 16172 4096 0', '256 16172 4096 4042'],
    'xfs-4k': ['0 1024 4096 4042', '256 16168 4096 4042', '0 16168 4096 0', '256 16168 4096 4042'],
    'ext4-4k-nodel': ['0 1028 4096 4042', '256 16172 4096 4042', '0 16172 4096 0', '256 16172 4096 4042'],
    'xfs-16k': ['0 4096 4096 4072', '256 16288 4096 4072', '0 16288 4096 0', '256 16288 4096 4072'],
    'ext4-1k': ['0 1024 4096 4042', '256 16168 4096 4042', '0 16169 4096 0', '256 16169 4096 4042'],
  },
  'bytes after a scan': {
    'ext4-4k': ['0 1024 4096 4042', '256 16168 4096 4042', '0 16172 4096 0', '256 16172 4096 4042'],
    'xfs-16k': ['0 4096 4096 4072', '256 16288 4096 4072', '0 16288 4096 0', '256 16288 4096 4072'],
    'ext4-1k': ['0 256 4096 4042', '256 16168 4096 4042', '0 16169 4096 0', '256 16169 4096 4042'],
  },
  'a mebibyte at a time': {
    'ext4-4k': ['0 16384 4096 4096', '16 16384 4096 4096', '0 16384 4096 0', '256 16384 4096 4096'],
    'xfs-4k': ['0 16384 4096 4096', '16 16384 4096 4096', '0 16384 4096 0', '256 16384 4096 4096'],
    'xfs-16k': ['0 16384 4096 4096', '16 16384 4096 4096', '0 16384 4096 0', '256 16384 4096 4096'],
  },
  '64 KiB at a time': {
    'ext4-4k': ['0 16384 4096 4096', '256 16384 4096 4096', '0 16384 4096 0', '256 16384 4096 4096'],
    'xfs-4k': ['0 16384 4096 4096', '256 16384 4096 4096', '0 16384 4096 0', '256 16384 4096 4096'],
  },
  '64 KiB after a scan': {
    'ext4-4k': ['0 8192 4096 4048', '256 16276 4096 4069', '0 16276 4096 0', '256 16276 4096 4042'],
    'ext4-4k-nodel': ['0 8196 4096 4048', '256 16276 4096 4069', '0 16276 4096 0', '256 16276 4096 4042'],
    'xfs-16k': ['0 8192 4096 4064', '256 16336 4096 4084', '0 16336 4096 0', '256 16336 4096 4072'],
  },
  'pieces off every boundary': {
    'ext4-4k': ['0 16368 4092 4092', '256 16368 4092 4092', '0 16368 4092 0', '256 16368 4092 505'],
    'xfs-4k': ['0 16368 4092 4092', '256 16368 4092 4092', '0 16368 4092 0', '256 16368 4092 505'],
    'xfs-16k': ['0 16368 4092 4092', '256 16368 4092 4092', '0 16368 4092 0', '256 16368 4092 1024'],
  },
};

function figuresOf({ length, step, scanned }: Case, filesystem: string): string[] {
  const writes = Array.from({ length: Math.floor((FILE - length) / step) + 1 }, (_, i) => ({
    do: 'write',
    file: 'f',
    from: `${i * step} B`,
    length: `${length} B`,
    chunk: `${length} B`,
  }));
  const store = { do: 'store', mapping: 'm', stride: '64 KiB' };
  const scan = { do: 'load', mapping: 'm', stride: '4 KiB' };
  const steps = [...(scanned ? [scan] : []), ...writes, store, { do: 'fsync', file: 'f' }, store];
  const experiment = {
    files: [{ name: 'f', size: '16 MiB' }],
    mappings: [{ name: 'm', file: 'f' }],
    threads: [{ name: 'main', steps }],
  };
  const { phases } = run(planOf(experiment, { kernel: 'linux-6.18', filesystem })).outcome;
  return phases
    .slice(-4)
    .map(({ minor, major, statKiB, cachedPages, dirtyPages }) =>
      [minor + major, statKiB, cachedPages, dirtyPages].join(' '),
    );
}

describe('writing', () => {
  for (const [name, recorded] of Object.entries(RECORDED)) {
    it.each(Object.entries(recorded))(`${name} on %s does what was recorded`, (filesystem, figures) => {
      expect(figuresOf(CASES[name], filesystem)).toEqual(figures);
    });
  }
});
