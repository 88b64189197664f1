import { NONE, RequestList, type RequestTable } from './requests.ts';
import type { Scheduler } from './scheduler.ts';

/** Newest requests a submission is compared with (Linux `blk_bio_list_merge` looks at 8). */
const MERGE_WINDOW = 8;

/** First come, first served: what `none` does in front of a fast device. */
export class NoScheduler implements Scheduler {
  readonly #table: RequestTable;
  readonly #queue: RequestList;

  constructor(table: RequestTable) {
    this.#table = table;
    this.#queue = new RequestList(table);
  }

  get length(): number {
    return this.#queue.length;
  }

  insert(request: number, _now: number): void {
    this.#queue.append(request);
  }

  next(_now: number): number {
    return this.#queue.shift();
  }

  endingAt(op: number, sector: number): number {
    const t = this.#table;
    let request = this.#queue.last;
    for (let i = 0; i < MERGE_WINDOW && request !== NONE; i++) {
      if (t.op[request] === op && t.end(request) === sector) return request;
      request = t.previous[request];
    }
    return NONE;
  }

  startingAt(op: number, sector: number): number {
    const t = this.#table;
    let request = this.#queue.last;
    for (let i = 0; i < MERGE_WINDOW && request !== NONE; i++) {
      if (t.op[request] === op && t.sector[request] === sector) return request;
      request = t.previous[request];
    }
    return NONE;
  }

  moveStart(request: number, sector: number): void {
    this.#table.sector[request] = sector;
  }

  remove(request: number): void {
    this.#queue.remove(request);
  }
}
