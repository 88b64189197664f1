import { CycleCause as CycleCauses } from '#emulator/cpu/processor';
import { HUGE_PAGES, Pte as PteBits } from '#emulator/mmu/page-table';
import { EventKind } from '#model/events';
import { TABLE_PAGES } from './address-space.ts';
import type { Fault } from './fault-record.ts';
import { NO_FOLIO as IMPORTED_NO_FOLIO } from './folios.ts';
import type { Kernel } from './kernel.ts';
import type { Task } from './task.ts';
import { mapPage } from './page-entries.ts';

// What a module declares is compiled in; what it imports is fetched, and checked, at each use.
const CycleCause = CycleCauses;
const Pte = PteBits;
const NO_FOLIO = IMPORTED_NO_FOLIO;

/** Installs the PTE, or those of the whole folio (Linux `finish_fault`). */
export function finishFault(k: Kernel, task: Task, fault: Fault, folio: number, writable: boolean): void {
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
          mapOne(k, task, fault, folio, frame + page - index, writable);
          return;
        }
      space.makeTable(first);
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
        for (let i = 0; i < pages; i++) mapPage(k, task, space, first + i, folio, frame + i, writable, dirty);
        return;
      }
    }
  }
  mapOne(k, task, fault, folio, frame + page - index, writable);
}

function mapOne(k: Kernel, task: Task, fault: Fault, folio: number, frame: number, writable: boolean): void {
  if ((fault.space.table.flags(fault.vpn) & Pte.present) !== 0) return;
  mapPage(k, task, fault.space, fault.vpn, folio, frame, writable, fault.write);
}

/**
 * Maps what is cached around the fault: the aligned window, and whole folios where they fit (Linux
 * `do_fault_around`, `filemap_map_pages`). Skips what is locked, not uptodate, or marked for readahead.
 * @returns whether the page of the fault was mapped
 */
export function mapAround(k: Kernel, task: Task, fault: Fault): boolean {
  const around = k.doc.faults.aroundPages;
  if (around <= 1) return false;
  const { vma, vpn, page } = fault;
  const { file } = vma;
  const { folios } = k;
  const inTable = vpn - Math.floor(vpn / TABLE_PAGES) * TABLE_PAGES;
  const inVma = vpn - vma.start;
  const from = Math.max(inTable - (inTable % around), inTable - Math.min(inTable, inVma));
  const to = Math.min(from + around, TABLE_PAGES, inTable + vma.pages - inVma);
  const first = page + from - inTable;
  const end = Math.min(page + to - inTable, file.pages);
  const ra = file.readahead;
  const writable = k.writableOnRead(vma, fault.vpn);
  let hits = 0;
  let mapped = 0;
  let started = 0;
  let lowest = end;
  let highest = first;
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
    // Linux compares the last page of the file with the first one behind the folio.
    const fits = k.policy.inMemory || file.pages - 1 >= next;
    // Where the first folio found does not pass, Linux 6.18 does not install the missing page table either, and
    // leaves the fault to the slow path.
    if (k.doc.faults.mapWholeFolio && !fits && hits === 0 && !fault.space.hasTable(vpn)) return false;
    if (next - index > 1 && k.doc.faults.mapWholeFolio) {
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
      if (mapped === 0) started = k.now(task);
      mapPage(k, task, fault.space, v, folio, folios.frame[folio] + p - index, writable, false);
      mapped++;
      if (p < lowest) lowest = p;
      if (p > highest) highest = p;
      if (p === page) done = true;
    }
    at = next;
  }
  ra.mmapMiss = Math.max(0, ra.mmapMiss - hits);
  if (mapped > 0) {
    const within = highest + 1 - lowest;
    const { pageCache } = k.lanes;
    const took = k.now(task) - started;
    k.recorder.record(EventKind.faultAround, pageCache, started, took, lowest, file.id, mapped, within, task.cause);
  }
  return done;
}

function mapHuge(k: Kernel, task: Task, fault: Fault, folio: number, first: number, writable: boolean): boolean {
  const { table } = fault.space;
  for (let i = 0; i < HUGE_PAGES; i++) if ((table.flags(first + i) & Pte.present) !== 0) return false;
  fault.space.makeTable(first);
  table.setHuge(first, k.folios.frame[folio], Pte.present | Pte.user | Pte.accessed | (writable ? Pte.writable : 0));
  k.folios.mapCount[folio] += HUGE_PAGES;
  k.charge(task, CycleCause.handler, k.costs.mapPte);
  return true;
}
