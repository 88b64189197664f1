// The accesses of a batch. Draws depend only on (seed, stream, number of the access): a batch can stop anywhere.
import { Core } from './state';

const SEQUENTIAL: u32 = 0;
export const RANDOM: u32 = 1;
const ZIPF: u32 = 2;
const HOT_COLD: u32 = 3;
const CHASE: u32 = 4;
export const TRACE: u32 = 5;

// @ts-ignore: decorator
@inline
function draw(seed: u32, stream: u32, i: u32): u32 {
  let x: u32 = i * 0x9e3779b1 + seed * 0x85ebca6b + stream * 0xc2b2ae35;
  x = (x ^ (x >> 16)) * 0x7feb352d;
  x = (x ^ (x >> 15)) * 0x846ca68b;
  return x ^ (x >> 16);
}

/** Way of victim number `n` of a cache that replaces at random. */
export function drawVictim(n: u32, ways: u32): u32 {
  return scale(draw(0, 3, n), ways);
}

// @ts-ignore: decorator
@inline
function scale(value: u32, n: u32): u32 {
  return <u32>((<u64>value * n) >> 32);
}

// @ts-ignore: decorator
@inline
export function randomSlot(seed: u32, slots: u32, i: u32): u32 {
  return scale(draw(seed, 0, i), slots);
}

/** The same of four accesses from `i` on, a word each. */
// @ts-ignore: decorator
@inline
export function randomSlots(seed: u32, slots: u32, i: u32): v128 {
  let x = i32x4.add(i32x4.mul(i32x4.add(i32x4.splat(i), i32x4(0, 1, 2, 3)), i32x4.splat(0x9e3779b1)), i32x4.splat(seed * 0x85ebca6b));
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 16)), i32x4.splat(0x7feb352d));
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 15)), i32x4.splat(0x846ca68b));
  x = v128.xor(x, i32x4.shr_u(x, 16));
  const n = i32x4.splat(slots);
  return v128.shuffle<u32>(i64x2.extmul_low_i32x4_u(x, n), i64x2.extmul_high_i32x4_u(x, n), 1, 3, 5, 7);
}

function permute(x: u32, bits: u32, seed: u32): u32 {
  const mask: u32 = bits == 32 ? 0xffffffff : (1 << bits) - 1;
  const half = (bits + 1) >> 1;
  let y = (x * 0x9e3779b1 + seed) & mask;
  y = (y ^ (y >> half)) & mask;
  y = (y * 0x85ebca6b) & mask;
  y = (y ^ (y >> half)) & mask;
  y = (y * 0xc2b2ae35 + seed) & mask;
  return (y ^ (y >> half)) & mask;
}

const LN2_HIGH: f64 = 0.693147180369123816490;
const LN2_LOW: f64 = 1.90821492927058770002e-10;

// As in memory/elementary.ts, to the bit; the powers of two are taken and made by their exponents, without a branch, so
// that the host works on several draws at once.

/** Natural logarithm of a normal x > 0. */
// @ts-ignore: decorator
@inline
function log(x: f64): f64 {
  const bits = reinterpret<u64>(x);
  const fraction = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
  const high = fraction >= 1.4142135623730951;
  const m = high ? fraction * 0.5 : fraction;
  const exponent = <f64>(<i32>(bits >> 52) - 1023 + <i32>high);
  const t = (m - 1) / (m + 1);
  const t2 = t * t;
  let sum: f64 = 1.0 / 23.0;
  sum = sum * t2 + 1.0 / 21.0;
  sum = sum * t2 + 1.0 / 19.0;
  sum = sum * t2 + 1.0 / 17.0;
  sum = sum * t2 + 1.0 / 15.0;
  sum = sum * t2 + 1.0 / 13.0;
  sum = sum * t2 + 1.0 / 11.0;
  sum = sum * t2 + 1.0 / 9.0;
  sum = sum * t2 + 1.0 / 7.0;
  sum = sum * t2 + 1.0 / 5.0;
  sum = sum * t2 + 1.0 / 3.0;
  sum = sum * t2 + 1.0;
  return exponent * LN2_HIGH + (2 * t * sum + exponent * LN2_LOW);
}

