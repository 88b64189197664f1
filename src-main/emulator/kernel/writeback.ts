import { BlockFlag } from '#emulator/block/queue';
import { CycleCause } from '#emulator/cpu/processor';
import { DiskOp } from '#emulator/disk/disk';
import { BlockState } from '#emulator/filesystem/block-map';
import { closeHandle, tryHandle, openHandle } from '#emulator/filesystem/journal';
import { WriteOutcome } from '#emulator/policies/policy';
import { Pte } from '#emulator/mmu/page-table';
import { EventKind } from '#model/events';
import { CounterId } from './counters.ts';
import type { KernelFile } from './file.ts';
import { FolioFlag, NO_FOLIO } from './folios.ts';
import { IoCause } from './io.ts';
import type { Kernel } from './kernel.ts';
import type { Batch, Maybe, Op, Task } from './task.ts';
import { dirtyLimits } from './throttle.ts';
import { blocksOf, firstBlock, gave, sectorOf } from './page-blocks.ts';
import { eachPte, protect } from './page-entries.ts';

/** Why pages are written, argument `c` of `writeback`. */
export const WritebackWhy = { background: 0, expired: 1, sync: 2, reclaim: 3 } as const;

const IO_CAUSE: readonly IoCause[] = [IoCause.writeback, IoCause.writeback, IoCause.sync, IoCause.reclaim];

/** Sectors of the largest request the kernel builds itself: 1 MiB. */
const LARGEST = 2048;

/** Where the kernel learns of stores by PTE bits: makes folios dirty whose entries are, in a range of pages. */
export function collectDirtyBits(k: Kernel, task: Task, file: KernelFile, first: number, end: number): void {
  if (k.doc.dirty.tracking !== 'pte-bit' || k.policy.inMemory) return;
  for (let page = file.index.next(first, false); page < end;) {
    const folio = file.index.get(page);
    if ((k.folios.flags[folio] & FolioFlag.dirty) === 0 && folioStored(k, file, folio)) k.dirty(task, file, folio);
    page = file.index.next(k.folios.index[folio] + k.folios.pages(folio), false);
  }
}

/** Whether a PTE of the folio says that it was stored to. */
export function folioStored(k: Kernel, file: KernelFile, folio: number): boolean {
  if (k.folios.mapCount[folio] === 0) return false;
  let stored = false;
  eachPte(k, file, k.folios.index[folio], k.folios.pages(folio), (_space, _vpn, flags) => {
    if ((flags & Pte.dirty) !== 0) stored = true;
  });
  return stored;
}

/**
 * Writes dirty folios of `[first, end)` in ascending order and leaves them under writeback.
 * @param limit pages after which to stop
 * @returns pages written, or given up as lost
 */
export function* writePages(
  k: Kernel,
  task: Task,
  file: KernelFile,
  first: number,
  end: number,
  why: number,
  limit = Infinity,
): Op<number> {
  if (k.policy.inMemory) return 0;
  const batch: Batch = { sector: -1, count: 0, folios: [] };
  const cause = task.cause >= 0 ? task.cause : firstDirtied(k, file, first);
  const event = k.recorder.begin(
    EventKind.writeback,
    k.lanes.writeback,
    k.now(task),
    first,
    file.id,
    file.index.dirty,
    cause,
  );
  const before = task.cause;
  task.cause = event;
  let written = 0;
  submitGathered(k, task);
  const { gathered } = task;
  task.gathered = { batch, why };
  k.block.plug();
  for (let page = file.index.next(first, true); page < end && written < limit;) {
    const folio = file.index.get(page);
    if (folio === NO_FOLIO) {
      page = file.index.next(page + 1, true);
      continue;
    }
    const next = k.folios.index[folio] + k.folios.pages(folio);
    if ((k.folios.flags[folio] & FolioFlag.dirty) !== 0) {
      if ((k.folios.flags[folio] & (FolioFlag.locked | FolioFlag.writeback)) !== 0) yield* flush(k, task, batch, why);
      yield* k.lock(task, folio);
      if (file.index.get(page) === folio) {
        if (why === WritebackWhy.sync) yield* k.waitWriteback(task, folio);
        const flags = k.folios.flags[folio];
        if ((flags & FolioFlag.dirty) !== 0 && (flags & FolioFlag.writeback) === 0) {
          written += yield* writeLocked(k, task, file, folio, batch, why);
        } else {
          k.unlock(folio);
        }
      } else {
        k.unlock(folio);
      }
    }
    page = file.index.next(next, true);
  }
  yield* flush(k, task, batch, why);
  k.io.unplug(task);
  task.gathered = gathered;
  task.cause = before;
  k.recorder.finish(event, k.now(task), why);
  return written;
}

