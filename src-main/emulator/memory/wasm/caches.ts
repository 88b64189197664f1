// The caches of all cores and the traffic between them: state and counters, no time.
import { findMasked, push, rotate, tagMask, take } from './lru';
import { drawVictim } from './pattern';
import {
  Core, coreAt, count, DIRTY, EXCLUSIVE, FLAGS, FROM_CORE, FROM_MEMORY, INCLUSIVE, L1_HITS, L1_MISSES, Level, LRU, machine,
  MEMORY_WRITES, OWNERSHIP_TRANSFERS, PREFETCHED, PREFETCHES, RANDOM, SHARED, VALID, WRITEBACKS,
} from './state';

/** Set by `access`: the first level's line had come by a prefetch. */
export let wasPrefetched: bool = false;

/** What `obtain` returns: who served, and these flags of the line. */
const GOT_DIRTY: u32 = 8;
const GOT_SHARED: u32 = 16;

// @ts-ignore: decorator
@inline
function level(core: Core, k: u32): Level {
  return k == 0 ? core.level0 : k == 1 ? core.level1! : core.level2!;
}

// @ts-ignore: decorator
@inline
export function setOf(l: Level, line: u32): usize {
  let index = line & l.mask;
  if (l.slices > 1) {
    const hash = (line >> l.bits) * 0x9e3779b1;
    index += <u32>((<u64>hash * l.slices) >> 32) << l.bits;
  }
  return l.sets + <usize>index * l.stride;
}
// @ts-ignore: decorator
@inline
export function wordOf(l: Level, line: u32): u32 {
  return ((line >> l.bits) << 4) | VALID;
}
// @ts-ignore: decorator
@inline
function placeOf(l: Level, set: usize, word: u32): i32 {
  return findMasked(set, l.ways, word, tagMask);
}
// @ts-ignore: decorator
@inline
function wordAt(set: usize, place: u32): u32 {
  return load<u32>(set + (<usize>place << 2));
}
// @ts-ignore: decorator
@inline
function setWordAt(set: usize, place: u32, word: u32): void {
  store<u32>(set + (<usize>place << 2), word);
}
/** The line a word stands for that lies in the same set as `line`. */
// @ts-ignore: decorator
@inline
function lineOf(l: Level, line: u32, word: u32): u32 {
  return ((word >> 4) << l.bits) | (line & l.mask);
}

/** PLRU: every node on the way's path points away from it. */
export function point(l: Level, set: usize, way: u32): void {
  if (l.replacement == RANDOM) return;
  const at = l.trees + ((set - l.sets) / l.stride << 2);
  let tree = load<u32>(at);
  let node: u32 = 1;
  for (let half = l.ways >> 1; half >= 1; half >>= 1) {
    const right: u32 = (way & half) != 0 ? 1 : 0;
    tree = right ? tree & ~(1 << node) : tree | (1 << node);
    node = 2 * node + right;
  }
  store<u32>(at, tree);
}

/** The word at `place` was used and is now `word`. */
// @ts-ignore: decorator
@inline
function touch(l: Level, set: usize, place: u32, word: u32): void {
  if (l.replacement != LRU) {
    setWordAt(set, place, word);
    point(l, set, place);
  } else rotate(set, l.ways, place, word);
}

/** Takes the line out and returns its word, 0 when it was not there. */
function remove(l: Level, line: u32): u32 {
  const set = setOf(l, line);
  const place = placeOf(l, set, wordOf(l, line));
  if (place < 0) return 0;
  const word = wordAt(set, place);
  if (l.replacement != LRU) setWordAt(set, place, 0);
  else take(set, l.ways, place);
  return word;
}

/** Puts a word in as the newest and returns the word that had to leave, 0 when none. */
// @ts-ignore: decorator
@inline
function put(l: Level, set: usize, word: u32): u32 {
  if (l.replacement == LRU) {
    const victim = wordAt(set, l.ways - 1);
    push(set, l.ways, word);
    return victim;
  }
  return putFixed(l, set, word);
}

function putFixed(l: Level, set: usize, word: u32): u32 {
  let way: u32 = 0;
  while (way < l.ways && wordAt(set, way) != 0) way++;
  if (way == l.ways && l.replacement == RANDOM) {
    way = drawVictim(l.draws, l.ways);
    l.draws += 1;
  } else if (way == l.ways) {
    way = 0;
    const tree = load<u32>(l.trees + ((set - l.sets) / l.stride << 2));
    let node: u32 = 1;
    for (let half = l.ways >> 1; half >= 1; half >>= 1) {
      const right = (tree >> node) & 1;
      if (right) way += half;
      node = 2 * node + right;
    }
  }
  const victim = wordAt(set, way);
  setWordAt(set, way, word);
  point(l, set, way);
  return victim;
}

