/** What an event of the flash back end is about; the subject is a unit, a channel or a request. */
export const FlashEvent = { channelFree: 0, arrayDone: 1, dataOut: 2, requestStart: 3, bufferDone: 4 } as const;

const KIND_BITS = 3;
const KIND_MASK = (1 << KIND_BITS) - 1;

/**
 * The back end's own event queue: a binary heap on flat arrays. Events of the same time concern different
 * channels or units, so their order is left to the heap; it is the same in every run.
 */
export class EventHeap {
  length = 0;
  /** Kind and subject of the event last taken. */
  kind = 0;
  subject = 0;
  /** Time of the first event, ps; Infinity when empty. */
  firstTime = Infinity;
  #time = new Float64Array(1024);
  #what = new Int32Array(1024);

  add(time: number, kind: number, subject: number): void {
    let at = ++this.length;
    if (at === this.#time.length) this.#grow();
    const times = this.#time;
    const whats = this.#what;
    while (at > 1) {
      const parent = at >> 1;
      const parentTime = times[parent];
      if (parentTime <= time) break;
      times[at] = parentTime;
      whats[at] = whats[parent];
      at = parent;
    }
    times[at] = time;
    whats[at] = (subject << KIND_BITS) | kind;
    this.firstTime = times[1];
  }

  /** Removes the first event; `kind` and `subject` say what it is. Returns its time. */
  take(): number {
    const times = this.#time;
    const whats = this.#what;
    const first = times[1];
    this.kind = whats[1] & KIND_MASK;
    this.subject = whats[1] >> KIND_BITS;
    const end = --this.length;
    const time = times[end + 1];
    const what = whats[end + 1];
    let at = 1;
    for (let child = 2; child <= end; child = at << 1) {
      let childTime = times[child];
      if (child < end && times[child + 1] < childTime) childTime = times[++child];
      if (childTime >= time) break;
      times[at] = childTime;
      whats[at] = whats[child];
      at = child;
    }
    times[at] = time;
    whats[at] = what;
    this.firstTime = end === 0 ? Infinity : times[1];
    return first;
  }

  #grow(): void {
    const time = new Float64Array(this.#time.length * 2);
    time.set(this.#time);
    this.#time = time;
    const what = new Int32Array(this.#what.length * 2);
    what.set(this.#what);
    this.#what = what;
  }
}
