import { grown } from '#emulator/engine/grown';

/** No transaction, request, page or list neighbour. */
export const NONE = -1;

export const TransactionType = { read: 0, write: 1, erase: 2 } as const;
export const TransactionSource = { user: 0, mapping: 1, collection: 2 } as const;

/** Queues of a unit, in the order of `queueOf`. */
export const QUEUES_PER_UNIT = 7;

/**
 * Operations on single flash pages (and erases of blocks): slots in flat arrays with a free list. A slot is
 * in one linked list at a time: a unit's queue, a command in execution, a channel's queue for data out, or
 * those waiting for a mapping entry, a free block or a buffer slot.
 */
export class TransactionTable {
  type = new Uint8Array(0);
  source = new Uint8Array(0);
  plane = new Int32Array(0);
  /** Physical page, or first page of the block of an erase. */
  page = new Int32Array(0);
  /** Logical page; number of the translation page for mapping transactions. */
  logical = new Int32Array(0);
  /** Entry of the logical page in the page map (user transactions). */
  entry = new Int32Array(0);
  /** Sectors written or read, a bit set. */
  sectors = new Int32Array(0);
  /** Bytes over the channel. */
  bytes = new Int32Array(0);
  /** Request it belongs to, or NONE. */
  request = new Int32Array(0);
  /** A write's reads that must come first (read-modify-write): how many are outstanding. */
  waitsFor = new Int32Array(0);
  /** A read that a write waits for: that write. */
  before = new Int32Array(0);
  /** Write-buffer slot a write empties, or NONE. */
  slot = new Int32Array(0);
  next = new Int32Array(0);
  previous = new Int32Array(0);
  used = 0;
  #free = NONE;

  constructor() {
    this.#allocateArrays(1024);
  }

  allocate(type: number, source: number): number {
    if (this.#free === NONE) this.#allocateArrays(this.type.length * 2);
    const t = this.#free;
    this.#free = this.next[t];
    this.used++;
    this.type[t] = type;
    this.source[t] = source;
    this.request[t] = NONE;
    this.waitsFor[t] = 0;
    this.before[t] = NONE;
    this.slot[t] = NONE;
    this.next[t] = NONE;
    this.previous[t] = NONE;
    return t;
  }

  release(t: number): void {
    this.next[t] = this.#free;
    this.#free = t;
    this.used--;
  }

  #allocateArrays(n: number): void {
    const old = this.type.length;
    this.type = grown(new Uint8Array(n), this.type);
    this.source = grown(new Uint8Array(n), this.source);
    this.plane = grown(new Int32Array(n), this.plane);
    this.page = grown(new Int32Array(n), this.page);
    this.logical = grown(new Int32Array(n), this.logical);
    this.entry = grown(new Int32Array(n), this.entry);
    this.sectors = grown(new Int32Array(n), this.sectors);
    this.bytes = grown(new Int32Array(n), this.bytes);
    this.request = grown(new Int32Array(n), this.request);
    this.waitsFor = grown(new Int32Array(n), this.waitsFor);
    this.before = grown(new Int32Array(n), this.before);
    this.slot = grown(new Int32Array(n), this.slot);
    this.next = grown(new Int32Array(n), this.next);
    this.previous = grown(new Int32Array(n), this.previous);
    for (let i = n - 1; i >= old; i--) {
      this.next[i] = this.#free;
      this.#free = i;
    }
  }
}

/** Many doubly linked lists of transactions: one a queue number. */
export class TransactionLists {
  readonly first: Int32Array;
  readonly last: Int32Array;
  readonly #table: TransactionTable;

  constructor(table: TransactionTable, lists: number) {
    this.#table = table;
    this.first = new Int32Array(lists).fill(NONE);
    this.last = new Int32Array(lists).fill(NONE);
  }

  append(list: number, t: number): void {
    const { next, previous } = this.#table;
    const tail = this.last[list];
    previous[t] = tail;
    next[t] = NONE;
    if (tail === NONE) this.first[list] = t;
    else next[tail] = t;
    this.last[list] = t;
  }

  remove(list: number, t: number): void {
    const { next, previous } = this.#table;
    const before = previous[t];
    const after = next[t];
    if (before === NONE) this.first[list] = after;
    else next[before] = after;
    if (after === NONE) this.last[list] = before;
    else previous[after] = before;
    next[t] = NONE;
    previous[t] = NONE;
  }

  /** Removes and returns the first, NONE when empty. */
  shift(list: number): number {
    const t = this.first[list];
    if (t !== NONE) this.remove(list, t);
    return t;
  }
}
