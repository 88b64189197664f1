import { NONE, RequestList, type RequestTable, direction } from './requests.ts';
import { SortedRequests } from './sorted.ts';

/** Tunables of a deadline scheduler. */
export interface DeadlineParameters {
  /** A read should be on its way after this, ps. */
  readonly readExpirePs: number;
  /** A write should be on its way after this, ps. */
  readonly writeExpirePs: number;
  /** Requests a batch in one direction. */
  readonly fifoBatch: number;
  /** Times reads may go ahead of waiting writes. */
  readonly writesStarved: number;
}

/** The two orders a deadline scheduler keeps of each direction: by age and by sector. */
export class DeadlineQueues {
  readonly parameters: DeadlineParameters;
  readonly table: RequestTable;
  readonly #fifo: readonly [RequestList, RequestList];
  readonly #sorted: readonly [SortedRequests, SortedRequests];

  constructor(table: RequestTable, capacity: number, parameters: DeadlineParameters) {
    this.table = table;
    this.parameters = parameters;
    this.#fifo = [new RequestList(table), new RequestList(table)];
    this.#sorted = [new SortedRequests(table, capacity), new SortedRequests(table, capacity)];
  }

  get length(): number {
    return this.#fifo[0].length + this.#fifo[1].length;
  }

  /** Requests waiting in a direction. */
  waiting(dir: 0 | 1): number {
    return this.#fifo[dir].length;
  }

  insert(request: number, now: number): void {
    const dir = direction(this.table.op[request]);
    this.table.deadline[request] = now + (dir === 0 ? this.parameters.readExpirePs : this.parameters.writeExpirePs);
    this.#fifo[dir].append(request);
    this.#sorted[dir].add(request);
  }

  remove(request: number): void {
    const dir = direction(this.table.op[request]);
    this.#fifo[dir].remove(request);
    this.#sorted[dir].remove(request);
  }

  /** The oldest of a direction, NONE when empty. */
  oldest(dir: 0 | 1): number {
    return this.#fifo[dir].first;
  }

  /** Whether the oldest of a direction is past its deadline. */
  expired(dir: 0 | 1, now: number): boolean {
    const request = this.#fifo[dir].first;
    return request !== NONE && now > this.table.deadline[request];
  }

  lowest(dir: 0 | 1): number {
    return this.#sorted[dir].lowest();
  }

  atOrAfter(dir: 0 | 1, sector: number): number {
    return this.#sorted[dir].atOrAfter(sector);
  }

  endingAt(op: number, sector: number): number {
    return this.#sorted[direction(op)].endingAt(op, sector);
  }

  startingAt(op: number, sector: number): number {
    return this.#sorted[direction(op)].startingAt(op, sector);
  }

  /** Changes a held request's first sector and keeps the order true. */
  moveStart(request: number, sector: number): void {
    const sorted = this.#sorted[direction(this.table.op[request])];
    sorted.remove(request);
    this.table.sector[request] = sector;
    sorted.add(request);
  }
}
