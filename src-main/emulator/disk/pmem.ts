import { quantityBytesPerSecond, type PmemDocument } from '#model/disk';
import { type Table, quantityBytes, quantityPs } from '#model/quantity';
import { DiskOp } from './disk.ts';
import { ServiceDisk } from './service-disk.ts';

const SECTOR = 512;
const LINE = 64;
const TIME_PS: Readonly<Record<string, number>> = { ps: 1, ns: 1e3, us: 1e6 };

/**
 * Persistent memory behind the block interface, as the kernel's pmem driver uses it: the processor copies,
 * so a read costs a first load and then the medium's rate, a write costs what it takes to have so many bytes
 * in the persistence domain, and a flush is a fence. Less than the medium's granularity costs a full one.
 * All requests share the medium's rate; `loadPs` and `persistPs` are there for direct access too.
 */
export class PmemDisk extends ServiceDisk {
  readonly #granularity: number;
  readonly #sequentialPs: number;
  readonly #randomPs: number;
  readonly #fencePs: number;
  readonly #readPsPerByte: number;
  readonly #writePsPerByte: number;
  readonly #persistBytes: Float64Array;
  readonly #persistPs: Float64Array;
  /** When the medium has moved everything asked so far, by direction. */
  #readFree = 0;
  #writeFree = 0;
  #lastEnd = -1;

  constructor(document: PmemDocument) {
    super(document.queueDepth.value, Math.floor(quantityBytes(document.capacity) / SECTOR));
    this.#granularity = quantityBytes(document.granularity);
    this.#sequentialPs = quantityPs(document.load.sequential);
    this.#randomPs = quantityPs(document.load.random);
    this.#fencePs = quantityPs(document.fence);
    this.#readPsPerByte = 1e12 / quantityBytesPerSecond(document.bandwidth.read);
    this.#writePsPerByte = 1e12 / quantityBytesPerSecond(document.bandwidth.write);
    const table: Table = document.persist;
    this.#persistBytes = Float64Array.from(table.rows, (row) => row[0]);
    this.#persistPs = Float64Array.from(table.rows, (row) => row[1] * TIME_PS[table.units[1]]);
  }

  /** Time to load so many bytes, ps. */
  loadPs(bytes: number, sequential: boolean): number {
    const first = sequential ? this.#sequentialPs : this.#randomPs;
    return Math.round(first + Math.max(0, bytes - LINE) * this.#readPsPerByte);
  }

  /** Time until a store of so many bytes is persistent, ps: the measured sizes, straight lines between and beyond. */
  persistPs(bytes: number): number {
    const x = this.#persistBytes;
    const y = this.#persistPs;
    let at = 1;
    while (at < x.length - 1 && x[at] < bytes) at++;
    if (bytes <= x[0]) return Math.round(y[0]);
    return Math.round(y[at - 1] + ((bytes - x[at - 1]) * (y[at] - y[at - 1])) / (x[at] - x[at - 1]));
  }

  submit(now: number, op: DiskOp, sector: number, count: number, _flags: number, tag: number): void {
    const bytes = Math.ceil((count * SECTOR) / this.#granularity) * this.#granularity;
    let done = now;
    if (op === DiskOp.read) {
      done += this.loadPs(bytes, sector === this.#lastEnd);
      this.#readFree = Math.round(Math.max(now, this.#readFree) + bytes * this.#readPsPerByte);
      if (done < this.#readFree) done = this.#readFree;
    } else if (op === DiskOp.write) {
      done += this.persistPs(bytes);
      this.#writeFree = Math.round(Math.max(now, this.#writeFree) + bytes * this.#writePsPerByte);
      if (done < this.#writeFree) done = this.#writeFree;
    } else if (op === DiskOp.flush) {
      done += this.#fencePs;
    }
    this.#lastEnd = sector + count;
    this.serve(now, done, tag);
  }
}
