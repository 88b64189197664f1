/** Logical pages a group: groups come into being when one of their pages is first touched. */
const GROUP = 8;
const GROUP_SHIFT = 3;
/** Not mapped, not cached. */
export const UNMAPPED = -1;
/** Places of the table of groups, and entries, at first. Zeroed memory costs nothing before it is used. */
const PLACES = 1 << 16;
const ENTRIES = 1 << 18;

/**
 * The mapping from logical to physical pages, with the sectors of each page that hold data and, where the
 * drive caches only part of the table, the cache slot of the entry.
 *
 * Groups of 8 entries are allocated on first touch and found through a hash table (open addressing), so that
 * time and memory go with the pages used: an array over all groups of a large drive, touched at random, costs
 * a page fault or a cache miss at each step. An entry's words lie together for the same reason, and numbers are kept
 * inverted, so that zeroed memory reads as UNMAPPED.
 */
export class PageMap {
  /** Words of an entry: physical page (inverted), sectors, and slot in the mapping cache (inverted) if there is one. */
  readonly #stride: number;
  #words: Int32Array;
  readonly #limit: number;
  /** Pairs of group + 1 (0 when free) and its first entry. */
  #places = new Int32Array(2 * PLACES);
  #shift = Math.clz32(PLACES - 1);
  #groups = 0;

  constructor(logicalPages: number, withCache: boolean) {
    this.#stride = withCache ? 3 : 2;
    this.#limit = Math.ceil(logicalPages / GROUP) * GROUP * this.#stride;
    this.#words = new Int32Array(Math.min(this.#limit, ENTRIES * this.#stride));
  }

  /** Physical page of an entry, UNMAPPED when it has none. */
  physical(entry: number): number {
    return ~this.#words[entry];
  }

  setPhysical(entry: number, page: number): void {
    this.#words[entry] = ~page;
  }

  /** Sectors of an entry that hold data, a bit set. */
  sectors(entry: number): number {
    return this.#words[entry + 1];
  }

  setSectors(entry: number, sectors: number): void {
    this.#words[entry + 1] = sectors;
  }

  /** Slot of an entry in the mapping cache, UNMAPPED when it is not cached. */
  cached(entry: number): number {
    return ~this.#words[entry + 2];
  }

  setCached(entry: number, slot: number): void {
    this.#words[entry + 2] = ~slot;
  }

  /** Entry of a page, or -1 when nothing of its group was ever touched. */
  find(page: number): number {
    const places = this.#places;
    const key = (page >> GROUP_SHIFT) + 1;
    const mask = places.length - 1;
    for (let at = (Math.imul(key, 0x9e3779b1) >>> this.#shift) << 1; ; at = (at + 2) & mask) {
      const k = places[at];
      if (k === key) return places[at + 1] + (page & (GROUP - 1)) * this.#stride;
      if (k === 0) return -1;
    }
  }

  /** Entry of a page, made when needed. */
  touch(page: number): number {
    const places = this.#places;
    const key = (page >> GROUP_SHIFT) + 1;
    const mask = places.length - 1;
    let at = (Math.imul(key, 0x9e3779b1) >>> this.#shift) << 1;
    for (;;) {
      const k = places[at];
      if (k === key) return places[at + 1] + (page & (GROUP - 1)) * this.#stride;
      if (k === 0) break;
      at = (at + 2) & mask;
    }
    const base = this.#groups++ * GROUP * this.#stride;
    places[at] = key;
    places[at + 1] = base;
    if (base + GROUP * this.#stride > this.#words.length) this.#growEntries();
    if (this.#groups * 4 > places.length) this.#growPlaces();
    return base + (page & (GROUP - 1)) * this.#stride;
  }

  #growPlaces(): void {
    const old = this.#places;
    const places = new Int32Array(old.length * 2);
    const mask = places.length - 1;
    const shift = --this.#shift;
    for (let from = 0; from < old.length; from += 2) {
      const key = old[from];
      if (key === 0) continue;
      let at = (Math.imul(key, 0x9e3779b1) >>> shift) << 1;
      while (places[at] !== 0) at = (at + 2) & mask;
      places[at] = key;
      places[at + 1] = old[from + 1];
    }
    this.#places = places;
  }

  #growEntries(): void {
    const words = new Int32Array(Math.min(this.#limit, this.#words.length * 2));
    words.set(this.#words);
    this.#words = words;
  }
}
