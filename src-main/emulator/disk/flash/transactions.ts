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
  type!: Uint8Array;
  source!: Uint8Array;
  plane!: Int32Array;
  /** Physical page, or first page of the block of an erase. */
  page!: Int32Array;
  /** Logical page; number of the translation page for mapping transactions. */
  logical!: Int32Array;
  /** Entry of the logical page in the page map (user transactions). */
  entry!: Int32Array;
  /** Sectors written or read, a bit set. */
  sectors!: Int32Array;
  /** Bytes over the channel. */
  bytes!: Int32Array;
  /** Request it belongs to, or NONE. */
  request!: Int32Array;
  /** A write's reads that must come first (read-modify-write): how many are outstanding. */
  waitsFor!: Int32Array;
  /** A read that a write waits for: that write. */
  before!: Int32Array;
  /** Write-buffer slot a write empties, or NONE. */
  slot!: Int32Array;
  next!: Int32Array;
  previous!: Int32Array;
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
    const old = this.type === undefined ? 0 : this.type.length;
    const bytes = (from: Uint8Array | undefined) => {
      const to = new Uint8Array(n);
      if (from !== undefined) to.set(from);
      return to;
    };
    const words = (from: Int32Array | undefined) => {
      const to = new Int32Array(n);
      if (from !== undefined) to.set(from);
      return to;
    };
    this.type = bytes(this.type);
    this.source = bytes(this.source);
    this.plane = words(this.plane);
    this.page = words(this.page);
    this.logical = words(this.logical);
    this.entry = words(this.entry);
    this.sectors = words(this.sectors);
    this.bytes = words(this.bytes);
    this.request = words(this.request);
    this.waitsFor = words(this.waitsFor);
    this.before = words(this.before);
    this.slot = words(this.slot);
    this.next = words(this.next);
    this.previous = words(this.previous);
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
