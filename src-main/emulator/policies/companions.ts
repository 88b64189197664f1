import { CycleCause as CycleCauses } from '#emulator/cpu/processor';
import { DiskOp } from '#emulator/disk/disk';
import { BlockState as BlockStates } from '#emulator/filesystem/block-map';
import { closeHandle, openHandle, tryHandle } from '#emulator/filesystem/journal';
import type { KernelFile } from '#emulator/kernel/file';
import { FolioFlag, NO_FOLIO } from '#emulator/kernel/folios';
import { NO_FRAME } from '#emulator/kernel/frames';
import { IoCause } from '#emulator/kernel/io';
import type { Kernel } from '#emulator/kernel/kernel';
import type { Maybe, Op, Task } from '#emulator/kernel/task';
import { blocksBacked, blocksOf, endBlock, firstBlock, gave } from '#emulator/kernel/page-blocks';

// What a module declares is compiled in; what it imports is fetched, and checked, at each use.
const BlockState = BlockStates;
const CycleCause = CycleCauses;

/*
 * A block larger than the page has companions: the other pages of it, which must be zeroed with it. They
 * may be dirty, locked, or absent, and how they are collected is what the thread of 2005 is about.
 */

/** Pages of the blocks that a folio lies in, up to the end of the file: [first, end). */
export function blockPages(k: Kernel, file: KernelFile, folio: number): [number, number] {
  const unit = k.fs.pagesPerBlock;
  const page = k.folios.index[folio];
  const first = Math.floor(page / unit) * unit;
  const end = Math.ceil((page + k.folios.pages(folio)) / unit) * unit;
  return [first, Math.max(page + 1, Math.min(end, file.pages))];
}

/** Makes an absent page of a hole: zeros, locked by the task. */
function makeZero(k: Kernel, task: Task, file: KernelFile, page: number, frame: number): number {
  const folio = k.addFolio(task, file, page, 0, frame);
  k.zero(task, 1);
  k.contents?.zeroPages(file, page, 1);
  k.folios.flags[folio] |= FolioFlag.uptodate;
  return folio;
}

/** Locks the folios of pages `first` to `end`, in ascending order; what is absent is made, as zeros. */
export function* lockInOrder(k: Kernel, task: Task, file: KernelFile, first: number, end: number): Op<number[]> {
  const taken: number[] = [];
  for (let page = first; page < end;) {
    let there = file.index.get(page);
    if (there === NO_FOLIO) {
      const frame = yield* k.getFrames(task, 0, `page ${page}`);
      there = file.index.get(page);
      if (there === NO_FOLIO) there = makeZero(k, task, file, page, frame);
      else k.releaseFrames(frame, 0);
    }
    if (k.folios.owner[there] !== task.id) {
      yield* k.lock(task, there);
      if (file.index.get(page) !== there) {
        k.unlock(there);
        continue;
      }
    }
    taken.push(there);
    page = k.folios.index[there] + k.folios.pages(there);
  }
  return taken;
}

/**
 * Takes companions one page after the other in ascending order while those before are held: hold and
 * wait. The folio's own lock is kept throughout, or taken in its turn when `inTurn`.
 * @returns every folio of the block, locked, the given one among them
 */
export function* takeOneByOne(k: Kernel, task: Task, file: KernelFile, folio: number, inTurn: boolean): Op<number[]> {
  const [first, end] = blockPages(k, file, folio);
  if (inTurn) k.unlock(folio);
  return yield* lockInOrder(k, task, file, first, end);
}

/**
 * Takes the frames of all absent pages of the block in one piece while it holds nothing, and only then the
 * locks, in ascending order. The folio itself may be reclaimed while it waits: it is made anew.
 * @returns every folio of the block, locked; none when the file has been cut short
 */
export function* takeWhole(k: Kernel, task: Task, file: KernelFile, folio: number): Op<number[]> {
  const page0 = k.folios.index[folio];
  const [first, end] = blockPages(k, file, folio);
  const missing = (): number => {
    let absent = 0;
    for (let page = first; page < end; page++) if (file.index.get(page) === NO_FOLIO) absent++;
    return absent;
  };
  if (missing() > 0) {
    k.unlock(folio);
    for (let absent = missing(); !k.mayTake(task, absent); absent = missing()) {
      yield* k.awaitFrames(task, absent, `the block of page ${page0}`);
    }
    if (page0 >= file.pages) return [];
  }
  return yield* lockInOrder(k, task, file, first, end);
}

