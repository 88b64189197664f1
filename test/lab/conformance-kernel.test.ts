import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { shippedDocuments } from '#cli/resources';
import { conformKernel } from '#lab/conformance-kernel';
import { readKernelRecording } from '#lab/kernel-recording';
import { InputError } from '#model/problem';
import { describeWithShared } from '../support/requirement.ts';
import { sharedPath } from '../support/shared.ts';

const HEADER = 'fs\tscen\tphase\tk\tnpages\tminflt\tmajflt\tst_blocks_KiB\tcs_dirty_pages\n';

function conform(name: string) {
  const text = readFileSync(sharedPath('ground-truth', name), 'utf8');
  return conformKernel(readKernelRecording(text, name), shippedDocuments(), name, () => undefined);
}

describeWithShared(
  'agreement with a recorded Linux 6.18',
  () => {
    it('every phase of the matrix is exact', () => {
      const result = conform('matrix.tsv');
      expect(result.mismatches).toEqual([]);
      expect(result).toMatchObject({ phases: 343, allExact: 343 });
    });

    it('background writeback cleans within two seconds of the recording', () => {
      const { cleaning, mismatches } = conform('background-writeback.tsv');
      expect(mismatches).toEqual([]);
      expect(cleaning).toHaveLength(4);
      for (const c of cleaning) expect(Math.abs(c.recordedMs - c.emulatedMs)).toBeLessThan(2000);
    });

    it('what fits before SIGBUS is within 5 %', () => {
      const { outOfSpace } = conform('enospc.tsv');
      expect(outOfSpace).toHaveLength(8);
      for (const s of outOfSpace)
        expect(Math.abs(s.recordedKiB - s.emulatedKiB)).toBeLessThanOrEqual(s.recordedKiB * 0.05);
    });
  },
  'ground-truth',
  'matrix.tsv',
);

describe('reading a table of phases', () => {
  it('takes 128 KiB of read-ahead when there is no such column', () => {
    const [only] = readKernelRecording(`${HEADER}ext4-4k\tB\tstore_k\t16\t4096\t1\t255\t1024\t256\n`, 'x.tsv');
    expect(only).toMatchObject({ fs: 'ext4-4k', scen: 'B', k: 16, pages: 4096, readAheadKiB: 128 });
  });

  it.each([
    ['no header', 'ext4-4k\tB\tstore_k\t16\t4096\t1\t255\t1024\t256\n'],
    ['a column missing', 'fs\tscen\tphase\tk\n'],
    ['no number', `${HEADER}ext4-4k\tB\tstore_k\tmany\t4096\t1\t255\t1024\t256\n`],
    ['nothing', ''],
  ])('refuses %s with the file named', (_what, text) => {
    expect(() => readKernelRecording(text, 'x.tsv')).toThrow(InputError);
    expect(() => readKernelRecording(text, 'x.tsv')).toThrow(/x\.tsv/);
  });

  it('refuses an unknown file system and an unknown scenario by line', () => {
    const line = (fs: string, scen: string): string =>
      `${HEADER}${fs}\t${scen}\tstore_k\t16\t4096\t1\t255\t1024\t256\n`;
    for (const text of [line('fat', 'B'), line('ext4-4k', 'Z')]) {
      expect(() =>
        conformKernel(readKernelRecording(text, 'x.tsv'), shippedDocuments(), 'x.tsv', () => undefined),
      ).toThrow(/x\.tsv:2/);
    }
  });
});
