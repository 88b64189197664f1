import { describe, expect, it } from 'vitest';
import type { PolicyId } from '#model/policies';
import { fsx } from './fsx.ts';

/** FAULTLINE_FSX sets the operations of each case: 25000 make more than a million in all. */
const OPERATIONS = Number(process.env['FAULTLINE_FSX'] ?? 400);

describe(`random operations against an array of bytes, ${OPERATIONS} each`, () => {
  it.each([
    'ext4-4k', 'ext4-1k', 'ext4-4k-nodel', 'ext4-bigalloc64k', 'ext2-1k', 'xfs-4k', 'xfs-16k', 'xfs-64k', 'xfs-4k-extsz64k', 'btrfs-4k', 'tmpfs',
  ])('Linux 6.18, %s', (filesystem) => {
    const memory = filesystem === 'tmpfs' ? '2 MiB' : '640 KiB';
    const result = fsx({ kernel: 'linux-6.18', filesystem, memory, largest: 400 * 1024 }, 12345, OPERATIONS);
    expect(result).toEqual({ operations: OPERATIONS, verdict: 'finished', difference: null });
  }); // prettier-ignore

  const policies: PolicyId[] = [
    'P1',
    'P2',
    'P2-writable',
    'P3',
    'P4',
    'P4-nonblocking',
    'P5',
    'P5-by-page',
    'P5-delayed',
    'P6',
  ];
  describe.each(['plain-1k', 'plain-4k', 'plain-16k', 'plain-64k'])('Linux 2.6.11, %s', (filesystem) => {
    it.each(policies)('%s', (policy) => {
      const choice = { kernel: 'linux-2.6.11', filesystem, policy, memory: '640 KiB', largest: 300 * 1024 };
      expect(fsx(choice, 777, OPERATIONS)).toEqual({ operations: OPERATIONS, verdict: 'finished', difference: null });
    });
  });
});
