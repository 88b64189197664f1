import { CycleCause } from '#emulator/cpu/processor';
import { HUGE_PAGES, PAGE_SHIFT, Pte } from '#emulator/mmu/page-table';
import { EventKind } from '#model/events';
import { type AddressSpace, TABLE_PAGES, type Vma } from './address-space.ts';
import type { KernelFile } from './file.ts';
import { FolioFlag, NO_FOLIO } from './folios.ts';
import type { Kernel } from './kernel.ts';
import { NO_FRAME } from './frames.ts';
import { mappedHit, mappedMiss, readFolios } from './readahead.ts';
import { IoCause } from './io.ts';
import type { Op, Task } from './task.ts';
import { balanceDirty } from './throttle.ts';

/** log2 of {@link HUGE_PAGES}. */
const HUGE_ORDER = 9;

/** What a fault came to, argument `c` of its event. */
const Outcome = { minor: 0, major: 1, sigbus: 2 } as const;

/** Why SIGBUS, argument `c` of its event. */
export const SigbusWhy = { beyondFile: 0, noSpace: 1, protection: 2 } as const;

/** What the parts of one fault tell each other. */
interface Fault {
  readonly space: AddressSpace;
  readonly vma: Vma;
  readonly vpn: number;
  readonly write: boolean;
  /** Page of the file. */
  readonly page: number;
  /** No page was found in the cache. */
  major: boolean;
  /** It has been retried: it lets go of its locks no more. */
  tried: boolean;
  retries: number;
  /** The kernel faults for the task (populate): it starts afresh each time it had to let go. */
  readonly forTask: boolean;
  why: number;
}

/**
 * Handles the fault that stopped the task's core.
 * @returns false when the task gets SIGBUS
 */
export function* handleFault(k: Kernel, task: Task): Op<boolean> {
  const { processor } = k;
  const address = processor.faultAddress(task.core);
  return yield* faultAt(
    k,
    task,
    Math.floor(address / 2 ** PAGE_SHIFT),
    processor.faultIsWrite(task.core),
    address,
    false,
  );
}

/** A fault at a page, by an access of the program or by the kernel on its behalf (populate). */
export function* faultAt(
  k: Kernel,
  task: Task,
  vpn: number,
  write: boolean,
  address = vpn * 2 ** PAGE_SHIFT,
  forTask = true,
): Op<boolean> {
  const { recorder, tally, costs } = k;
  const space = task.space!;
  const start = k.now(task);
  const present = space.table.flags(vpn) & Pte.present;
  const protection = write && present !== 0;
  const kind = protection ? EventKind.writeProtectFault : write ? EventKind.writeFault : EventKind.readFault;
  if (protection) tally.writeProtectFaults++;
  else if (write) tally.writeFaults++;
  else tally.readFaults++;
  const before = task.cause;
  const event = recorder.begin(kind, task.faultLane, start, address, task.id, task.step, before);
  task.cause = event;
  k.charge(task, CycleCause.handler, costs.vmaLookup);
  const vma = space.find(vpn);
  let fault: Fault | null = null;
  let good = false;
  if (vma !== null && (!write || vma.mayWrite(vpn))) {
    fault = {
      space,
      vma,
      vpn,
      write,
      page: vma.offset + vpn - vma.start,
      major: false,
      tried: false,
      retries: 0,
      forTask,
      why: SigbusWhy.beyondFile,
    };
    if (present !== 0) good = write ? yield* writeProtected(k, task, fault) : true;
    else if (write && !vma.shared) good = yield* copyOnWrite(k, task, fault);
    else good = yield* mapFile(k, task, fault);
  }
  const end = k.now(task);
  const major = fault !== null && (fault.major || fault.tried);
  if (!good) {
    tally.sigbus++;
    task.sigbus++;
    k.charge(task, CycleCause.handler, costs.signal);
    recorder.record(
      EventKind.sigbus,
      task.faultLane,
      end,
      0,
      address,
      task.id,
      task.step,
      fault === null ? SigbusWhy.protection : fault.why,
      event,
    );
    recorder.finish(event, k.now(task), Outcome.sigbus);
  } else {
    if (major) {
      tally.major++;
      task.major++;
    } else {
      tally.minor++;
      task.minor++;
    }
    recorder.finish(event, end, major ? Outcome.major : Outcome.minor);
  }
  k.progress++;
  k.fruitless = 0;
  k.counters.sample(end);
  if (good && write) yield* balanceDirty(k, task);
  task.cause = before;
  return good;
}

