import { DeadlineQueues, type DeadlineParameters } from './deadline-queues.ts';
import { NONE, type RequestTable } from './requests.ts';
import type { Scheduler } from './scheduler.ts';

/**
 * mq-deadline: batches of one direction in ascending order. Between batches reads are preferred until
 * writes have starved, and a batch starts at the oldest request when that is past its deadline or when
 * nothing lies ahead, at the next sector otherwise (Linux block/mq-deadline.c, without I/O priorities and
 * zones).
 */
export class MqDeadline implements Scheduler {
  readonly #queues: DeadlineQueues;
  /** Where the next request of each direction is looked for: behind the last one given up. */
  readonly #position = new Float64Array(2);
  /** As in Linux, the first batch may be one of writes. */
  #lastDirection: 0 | 1 = 1;
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
    let dir = this.#lastDirection;
    // A batch is not interrupted, not even by a deadline.
    let request = this.#batched < q.parameters.fifoBatch ? q.atOrAfter(dir, this.#position[dir]) : NONE;
    if (request === NONE) {
      const reads = q.waiting(0) > 0;
      const writes = q.waiting(1) > 0;
      if (!reads && !writes) return NONE;
      dir = reads && !(writes && this.#starved++ >= q.parameters.writesStarved) ? 0 : 1;
      if (dir === 1) this.#starved = 0;
      request = q.expired(dir, now) ? NONE : q.atOrAfter(dir, this.#position[dir]);
      if (request === NONE) request = q.oldest(dir);
      this.#lastDirection = dir;
      this.#batched = 0;
    }
    this.#batched++;
    this.#position[dir] = q.table.end(request);
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
