import type { BlockQueue } from '#emulator/block/queue';
import { CycleCause as CycleCauses, type Processor } from '#emulator/cpu/processor';
import type { Recorder } from '#emulator/engine/recorder';
import { BlockState as BlockStates } from '#emulator/filesystem/block-map';
import type { FileSystem } from '#emulator/filesystem/filesystem';
import type { Journal } from '#emulator/filesystem/journal';
import type { Policy } from '#emulator/policies/policy';
import { EventKind as EventKinds } from '#model/events';
import type { KernelDocument } from '#model/kernel';
import type { KernelCosts } from '#model/kernel-costs';
import type { WaitKind } from '#model/wait-for';
import type { AddressSpace, Vma } from './address-space.ts';
import type { Contents } from './contents.ts';
import { CoreClocks } from './core-clocks.ts';
import type { Counters, Tally } from './counters.ts';
import type { KernelFile } from './file.ts';
import {
  FolioFlag as FolioFlags,
  FolioList,
  FolioTable,
  NOBODY as IMPORTED_NOBODY,
  NO_FOLIO as IMPORTED_NO_FOLIO,
} from './folios.ts';
import { Frames, NO_FRAME as IMPORTED_NO_FRAME } from './frames.ts';
import type { IoTable } from './io.ts';
import type { Lanes } from './lanes.ts';
import type { Op, Task, Wait } from './task.ts';
import { directReclaim, evictClean } from './reclaim.ts';
import { submitGathered } from './writeback.ts';

// What a module declares is compiled in; what it imports is fetched, and checked, at each use.
const FolioFlag = FolioFlags;
const CycleCause = CycleCauses;
const BlockState = BlockStates;
const EventKind = EventKinds;
const NO_FOLIO = IMPORTED_NO_FOLIO;
const NO_FRAME = IMPORTED_NO_FRAME;
const NOBODY = IMPORTED_NOBODY;

/** What a run is made of besides the kernel itself. */
export interface KernelParts {
  readonly doc: KernelDocument;
  readonly costs: KernelCosts;
  readonly policy: Policy;
  readonly processor: Processor;
  readonly fs: FileSystem;
  readonly journal: Journal | null;
  readonly recorder: Recorder;
  readonly lanes: Lanes;
  readonly counters: Counters;
  readonly tally: Tally;
  readonly memoryBytes: number;
  /** Frames only reclaim may use; null for the kernel's own watermark. */
  readonly reserveFrames: number | null;
  /** Pages the control group may hold; Infinity for no limit. */
  readonly cgroupPages: number;
}

/**
 * The state of the kernel and what every part of it does: charge time, take and give frames and locks,
 * put folios into the cache, dirty and clean them. Faults, readahead, writeback, reclaim and system calls
 * are functions beside it that take it as their first argument.
 */
export class Kernel {
  readonly doc: KernelDocument;
  readonly costs: KernelCosts;
  readonly policy: Policy;
  readonly processor: Processor;
  readonly clocks: CoreClocks;
  readonly fs: FileSystem;
  readonly journal: Journal | null;
  readonly recorder: Recorder;
  readonly lanes: Lanes;
  readonly counters: Counters;
  readonly tally: Tally;
  readonly frames: Frames;
  readonly folios = new FolioTable();
  readonly active: FolioList;
  readonly inactive: FolioList;
  readonly files: KernelFile[] = [];
  readonly spaces: AddressSpace[] = [];
  readonly tasks: Task[] = [];
  readonly minFree: number;
  readonly lowFree: number;
  readonly highFree: number;
  readonly cgroupPages: number;
  /** Orders of the folios of files, log2 of pages. */
  readonly minOrder: number;
  readonly maxOrder: number;
  /** The bytes themselves, for tests that compare them; a run does without. */
  contents: Contents | null = null;
  block!: BlockQueue;
  io!: IoTable;
  /** Rises with everything that may end a wait. */
  signals = 0;
  /** Rises with everything that is an achievement: a folio cleaned, a frame freed, a fault done, an access retired. */
  progress = 0;
  /** Attempts in a row that achieved nothing, for livelock. */
  fruitless = 0;
  /** No core runs past this: something happens then, ps. */
  horizon = Infinity;
  /** Whether another task than the one that runs waits for something that a task may bring about. */
  othersWait = false;
  /** Time of what is happening now, ps; never goes back. */
  time = 0;
  /** Pages of folios under writeback. */
  writebackPages = 0;
  dirtyPages = 0;
  cachedPages = 0;
  anonymousPages = 0;
  flusherKicked = false;
  kswapdKicked = false;
  /** Event that woke kswapd. */
  kswapdCause = -1;

