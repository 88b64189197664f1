/**
 * A growable list of integers on a typed array: edges and parents of the state graph.
 * Doubles as it fills, so the peak is three times what it holds.
 */
export class IntList {
  data: Int32Array;
  length = 0;

  constructor(capacity: number) {
    this.data = new Int32Array(capacity);
  }

  push(value: number): void {
    if (this.length === this.data.length) {
      const grown = new Int32Array(this.data.length * 2);
      grown.set(this.data);
      this.data = grown;
    }
    this.data[this.length++] = value;
  }
}

/** What {@link StateTable.add} gives back when the table is full and the state is not in it. */
export const TABLE_FULL = -1;

/**
 * The states seen so far, each once, numbered in the order they were added. Open addressing with linear
 * probing over whole states: two states are the same only if all their bytes are, so a hash collision
 * costs time and never a state. Memory grows by doubling up to `limit` states.
 */
export class StateTable {
  /** State `i` lies at words `i * words`. */
  data: Uint32Array;
  count = 0;

  private readonly words: number;
  private readonly limit: number;
  /** State number + 1; 0 is empty. Twice as many slots as states, at least. */
  private slots: Int32Array;

  constructor(words: number, limit: number) {
    this.words = words;
    this.limit = limit;
    const capacity = Math.min(limit, 1024);
    this.data = new Uint32Array(capacity * words);
    this.slots = new Int32Array(slotsFor(capacity));
  }

  /**
   * Adds the state at `source[at]` unless it is there.
   * @returns its number (`count` has grown if it is new), or {@link TABLE_FULL}
   */
  add(source: Uint32Array, at: number): number {
    const { words } = this;
    let slot = this.hash(source, at) & (this.slots.length - 1);
    for (; this.slots[slot] !== 0; slot = (slot + 1) & (this.slots.length - 1)) {
      const candidate = (this.slots[slot] - 1) * words;
      let i = 0;
      while (i < words && this.data[candidate + i] === source[at + i]) i++;
      if (i === words) return this.slots[slot] - 1;
    }
    if (this.count === this.limit) return TABLE_FULL;
    if ((this.count + 1) * words > this.data.length) {
      this.grow();
      return this.add(source, at);
    }
    const to = this.count * words;
    for (let i = 0; i < words; i++) this.data[to + i] = source[at + i];
    this.slots[slot] = ++this.count;
    return this.count - 1;
  }

  private grow(): void {
    const capacity = Math.min(this.limit, this.count * 2);
    const data = new Uint32Array(capacity * this.words);
    data.set(this.data);
    this.data = data;
    const size = slotsFor(capacity);
    if (size === this.slots.length) return;
    this.slots = new Int32Array(size);
    for (let state = 0; state < this.count; state++) {
      let slot = this.hash(data, state * this.words) & (size - 1);
      while (this.slots[slot] !== 0) slot = (slot + 1) & (size - 1);
      this.slots[slot] = state + 1;
    }
  }

  /** Multiply and rotate over the words, then mix: the finisher of MurmurHash3 (public domain). */
  private hash(source: Uint32Array, at: number): number {
    let h = 0x9e3779b9 | 0;
    for (let i = 0; i < this.words; i++) {
      h = Math.imul(h ^ source[at + i], 0xcc9e2d51);
      h = (h << 15) | (h >>> 17);
    }
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return h ^ (h >>> 16);
  }
}

function slotsFor(states: number): number {
  let size = 16;
  while (size < states * 2) size *= 2;
  return size;
}
