import { grown } from '#emulator/engine/grown';

/** No request, no submission, no list neighbour. */
export const NONE = -1;

/** Life of a request slot. */
export const RequestState = { free: 0, plugged: 1, queued: 2, direct: 3, inFlight: 4, waitingForFlush: 5 } as const;
export type RequestState = (typeof RequestState)[keyof typeof RequestState];

/** Read goes one way, everything that changes the medium the other (Linux `rq_data_dir`). */
export function direction(op: number): 0 | 1 {
  return op === 0 ? 0 : 1;
}

/**
 * Every request the queue knows, one slot each, in flat arrays with a free list. The arrays double when
 * they run out (flush requests and split submissions may exceed the queue's bound for a moment) and are
 * not touched by the allocator after that.
 */
export class RequestTable {
  op: Uint8Array;
  flags: Uint8Array;
  state: Uint8Array;
  /** What is left of a flush sequence, a bit set of `FlushStep`. */
  steps: Uint8Array;
  ioCause: Int16Array;
  /** Sectors of 512 bytes. */
  sector: Float64Array;
  count: Float64Array;
  /** Index of the event that caused the first submission merged into this request. */
  cause: Float64Array;
  /** Time of the first submission, ps. */
  arrived: Float64Array;
  /** Time of hand-over to the disk, ps. */
  dispatched: Float64Array;
  /** When a deadline scheduler wants it gone, ps. */
  deadline: Float64Array;
  /** Singly linked list of the submissions merged into this request. */
  firstPart: Int32Array;
  lastPart: Int32Array;
  parts: Int32Array;
  /** Neighbours in whatever list the request is in: plug, queue, free. */
  next: Int32Array;
  previous: Int32Array;
  /** Slots not free. */
  used = 0;
  #free: number;

  constructor(capacity: number) {
    const n = Math.max(4, capacity);
    this.op = new Uint8Array(n);
    this.flags = new Uint8Array(n);
    this.state = new Uint8Array(n);
    this.steps = new Uint8Array(n);
    this.ioCause = new Int16Array(n);
    this.sector = new Float64Array(n);
    this.count = new Float64Array(n);
    this.cause = new Float64Array(n);
    this.arrived = new Float64Array(n);
    this.dispatched = new Float64Array(n);
    this.deadline = new Float64Array(n);
    this.firstPart = new Int32Array(n);
    this.lastPart = new Int32Array(n);
    this.parts = new Int32Array(n);
    this.next = new Int32Array(n);
    this.previous = new Int32Array(n);
    this.#free = NONE;
    this.#chain(0, n);
  }

  /** Takes a free slot. The caller fills the fields it uses. */
  allocate(): number {
    if (this.#free === NONE) this.#grow();
    const request = this.#free;
    this.#free = this.next[request];
    this.used++;
    this.next[request] = NONE;
    this.previous[request] = NONE;
    this.firstPart[request] = NONE;
    this.lastPart[request] = NONE;
    this.parts[request] = 0;
    this.steps[request] = 0;
    return request;
  }

  release(request: number): void {
    this.state[request] = RequestState.free;
    this.next[request] = this.#free;
    this.#free = request;
    this.used--;
  }

  /** First sector behind the request. */
  end(request: number): number {
    return this.sector[request] + this.count[request];
  }

  #chain(from: number, to: number): void {
    for (let i = to - 1; i >= from; i--) {
      this.next[i] = this.#free;
      this.#free = i;
    }
  }

  #grow(): void {
    const old = this.op.length;
    const n = old * 2;
    this.op = grown(new Uint8Array(n), this.op);
    this.flags = grown(new Uint8Array(n), this.flags);
    this.state = grown(new Uint8Array(n), this.state);
    this.steps = grown(new Uint8Array(n), this.steps);
    this.ioCause = grown(new Int16Array(n), this.ioCause);
    this.sector = grown(new Float64Array(n), this.sector);
    this.count = grown(new Float64Array(n), this.count);
    this.cause = grown(new Float64Array(n), this.cause);
    this.arrived = grown(new Float64Array(n), this.arrived);
    this.dispatched = grown(new Float64Array(n), this.dispatched);
    this.deadline = grown(new Float64Array(n), this.deadline);
    this.firstPart = grown(new Int32Array(n), this.firstPart);
    this.lastPart = grown(new Int32Array(n), this.lastPart);
    this.parts = grown(new Int32Array(n), this.parts);
    this.next = grown(new Int32Array(n), this.next);
    this.previous = grown(new Int32Array(n), this.previous);
    this.#chain(old, n);
  }
}

/** A doubly linked list through the `next` and `previous` of the table: a request is in at most one. */
export class RequestList {
  first = NONE;
  last = NONE;
  length = 0;
  readonly #table: RequestTable;

  constructor(table: RequestTable) {
    this.#table = table;
  }

  append(request: number): void {
    const t = this.#table;
    t.previous[request] = this.last;
    t.next[request] = NONE;
    if (this.last === NONE) this.first = request;
    else t.next[this.last] = request;
    this.last = request;
    this.length++;
  }

  remove(request: number): void {
    const t = this.#table;
    const before = t.previous[request];
    const after = t.next[request];
    if (before === NONE) this.first = after;
    else t.next[before] = after;
    if (after === NONE) this.last = before;
    else t.previous[after] = before;
    t.next[request] = NONE;
    t.previous[request] = NONE;
    this.length--;
  }

  /** Removes and returns the oldest, NONE when empty. */
  shift(): number {
    const request = this.first;
    if (request !== NONE) this.remove(request);
    return request;
  }
}
