import { BlockFlag } from '#emulator/block/queue';
import { CycleCause } from '#emulator/cpu/processor';
import { DiskOp } from '#emulator/disk/disk';
import { closeHandle, openHandle } from '#emulator/filesystem/journal';
import { HUGE_PAGES, Pte } from '#emulator/mmu/page-table';
import { EventKind } from '#model/events';
import { type Advice, type AddressSpace, Vma } from './address-space.ts';
import { faultAt, newFolio } from './fault.ts';
import type { KernelFile } from './file.ts';
import { FolioFlag, NOBODY, NO_FOLIO, RemovedWhy, alignDown } from './folios.ts';
import { IoCause } from './io.ts';
import type { Kernel } from './kernel.ts';
import { asynchronous, log2, readFolios, synchronous } from './readahead.ts';
import type { Op, Task } from './task.ts';
import { balanceDirty } from './throttle.ts';
import { WritebackWhy, collectDirtyBits, waitPages, writePages } from './writeback.ts';
import { blocksBacked, backed, readsAsZeros } from './page-blocks.ts';
import { flush, protect, unmapPages } from './page-entries.ts';

/** System calls, argument `b` of their events. */
export const Syscall = {
  mmap: 0,
  munmap: 1,
  mprotect: 2,
  msync: 3,
  fsync: 4,
  fdatasync: 5,
  read: 6,
  write: 7,
  truncate: 8,
  punch: 9,
  madvise: 10,
  fadvise: 11,
  fork: 12,
} as const;
export type Syscall = (typeof Syscall)[keyof typeof Syscall];

/** Results, argument `c` of their events; 0 is success. */
export const Errno = { none: 0, io: 5, noMemory: 12, noSpace: 28 } as const;

const PAGE = 4096;

/** Sees or sets bytes [start, end) of a file in a page of it that begins at `base`. */
export type Fill = (page: Uint8Array, base: number, start: number, end: number) => void;

/** Enters a system call: charges it, records it, and makes it the cause of what follows. */
export function* syscall(k: Kernel, task: Task, call: Syscall, page: number, body: Op<number>): Op<number> {
  k.charge(task, CycleCause.syscall, k.processor.costs.systemCall);
  const before = task.cause;
  const event = k.recorder.begin(EventKind.syscall, task.lane, k.now(task), page, task.id, call, before);
  task.cause = event;
  const result = yield* body;
  task.cause = before;
  k.recorder.finish(event, k.now(task), result);
  k.progress++;
  return result;
}

/** Where the next mapping of a space goes: beside the others, aligned as a huge page. */
function placeFor(space: AddressSpace): number {
  // 0x7f00 0000 0000 in pages: where Linux puts mappings, roughly.
  let vpn = 0x7f0000000;
  for (const vma of space.vmas) vpn = Math.max(vpn, vma.start + vma.pages + HUGE_PAGES);
  return Math.ceil(vpn / HUGE_PAGES) * HUGE_PAGES;
}

export function* mmap(
  k: Kernel,
  task: Task,
  name: string,
  file: KernelFile,
  offset: number,
  pages: number,
  shared: boolean,
  writable: boolean,
  advice: Advice,
): Op<number> {
  // prettier-ignore
  const space = task.space!;
  const vma = new Vma(name, file, placeFor(space), pages, offset, shared, writable, advice);
  if (!(yield* k.policy.mmap(k, task, vma))) return Errno.noSpace;
  space.add(vma);
  file.mappings.push({ space, vma });
  record(k, task, EventKind.mapped, vma, vma.start, pages);
  return Errno.none;
}

/** Tells that a stretch of a mapping has come, or that its entries have gone. */
function record(k: Kernel, task: Task, kind: EventKind, vma: Vma, first: number, count: number): void {
  const page = vma.offset + first - vma.start;
  k.recorder.record(kind, task.lane, k.now(task), 0, first * PAGE, vma.file.id, page, count, task.cause);
}

export function* munmap(k: Kernel, task: Task, vma: Vma): Op<number> {
  dropRange(k, task, task.space!, vma, vma.start, vma.pages);
  task.space!.remove(vma);
  vma.file.mappings = vma.file.mappings.filter((mapped) => mapped.vma !== vma || mapped.space !== task.space);
  return Errno.none;
}

