import { unrolled } from './ring.ts';

/** What an event of the flash back end is about; the subject is a unit, a channel or a request. */
export const FlashEvent = { channelFree: 0, arrayDone: 1, dataOut: 2, requestStart: 3, bufferDone: 4 } as const;

/**
 * Where an event waits: with those that are as far ahead as it is, as what lasts equally long ends in the order in
 * which it began. Of events of the same time, the lane named first comes first: what is done at an instant is
 * known before a free channel is given its next command.
 */
export const Lane = { request: 0, dataOut: 1, read: 2, program: 3, erase: 4, channelFree: 5 } as const;
export type Lane = (typeof Lane)[keyof typeof Lane];
const LANES = 6;

const KIND_BITS = 3;
const KIND_MASK = (1 << KIND_BITS) - 1;

/**
 * The back end's own event queue: a few sorted rings, of which the earliest head is next. Adding costs one
 * comparison where a lane's events come in order, taking one a lane, however many wait. Events of the same
 * time come in the order of their lanes, those of one lane in the order in which they were added.
 */
export class EventQueue {
  /** Kind and subject of the event last taken. */
  kind = 0;
  subject = 0;
  /** Time of the first event, ps; Infinity when empty. */
  firstTime = Infinity;
  #firstLane = 0;
  readonly #heads = new Float64Array(LANES).fill(Infinity);
  readonly #lanes = Array.from({ length: LANES }, () => new SortedRing());

  add(lane: Lane, time: number, kind: number, subject: number): void {
    this.#lanes[lane].add(time, (subject << KIND_BITS) | kind);
    if (time >= this.#heads[lane]) return;
    this.#heads[lane] = time;
    if (time > this.firstTime || (time === this.firstTime && lane > this.#firstLane)) return;
    this.firstTime = time;
    this.#firstLane = lane;
  }

  /** Removes the first event; `kind` and `subject` say what it is. Returns its time. */
  take(): number {
    const heads = this.#heads;
    const taken = this.#firstLane;
    const time = heads[taken];
    const ring = this.#lanes[taken];
    const what = ring.take();
    this.kind = what & KIND_MASK;
    this.subject = what >> KIND_BITS;
    heads[taken] = ring.firstTime();
    let first = 0;
    let earliest = heads[0];
    for (let lane = 1; lane < LANES; lane++) {
      const head = heads[lane];
      if (head >= earliest) continue;
      earliest = head;
      first = lane;
    }
    this.#firstLane = first;
    this.firstTime = earliest;
    return time;
  }
}

/** (time, item) in the order of their times, on a ring that grows: quickest where times are added in order. */
class SortedRing {
  #time = new Float64Array(64);
  #item = new Int32Array(64);
  #head = 0;
  #tail = 0;

  firstTime(): number {
    return this.#head === this.#tail ? Infinity : this.#time[this.#head];
  }

  add(time: number, item: number): void {
    const times = this.#time;
    const items = this.#item;
    const mask = times.length - 1;
    let at = this.#tail;
    while (at !== this.#head) {
      const before = (at - 1) & mask;
      if (times[before] <= time) break;
      times[at] = times[before];
      items[at] = items[before];
      at = before;
    }
    times[at] = time;
    items[at] = item;
    this.#tail = (this.#tail + 1) & mask;
    if (this.#tail === this.#head) this.#grow();
  }

  /** Removes and returns the first item. */
  take(): number {
    const item = this.#item[this.#head];
    this.#head = (this.#head + 1) & (this.#item.length - 1);
    return item;
  }

  /** The ring is full: twice as large, from its head on. */
  #grow(): void {
    const old = this.#time.length;
    this.#time = unrolled(new Float64Array(old * 2), this.#time, this.#head);
    this.#item = unrolled(new Int32Array(old * 2), this.#item, this.#head);
    this.#head = 0;
    this.#tail = old;
  }
}
