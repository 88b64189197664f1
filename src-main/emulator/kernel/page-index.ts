import { NO_FOLIO as IMPORTED_NO_FOLIO } from './folios.ts';

// What a module declares is compiled in; what it imports is fetched, and checked, at each use.
const NO_FOLIO = IMPORTED_NO_FOLIO;

/** Pages a chunk indexes. The rest of a division by it is taken by subtraction: `%` of doubles is what would cost most here. */
const CHUNK = 512;

interface Chunk {
  /** Folio of each page, plus 1; 0 when the page is not cached. */
  readonly slots: Int32Array;
  /** Pages cached. */
  cached: number;
  /** Pages of dirty folios. */
  dirty: number;
}

/** The cached pages of one file: page number to folio. */
export class PageIndex {
  private readonly chunks = new Map<number, Chunk>();
  private keys: number[] = [];
  private lastKey = -1;
  private last: Chunk | null = null;
  cached = 0;
  dirty = 0;

  /** The folio that holds `page`, or {@link NO_FOLIO}. */
  get(page: number): number {
    const key = Math.floor(page / CHUNK);
    const chunk = key === this.lastKey ? this.last : this.find(key);
    return chunk === null ? NO_FOLIO : chunk.slots[page - key * CHUNK] - 1;
  }

  /** Whether `count` pages from `page` on are all absent. */
  absent(page: number, count: number): boolean {
    for (let i = 0; i < count; i++) if (this.get(page + i) !== NO_FOLIO) return false;
    return true;
  }

  put(page: number, count: number, folio: number): void {
    for (let i = 0; i < count; i++) {
      const key = Math.floor((page + i) / CHUNK);
      const chunk = this.make(key);
      const slot = page + i - key * CHUNK;
      if (chunk.slots[slot] === 0) {
        chunk.cached++;
        this.cached++;
      }
      chunk.slots[slot] = folio + 1;
    }
  }

  remove(page: number, count: number): void {
    for (let i = 0; i < count; i++) {
      const key = Math.floor((page + i) / CHUNK);
      const chunk = this.find(key);
      const slot = page + i - key * CHUNK;
      if (chunk === null || chunk.slots[slot] === 0) continue;
      chunk.slots[slot] = 0;
      chunk.cached--;
      this.cached--;
    }
  }

  /** Counts pages of a folio that became dirty (`sign` 1) or clean (-1). */
  countDirty(page: number, count: number, sign: number): void {
    for (let done = 0; done < count;) {
      const key = Math.floor((page + done) / CHUNK);
      const here = Math.min(count - done, (key + 1) * CHUNK - page - done);
      this.make(key).dirty += sign * here;
      done += here;
    }
    this.dirty += sign * count;
  }

  /** First page at or behind `page` that is cached; Infinity when there is none. With `dirty`, in a chunk with dirty pages. */
  next(page: number, dirty: boolean): number {
    const first = Math.floor(page / CHUNK);
    for (let k = this.lowerBound(first); k < this.keys.length; k++) {
      const key = this.keys[k];
      const chunk = this.chunks.get(key)!;
      if ((dirty ? chunk.dirty : chunk.cached) === 0) continue;
      for (let i = key === first ? page - key * CHUNK : 0; i < CHUNK; i++)
        if (chunk.slots[i] !== 0) return key * CHUNK + i;
    }
    return Infinity;
  }

  private find(key: number): Chunk | null {
    if (key === this.lastKey) return this.last;
    const chunk = this.chunks.get(key);
    if (chunk === undefined) return null;
    this.lastKey = key;
    this.last = chunk;
    return chunk;
  }

  private make(key: number): Chunk {
    const found = this.find(key);
    if (found !== null) return found;
    const chunk: Chunk = { slots: new Int32Array(CHUNK), cached: 0, dirty: 0 };
    this.chunks.set(key, chunk);
    this.keys.splice(this.lowerBound(key), 0, key);
    this.lastKey = key;
    this.last = chunk;
    return chunk;
  }

  private lowerBound(key: number): number {
    let low = 0;
    let high = this.keys.length;
    if (high > 0 && this.keys[high - 1] < key) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.keys[middle] < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
