import { DeadlineScheduler } from './deadline-scheduler.ts';
import { NONE } from './requests.ts';

/**
 * mq-deadline: batches of one direction in ascending order. Between batches reads are preferred until
 * writes have starved, and a batch starts at the oldest request when that is past its deadline or when
 * nothing lies ahead, at the next sector otherwise (Linux block/mq-deadline.c, without I/O priorities and
 * zones).
 */
export class MqDeadline extends DeadlineScheduler {
  /** Where the next request of each direction is looked for: behind the last one given up. */
  readonly #position = new Float64Array(2);
  /** As in Linux, the first batch may be one of writes. */
  #lastDirection: 0 | 1 = 1;
  #batched = 0;

  next(now: number): number {
    const q = this.queues;
    let dir = this.#lastDirection;
    // A batch is not interrupted, not even by a deadline.
    let request = this.#batched < q.parameters.fifoBatch ? q.atOrAfter(dir, this.#position[dir]) : NONE;
    if (request === NONE) {
      if (q.length === 0) return NONE;
      dir = this.chooseDirection();
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
}
