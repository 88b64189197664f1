import { unrolled } from './ring.ts';

/** A first-in, first-out queue of (time, item) on a ring that grows: times must not decrease. */
export class TimedQueue {
  length = 0;
  /** Time of the first item; Infinity when empty. */
  firstTime = Infinity;
  #time = new Float64Array(64);
  #item = new Int32Array(64);
  #head = 0;

  add(time: number, item: number): void {
    if (this.length === this.#time.length) this.#grow();
    const at = (this.#head + this.length) & (this.#time.length - 1);
    this.#time[at] = time;
    this.#item[at] = item;
    if (this.length++ === 0) this.firstTime = time;
  }

  /** Removes and returns the first item. */
  take(): number {
    const item = this.#item[this.#head];
    this.#head = (this.#head + 1) & (this.#time.length - 1);
    this.firstTime = --this.length === 0 ? Infinity : this.#time[this.#head];
    return item;
  }

  #grow(): void {
    const old = this.#time.length;
    this.#time = unrolled(new Float64Array(old * 2), this.#time, this.#head);
    this.#item = unrolled(new Int32Array(old * 2), this.#item, this.#head);
    this.#head = 0;
  }
}