  constructor(parts: KernelParts) {
    this.doc = parts.doc;
    this.costs = parts.costs;
    this.policy = parts.policy;
    this.processor = parts.processor;
    this.clocks = new CoreClocks(parts.processor);
    this.fs = parts.fs;
    this.journal = parts.journal;
    this.recorder = parts.recorder;
    this.lanes = parts.lanes;
    this.counters = parts.counters;
    this.tally = parts.tally;
    this.cgroupPages = parts.cgroupPages;
    const frames = Math.floor(parts.memoryBytes / 4096);
    this.frames = new Frames(frames);
    this.active = new FolioList(this.folios);
    this.inactive = new FolioList(this.folios);
    this.minOrder = parts.doc.folios.large ? parts.fs.minOrder : 0;
    this.maxOrder = parts.doc.folios.large ? Math.min(parts.doc.folios.maxOrder, parts.fs.maxOrder) : 0;
    if (parts.reserveFrames !== null) {
      this.minFree = parts.reserveFrames;
      this.lowFree = parts.reserveFrames;
      this.highFree = parts.reserveFrames;
    } else {
      // min_free_kbytes = sqrt(memory in KiB * 16) (Linux mm/page_alloc.c); no more than a 32nd of a tiny memory.
      const wanted = Math.floor(Math.sqrt((parts.memoryBytes / 1024) * 16) / 4);
      this.minFree = Math.min(Math.max(wanted, 32), Math.floor(frames / 32));
      this.lowFree = Math.floor((this.minFree * 5) / 4);
      this.highFree = Math.floor((this.minFree * 3) / 2);
    }
    this.counters.gauges = this;
  }

  // --- time -----------------------------------------------------------------------------------------------------

  now(task: Task): number {
    const { coreClock } = task;
    return coreClock === null ? task.clock : coreClock.now();
  }

  /** Something came about that may end a wait: who waits goes on at this time, not when this task next stops. */
  signal(): void {
    this.signals++;
    if (this.othersWait) this.horizon = 0;
  }

  charge(task: Task, cause: CycleCauses, ps: number): void {
    const { coreClock } = task;
    if (coreClock === null) task.clock += ps;
    else coreClock.charge(cause, ps);
  }

  /** Waits until `wait` is over; time passes. The event's cause is what the task does now. */
  *sleep(task: Task, wait: Wait): Op {
    submitGathered(this, task);
    if (this.block.plugged) this.io.flushPlug(task);
    const owner = this.ownerOf(wait);
    const event = this.beginStall(task, wait);
    task.wait = wait;
    // What it waits for may have come before it began to: nobody would say so again.
    if (wait.ready()) this.signal();
    while (task.wait !== null) yield;
    const idle = wait.kind === 'idle' || wait.kind === 'barrier' || (wait.kind === 'timer' && wait.label === 'sleep');
    if (task.coreClock !== null) {
      const late = task.readyAt - this.now(task);
      if (late > 0) {
        if (idle) {
          task.coreClock.settle();
          this.processor.advanceTo(task.core, task.readyAt);
        } else {
          this.charge(task, CycleCause.wait, late);
        }
      }
    } else if (task.readyAt > task.clock) {
      task.clock = task.readyAt;
    }
    if (event >= 0) this.recorder.finish(event, this.now(task), owner);
  }

