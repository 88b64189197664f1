import { CycleCause as CycleCauses } from '#emulator/cpu/processor';
import { DiskOp } from '#emulator/disk/disk';
import { BlockState } from '#emulator/filesystem/block-map';
import { EventKind } from '#model/events';
import type { Vma } from './address-space.ts';
import type { KernelFile } from './file.ts';
import { FolioFlag as FolioFlags, NOBODY, NO_FOLIO as IMPORTED_NO_FOLIO } from './folios.ts';
import { NO_FRAME } from './frames.ts';
import { nextMiss } from './gap-search.ts';
import { IoCause } from './io.ts';
import type { Kernel } from './kernel.ts';
import type { Task } from './task.ts';
import { blocksOf, firstBlock, readsAsZeros, sectorOf } from './page-blocks.ts';

// What a module declares is compiled in; what it imports is fetched, and checked, at each use.
const FolioFlag = FolioFlags;
const CycleCause = CycleCauses;
const NO_FOLIO = IMPORTED_NO_FOLIO;

/*
 * Readahead as Linux 6.18 does it (mm/readahead.c, mm/filemap.c, read there): windows that grow, a mark on
 * the first folio of the part nobody waits for, and folios whose order rises with each round that the mark
 * starts. All units are pages.
 */

/** Pages read in one piece when a caller insists (Linux `force_page_cache_ra`). */
const FORCED_CHUNK = 512;

export function log2(n: number): number {
  return 31 - Math.clz32(n);
}

function roundDown(n: number, unit: number): number {
  return Math.floor(n / unit) * unit;
}

function nextPowerOfTwo(n: number): number {
  let p = 1;
  while (p < n) p *= 2;
  return p;
}

/** First window of a stream: up to four times what was asked. */
function initialSize(asked: number, largest: number): number {
  const size = nextPowerOfTwo(asked);
  if (size <= largest / 32) return size * 4;
  if (size <= largest / 4) return size * 2;
  return largest;
}

/** Next window of a stream: larger, up to the largest. */
function nextSize(current: number, largest: number): number {
  if (current < Math.floor(largest / 16)) return 4 * current;
  if (current <= Math.floor(largest / 2)) return 2 * current;
  return largest;
}

/**
 * Brings the contents of new, locked folios: zeros where there is nothing on disk, reads where there is.
 * Folios of holes are unlocked at once, the others when their read is done.
 */
export function readFolios(
  k: Kernel,
  task: Task,
  file: KernelFile,
  newFolios: readonly number[],
  ioCause: IoCause,
): void {
  let reads = false;
  for (const folio of newFolios) if (!readZeros(k, task, file, folio)) reads = true;
  if (reads) submitReads(k, task, file, newFolios, ioCause);
}

/** Contents of a locked folio that has nothing on disk. @returns false when it must be read */
export function readZeros(k: Kernel, task: Task, file: KernelFile, folio: number): boolean {
  const { folios } = k;
  k.charge(task, CycleCause.filesystem, k.costs.readFolio);
  const pages = folios.pages(folio);
  if (!k.policy.inMemory && !readsAsZeros(k, file, folios.index[folio], pages)) return false;
  k.zero(task, pages);
  k.contents?.zeroPages(file, folios.index[folio], pages);
  folios.flags[folio] |= FolioFlag.uptodate;
  k.unlock(folio);
  return true;
}

/** One request for neighbours on disk; a folio is in each request once, what it waits for is counted by requests. */
function submitReads(k: Kernel, task: Task, file: KernelFile, newFolios: readonly number[], ioCause: IoCause): void {
  const { folios, fs } = k;
  let start = -1;
  let count = 0;
  let batch: number[] = [];
  const submit = (): void => {
    if (count > 0) k.io.submitOrQueue(task, DiskOp.read, start, count, batch, ioCause);
    count = 0;
    batch = [];
  };
  const unit = Math.min(fs.blockBytes, 4096) / 512;
  k.block.plug();
  for (const folio of newFolios) {
    if ((folios.flags[folio] & FolioFlag.uptodate) !== 0) continue;
    // While it is read nobody holds the lock; the end of the read lets go of it.
    folios.owner[folio] = NOBODY;
    // Pending once for itself, so that it is not done before all its requests are made.
    folios.pendingIo[folio]++;
    // Of a block larger than the page only the page is read.
    const page = folios.index[folio];
    const larger = fs.pagesPerBlock > 1;
    const first = larger ? page : firstBlock(k, page);
    const end = larger ? page + folios.pages(folio) : blocksOf(k, file, page, folios.pages(folio))[1];
    for (let i = first; i < end; i++) {
      const block = larger ? firstBlock(k, i) : i;
      if (file.blocks.map.state(block) !== BlockState.written) continue;
      const sector = larger ? sectorOf(k, file, i) : fs.sector(file.blocks, block);
      if (sector !== start + count || count >= 2048) {
        submit();
        start = sector;
      }
      if (batch[batch.length - 1] !== folio) batch.push(folio);
      count += unit;
    }
    folios.pendingIo[folio]--;
  }
  submit();
  k.io.unplug(task);
}

