import { AccessOrder, type AccessBatch } from '#emulator/cpu/access';
import { deterministicExp, deterministicLog } from './elementary.ts';
import { zipfConstants, type ZipfConstants } from './zipf.ts';

/** A well-mixed 32-bit value for each (stream, i): draws need no state, so a batch can stop anywhere. */
export function draw(seed: number, stream: number, i: number): number {
  let x = (Math.imul(i, 0x9e3779b1) + Math.imul(seed, 0x85ebca6b) + Math.imul(stream, 0xc2b2ae35)) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** floor(draw x n / 2^32), exactly. */
export function scale(value: number, n: number): number {
  return Number((BigInt(value) * BigInt(n)) >> 32n);
}

/** Threshold below which a draw counts as a hit of probability `share`. */
export const threshold = (share: number): number => Math.floor(share * 4294967296);

/** Bits that number `slots` slots. */
function bitsFor(slots: number): number {
  let bits = 1;
  while (2 ** bits < slots) bits++;
  return bits;
}

/** A bijection of the numbers of `bits` bits that looks random. */
export function permute(x: number, bits: number, seed: number): number {
  const mask = bits === 32 ? 0xffffffff : (1 << bits) - 1;
  const half = (bits + 1) >> 1;
  let y = (Math.imul(x, 0x9e3779b1) + seed) & mask;
  y = (y ^ ((y >>> 0) >>> half)) & mask;
  y = Math.imul(y, 0x85ebca6b) & mask;
  y = (y ^ ((y >>> 0) >>> half)) & mask;
  y = (Math.imul(y, 0xc2b2ae35) + seed) & mask;
  y = (y ^ ((y >>> 0) >>> half)) & mask;
  return y >>> 0;
}

const near = (t: number): boolean => t < 1e-8 && t > -1e-8;

/** A rank 1..slots, Zipf-distributed, by rejection-inversion. */
function zipfRank(constants: ZipfConstants, skew: number, slots: number, seed: number, i: number): number {
  for (let attempt = 0; ; attempt++) {
    const u =
      constants.upper + ((draw(seed, 16 + attempt, i) + 0.5) / 4294967296) * (constants.lower - constants.upper);
    const t = u * (1 - skew);
    const x = deterministicExp(near(t) ? u * (1 - t / 2) : deterministicLog(1 + t) / (1 - skew));
    const k = Math.min(slots, Math.max(1, Math.floor(x + 0.5)));
    if (k - x <= constants.cut || attempt === 63) return k;
    const l = deterministicLog(k + 0.5);
    const s = (1 - skew) * l;
    const integral = near(s) ? l * (1 + s / 2) : (deterministicExp(s) - 1) / (1 - skew);
    if (u >= integral - deterministicExp(-skew * deterministicLog(k))) return k;
  }
}

export interface Access {
  readonly address: number;
  readonly store: boolean;
}

/**
 * The accesses of a batch, one after the other: the same that the WebAssembly path makes (`wasm/pattern.ts`), for
 * whoever needs to know where a batch goes without running it.
 */
export class Pattern {
  private readonly batch: AccessBatch;
  private readonly zipf: ZipfConstants | null;
  private readonly bits: number;
  private position = 0;

  constructor(batch: AccessBatch) {
    this.batch = batch;
    this.zipf = batch.order === AccessOrder.zipf ? zipfConstants(batch.slots, batch.skew) : null;
    this.bits = bitsFor(batch.slots);
  }

  /** Access `i`; called with i = 0, 1, 2 ... once each. */
  next(i: number): Access {
    const { batch } = this;
    if (batch.order === AccessOrder.trace) {
      return { address: batch.base + batch.trace![i], store: ((batch.traceKinds?.[i] ?? 0) & 1) !== 0 };
    }
    const store = batch.kind !== 0 && (batch.storeShare >= 1 || draw(batch.seed, 1, i) < threshold(batch.storeShare));
    return { address: batch.base + batch.offset + this.slot(i) * batch.stride, store };
  }

  private slot(i: number): number {
    const { slots, seed } = this.batch;
    switch (this.batch.order) {
      case AccessOrder.random:
        return scale(draw(seed, 0, i), slots);
      case AccessOrder.zipf:
        return zipfRank(this.zipf!, this.batch.skew, slots, seed, i) - 1;
      case AccessOrder.hotCold: {
        const { hotSlots } = this.batch;
        if (hotSlots >= slots || draw(seed, 2, i) < threshold(this.batch.hotShare))
          return scale(draw(seed, 0, i), Math.min(hotSlots, slots));
        return hotSlots + scale(draw(seed, 0, i), slots - hotSlots);
      }
      case AccessOrder.chase:
        for (;;) {
          const candidate = permute(this.position, this.bits, seed | 0);
          this.position = (this.position + 1) % 2 ** this.bits;
          if (candidate < slots) return candidate;
        }
      default:
        return i % slots;
    }
  }
}
