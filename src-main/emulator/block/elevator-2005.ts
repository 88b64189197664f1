import { DeadlineQueues, type DeadlineParameters } from './deadline-queues.ts';
import { NONE, type RequestTable } from './requests.ts';
import type { Scheduler } from './scheduler.ts';

/**
 * The deadline elevator of Linux 2.6.11 (2005): C-LOOK with deadlines. One sweep in ascending order, then
 * back to the lowest sector. A batch only goes on while requests are strictly sequential; after any other
 * request the direction is chosen anew and deadlines are looked at.
 */
export class Elevator2005 implements Scheduler {
  readonly #queues: DeadlineQueues;
  /** Direction of the last request given up; only its sweep is remembered, the other one starts low. */
  #sweep: 0 | 1 | -1 = -1;
  #position = 0;
  #batched = 0;
  #starved = 0;

  constructor(table: RequestTable, capacity: number, parameters: DeadlineParameters) {
    this.#queues = new DeadlineQueues(table, capacity, parameters);
  }

  get length(): number {
    return this.#queues.length;
  }

  insert(request: number, now: number): void {
    this.#queues.insert(request, now);
  }

  next(now: number): number {
    const q = this.#queues;
    const batch = q.parameters.fifoBatch;
    const ahead = this.#sweep === -1 ? NONE : q.atOrAfter(this.#sweep, this.#position);
    let request = NONE;
    let dir = this.#sweep;
    if (ahead !== NONE) {
      if (q.table.sector[ahead] !== this.#position) this.#batched += batch;
      if (this.#batched < batch) request = ahead;
    }
    if (request === NONE) {
      const reads = q.waiting(0) > 0;
      const writes = q.waiting(1) > 0;
      if (!reads && !writes) return NONE;
      dir = reads && !(writes && this.#starved++ >= q.parameters.writesStarved) ? 0 : 1;
      if (dir === 1) this.#starved = 0;
      if (q.expired(dir, now)) {
        this.#batched = 0;
        request = q.oldest(dir);
      } else if (dir === this.#sweep && ahead !== NONE) {
        request = ahead;
      } else {
        this.#batched = 0;
        request = q.lowest(dir);
      }
    }
    this.#batched++;
    this.#sweep = dir;
    this.#position = q.table.end(request);
    q.remove(request);
    return request;
  }

  endingAt(op: number, sector: number): number {
    return this.#queues.endingAt(op, sector);
  }

  startingAt(op: number, sector: number): number {
    return this.#queues.startingAt(op, sector);
  }

  moveStart(request: number, sector: number): void {
    this.#queues.moveStart(request, sector);
  }

  remove(request: number): void {
    this.#queues.remove(request);
  }
}
