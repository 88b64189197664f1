// A page-walk cache: the tables reached last, fully associative, true LRU in a ring of links; a list by table says where.
import { allocate, MAX_TABLES } from './state';

/** Slots 0..ways-1 hold a table + 1 each, 0 when empty; the ring goes over them and slot `ways`, which begins and ends it. */
@unmanaged
export class WalkCache {
  tags: usize;
  /** By slot: the next older one and the next newer one, 16 bits each. */
  links: usize;
  /** By table: its slot, if it is in one. Shared by the caches of a core, as a table is of one level. */
  places: usize;
  ways: u32;
  bytes: u32;
}

/** Where the tables of a core's walk caches are. */
export function makePlaces(): usize {
  return allocate(MAX_TABLES * 2);
}

export function makeWalkCache(ways: u32, places: usize): WalkCache {
  const cache = changetype<WalkCache>(allocate(offsetof<WalkCache>()));
  if (ways > 0xfffe) unreachable();
  cache.ways = ways;
  cache.bytes = ways * 4 + (ways + 1) * 4;
  cache.tags = allocate(cache.bytes);
  cache.links = cache.tags + ways * 4;
  cache.places = places;
  for (let k: u32 = 0; k <= ways; k++) link(cache, k, k == ways ? 0 : k + 1);
  return cache;
}

// @ts-ignore: decorator
@inline
function link(cache: WalkCache, newer: u32, older: u32): void {
  store<u16>(cache.links + (<usize>newer << 2), <u16>older);
  store<u16>(cache.links + (<usize>older << 2), <u16>newer, 2);
}

// @ts-ignore: decorator
@inline
function refresh(cache: WalkCache, slot: u32): void {
  const ends = cache.ways;
  const first = <u32>load<u16>(cache.links + (<usize>ends << 2));
  if (slot == first) return;
  const at = cache.links + (<usize>slot << 2);
  link(cache, load<u16>(at, 2), load<u16>(at));
  link(cache, slot, first);
  link(cache, ends, slot);
}

/** Whether the table is there; it becomes the newest. */
// @ts-ignore: decorator
@inline
export function knows(cache: WalkCache, table: u32): bool {
  const slot = <u32>load<u16>(cache.places + (<usize>table << 1));
  if (slot >= cache.ways || load<u32>(cache.tags + (<usize>slot << 2)) != table + 1) return false;
  refresh(cache, slot);
  return true;
}

/** Puts in a table that is not there, in place of the oldest. */
export function enter(cache: WalkCache, table: u32): void {
  const slot = <u32>load<u16>(cache.links + (<usize>cache.ways << 2), 2);
  store<u32>(cache.tags + (<usize>slot << 2), table + 1);
  store<u16>(cache.places + (<usize>table << 1), <u16>slot);
  refresh(cache, slot);
}

export function clearWalkCache(cache: WalkCache): void {
  memory.fill(cache.tags, 0, cache.ways << 2);
}

/** After the cache's bytes were put back: says again where its tables are. */
export function findAgain(cache: WalkCache): void {
  for (let slot: u32 = 0; slot < cache.ways; slot++) {
    const tag = load<u32>(cache.tags + (<usize>slot << 2));
    if (tag != 0) store<u16>(cache.places + (<usize>(tag - 1) << 1), <u16>slot);
  }
}