/** e^x for |x| < 700. */
// @ts-ignore: decorator
@inline
function exp(x: f64): f64 {
  const n = Math.floor(x / 0.6931471805599453 + 0.5);
  const r = x - n * LN2_HIGH - n * LN2_LOW;
  let sum: f64 = 1 + r / 14;
  sum = 1 + (sum * r) / 13;
  sum = 1 + (sum * r) / 12;
  sum = 1 + (sum * r) / 11;
  sum = 1 + (sum * r) / 10;
  sum = 1 + (sum * r) / 9;
  sum = 1 + sum * r * 0.125;
  sum = 1 + (sum * r) / 7;
  sum = 1 + (sum * r) / 6;
  sum = 1 + (sum * r) / 5;
  sum = 1 + sum * r * 0.25;
  sum = 1 + (sum * r) / 3;
  sum = 1 + sum * r * 0.5;
  sum = 1 + sum * r;
  return sum * reinterpret<f64>(<u64>(<i32>n + 1023) << 52);
}

function zipfRank(core: Core, i: u32): u32 {
  const skew = core.zipfSkew;
  const slots = <f64>core.slots;
  let attempt: u32 = 0;
  while (true) {
    const u = core.zipfUpper + ((<f64>draw(core.seed, 16 + attempt, i) + 0.5) / 4294967296) * (core.zipfLower - core.zipfUpper);
    const t = u * (1 - skew);
    const near = t < 1e-8 && t > -1e-8;
    const x = exp(near ? u * (1 - t / 2) : log(1 + t) / (1 - skew));
    const whole = Math.floor(x + 0.5);
    const k = whole < 1 ? 1 : whole > slots ? slots : whole;
    if (k - x <= core.zipfCut || attempt == 63) return <u32>k;
    const l = log(k + 0.5);
    const s = (1 - skew) * l;
    const close = s < 1e-8 && s > -1e-8;
    const integral = close ? l * (1 + s / 2) : (exp(s) - 1) / (1 - skew);
    if (u >= integral - exp(-skew * log(k))) return <u32>k;
    attempt++;
  }
}

/** Whether the slot of an access depends on how many came before it. */
export function keepsPosition(order: u32): bool {
  return order == SEQUENTIAL || order == CHASE;
}

// @ts-ignore: decorator
@inline
export function isStoreAt(core: Core, i: u32): bool {
  return core.kind != 0 && <u64>draw(core.seed, 1, i) < core.storeThreshold;
}

/** Slot of access `i`; called with 0, 1, 2 ... once each. Not of traces. */
// @ts-ignore: decorator
@inline
export function slotAt(core: Core, i: u32): u32 {
  const order = core.order;
  if (order == SEQUENTIAL) {
    const slot = core.position;
    core.position = slot + 1 == core.slots ? 0 : slot + 1;
    return slot;
  }
  if (order == RANDOM) return randomSlot(core.seed, core.slots, i);
  return otherSlot(core, i);
}

function otherSlot(core: Core, i: u32): u32 {
  const slots = core.slots;
  if (core.order == ZIPF) return zipfRank(core, i) - 1;
  if (core.order == HOT_COLD) {
    const hot = core.hotSlots;
    if (hot >= slots || <u64>draw(core.seed, 2, i) < core.hotThreshold) return scale(draw(core.seed, 0, i), min(hot, slots));
    return hot + scale(draw(core.seed, 0, i), slots - hot);
  }
  const last: u32 = core.bits == 32 ? 0xffffffff : (1 << core.bits) - 1;
  while (true) {
    const candidate = permute(core.position, core.bits, core.seed);
    core.position = core.position == last ? 0 : core.position + 1;
    if (candidate < slots) return candidate;
  }
}
