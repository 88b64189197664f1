import { CycleCause as CycleCauses } from '#emulator/cpu/processor';
import { HUGE_PAGES, PAGE_BYTES as IMPORTED_PAGE_BYTES, Pte as PteBits } from '#emulator/mmu/page-table';
import { EventKind as EventKinds } from '#model/events';
import type { KernelFile } from './file.ts';
import { FolioFlag as FolioFlags, NOBODY, NO_FOLIO as IMPORTED_NO_FOLIO, alignDown } from './folios.ts';
import type { Kernel } from './kernel.ts';
import { NO_FRAME as IMPORTED_NO_FRAME } from './frames.ts';
import { mappedHit, mappedMiss, readFolios, readZeros } from './readahead.ts';
import { IoCause } from './io.ts';
import { type Fault, SigbusWhy } from './fault-record.ts';
import { finishFault, mapAround } from './map-pages.ts';
import { type Maybe, type Op, type Task, thenDo } from './task.ts';
import { LOOK_EVERY as IMPORTED_LOOK_EVERY, balanceDirty } from './throttle.ts';
import { invalidate, mapPage, unmapPages } from './page-entries.ts';

// What a module declares is compiled in; what it imports is fetched, and checked, at each use.
const FolioFlag = FolioFlags;
const CycleCause = CycleCauses;
const EventKind = EventKinds;
const Pte = PteBits;
const NO_FOLIO = IMPORTED_NO_FOLIO;
const NO_FRAME = IMPORTED_NO_FRAME;
const LOOK_EVERY = IMPORTED_LOOK_EVERY;
const PAGE_BYTES = IMPORTED_PAGE_BYTES;

/** log2 of {@link HUGE_PAGES}. */
const HUGE_ORDER = 9;

/** What a fault came to, argument `c` of its event. */
const Outcome = { minor: 0, major: 1, sigbus: 2 } as const;

/**
 * Handles the fault that stopped the task's core.
 * @returns false when the task gets SIGBUS
 */
export function handleFault(k: Kernel, task: Task): Maybe<boolean> {
  const { processor } = k;
  const { fault } = task;
  fault.address = processor.faultAddress(task.core);
  fault.vpn = Math.floor(fault.address / PAGE_BYTES);
  fault.write = processor.faultIsWrite(task.core);
  fault.forTask = false;
  return serve(k, task, fault);
}

/** A fault at a page by the kernel on the task's behalf (populate). */
export function faultAt(k: Kernel, task: Task, vpn: number, write: boolean): Maybe<boolean> {
  const { fault } = task;
  fault.address = vpn * PAGE_BYTES;
  fault.vpn = vpn;
  fault.write = write;
  fault.forTask = true;
  return serve(k, task, fault);
}

/** A fault whose address and kind are filled in. */
function serve(k: Kernel, task: Task, fault: Fault): Maybe<boolean> {
  const { recorder, tally } = k;
  const { vpn, write, address } = fault;
  const space = task.space!;
  const present = (space.table.flags(vpn) & Pte.present) !== 0;
  const kind = write ? (present ? EventKind.writeProtectFault : EventKind.writeFault) : EventKind.readFault;
  if (!write) tally.readFaults++;
  else if (present) tally.writeProtectFaults++;
  else tally.writeFaults++;
  fault.cause = task.cause;
  fault.event = recorder.begin(kind, task.faultLane, k.now(task), address, task.id, task.step, task.cause);
  task.cause = fault.event;
  fault.major = false;
  fault.tried = false;
  fault.retries = 0;
  k.charge(task, CycleCause.handler, k.costs.vmaLookup);
  const vma = space.find(vpn);
  if (vma === null || (write && !vma.mayWrite(vpn))) {
    fault.why = SigbusWhy.protection;
    return finish(k, task, false);
  }
  fault.why = SigbusWhy.beyondFile;
  fault.space = space;
  fault.vma = vma;
  fault.page = vma.offset + vpn - vma.start;
  const good = !present
    ? write && !vma.shared
      ? copyOnWrite(k, task, fault)
      : mapFile(k, task, fault)
    : write
      ? writeProtected(k, task, fault)
      : true;
  return typeof good === 'object' ? thenDo(good, finish, k, task) : finish(k, task, good);
}

