import { uniformInt } from 'pure-rand/distribution/uniformInt';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { CollectionPolicy } from '#model/disk';
import type { Geometry } from './geometry.ts';

const NONE = -1;
/** What a plane's open block takes: user data, pages moved by collection, translation pages. */
export const Frontier = { data: 0, collection: 1, mapping: 2 } as const;
export type Frontier = (typeof Frontier)[keyof typeof Frontier];

const State = { free: 0, open: 1, full: 2, collecting: 3 } as const;

/**
 * Blocks of every plane: which are free, open, full or being collected, how many pages of each are valid,
 * and which logical page each physical one holds. The last is kept for blocks in use only.
 */
export class Blocks {
  /** Free blocks a plane. */
  readonly free: Int32Array;
  /** Victims being collected a plane. */
  readonly collecting: Int32Array;
  /** Pages in use a block. */
  readonly valid: Int16Array;
  readonly holdsMapping: Uint8Array;
  readonly erases: Int32Array;
  /** Whether the last `allocate` filled its block: the moment at which drives look whether to collect. */
  filled = false;
  readonly #g: Geometry;
  readonly #state: Uint8Array;
  readonly #written: Int16Array;
  readonly #slot: Int32Array;
  readonly #nextFree: Int32Array;
  readonly #firstFree: Int32Array;
  readonly #lastFree: Int32Array;
  /** Blocks of a plane never used so far start here. */
  readonly #fresh: Int32Array;
  readonly #frontiers: Int32Array;
  #logical: Int32Array;
  #slots = 0;
  #freeSlots: Int32Array = new Int32Array(64);
  #freeSlotCount = 0;

  constructor(g: Geometry) {
    this.#g = g;
    const blocks = g.planes * g.blocksPerPlane;
    this.free = new Int32Array(g.planes).fill(g.blocksPerPlane);
    this.collecting = new Int32Array(g.planes);
    this.valid = new Int16Array(blocks);
    this.holdsMapping = new Uint8Array(blocks);
    this.erases = new Int32Array(blocks);
    this.#state = new Uint8Array(blocks);
    this.#written = new Int16Array(blocks);
    this.#slot = new Int32Array(blocks).fill(NONE);
    this.#nextFree = new Int32Array(blocks).fill(NONE);
    this.#firstFree = new Int32Array(g.planes).fill(NONE);
    this.#lastFree = new Int32Array(g.planes).fill(NONE);
    this.#fresh = new Int32Array(g.planes);
    this.#frontiers = new Int32Array(g.planes * 3).fill(NONE);
    this.#logical = new Int32Array(64 * g.pagesPerBlock);
  }

  /** Whether a page can be had without taking one of the last `reserve` free blocks. */
  hasRoom(plane: number, frontier: Frontier, reserve: number): boolean {
    return this.#frontiers[plane * 3 + frontier] !== NONE || this.free[plane] > reserve;
  }

  /** The next page of a plane's open block; opens a block when needed. Throws a RangeError when none is free. */
  allocate(plane: number, frontier: Frontier, logical: number): number {
    const g = this.#g;
    let block = this.#frontiers[plane * 3 + frontier];
    if (block === NONE) {
      block = this.#open(plane);
      this.#frontiers[plane * 3 + frontier] = block;
      this.holdsMapping[block] = frontier === Frontier.mapping ? 1 : 0;
    }
    const page = this.#written[block]++;
    this.valid[block]++;
    this.#logical[this.#slot[block] * g.pagesPerBlock + page] = logical;
    this.filled = page + 1 === g.pagesPerBlock;
    if (this.filled) {
      this.#state[block] = State.full;
      this.#frontiers[plane * 3 + frontier] = NONE;
    }
    return block * g.pagesPerBlock + page;
  }

  /** The page holds nothing of use any more. */
  invalidate(page: number): void {
    const { pagesPerBlock } = this.#g;
    const block = Math.floor(page / pagesPerBlock);
    this.valid[block]--;
    this.#logical[this.#slot[block] * pagesPerBlock + (page % pagesPerBlock)] = NONE;
  }