/** Takes the PTEs of a range of one mapping out, private copies with them. */
function dropRange(k: Kernel, task: Task, space: AddressSpace, vma: Vma, first: number, count: number): void {
  for (let vpn = first; vpn < first + count; vpn++) {
    const flags = space.table.flags(vpn);
    if ((flags & Pte.present) === 0) continue;
    const pages = (flags & Pte.huge) !== 0 ? HUGE_PAGES : 1;
    const had = space.table.clear(vpn);
    k.charge(task, CycleCause.handler, k.costs.protectPte);
    const own = space.anonymous.get(vpn);
    if (own !== undefined) {
      space.anonymous.delete(vpn);
      releaseAnonymous(k, own);
      continue;
    }
    const folio = vma.file.index.get(vma.offset + vpn - vma.start);
    if (folio === NO_FOLIO) continue;
    k.folios.mapCount[folio] -= pages;
    if ((had & Pte.dirty) !== 0 && k.doc.dirty.tracking === 'pte-bit' && !k.policy.inMemory)
      k.dirty(task, vma.file, folio);
  }
  flush(k, task, space, first, count);
  record(k, task, EventKind.unmapped, vma, first, count);
}

function releaseAnonymous(k: Kernel, folio: number): void {
  if (--k.folios.mapCount[folio] > 0) return;
  k.anonymousPages--;
  k.releaseFrames(k.folios.frame[folio], 0);
  k.folios.release(folio);
}

export function* mprotect(
  k: Kernel,
  task: Task,
  vma: Vma,
  first: number,
  count: number,
  writable: boolean,
): Op<number> {
  const space = task.space!;
  if (count === vma.pages) {
    vma.writable = writable;
    vma.protectedPages.clear();
  } else {
    for (let vpn = first; vpn < first + count; vpn++) {
      if (writable) vma.protectedPages.delete(vpn);
      else vma.protectedPages.add(vpn);
    }
  }
  for (let vpn = first; vpn < first + count; vpn++) {
    const flags = space.table.flags(vpn);
    const was = (flags & Pte.writable) !== 0;
    if ((flags & Pte.present) === 0 || was === writable) continue;
    if (writable && !mayBeWritable(k, space, vma, vpn, flags)) continue;
    space.table.change(vpn, writable ? 0 : Pte.writable, writable ? Pte.writable : 0);
    k.charge(task, CycleCause.handler, k.costs.protectPte);
  }
  // A TLB entry that knows less than its PTE costs a walk, no fault: only rights taken away must be told.
  if (!writable) flush(k, task, space, first, count);
  return Errno.none;
}

/**
 * Whether a PTE of a mapping that becomes writable needs no fault to become so too (Linux `can_change_pte_writable`):
 * a private page that nobody else has, a shared page whose store has been noticed already, or need not be noticed.
 */
function mayBeWritable(k: Kernel, space: AddressSpace, vma: Vma, vpn: number, flags: number): boolean {
  if (!vma.shared) {
    const own = space.anonymous.get(vpn);
    return own !== undefined && k.folios.mapCount[own] === 1;
  }
  const trapped = (k.policy.trapsStores || k.doc.dirty.tracking === 'write-protect') && !k.policy.inMemory;
  return !trapped || (flags & Pte.dirty) !== 0;
}

/** Writes what is dirty in a range, waits for it, and makes the file's metadata durable. */
export function* sync(
  k: Kernel,
  task: Task,
  file: KernelFile,
  first: number,
  end: number,
  metadata: boolean,
): Op<number> {
  if (k.policy.inMemory) return Errno.none;
  collectDirtyBits(k, task, file, first, end);
  // A write may dirty pages again (companions, retries): until nothing is left, or nothing helps.
  for (let left = -1; file.index.dirty > 0 && file.index.dirty !== left;) {
    left = file.index.dirty;
    yield* writePages(k, task, file, first, end, WritebackWhy.sync);
    yield* waitPages(k, task, file, first, end);
  }
  yield* waitPages(k, task, file, first, end);
  k.fs.settle(file.blocks);
  if (k.journal !== null && k.journal.running > 0) yield* k.journal.commit(k, task);
  else if (metadata) yield* k.io.submitAndWait(task, DiskOp.flush, 0, 0, BlockFlag.none, IoCause.sync);
  const failed = file.writeError;
  file.writeError = false;
  return failed ? Errno.io : Errno.none;
}

/** `msync(MS_ASYNC)`: today nothing happens; dirty bits are looked at where they are how stores are known. */
export function* msyncAsync(k: Kernel, task: Task, file: KernelFile, first: number, end: number): Op<number> {
  collectDirtyBits(k, task, file, first, end);
  return Errno.none;
}

