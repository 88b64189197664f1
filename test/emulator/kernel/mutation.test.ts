import { afterEach, describe, expect, it, vi } from 'vitest';
import { FileSystem } from '#emulator/filesystem/filesystem';
import { FolioFlag } from '#emulator/kernel/folios';
import { Kernel } from '#emulator/kernel/kernel';
import { WriteProtectDelayed } from '#emulator/policies/p5-write-protect';
import { conformKernel } from '#lab/conformance-kernel';
import { readKernelRecording } from '#lab/kernel-recording';
import { shippedDocuments } from '#cli/resources';

const HEADER = 'fs\tscen\tphase\tk\tnpages\tread_ahead_kb\tminflt\tmajflt\tst_blocks_KiB\tfiemap_KiB\tcs_dirty_pages';
/** Figures of a real kernel: phases of linux-6.18 that each defect must get wrong. */
const RECORDED = [
  HEADER,
  'ext4-4k\tA\tread_all\t16\t4096\t128\t132\t1\t0\t0\t0',
  'ext4-4k\tA\tread_again\t16\t4096\t128\t0\t0\t0\t0\t0',
  'ext4-4k\tA\tstore_k\t16\t4096\t128\t256\t0\t16168\t16168\t4042',
  'ext4-bigalloc64k\tB\tstore_k\t16\t4096\t128\t1\t255\t16384\t1024\t256',
  'xfs-4k\tS\tstore_until_sigbus\t16\t393216\t128\t1\t511\t2048\t2048\t512',
  'xfs-4k\tS\tmsync\t16\t393216\t128\t0\t0\t2060\t2048\t0',
  '#xfs-4k\tS\tafter fsync bavail_KiB=10228',
].join('\n');

function mismatches(): string[] {
  const result = conformKernel(
    readKernelRecording(RECORDED, 'recorded'),
    shippedDocuments(),
    'recorded',
    () => undefined,
  );
  return result.mismatches.map((m) => `${m.fs} ${m.scen} ${m.phase} ${m.field}`);
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('each named defect makes a recorded phase come out otherwise', () => {
  it('without a defect all are exact', () => {
    expect(mismatches()).toEqual([]);
  });

  it('a read fault installs a writable PTE: the stores are never seen', () => {
    vi.spyOn(Kernel.prototype, 'writableOnRead').mockReturnValue(true);
    expect(mismatches()).toContain('ext4-4k A store_k minflt');
  });

  it('dirty before reserve: a page without space is dirty', () => {
    const honest = Reflect.get<WriteProtectDelayed, 'store'>(WriteProtectDelayed.prototype, 'store');
    vi.spyOn(WriteProtectDelayed.prototype, 'store').mockImplementation(function (
      this: WriteProtectDelayed,
      k,
      task,
      file,
      folio,
    ) {
      k.dirty(task, file, folio);
      return honest.call(this, k, task, file, folio);
    });
    expect(mismatches()).toContain('xfs-4k S store_until_sigbus dirty');
  });

  it('the pages of a whole cluster dirtied when only one was: too many dirty pages', () => {
    const honest = Reflect.get<WriteProtectDelayed, 'store'>(WriteProtectDelayed.prototype, 'store');
    vi.spyOn(WriteProtectDelayed.prototype, 'store').mockImplementation(function (
      this: WriteProtectDelayed,
      k,
      task,
      file,
      folio,
    ) {
      const first = Math.floor(k.folios.index[folio] / 16) * 16;
      for (let page = first; page < first + 16; page++) {
        const other = file.index.get(page);
        if (other >= 0 && k.folios.has(other, FolioFlag.uptodate)) k.dirty(task, file, other);
      }
      return honest.call(this, k, task, file, folio);
    });
    expect(mismatches()).toContain('ext4-bigalloc64k B store_k dirty');
  });

  it('only the page of a folio reserved: fewer blocks', () => {
    const honest = Reflect.get<FileSystem, 'reserve'>(FileSystem.prototype, 'reserve');
    vi.spyOn(FileSystem.prototype, 'reserve').mockImplementation(function (this: FileSystem, file, first) {
      return honest.call(this, file, first, 1);
    });
    expect(mismatches()).toContain('ext4-4k A store_k blocks');
  });

  it('fault-around maps what is marked for readahead: the next window is never read', () => {
    vi.spyOn(Kernel.prototype, 'skipsAround').mockReturnValue(false);
    expect(mismatches()).toEqual(expect.arrayContaining([expect.stringMatching(/^ext4-4k A read_all/)]));
  });
});