  /** Begins the event of a wait that holds its task up; -1 for waits that are not recorded, or as something else. */
  private beginStall(task: Task, wait: Wait): number {
    const folio = wait.kind === 'folio-lock' || wait.kind === 'io' ? wait.of : NO_FOLIO;
    const flags = folio === NO_FOLIO ? 0 : this.folios.flags[folio];
    // A folio that is read is locked by nobody: the end of the read unlocks it.
    const read = wait.kind === 'folio-lock' && this.folios.owner[folio] === NOBODY;
    const lock = read ? -1 : LOCK_KINDS.indexOf(wait.kind);
    // What daemons wait for is not on anybody's way, and there is much of it.
    if (lock < 0 && ((wait.kind !== 'io' && !read) || !task.user)) return -1;
    const written = (flags & FolioFlag.writeback) !== 0;
    const what = lock >= 0 ? lock : folio === NO_FOLIO ? Awaited.disk : written ? Awaited.write : Awaited.read;
    const page = folio === NO_FOLIO ? -1 : this.folios.index[folio];
    const kind = lock >= 0 ? EventKind.lockWait : EventKind.ioWait;
    return this.recorder.begin(kind, task.lane, this.now(task), page, task.id, what, task.cause);
  }

  /** The task that holds what is waited for, {@link NOBODY} where there is none. */
  private ownerOf({ kind, of }: Wait): number {
    if (kind === 'folio-lock') return this.folios.owner[of];
    return kind === 'inode' ? this.files[of].inodeOwner : NOBODY;
  }

  // --- frames ---------------------------------------------------------------------------------------------------

  /** Whether the task may take `pages` frames now. */
  mayTake(task: Task, pages: number): boolean {
    if (task.reclaiming) return this.frames.free >= pages;
    return this.frames.free - pages >= this.minFree && this.charged + pages <= this.cgroupPages;
  }

  /** Pages charged to the control group. */
  get charged(): number {
    return this.cachedPages + this.anonymousPages;
  }

  /** Takes a block of frames if that is possible at once, else returns {@link NO_FRAME}. */
  tryFrames(task: Task, order: number): number {
    const pages = 1 << order;
    if (this.frames.free - pages < this.lowFree) this.kickKswapd(task.cause);
    if (!this.mayTake(task, pages)) return NO_FRAME;
    return this.frames.allocate(order);
  }

  /** Takes a block of frames, freeing memory or waiting for it as long as it takes. */
  *getFrames(task: Task, order: number, what: string): Op<number> {
    for (;;) {
      const frame = this.tryFrames(task, order);
      if (frame !== NO_FRAME) return frame;
      const pages = 1 << order;
      if (task.reclaiming) {
        // It may write nothing, but what is clean it takes.
        if (evictClean(this, task, pages)) continue;
        const seen = this.progress;
        yield* this.sleep(task, {
          kind: 'frames',
          label: `needs ${pages === 1 ? 'a frame' : `${pages} frames`} for ${what}`,
          of: pages,
          until: Infinity,
          ready: () => this.progress !== seen || this.mayTake(task, pages),
        });
      } else {
        yield* directReclaim(this, task, pages, what);
      }
    }
  }

  /** Waits until `pages` single frames can be taken at once. */
  *awaitFrames(task: Task, pages: number, what: string): Op {
    while (!this.mayTake(task, pages)) {
      if (task.reclaiming) {
        yield* this.sleep(task, {
          kind: 'frames',
          label: `needs ${pages} frames for ${what}`,
          of: pages,
          until: Infinity,
          ready: () => this.mayTake(task, pages),
        });
      } else {
        yield* directReclaim(this, task, pages, what);
      }
    }
  }

  releaseFrames(frame: number, order: number): void {
    this.frames.release(frame, order);
    this.signal();
    this.progress++;
  }

