import { CompletionHeap } from './completion-heap.ts';
import type { Disk, DiskOp } from './disk.ts';

/** Figures of a fixed-latency disk; times in ps. */
export interface FixedDiskParameters {
  /** Addressable size, sectors of 512 bytes. */
  readonly sectors: number;
  /** Requests served at the same time. */
  readonly queueDepth: number;
  readonly readPs: number;
  readonly writePs: number;
  readonly flushPs: number;
  readonly discardPs: number;
  /** Time a byte on the wire shared by all requests, ps; 0 for none. */
  readonly transferPsPerByte: number;
}

/**
 * The simplest disk: each request takes a fixed time by its operation, whatever else is in flight, and
 * then its bytes cross one shared link. For lessons, tests and comparisons.
 */
export class FixedDisk implements Disk {
  readonly queueDepth: number;
  readonly sectors: number;
  readonly parts = ['service'] as const;
  readonly lastParts = new Float64Array(1);
  readonly #latency: Float64Array;
  readonly #psPerSector: number;
  readonly #heap: CompletionHeap;
  #linkFree = 0;

  constructor(parameters: FixedDiskParameters) {
    this.queueDepth = parameters.queueDepth;
    this.sectors = parameters.sectors;
    // Indexed by DiskOp.
    this.#latency = Float64Array.of(parameters.readPs, parameters.writePs, parameters.flushPs, parameters.discardPs);
    this.#psPerSector = parameters.transferPsPerByte * 512;
    this.#heap = new CompletionHeap(parameters.queueDepth);
  }

  submit(now: number, op: DiskOp, _sector: number, count: number, _flags: number, tag: number): void {
    let done = now + this.#latency[op];
    if (this.#psPerSector > 0 && op <= 1) {
      if (done < this.#linkFree) done = this.#linkFree;
      done = Math.round(done + count * this.#psPerSector);
      this.#linkFree = done;
    }
    this.#heap.add(done, tag, done - now);
  }

  nextCompletion(): number {
    return this.#heap.first();
  }

  complete(): number {
    const tag = this.#heap.take();
    this.lastParts[0] = this.#heap.lastValue;
    return tag;
  }
}