/**
 * Reads through the page cache, up to the end of the file.
 * @param take gets the bytes, where contents are kept
 */
export function* read(k: Kernel, task: Task, file: KernelFile, from: number, length: number, take?: Fill): Op<number> {
  const end = Math.min(from + length, file.size);
  const last = Math.ceil(end / PAGE);
  for (let page = Math.floor(from / PAGE); page < last; page++) {
    k.charge(task, CycleCause.handler, k.costs.cacheLookup);
    let folio = file.index.get(page);
    if (folio === NO_FOLIO) {
      // In memory a hole reads as zeros and stays one.
      if (k.policy.inMemory) continue;
      synchronous(k, task, file, page, last - page);
      folio = file.index.get(page);
      if (folio === NO_FOLIO) folio = yield* newFolio(k, task, file, page);
    } else if ((k.folios.flags[folio] & FolioFlag.readahead) !== 0) {
      asynchronous(k, task, file, folio, page, last - page);
    }
    yield* uptodate(k, task, file, folio);
    k.charge(task, CycleCause.handler, k.costs.copyPage);
    const bytes = take === undefined ? undefined : k.contents?.page(file, page);
    if (bytes !== undefined) take!(bytes, page * PAGE, Math.max(from, page * PAGE), Math.min(end, (page + 1) * PAGE));
    file.readahead.previous = page;
  }
  return Errno.none;
}

/** Waits until a folio has its contents; reads it when nobody does. */
function* uptodate(k: Kernel, task: Task, file: KernelFile, folio: number): Op {
  const { folios } = k;
  if (
    folios.owner[folio] === task.id &&
    (folios.flags[folio] & FolioFlag.uptodate) === 0 &&
    folios.pendingIo[folio] === 0
  ) {
    readFolios(k, task, file, [folio], IoCause.read);
  }
  if ((folios.flags[folio] & FolioFlag.uptodate) !== 0) return;
  yield* k.sleep(task, {
    kind: 'io',
    label: `waits for the read of page ${folios.index[folio]}`,
    of: folio,
    until: Infinity,
    ready: () => (folios.flags[folio] & FolioFlag.uptodate) !== 0,
  });
}

/**
 * Writes through the page cache; a file may grow.
 * @param fill the bytes, where contents are kept
 */
export function* write(k: Kernel, task: Task, file: KernelFile, from: number, length: number, fill?: Fill): Op<number> {
  yield* k.lockInode(task, file);
  if (from + length > file.size) yield* extend(k, task, file, from + length);
  const end = from + length;
  const { blockBytes } = k.fs;
  let result: number = Errno.none;
  for (let start = from, stop = from; start < end; start = stop) {
    const page = Math.floor(start / PAGE);
    let folio = yield* lockForWrite(k, task, file, start, end);
    const filled = k.policy.fill(k, task, file, folio, true);
    folio = typeof filled === 'object' ? yield* filled : filled;
    if (folio !== NO_FOLIO) {
      const behind = (k.folios.index[folio] + k.folios.pages(folio)) * PAGE;
      stop = Math.min(end, behind);
      const [first, last] = [Math.floor(start / blockBytes), Math.ceil(stop / blockBytes)];
      const ready = k.policy.store(k, task, file, folio, first, last);
      folio = typeof ready === 'object' ? yield* ready : ready;
      // Blocks of the rest of the folio are left to who stores there.
      if (folio !== NO_FOLIO && blocksBacked(k, file, first, last) && !wholeBacked(k, file, folio))
        k.folios.flags[folio] |= FolioFlag.partial;
    }
    if (folio === NO_FOLIO) {
      result = Errno.noSpace;
      break;
    }
    k.charge(task, CycleCause.handler, k.costs.copyPage * (Math.ceil(stop / PAGE) - page));
    k.dirty(task, file, folio);
    markStored(k, file, start, stop);
    if (k.contents !== null && fill !== undefined) {
      for (let at = page; at * PAGE < stop; at++)
        fill(k.contents.page(file, at)!, at * PAGE, Math.max(start, at * PAGE), Math.min(stop, (at + 1) * PAGE));
    }
    k.unlock(folio);
    yield* balanceDirty(k, task);
  }
  k.unlockInode(file);
  return result;
}

function wholeBacked(k: Kernel, file: KernelFile, folio: number): boolean {
  return backed(k, file, k.folios.index[folio], k.folios.pages(folio));
}

/**
 * The folio of the page that byte `start` lies in, locked and uptodate, for a write up to byte `end`; made when there
 * is none, and what is about to be overwritten as a whole is not read then.
 */
