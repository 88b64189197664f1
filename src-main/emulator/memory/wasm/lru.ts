// Sets of 32-bit words in recency order, four to a vector. A set's words are rounded up to four; those beyond its ways
// stay 0. Nothing here branches on what it finds: in a random stream such a branch costs more than all the vectors.

/** Sets of more ways than this are searched and moved only as far as needed. */
export const WIDE: u32 = 32;

// Eight and sixteen ways, the usual numbers, are written out.

/** Masks of a cache word, four times each: the tag and VALID; the same and PREFETCHED. */
export const tagMask: usize = memory.data<u32>([0xfffffff1, 0xfffffff1, 0xfffffff1, 0xfffffff1], 16);
export const tagAndPrefetchedMask: usize = memory.data<u32>([0xfffffff9, 0xfffffff9, 0xfffffff9, 0xfffffff9], 16);

// @ts-ignore: decorator
@inline
function equal(at: usize, wanted: v128, mask: usize): u32 {
  return i32x4.bitmask(i32x4.eq(v128.and(v128.load(at), v128.load(mask)), wanted));
}

/** Places of the words that equal `word` under the mask at `masks`, a bit each. For sets that are not wide. */
// @ts-ignore: decorator
@inline
export function placesMasked(at: usize, ways: u32, word: u32, masks: usize): u32 {
  const wanted = i32x4.splat(word);
  if (ways == 8) return equal(at, wanted, masks) | (equal(at + 16, wanted, masks) << 4);
  if (ways == 16) return equal(at, wanted, masks) | (equal(at + 16, wanted, masks) << 4) | (equal(at + 32, wanted, masks) << 8) | (equal(at + 48, wanted, masks) << 12);
  let hits = equal(at, wanted, masks);
  for (let i: u32 = 4; i < ways; i += 4) hits |= equal(at + (<usize>i << 2), wanted, masks) << i;
  return hits;
}

/** Place of the word that equals `word` under the mask at `masks`, -1 when none does. For sets that are not wide. */
// @ts-ignore: decorator
@inline
export function findMasked(at: usize, ways: u32, word: u32, masks: usize): i32 {
  const hits = placesMasked(at, ways, word, masks);
  return hits == 0 ? -1 : ctz(hits);
}

// @ts-ignore: decorator
@inline
function same(at: usize, wanted: v128): u32 {
  return i32x4.bitmask(i32x4.eq(v128.load(at), wanted));
}

/** Place of `word`, -1 when it is not there. */
// @ts-ignore: decorator
@inline
export function find(at: usize, ways: u32, word: u32): i32 {
  if (ways > WIDE) return findWide(at, ways, word);
  const wanted = i32x4.splat(word);
  let hits = same(at, wanted);
  if (ways > 4) {
    hits |= same(at + 16, wanted) << 4;
    for (let i: u32 = 8; i < ways; i += 4) hits |= same(at + (<usize>i << 2), wanted) << i;
  }
  return hits == 0 ? -1 : ctz(hits);
}

function findWide(at: usize, ways: u32, word: u32): i32 {
  const wanted = i32x4.splat(word);
  for (let i: u32 = 0; i < ways; i += 4) {
    const hits = i32x4.bitmask(i32x4.eq(v128.load(at + (<usize>i << 2)), wanted));
    if (hits != 0) return i + ctz(hits);
  }
  return -1;
}

// @ts-ignore: decorator
@inline
function after(before: v128, now: v128): v128 {
  return v128.shuffle<u32>(before, now, 3, 4, 5, 6);
}
// @ts-ignore: decorator
@inline
function behind(word: u32, now: v128): v128 {
  return v128.shuffle<u32>(i32x4.splat(word), now, 3, 4, 5, 6);
}

/** All words move up by one; the last leaves and `word` becomes the first. */
// @ts-ignore: decorator
@inline
export function push(at: usize, ways: u32, word: u32): void {
  if ((ways & 3) != 0 || ways > WIDE) {
    rotate(at, ways, ways - 1, word);
    return;
  }
  let before = v128.load(at);
  v128.store(at, behind(word, before));
  if (ways == 4) return;
  let now = v128.load(at, 16);
  v128.store(at, after(before, now), 16);
  if (ways == 8) return;
  for (let i: u32 = 8; i < ways; i += 4) {
    const p = at + (<usize>i << 2);
    before = now;
    now = v128.load(p);
    v128.store(p, after(before, now));
  }
}

