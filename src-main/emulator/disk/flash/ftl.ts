import { uniformInt } from 'pure-rand/distribution/uniformInt';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { type BackendOwner, FlashBackend } from './backend.ts';
import { Blocks, Frontier as Frontiers } from './blocks.ts';
import type { EventQueue } from './events.ts';
import type { Geometry } from './geometry.ts';
import { CacheState as CacheStates, MappingCache } from './mapping-cache.ts';
import { PageMap, UNMAPPED as IMPORTED_UNMAPPED } from './page-map.ts';
import type { FlashParameters } from './parameters.ts';
import {
  NONE as IMPORTED_NONE,
  TransactionLists,
  TransactionSource as TransactionSources,
  TransactionTable,
  TransactionType as TransactionTypes,
} from './transactions.ts';
import { TranslationPages } from './translation-pages.ts';

// What a module declares is compiled in; what it imports is fetched, and checked, at each use.
const NONE = IMPORTED_NONE;
const UNMAPPED = IMPORTED_UNMAPPED;
const TransactionType = TransactionTypes;
const TransactionSource = TransactionSources;
const CacheState = CacheStates;
const Frontier = Frontiers;

const SECTOR = 512;

/** Who hears that a user's page is read or written. */
export interface FtlOwner {
  pageDone(t: number, now: number): void;
}

/**
 * The translation layer: maps logical to physical pages, reads mapping entries from flash when they are not
 * cached, reads what a partial write must keep, and collects blocks. Structure after MQSim (FAST 2018):
 * static plane allocation, a cached mapping table over translation pages on flash, per-plane collection.
 *
 * A page that was never written is given a place on its first read, as if it had been written before the
 * run: a real drive that holds data must read it.
 */
export class Ftl implements BackendOwner {
  readonly backend: FlashBackend;
  readonly transactions = new TransactionTable();
  /** For metrics: pages programmed by whom, mapping reads, blocks erased. */
  userPages = 0;
  movedPages = 0;
  mappingReads = 0;
  mappingWrites = 0;
  erasedBlocks = 0;
  readonly #p: FlashParameters;
  readonly #g: Geometry;
  readonly #owner: FtlOwner;
  readonly #random: RandomGenerator;
  readonly #map: PageMap;
  readonly #blocks: Blocks;
  readonly #cache: MappingCache | undefined;
  readonly #entriesPerPage: number;
  readonly #translation: TranslationPages;
  /** Writes a plane has no room for. */
  readonly #awaitingBlock: TransactionLists;
  readonly #movesLeft: Int16Array;
  readonly #threshold: number;
  readonly #urgentBelow: number;
  readonly #isUrgent: Uint8Array;
  /** Blocks a plane keeps for collection itself. */
  readonly #reserve: number;
  readonly #fullPage: number;

