import type { PageTable } from '#emulator/mmu/page-table';
import type { KernelFile } from './file.ts';

/** Pages that one page table of the lowest level maps. */
export const TABLE_PAGES = 512;

export type Advice = 'normal' | 'random' | 'sequential';

/** A mapping of a stretch of a file into an address space. Units are pages. */
export class Vma {
  readonly name: string;
  readonly file: KernelFile;
  readonly start: number;
  readonly pages: number;
  /** Page of the file at `start`. */
  readonly offset: number;
  readonly shared: boolean;
  advice: Advice;
  /** Pages that may not be stored to, when not the whole mapping is writable: from mprotect. */
  writable: boolean;
  readonly protectedPages = new Set<number>();

  constructor(
    name: string,
    file: KernelFile,
    start: number,
    pages: number,
    offset: number,
    shared: boolean,
    writable: boolean,
    advice: Advice,
  ) {
    this.name = name;
    this.file = file;
    this.start = start;
    this.pages = pages;
    this.offset = offset;
    this.shared = shared;
    this.writable = writable;
    this.advice = advice;
  }

  /** Whether a store to `vpn` is allowed at all. */
  mayWrite(vpn: number): boolean {
    return this.writable && (this.protectedPages.size === 0 || !this.protectedPages.has(vpn));
  }
}

/** One address space: its mappings, its page table, its private pages. */
export class AddressSpace {
  readonly id: number;
  readonly table: PageTable;
  vmas: Vma[] = [];
  /** Private copies by virtual page. */
  readonly anonymous = new Map<number, number>();
  private last: Vma | null = null;
  /** Regions of {@link TABLE_PAGES} that have had a page table: it stays when its entries go, until the mapping does. */
  private readonly tables = new Set<number>();
  private lastTable = -1;

  constructor(id: number, table: PageTable) {
    this.id = id;
    this.table = table;
  }

  find(vpn: number): Vma | null {
    const last = this.last;
    if (last !== null && vpn >= last.start && vpn < last.start + last.pages) return last;
    for (const vma of this.vmas) {
      if (vpn >= vma.start && vpn < vma.start + vma.pages) {
        this.last = vma;
        return vma;
      }
    }
    return null;
  }

  /** An entry is about to be made for `vpn`: its region has a page table from now on. */
  makeTable(vpn: number): void {
    const region = Math.floor(vpn / TABLE_PAGES);
    if (region === this.lastTable) return;
    this.lastTable = region;
    this.tables.add(region);
  }

  /** Whether the region of `vpn` has a page table, or a 2 MiB entry in its place. */
  hasTable(vpn: number): boolean {
    return this.tables.has(Math.floor(vpn / TABLE_PAGES));
  }

  add(vma: Vma): void {
    this.vmas.push(vma);
  }

  remove(vma: Vma): void {
    this.vmas = this.vmas.filter((other) => other !== vma);
    this.last = null;
    this.lastTable = -1;
    const end = vma.start + vma.pages;
    for (let region = Math.ceil(vma.start / TABLE_PAGES); (region + 1) * TABLE_PAGES <= end; region++)
      this.tables.delete(region);
  }

  named(name: string): Vma | undefined {
    return this.vmas.find((vma) => vma.name === name);
  }
}