function insert(core: Core, k: u32, l: Level, line: u32, flags: u32): void {
  const set = setOf(l, line);
  const victim = put(l, set, wordOf(l, line) | flags);
  if (victim != 0 && ((victim & DIRTY) != 0 || l.leavesTrace)) evicted(core, k, l, lineOf(l, line, victim), victim);
}

function evicted(core: Core, k: u32, l: Level, line: u32, word: u32): void {
  let dirty = word & DIRTY;
  const m = machine();
  if (l.inclusion == INCLUSIVE) {
    if (l.shared) {
      for (let c: u32 = 0; c < m.cores; c++) {
        const peer = coreAt(c);
        for (let j: u32 = 0; j < k; j++) dirty |= remove(level(peer, j), line) & DIRTY;
      }
    } else for (let j: u32 = 0; j < k; j++) dirty |= remove(level(core, j), line) & DIRTY;
  }
  const next = k + 1;
  if (dirty) writeBack(core, next, line, word & SHARED);
  else if (next < m.levels) {
    const below = level(core, next);
    if (below.inclusion != EXCLUSIVE) return;
    const set = setOf(below, line);
    const tag = wordOf(below, line);
    if (placeOf(below, set, tag) >= 0) return;
    if (m.plain) insertAlone(core, below, next, line, set, tag);
    else insert(core, next, below, line, word & SHARED);
  }
}

/** A dirty line goes to level `k`, or to memory beyond the last. */
function writeBack(core: Core, k: u32, line: u32, shared: u32): void {
  count(WRITEBACKS);
  const m = machine();
  if (k >= m.levels) {
    toMemory();
    return;
  }
  const l = level(core, k);
  const set = setOf(l, line);
  const place = placeOf(l, set, wordOf(l, line));
  if (place < 0) insert(core, k, l, line, DIRTY | (k < m.privateLevels ? shared : 0));
  else setWordAt(set, place, wordAt(set, place) | DIRTY);
}

export function toMemory(): void {
  count(MEMORY_WRITES);
  machine().memoryLines += 1;
}

// @ts-ignore: decorator
@inline
function countLevel(k: u32, hit: bool): void {
  if (machine().counting) count(L1_HITS + 2 * k + (hit ? 0 : 1));
}

/** A load or store of one line; returns who served it and sets `wasPrefetched`. */
export function access(core: Core, line: u32, isStore: bool): u32 {
  const l = core.level0;
  const set = setOf(l, line);
  const place = placeOf(l, set, wordOf(l, line));
  wasPrefetched = false;
  if (place < 0) {
    count(L1_MISSES);
    if (isStore && !machine().writeBack) return storeThrough(core, line);
    if (machine().plain) return fillAlone(core, line, set, isStore ? DIRTY : 0);
    const got = obtain(core, 1, line, isStore);
    insert(core, 0, l, line, (isStore || (got & GOT_DIRTY) != 0 ? DIRTY : 0) | ((got & GOT_SHARED) != 0 ? SHARED : 0));
    return got & 7;
  }
  count(L1_HITS);
  const word = wordAt(set, place);
  wasPrefetched = (word & PREFETCHED) != 0;
  const through = isStore && !machine().writeBack;
  touch(l, set, place, (word & ~PREFETCHED) | (isStore && !through ? DIRTY : 0));
  if (!isStore) return 0;
  if (through) return storeThrough(core, line);
  return (word & SHARED) != 0 ? upgrade(core, line) : 0;
}

/** As `access` for a first level that writes back and is known not to hold the line, on a machine that is `plain`. */
export function missAlone(core: Core, line: u32, set: usize, flags: u32): u32 {
  count(L1_MISSES);
  return fillAlone(core, line, set, flags);
}

/**
 * `obtain` and the insertion into the first level, flattened for one core and LRU: the same steps in the same order.
 * `set` is the line's in the first level.
 */