  /** Logical (or translation) page in a page of a block in use, -1 when it is invalid. */
  logicalAt(page: number): number {
    const { pagesPerBlock } = this.#g;
    return this.#logical[this.#slot[Math.floor(page / pagesPerBlock)] * pagesPerBlock + (page % pagesPerBlock)];
  }

  /** A full block worth collecting, or -1: the one with most invalid pages, of all or of a random few. */
  victim(plane: number, policy: CollectionPolicy, random: RandomGenerator): number {
    const { blocksPerPlane } = this.#g;
    const base = plane * blocksPerPlane;
    let best = NONE;
    if (policy === 'randomised-greedy') {
      // As many as the plane's block count has bits; each draw may hit a block that is not full.
      let wanted = 31 - Math.clz32(blocksPerPlane);
      for (let draws = wanted * 4; draws > 0 && wanted > 0; draws--) {
        const block = base + uniformInt(random, 0, blocksPerPlane - 1);
        if (this.#state[block] !== State.full) continue;
        wanted--;
        if (best === NONE || this.valid[block] < this.valid[best]) best = block;
      }
    }
    if (best === NONE || this.valid[best] === this.#g.pagesPerBlock) {
      for (let block = base; block < base + blocksPerPlane; block++) {
        if (this.#state[block] === State.full && (best === NONE || this.valid[block] < this.valid[best])) best = block;
      }
    }
    if (best === NONE || this.valid[best] === this.#g.pagesPerBlock) return NONE;
    return best;
  }

  startCollecting(block: number): void {
    this.#state[block] = State.collecting;
    this.collecting[Math.floor(block / this.#g.blocksPerPlane)]++;
  }

  /** A collected block is free again. */
  erase(block: number): void {
    const plane = Math.floor(block / this.#g.blocksPerPlane);
    this.collecting[plane]--;
    this.erases[block]++;
    this.#state[block] = State.free;
    this.#written[block] = 0;
    this.valid[block] = 0;
    if (this.#freeSlotCount === this.#freeSlots.length) {
      const larger = new Int32Array(this.#freeSlots.length * 2);
      larger.set(this.#freeSlots);
      this.#freeSlots = larger;
    }
    this.#freeSlots[this.#freeSlotCount++] = this.#slot[block];
    this.#slot[block] = NONE;
    this.#nextFree[block] = NONE;
    if (this.#lastFree[plane] === NONE) this.#firstFree[plane] = block;
    else this.#nextFree[this.#lastFree[plane]] = block;
    this.#lastFree[plane] = block;
    this.free[plane]++;
  }

  #open(plane: number): number {
    const g = this.#g;
    if (this.free[plane] === 0) throw new RangeError('a plane of the flash drive has no free block left');
    let block: number;
    if (this.#fresh[plane] < g.blocksPerPlane) {
      block = plane * g.blocksPerPlane + this.#fresh[plane]++;
    } else {
      // Longest erased first: the wear goes round.
      block = this.#firstFree[plane];
      this.#firstFree[plane] = this.#nextFree[block];
      if (this.#firstFree[plane] === NONE) this.#lastFree[plane] = NONE;
    }
    this.free[plane]--;
    this.#state[block] = State.open;
    this.#slot[block] = this.#freeSlotCount > 0 ? this.#freeSlots[--this.#freeSlotCount] : this.#newSlot();
    return block;
  }

  #newSlot(): number {
    const { pagesPerBlock, planes, blocksPerPlane } = this.#g;
    const slot = this.#slots++;
    if (this.#slots * pagesPerBlock > this.#logical.length) {
      const larger = new Int32Array(Math.min(planes * blocksPerPlane * pagesPerBlock, this.#logical.length * 2));
      larger.set(this.#logical);
      this.#logical = larger;
    }
    return slot;
  }
}