function* lockForWrite(k: Kernel, task: Task, file: KernelFile, start: number, end: number): Op<number> {
  const page = Math.floor(start / PAGE);
  for (;;) {
    let folio = file.index.get(page);
    if (folio === NO_FOLIO) folio = yield* newFolio(k, task, file, page, writeOrder(k, file, start, end));
    if (k.folios.owner[folio] !== task.id) yield* k.lock(task, folio);
    // Taken away while its lock was waited for: the number may be another's by now.
    if (file.index.get(page) !== folio) {
      k.unlock(folio);
      continue;
    }
    if ((k.folios.flags[folio] & FolioFlag.uptodate) !== 0) return folio;
    const index = k.folios.index[folio];
    const pages = k.folios.pages(folio);
    if (start <= index * PAGE && end >= (index + pages) * PAGE) {
      k.contents?.zeroPages(file, index, pages);
      k.folios.flags[folio] |= FolioFlag.uptodate;
      return folio;
    }
    readFolios(k, task, file, [folio], IoCause.read);
    yield* uptodate(k, task, file, folio);
  }
}

/**
 * Order of the folio that a write of bytes [start, end) makes: as large as what is written, as its place is aligned
 * for, and as nothing is in the way (Linux `fgf_set_order`, `__filemap_get_folio`).
 */
function writeOrder(k: Kernel, file: KernelFile, start: number, end: number): number {
  if (k.policy.inMemory || k.maxOrder <= k.minOrder) return k.minOrder;
  const page = Math.floor(start / PAGE);
  let order = Math.min(k.maxOrder, log2(Math.max(1, Math.floor((end - start) / PAGE))));
  while (order > k.minOrder && page !== alignDown(page, order)) order--;
  // The part of its first page that stays would have to be read, and the rest with it.
  if (start % PAGE !== 0 && !readsAsZeros(k, file, page, 1 << Math.max(0, order))) return k.minOrder;
  while (order > k.minOrder && !file.index.absent(page, 1 << order)) order--;
  return Math.max(order, k.minOrder);
}

/** Notes which blocks of a file the program has stored into: bytes [from, end). */
export function markStored(k: Kernel, file: KernelFile, from: number, end: number): void {
  const { blockBytes } = k.fs;
  for (let block = Math.floor(from / blockBytes); block * blockBytes < end; block++) file.blocks.map.markStored(block);
  if (k.fs.pagesPerBlock > 1) {
    for (let page = Math.floor(from / PAGE); page * PAGE < end; page++) file.blocks.map.storedSubPages.add(page);
  }
}

/**
 * Takes cached pages of `[first, end)` out: nobody sees their contents any more.
 * @param from page of the first byte that goes; the one before `first` when part of it stays
 */
function* dropPages(
  k: Kernel,
  task: Task,
  file: KernelFile,
  first: number,
  end: number,
  why: number,
  from: number,
): Op {
  if (first >= end) return;
  // What the mappings know first: a fault that comes now waits for the folio, and then finds it gone.
  unmapPages(k, task, file, first, Math.min(end, file.index.next(first, false) === Infinity ? first : end) - first);
  for (let page = file.index.next(first, false); page < end; page = file.index.next(page + 1, false)) {
    const folio = file.index.get(page);
    yield* k.lock(task, folio);
    if (file.index.get(page) !== folio) {
      k.unlock(folio);
      continue;
    }
    yield* k.waitWriteback(task, folio);
    const index = k.folios.index[folio];
    const pages = k.folios.pages(folio);
    if (index < first || index + pages > end) {
      splitAround(k, task, file, folio, index < first ? Math.max(index, from) : end);
      page--;
      continue;
    }
    unmapPages(k, task, file, index, pages);
    k.clearDirty(file, folio);
    k.removeFolio(task, file, folio, why);
  }
}

/**
 * Splits a large folio around page `at` down to the smallest order: into halves, and then the half that holds the
 * page again (Linux `folio_split`, since 6.15). Its PTEs go; they are faulted in again.
 */
