import { CycleCause as CycleCauses } from '#emulator/cpu/processor';
import { BlockState as BlockStates } from '#emulator/filesystem/block-map';
import type { KernelFile } from '#emulator/kernel/file';
import { NO_FOLIO } from '#emulator/kernel/folios';
import type { Kernel } from '#emulator/kernel/kernel';
import type { Maybe, Op, Task } from '#emulator/kernel/task';
import { awaitSpace, blockPages, instantiate, letGo, lockInOrder, takeWhole } from './companions.ts';
import { PlainPolicy } from './policy.ts';
import { blocksBacked, endBlock, firstBlock, gave } from '#emulator/kernel/page-blocks';

// What a module declares is compiled in; what it imports is fetched, and checked, at each use.
const BlockState = BlockStates;
const CycleCause = CycleCauses;

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

  override store(k: Kernel, task: Task, file: KernelFile, folio: number, first?: number, end?: number): Maybe<number> {
    return instantiate(k, task, file, folio, this.whole, first, end);
  }
}

/** P5, delayed: the trapped store reserves; blocks are chosen at writeback. */
export class WriteProtectDelayed extends PlainPolicy {
  readonly id = 'P5-delayed';
  override readonly trapsStores = true;

  override store(
    k: Kernel,
    task: Task,
    file: KernelFile,
    folio: number,
    first = firstBlock(k, k.folios.index[folio]),
    end = endBlock(k, k.folios.index[folio] + k.folios.pages(folio)),
  ): Maybe<number> {
    const page = k.folios.index[folio];
    const pages = k.folios.pages(folio);
    if (blocksBacked(k, file, first, end)) return folio;
    if (k.fs.pagesPerBlock > pages) {
      const [from, to] = blockPages(k, file, folio);
      if (to - from > pages) return this.storeBlock(k, task, file, folio);
    }
    const kept = this.reserveBlocks(k, task, file, page, first, end);
    // What was reserved before space ran out stays so, and its page is dirty.
    if (kept > 0) k.dirty(task, file, folio);
    if (!this.full) return folio;
    k.unlock(folio);
    return k.fs.doc.space.waitForSpace ? this.storeLater(k, task, file, page, pages) : NO_FOLIO;
  }

  /** Waits for space while it holds nothing, and tries again as often as that gives any back. */
  private *storeLater(k: Kernel, task: Task, file: KernelFile, page: number, pages: number): Op<number> {
    while (yield* awaitSpace(k, task, pages * k.fs.blocksPerPage)) {
      const taken = yield* lockInOrder(k, task, file, page, Math.min(page + pages, file.pages));
      if (taken.length === 0) return NO_FOLIO;
      const own = file.index.get(page);
      letGo(k, taken, own);
      this.reserve(k, task, file, page, k.folios.pages(own));
      if (!this.full) return own;
      k.unlock(own);
    }
    return NO_FOLIO;
  }

  private *storeBlock(k: Kernel, task: Task, file: KernelFile, folio: number): Op<number> {
    const page = k.folios.index[folio];
    const [first, end] = blockPages(k, file, folio);
    const taken = yield* takeWhole(k, task, file, folio);
    if (taken.length === 0) return NO_FOLIO;
    const kept = this.reserve(k, task, file, first, end - first);
    const { full } = this;
    const own = file.index.get(page);
    if (!full || kept > 0) for (const other of taken) k.dirty(task, file, other);
    letGo(k, taken, own);
    if (!full) return own;
    k.unlock(own);
    return NO_FOLIO;
  }

  /** Whether the last reservation found too little space. */
  private full = false;

  /** Reserves the holes under a range of pages. @returns blocks newly reserved, some even when space ran out */
  private reserve(k: Kernel, task: Task, file: KernelFile, page: number, pages: number): number {
    return this.reserveBlocks(k, task, file, page, firstBlock(k, page), endBlock(k, page + pages));
  }

  private reserveBlocks(k: Kernel, task: Task, file: KernelFile, page: number, first: number, behind: number): number {
    const { fs } = k;
    const end = Math.min(behind, Math.ceil(file.size / fs.blockBytes));
    const took = fs.reservePs + fs.reserveNextPs * Math.max(0, end - first - 1);
    k.charge(task, CycleCause.filesystem, took);
    const { counts } = file.blocks.map;
    const held = counts[BlockState.reserved];
    this.full = fs.reserve(file.blocks, first, Math.max(0, end - first)) < 0;
    const kept = counts[BlockState.reserved] - held;
    gave(k, task, file, page, kept, true, took);
    return kept;
  }
}
