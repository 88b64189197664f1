import { CompletionHeap } from './completion-heap.ts';
import type { Disk, DiskOp } from './disk.ts';

/** A disk that knows on arrival when a request will be done, and tells of it nothing but how long it took. */
export abstract class ServiceDisk implements Disk {
  readonly queueDepth: number;
  readonly sectors: number;
  readonly parts = ['service'] as const;
  readonly lastParts = new Float64Array(1);
  readonly #heap: CompletionHeap;

  constructor(queueDepth: number, sectors: number) {
    this.queueDepth = queueDepth;
    this.sectors = sectors;
    this.#heap = new CompletionHeap(queueDepth);
  }

  abstract submit(now: number, op: DiskOp, sector: number, count: number, flags: number, tag: number): void;

  nextCompletion(): number {
    return this.#heap.first();
  }

  complete(): number {
    const tag = this.#heap.take();
    this.lastParts[0] = this.#heap.lastValue;
    return tag;
  }

  /** Requests that are not done yet. */
  protected get inFlight(): number {
    return this.#heap.length;
  }

  /** A request that came at `now` will be done at `done`, ps. */
  protected serve(now: number, done: number, tag: number): void {
    this.#heap.add(done, tag, done - now);
  }
}
