/**
 * Completions in the order of their time, ties in the order of submission: a binary heap on flat arrays.
 * Holds at most `capacity` of them; the disks that use it have that as their queue depth.
 */
export class CompletionHeap {
  length = 0;
  /** Value that came with the completion last taken: the disk's own use (a service time). */
  lastValue = 0;
  readonly #time: Float64Array;
  readonly #order: Float64Array;
  readonly #tag: Int32Array;
  readonly #value: Float64Array;
  #count = 0;

  constructor(capacity: number) {
    this.#time = new Float64Array(capacity + 1);
    this.#order = new Float64Array(capacity + 1);
    this.#tag = new Int32Array(capacity + 1);
    this.#value = new Float64Array(capacity + 1);
  }

  /** Time of the first completion, ps; Infinity when empty. */
  first(): number {
    return this.length === 0 ? Infinity : this.#time[1];
  }

  /** Throws a RangeError beyond the capacity: the caller exceeded the queue depth. */
  add(time: number, tag: number, value: number): void {
    if (this.length === this.#tag.length - 1) throw new RangeError('more requests than the queue depth');
    let at = ++this.length;
    const order = this.#count++;
    while (at > 1) {
      const parent = at >> 1;
      if (this.#time[parent] <= time) break; // an equal time was there first
      this.#move(parent, at);
      at = parent;
    }
    this.#time[at] = time;
    this.#order[at] = order;
    this.#tag[at] = tag;
    this.#value[at] = value;
  }

  /** Removes the first completion and returns its tag. Throws a RangeError when empty. */
  take(): number {
    if (this.length === 0) throw new RangeError('nothing is in flight');
    const tag = this.#tag[1];
    this.lastValue = this.#value[1];
    const last = this.length--;
    const time = this.#time[last];
    const order = this.#order[last];
    let at = 1;
    for (let child = 2; child <= this.length; child = at * 2) {
      if (child < this.length && this.#before(child + 1, this.#time[child], this.#order[child])) child++;
      if (!this.#before(child, time, order)) break;
      this.#move(child, at);
      at = child;
    }
    this.#move(last, at);
    return tag;
  }

  #before(at: number, time: number, order: number): boolean {
    return this.#time[at] < time || (this.#time[at] === time && this.#order[at] < order);
  }

  #move(from: number, to: number): void {
    this.#time[to] = this.#time[from];
    this.#order[to] = this.#order[from];
    this.#tag[to] = this.#tag[from];
    this.#value[to] = this.#value[from];
  }
}