/** Counts and records a fault, and holds its task up where it dirties too fast. */
function finish(k: Kernel, task: Task, good: boolean): Maybe<boolean> {
  const { recorder, tally } = k;
  const { fault } = task;
  const { event } = fault;
  const end = k.now(task);
  if (!good) {
    tally.sigbus++;
    task.sigbus++;
    k.charge(task, CycleCause.handler, k.costs.signal);
    const { signal } = k.costs;
    recorder.record(EventKind.sigbus, task.faultLane, end, signal, fault.address, task.id, task.step, fault.why, event);
    recorder.finish(event, k.now(task), Outcome.sigbus);
  } else if (fault.major || fault.tried) {
    tally.major++;
    task.major++;
    recorder.finish(event, end, Outcome.major);
  } else {
    tally.minor++;
    task.minor++;
    recorder.finish(event, end, Outcome.minor);
  }
  k.progress++;
  k.fruitless = 0;
  k.counters.sample(end);
  if (good && task.dirtied >= LOOK_EVERY) return finishThrottled(k, task);
  task.cause = fault.cause;
  return good;
}

function* finishThrottled(k: Kernel, task: Task): Op<boolean> {
  yield* balanceDirty(k, task);
  task.cause = task.fault.cause;
  return true;
}

/**
 * A page of the file, uptodate and locked; NO_FOLIO for SIGBUS. Linux `filemap_fault` and what retries it:
 * `tryFind` as long as nothing has to be waited for.
 */
function findPage(k: Kernel, task: Task, fault: Fault): Maybe<number> {
  let found = tryFind(k, task, fault);
  while (found === AGAIN) found = tryFind(k, task, fault);
  return found === WAIT ? findSlowly(k, task, fault) : found;
}

function* findSlowly(k: Kernel, task: Task, fault: Fault): Op<number> {
  const { file } = fault.vma;
  for (;;) {
    const folio = file.index.get(fault.page);
    if (folio === NO_FOLIO) {
      const made = yield* newFolio(k, task, file, fault.page);
      // The frame was waited for: from here as if the page had just been put there.
      if (k.folios.owner[made] === task.id) yield* fillNew(k, task, fault, made);
    } else if ((k.folios.flags[folio] & FolioFlag.locked) !== 0 && k.folios.owner[folio] !== task.id) {
      yield* k.lock(task, folio);
      k.unlock(folio);
      if (letGo(k, fault)) retry(k, task, fault);
    }
    let found = tryFind(k, task, fault);
    while (found === AGAIN) found = tryFind(k, task, fault);
    if (found !== WAIT) return found;
  }
}

/** Contents for a folio the task has just put into the cache and still holds. */
function* fillNew(k: Kernel, task: Task, fault: Fault, folio: number): Op {
  const { folios } = k;
  if (k.policy.inMemory) {
    k.zero(task, folios.pages(folio));
    k.contents?.zeroPages(fault.vma.file, folios.index[folio], folios.pages(folio));
    folios.flags[folio] |= FolioFlag.uptodate;
    k.unlock(folio);
    return;
  }
  fault.major = true;
  readFolios(k, task, fault.vma.file, [folio], IoCause.read);
  yield* waitRead(k, task, folio);
  if (letGo(k, fault)) retry(k, task, fault);
}

/** Whether a fault that had to wait lets go of its locks and starts anew. */
function letGo(k: Kernel, fault: Fault): boolean {
  return k.doc.faults.retryAfterIo && !fault.tried;
}