  kickKswapd(cause: number): void {
    if (!this.kswapdKicked) {
      this.kswapdKicked = true;
      this.kswapdCause = cause;
      this.signal();
    }
  }

  kickFlusher(): void {
    if (!this.flusherKicked) {
      this.flusherKicked = true;
      this.signal();
    }
  }

  // --- folios and their locks -----------------------------------------------------------------------------------

  /** Takes the lock when nobody has it. */
  tryLock(task: Task, folio: number): boolean {
    if ((this.folios.flags[folio] & FolioFlag.locked) !== 0) return false;
    this.folios.flags[folio] |= FolioFlag.locked;
    this.folios.owner[folio] = task.id;
    return true;
  }

  *lock(task: Task, folio: number): Op {
    while (!this.tryLock(task, folio)) {
      const { folios } = this;
      yield* this.sleep(task, {
        kind: 'folio-lock',
        label: `needs the lock of page ${folios.index[folio]}`,
        of: folio,
        until: Infinity,
        ready: () => (folios.flags[folio] & FolioFlag.locked) === 0,
      });
    }
  }

  unlock(folio: number): void {
    this.folios.flags[folio] &= ~FolioFlag.locked;
    this.folios.owner[folio] = NOBODY;
    this.signal();
  }

  *waitWriteback(task: Task, folio: number): Op {
    const { folios } = this;
    while ((folios.flags[folio] & FolioFlag.writeback) !== 0) {
      yield* this.sleep(task, {
        kind: 'io',
        label: `waits for the write of page ${folios.index[folio]}`,
        of: folio,
        until: Infinity,
        ready: () => (folios.flags[folio] & FolioFlag.writeback) === 0,
      });
    }
  }

  *lockInode(task: Task, file: KernelFile): Op {
    while (file.inodeOwner !== NOBODY) {
      yield* this.sleep(task, {
        kind: 'inode',
        label: `needs the inode of ${file.name}`,
        of: file.id,
        until: Infinity,
        ready: () => file.inodeOwner === NOBODY,
      });
    }
    file.inodeOwner = task.id;
  }

  unlockInode(file: KernelFile): void {
    file.inodeOwner = NOBODY;
    this.signal();
  }

  /** Puts a folio over a range of pages that are not cached. The caller has the frames and gets the folio locked. */
  addFolio(task: Task, file: KernelFile, page: number, order: number, frame: number): number {
    const { folios } = this;
    const flags = FolioFlag.locked | FolioFlag.cached | FolioFlag.onLru;
    const folio = folios.allocate(file.id, page, order, frame, flags, task.id);
    const pages = 1 << order;
    file.index.put(page, pages, folio);
    this.inactive.add(folio);
    this.cachedPages += pages;
    const took = this.costs.folioAlloc + this.costs.folioInsert;
    this.charge(task, CycleCause.handler, took);
    this.recorder.record(
      EventKind.folioAdded,
      this.lanes.pageCache,
      this.now(task) - took,
      took,
      page,
      file.id,
      pages,
      0,
      task.cause,
    );
    return folio;
  }

  /** Zeroes the folio's pages, at their cost. */
  zero(task: Task, pages: number): void {
    this.charge(task, CycleCause.zeroing, this.costs.zeroPage * pages);
  }

  /** Takes a folio out of the cache and frees its frames. It is locked by the caller, unmapped, clean and not under I/O. */
  removeFolio(task: Task, file: KernelFile, folio: number, why: number): void {
    const { folios } = this;
    const pages = folios.pages(folio);
    const page = folios.index[folio];
    file.index.remove(page, pages);
    this.contents?.dropPages(file, page, pages);
    this.lruRemove(folio);
    this.cachedPages -= pages;
    this.recorder.record(
      EventKind.folioRemoved,
      this.lanes.pageCache,
      this.now(task),
      0,
      page,
      file.id,
      pages,
      why,
      task.cause,
    );
    this.releaseFrames(folios.frame[folio], folios.order[folio]);
    folios.release(folio);
    this.signal();
  }

