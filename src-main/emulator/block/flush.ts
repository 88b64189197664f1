import { FLUSH_PENDING_TIMEOUT_PS } from './parameters.ts';
import { RequestList, RequestState, type RequestTable } from './requests.ts';

/** Steps of a flush sequence, a bit set: flush before, data, flush after. */
export const FlushStep = { before: 1, data: 2, after: 4 } as const;

/** What the flush machine asks of the queue. */
export interface FlushOwner {
  /** Sends a request to the disk ahead of the scheduler. */
  sendDirect(request: number): void;
  /** Issues the one flush command; `flushDone` follows when the disk has done it. */
  sendFlush(now: number): void;
  /** A sequence is through. */
  finish(request: number, now: number): void;
}

/**
 * Sequences of flush, data, flush in front of a disk with a volatile cache, as Linux block/blk-flush.c
 * orders them. One flush runs at a time and serves everybody who was waiting when it started; who comes
 * meanwhile shares the next one. A flush is put off while data of other sequences is in flight, so that
 * it can serve them as well, but not for longer than five seconds.
 */
export class FlushMachine {
  readonly #table: RequestTable;
  readonly #owner: FlushOwner;
  readonly #waiting: readonly [RequestList, RequestList];
  /** Which list newcomers join, and which one the flush in flight serves: equal when none is in flight. */
  #pending: 0 | 1 = 0;
  #running: 0 | 1 = 0;
  #pendingSince = 0;
  #dataInFlight = 0;

  constructor(table: RequestTable, owner: FlushOwner) {
    this.#table = table;
    this.#owner = owner;
    this.#waiting = [new RequestList(table), new RequestList(table)];
  }

  /** Requests the flush in flight serves, oldest first. */
  get served(): RequestList {
    return this.#waiting[this.#running];
  }

  /** Starts a sequence. */
  start(request: number, steps: number, now: number): void {
    this.#table.steps[request] = steps;
    this.#step(request, now);
    this.#kick(now);
  }

  /** The data of a sequence has reached the disk. */
  dataDone(request: number, now: number): void {
    this.#dataInFlight--;
    this.#table.steps[request] &= ~FlushStep.data;
    this.#step(request, now);
    this.#kick(now);
  }

  /** The flush command is through. */
  flushDone(now: number): void {
    const served = this.#waiting[this.#running];
    this.#running = this.#running === 0 ? 1 : 0;
    // Finishing one may submit others; they queue behind, so the count is taken first.
    for (let left = served.length; left > 0; left--) {
      const request = served.shift();
      const steps = this.#table.steps[request];
      this.#table.steps[request] = steps & (steps & FlushStep.before ? ~FlushStep.before : ~FlushStep.after);
      this.#step(request, now);
    }
    this.#kick(now);
  }

  #step(request: number, now: number): void {
    const t = this.#table;
    const steps = t.steps[request];
    if (steps === 0) {
      this.#owner.finish(request, now);
    } else if ((steps & FlushStep.before) === 0 && (steps & FlushStep.data) !== 0) {
      this.#dataInFlight++;
      this.#owner.sendDirect(request);
    } else {
      const list = this.#waiting[this.#pending];
      if (list.length === 0) this.#pendingSince = now;
      t.state[request] = RequestState.waitingForFlush;
      list.append(request);
    }
  }

  #kick(now: number): void {
    if (this.#pending !== this.#running || this.#waiting[this.#pending].length === 0) return;
    if (this.#dataInFlight > 0 && now < this.#pendingSince + FLUSH_PENDING_TIMEOUT_PS) return;
    this.#pending = this.#pending === 0 ? 1 : 0;
    this.#owner.sendFlush(now);
  }
}
