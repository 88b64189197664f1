import { HUGE_PAGES, Pte, type PageTable } from '#emulator/mmu/page-table';

/** One page of a page table: 512 entries, each flags and a frame (or a lower table). */
export interface TablePage {
  /** Frame number the page itself lies in. */
  readonly frame: number;
  readonly level: number;
  readonly flags: Float64Array;
  readonly frames: Float64Array;
  readonly children: (TablePage | null)[];
}

/** A page table of four levels, kept plainly. `allocate` gives the frames its own pages lie in. */
export class ReferencePageTable implements PageTable {
  readonly root: TablePage;
  private count = 0;
  private readonly allocate: () => number;

  constructor(allocate: () => number) {
    this.allocate = allocate;
    this.root = this.page(4);
  }

  get mapped(): number {
    return this.count;
  }

  private page(level: number): TablePage {
    return {
      frame: this.allocate(),
      level,
      flags: new Float64Array(512),
      frames: new Float64Array(512),
      children: new Array<TablePage | null>(512).fill(null),
    };
  }

  /** Index of `vpn` in a table of `level` (1 to 4). */
  static index(vpn: number, level: number): number {
    return Math.floor(vpn / 512 ** (level - 1)) % 512;
  }

  /** The page of `level` that `vpn` goes through, made on demand with `make`. */
  table(vpn: number, level: number, make = false): TablePage | null {
    let page = this.root;
    while (page.level > level) {
      const i = ReferencePageTable.index(vpn, page.level);
      let child = page.children[i];
      if (child === null) {
        if (!make) return null;
        if ((page.flags[i] & Pte.huge) !== 0 && (page.flags[i] & Pte.present) !== 0) this.count -= HUGE_PAGES;
        child = this.page(page.level - 1);
        page.children[i] = child;
        page.flags[i] = Pte.present | Pte.writable | Pte.user;
      }
      page = child;
    }
    return page;
  }

  /** The page and index of the entry that maps `vpn`, of either size; null when there is none. */
  leaf(vpn: number): { page: TablePage; index: number } | null {
    const pt = this.table(vpn, 1);
    if (pt !== null) return { page: pt, index: ReferencePageTable.index(vpn, 1) };
    const pd = this.table(vpn, 2);
    return pd === null ? null : { page: pd, index: ReferencePageTable.index(vpn, 2) };
  }

  flags(vpn: number): number {
    const leaf = this.leaf(vpn);
    const flags = leaf === null ? 0 : leaf.page.flags[leaf.index];
    return (flags & Pte.present) === 0 ? 0 : flags;
  }

  frame(vpn: number): number {
    const leaf = this.leaf(vpn);
    if (leaf === null || (leaf.page.flags[leaf.index] & Pte.present) === 0) return -1;
    return leaf.page.frames[leaf.index] + (leaf.page.level === 2 ? vpn % HUGE_PAGES : 0);
  }

  set(vpn: number, frame: number, flags: number): void {
    const page = this.table(vpn, 1, true)!;
    const i = ReferencePageTable.index(vpn, 1);
    this.count += (flags & 1) - (page.flags[i] & 1);
    page.flags[i] = flags & ~Pte.huge;
    page.frames[i] = frame;
  }

  setHuge(vpn: number, frame: number, flags: number): void {
    const pd = this.table(vpn, 2, true)!;
    const i = ReferencePageTable.index(vpn, 2);
    const pt = pd.children[i];
    if (pt !== null) this.count -= pt.flags.reduce((sum, f) => sum + (f & 1), 0);
    else if ((pd.flags[i] & Pte.present) !== 0) this.count -= HUGE_PAGES;
    pd.children[i] = null;
    pd.flags[i] = flags | Pte.huge;
    pd.frames[i] = frame;
    if ((flags & Pte.present) !== 0) this.count += HUGE_PAGES;
  }

  change(vpn: number, clear: number, set: number): void {
    const leaf = this.leaf(vpn);
    if (leaf === null || (leaf.page.flags[leaf.index] & Pte.present) === 0) return;
    const keep = leaf.page.flags[leaf.index] & Pte.huge;
    const next = (((leaf.page.flags[leaf.index] & ~clear) | set) & ~Pte.huge) | keep;
    if ((next & Pte.present) === 0) this.count -= leaf.page.level === 2 ? HUGE_PAGES : 1;
    leaf.page.flags[leaf.index] = next;
  }

  clear(vpn: number): number {
    const leaf = this.leaf(vpn);
    if (leaf === null || (leaf.page.flags[leaf.index] & Pte.present) === 0) return 0;
    const flags = leaf.page.flags[leaf.index];
    leaf.page.flags[leaf.index] = 0;
    leaf.page.frames[leaf.index] = 0;
    this.count -= leaf.page.level === 2 ? HUGE_PAGES : 1;
    return flags;
  }
}