  lruRemove(folio: number): void {
    const { folios } = this;
    if ((folios.flags[folio] & FolioFlag.onLru) === 0) return;
    ((folios.flags[folio] & FolioFlag.active) !== 0 ? this.active : this.inactive).remove(folio);
    folios.flags[folio] &= ~(FolioFlag.onLru | FolioFlag.active);
  }

  // --- dirty and clean ------------------------------------------------------------------------------------------

  /** Marks a folio dirty; the whole of it, as Linux does. */
  dirty(task: Task, file: KernelFile, folio: number): void {
    const { folios } = this;
    const flags = folios.flags[folio];
    if ((flags & FolioFlag.dirty) !== 0) return;
    const pages = folios.pages(folio);
    const page = folios.index[folio];
    if ((flags & FolioFlag.wasDirty) === 0) this.tally.pagesDirtied += pages;
    folios.flags[folio] = flags | FolioFlag.dirty | FolioFlag.wasDirty;
    const time = this.now(task);
    file.index.countDirty(page, pages, 1);
    if (file.dirtySince === Infinity) {
      file.dirtySince = time;
      this.signal();
    }
    this.dirtyPages += pages;
    task.dirtied += pages;
    this.charge(task, CycleCause.handler, this.costs.dirtyFolio);
    folios.cause[folio] = this.recorder.record(
      EventKind.folioDirtied,
      this.lanes.pageCache,
      time,
      this.costs.dirtyFolio,
      page,
      file.id,
      pages,
      0,
      task.cause,
    );
  }

  /** Takes the dirty mark off, before the folio is written or thrown away. */
  clearDirty(file: KernelFile, folio: number): void {
    const { folios } = this;
    if ((folios.flags[folio] & FolioFlag.dirty) === 0) return;
    const pages = folios.pages(folio);
    folios.flags[folio] &= ~FolioFlag.dirty;
    file.index.countDirty(folios.index[folio], pages, -1);
    if (file.index.dirty === 0) file.dirtySince = Infinity;
    this.dirtyPages -= pages;
  }

  /** Space set aside for all files, KiB. */
  get reservedKiB(): number {
    let reserved = 0;
    for (const file of this.files) reserved += file.blocks.map.counts[BlockState.reserved];
    return (reserved * this.fs.blockBytes) / 1024;
  }

  /** Blocks allocated to all files, KiB. */
  get instantiatedKiB(): number {
    let allocated = 0;
    for (const file of this.files) {
      const { counts } = file.blocks.map;
      allocated += counts[BlockState.unwritten] + counts[BlockState.written];
    }
    return (allocated * this.fs.blockBytes) / 1024;
  }

  // --- what a fault may map -------------------------------------------------------------------------------------

  /** Whether a PTE made by a read may let stores through unseen. */
  writableOnRead(vma: Vma, vpn: number): boolean {
    if (!vma.shared || !vma.mayWrite(vpn)) return false;
    if (this.policy.writableReads) return true;
    return !this.policy.trapsStores && this.doc.dirty.tracking === 'pte-bit';
  }

  /** Whether fault-around passes a folio over: somebody works on it, or touching it must be noticed. */
  skipsAround(file: KernelFile, folio: number): boolean {
    const flags = this.folios.flags[folio];
    if ((flags & (FolioFlag.locked | FolioFlag.readahead)) !== 0 || (flags & FolioFlag.uptodate) === 0) return true;
    return !this.policy.mayMapAround(this, file, folio);
  }
}

/** Kinds of waits recorded as lock waits, argument `b`: in the order of the model's `LOCKS`. */
export const LOCK_KINDS: readonly (WaitKind | 'timer' | 'idle' | 'barrier')[] = [
  'folio-lock',
  'inode',
  'frames',
  'reservation',
  'journal',
];

/** Indices of the model's `AWAITED`. */
const Awaited = { disk: 0, read: 1, write: 2 } as const;