/** One attempt. @returns the folio, locked; NO_FOLIO, {@link MAPPED}, {@link AGAIN}, or {@link WAIT} */
function tryFind(k: Kernel, task: Task, fault: Fault): number {
  const { vma, page } = fault;
  const { file } = vma;
  const { folios } = k;
  if (!fault.write && mapAround(k, task, fault)) return MAPPED;
  if (page >= file.pages) return NO_FOLIO;
  k.charge(task, CycleCause.handler, k.costs.cacheLookup);
  let folio = file.index.get(page);
  let dropped = false;
  if (k.policy.inMemory) {
    // Nothing is read: the page is made, and only swapping in would count as major.
    if (folio === NO_FOLIO) {
      folio = tryNewFolio(k, task, file, page, hugeOrder(k, fault));
      if (folio === NO_FOLIO) return WAIT;
      k.zero(task, folios.pages(folio));
      k.contents?.zeroPages(file, folios.index[folio], folios.pages(folio));
      folios.flags[folio] |= FolioFlag.uptodate;
    }
  } else if (folio !== NO_FOLIO) {
    if (!fault.tried) dropped = mappedHit(k, task, file, vma, folio, page);
  } else {
    if (!fault.major) dropped = mappedMiss(k, task, file, vma, page);
    fault.major = true;
    if (dropped) folio = file.index.get(page);
    if (folio === NO_FOLIO) folio = tryNewFolio(k, task, file, page, 0);
    if (folio === NO_FOLIO) return WAIT;
  }
  const held = folios.owner[folio] === task.id;
  if (!held && !k.tryLock(task, folio)) return WAIT;
  if ((folios.flags[folio] & FolioFlag.uptodate) === 0) {
    if (folios.pendingIo[folio] === 0 && !readZeros(k, task, file, folio))
      readFolios(k, task, file, [folio], IoCause.read);
    if ((folios.flags[folio] & FolioFlag.uptodate) === 0) {
      return WAIT;
    }
    if (letGo(k, fault)) retry(k, task, fault);
    return AGAIN;
  }
  if (dropped && letGo(k, fault)) {
    k.unlock(folio);
    retry(k, task, fault);
    return AGAIN;
  }
  return folio;
}

/** Fault-around has mapped the page already. */
const MAPPED = -2;
/** Start anew. */
const AGAIN = -3;
/** A lock, a read or a frame must be waited for. */
const WAIT = -4;

function retry(k: Kernel, task: Task, fault: Fault): void {
  k.charge(task, CycleCause.handler, k.costs.faultRetry);
  // Under the lock of the mapping alone, only a fault without a page counts as tried.
  fault.tried = fault.forTask || fault.major || fault.retries > 0;
  fault.retries++;
}

/** A folio of the smallest order over a page that is not cached, or a larger one; NO_FOLIO when there is no memory. Locked, and not uptodate. */
function tryNewFolio(k: Kernel, task: Task, file: KernelFile, page: number, larger: number): number {
  if (larger > 0) {
    const huge = k.tryFrames(task, larger);
    if (huge !== NO_FRAME) return k.addFolio(task, file, alignDown(page, larger), larger, huge);
  }
  const frame = k.tryFrames(task, k.minOrder);
  if (frame === NO_FRAME) return NO_FOLIO;
  return k.addFolio(task, file, alignDown(page, k.minOrder), k.minOrder, frame);
}

/** As {@link tryNewFolio}, waiting for memory. */
export function* newFolio(k: Kernel, task: Task, file: KernelFile, page: number, wanted = k.minOrder): Op<number> {
  // What is larger than it must be is not waited for.
  for (let order = wanted; order > k.minOrder; order--) {
    const frame = k.tryFrames(task, order);
    if (frame !== NO_FRAME) return k.addFolio(task, file, alignDown(page, order), order, frame);
  }
  const frame = yield* k.getFrames(task, k.minOrder, `page ${page}`);
  const there = file.index.get(page);
  if (there !== NO_FOLIO) {
    k.releaseFrames(frame, k.minOrder);
    return there;
  }
  return k.addFolio(task, file, alignDown(page, k.minOrder), k.minOrder, frame);
}