function splitAround(k: Kernel, task: Task, file: KernelFile, folio: number, at: number): void {
  const { folios } = k;
  const index = folios.index[folio];
  const order = folios.order[folio];
  const frame = folios.frame[folio];
  const flags = folios.flags[folio];
  unmapPages(k, task, file, index, 1 << order);
  const dirty = (flags & FolioFlag.dirty) !== 0;
  if (order <= k.minOrder) {
    // It cannot be split: the part beyond is zeroed and stays.
    k.unlock(folio);
    throw new RangeError('a range ends inside a folio of the smallest order');
  }
  k.clearDirty(file, folio);
  k.lruRemove(folio);
  k.cachedPages -= 1 << order;
  file.index.remove(index, 1 << order);
  const cause = folios.cause[folio];
  folios.release(folio);
  const parts: [number, number][] = [];
  let start = index;
  let o = order;
  while (o > k.minOrder) {
    o--;
    const half = start + (1 << o);
    if (at >= half) {
      parts.push([start, o]);
      start = half;
    } else {
      parts.push([half, o]);
    }
  }
  parts.push([start, o]);
  for (const [page, partOrder] of parts.sort((a, b) => a[0] - b[0])) {
    const part = folios.allocate(
      file.id,
      page,
      partOrder,
      frame + page - index,
      FolioFlag.cached | FolioFlag.onLru | FolioFlag.uptodate | (flags & (FolioFlag.wasDirty | FolioFlag.partial)),
      NOBODY,
    );
    file.index.put(page, 1 << partOrder, part);
    k.inactive.add(part);
    k.cachedPages += 1 << partOrder;
    if (dirty) {
      k.dirty(task, file, part);
      folios.cause[part] = cause;
    }
  }
  k.signal();
}

/**
 * Zeros bytes [from, end) of a file through the cache: what must read as zeros but shares its block with
 * what stays. Holes are zeros already.
 */
function* zeroRange(k: Kernel, task: Task, file: KernelFile, from: number, end: number): Op {
  for (let page = Math.floor(from / PAGE); page * PAGE < end; page++) {
    let folio = file.index.get(page);
    if (folio === NO_FOLIO && readsAsZeros(k, file, page, 1)) continue;
    if (folio === NO_FOLIO) folio = yield* newFolio(k, task, file, page);
    yield* uptodate(k, task, file, folio);
    if (k.folios.owner[folio] !== task.id) yield* k.lock(task, folio);
    if (file.index.get(page) !== folio) {
      k.unlock(folio);
      page--;
      continue;
    }
    yield* k.waitWriteback(task, folio);
    k.contents?.page(file, page)!.fill(0, Math.max(0, from - page * PAGE), Math.min(PAGE, end - page * PAGE));
    // A clean page of a hole is zeros, and stays clean.
    if (backed(k, file, page, 1)) k.dirty(task, file, folio);
    k.unlock(folio);
  }
}

/**
 * A file is about to end at `size`, further than before. What lies behind its old end in the same block was
 * never written as part of the file: it becomes zeros now.
 */
function* extend(k: Kernel, task: Task, file: KernelFile, size: number): Op {
  const { blockBytes } = k.fs;
  const old = file.size;
  if (blockBytes > (1 << k.minOrder) * PAGE) {
    yield* zeroRange(k, task, file, old, Math.min(size, Math.ceil(old / blockBytes) * blockBytes));
  }
  // Blocks smaller than the page: what now belongs to the file in its last page has no block yet, so the next
  // store there must be noticed (Linux `pagecache_isize_extended`).
  const last = file.index.get(Math.floor(old / PAGE));
  if (blockBytes < PAGE && old % PAGE !== 0 && last !== NO_FOLIO) protect(k, task, file, last);
  file.size = size;
}

/** Makes a file shorter or longer. */
export function* truncate(k: Kernel, task: Task, file: KernelFile, size: number): Op<number> {
  yield* k.lockInode(task, file);
  const old = file.size;
  if (size < old) {
    // The rest of the last block reads as zeros when the file grows again.
    const { blockBytes } = k.fs;
    const unit = Math.max(PAGE, blockBytes);
    const tail = Math.min(old, Math.ceil(size / unit) * unit);
    if (size < tail) yield* zeroRange(k, task, file, size, tail);
    // Pages behind the new end that share its block are written now, as nothing will write them later.
    const first = Math.ceil(size / PAGE);
    if (first * PAGE < tail && file.index.dirty > 0 && !k.policy.inMemory) {
      yield* writePages(k, task, file, first, Math.ceil(tail / PAGE), WritebackWhy.sync);
      yield* waitPages(k, task, file, first, Math.ceil(tail / PAGE));
    }
    file.size = size;
    const folioPages = 1 << k.minOrder;
    const firstFolio = Math.ceil(first / folioPages) * folioPages;
    if (firstFolio > first) unmapPages(k, task, file, first, firstFolio - first);
    yield* dropPages(k, task, file, firstFolio, Infinity, RemovedWhy.truncated, Math.floor(size / PAGE));
    yield* freeBlocks(k, task, file, Math.ceil(size / blockBytes), Math.ceil(old / blockBytes));
  }
  if (size > old) yield* extend(k, task, file, size);
  k.unlockInode(file);
  return Errno.none;
}

