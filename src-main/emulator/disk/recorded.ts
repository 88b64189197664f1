import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { RECORDED_OPERATIONS, type RecordedDocument, quantityBytesPerSecond } from '#model/disk';
import { quantityBytes } from '#model/quantity';
import type { DiskOp } from './disk.ts';
import { Sampler, StratifiedUniform } from './distribution.ts';
import { ServiceDisk } from './service-disk.ts';

const SECTOR = 512;

/** One measured condition. */
interface Reading {
  readonly bytes: number;
  readonly queueDepth: number;
  readonly sampler: Sampler;
}

/**
 * A disk that replays what was measured on a real one: each request takes a time drawn from the
 * distribution recorded for its operation, its size and the number of requests in flight. The nearest
 * recorded size is taken, and the bytes it differs by are charged at the disk's rate; between recorded
 * queue depths the time is interpolated, beyond the deepest one the latency holds. All requests together
 * move no more than the disk's rate of what the readings do not account for: the bytes beyond a recorded
 * size, and everything beyond the deepest recorded queue. Draws do not depend on one another: how slow spells cluster on the
 * real disk is not in a distribution.
 */
export class RecordedDisk extends ServiceDisk {
  /** Readings by operation, each ascending in size, then depth. */
  readonly #readings: readonly (readonly Reading[])[];
  readonly #psPerByte: Float64Array;
  /** When everything charged at the disk's rate is through, by operation, ps. */
  readonly #rateFree = new Float64Array(4);
  /** Size of the reading last drawn from, and the deepest queue recorded for it. */
  #nearest = 0;
  #deepest = Infinity;
  /** One a recorded operation, so that each covers its distribution evenly. */
  readonly #uniform: readonly (StratifiedUniform | undefined)[];

  constructor(document: RecordedDocument, seed: number) {
    super(document.queueDepth.value, Math.floor(quantityBytes(document.capacity) / SECTOR));
    this.#readings = RECORDED_OPERATIONS.map((operation) =>
      document.latencies
        .filter((l) => l.operation === operation)
        .map((l) => ({ bytes: l.bytes, queueDepth: l.queueDepth, sampler: new Sampler(l.latency) }))
        .sort((a, b) => a.bytes - b.bytes || a.queueDepth - b.queueDepth),
    );
    const read = 1e12 / quantityBytesPerSecond(document.bandwidth.read);
    const write = 1e12 / quantityBytesPerSecond(document.bandwidth.write);
    this.#psPerByte = Float64Array.of(read, write, 0, 0);
    const random = xoroshiro128plus(seed);
    this.#uniform = this.#readings.map((list) => (list.length === 0 ? undefined : new StratifiedUniform(random)));
  }

  submit(now: number, op: DiskOp, _sector: number, count: number, _flags: number, tag: number): void {
    const bytes = count * SECTOR;
    const depth = this.inFlight + 1;
    let done = now + this.#draw(op, bytes, depth);
    const unaccounted = depth > this.#deepest ? bytes : bytes - this.#nearest;
    if (unaccounted > 0) {
      const from = this.#rateFree[op] > now ? this.#rateFree[op] : now;
      this.#rateFree[op] = Math.round(from + unaccounted * this.#psPerByte[op]);
      if (done < this.#rateFree[op]) done = this.#rateFree[op];
    }
    this.serve(now, done, tag);
  }

  #draw(op: DiskOp, bytes: number, depth: number): number {
    const readings = this.#readings[op];
    // Nothing was recorded for it: a flush or discard that costs nothing of its own.
    const uniform = this.#uniform[op];
    this.#nearest = bytes;
    this.#deepest = Infinity;
    if (uniform === undefined) return 0;
    let nearest = readings[0].bytes;
    for (let i = 1; i < readings.length; i++) {
      if (Math.abs(readings[i].bytes - bytes) < Math.abs(nearest - bytes)) nearest = readings[i].bytes;
    }
    this.#nearest = nearest;
    let below = -1;
    let above = -1;
    for (let i = 0; i < readings.length; i++) {
      const reading = readings[i];
      if (reading.bytes !== nearest) continue;
      this.#deepest = reading.queueDepth;
      if (reading.queueDepth <= depth) below = i;
      else if (above === -1) above = i;
    }
    const fraction = uniform.next();
    let service = readings[below === -1 ? above : below].sampler.quantile(fraction);
    if (below !== -1 && above !== -1) {
      const { queueDepth } = readings[below];
      const share = (depth - queueDepth) / (readings[above].queueDepth - queueDepth);
      service += share * (readings[above].sampler.quantile(fraction) - service);
    }
    service += (bytes - nearest) * this.#psPerByte[op];
    return Math.max(0, Math.round(service));
  }
}