function fillAlone(core: Core, line: u32, set: usize, flags: u32): u32 {
  let from = FROM_MEMORY;
  let moved: u32 = 0;
  const l2 = core.level1;
  if (l2) {
    const set2 = setOf(l2, line);
    const tag2 = wordOf(l2, line);
    const place2 = placeOf(l2, set2, tag2);
    if (place2 >= 0) {
      count(L1_HITS + 2);
      from = 1;
      const word = wordAt(set2, place2);
      if (l2.inclusion == EXCLUSIVE) {
        moved = word & DIRTY;
        take(set2, l2.ways, place2);
      } else rotate(set2, l2.ways, place2, word);
    } else {
      count(L1_MISSES + 2);
      const l3 = core.level2;
      if (l3) {
        const set3 = setOf(l3, line);
        const tag3 = wordOf(l3, line);
        const place3 = placeOf(l3, set3, tag3);
        if (place3 >= 0) {
          count(L1_HITS + 4);
          from = 2;
          const word = wordAt(set3, place3);
          if (l3.inclusion == EXCLUSIVE) {
            moved = word & DIRTY;
            take(set3, l3.ways, place3);
          } else rotate(set3, l3.ways, place3, word);
        } else {
          count(L1_MISSES + 4);
          machine().memoryLines += 1;
          if (l3.inclusion != EXCLUSIVE) insertAlone(core, l3, 2, line, set3, tag3);
        }
      } else machine().memoryLines += 1;
      if (l2.inclusion != EXCLUSIVE) {
        insertAlone(core, l2, 1, line, set2, tag2 | moved);
        moved = 0;
      }
    }
  } else machine().memoryLines += 1;
  insertAlone(core, core.level0, 0, line, set, wordOf(core.level0, line) | flags | moved);
  return from;
}

// @ts-ignore: decorator
@inline
function insertAlone(core: Core, l: Level, k: u32, line: u32, set: usize, word: u32): void {
  const victim = wordAt(set, l.ways - 1);
  push(set, l.ways, word);
  if (victim == 0) return;
  if ((victim & DIRTY) == 0) {
    if (!l.leavesTrace) return;
    if (k == 2) {
      // The last level, inclusive: its victim is most often nowhere nearer.
      const gone = lineOf(l, line, victim);
      const l1 = core.level0;
      const l2 = core.level1!;
      if (placeOf(l2, setOf(l2, gone), wordOf(l2, gone)) < 0 && placeOf(l1, setOf(l1, gone), wordOf(l1, gone)) < 0) return;
    }
  }
  evicted(core, k, l, lineOf(l, line, victim), victim);
}

/** Brings a line into the first level ahead of its use; returns who served it, or -1 when it was there. */
export function prefetch(core: Core, line: u32): i32 {
  const l = core.level0;
  if (placeOf(l, setOf(l, line), wordOf(l, line)) >= 0) return -1;
  count(PREFETCHES);
  machine().counting = false;
  const got = obtain(core, 1, line, false);
  insert(core, 0, l, line, PREFETCHED | ((got & GOT_DIRTY) != 0 ? DIRTY : 0) | ((got & GOT_SHARED) != 0 ? SHARED : 0));
  machine().counting = true;
  return got & 7;
}

/** A store that bypasses the caches: whatever they hold of the line leaves them first. */
export function bypass(core: Core, line: u32): void {
  let word = dropPeers(core, line);
  for (let k: u32 = 0; k < machine().levels; k++) word |= remove(level(core, k), line);
  if ((word & DIRTY) != 0) {
    count(WRITEBACKS);
    toMemory();
  }
}

/** The line is here but other cores have it too: they lose it. */
function upgrade(core: Core, line: u32): u32 {
  for (let k: u32 = 0; k < machine().privateLevels; k++) {
    const l = level(core, k);
    const set = setOf(l, line);
    const place = placeOf(l, set, wordOf(l, line));
    if (place >= 0) setWordAt(set, place, wordAt(set, place) & ~SHARED);
  }
  dropPeers(core, line);
  count(OWNERSHIP_TRANSFERS);
  return FROM_CORE;
}

/** Write-through: the second level takes the store, which waits only for a line that is not there. */
function storeThrough(core: Core, line: u32): u32 {
  const l = core.level1!;
  const set = setOf(l, line);
  const place = placeOf(l, set, wordOf(l, line));
  if (place < 0) {
    countLevel(1, false);
    const got = obtainBelow(core, 1, line, true);
    insert(core, 1, l, line, DIRTY | ((got & GOT_SHARED) != 0 ? SHARED : 0));
    return got & 7;
  }
  countLevel(1, true);
  const word = wordAt(set, place);
  touch(l, set, place, word | DIRTY);
  return (word & SHARED) != 0 ? upgrade(core, line) : 0;
}