/** The event that made the first dirty folio from a page on dirty; -1 for none. */
function firstDirtied(k: Kernel, file: KernelFile, first: number): number {
  for (let page = file.index.next(first, true); page !== Infinity; page = file.index.next(page + 1, true)) {
    const folio = file.index.get(page);
    if ((k.folios.flags[folio] & FolioFlag.dirty) !== 0) return k.folios.cause[folio];
  }
  return -1;
}

/** Writes one dirty folio that the task has locked, for reclaim. @returns pages under writeback now */
export function* writeOne(k: Kernel, task: Task, file: KernelFile, folio: number): Op<number> {
  const batch: Batch = { sector: -1, count: 0, folios: [] };
  const before = task.cause;
  const event = k.recorder.begin(
    EventKind.writeback,
    k.lanes.writeback,
    k.now(task),
    k.folios.index[folio],
    file.id,
    k.folios.pages(folio),
    task.cause,
  );
  task.cause = event;
  submitGathered(k, task);
  const { gathered } = task;
  task.gathered = { batch, why: WritebackWhy.reclaim };
  const written = yield* writeLocked(k, task, file, folio, batch, WritebackWhy.reclaim);
  yield* flush(k, task, batch, WritebackWhy.reclaim);
  task.gathered = gathered;
  task.cause = before;
  k.recorder.finish(event, k.now(task), WritebackWhy.reclaim);
  return written;
}

/** Cleans a locked dirty folio and what the policy says goes with it. Unlocks all of them. */
function* writeLocked(k: Kernel, task: Task, file: KernelFile, folio: number, batch: Batch, why: number): Op<number> {
  const set = [folio];
  // What cleaning it takes (blocks, companions) is there because the folio was dirtied.
  const before = task.cause;
  if (k.folios.cause[folio] >= 0) task.cause = k.folios.cause[folio];
  const outer = task.cleaning;
  task.cleaning = true;
  const outcome = yield* k.policy.write(k, task, file, folio, set);
  task.cleaning = outer;
  task.cause = before;
  if (outcome === WriteOutcome.gone) return 0;
  if (outcome === WriteOutcome.redirty) {
    k.fruitless++;
    k.unlock(folio);
    return 0;
  }
  if (outcome === WriteOutcome.lost) return lose(k, task, file, folio);
  if (set.length > 1) set.sort((a, b) => k.folios.index[a] - k.folios.index[b]);
  let pages = 0;
  for (const member of set) {
    if (k.folios.index[member] >= file.pages) {
      // Cut off while its lock was waited for: there is nothing of it to write.
      k.clearDirty(file, member);
      k.unlock(member);
      continue;
    }
    const placed = place(k, task, file, member);
    if (!(typeof placed === 'object' ? yield* placed : placed)) {
      pages += lose(k, task, file, member);
      continue;
    }
    pages += k.folios.pages(member);
    protect(k, task, file, member);
    k.clearDirty(file, member);
    k.folios.flags[member] |= FolioFlag.writeback;
    k.writebackPages += k.folios.pages(member);
    k.charge(task, CycleCause.handler, k.costs.cleanFolio);
    yield* append(k, task, file, member, batch, why);
    k.unlock(member);
  }
  k.counters.values[CounterId.writebackPages] = k.writebackPages;
  k.counters.sample(k.now(task));
  if (why === WritebackWhy.reclaim) k.tally.pagesWrittenByReclaim += pages;
  k.fruitless = 0;
  return pages;
}

/** Gives reserved blocks of a folio their place, and moves those that are never overwritten. @returns false when space ran out */
function place(k: Kernel, task: Task, file: KernelFile, folio: number): Maybe<boolean> {
  const { fs } = k;
  const [first, end] = blocksOf(k, file, k.folios.index[folio], k.folios.pages(folio));
  const least = leastToWrite(k, folio);
  let reserved = 0;
  for (let block = first; block < end; block++) {
    const state = file.blocks.map.state(block);
    if (state < least) continue;
    if (state < BlockState.unwritten) reserved++;
    else if (fs.doc.copyOnWrite) fs.relocate(file.blocks, block);
  }
  if (reserved === 0) return true;
  if (tryHandle(k, task)) return allocateReserved(k, task, file, folio, first, end);
  return allocateReservedLater(k, task, file, folio, first, end);
}