/** Order of a huge page where the file system makes them at the first touch and there is room for one; 0 otherwise. */
function hugeOrder(k: Kernel, fault: Fault): number {
  if (!k.fs.doc.hugePages || !k.doc.folios.large || k.fs.available < HUGE_PAGES * k.fs.blocksPerPage) return 0;
  const { vma, vpn, page } = fault;
  const first = alignDown(vpn, HUGE_ORDER);
  const inFile = page - (vpn - first);
  const fits =
    first >= vma.start && first + HUGE_PAGES <= vma.start + vma.pages && inFile === alignDown(inFile, HUGE_ORDER);
  return fits && vma.file.index.absent(inFile, HUGE_PAGES) ? HUGE_ORDER : 0;
}

function* waitRead(k: Kernel, task: Task, folio: number): Op {
  const { folios } = k;
  if ((folios.flags[folio] & FolioFlag.locked) === 0) return;
  yield* k.sleep(task, {
    kind: 'io',
    label: `waits for the read of page ${folios.index[folio]}`,
    of: folio,
    until: Infinity,
    ready: () => (folios.flags[folio] & FolioFlag.locked) === 0,
  });
}

/** No PTE: a read of any mapping, or a store through a shared one. */
function mapFile(k: Kernel, task: Task, fault: Fault): Maybe<boolean> {
  const found = findPage(k, task, fault);
  return typeof found === 'object' ? thenDo(found, mapFound, k, task) : mapFound(k, task, found);
}

function mapFound(k: Kernel, task: Task, folio: number): Maybe<boolean> {
  const { vma, write } = task.fault;
  if (folio === MAPPED) return true;
  if (folio === NO_FOLIO) return false;
  if (!vma.shared && !k.policy.inMemory) return install(k, task, folio);
  const filled = k.policy.fill(k, task, vma.file, folio, write);
  return typeof filled === 'object' ? thenDo(filled, mapFilled, k, task) : mapFilled(k, task, filled);
}

function mapFilled(k: Kernel, task: Task, folio: number): Maybe<boolean> {
  if (folio === NO_FOLIO || !task.fault.write) return install(k, task, folio);
  const stored = store(k, task, folio);
  return typeof stored === 'object' ? thenDo(stored, install, k, task) : install(k, task, stored);
}

/** Maps the folio, which the policy has made ready; NO_FOLIO when it found no space. */
function install(k: Kernel, task: Task, folio: number): boolean {
  const { fault } = task;
  if (folio === NO_FOLIO) {
    fault.why = SigbusWhy.noSpace;
    return false;
  }
  finishFault(k, task, fault, folio, fault.write || k.writableOnRead(fault.vma, fault.vpn));
  k.unlock(folio);
  return true;
}

/**
 * The file system hears of a store before the PTE lets it through (Linux `page_mkwrite`).
 * @returns the folio, locked; NO_FOLIO, and nothing locked, when there is no space
 */
function store(k: Kernel, task: Task, found: number): Maybe<number> {
  if (k.policy.trapsStores) k.charge(task, CycleCause.filesystem, k.fs.storeHookPs);
  const ready = k.policy.store(k, task, task.fault.vma.file, found);
  return typeof ready === 'object' ? thenDo(ready, stored, k, task) : stored(k, task, ready);
}

function stored(k: Kernel, task: Task, folio: number): Maybe<number> {
  if (folio === NO_FOLIO) return NO_FOLIO;
  k.dirty(task, task.fault.vma.file, folio);
  return (k.folios.flags[folio] & FolioFlag.writeback) === 0 ? folio : storedStable(k, task, folio);
}

/** Stable pages: what is on its way to the disk does not change. */
function* storedStable(k: Kernel, task: Task, folio: number): Op<number> {
  yield* k.waitWriteback(task, folio);
  return folio;
}

