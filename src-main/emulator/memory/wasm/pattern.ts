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

// As in memory/elementary.ts, operation for operation.
function log(x: f64): f64 {
  let exponent: f64 = 0;
  let m = x;
  while (m >= 1.4142135623730951) {
    m *= 0.5;
    exponent += 1;
  }
  while (m < 0.7071067811865476) {
    m *= 2;
    exponent -= 1;
  }
  const t = (m - 1) / (m + 1);
  const t2 = t * t;
  let sum: f64 = 0;
  for (let k: f64 = 23; k >= 1; k -= 2) sum = sum * t2 + 1 / k;
  return exponent * LN2_HIGH + (2 * t * sum + exponent * LN2_LOW);
}

function exp(x: f64): f64 {
  const n = Math.floor(x / 0.6931471805599453 + 0.5);
  const r = x - n * LN2_HIGH - n * LN2_LOW;
  let sum: f64 = 1;
  for (let k: f64 = 14; k >= 1; k -= 1) sum = 1 + (sum * r) / k;
  let s: f64 = 1;
  for (let k: f64 = 0; k < n; k += 1) s *= 2;
  for (let k: f64 = 0; k > n; k -= 1) s *= 0.5;
  return sum * s;
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