/** Allocates a folio over pages that may be cached already; NO_FOLIO when they are, or when there is no memory. */
function addNew(k: Kernel, task: Task, file: KernelFile, page: number, order: number): number {
  if (!file.index.absent(page, 1 << order)) return NO_FOLIO;
  const frame = k.tryFrames(task, order);
  if (frame === NO_FRAME) return NO_FOLIO;
  return k.addFolio(task, file, page, order, frame);
}

/** Reads `count` pages from `index` on that are not cached, in the smallest folios; marks the one that lies `ahead` before the end. */
function readRange(
  k: Kernel,
  task: Task,
  file: KernelFile,
  index: number,
  count: number,
  ahead: number,
  ioCause: IoCause,
): void {
  if (file.size === 0) return;
  const last = file.pages - 1;
  if (index > last) return;
  let toRead = count;
  // Linux compares so: a range that just reaches the last page is shortened by nothing.
  if (toRead > last - index) toRead = last - index + 1;
  const order = k.minOrder;
  const unit = 1 << order;
  const start = roundDown(index, unit);
  let mark = -1;
  if (ahead <= toRead) mark = Math.ceil((index + toRead - ahead) / unit) * unit - start;
  toRead += index - start;
  const added: number[] = [];
  for (let i = 0; i < toRead; i += unit) {
    if (file.index.get(start + i) !== NO_FOLIO) continue;
    const folio = addNew(k, task, file, start + i, order);
    if (folio === NO_FOLIO) break;
    if (i === mark) k.folios.flags[folio] |= FolioFlag.readahead;
    added.push(folio);
  }
  readFolios(k, task, file, added, ioCause);
}

/** Reads the window of `file.readahead` in folios of its order, smaller ones where it is not aligned. */
function readWindow(k: Kernel, task: Task, file: KernelFile, ioCause: IoCause): void {
  const ra = file.readahead;
  const { start } = ra;
  const event = k.recorder.begin(
    EventKind.readahead,
    k.lanes.pageCache,
    k.now(task),
    start,
    file.id,
    ra.size,
    task.cause,
  );
  fillWindow(k, task, file, ioCause);
  k.recorder.finish(event, k.now(task), ra.order);
}

function fillWindow(k: Kernel, task: Task, file: KernelFile, ioCause: IoCause): void {
  const ra = file.readahead;
  const { minOrder } = k;
  const start = ra.start;
  k.charge(task, CycleCause.handler, k.costs.readaheadSetup);
  let index = start;
  if (k.maxOrder === 0 && minOrder === 0) {
    ra.order = 0;
  } else {
    const mark = index + ra.size - ra.asyncSize;
    const limit = Math.min(file.pages - 1, index + ra.size - 1);
    const largest = Math.max(Math.min(k.maxOrder, ra.order, log2(ra.size)), minOrder);
    ra.order = largest;
    index = roundDown(index, 1 << minOrder);
    const added: number[] = [];
    let failed = false;
    while (index <= limit) {
      let order = largest;
      if (index % (1 << order) !== 0) order = log2(index & -index);
      while (order > minOrder && index + (1 << order) - 1 > limit) order--;
      const folio = addNew(k, task, file, index, order);
      if (folio === NO_FOLIO) {
        failed = true;
        break;
      }
      if (index === roundDown(mark, 1 << order)) k.folios.flags[folio] |= FolioFlag.readahead;
      added.push(folio);
      index += 1 << order;
    }
    readFolios(k, task, file, added, ioCause);
    if (!failed) return;
  }
  // Something was cached already: what is left is filled page by page. (Below `start`, Linux's unsigned
  // difference is huge and nothing more is read.)
  if (index >= start && ra.size > index - start)
    readRange(k, task, file, index, ra.size - (index - start), ra.asyncSize, ioCause);
}

