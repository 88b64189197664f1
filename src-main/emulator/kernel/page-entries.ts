import { CycleCause as CycleCauses } from '#emulator/cpu/processor';
import { PAGE_BYTES, Pte as PteBits } from '#emulator/mmu/page-table';
import { EventKind } from '#model/events';
import type { AddressSpace } from './address-space.ts';
import type { KernelFile } from './file.ts';
import { NO_FOLIO } from './folios.ts';
import type { Kernel } from './kernel.ts';
import type { Task } from './task.ts';

/* The PTEs of cached pages: made at a fault, found from the file, protected and dropped, and the TLBs told. */

// What a module declares is compiled in; what it imports is fetched, and checked, at each use.
const CycleCause = CycleCauses;
const Pte = PteBits;

/** Maps one page of a folio. */
export function mapPage(
  k: Kernel,
  task: Task,
  space: AddressSpace,
  vpn: number,
  folio: number,
  frame: number,
  writable: boolean,
  dirty: boolean,
): void {
  space.makeTable(vpn);
  const flags = Pte.present | Pte.user | Pte.accessed | (writable ? Pte.writable : 0) | (dirty ? Pte.dirty : 0);
  space.table.set(vpn, frame, flags);
  k.folios.mapCount[folio]++;
  k.charge(task, CycleCause.handler, k.costs.mapPte);
}

/** Calls `visit` for each present PTE of the folio's pages in `[from, from + count)` of the file. */
export function eachPte(
  k: Kernel,
  file: KernelFile,
  from: number,
  count: number,
  visit: (space: AddressSpace, vpn: number, flags: number) => void,
): void {
  for (const { space, vma } of file.mappings) {
    const first = Math.max(from, vma.offset);
    const end = Math.min(from + count, vma.offset + vma.pages);
    for (let page = first; page < end; page++) {
      const vpn = vma.start + page - vma.offset;
      const flags = space.table.flags(vpn);
      if ((flags & Pte.present) === 0 || space.anonymous.has(vpn)) continue;
      visit(space, vpn, flags);
    }
  }
}

/**
 * Takes write permission and dirty bits off the folio's PTEs, so that the next store is seen; where the
 * kernel learns of stores by dirty bits, those only.
 */
export function protect(k: Kernel, task: Task, file: KernelFile, folio: number): void {
  if (k.policy.inMemory) return;
  const trapping = k.policy.trapsStores || k.doc.dirty.tracking === 'write-protect';
  const clear = trapping && !k.policy.writableReads ? Pte.writable | Pte.dirty : Pte.dirty;
  const { folios } = k;
  if (folios.mapCount[folio] === 0) return;
  eachPte(k, file, folios.index[folio], folios.pages(folio), (space, vpn, flags) => {
    if ((flags & clear) === 0) return;
    if ((flags & Pte.huge) !== 0 && vpn % 512 !== 0) return;
    space.table.change(vpn, clear, 0);
    k.charge(task, CycleCause.handler, k.costs.protectPte);
    flush(k, task, space, vpn, (flags & Pte.huge) !== 0 ? 512 : 1);
  });
}

/** Removes the PTEs of pages `[from, from + count)`; what they knew of stores is kept in the folio. */
export function unmapPages(k: Kernel, task: Task, file: KernelFile, from: number, count: number): void {
  eachPte(k, file, from, count, (space, vpn, flags) => {
    const page = pageAt(file, space, vpn);
    const folio = file.index.get(page);
    const pages = (flags & Pte.huge) !== 0 ? 512 : 1;
    const had = space.table.clear(vpn);
    if (folio !== NO_FOLIO) {
      k.folios.mapCount[folio] -= pages;
      if ((had & Pte.dirty) !== 0 && k.doc.dirty.tracking === 'pte-bit') k.dirty(task, file, folio);
    }
    k.charge(task, CycleCause.handler, k.costs.protectPte);
    flush(k, task, space, vpn, pages);
  });
}

function pageAt(file: KernelFile, space: AddressSpace, vpn: number): number {
  for (const mapped of file.mappings) {
    const { vma } = mapped;
    if (mapped.space === space && vpn >= vma.start && vpn < vma.start + vma.pages) return vma.offset + vpn - vma.start;
  }
  return -1;
}

/** Drops a stale translation the task's own fault made, on every core that may have it. */
export function invalidate(k: Kernel, task: Task, space: AddressSpace, vpn: number): void {
  k.clocks.settleAll();
  k.processor.invalidate(task.core, space.id, vpn, 1);
}

/** Drops stale translations, on every core that may have them; records what it took. */
export function flush(k: Kernel, task: Task, space: AddressSpace, vpn: number, count: number): void {
  k.clocks.settleAll();
  const before = k.processor.now(task.core);
  k.processor.invalidate(task.core, space.id, vpn, count);
  const took = k.processor.now(task.core) - before;
  if (!task.user) task.clock += took;
  if (k.processor.coreCount > 1 && took > 0) {
    k.recorder.record(
      EventKind.shootdown,
      task.lane,
      k.now(task) - took,
      took,
      vpn * PAGE_BYTES,
      task.core,
      count,
      0,
      task.cause,
    );
  }
}