/** Least state of a block under a dirty folio that is written: holes are, unless only part of the folio was stored to. */
function leastToWrite(k: Kernel, folio: number): BlockState {
  return (k.folios.flags[folio] & FolioFlag.partial) !== 0 ? BlockState.reserved : BlockState.hole;
}

function* allocateReservedLater(
  k: Kernel,
  task: Task,
  file: KernelFile,
  folio: number,
  first: number,
  end: number,
): Op<boolean> {
  yield* openHandle(k, task);
  return allocateReserved(k, task, file, folio, first, end);
}

/** Allocates blocks `[first, end)` under a folio, and closes the journal handle. */
function allocateReserved(k: Kernel, task: Task, file: KernelFile, folio: number, first: number, end: number): boolean {
  const { fs } = k;
  const page = k.folios.index[folio];
  const state = fs.doc.unwritten ? BlockState.unwritten : BlockState.written;
  const given = allocateFrom(k, file, first, end, leastToWrite(k, folio), state);
  if (given >= 0) {
    k.charge(task, CycleCause.filesystem, fs.allocatePs);
    k.journal?.dirty(task);
  }
  closeHandle(k, task);
  if (given < 0) return false;
  const before = task.cause;
  if (k.folios.cause[folio] >= 0) task.cause = k.folios.cause[folio];
  gave(k, task, file, page, given, false, fs.allocatePs);
  task.cause = before;
  if (!fs.doc.unwritten && fs.pagesPerBlock > k.folios.pages(folio)) zeroRest(k, task, file, page);
  return true;
}

/** Allocates blocks of `[first, end)` that are at least in the state `least`. @returns blocks given, -1 without space */
function allocateFrom(
  k: Kernel,
  file: KernelFile,
  first: number,
  end: number,
  least: BlockState,
  state: BlockState,
): number {
  const { map } = file.blocks;
  let given = 0;
  for (let block = first; block < end;) {
    let stop = block;
    while (stop < end && map.state(stop) >= least) stop++;
    if (stop > block) {
      const more = k.fs.allocate(file.blocks, block, stop - block, state);
      if (more < 0) return more;
      given += more;
    }
    block = stop + 1;
  }
  return given;
}

/**
 * A block larger than the page has been given for one of its pages. The others read as zeros; without
 * unwritten extents zeros must be on disk, for those that are not going to be written.
 */
function zeroRest(k: Kernel, task: Task, file: KernelFile, page: number): void {
  const unit = k.fs.pagesPerBlock;
  const first = Math.floor(page / unit) * unit;
  for (let other = first; other < Math.min(first + unit, file.pages); other++) {
    const there = file.index.get(other);
    if (there !== NO_FOLIO && (k.folios.flags[there] & FolioFlag.dirty) !== 0) continue;
    const sector = sectorOf(k, file, other);
    k.contents?.zeroSectors(sector, 8);
    k.io.submitOrQueue(task, DiskOp.write, sector, 8, [], IoCause.zeroing);
  }
}

/** Space ran out when nobody could be told: the folio becomes clean and its data is gone. */
function lose(k: Kernel, task: Task, file: KernelFile, folio: number): number {
  const page = k.folios.index[folio];
  const pages = k.folios.pages(folio);
  const bytes = Math.min(pages * 4096, file.size - page * 4096);
  k.clearDirty(file, folio);
  protect(k, task, file, folio);
  file.writeError = true;
  k.tally.lostBytes += bytes;
  k.recorder.record(
    EventKind.dataLost,
    k.lanes.writeback,
    k.now(task),
    0,
    page,
    file.id,
    bytes,
    0,
    k.folios.cause[folio],
  );
  k.unlock(folio);
  return pages;
}

/** Adds a folio's blocks to the write under construction. */
function* append(k: Kernel, task: Task, file: KernelFile, folio: number, batch: Batch, why: number): Op {
  const { fs } = k;
  const page = k.folios.index[folio];
  const pages = k.folios.pages(folio);
  if (k.folios.owner[folio] !== task.id) throw new RangeError(`page ${page} is written without its lock`);
  // A page that is part of a larger block is written alone.
  const unit = fs.pagesPerBlock > 1 ? 8 : fs.blockBytes / 512;
  const perPage = 8 / unit;
  const count = Math.min(pages * perPage, Math.ceil((file.size - page * 4096) / (unit * 512)));
  const least = leastToWrite(k, folio);
  if (k.contents !== null)
    for (let i = 0; i < pages && page + i < file.pages; i++) k.contents.writePage(k, file, page + i, least);
  // Pending once for itself, so that it is not done before all its requests are made.
  k.folios.pendingIo[folio]++;
  for (let i = 0; i < count; i++) {
    const block = fs.pagesPerBlock > 1 ? firstBlock(k, page + i) : firstBlock(k, page) + i;
    if (file.blocks.map.state(block) < least) continue;
    const sector = fs.pagesPerBlock > 1 ? sectorOf(k, file, page + i) : fs.sector(file.blocks, firstBlock(k, page) + i);
    if (sector !== batch.sector + batch.count || batch.count === 0 || batch.count + unit > LARGEST) {
      yield* flush(k, task, batch, why);
      batch.sector = sector;
    }
    batch.count += unit;
    if (batch.folios[batch.folios.length - 1] !== folio) batch.folios.push(folio);
  }
  k.folios.pendingIo[folio]--;
}