/** Takes a line from level `k` or further out, filling the levels on the way. */
function obtain(core: Core, k: u32, line: u32, own: bool): u32 {
  const m = machine();
  if (k >= m.privateLevels) return obtainBelow(core, k - 1, line, own);
  const l = level(core, k);
  const set = setOf(l, line);
  const place = placeOf(l, set, wordOf(l, line));
  if (place >= 0) {
    countLevel(k, true);
    let word = wordAt(set, place);
    let from = k;
    if (own && (word & SHARED) != 0) {
      from = upgrade(core, line);
      word &= ~SHARED;
    }
    const shared = (word & SHARED) != 0 ? GOT_SHARED : 0;
    if (l.inclusion == EXCLUSIVE) {
      remove(l, line);
      return from | shared | ((word & DIRTY) != 0 ? GOT_DIRTY : 0);
    }
    touch(l, set, place, word);
    return from | shared;
  }
  countLevel(k, false);
  const got = obtainBelow(core, k, line, own);
  if (l.inclusion == EXCLUSIVE) return got;
  insert(core, k, l, line, ((got & GOT_DIRTY) != 0 ? DIRTY : 0) | ((got & GOT_SHARED) != 0 ? SHARED : 0));
  return got & ~GOT_DIRTY;
}

/** What lies beyond level `k`: a further private level, another core, the shared levels, memory. */
function obtainBelow(core: Core, k: u32, line: u32, own: bool): u32 {
  const m = machine();
  if (k + 1 < m.privateLevels) return obtain(core, k + 1, line, own);
  if (m.cores == 1) return obtainShared(core, m.privateLevels, line, false);
  if (own) {
    const peers = dropPeers(core, line);
    if (peers != 0) {
      count(OWNERSHIP_TRANSFERS);
      return FROM_CORE | ((peers & DIRTY) != 0 ? GOT_DIRTY : 0);
    }
    return obtainShared(core, m.privateLevels, line, false);
  }
  let seen: u32 = 0;
  for (let c: u32 = 0; c < m.cores; c++) {
    if (c == core.number) continue;
    const peer = coreAt(c);
    for (let j: u32 = 0; j < m.privateLevels; j++) {
      const l = level(peer, j);
      const set = setOf(l, line);
      const place = placeOf(l, set, wordOf(l, line));
      if (place < 0) continue;
      const word = wordAt(set, place);
      seen |= word;
      setWordAt(set, place, (word & ~DIRTY) | SHARED);
    }
  }
  if ((seen & DIRTY) != 0) {
    count(OWNERSHIP_TRANSFERS);
    writeBack(core, m.privateLevels, line, 0);
    return FROM_CORE | GOT_SHARED;
  }
  const got = obtainShared(core, m.privateLevels, line, seen != 0);
  return got | (seen != 0 ? GOT_SHARED : 0);
}

function obtainShared(core: Core, k: u32, line: u32, peerHasIt: bool): u32 {
  const m = machine();
  if (k >= m.levels) {
    if (peerHasIt) return FROM_CORE;
    m.memoryLines += 1;
    return FROM_MEMORY;
  }
  const l = level(core, k);
  const set = setOf(l, line);
  const place = placeOf(l, set, wordOf(l, line));
  if (place >= 0) {
    countLevel(k, true);
    const word = wordAt(set, place);
    if (l.inclusion == EXCLUSIVE) {
      if (l.replacement != LRU) setWordAt(set, place, 0);
      else take(set, l.ways, place);
      return k | ((word & DIRTY) != 0 ? GOT_DIRTY : 0);
    }
    touch(l, set, place, word);
    return k;
  }
  countLevel(k, false);
  const got = obtainShared(core, k + 1, line, peerHasIt);
  if (l.inclusion == EXCLUSIVE) return got;
  insert(core, k, l, line, (got & GOT_DIRTY) != 0 ? DIRTY : 0);
  return got & ~GOT_DIRTY;
}

/** Takes the line from all other cores' private caches; returns the flags they had, 0 when none had it. */
function dropPeers(core: Core, line: u32): u32 {
  const m = machine();
  let seen: u32 = 0;
  for (let c: u32 = 0; c < m.cores; c++) {
    if (c == core.number) continue;
    const peer = coreAt(c);
    for (let k: u32 = 0; k < m.privateLevels; k++) seen |= remove(level(peer, k), line);
  }
  return seen & FLAGS;
}
