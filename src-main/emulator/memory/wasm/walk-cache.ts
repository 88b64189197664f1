// A page-walk cache: the tables reached last, fully associative, true LRU. A slot's stamp says when it was used, so a use
// is one store and only a table that comes new looks for the oldest; a list by table says in which slot it is.
import { allocate, MAX_TABLES } from './state';

/** Slots 0..ways-1 hold a table + 1 each, 0 when empty. */
@unmanaged
export class WalkCache {
  /** The stamp given last, then from byte 16 on the stamps, as many as `padded`, 0 for an empty slot; then the tags. */
  state: usize;
  tags: usize;
  /** By table: its slot, if it is in one. Shared by the caches of a core, as a table is of one level. */
  places: usize;
  ways: u32;
  /** Ways in whole vectors; the stamps of the rest are never the oldest. */
  padded: u32;
  bytes: u32;
}

/** Stamps given before all are counted anew: few enough that this is seen in tests, and too many for it to cost. */
const STAMPS: u32 = 1 << 12;

/** Where the tables of a core's walk caches are. */
export function makePlaces(): usize {
  return allocate(MAX_TABLES * 2);
}

export function makeWalkCache(ways: u32, places: usize): WalkCache {
  const cache = changetype<WalkCache>(allocate(offsetof<WalkCache>()));
  if (ways > 0xfffe) unreachable();
  cache.ways = ways;
  cache.padded = (ways + 3) & ~3;
  cache.bytes = 16 + cache.padded * 4 + ways * 4;
  cache.state = allocate(cache.bytes);
  cache.tags = cache.state + 16 + cache.padded * 4;
  cache.places = places;
  clearWalkCache(cache);
  return cache;
}

// @ts-ignore: decorator
@inline
function stampAt(cache: WalkCache, slot: u32): usize {
  return cache.state + 16 + (<usize>slot << 2);
}

// @ts-ignore: decorator
@inline
function use(cache: WalkCache, slot: u32): void {
  const stamp = load<u32>(cache.state) + 1;
  store<u32>(cache.state, stamp);
  store<u32>(stampAt(cache, slot), stamp);
  if (stamp == STAMPS) countAnew(cache);
}

/** The stamps become 1, 2, 3 ... in their order. */
function countAnew(cache: WalkCache): void {
  let last: u32 = 0;
  let stamp: u32 = 0;
  for (;;) {
    let next: u32 = 0xffffffff;
    let slot: u32 = 0;
    for (let k: u32 = 0; k < cache.ways; k++) {
      const other = load<u32>(stampAt(cache, k));
      if (other <= last || other >= next) continue;
      next = other;
      slot = k;
    }
    if (next == 0xffffffff) break;
    // Stamps differ, so the new one is at most the old one, and the next to be looked at is still beyond it.
    stamp += 1;
    store<u32>(stampAt(cache, slot), stamp);
    last = next;
  }
  store<u32>(cache.state, stamp);
}

/** Whether the table is there; it becomes the newest. */
// @ts-ignore: decorator
@inline
export function knows(cache: WalkCache, table: u32): bool {
  const slot = <u32>load<u16>(cache.places + (<usize>table << 1));
  if (slot >= cache.ways || load<u32>(cache.tags + (<usize>slot << 2)) != table + 1) return false;
  use(cache, slot);
  return true;
}

/** Puts in a table that is not there, in place of the oldest. */
export function enter(cache: WalkCache, table: u32): void {
  const stamps = stampAt(cache, 0);
  const end = cache.padded << 2;
  let least = v128.load(stamps);
  for (let k: usize = 16; k < end; k += 16) least = i32x4.min_u(least, v128.load(stamps + k));
  least = i32x4.min_u(least, v128.shuffle<u32>(least, least, 2, 3, 0, 1));
  least = i32x4.min_u(least, v128.shuffle<u32>(least, least, 1, 0, 3, 2));
  let k: usize = 0;
  let found = i32x4.bitmask(i32x4.eq(v128.load(stamps), least));
  while (found == 0) {
    k += 16;
    found = i32x4.bitmask(i32x4.eq(v128.load(stamps + k), least));
  }
  const slot = (<u32>k >> 2) + ctz(found);
  store<u32>(cache.tags + (<usize>slot << 2), table + 1);
  store<u16>(cache.places + (<usize>table << 1), <u16>slot);
  use(cache, slot);
}

export function clearWalkCache(cache: WalkCache): void {
  memory.fill(cache.state, 0, cache.bytes);
  for (let k = cache.ways; k < cache.padded; k++) store<u32>(stampAt(cache, k), 0xffffffff);
}

/** After the cache's bytes were put back: says again where its tables are. */
export function findAgain(cache: WalkCache): void {
  for (let slot: u32 = 0; slot < cache.ways; slot++) {
    const tag = load<u32>(cache.tags + (<usize>slot << 2));
    if (tag != 0) store<u16>(cache.places + (<usize>(tag - 1) << 1), <u16>slot);
  }
}
