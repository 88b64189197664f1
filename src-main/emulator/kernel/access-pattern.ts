import { AccessKind, AccessOrder, type AccessBatch } from '#emulator/cpu/access';
import { deterministicExp, deterministicLog } from '#emulator/memory/elementary';
import { zipfConstants } from '#emulator/memory/zipf';

/*
 * Which slots a batch visits, as the memory path visits them: the kernel asks afterwards, to know what was
 * stored to. Draws need no state, so that a batch can be asked about up to any access.
 */

function draw(seed: number, stream: number, i: number): number {
  let x = (Math.imul(i, 0x9e3779b1) + Math.imul(seed, 0x85ebca6b) + Math.imul(stream, 0xc2b2ae35)) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** floor(value * n / 2^32), exactly. */
function scale(value: number, n: number): number {
  if (n <= 2 ** 21) return Math.floor((value * n) / 2 ** 32);
  return Number((BigInt(value) * BigInt(n)) >> 32n);
}

function permute(x: number, bits: number, seed: number): number {
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

const threshold = (share: number): number => Math.floor(share * 4294967296);

/** Calls `visit` with the address of each store among the first `count` accesses of a batch. */
export function eachStore(batch: AccessBatch, count: number, visit: (address: number) => void): void {
  const { seed, slots } = batch;
  if (batch.order === AccessOrder.trace) {
    for (let i = 0; i < count; i++) if (((batch.traceKinds?.[i] ?? 0) & 1) !== 0) visit(batch.base + batch.trace![i]);
    return;
  }
  if (batch.kind === AccessKind.load) return;
  const slot = slotOf(batch);
  const stores = threshold(batch.storeShare);
  for (let i = 0; i < count; i++) {
    const at = slot(i);
    if (batch.storeShare < 1 && draw(seed, 1, i) >= stores) continue;
    visit(batch.base + batch.offset + Math.min(at, slots - 1) * batch.stride);
  }
}

function slotOf(batch: AccessBatch): (i: number) => number {
  const { seed, slots } = batch;
  switch (batch.order) {
    case AccessOrder.random:
      return (i) => scale(draw(seed, 0, i), slots);
    case AccessOrder.hotCold: {
      const { hotSlots } = batch;
      const hot = threshold(batch.hotShare);
      return (i) => {
        if (hotSlots >= slots || draw(seed, 2, i) < hot) return scale(draw(seed, 0, i), Math.min(hotSlots, slots));
        return hotSlots + scale(draw(seed, 0, i), slots - hotSlots);
      };
    }
    case AccessOrder.chase: {
      let bits = 1;
      while (2 ** bits < slots) bits++;
      let position = 0;
      return () => {
        for (;;) {
          const candidate = permute(position, bits, seed | 0);
          position = (position + 1) % 2 ** bits;
          if (candidate < slots) return candidate;
        }
      };
    }
    case AccessOrder.zipf:
      return zipfSlot(seed, slots, batch.skew);
    default:
      return (i) => i % slots;
  }
}

/** Ranks by rejection-inversion (Hörmann and Derflinger, ACM TOMACS 6(3), 1996). */
function zipfSlot(seed: number, slots: number, skew: number): (i: number) => number {
  const { lower, upper, cut } = zipfConstants(slots, skew);
  const small = (t: number): boolean => t < 1e-8 && t > -1e-8;
  const density = (x: number): number => deterministicExp(-skew * deterministicLog(x));
  const integral = (x: number): number => {
    const l = deterministicLog(x);
    const t = (1 - skew) * l;
    return small(t) ? l * (1 + t / 2) : (deterministicExp(t) - 1) / (1 - skew);
  };
  const inverse = (x: number): number => {
    const t = x * (1 - skew);
    return deterministicExp(small(t) ? x * (1 - t / 2) : deterministicLog(1 + t) / (1 - skew));
  };
  return (i) => {
    for (let attempt = 0; ; attempt++) {
      const u = upper + ((draw(seed, 16 + attempt, i) + 0.5) / 4294967296) * (lower - upper);
      const x = inverse(u);
      const k = Math.min(slots, Math.max(1, Math.floor(x + 0.5)));
      if (k - x <= cut || u >= integral(k + 0.5) - density(k) || attempt === 63) return k - 1;
    }
  };
}