/** A store to a page that is mapped read-only. */
function writeProtected(k: Kernel, task: Task, fault: Fault): Maybe<boolean> {
  const { vma, vpn, space, page } = fault;
  const { file } = vma;
  const flags = space.table.flags(vpn);
  if ((flags & Pte.writable) !== 0) return true;
  if (!vma.shared) return copyOnWrite(k, task, fault);
  const folio = file.index.get(page);
  if (folio === NO_FOLIO) return mapFile(k, task, fault);
  if ((flags & Pte.huge) !== 0) {
    // A huge entry of a file is taken apart by dropping it; the store then faults as if nothing were mapped.
    const base = alignDown(vpn, HUGE_ORDER);
    unmapPages(k, task, file, vma.offset + base - vma.start, HUGE_PAGES);
    return mapFile(k, task, fault);
  }
  return k.tryLock(task, folio) ? unprotect(k, task, folio) : unprotectLater(k, task, folio);
}

function* unprotectLater(k: Kernel, task: Task, folio: number): Op<boolean> {
  yield* k.lock(task, folio);
  const good = unprotect(k, task, folio);
  return typeof good === 'object' ? yield* good : good;
}

function unprotect(k: Kernel, task: Task, folio: number): Maybe<boolean> {
  const { fault } = task;
  const { file } = fault.vma;
  if (file.index.get(fault.page) !== folio || fault.page >= file.pages) {
    k.unlock(folio);
    return mapFile(k, task, fault);
  }
  const ready = store(k, task, folio);
  return typeof ready === 'object' ? thenDo(ready, permit, k, task) : permit(k, task, ready);
}

/** Makes the PTE writable. */
function permit(k: Kernel, task: Task, folio: number): boolean {
  const { space, vpn } = task.fault;
  // Reclaimed while the task waited for memory: mapped anew.
  if (folio === NO_FOLIO || (space.table.flags(vpn) & Pte.present) === 0) return install(k, task, folio);
  space.table.change(vpn, 0, Pte.writable | Pte.dirty | Pte.accessed);
  k.charge(task, CycleCause.handler, k.costs.protectPte);
  invalidate(k, task, space, vpn);
  k.unlock(folio);
  return true;
}

/** A store to a private mapping: the page is copied, and the copy belongs to the address space alone. */
function* copyOnWrite(k: Kernel, task: Task, fault: Fault): Op<boolean> {
  const { space, vpn } = fault;
  const old = space.anonymous.get(vpn);
  if (old !== undefined && k.folios.mapCount[old] === 1) {
    space.table.change(vpn, 0, Pte.writable | Pte.dirty);
    invalidate(k, task, space, vpn);
    k.charge(task, CycleCause.handler, k.costs.protectPte);
    return true;
  }
  // The frame comes first: nothing is locked while it is waited for.
  const frame = yield* k.getFrames(task, 0, `a copy of page ${fault.page}`);
  let source = NO_FOLIO;
  if (old === undefined) {
    // The copy needs the page, not the mapping: fault-around is for reads.
    const found = findPage(k, task, fault);
    source = typeof found === 'object' ? yield* found : found;
    if (source === NO_FOLIO) {
      k.releaseFrames(frame, 0);
      return false;
    }
  }
  const copy = k.folios.allocate(-1, 0, 0, frame, FolioFlag.anonymous | FolioFlag.uptodate | FolioFlag.dirty, NOBODY);
  k.anonymousPages++;
  const took = k.costs.copyPage + k.costs.folioAlloc;
  k.charge(task, CycleCause.handler, took);
  k.recorder.record(
    EventKind.copyOnWrite,
    task.faultLane,
    k.now(task) - took,
    took,
    vpn * PAGE_BYTES,
    task.id,
    task.step,
    0,
    task.cause,
  );
  const had = space.table.clear(vpn);
  if (old !== undefined) {
    k.folios.mapCount[old]--;
    invalidate(k, task, space, vpn);
  } else {
    if ((had & Pte.present) !== 0) {
      k.folios.mapCount[source]--;
      invalidate(k, task, space, vpn);
    }
    k.unlock(source);
  }
  space.anonymous.set(vpn, copy);
  mapPage(k, task, space, vpn, copy, frame, true, true);
  return true;
}
