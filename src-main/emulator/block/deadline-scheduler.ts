import { DeadlineQueues, type DeadlineParameters } from './deadline-queues.ts';
import type { RequestTable } from './requests.ts';
import type { Scheduler } from './scheduler.ts';

/** What both deadline schedulers of Linux have in common: their queues, and that reads go first until writes starve. */
export abstract class DeadlineScheduler implements Scheduler {
  protected readonly queues: DeadlineQueues;
  /** Times that reads went ahead of waiting writes. */
  #starved = 0;

  constructor(table: RequestTable, capacity: number, parameters: DeadlineParameters) {
    this.queues = new DeadlineQueues(table, capacity, parameters);
  }

  get length(): number {
    return this.queues.length;
  }

  abstract next(now: number): number;

  insert(request: number, now: number): void {
    this.queues.insert(request, now);
  }

  endingAt(op: number, sector: number): number {
    return this.queues.endingAt(op, sector);
  }

  startingAt(op: number, sector: number): number {
    return this.queues.startingAt(op, sector);
  }

  moveStart(request: number, sector: number): void {
    this.queues.moveStart(request, sector);
  }

  remove(request: number): void {
    this.queues.remove(request);
  }

  /** Direction of the next batch; something must be waiting. */
  protected chooseDirection(): 0 | 1 {
    const q = this.queues;
    const reads = q.waiting(0) > 0;
    const writes = q.waiting(1) > 0;
    const dir = reads && !(writes && this.#starved++ >= q.parameters.writesStarved) ? 0 : 1;
    if (dir === 1) this.#starved = 0;
    return dir;
  }
}