/** A page of the file, uptodate and locked; NO_FOLIO for SIGBUS. Linux `filemap_fault` and what retries it. */
function* findPage(k: Kernel, task: Task, fault: Fault): Op<number> {
  const { vma, page, write } = fault;
  const { file } = vma;
  const { folios, costs, doc } = k;
  for (;;) {
    if (!write && mapAround(k, task, fault)) return MAPPED;
    if (page >= file.pages) return NO_FOLIO;
    k.charge(task, CycleCause.handler, costs.cacheLookup);
    let folio = file.index.get(page);
    let dropped = false;
    if (k.policy.inMemory) {
      // Nothing is read: the page is made, and only swapping in would count as major.
      if (folio === NO_FOLIO) {
        folio = yield* newFolio(k, task, file, page, hugeOrder(k, fault));
        k.zero(task, folios.pages(folio));
        folios.flags[folio] |= FolioFlag.uptodate;
      }
    } else if (folio !== NO_FOLIO) {
      if (!fault.tried) dropped = mappedHit(k, task, file, vma, folio, page);
    } else {
      fault.major = true;
      dropped = mappedMiss(k, task, file, vma, page);
      folio = file.index.get(page);
      if (folio === NO_FOLIO) folio = yield* newFolio(k, task, file, page);
    }
    if ((folios.flags[folio] & FolioFlag.locked) === 0) {
      k.tryLock(task, folio);
    } else if (folios.owner[folio] !== task.id) {
      dropped = true;
      yield* k.lock(task, folio);
    }
    if (file.index.get(page) !== folio) {
      // Truncated or reclaimed while nobody held it.
      if (folios.owner[folio] === task.id) k.unlock(folio);
      continue;
    }
    if ((folios.flags[folio] & FolioFlag.uptodate) === 0) {
      readFolios(k, task, file, [folio], IoCause.read);
      yield* waitRead(k, task, folio);
      if (!doc.faults.retryAfterIo || fault.tried) continue;
      retry(k, task, fault);
      continue;
    }
    if (dropped && doc.faults.retryAfterIo && !fault.tried) {
      k.unlock(folio);
      retry(k, task, fault);
      continue;
    }
    if (page >= file.pages) {
      k.unlock(folio);
      return NO_FOLIO;
    }
    return folio;
  }
}

/** Returned by {@link findPage} when fault-around has mapped the page already. */
const MAPPED = -2;

function retry(k: Kernel, task: Task, fault: Fault): void {
  k.charge(task, CycleCause.handler, k.costs.faultRetry);
  if (fault.forTask) {
    fault.major = false;
    return;
  }
  // Under the lock of the mapping alone, only a fault without a page counts as tried.
  fault.tried = fault.major || fault.retries > 0;
  fault.retries++;
}

/** A folio of the smallest order over a page that is not cached; waits for memory. Locked, and not uptodate. */
export function* newFolio(k: Kernel, task: Task, file: KernelFile, page: number, larger = 0): Op<number> {
  if (larger > 0) {
    const huge = k.tryFrames(task, larger);
    if (huge !== NO_FRAME) return k.addFolio(task, file, page - (page % (1 << larger)), larger, huge);
  }
  const order = k.minOrder;
  const first = page - (page % (1 << order));
  const frame = yield* k.getFrames(task, order, `page ${page}`);
  const there = file.index.get(page);
  if (there !== NO_FOLIO) {
    k.releaseFrames(frame, order);
    return there;
  }
  return k.addFolio(task, file, first, order, frame);
}

