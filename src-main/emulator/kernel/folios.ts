/** No folio. */
export const NO_FOLIO = -1;

/** State of a folio, a bit set. */
export const FolioFlag = {
  uptodate: 1,
  dirty: 2,
  writeback: 4,
  locked: 8,
  /** Touching it starts the next round of readahead. */
  readahead: 16,
  referenced: 32,
  active: 64,
  onLru: 128,
  /** Seen by reclaim while dirty. */
  reclaim: 256,
  /** Not of a file: a private copy. */
  anonymous: 512,
  /** Was dirty at least once. */
  wasDirty: 1024,
  /** Of the page cache (not truncated or reclaimed meanwhile). */
  cached: 2048,
  /** Dirtied by a write to part of it: what is a hole under it stays one when it is cleaned. */
  partial: 4096,
} as const;

/** First page of the run of 2^order pages that `page` lies in. Without `%`, which is slow with doubles. */
export function alignDown(page: number, order: number): number {
  return order === 0 ? page : Math.floor(page / (1 << order)) * (1 << order);
}

/** Why a folio left the cache, argument `c` of `folioRemoved`. */
export const RemovedWhy = { truncated: 0, punched: 1, reclaimed: 2 } as const;

/** Nobody holds the lock. */
export const NOBODY = -1;

/**
 * Every folio there is, one slot each in flat arrays: a run of 2^order pages that is cached, locked,
 * dirtied and written as one.
 */
export class FolioTable {
  flags: Uint16Array;
  order: Uint8Array;
  /** Index of the file, -1 when anonymous. */
  file: Int32Array;
  /** First page in the file. */
  index: Float64Array;
  /** First frame. */
  frame: Int32Array;
  /** PTEs that map a page of it. */
  mapCount: Int32Array;
  /** Event that made it dirty. */
  cause: Int32Array;
  /** Task that holds the lock. */
  owner: Int32Array;
  /** Writes under way. */
  pendingIo: Int32Array;
  /** Neighbours on an LRU list. */
  next: Int32Array;
  previous: Int32Array;
  /** Slots in use. */
  used = 0;
  private freeHead = NO_FOLIO;

  constructor(capacity = 1024) {
    this.flags = new Uint16Array(capacity);
    this.order = new Uint8Array(capacity);
    this.file = new Int32Array(capacity);
    this.index = new Float64Array(capacity);
    this.frame = new Int32Array(capacity);
    this.mapCount = new Int32Array(capacity);
    this.cause = new Int32Array(capacity);
    this.owner = new Int32Array(capacity);
    this.pendingIo = new Int32Array(capacity);
    this.next = new Int32Array(capacity);
    this.previous = new Int32Array(capacity);
    this.chain(0, capacity);
  }

  /** Takes a slot. Nothing maps the folio, nothing is pending; a list sets its neighbours when it takes it. */
  allocate(file: number, index: number, order: number, frame: number, flags: number, owner: number): number {
    if (this.freeHead === NO_FOLIO) this.grow();
    const folio = this.freeHead;
    this.freeHead = this.next[folio];
    this.used++;
    this.flags[folio] = flags;
    this.order[folio] = order;
    this.file[folio] = file;
    this.index[folio] = index;
    this.frame[folio] = frame;
    this.cause[folio] = -1;
    this.owner[folio] = owner;
    return folio;
  }

  release(folio: number): void {
    this.flags[folio] = 0;
    this.file[folio] = -2;
    this.mapCount[folio] = 0;
    this.pendingIo[folio] = 0;
    this.next[folio] = this.freeHead;
    this.freeHead = folio;
    this.used--;
  }

  pages(folio: number): number {
    return 1 << this.order[folio];
  }

  has(folio: number, flag: number): boolean {
    return (this.flags[folio] & flag) !== 0;
  }

  get capacity(): number {
    return this.flags.length;
  }

  private chain(from: number, to: number): void {
    for (let i = to - 1; i >= from; i--) {
      this.next[i] = this.freeHead;
      this.file[i] = -2;
      this.freeHead = i;
    }
  }

  private grow(): void {
    const old = this.capacity;
    const n = old * 2;
    this.flags = widened(new Uint16Array(n), this.flags);
    this.order = widened(new Uint8Array(n), this.order);
    this.file = widened(new Int32Array(n), this.file);
    this.index = widened(new Float64Array(n), this.index);
    this.frame = widened(new Int32Array(n), this.frame);
    this.mapCount = widened(new Int32Array(n), this.mapCount);
    this.cause = widened(new Int32Array(n), this.cause);
    this.owner = widened(new Int32Array(n), this.owner);
    this.pendingIo = widened(new Int32Array(n), this.pendingIo);
    this.next = widened(new Int32Array(n), this.next);
    this.previous = widened(new Int32Array(n), this.previous);
    this.chain(old, n);
  }
}

function widened<T extends Uint8Array | Uint16Array | Int32Array | Float64Array>(larger: T, old: T): T {
  larger.set(old);
  return larger;
}

/** A doubly linked list of folios through the table's `next` and `previous`; newest at the head. */
export class FolioList {
  head = NO_FOLIO;
  tail = NO_FOLIO;
  /** Pages of the folios on it. */
  pages = 0;
  private readonly table: FolioTable;

  constructor(table: FolioTable) {
    this.table = table;
  }

  add(folio: number): void {
    const t = this.table;
    t.next[folio] = this.head;
    t.previous[folio] = NO_FOLIO;
    if (this.head === NO_FOLIO) this.tail = folio;
    else t.previous[this.head] = folio;
    this.head = folio;
    this.pages += t.pages(folio);
  }

  remove(folio: number): void {
    const t = this.table;
    const next = t.next[folio];
    const previous = t.previous[folio];
    if (previous === NO_FOLIO) this.head = next;
    else t.next[previous] = next;
    if (next === NO_FOLIO) this.tail = previous;
    else t.previous[next] = previous;
    this.pages -= t.pages(folio);
  }
}
