import { NONE, type TransactionTable } from './transactions.ts';

/**
 * Words of a translation page: where it is, the last transaction that waits for it (+ 1), its reads and writes on
 * the way (1 for a read, 2 for each write), the first cached entry that was changed (+ 1).
 */
const WORDS = 4;
const WAITING = 1;
const TRAFFIC = 2;
const CHANGED = 3;
const ARRIVES = 1;
const DEPARTS = 2;

/**
 * The pages on flash that hold the mapping: the physical page of each, the transactions that wait for its
 * entries, in order, and whether it is being read or written. A request for entries that are not cached looks
 * at all of it, so that it lies together: one cache miss instead of five.
 */
export class TranslationPages {
  readonly length: number;
  readonly #words: Int32Array;
  readonly #table: TransactionTable;

  constructor(table: TransactionTable, length: number) {
    this.#table = table;
    this.length = length;
    this.#words = new Int32Array(length * WORDS);
  }

  physical(page: number): number {
    return this.#words[page * WORDS];
  }

  setPhysical(page: number, physical: number): void {
    this.#words[page * WORDS] = physical;
  }

  /** Whether its entries are being read from flash. */
  isArriving(page: number): boolean {
    return (this.#words[page * WORDS + TRAFFIC] & ARRIVES) !== 0;
  }

  arrives(page: number): void {
    this.#words[page * WORDS + TRAFFIC] |= ARRIVES;
  }

  arrived(page: number): void {
    this.#words[page * WORDS + TRAFFIC] &= ~ARRIVES;
  }

  /** Whether changed entries are on their way to flash, and still in memory. */
  isDeparting(page: number): boolean {
    return this.#words[page * WORDS + TRAFFIC] >= DEPARTS;
  }

  departs(page: number): void {
    this.#words[page * WORDS + TRAFFIC] += DEPARTS;
  }

  departed(page: number): void {
    this.#words[page * WORDS + TRAFFIC] -= DEPARTS;
  }

  /** The first slot of the mapping cache that holds a changed entry of the page, NONE when none does. */
  firstChanged(page: number): number {
    return this.#words[page * WORDS + CHANGED] - 1;
  }

  setFirstChanged(page: number, slot: number): void {
    this.#words[page * WORDS + CHANGED] = slot + 1;
  }

  /** A transaction waits for entries of the page, behind those that do already: a ring of which the last is known. */
  wait(page: number, t: number): void {
    const { next } = this.#table;
    const at = page * WORDS + WAITING;
    const last = this.#words[at] - 1;
    if (last === NONE) next[t] = t;
    else {
      next[t] = next[last];
      next[last] = t;
    }
    this.#words[at] = t + 1;
  }

  /** Takes out the first that waits, NONE when none does. */
  takeWaiting(page: number): number {
    const { next } = this.#table;
    const at = page * WORDS + WAITING;
    const last = this.#words[at] - 1;
    if (last === NONE) return NONE;
    const first = next[last];
    if (first === last) this.#words[at] = 0;
    else next[last] = next[first];
    next[first] = NONE;
    return first;
  }
}
