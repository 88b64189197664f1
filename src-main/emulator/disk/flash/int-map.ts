const EMPTY = -1;

/** A map from page numbers (0 or more) to small integers: open addressing on flat arrays of a fixed size. */
export class IntMap {
  readonly #keys: Int32Array;
  readonly #values: Int32Array;
  readonly #mask: number;

  /** Room for `capacity` entries at half load. */
  constructor(capacity: number) {
    let n = 16;
    while (n < capacity * 2) n *= 2;
    this.#keys = new Int32Array(n).fill(EMPTY);
    this.#values = new Int32Array(n);
    this.#mask = n - 1;
  }

  /** The value, or -1. */
  get(key: number): number {
    for (let at = this.#home(key); ; at = (at + 1) & this.#mask) {
      const k = this.#keys[at];
      if (k === key) return this.#values[at];
      if (k === EMPTY) return -1;
    }
  }

  set(key: number, value: number): void {
    let at = this.#home(key);
    while (this.#keys[at] !== EMPTY && this.#keys[at] !== key) at = (at + 1) & this.#mask;
    this.#keys[at] = key;
    this.#values[at] = value;
  }

  delete(key: number): void {
    let at = this.#home(key);
    while (this.#keys[at] !== key) {
      if (this.#keys[at] === EMPTY) return;
      at = (at + 1) & this.#mask;
    }
    // Entries behind move up, so that none is cut off from its home.
    for (let next = (at + 1) & this.#mask; this.#keys[next] !== EMPTY; next = (next + 1) & this.#mask) {
      const home = this.#home(this.#keys[next]);
      if (((next - home) & this.#mask) >= ((next - at) & this.#mask)) {
        this.#keys[at] = this.#keys[next];
        this.#values[at] = this.#values[next];
        at = next;
      }
    }
    this.#keys[at] = EMPTY;
  }

  #home(key: number): number {
    return (Math.imul(key, 0x9e3779b1) >>> 7) & this.#mask;
  }
}