  constructor(p: FlashParameters, g: Geometry, events: EventQueue, random: RandomGenerator, owner: FtlOwner) {
    this.#p = p;
    this.#g = g;
    this.#owner = owner;
    this.#random = random;
    this.backend = new FlashBackend(p, g, this.transactions, events, this);
    this.#blocks = new Blocks(g);
    this.#movesLeft = new Int16Array(g.planes * g.blocksPerPlane);
    this.#awaitingBlock = new TransactionLists(this.transactions, g.planes);
    this.#reserve = p.parallelCollections + 1;
    this.#threshold = Math.max(this.#reserve + 1, Math.floor(p.collectionThreshold * p.blocksPerPlane));
    this.#urgentBelow = Math.max(1, Math.floor(p.collectionUrgent * p.blocksPerPlane));
    this.#isUrgent = new Uint8Array(g.planes);
    this.#fullPage = 0xffffffff >>> (32 - g.sectorsPerPage);

    // An entry is a logical and a physical page number and a bit a sector; on flash the logical one is implied.
    const addressBits = 32 - Math.clz32(g.physicalPages - 1);
    const cacheEntry = Math.ceil((2 * addressBits + g.sectorsPerPage) / 8);
    const flashEntry = Math.ceil((addressBits + g.sectorsPerPage) / 8);
    this.#entriesPerPage = Math.floor(p.pageBytes / flashEntry) | 0;
    const entries = Math.floor(p.mappingCacheBytes / cacheEntry);
    const limited = entries < g.logicalPages;
    this.#cache = limited ? new MappingCache(Math.max(1, entries)) : undefined;
    this.#map = new PageMap(g.logicalPages, limited);
    const translationPages = limited ? Math.ceil(g.logicalPages / this.#entriesPerPage) : 0;
    this.#translation = new TranslationPages(this.transactions, translationPages);
    for (let page = 0; page < translationPages; page++) {
      this.#translation.setPhysical(page, this.#blocks.allocate(this.#planeOf(page), Frontier.mapping, page));
    }
    this.#precondition();
  }

  /**
   * A page operation: finds where the page is, or shall be, and queues it. The caller sets the back end's
   * schedule off when it has given all it has.
   */
  access(t: number, now: number): void {
    const cache = this.#cache;
    const page = this.transactions.logical[t];
    const entry = this.#map.touch(page);
    this.transactions.entry[t] = entry;
    if (cache === undefined) {
      this.#translate(t, now);
      return;
    }
    const slot = this.#map.cached(entry);
    const translationPage = Math.floor(page / this.#entriesPerPage);
    if (slot === UNMAPPED) {
      if (cache.full) this.#evict();
      // An entry on its way out is still in memory.
      const arriving = this.#translation.isArriving(translationPage);
      const known = !arriving && this.#translation.isDeparting(translationPage);
      this.#map.setCached(entry, cache.add(page, entry, known ? CacheState.valid : CacheState.waiting));
      if (known) {
        this.#translate(t, now);
        return;
      }
      if (!arriving) this.#readEntries(translationPage);
    } else if (cache.state[slot] === CacheState.valid) {
      cache.touch(slot);
      this.#translate(t, now);
      return;
    }
    this.#translation.wait(translationPage, t);
  }

  /** Pages that hold nothing from now on (discard). */
  discard(page: number): void {
    const entry = this.#map.find(page);
    if (entry < 0 || this.#map.physical(entry) === UNMAPPED) return;
    this.#blocks.invalidate(this.#map.physical(entry));
    this.#map.setPhysical(entry, UNMAPPED);
    this.#map.setSectors(entry, 0);
  }

  /** Plane a logical page belongs to, always the same. */
  planeOfPage(page: number): number {
    return this.#planeOf(page);
  }

  serviced(t: number, now: number): void {
    const { type, source, before, waitsFor, logical } = this.transactions;
    const kind = source[t];
    if (kind === TransactionSource.collection) {
      this.#collectionServiced(t, now);
      return;
    }
    if (type[t] === TransactionType.read && before[t] !== NONE) {
      waitsFor[before[t]]--;
      this.backend.ready(before[t]);
    } else if (kind === TransactionSource.user) {
      this.#owner.pageDone(t, now);
    } else if (type[t] === TransactionType.read) {
      this.#entriesArrived(logical[t], now);
    } else {
      this.#translation.departed(logical[t]);
    }
    this.transactions.release(t);
  }

  #planeOf(page: number): number {
    return this.#g.planeOf[page % this.#g.planes];
  }

  #translate(t: number, now: number): void {
    const map = this.#map;
    const table = this.transactions;
    const page = table.logical[t];
    const entry = table.entry[t];
    if (table.type[t] === TransactionType.read) {
      let physical = map.physical(entry);
      if (physical === UNMAPPED) physical = this.#place(entry, page, table.sectors[t], now);
      table.page[t] = physical;
      table.plane[t] = Math.floor(physical / this.#g.pagesPerPlane);
      this.backend.submit(t);
      return;
    }
    const plane = this.#planeOf(page);
    if (!this.#blocks.hasRoom(plane, Frontier.data, this.#reserve)) {
      this.#awaitingBlock.append(plane, t);
      this.#collect(plane, now);
      return;
    }
    const old = map.physical(entry);
    const written = table.sectors[t];
    if (old !== UNMAPPED) {
      const keep = map.sectors(entry) & ~written;
      if (keep !== 0) this.#readBefore(t, TransactionSource.user, old, countBits(keep) * SECTOR);
      this.#blocks.invalidate(old);
    }
    const physical = this.#blocks.allocate(plane, Frontier.data, page);
    map.setPhysical(entry, physical);
    map.setSectors(entry, map.sectors(entry) | written);
    this.#markDirty(entry);
    this.userPages++;
    table.page[t] = physical;
    table.plane[t] = plane;
    this.backend.submit(t);
    if (this.#blocks.filled) this.#blockFilled(plane, now);
  }

  /** The place of a page that is read before it was ever written. */
  #place(entry: number, page: number, sectors: number, now: number): number {
    const plane = this.#planeOf(page);
    if (!this.#blocks.hasRoom(plane, Frontier.data, this.#reserve)) {
      // No room just now: read some page of the plane, which takes the same time.
      return plane * this.#g.pagesPerPlane + (page % this.#g.pagesPerBlock);
    }
    const physical = this.#blocks.allocate(plane, Frontier.data, page);
    this.#map.setPhysical(entry, physical);
    this.#map.setSectors(entry, sectors);
    this.#markDirty(entry);
    if (this.#blocks.filled) this.#blockFilled(plane, now);
    return physical;
  }

  #markDirty(entry: number): void {
    const cache = this.#cache;
    if (cache === undefined) return;
    const slot = this.#map.cached(entry);
    if (slot === UNMAPPED || cache.dirty[slot] === 1) return;
    const translationPage = Math.floor(cache.page[slot] / this.#entriesPerPage);
    cache.dirty[slot] = 1;
    cache.nextDirty[slot] = this.#translation.firstChanged(translationPage);
    this.#translation.setFirstChanged(translationPage, slot);
  }

  /** A read that must be through before a write can go. */
  #readBefore(write: number, source: number, page: number, bytes: number): void {
    const read = this.transactions.allocate(TransactionType.read, source);
    const table = this.transactions;
    table.page[read] = page;
    table.plane[read] = Math.floor(page / this.#g.pagesPerPlane);
    table.logical[read] = table.logical[write];
    table.bytes[read] = bytes;
    table.before[read] = write;
    table.waitsFor[write]++;
    this.backend.submit(read);
  }

  #readEntries(translationPage: number): void {
    this.#translation.arrives(translationPage);
    this.mappingReads++;
    const t = this.transactions.allocate(TransactionType.read, TransactionSource.mapping);
    const table = this.transactions;
    table.logical[t] = translationPage;
    table.page[t] = this.#translation.physical(translationPage);
    table.plane[t] = Math.floor(table.page[t] / this.#g.pagesPerPlane);
    table.bytes[t] = SECTOR; // entries are fetched by the sector
    this.backend.submit(t);
  }

  #entriesArrived(translationPage: number, now: number): void {
    this.#translation.arrived(translationPage);
    const cache = this.#cache;
    if (cache === undefined) return;
    const waiting = this.#translation;
    for (let t = waiting.takeWaiting(translationPage); t !== NONE; t = waiting.takeWaiting(translationPage)) {
      const slot = this.#map.cached(this.transactions.entry[t]);
      if (slot !== UNMAPPED) cache.state[slot] = CacheState.valid;
      this.#translate(t, now);
    }
  }

  /** The least recently used entry goes; if it was changed, so do all changed entries of its translation page. */
  #evict(): void {
    const cache = this.#cache;
    if (cache === undefined) return;
    const slot = cache.victim();
    if (slot === NONE) return;
    const page = cache.page[slot];
    const dirty = cache.dirty[slot] === 1;
    cache.remove(slot);
    this.#map.setCached(cache.entry[slot], UNMAPPED);
    if (!dirty) return;
    const translationPage = Math.floor(page / this.#entriesPerPage);
    for (let s = this.#translation.firstChanged(translationPage); s !== NONE; s = cache.nextDirty[s])
      cache.dirty[s] = 0;
    this.#translation.setFirstChanged(translationPage, NONE);
    this.#writeEntries(translationPage);
  }

  #writeEntries(translationPage: number): void {
    const plane = this.#planeOf(translationPage);
    // Without room the update stays in memory: a page of the table is small change beside a stalled drive.
    if (!this.#blocks.hasRoom(plane, Frontier.mapping, this.#reserve)) return;
    this.#translation.departs(translationPage);
    if (this.#p.holdsChangedEntries) {
      // The rest of the translation page is still read, to be merged with what is held.
      if (!this.#translation.isArriving(translationPage)) this.#readEntries(translationPage);
      return;
    }
    this.mappingWrites++;
    const t = this.transactions.allocate(TransactionType.write, TransactionSource.mapping);
    const table = this.transactions;
    const old = this.#translation.physical(translationPage);
    table.logical[t] = translationPage;
    this.#readBefore(t, TransactionSource.mapping, old, this.#p.pageBytes);
    this.#blocks.invalidate(old);
    const physical = this.#blocks.allocate(plane, Frontier.mapping, translationPage);
    this.#translation.setPhysical(translationPage, physical);
    table.page[t] = physical;
    table.plane[t] = plane;
    table.bytes[t] = this.#p.pageBytes;
    this.backend.submit(t);
    if (this.#blocks.filled) this.#updateUrgency(plane);
  }

  // --- collection ---

  #blockFilled(plane: number, now: number): void {
    this.#updateUrgency(plane);
    if (this.#blocks.free[plane] < this.#threshold) this.#collect(plane, now);
  }

  #updateUrgency(plane: number): void {
    const urgent = this.#blocks.free[plane] < this.#urgentBelow ? 1 : 0;
    if (urgent === this.#isUrgent[plane]) return;
    this.#isUrgent[plane] = urgent;
    this.backend.urgent[this.#g.unitOfPlane[plane]] += urgent === 1 ? 1 : -1;
  }

  /** Starts on one more victim, unless the plane is at its limit or has none. */
  #collect(plane: number, now: number): void {
    if (this.#blocks.collecting[plane] >= this.#p.parallelCollections) return;
    const block = this.#blocks.victim(plane, this.#p.collectionPolicy, this.#random);
    if (block === NONE) return;
    this.#blocks.startCollecting(block);
    const valid = this.#blocks.valid[block];
    this.#movesLeft[block] = valid;
    if (valid === 0) {
      this.#submitErase(block);
      return;
    }
    const first = block * this.#g.pagesPerBlock;
    for (let page = first; page < first + this.#g.pagesPerBlock; page++) {
      const logical = this.#blocks.logicalAt(page);
      if (logical < 0) continue;
      const t = this.transactions.allocate(TransactionType.read, TransactionSource.collection);
      this.transactions.page[t] = page;
      this.transactions.plane[t] = plane;
      this.transactions.logical[t] = logical;
      this.transactions.bytes[t] = this.#p.pageBytes;
      // For collection, `slot` carries the victim.
      this.transactions.slot[t] = block;
      this.backend.submit(t);
    }
    this.backend.schedule(now);
  }

  #collectionServiced(t: number, now: number): void {
    const table = this.transactions;
    const block = table.slot[t];
    if (table.type[t] === TransactionType.erase) {
      this.transactions.release(t);
      this.#erased(block, now);
      return;
    }
    if (table.type[t] === TransactionType.read && this.#stillThere(t, block)) {
      // The same slot goes on as the write of the page to its new place.
      const mapping = this.#blocks.holdsMapping[block] === 1;
      const plane = table.plane[t];
      this.#blocks.invalidate(table.page[t]);
      const physical = this.#blocks.allocate(plane, mapping ? Frontier.mapping : Frontier.collection, table.logical[t]);
      if (mapping) this.#translation.setPhysical(table.logical[t], physical);
      else this.#map.setPhysical(this.#map.touch(table.logical[t]), physical);
      this.movedPages++;
      table.type[t] = TransactionType.write;
      table.page[t] = physical;
      this.backend.submit(t);
      if (this.#blocks.filled) this.#updateUrgency(plane);
      return;
    }
    table.release(t);
    if (--this.#movesLeft[block] === 0) this.#submitErase(block);
  }

  /** Whether the page read for collection was not overwritten meanwhile. */
  #stillThere(t: number, block: number): boolean {
    const { logical, page } = this.transactions;
    if (this.#blocks.holdsMapping[block] === 1) return this.#translation.physical(logical[t]) === page[t];
    const entry = this.#map.find(logical[t]);
    return entry >= 0 && this.#map.physical(entry) === page[t];
  }

  #submitErase(block: number): void {
    const t = this.transactions.allocate(TransactionType.erase, TransactionSource.collection);
    this.transactions.page[t] = block * this.#g.pagesPerBlock;
    this.transactions.plane[t] = Math.floor(block / this.#g.blocksPerPlane);
    this.transactions.bytes[t] = 0;
    this.transactions.slot[t] = block;
    this.backend.submit(t);
  }

  #erased(block: number, now: number): void {
    const plane = Math.floor(block / this.#g.blocksPerPlane);
    this.#blocks.erase(block);
    this.erasedBlocks++;
    this.#updateUrgency(plane);
    while (this.#awaitingBlock.first[plane] !== NONE && this.#blocks.hasRoom(plane, Frontier.data, this.#reserve)) {
      this.#translate(this.#awaitingBlock.shift(plane), now);
    }
    if (this.#blocks.free[plane] < this.#threshold) this.#collect(plane, now);
  }

  // --- before the run ---

  /** Fills and ages the drive without taking simulated time: the same tables, no transactions. */
  #precondition(): void {
    const { preconditionFill, preconditionOverwrite } = this.#p;
    const filled = Math.floor(this.#g.logicalPages * preconditionFill);
    for (let page = 0; page < filled; page++) this.#writeNow(page);
    if (filled === 0) return;
    for (let left = Math.floor(filled * preconditionOverwrite); left > 0; left--) {
      this.#writeNow(uniformInt(this.#random, 0, filled - 1));
    }
    for (let plane = 0; plane < this.#g.planes; plane++) this.#updateUrgency(plane);
  }

  #writeNow(page: number): void {
    const plane = this.#planeOf(page);
    const entry = this.#map.touch(page);
    if (this.#map.physical(entry) !== UNMAPPED) this.#blocks.invalidate(this.#map.physical(entry));
    this.#map.setPhysical(entry, this.#blocks.allocate(plane, Frontier.data, page));
    this.#map.setSectors(entry, this.#fullPage);
    if (!this.#blocks.filled) return;
    // A few victims a block are enough to stay level; more only where the plane is about to run out.
    for (let n = 0; this.#blocks.free[plane] < this.#threshold; n++) {
      if (n >= 4 && this.#blocks.free[plane] > this.#reserve) break;
      if (!this.#collectNow(plane)) break;
    }
  }

  #collectNow(plane: number): boolean {
    const block = this.#blocks.victim(plane, this.#p.collectionPolicy, this.#random);
    if (block === NONE) return false;
    this.#blocks.startCollecting(block);
    const mapping = this.#blocks.holdsMapping[block] === 1;
    const first = block * this.#g.pagesPerBlock;
    for (let page = first; page < first + this.#g.pagesPerBlock; page++) {
      const logical = this.#blocks.logicalAt(page);
      if (logical < 0) continue;
      const physical = this.#blocks.allocate(plane, mapping ? Frontier.mapping : Frontier.collection, logical);
      if (mapping) this.#translation.setPhysical(logical, physical);
      else this.#map.setPhysical(this.#map.touch(logical), physical);
    }
    this.#blocks.erase(block);
    return true;
  }
}

/** Bits set in a 32-bit word. */
export function countBits(word: number): number {
  let n = word - ((word >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