function* flush(k: Kernel, task: Task, batch: Batch, why: number): Op {
  if (batch.count === 0) return;
  const { sector, count, folios } = batch;
  batch.count = 0;
  batch.folios = [];
  const before = task.cause;
  task.cause = dirtiedBy(k, folios, before);
  yield* k.io.submitWaiting(task, DiskOp.write, sector, count, BlockFlag.none, folios, IO_CAUSE[why]);
  task.cause = before;
}

/** The write is there because a folio was dirtied, whoever starts it. */
function dirtiedBy(k: Kernel, folios: readonly number[], otherwise: number): number {
  const dirtied = k.folios.cause[folios[0]];
  return dirtied >= 0 ? dirtied : otherwise;
}

/** Submits what a task has gathered, without waiting: it is about to sleep (Linux `io_schedule`). */
export function submitGathered(k: Kernel, task: Task): void {
  const { gathered } = task;
  if (gathered === null || gathered.batch.count === 0) return;
  const { batch, why } = gathered;
  const { sector, count, folios } = batch;
  batch.count = 0;
  batch.folios = [];
  const before = task.cause;
  task.cause = dirtiedBy(k, folios, before);
  k.io.submitOrQueue(task, DiskOp.write, sector, count, folios, IO_CAUSE[why]);
  task.cause = before;
}

/** Waits for every write of `[first, end)` that is under way. */
export function* waitPages(k: Kernel, task: Task, file: KernelFile, first: number, end: number): Op {
  if (k.writebackPages === 0) return;
  for (let page = file.index.next(first, false); page < end;) {
    const folio = file.index.get(page);
    const next = k.folios.index[folio] + k.folios.pages(folio);
    yield* k.waitWriteback(task, folio);
    page = file.index.next(next, false);
  }
}

/** The flusher: wakes when there are dirty pages, writes those that are old, and all when there are too many. */
export function* flusher(k: Kernel, task: Task): Op {
  for (;;) {
    yield* k.sleep(task, {
      kind: 'idle',
      label: 'nothing dirty',
      of: -1,
      until: Infinity,
      ready: () => !k.policy.inMemory && (k.flusherKicked || k.dirtyPages > 0),
    });
    while (k.dirtyPages > 0) {
      if (!k.flusherKicked) {
        yield* k.sleep(task, {
          kind: 'idle',
          label: 'until the next period',
          of: -1,
          until: k.now(task) + k.doc.dirty.period,
          ready: () => k.flusherKicked,
        });
      }
      const kicked = k.flusherKicked;
      k.flusherKicked = false;
      const { background } = dirtyLimits(k);
      let wrote = 0;
      for (const file of k.files) {
        const over = k.dirtyPages > background;
        const old = file.dirtySince + k.doc.dirty.expire <= k.now(task);
        if (file.index.dirty === 0 || !(kicked || over || old)) continue;
        const since = file.dirtySince;
        wrote += yield* writePages(
          k,
          task,
          file,
          0,
          file.pages,
          old ? WritebackWhy.expired : WritebackWhy.background,
          over && !old ? 1024 : Infinity,
        );
        if (file.dirtySince === since && file.index.dirty > 0) file.dirtySince = k.now(task);
      }
      if (kicked && wrote === 0 && k.writebackPages > 0) {
        yield* k.sleep(task, {
          kind: 'io',
          label: 'waits for writes under way',
          of: -1,
          until: Infinity,
          ready: () => k.writebackPages === 0 || k.flusherKicked,
        });
      } else if (kicked && wrote === 0 && k.io.pending === 0) {
        // Nothing could be written: not again before something changes, or a period is over.
        const seen = k.progress;
        yield* k.sleep(task, {
          kind: 'idle',
          label: 'nothing could be written',
          of: -1,
          until: k.now(task) + k.doc.dirty.period,
          ready: () => k.progress !== seen,
        });
      }
    }
    k.flusherKicked = false;
  }
}
