import { DeadlineScheduler } from './deadline-scheduler.ts';
import { NONE } from './requests.ts';

/**
 * The deadline elevator of Linux 2.6.11 (2005): C-LOOK with deadlines. One sweep in ascending order, then
 * back to the lowest sector. A batch only goes on while requests are strictly sequential; after any other
 * request the direction is chosen anew and deadlines are looked at.
 */
export class Elevator2005 extends DeadlineScheduler {
  /** Direction of the last request given up; only its sweep is remembered, the other one starts low. */
  #sweep: 0 | 1 | -1 = -1;
  #position = 0;
  #batched = 0;

  next(now: number): number {
    const q = this.queues;
    const batch = q.parameters.fifoBatch;
    const ahead = this.#sweep === -1 ? NONE : q.atOrAfter(this.#sweep, this.#position);
    let request = NONE;
    let dir = this.#sweep;
    if (ahead !== NONE) {
      if (q.table.sector[ahead] !== this.#position) this.#batched += batch;
      if (this.#batched < batch) request = ahead;
    }
    if (request === NONE) {
      if (q.length === 0) return NONE;
      dir = this.chooseDirection();
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
}
