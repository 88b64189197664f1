/** State of a block of a file, the low bits of its entry in a {@link BlockMap}. */
export const BlockState = {
  hole: 0,
  /** Space is set aside; which blocks is decided at writeback (delayed allocation). */
  reserved: 1,
  /** Allocated, and read as zeros. */
  unwritten: 2,
  written: 3,
} as const;
export type BlockState = (typeof BlockState)[keyof typeof BlockState];

const STATE = 0x03;
/** The program stored into it. */
const STORED = 0x04;
/** The run gave it to a hole at least once. */
const GIVEN = 0x08;

/** Blocks of a chunk. The rest of a division by it is taken by subtraction: `%` of doubles is slow. */
const CHUNK = 512;

interface Chunk {
  readonly entries: Uint8Array;
  /** Blocks that are not holes. */
  used: number;
}

/**
 * What lies behind each block of a file. Chunks of 512 entries, made when first written: a hole of any
 * size costs nothing.
 */
export class BlockMap {
  private readonly chunks = new Map<number, Chunk>();
  /** Chunk numbers in ascending order. */
  private keys: number[] = [];
  private lastKey = -1;
  private last: Chunk | null = null;

  /** Blocks by state; holes are not counted. Indexed by {@link BlockState}. */
  readonly counts = new Float64Array(4);

  state(block: number): BlockState {
    const key = Math.floor(block / CHUNK);
    const chunk = key === this.lastKey ? this.last : this.find(key);
    return chunk === null ? BlockState.hole : ((chunk.entries[block - key * CHUNK] & STATE) as BlockState);
  }

  set(block: number, state: BlockState): void {
    const key = Math.floor(block / CHUNK);
    const chunk = this.make(key);
    const i = block - key * CHUNK;
    const entry = chunk.entries[i];
    const before = entry & STATE;
    if (before === state) return;
    if (before !== BlockState.hole) {
      this.counts[before]--;
      chunk.used--;
    }
    let after = (entry & ~STATE) | state;
    if (state !== BlockState.hole) {
      this.counts[state]++;
      chunk.used++;
      if (before === BlockState.hole) after |= GIVEN;
    }
    chunk.entries[i] = after;
  }

  /** As `set`, for what was there before the run: not counted as given. */
  preset(block: number, state: BlockState): void {
    this.set(block, state);
    const key = Math.floor(block / CHUNK);
    this.make(key).entries[block - key * CHUNK] &= ~GIVEN;
  }

  /** Pages stored into, where a block is larger than a page. */
  readonly storedSubPages = new Set<number>();

  markStored(block: number): void {
    const key = Math.floor(block / CHUNK);
    this.make(key).entries[block - key * CHUNK] |= STORED;
  }

  /** First block at or behind `block` that is no hole; Infinity when there is none. */
  nextUsed(block: number): number {
    const first = Math.floor(block / CHUNK);
    for (let k = this.lowerBound(first); k < this.keys.length; k++) {
      const key = this.keys[k];
      const chunk = this.chunks.get(key)!;
      if (chunk.used === 0) continue;
      for (let i = key === first ? block - key * CHUNK : 0; i < CHUNK; i++) {
        if ((chunk.entries[i] & STATE) !== BlockState.hole) return key * CHUNK + i;
      }
    }
    return Infinity;
  }

  /**
   * Blocks the run gave to holes, and those of them that were stored into.
   * @param cluster blocks given at a time: all of a cluster count as given when one is
   */
  given(cluster: number): { given: number; needed: number } {
    let given = 0;
    let needed = 0;
    let lastCluster = -1;
    for (const key of this.keys) {
      const { entries } = this.chunks.get(key)!;
      for (let i = 0; i < CHUNK; i++) {
        const entry = entries[i];
        if ((entry & GIVEN) === 0) continue;
        const inCluster = Math.floor((key * CHUNK + i) / cluster);
        if (inCluster !== lastCluster) given += cluster;
        lastCluster = inCluster;
        if ((entry & STORED) !== 0) needed++;
      }
    }
    return { given, needed };
  }

  /** Pages with a block that was stored into; a larger block counts once for each page noted in it. */
  storedPages(blocksPerPage: number, pagesPerBlock: number): number {
    if (pagesPerBlock > 1) return this.storedSubPages.size;
    let pages = 0;
    let last = -1;
    for (const key of this.keys) {
      const { entries } = this.chunks.get(key)!;
      for (let i = 0; i < CHUNK; i++) {
        if ((entries[i] & STORED) === 0) continue;
        const page = Math.floor((key * CHUNK + i) / blocksPerPage);
        if (page !== last) pages++;
        last = page;
      }
    }
    return pages;
  }

  /**
   * Extents of allocated blocks: runs of neighbours in the same state. Data is laid out along the file, so
   * that what is neighbouring in the file is so on the disk.
   */
  extents(): number {
    let extents = 0;
    let end = -1;
    let endState: number = BlockState.hole;
    for (const key of this.keys) {
      const chunk = this.chunks.get(key)!;
      if (chunk.used === 0) continue;
      for (let i = 0; i < CHUNK; i++) {
        const state = chunk.entries[i] & STATE;
        if (state < BlockState.unwritten) continue;
        const block = key * CHUNK + i;
        if (block !== end || state !== endState) extents++;
        end = block + 1;
        endState = state;
      }
    }
    return extents;
  }

  /** Calls `visit` with each allocated block, ascending. */
  eachAllocated(visit: (block: number) => void): void {
    for (const key of this.keys) {
      const chunk = this.chunks.get(key)!;
      if (chunk.used === 0) continue;
      for (let i = 0; i < CHUNK; i++) if ((chunk.entries[i] & STATE) >= BlockState.unwritten) visit(key * CHUNK + i);
    }
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
    const chunk: Chunk = { entries: new Uint8Array(CHUNK), used: 0 };
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