/** For each place of 16: which words move when that place's becomes the first, 16 lanes of all ones or zeros. */
const movingAt: usize = memory.data(16 * 64, 64);

/** Once, before anything else here. */
export function setUpLru(): void {
  for (let place: u32 = 0; place < 16; place++) {
    for (let k: u32 = 0; k < 16; k++) store<u32>(movingAt + (<usize>place << 6) + (<usize>k << 2), k <= place ? 0xffffffff : 0);
  }
}

/** Words 0..place-1 move up by one over the word at `place`; `word` becomes the first. */
// @ts-ignore: decorator
@inline
export function rotate(at: usize, ways: u32, place: u32, word: u32): void {
  if (ways > 16) {
    rotateMany(at, ways, place, word);
    return;
  }
  const moving = movingAt + (<usize>place << 6);
  const v0 = v128.load(at);
  v128.store(at, v128.bitselect(behind(word, v0), v0, v128.load(moving)));
  if (ways <= 4) return;
  const v1 = v128.load(at, 16);
  v128.store(at, v128.bitselect(after(v0, v1), v1, v128.load(moving, 16)), 16);
  if (ways <= 8) return;
  const v2 = v128.load(at, 32);
  v128.store(at, v128.bitselect(after(v1, v2), v2, v128.load(moving, 32)), 32);
  if (ways <= 12) return;
  const v3 = v128.load(at, 48);
  v128.store(at, v128.bitselect(after(v2, v3), v3, v128.load(moving, 48)), 48);
}

function rotateMany(at: usize, ways: u32, place: u32, word: u32): void {
  if (ways > WIDE) {
    rotateWide(at, place, word);
    return;
  }
  const end = i32x4.splat(place + 1);
  let before = v128.load(at);
  v128.store(at, v128.bitselect(behind(word, before), before, i32x4.gt_s(end, i32x4(0, 1, 2, 3))));
  let lanes = i32x4(4, 5, 6, 7);
  for (let i: u32 = 4; i < ways; i += 4) {
    const p = at + (<usize>i << 2);
    const now = v128.load(p);
    v128.store(p, v128.bitselect(after(before, now), now, i32x4.gt_s(end, lanes)));
    before = now;
    lanes = i32x4.add(lanes, i32x4.splat(4));
  }
}

function rotateWide(at: usize, place: u32, word: u32): void {
  let carry = word;
  let left = place;
  let p = at;
  while (left >= 4) {
    const v = v128.load(p);
    v128.store(p, i32x4.replace_lane(v128.shuffle<u32>(v, v, 0, 0, 1, 2), 0, carry));
    carry = i32x4.extract_lane(v, 3);
    left -= 4;
    p += 16;
  }
  const v = v128.load(p);
  v128.store(p, v128.bitselect(i32x4.replace_lane(v128.shuffle<u32>(v, v, 0, 0, 1, 2), 0, carry), v, i32x4.le_s(i32x4(0, 1, 2, 3), i32x4.splat(left))));
}

/** Takes the word at `place` out of a set of `ways`; those after it move down. */
// @ts-ignore: decorator
@inline
export function take(at: usize, ways: u32, place: u32): void {
  let lanes = i32x4(0, 1, 2, 3);
  const gone = i32x4.splat(place);
  let now = v128.load(at);
  for (let i: u32 = 4; i < ways; i += 4) {
    const p = at + (<usize>i << 2);
    const after = v128.load(p);
    v128.store(p - 16, v128.bitselect(v128.shuffle<u32>(now, after, 1, 2, 3, 4), now, i32x4.ge_s(lanes, gone)));
    now = after;
    lanes = i32x4.add(lanes, i32x4.splat(4));
  }
  const p = at + (<usize>((ways - 1) & ~3) << 2);
  v128.store(p, v128.bitselect(v128.shuffle<u32>(now, i32x4.splat(0), 1, 2, 3, 4), now, i32x4.ge_s(lanes, gone)));
}
