/** Logical pages a group: groups come into being when one of their pages is first touched. */
const GROUP = 32;
const GROUP_SHIFT = 5;
/** Not mapped, not cached. */
export const UNMAPPED = -1;

/**
 * The mapping from logical to physical pages, with the sectors of each page that hold data and, where the
 * drive caches only part of the table, the cache slot of the entry. Groups of 32 entries are allocated on
 * first touch, so that a large drive of which little is used stays small.
 */
export class PageMap {
  /** Physical page of an entry, UNMAPPED when it has none. */
  physical: Int32Array;
  /** Sectors of an entry that hold data, a bit set. */
  sectors: Uint16Array | Uint32Array;
  /** Slot of an entry in the mapping cache, UNMAPPED when it is not cached; empty without a cache. */
  cached: Int32Array;
  readonly #directory: Int32Array;
  readonly #limit: number;
  readonly #wide: boolean;
  #used = 0;

  constructor(logicalPages: number, sectorsPerPage: number, withCache: boolean) {
    const groups = Math.ceil(logicalPages / GROUP);
    // 0 is a group never touched, so that the array needs no filling and costs memory only where it is used.
    this.#directory = new Int32Array(groups);
    this.#limit = groups * GROUP;
    this.#wide = sectorsPerPage > 16;
    const n = Math.min(this.#limit, 1 << 18);
    this.physical = new Int32Array(n);
    this.sectors = this.#wide ? new Uint32Array(n) : new Uint16Array(n);
    this.cached = new Int32Array(withCache ? n : 0);
  }

  /** Entry of a page, or -1 when nothing of its group was ever touched. */
  find(page: number): number {
    const base = this.#directory[page >> GROUP_SHIFT];
    return base === 0 ? -1 : base - 1 + (page & (GROUP - 1));
  }

  /** Entry of a page, made when needed. */
  touch(page: number): number {
    const group = page >> GROUP_SHIFT;
    let base = this.#directory[group] - 1;
    if (base < 0) {
      base = this.#used;
      this.#used += GROUP;
      if (this.#used > this.physical.length) this.#grow();
      this.#directory[group] = base + 1;
      this.physical.fill(UNMAPPED, base, this.#used);
      if (this.cached.length > 0) this.cached.fill(UNMAPPED, base, this.#used);
    }
    return base + (page & (GROUP - 1));
  }

  #grow(): void {
    const n = Math.min(this.#limit, this.physical.length * 2);
    const physical = new Int32Array(n);
    physical.set(this.physical);
    this.physical = physical;
    const sectors = this.#wide ? new Uint32Array(n) : new Uint16Array(n);
    sectors.set(this.sectors);
    this.sectors = sectors;
    if (this.cached.length > 0) {
      const cached = new Int32Array(n);
      cached.set(this.cached);
      this.cached = cached;
    }
  }
}
