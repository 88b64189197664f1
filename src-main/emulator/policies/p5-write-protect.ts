import { CycleCause } from '#emulator/cpu/processor';
import { BlockState } from '#emulator/filesystem/block-map';
import type { KernelFile } from '#emulator/kernel/file';
import { NO_FOLIO } from '#emulator/kernel/folios';
import type { Kernel } from '#emulator/kernel/kernel';
import type { Maybe, Op, Task } from '#emulator/kernel/task';
import { instantiate, letGo, takeWhole, blockPages } from './companions.ts';
import { PlainPolicy } from './policy.ts';

/** P5: the first store traps, and the file system allocates before it is let through. */
export class WriteProtect extends PlainPolicy {
  readonly id: 'P5' | 'P5-by-page';
  override readonly trapsStores = true;
  private readonly whole: boolean;

  constructor(id: 'P5' | 'P5-by-page') {
    super();
    this.id = id;
    this.whole = id === 'P5';
  }

  override store(k: Kernel, task: Task, file: KernelFile, folio: number): Maybe<number> {
    return instantiate(k, task, file, folio, this.whole);
  }
}

/** P5, delayed: the trapped store reserves; blocks are chosen at writeback. */
export class WriteProtectDelayed extends PlainPolicy {
  readonly id = 'P5-delayed';
  override readonly trapsStores = true;

  override store(k: Kernel, task: Task, file: KernelFile, folio: number): Maybe<number> {
    const page = k.folios.index[folio];
    const pages = k.folios.pages(folio);
    if (k.backed(file, page, pages)) return folio;
    const [first, end] = blockPages(k, file, folio);
    if (end - first > pages) return this.storeBlock(k, task, file, folio);
    return this.reserve(k, task, file, page, first, end, [folio]);
  }

  private *storeBlock(k: Kernel, task: Task, file: KernelFile, folio: number): Op<number> {
    const page = k.folios.index[folio];
    const [first, end] = blockPages(k, file, folio);
    const taken = yield* takeWhole(k, task, file, folio);
    return taken.length === 0 ? NO_FOLIO : this.reserve(k, task, file, page, first, end, taken);
  }

  private reserve(
    k: Kernel,
    task: Task,
    file: KernelFile,
    page: number,
    first: number,
    end: number,
    taken: readonly number[],
  ): number {
    const { fs } = k;
    const own = file.index.get(page);
    const [block, stop] = k.blocksOf(file, first, end - first);
    k.charge(task, CycleCause.filesystem, fs.reservePs + fs.reserveNextPs * Math.max(0, stop - block - 1));
    const { counts } = file.blocks.map;
    const held = counts[BlockState.reserved];
    const good = fs.reserve(file.blocks, block, stop - block) >= 0;
    const kept = counts[BlockState.reserved] - held;
    // What was reserved before space ran out stays so, and its page is dirty.
    if (good || kept > 0) for (const other of taken) k.dirty(task, file, other);
    k.gave(task, file, first, kept, true);
    letGo(k, taken, own);
    if (good) return own;
    k.unlock(own);
    return NO_FOLIO;
  }
}
