/** What an event of the flash back end is about; the subject is a unit or a request. */
export const FlashEvent = { commandSent: 0, arrayDone: 1, dataOut: 2, requestStart: 3, bufferDone: 4 } as const;

/** The back end's own event queue: a binary heap on flat arrays, ties in the order of insertion. */
export class EventHeap {
  length = 0;
  /** Kind and subject of the event last taken. */
  kind = 0;
  subject = 0;
  #time = new Float64Array(1024);
  #order = new Float64Array(1024);
  #kind = new Uint8Array(1024);
  #subject = new Int32Array(1024);
  #count = 0;

  /** Time of the first event, ps; Infinity when empty. */
  first(): number {
    return this.length === 0 ? Infinity : this.#time[1];
  }

  add(time: number, kind: number, subject: number): void {
    let at = ++this.length;
    if (at === this.#time.length) this.#grow();
    const times = this.#time;
    const order = this.#order;
    while (at > 1) {
      const parent = at >> 1;
      if (times[parent] <= time) break;
      times[at] = times[parent];
      order[at] = order[parent];
      this.#kind[at] = this.#kind[parent];
      this.#subject[at] = this.#subject[parent];
      at = parent;
    }
    times[at] = time;
    order[at] = this.#count++;
    this.#kind[at] = kind;
    this.#subject[at] = subject;
  }

  /** Removes the first event; `kind` and `subject` say what it is. Returns its time. */
  take(): number {
    const times = this.#time;
    const order = this.#order;
    const kinds = this.#kind;
    const subjects = this.#subject;
    const first = times[1];
    this.kind = kinds[1];
    this.subject = subjects[1];
    const last = this.length--;
    const time = times[last];
    const rank = order[last];
    const kind = kinds[last];
    const subject = subjects[last];
    const end = this.length;
    let at = 1;
    for (let child = 2; child <= end; child = at << 1) {
      if (child < end) {
        const right = child + 1;
        if (times[right] < times[child] || (times[right] === times[child] && order[right] < order[child]))
          child = right;
      }
      if (times[child] > time || (times[child] === time && order[child] > rank)) break;
      times[at] = times[child];
      order[at] = order[child];
      kinds[at] = kinds[child];
      subjects[at] = subjects[child];
      at = child;
    }
    times[at] = time;
    order[at] = rank;
    kinds[at] = kind;
    subjects[at] = subject;
    return first;
  }

  #grow(): void {
    const n = this.#time.length * 2;
    const time = new Float64Array(n);
    time.set(this.#time);
    this.#time = time;
    const order = new Float64Array(n);
    order.set(this.#order);
    this.#order = order;
    const kind = new Uint8Array(n);
    kind.set(this.#kind);
    this.#kind = kind;
    const subject = new Int32Array(n);
    subject.set(this.#subject);
    this.#subject = subject;
  }
}