/** Makes a hole of a range; whole blocks are freed, the rest reads as zeros. */
export function* punch(k: Kernel, task: Task, file: KernelFile, from: number, length: number): Op<number> {
  yield* k.lockInode(task, file);
  const end = Math.min(from + length, file.size);
  // Whole pages and whole blocks; the end of the file counts as one.
  const unit = Math.max((1 << k.minOrder) * PAGE, k.fs.blockBytes);
  const first = Math.ceil(from / unit) * unit;
  const last = end === file.size ? Math.ceil(end / unit) * unit : Math.floor(end / unit) * unit;
  if (from < end) {
    if (first >= last) {
      yield* zeroRange(k, task, file, from, end);
    } else {
      if (from < first) yield* zeroRange(k, task, file, from, first);
      if (last < end) yield* zeroRange(k, task, file, last, end);
      yield* dropPages(k, task, file, first / PAGE, last / PAGE, RemovedWhy.punched, Math.floor(from / PAGE));
      yield* freeBlocks(k, task, file, first / k.fs.blockBytes, last / k.fs.blockBytes);
    }
  }
  k.unlockInode(file);
  return Errno.none;
}

function* freeBlocks(k: Kernel, task: Task, file: KernelFile, first: number, end: number): Op {
  const freed = k.fs.release(file.blocks, first, end);
  k.fs.settle(file.blocks);
  if (freed === 0) return;
  k.charge(task, CycleCause.filesystem, k.fs.allocatePs);
  yield* openHandle(k, task);
  k.journal?.dirty(task);
  closeHandle(k, task);
  const page = Math.floor((first * k.fs.blockBytes) / PAGE);
  k.recorder.record(
    EventKind.blocksFreed,
    k.lanes.policy,
    k.now(task),
    0,
    page,
    file.id,
    (freed * k.fs.blockBytes) / 1024,
    first,
    task.cause,
  );
}

/** `MADV_POPULATE_READ` and `_WRITE`: faults of every page, without an exception each. @returns false for SIGBUS */
export function* populate(k: Kernel, task: Task, vma: Vma, first: number, count: number, write: boolean): Op<number> {
  const { table } = task.space!;
  for (let vpn = first; vpn < first + count; vpn++) {
    const flags = table.flags(vpn);
    if ((flags & Pte.present) !== 0 && (!write || (flags & Pte.writable) !== 0)) continue;
    const good = faultAt(k, task, vpn, write);
    if (!(typeof good === 'object' ? yield* good : good)) return Errno.noSpace;
  }
  return Errno.none;
}

/** `MADV_DONTNEED`: the PTEs go, what is cached stays. */
export function* dontNeed(k: Kernel, task: Task, vma: Vma, first: number, count: number): Op<number> {
  dropRange(k, task, task.space!, vma, first, count);
  return Errno.none;
}

/** Copies an address space for a child: private pages are shared until either stores. */
export function fork(k: Kernel, task: Task, child: AddressSpace): void {
  const parent = task.space!;
  for (const vma of parent.vmas) {
    const copy = new Vma(vma.name, vma.file, vma.start, vma.pages, vma.offset, vma.shared, vma.writable, vma.advice);
    for (const vpn of vma.protectedPages) copy.protectedPages.add(vpn);
    child.add(copy);
    vma.file.mappings.push({ space: child, vma: copy });
  }
  // PTEs of files are not copied, they are faulted in again; private copies are.
  for (const [vpn, folio] of parent.anonymous) {
    child.anonymous.set(vpn, folio);
    k.folios.mapCount[folio]++;
    parent.table.change(vpn, Pte.writable, 0);
    child.table.set(vpn, k.folios.frame[folio], Pte.present | Pte.user | Pte.accessed);
    k.charge(task, CycleCause.handler, k.costs.mapPte);
    flush(k, task, parent, vpn, 1);
  }
}

/** An address space ends with its last thread. */
export function exitSpace(k: Kernel, task: Task): void {
  const space = task.space!;
  for (const vma of space.vmas) {
    dropRange(k, task, space, vma, vma.start, vma.pages);
    vma.file.mappings = vma.file.mappings.filter((mapped) => mapped.space !== space);
  }
  space.vmas = [];
}