/** Order of a huge page where the file system makes them at the first touch and one fits; 0 otherwise. */
function hugeOrder(k: Kernel, fault: Fault): number {
  if (!k.fs.doc.hugePages || !k.doc.folios.large) return 0;
  const { vma, vpn, page } = fault;
  const first = vpn - (vpn % HUGE_PAGES);
  const inFile = page - (vpn - first);
  const fits = first >= vma.start && first + HUGE_PAGES <= vma.start + vma.pages && inFile % HUGE_PAGES === 0;
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
function* mapFile(k: Kernel, task: Task, fault: Fault): Op<boolean> {
  const { vma, write } = fault;
  const { file } = vma;
  const found = yield* findPage(k, task, fault);
  if (found === MAPPED) return true;
  if (found === NO_FOLIO) return false;
  let folio = found;
  if (vma.shared || k.policy.inMemory) folio = yield* k.policy.fill(k, task, file, folio, write);
  if (folio !== NO_FOLIO && write) folio = yield* store(k, task, fault, folio);
  if (folio === NO_FOLIO) {
    fault.why = SigbusWhy.noSpace;
    return false;
  }
  finishFault(k, task, fault, folio, write || k.writableOnRead(vma, fault.vpn));
  k.unlock(folio);
  return true;
}

/**
 * The file system hears of a store before the PTE lets it through (Linux `page_mkwrite`).
 * @returns the folio, locked; NO_FOLIO, and nothing locked, when there is no space
 */
function* store(k: Kernel, task: Task, fault: Fault, found: number): Op<number> {
  const { file } = fault.vma;
  if (k.policy.trapsStores) k.charge(task, CycleCause.filesystem, k.fs.storeHookPs);
  const folio = yield* k.policy.store(k, task, file, found);
  if (folio === NO_FOLIO) return NO_FOLIO;
  k.dirty(task, file, folio);
  // Stable pages: what is on its way to the disk does not change.
  yield* k.waitWriteback(task, folio);
  return folio;
}

/** A store to a page that is mapped read-only. */
function* writeProtected(k: Kernel, task: Task, fault: Fault): Op<boolean> {
  const { vma, vpn, space, page } = fault;
  const { file } = vma;
  const flags = space.table.flags(vpn);
  if ((flags & Pte.writable) !== 0) return true;
  if (!vma.shared) return yield* copyOnWrite(k, task, fault);
  const folio = file.index.get(page);
  if (folio === NO_FOLIO) return yield* mapFile(k, task, fault);
  if ((flags & Pte.huge) !== 0) {
    // A huge entry of a file is taken apart by dropping it; the store then faults as if nothing were mapped.
    const base = vpn - (vpn % HUGE_PAGES);
    k.unmapPages(task, file, vma.offset + base - vma.start, HUGE_PAGES);
    return yield* mapFile(k, task, fault);
  }
  yield* k.lock(task, folio);
  if (file.index.get(page) !== folio || page >= file.pages) {
    k.unlock(folio);
    return yield* mapFile(k, task, fault);
  }
  const ready = yield* store(k, task, fault, folio);
  if (ready === NO_FOLIO) {
    fault.why = SigbusWhy.noSpace;
    return false;
  }
  if ((space.table.flags(vpn) & Pte.present) !== 0) {
    space.table.change(vpn, 0, Pte.writable | Pte.dirty | Pte.accessed);
    k.charge(task, CycleCause.handler, k.costs.protectPte);
    k.processor.invalidate(task.core, space.id, vpn, 1);
  } else {
    // Reclaimed while the task waited for memory: mapped anew.
    finishFault(k, task, fault, ready, true);
  }
  k.unlock(ready);
  return true;
}

/** A store to a private mapping: the page is copied, and the copy belongs to the address space alone. */
function* copyOnWrite(k: Kernel, task: Task, fault: Fault): Op<boolean> {
  const { space, vpn } = fault;
  const old = space.anonymous.get(vpn);
  if (old !== undefined && k.folios.mapCount[old] === 1) {
    space.table.change(vpn, 0, Pte.writable | Pte.dirty);
    k.processor.invalidate(task.core, space.id, vpn, 1);
    k.charge(task, CycleCause.handler, k.costs.protectPte);
    return true;
  }
  let source = NO_FOLIO;
  if (old === undefined) {
    // The copy needs the page, not the mapping: fault-around is for reads.
    source = yield* findPage(k, task, fault);
    if (source === NO_FOLIO) return false;
  }
  const frame = yield* k.getFrames(task, 0, `a copy of page ${fault.page}`);
  const copy = k.folios.allocate(-1, 0, 0, frame, FolioFlag.anonymous | FolioFlag.uptodate | FolioFlag.dirty);
  k.anonymousPages++;
  k.charge(task, CycleCause.handler, k.costs.copyPage + k.costs.folioAlloc);
  k.recorder.record(
    EventKind.copyOnWrite,
    task.faultLane,
    k.now(task),
    0,
    vpn * 2 ** PAGE_SHIFT,
    task.id,
    task.step,
    0,
    task.cause,
  );
  const had = space.table.clear(vpn);
  if (old !== undefined) {
    k.folios.mapCount[old]--;
    k.processor.invalidate(task.core, space.id, vpn, 1);
  } else {
    if ((had & Pte.present) !== 0) {
      k.folios.mapCount[source]--;
      k.processor.invalidate(task.core, space.id, vpn, 1);
    }
    k.unlock(source);
  }
  space.anonymous.set(vpn, copy);
  k.mapPage(task, space, vpn, copy, frame, true, true);
  return true;
}

/** Installs the PTE, or those of the whole folio (Linux `finish_fault`). */
function finishFault(k: Kernel, task: Task, fault: Fault, folio: number, writable: boolean): void {
  const { space, vma, vpn, page } = fault;
  const { folios } = k;
  const { table } = space;
  const index = folios.index[folio];
  const pages = folios.pages(folio);
  const frame = folios.frame[folio];
  const dirty = fault.write;
  if (pages > 1 && k.doc.faults.mapWholeFolio) {
    const fits = k.policy.inMemory || index + pages <= vma.file.pages;
    const first = vpn - (page - index);
    const inside = first >= vma.start && first + pages <= vma.start + vma.pages;
    if (fits && inside && pages === HUGE_PAGES && first % HUGE_PAGES === 0) {
      const flags = Pte.present | Pte.user | Pte.accessed | (writable ? Pte.writable : 0) | (dirty ? Pte.dirty : 0);
      for (let i = 0; i < pages; i++)
        if ((table.flags(first + i) & Pte.present) !== 0) {
          mapOne(k, task, fault, folio, writable);
          return;
        }
      table.setHuge(first, frame, flags);
      folios.mapCount[folio] += pages;
      k.charge(task, CycleCause.handler, k.costs.mapPte);
      return;
    }
    const oneTable = Math.floor(first / TABLE_PAGES) === Math.floor((first + pages - 1) / TABLE_PAGES);
    if (fits && inside && oneTable) {
      let none = true;
      for (let i = 0; i < pages && none; i++) none = (table.flags(first + i) & Pte.present) === 0;
      if (none) {
        for (let i = 0; i < pages; i++) k.mapPage(task, space, first + i, folio, frame + i, writable, dirty);
        return;
      }
    }
  }
  mapOne(k, task, fault, folio, writable);
}

function mapOne(k: Kernel, task: Task, fault: Fault, folio: number, writable: boolean): void {
  const frame = k.folios.frame[folio] + fault.page - k.folios.index[folio];
  if ((fault.space.table.flags(fault.vpn) & Pte.present) !== 0) return;
  k.mapPage(task, fault.space, fault.vpn, folio, frame, writable, fault.write);
}

/**
 * Maps what is cached around the fault: the aligned window, and whole folios where they fit (Linux
 * `do_fault_around`, `filemap_map_pages`). Skips what is locked, not uptodate, or marked for readahead.
 * @returns whether the page of the fault was mapped
 */
function mapAround(k: Kernel, task: Task, fault: Fault): boolean {
  const around = k.doc.faults.aroundPages;
  if (around <= 1) return false;
  const { vma, vpn, page } = fault;
  const { file } = vma;
  const { folios } = k;
  const inTable = vpn % TABLE_PAGES;
  const inVma = vpn - vma.start;
  const from = Math.max(inTable - (inTable % around), inTable - Math.min(inTable, inVma));
  const to = Math.min(from + around, TABLE_PAGES, inTable + vma.pages - inVma);
  const first = page + from - inTable;
  const end = Math.min(page + to - inTable, file.pages);
  const ra = file.readahead;
  const writable = k.writableOnRead(vma, fault.vpn);
  let hits = 0;
  let mapped = 0;
  let done = false;
  for (let at = first; at < end;) {
    const folio = file.index.get(at);
    if (folio === NO_FOLIO) {
      at++;
      continue;
    }
    const index = folios.index[folio];
    const next = index + folios.pages(folio);
    if (k.skipsAround(file, folio)) {
      at = next;
      continue;
    }
    let start = at;
    let stop = Math.min(next, end);
    if (next - index > 1 && k.doc.faults.mapWholeFolio) {
      // Linux compares the last page of the file with the first one behind the folio.
      const fits = k.policy.inMemory || file.pages - 1 >= next;
      const v = vma.start + index - vma.offset;
      const inside = v >= vma.start && v + next - index <= vma.start + vma.pages;
      if (fits && inside && Math.floor(v / TABLE_PAGES) === Math.floor((v + next - index - 1) / TABLE_PAGES)) {
        start = index;
        stop = next;
        const alone = at === first || hits + mapped === 0;
        if (alone && next - index === HUGE_PAGES && mapHuge(k, task, fault, folio, v, writable)) return true;
      }
    }
    for (let p = start; p < stop; p++) {
      hits++;
      const v = vma.start + p - vma.offset;
      if ((fault.space.table.flags(v) & Pte.present) !== 0) continue;
      k.mapPage(task, fault.space, v, folio, folios.frame[folio] + p - index, writable, false);
      mapped++;
      if (p === page) done = true;
    }
    at = next;
  }
  ra.mmapMiss = Math.max(0, ra.mmapMiss - hits);
  if (mapped > 0)
    k.recorder.record(EventKind.faultAround, k.lanes.pageCache, k.now(task), 0, first, file.id, mapped, 0, task.cause);
  return done;
}

function mapHuge(k: Kernel, task: Task, fault: Fault, folio: number, first: number, writable: boolean): boolean {
  const { table } = fault.space;
  for (let i = 0; i < HUGE_PAGES; i++) if ((table.flags(first + i) & Pte.present) !== 0) return false;
  table.setHuge(first, k.folios.frame[folio], Pte.present | Pte.user | Pte.accessed | (writable ? Pte.writable : 0));
  k.folios.mapCount[folio] += HUGE_PAGES;
  k.charge(task, CycleCause.handler, k.costs.mapPte);
  return true;
}
