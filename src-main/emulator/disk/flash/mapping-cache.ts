import { grown } from '#emulator/engine/grown';

/** State of a slot of the mapping cache. */
export const CacheState = { free: 0, waiting: 1, valid: 2 } as const;
const NONE = -1;

/**
 * The cached mapping table: which entries of the mapping are in the drive's memory, least recently used
 * out first. Slots that wait for their entry to be read from flash are not evicted; when all wait, the
 * cache holds more than its capacity for a moment.
 */
export class MappingCache {
  readonly capacity: number;
  used = 0;
  /** Logical page of a slot, and its entry in the page map. */
  page: Int32Array;
  entry: Int32Array;
  state: Uint8Array;
  /** Whether the entry was changed since it was read or written; and the next such slot of its translation page. */
  dirty: Uint8Array;
  nextDirty: Int32Array;
  #newer: Int32Array;
  #older: Int32Array;
  #newest = NONE;
  #oldest = NONE;
  #free = NONE;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.page = new Int32Array(0);
    this.entry = new Int32Array(0);
    this.state = new Uint8Array(0);
    this.dirty = new Uint8Array(0);
    this.nextDirty = new Int32Array(0);
    this.#newer = new Int32Array(0);
    this.#older = new Int32Array(0);
  }

  get full(): boolean {
    return this.used >= this.capacity;
  }

  /** A slot for a page and its entry in the page map, the most recent one. */
  add(page: number, entry: number, state: number): number {
    if (this.#free === NONE) this.#grow();
    const slot = this.#free;
    this.#free = this.#newer[slot];
    this.used++;
    this.page[slot] = page;
    this.entry[slot] = entry;
    this.state[slot] = state;
    this.dirty[slot] = 0;
    this.#link(slot);
    return slot;
  }

  /** Makes a slot the most recent one. */
  touch(slot: number): void {
    if (slot === this.#newest) return;
    this.#unlink(slot);
    this.#link(slot);
  }

  /** The least recently used slot that is valid, NONE when all wait. */
  victim(): number {
    let slot = this.#oldest;
    while (slot !== NONE && this.state[slot] !== CacheState.valid) slot = this.#newer[slot];
    return slot;
  }

  remove(slot: number): void {
    this.#unlink(slot);
    this.state[slot] = CacheState.free;
    this.#newer[slot] = this.#free;
    this.#free = slot;
    this.used--;
  }

  #link(slot: number): void {
    this.#newer[slot] = NONE;
    this.#older[slot] = this.#newest;
    if (this.#newest === NONE) this.#oldest = slot;
    else this.#newer[this.#newest] = slot;
    this.#newest = slot;
  }

  #unlink(slot: number): void {
    const newer = this.#newer[slot];
    const older = this.#older[slot];
    if (newer === NONE) this.#newest = older;
    else this.#older[newer] = older;
    if (older === NONE) this.#oldest = newer;
    else this.#newer[older] = newer;
  }

  #grow(): void {
    const old = this.page.length;
    const n = old === 0 ? 4096 : old * 2;
    this.page = grown(new Int32Array(n), this.page);
    this.entry = grown(new Int32Array(n), this.entry);
    this.state = grown(new Uint8Array(n), this.state);
    this.dirty = grown(new Uint8Array(n), this.dirty);
    this.nextDirty = grown(new Int32Array(n), this.nextDirty);
    this.#newer = grown(new Int32Array(n), this.#newer);
    this.#older = grown(new Int32Array(n), this.#older);
    for (let i = n - 1; i >= old; i--) {
      this.#newer[i] = this.#free;
      this.#free = i;
    }
  }
}