/**
 * A fault found no page.
 * @returns whether anything was read, for which the fault let go of its locks
 */
export function mappedMiss(k: Kernel, task: Task, file: KernelFile, vma: Vma, page: number): boolean {
  const ra = file.readahead;
  if (!k.doc.readahead.mapped || vma.advice === 'random' || ra.pages === 0) return false;
  if (vma.advice === 'sequential') {
    synchronous(k, task, file, page, ra.pages);
    return true;
  }
  const limit = k.doc.readahead.missLimit;
  if (ra.mmapMiss < limit * 10) ra.mmapMiss++;
  if (ra.mmapMiss > limit) return false;
  ra.start = Math.max(0, page - Math.floor(ra.pages / 2));
  ra.size = ra.pages;
  ra.asyncSize = Math.floor(ra.pages / 4);
  ra.order = 0;
  readWindow(k, task, file, IoCause.readahead);
  return true;
}

/**
 * A fault found its page.
 * @returns whether a mark was met and the next window read, for which the fault let go of its locks
 */
export function mappedHit(k: Kernel, task: Task, file: KernelFile, vma: Vma, folio: number, page: number): boolean {
  const ra = file.readahead;
  if (!k.doc.readahead.mapped || vma.advice === 'random' || ra.pages === 0) return false;
  const flags = k.folios.flags[folio];
  if ((flags & FolioFlag.locked) === 0 && ra.mmapMiss > 0) ra.mmapMiss--;
  if ((flags & FolioFlag.readahead) === 0) return false;
  asynchronous(k, task, file, folio, page, ra.pages);
  return true;
}

/** `read` or a sequential mapping found no page: reads what was asked, and more when it looks like a stream. */
export function synchronous(k: Kernel, task: Task, file: KernelFile, index: number, asked: number): void {
  const ra = file.readahead;
  if (ra.pages === 0 || file.random || !k.doc.readahead.read) {
    let rest = ra.pages === 0 || !k.doc.readahead.read ? 1 : asked;
    for (let at = index; rest > 0; at += FORCED_CHUNK, rest -= FORCED_CHUNK) {
      readRange(k, task, file, at, Math.min(rest, FORCED_CHUNK), 0, IoCause.read);
    }
    return;
  }
  const largest = ra.pages;
  const step = index - ra.previous;
  if (index === 0 || asked > largest || (step >= 0 && step <= 1)) {
    ra.start = index;
    ra.size = initialSize(asked, largest);
    ra.asyncSize = ra.size > asked ? ra.size - asked : ra.size >> 1;
  } else {
    let behind = 0;
    while (behind < largest && index - 1 - behind >= 0 && file.index.get(index - 1 - behind) !== NO_FOLIO) behind++;
    if (behind <= asked) {
      readRange(k, task, file, index, asked, 0, IoCause.read);
      return;
    }
    // Cached from the start of the file: surely a stream.
    if (behind >= index) behind *= 2;
    ra.start = index;
    ra.size = Math.min(behind + asked, largest);
    ra.asyncSize = 1;
  }
  ra.order = 0;
  readWindow(k, task, file, IoCause.read);
}

/** A mark was met: reads the next window, in larger folios. */
export function asynchronous(
  k: Kernel,
  task: Task,
  file: KernelFile,
  folio: number,
  index: number,
  asked: number,
): void {
  const ra = file.readahead;
  const { folios } = k;
  if (ra.pages === 0 || (folios.flags[folio] & FolioFlag.writeback) !== 0) return;
  folios.flags[folio] &= ~FolioFlag.readahead;
  const largest = ra.pages;
  const expected = roundDown(ra.start + ra.size - ra.asyncSize, folios.pages(folio));
  if (index === expected) {
    ra.start += ra.size;
    ra.size = Math.max(ra.size, nextSize(ra.size, largest));
  } else {
    const start = nextMiss(file.index, folios, index + 1, largest);
    if (start - index > largest) return;
    ra.start = start;
    ra.size = nextSize(start - index + asked, largest);
  }
  ra.order += k.doc.readahead.orderStep;
  // The window ends where a folio of that order may, as far as the largest window's own alignment goes.
  const align = 1 << Math.min(ra.order, log2(largest & -largest));
  const end = ra.start + ra.size;
  const aligned = roundDown(end, align);
  if (aligned > ra.start) ra.size -= end - aligned;
  ra.asyncSize = ra.size;
  readWindow(k, task, file, IoCause.readahead);
}
