import { NONE, type RequestTable } from './requests.ts';

/**
 * Requests in the order of their first sector: the schedulers' sort list. A flat array with binary search
 * and a block move on insertion beats a tree at the lengths a bounded queue has (a few hundred).
 */
export class SortedRequests {
  length = 0;
  #items: Int32Array;
  readonly #table: RequestTable;

  constructor(table: RequestTable, capacity: number) {
    this.#table = table;
    this.#items = new Int32Array(Math.max(4, capacity));
  }

  /** Position of the first request that starts at `sector` or behind it. */
  #lowerBound(sector: number): number {
    const { sector: sectors } = this.#table;
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sectors[this.#items[middle]] < sector) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Equal sectors stay in the order of insertion. */
  add(request: number): void {
    if (this.length === this.#items.length) {
      const larger = new Int32Array(this.length * 2);
      larger.set(this.#items);
      this.#items = larger;
    }
    const { sector } = this.#table;
    let at = this.#lowerBound(sector[request]);
    while (at < this.length && sector[this.#items[at]] === sector[request]) at++;
    this.#items.copyWithin(at + 1, at, this.length);
    this.#items[at] = request;
    this.length++;
  }

  /** The request's sector must be the one it was added with. */
  remove(request: number): void {
    let at = this.#lowerBound(this.#table.sector[request]);
    while (at < this.length && this.#items[at] !== request) at++;
    if (at >= this.length) throw new RangeError('request is not in the sort list');
    this.#items.copyWithin(at, at + 1, this.length);
    this.length--;
  }

  /** The lowest request, NONE when empty. */
  lowest(): number {
    return this.length === 0 ? NONE : this.#items[0];
  }

  /** The lowest request that starts at `sector` or behind it, NONE when there is none. */
  atOrAfter(sector: number): number {
    const at = this.#lowerBound(sector);
    return at === this.length ? NONE : this.#items[at];
  }

  /** A request of this operation that starts exactly there. */
  startingAt(op: number, sector: number): number {
    const t = this.#table;
    for (let at = this.#lowerBound(sector); at < this.length; at++) {
      const request = this.#items[at];
      if (t.sector[request] !== sector) break;
      if (t.op[request] === op) return request;
    }
    return NONE;
  }

  /**
   * A request of this operation that ends exactly there. Only the nearest start below is looked at, which
   * is the answer unless requests overlap.
   */
  endingAt(op: number, sector: number): number {
    const t = this.#table;
    const at = this.#lowerBound(sector) - 1;
    if (at < 0) return NONE;
    const request = this.#items[at];
    return t.op[request] === op && t.end(request) === sector ? request : NONE;
  }
}