/** Why {@link tryTake} gave up: a lock is held, the page is gone, or there is no frame. */
export const GaveUp = { locked: 'EDEADLK', stale: 'ESTALE', memory: 'ENOMEM' } as const;
export type GaveUp = (typeof GaveUp)[keyof typeof GaveUp];

/** Takes what can be had without waiting, or nothing. The folio's own lock is kept. */
export function tryTake(k: Kernel, task: Task, file: KernelFile, folio: number): number[] | GaveUp {
  const [first, end] = blockPages(k, file, folio);
  if (file.index.get(k.folios.index[folio]) !== folio) return GaveUp.stale;
  const taken: number[] = [];
  const made: number[] = [];
  let why: GaveUp | null = null;
  for (let page = first; page < end && why === null;) {
    let there = file.index.get(page);
    if (there === NO_FOLIO) {
      const frame = k.tryFrames(task, 0);
      if (frame === NO_FRAME) {
        why = GaveUp.memory;
        break;
      }
      there = makeZero(k, task, file, page, frame);
      made.push(there);
    } else if (there !== folio && !k.tryLock(task, there)) {
      why = GaveUp.locked;
      break;
    }
    taken.push(there);
    page = k.folios.index[there] + k.folios.pages(there);
  }
  if (why === null) return taken;
  for (const other of taken) {
    if (other === folio) continue;
    if (made.includes(other)) k.removeFolio(task, file, other, 2);
    else k.unlock(other);
  }
  return why;
}

/** Lets go of the companions again; the folio itself stays locked. */
export function letGo(k: Kernel, taken: readonly number[], folio: number): void {
  for (const other of taken) if (other !== folio) k.unlock(other);
}

/**
 * Allocates every hole under the given pages now. The task holds a journal handle.
 * @returns false when there is not enough space; then nothing is allocated
 */
export function allocateNow(
  k: Kernel,
  task: Task,
  file: KernelFile,
  page: number,
  pages: number,
  hinted = false,
  first = firstBlock(k, page),
  behind = endBlock(k, page + pages),
): boolean {
  const { fs } = k;
  const end = Math.max(first, Math.min(behind, Math.ceil(file.size / fs.blockBytes)));
  const state = fs.doc.unwritten ? BlockState.unwritten : BlockState.written;
  const took = fs.reservePs + fs.allocatePs + fs.reserveNextPs * Math.max(0, end - first - 1);
  k.charge(task, CycleCause.filesystem, took);
  const given = fs.allocate(file.blocks, first, end - first, state, hinted);
  if (given < 0) return false;
  if (given > 0) k.journal?.dirty(task);
  gave(k, task, file, page, given, false, took);
  return true;
}

/**
 * Allocates the blocks of a folio, or those from `first` to `end`, for their first contents. Where a block is larger
 * than the page it is the whole block, and every page of it is dirtied.
 * @returns the folio to go on with, locked; NO_FOLIO, and nothing locked, when there is no space
 */
export function instantiate(
  k: Kernel,
  task: Task,
  file: KernelFile,
  folio: number,
  whole: boolean,
  first = firstBlock(k, k.folios.index[folio]),
  end = endBlock(k, k.folios.index[folio] + k.folios.pages(folio)),
): Maybe<number> {
  const pages = k.folios.pages(folio);
  if (blocksBacked(k, file, first, end)) return folio;
  if (k.fs.pagesPerBlock > pages && blockIsLarger(k, file, folio)) return instantiateBlock(k, task, file, folio, whole);
  return tryHandle(k, task)
    ? instantiateFolio(k, task, file, folio, first, end)
    : instantiateLater(k, task, file, folio, first, end);
}

function* instantiateLater(
  k: Kernel,
  task: Task,
  file: KernelFile,
  folio: number,
  first: number,
  end: number,
): Op<number> {
  yield* openHandle(k, task);
  return instantiateFolio(k, task, file, folio, first, end);
}

