// Sets of 32-bit words in recency order, four to a vector.

/** Byte shuffles: for q, words 0..q-1 move up by one, the others stay; word 0 is then overwritten. */
const shuffles: usize = memory.data<u8>([
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
  0, 1, 2, 3, 0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15,
  0, 1, 2, 3, 0, 1, 2, 3, 4, 5, 6, 7, 12, 13, 14, 15,
  0, 1, 2, 3, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
], 16);

/** Place of the word that equals `word` under `mask`, -1 when none of the `ways` (rounded up to four) does. */
// @ts-ignore: decorator
@inline
export function findMasked(at: usize, ways: u32, word: u32, mask: u32): i32 {
  const wanted = i32x4.splat(word);
  const masks = i32x4.splat(mask);
  for (let i: u32 = 0; i < ways; i += 4) {
    const hits = i32x4.bitmask(i32x4.eq(v128.and(v128.load(at + (<usize>i << 2)), masks), wanted));
    if (hits != 0) return i + ctz(hits);
  }
  return -1;
}

// @ts-ignore: decorator
@inline
export function find(at: usize, ways: u32, word: u32): i32 {
  const wanted = i32x4.splat(word);
  for (let i: u32 = 0; i < ways; i += 4) {
    const hits = i32x4.bitmask(i32x4.eq(v128.load(at + (<usize>i << 2)), wanted));
    if (hits != 0) return i + ctz(hits);
  }
  return -1;
}

/** Words 0..place-1 move up by one over the word at `place`; `word` becomes the first. */
// @ts-ignore: decorator
@inline
export function rotate(at: usize, place: u32, word: u32): void {
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
  v128.store(p, i32x4.replace_lane(v128.swizzle(v128.load(p), v128.load(shuffles + (<usize>left << 4))), 0, carry));
}

/** Takes the word at `place` out of a set of `ways`; those after it move down. */
export function take(at: usize, ways: u32, place: u32): void {
  for (let i = place; i + 1 < ways; i++) store<u32>(at + (<usize>i << 2), load<u32>(at + (<usize>(i + 1) << 2)));
  store<u32>(at + (<usize>(ways - 1) << 2), 0);
}
