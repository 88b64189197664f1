import type { DiskOp } from './disk.ts';
import { ServiceDisk } from './service-disk.ts';

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
export class FixedDisk extends ServiceDisk {
  readonly #latency: Float64Array;
  readonly #psPerSector: number;
  #linkFree = 0;

  constructor(parameters: FixedDiskParameters) {
    super(parameters.queueDepth, parameters.sectors);
    // Indexed by DiskOp.
    this.#latency = Float64Array.of(parameters.readPs, parameters.writePs, parameters.flushPs, parameters.discardPs);
    this.#psPerSector = parameters.transferPsPerByte * 512;
  }

  submit(now: number, op: DiskOp, _sector: number, count: number, _flags: number, tag: number): void {
    let done = now + this.#latency[op];
    if (this.#psPerSector > 0 && op <= 1) {
      if (done < this.#linkFree) done = this.#linkFree;
      done = Math.round(done + count * this.#psPerSector);
      this.#linkFree = done;
    }
    this.serve(now, done, tag);
  }
}