/** Allocates under the folio alone, and closes the handle. */
function instantiateFolio(k: Kernel, task: Task, file: KernelFile, folio: number, first: number, end: number): number {
  const page = k.folios.index[folio];
  const pages = k.folios.pages(folio);
  const good = allocateNow(k, task, file, page, pages, true, first, end);
  // Where blocks are found one after the other, those before space ran out stay, and their folio is dirty
  // (Linux `__block_write_begin`, `folio_zero_new_buffers`).
  if (!good && k.fs.doc.space.partialReservation && allocateSome(k, task, file, page, pages))
    k.dirty(task, file, folio);
  closeHandle(k, task);
  if (good) return folio;
  k.unlock(folio);
  return NO_FOLIO;
}

/** Allocates under the given pages as far as the space goes. @returns whether there was any */
function allocateSome(k: Kernel, task: Task, file: KernelFile, page: number, pages: number): boolean {
  const { fs } = k;
  const [first, end] = blocksOf(k, file, page, pages);
  const state = fs.doc.unwritten ? BlockState.unwritten : BlockState.written;
  let given = 0;
  for (let block = first; block < end; block++) {
    const more = fs.allocate(file.blocks, block, 1, state);
    if (more < 0) break;
    given += more;
  }
  if (given > 0) k.journal?.dirty(task);
  gave(k, task, file, page, given, false, 0);
  return given > 0;
}

function blockIsLarger(k: Kernel, file: KernelFile, folio: number): boolean {
  const [first, end] = blockPages(k, file, folio);
  return end - first > k.folios.pages(folio);
}

function* instantiateBlock(k: Kernel, task: Task, file: KernelFile, folio: number, whole: boolean): Op<number> {
  const page = k.folios.index[folio];
  const [first, end] = blockPages(k, file, folio);
  // Page by page everything is held while the next is waited for, the handle too; whole, the handle comes last,
  // so that no commit ever waits for frames or locks.
  if (!whole) yield* openHandle(k, task);
  const taken = whole ? yield* takeWhole(k, task, file, folio) : yield* takeOneByOne(k, task, file, folio, false);
  if (taken.length === 0) {
    if (!whole) closeHandle(k, task);
    return NO_FOLIO;
  }
  if (whole) yield* openHandle(k, task);
  const own = file.index.get(page);
  const good = allocateNow(k, task, file, first, end - first, true);
  closeHandle(k, task);
  if (good) for (const other of taken) k.dirty(task, file, other);
  letGo(k, taken, own);
  if (good) return own;
  k.unlock(own);
  return NO_FOLIO;
}

/**
 * Waits until what is dirty has been written, as that may give space back: metadata that was reserved for the
 * worst case, blocks of what is being deleted. The task holds no folio: writing them takes their locks.
 * @returns whether there is more space than before
 */
export function* awaitSpace(k: Kernel, task: Task, blocks: number): Op<boolean> {
  const before = k.fs.available;
  if (k.dirtyPages > 0) k.kickFlusher();
  yield* k.sleep(task, {
    kind: 'reservation',
    label: `needs ${(blocks * k.fs.blockBytes) / 1024} KiB of space`,
    of: blocks,
    until: Infinity,
    ready: () => k.fs.available > before || (k.dirtyPages === 0 && k.writebackPages === 0),
  });
  return k.fs.available > before;
}

/** Largest write of zeros, sectors: 1 MiB. */
const ZEROS = 2048;

/** Writes zeros over blocks, given in ascending order, straight to disk. */
export function* writeZeros(k: Kernel, task: Task, file: KernelFile, blocks: readonly number[]): Op {
  const unit = k.fs.blockBytes / 512;
  let start = -1;
  let count = 0;
  for (const block of blocks) {
    const sector = k.fs.sector(file.blocks, block);
    k.contents?.zeroSectors(sector, unit);
    if (count > 0 && (sector !== start + count || count + unit > ZEROS)) {
      yield* k.io.submitWaiting(task, DiskOp.write, start, count, 0, [], IoCause.zeroing);
      count = 0;
    }
    if (count === 0) start = sector;
    count += unit;
  }
  if (count > 0) yield* k.io.submitWaiting(task, DiskOp.write, start, count, 0, [], IoCause.zeroing);
}
