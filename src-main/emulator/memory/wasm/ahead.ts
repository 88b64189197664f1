// Loads worked out ahead of their times, a level at a time: first the translations of a whole chunk, then what each
// cache level makes of what the one before asked of it. Each pass is a tight loop over one small state, whose rounds
// the host runs side by side; one access after the other, it would wait at every turn of fortune. `retire` then goes
// through the chunk in simulated time.
//
// That is exact only while nothing further out reaches back: on one core with LRU everywhere, without prefetchers, for
// loads. An inclusive last level reaches back when it drops a line that is nearer, too; then, and whenever anything else
// looks at the state with loads still ahead of their time (`settle`), the chunk is taken back.
import { setOf, wordOf } from './caches';
import { arrival, latest, NEVER, retireLoads } from './fills';
import { find, findMasked, placesMasked, push, rotate, tagMask } from './lru';
import { ACCESSED, entryAt, HUGE_REGION, PRESENT, regionSlot } from './page-table';
import { keepsPosition, RANDOM, randomSlots, slotAt } from './pattern';
import { latencyOf, startWalk, walkFrom } from './tlb';
import {
  addCount, addTime, advance, allocate, CAUSE_TLB, CAUSE_WALK, Core, coreAt, DIRTY, EXECUTE, INCLUSIVE, L1_HITS, L1_MISSES,
  Level, LOADS, machine, MEMORY_WRITES, NON_INCLUSIVE, Tlb, TLB1_HITS, TLB1_MISSES, TLB2_HITS, VALID, waitUntil, WALK_LOADS, WALKS, WRITEBACKS,
} from './state';
import { findAgain, knows, WalkCache } from './walk-cache';

/** Most accesses of a chunk. */
const CHUNK: u32 = 384;
/** ... of which chunks are at least, and grow by. */
const LEAST: u32 = 32;
/** A chunk of fewer was not worth its while. */
const WORTH: u32 = 16;
/** Accesses one at a time after such a one, or one that hit the first level nearly always; doubled each time in a row. */
const PAUSE: u32 = 256;
const PAUSE_MOST: u32 = 16384;
/** State nearer than the last level, which is copied for every chunk, is at most so many bytes. */
const COPIED_MOST: usize = 128 * 1024;

/** Lines asked of the first level: four loads of a walk, then the access. */
const ITEMS: u32 = CHUNK * 5;
/** What may reach the second level: a miss and a dirty victim an item; and the last: a dirty victim for each of these. */
const REQUESTS: u32 = ITEMS * 3;

/** By access: 0 when the first TLB had it, 1 the second; 2 and four times the number of walk loads otherwise. */
const codes: usize = memory.data(CHUNK * 4, 16);
/** By access: the slot of its page's entry, its page and where in the page its line is, then its line. */
const slots: usize = memory.data(CHUNK * 4, 16);
const pages: usize = memory.data(CHUNK * 4, 16);
const places: usize = memory.data(CHUNK * 4, 16);
/** By item: its line, the level that served it, dirty lines moved for it and written to memory for it. */
const lines: usize = memory.data(ITEMS * 4, 16);
const served: usize = memory.data(ITEMS, 16);
const moved: usize = memory.data(ITEMS, 16);
const written: usize = memory.data(ITEMS, 16);
/** Requests of the second and of the last level: line, and its item with WRITE_BACK. */
const nearLines: usize = memory.data(REQUESTS * 4, 16);
const nearItems: usize = memory.data(REQUESTS * 4, 16);
const lastLines: usize = memory.data(REQUESTS * 4, 16);
const lastItems: usize = memory.data(REQUESTS * 4, 16);
/** What the last level did: set, place (with IN_PLACE) and the word that was there. */
const logSets: usize = memory.data(REQUESTS * 4, 16);
const logPlaces: usize = memory.data(REQUESTS, 16);
const logWords: usize = memory.data(REQUESTS * 4, 16);
/** Lines it dropped, and the items for which it did. */
const victims: usize = memory.data(REQUESTS * 4, 16);
const victimItems: usize = memory.data(REQUESTS * 4, 16);
/** Requests of this chunk by set of the last level, modulo their number. */
const arrivals: usize = memory.data(4096, 16);
const ARRIVALS: u32 = 4096;
/** Latency and transfer time by who serves; one, shifted by 16 bits for each. */
const latencies: usize = memory.data(4 * 8, 16);
const transfers: usize = memory.data(4 * 8, 16);
const ones: usize = memory.data(4 * 8, 16);

/** Accesses worked out and not yet retired. */
const ahead: usize = memory.data(4, 4);

const WRITE_BACK: u32 = 0x80000000;
const IN_PLACE: u32 = 0x80;

let possible: bool = false;
let copies: usize = 0;
/** Accesses of the chunk, those that have retired, and the item of the next. */
let chunk: u32 = 0;
let retired: u32 = 0;
let item: u32 = 0;
/** Number in the batch of the chunk's first access, and the batch's position then. */
let first: u32 = 0;
let position: u32 = 0;
/** What retired of late: items by who served them, translations by their code, 16 bits each. */
let tally: i64 = 0;
let translations: i64 = 0;
let walkLoads: u32 = 0;
let lastLog: u32 = 0;
let writes: bool = false;
/** Of no use but to keep loads that are made for the host's caches. */
let touched: u32 = 0;
/** A set of the last level was asked so often that it may have dropped what came in the same chunk. */
let crowded: bool = false;
let pause: u32 = PAUSE;
let pausedUntil: u32 = 0;
/** Requests of the first level: where they are few, accesses are faster one at a time. */
let asked: u32 = 0;
/** Most accesses of the next chunk: fewer while the last level reaches back often. */
let size: u32 = CHUNK;
let reached: bool = false;

// @ts-ignore: decorator
@inline
function bytesOf(l: Level): usize {
  return (<usize>l.mask + 1) * l.slices * l.stride;
}
// @ts-ignore: decorator
@inline
function tlbBytes(tlb: Tlb): usize {
  return (<usize>tlb.mask + 1) * tlb.stride;
}
// @ts-ignore: decorator
@inline
function lastOf(core: Core): Level {
  return machine().levels == 3 ? core.level2! : core.level1!;
}

/** After all levels and TLBs are made: whether this machine is one whose loads can be worked out ahead. */
export function setUpAhead(): void {
  const m = machine();
  possible = false;
  if (!m.plain || !m.writeBack || m.levels < 2 || (m.prefetchNext | m.prefetchStride) != 0 || m.loadedRows != 0) return;
  const core = coreAt(0);
  const last = lastOf(core);
  const three = m.levels == 3;
  if (three && core.level1!.inclusion != NON_INCLUSIVE) return;
  if (last.inclusion != NON_INCLUSIVE && !(three && last.inclusion == INCLUSIVE)) return;
  const bytes = tlbBytes(core.tlb1) + (core.tlb2 ? tlbBytes(core.tlb2!) : 0) + core.walk1.bytes + core.walk2.bytes + core.walk3.bytes + bytesOf(core.level0) + (three ? bytesOf(core.level1!) : 0);
  if (bytes > COPIED_MOST) return;
  copies = allocate(bytes);
  possible = true;
}

// @ts-ignore: decorator
@inline
function move(at: usize, copy: usize, bytes: usize, back: bool): usize {
  if (back) memory.copy(at, copy, bytes);
  else memory.copy(copy, at, bytes);
  return copy + bytes;
}

/** Copies all state that is small, there or back; the first and second cache level lie at `copies`. */
function copyNear(core: Core, back: bool): void {
  let at = move(core.level0.sets, copies, bytesOf(core.level0), back);
  if (machine().levels == 3) at = move(core.level1!.sets, at, bytesOf(core.level1!), back);
  at = move(core.tlb1.sets, at, tlbBytes(core.tlb1), back);
  if (core.tlb2) at = move(core.tlb2!.sets, at, tlbBytes(core.tlb2!), back);
  at = moveWalkCache(core.walk1, at, back);
  at = moveWalkCache(core.walk2, at, back);
  moveWalkCache(core.walk3, at, back);
}

function moveWalkCache(cache: WalkCache, copy: usize, back: bool): usize {
  const end = move(cache.state, copy, cache.bytes, back);
  if (back) findAgain(cache);
  return end;
}

/** Puts back the word that was at `place` before it or another became the first. */
function rotateBack(at: usize, place: u32, word: u32): void {
  for (let k: u32 = 0; k < place; k++) store<u32>(at + (<usize>k << 2), load<u32>(at + (<usize>k << 2), 4));
  store<u32>(at + (<usize>place << 2), word);
}

function takeBack(core: Core): void {
  copyNear(core, true);
  for (let k = lastLog; k > 0; k--) {
    const at = <usize>(k - 1);
    const set = load<u32>(logSets + (at << 2));
    const place: u32 = load<u8>(logPlaces + at);
    const word = load<u32>(logWords + (at << 2));
    if ((place & IN_PLACE) != 0) store<u32>(set + ((<usize>place & 0x7f) << 2), word);
    else rotateBack(set, place, word);
  }
  lastLog = 0;
  core.position = position;
}

/** Address of a word that is not 0 while loads are ahead of their time: worked out and not yet retired. */
export function aheadAt(): usize {
  return ahead;
}
// @ts-ignore: decorator
@inline
export function isAhead(): bool {
  return load<u32>(ahead) != 0;
}

/** Takes back what is ahead of its time. To be called before anything but `run` touches caches, TLBs or page tables. */
export function settle(): void {
  if (!isAhead()) return;
  const core = coreAt(0);
  takeBack(core);
  const again = retired;
  chunk = 0;
  if (again > 0) workOut(core, first, again);
  chunk = 0;
  retired = 0;
  store<u32>(ahead, 0);
}

/** Works out the next chunk of a batch of loads; false when the next goes one access at a time. */
export function lookAhead(core: Core, next: u32, end: u32): bool {
  if (next < pausedUntil) return false;
  reached = false;
  const n = workOut(core, next, min(end - next, size));
  const then = next + n;
  size = reached ? max(size >> 1, LEAST) : min(size + LEAST, CHUNK);
  if (then == end || (n >= WORTH && asked >= n >> 2)) {
    pause = PAUSE;
    // What reaches back goes alone.
    pausedUntil = reached ? then + 1 : 0;
  } else {
    pausedUntil = then + pause;
    pause = min(2 * pause, PAUSE_MOST);
  }
  store<u32>(ahead, n);
  return n > 0;
}

/** For a new batch. */
export function forgetPause(): void {
  pausedUntil = 0;
}

/** Whether the batch is one of those that are worked out ahead. */
// @ts-ignore: decorator
@inline
export function suits(core: Core): bool {
  return possible && core.kind == 0;
}

/** Works out up to `n` accesses from access `from` on and returns how many: those before one that reaches back. */
function workOut(core: Core, from: u32, n: u32): u32 {
  first = from;
  position = core.position;
  retired = 0;
  item = 0;
  let good = attempt(core, n);
  while (good != chunk) {
    reached = true;
    takeBack(core);
    chunk = 0;
    if (good > 0) good = attempt(core, good);
  }
  return good;
}

/** Sets `chunk` to the number of accesses that were worked out; returns how many of them stand. */
function attempt(core: Core, n: u32): u32 {
  lastLog = 0;
  copyNear(core, false);
  const items = translateAll(core, n);
  if (items == 0) return 0;
  if (writes) {
    memory.fill(moved, 0, ITEMS);
    memory.fill(written, 0, ITEMS);
    writes = false;
  }
  const l2 = core.level1!;
  if (machine().levels == 2) {
    asked = firstPass(core.level0, items, lastLines, lastItems);
    lastPass(l2, 1, asked);
    return chunk;
  }
  const l3 = core.level2!;
  memory.fill(arrivals, 0, ARRIVALS);
  asked = firstPass(core.level0, items, nearLines, nearItems);
  const gone = lastPass(l3, 2, middlePass(l2, asked));
  if (l3.inclusion != INCLUSIVE) return chunk;
  return crowded ? chunk >> 1 : reachesBack(core, gone) ? firstReached(core) : chunk;
}

/** Translates up to `n` accesses, up to the first that needs more than a look-up; returns the number of items. */
function translateAll(core: Core, n: u32): u32 {
  const found = address(core, n);
  const done = core.tlb1.ways == 4 && core.tlb2 != null && core.tlb2!.ways == 4 ? lookUp(4, 4, core, found) : lookUp(core.tlb1.ways, core.tlb2 == null ? 0 : core.tlb2!.ways, core, found);
  if (done < n) {
    // The pattern stands where it stood before the first that is left.
    core.position = position;
    if (keepsPosition(core.order)) for (let k: u32 = 0; k < done; k++) slotAt(core, first + k);
  }
  chunk = done;
  return walk(core, done);
}

/** Where accesses go: `slots`, `pages` and `places`; up to the first that straddles lines, lies in a 2 MiB page or in a gap. */
function address(core: Core, n: u32): u32 {
  const lineShift = machine().lineShift;
  const lineMask: u32 = (1 << lineShift) - 1;
  const most: u32 = lineMask + 1 - core.width;
  const base = <i64>(core.base + core.offset);
  const stride = <i64>core.stride;
  const random = core.order == RANDOM;
  const seed = core.seed;
  const range = core.slots;
  // Drawn four at a time; what is too many lies in the buffer and is not looked at.
  if (random) for (let k: u32 = 0; k < n; k += 4) v128.store(slots + (<usize>k << 2), randomSlots(seed, range, first + k));
  let sum: u32 = 0;
  for (let k: u32 = 0; k < n; k++) {
    const address = base + <i64>(random ? load<u32>(slots + (<usize>k << 2)) : slotAt(core, first + k)) * stride;
    const region = regionSlot(core.space, address >> 21);
    // A missing table has HUGE_REGION's bit, too.
    if ((u32((<u32>address & lineMask) > most) | (region & HUGE_REGION)) != 0) return k;
    const at = <usize>k << 2;
    const page = <u32>(address >> 12);
    const slot = region | (page & 511);
    store<u32>(slots + at, slot);
    store<u32>(pages + at, page);
    store<u32>(places + at, (<u32>address & 4095) >> lineShift);
    // Touched only so that the host fetches it.
    sum += load<u32>(entryAt(slot));
  }
  touched = sum;
  return n;
}

/**
 * Both TLBs for `n` accesses: `codes`, and in `places` the lines. Stops at the first whose entry is not simply there,
 * and returns its number.
 */
// @ts-ignore: decorator
@inline
function lookUp(ways1: u32, ways2: u32, core: Core, n: u32): u32 {
  const pageShift = 12 - machine().lineShift;
  const tables = machine().tablesBase;
  const tlb1 = core.tlb1;
  const sets1 = tlb1.sets;
  const mask1 = tlb1.mask;
  const payloads1 = payloadsOf(ways1);
  const tlb2 = core.tlb2;
  const sets2 = tlb2 ? tlb2.sets : 0;
  const mask2 = tlb2 ? tlb2.mask : 0;
  const payloads2 = payloadsOf(ways2);
  const known = PRESENT | ACCESSED;
  for (let k: u32 = 0; k < n; k++) {
    const at = <usize>k << 2;
    const slot = load<u32>(slots + at);
    const page = load<u32>(pages + at);
    const tag = slot + 1;
    const set1 = sets1 + <usize>(page & mask1) * (2 * payloads1);
    const place = find(set1, ways1, tag);
    let payload: u32;
    let code: u32 = 0;
    if (place >= 0) {
      payload = load<u32>(set1 + payloads1 + (<usize>place << 2));
      if (place > 0) {
        rotate(set1, ways1, place, tag);
        rotate(set1 + payloads1, ways1, place, payload);
      }
    } else {
      const entry = load<u64>(tables + (<usize>slot << 3));
      if ((<u32>entry & known) != known) return k;
      payload = (<u32>(entry >> 10) & ~3) | ((<u32>entry >> 1) & 1) | ((<u32>entry >> 5) & 2);
      code = 2;
      if (ways2 != 0) {
        const set2 = sets2 + <usize>(page & mask2) * (2 * payloads2);
        const other = find(set2, ways2, tag);
        if (other >= 0) {
          code = 1;
          payload = load<u32>(set2 + payloads2 + (<usize>other << 2));
          if (other > 0) {
            rotate(set2, ways2, other, tag);
            rotate(set2 + payloads2, ways2, other, payload);
          }
        } else {
          push(set2, ways2, tag);
          push(set2 + payloads2, ways2, payload);
        }
      }
      push(set1, ways1, tag);
      push(set1 + payloads1, ways1, payload);
    }
    store<u32>(codes + at, code);
    store<u32>(places + at, load<u32>(places + at) + ((payload >> 2) << pageShift));
  }
  return n;
}

/** Bytes from a TLB set's tags to its payloads; half a set. */
// @ts-ignore: decorator
@inline
function payloadsOf(ways: u32): usize {
  return ((ways + 3) & ~3) << 2;
}

/** Puts the lines of all items in a row: those of an access's walk, then its own; completes `codes`. */
function walk(core: Core, n: u32): u32 {
  const cache = core.walk1;
  const tablesAt = (<u64>machine().frames) << 12;
  const lineShift = machine().lineShift;
  let out = lines;
  for (let k: u32 = 0; k < n; k++) {
    const at = <usize>k << 2;
    let code = load<u32>(codes + at);
    if (code == 2) {
      const slot = load<u32>(slots + at);
      let loads: u32 = 1;
      if (knows(cache, slot >> 9)) store<u32>(out, <u32>((tablesAt + (<u64>slot << 3)) >> lineShift));
      else loads = walkFrom(core, pageOf(core, k), 1, true, out);
      code = 2 | (loads << 2);
      out += <usize>loads << 2;
    }
    store<u32>(codes + at, code);
    store<u32>(out, load<u32>(places + at));
    out += 4;
  }
  return <u32>(out - lines) >> 2;
}

/** The whole page number of access `k`, of which `pages` has 32 bits: the range is not that long. */
// @ts-ignore: decorator
@inline
function pageOf(core: Core, k: u32): i64 {
  const start = <i64>(core.base + core.offset) >> 12;
  const low = load<u32>(pages + (<usize>k << 2));
  return start + <i64>(low - <u32>start);
}

/** As `setOf` of caches.ts, with what belongs to the level at hand. */
// @ts-ignore: decorator
@inline
function indexOf(line: u32, tag: u32, mask: u32, bits: u32, slices: u32): u32 {
  const index = line & mask;
  return slices == 1 ? index : index + (<u32>((<u64>(tag * 0x9e3779b1) * slices) >> 32) << bits);
}
/** Bytes of a set. */
// @ts-ignore: decorator
@inline
function strideOf(ways: u32): usize {
  return ((ways + 3) & ~3) << 2;
}

// @ts-ignore: decorator
@inline
function moveDirty(item: u32): void {
  store<u8>(moved + item, load<u8>(moved + item) + 1);
  writes = true;
}

// Each pass is written once and compiled for the usual number of ways, where it has no loops, and for any.

/** The first level looks at every item; what it asks of the next goes to `outLines`, `outItems`. */
function firstPass(l: Level, items: u32, outLines: usize, outItems: usize): u32 {
  return l.ways == 8 ? firstPassOf(8, l, items, outLines, outItems) : firstPassOf(l.ways, l, items, outLines, outItems);
}

// @ts-ignore: decorator
@inline
function firstPassOf(ways: u32, l: Level, items: u32, outLines: usize, outItems: usize): u32 {
  const bits = l.bits;
  const mask = l.mask;
  const sets = l.sets;
  const slices = l.slices;
  let n: usize = 0;
  for (let k: u32 = 0; k < items; k++) {
    const line = load<u32>(lines + (<usize>k << 2));
    const tag = line >> bits;
    const set = sets + <usize>indexOf(line, tag, mask, bits, slices) * strideOf(ways);
    const word = (tag << 4) | VALID;
    const places = placesMasked(set, ways, word, tagMask);
    const miss = u32(places == 0);
    const there = ctz(places | (1 << (ways - 1)));
    const had = load<u32>(set + (<usize>there << 2));
    rotate(set, ways, there, had ^ ((had ^ word) & -miss));
    store<u8>(served + k, <u8>miss);
    store<u32>(outLines + n, line);
    store<u32>(outItems + n, k);
    n += <usize>miss << 2;
    if ((miss & (had >> 1)) != 0) {
      moveDirty(k);
      store<u32>(outLines + n, ((had >> 4) << bits) | (line & mask));
      store<u32>(outItems + n, k | WRITE_BACK);
      n += 4;
    }
  }
  return <u32>n >> 2;
}

/** A level between the first and the last. */
function middlePass(l: Level, requests: u32): u32 {
  return l.ways == 8 ? middlePassOf(8, l, requests) : middlePassOf(l.ways, l, requests);
}

// @ts-ignore: decorator
@inline
function middlePassOf(ways: u32, l: Level, requests: u32): u32 {
  const bits = l.bits;
  const mask = l.mask;
  const sets = l.sets;
  const slices = l.slices;
  let n: usize = 0;
  for (let k: u32 = 0; k < requests; k++) {
    const line = load<u32>(nearLines + (<usize>k << 2));
    const owner = load<u32>(nearItems + (<usize>k << 2));
    const tag = line >> bits;
    const set = sets + <usize>indexOf(line, tag, mask, bits, slices) * strideOf(ways);
    const word = (tag << 4) | VALID;
    const places = placesMasked(set, ways, word, tagMask);
    const miss = u32(places == 0);
    const there = ctz(places | (1 << (ways - 1)));
    const had = load<u32>(set + (<usize>there << 2));
    if (<i32>owner >= 0) {
      rotate(set, ways, there, had ^ ((had ^ word) & -miss));
      store<u8>(served + owner, <u8>(1 + miss));
      store<u32>(lastLines + n, line);
      store<u32>(lastItems + n, owner);
      n += <usize>miss << 2;
    } else if (miss != 0) push(set, ways, word | DIRTY);
    else store<u32>(set + (<usize>there << 2), had | DIRTY);
    if ((miss & (had >> 1)) != 0) {
      const item = owner & ~WRITE_BACK;
      moveDirty(item);
      store<u32>(lastLines + n, ((had >> 4) << bits) | (line & mask));
      store<u32>(lastItems + n, item | WRITE_BACK);
      n += 4;
    }
  }
  return <u32>n >> 2;
}

/** The last level, `index`; the lines it dropped go to `victims`, whose number is returned. */
function lastPass(l: Level, index: u32, requests: u32): u32 {
  return l.ways == 16 ? lastPassOf(16, l, index, requests) : lastPassOf(l.ways, l, index, requests);
}

// @ts-ignore: decorator
@inline
function lastPassOf(ways: u32, l: Level, index: u32, requests: u32): u32 {
  const bits = l.bits;
  const mask = l.mask;
  const sets = l.sets;
  const slices = l.slices;
  // Finding the sets first, and touching them, lets the host fetch many of them at once.
  let sum: u32 = 0;
  let most: u32 = 0;
  for (let k: u32 = 0; k < requests; k++) {
    const line = load<u32>(lastLines + (<usize>k << 2));
    const index = indexOf(line, line >> bits, mask, bits, slices);
    const set = sets + <usize>index * strideOf(ways);
    store<u32>(logSets + (<usize>k << 2), <u32>set);
    sum += load<u32>(set);
    const at = arrivals + (index & (ARRIVALS - 1));
    const came = <u32>load<u8>(at) + 1;
    store<u8>(at, <u8>came);
    most = max(most, came);
  }
  touched = sum;
  crowded = most >= ways;
  let n: usize = 0;
  for (let k: u32 = 0; k < requests; k++) {
    const line = load<u32>(lastLines + (<usize>k << 2));
    const owner = load<u32>(lastItems + (<usize>k << 2));
    const tag = line >> bits;
    const set = <usize>load<u32>(logSets + (<usize>k << 2));
    const word = (tag << 4) | VALID;
    const places = placesMasked(set, ways, word, tagMask);
    const miss = u32(places == 0);
    const there = ctz(places | (1 << (ways - 1)));
    const had = load<u32>(set + (<usize>there << 2));
    store<u32>(logWords + (<usize>k << 2), had);
    store<u8>(logPlaces + k, <u8>there);
    if (<i32>owner >= 0) {
      rotate(set, ways, there, had ^ ((had ^ word) & -miss));
      store<u8>(served + owner, <u8>(index + (-miss & (3 - index))));
    } else if (miss != 0) push(set, ways, word | DIRTY);
    else {
      store<u32>(set + (<usize>there << 2), had | DIRTY);
      store<u8>(logPlaces + k, <u8>(there | IN_PLACE));
    }
    store<u32>(victims + n, ((had >> 4) << bits) | (line & mask));
    store<u32>(victimItems + n, owner);
    n += <usize>(miss & had & VALID) << 2;
    if ((miss & (had >> 1)) != 0) {
      const item = owner & ~WRITE_BACK;
      moveDirty(item);
      store<u8>(written + item, load<u8>(written + item) + 1);
    }
  }
  lastLog = requests;
  return <u32>n >> 2;
}

/**
 * Whether a line the last level dropped may have been nearer at that moment. Whatever is nearer at any time of the chunk
 * was there at its beginning or was asked of the last level since, which keeps such a line unless the set is crowded.
 */
function reachesBack(core: Core, gone: u32): bool {
  const l1 = core.level0;
  const l2 = core.level1!;
  const then1 = copies - l1.sets;
  const then2 = copies + bytesOf(l1) - l2.sets;
  let found: i32 = -1;
  for (let k: u32 = 0; k < gone; k++) found &= placeNear(l1, l2, then1, then2, load<u32>(victims + (<usize>k << 2)));
  return found >= 0;
}

/** A place where the line was nearer when the chunk began, negative when there was none. */
// @ts-ignore: decorator
@inline
function placeNear(l1: Level, l2: Level, then1: usize, then2: usize, line: u32): i32 {
  return findMasked(then2 + setOf(l2, line), l2.ways, wordOf(l2, line), tagMask) & findMasked(then1 + setOf(l1, line), l1.ways, wordOf(l1, line), tagMask);
}

/** Number of the access, within the chunk, for which the last level first dropped such a line. */
function firstReached(core: Core): u32 {
  const l1 = core.level0;
  const l2 = core.level1!;
  const then1 = copies - l1.sets;
  const then2 = copies + bytesOf(l1) - l2.sets;
  let k: u32 = 0;
  while (placeNear(l1, l2, then1, then2, load<u32>(victims + (<usize>k << 2))) < 0) k++;
  const owner = load<u32>(victimItems + (<usize>k << 2)) & ~WRITE_BACK;
  let access: u32 = 0;
  let item = load<u32>(codes) >> 2;
  while (item < owner) {
    access++;
    item += (load<u32>(codes + (<usize>access << 2)) >> 2) + 1;
  }
  return access;
}

/** Lets the loads of the chunk retire up to the horizon; returns how many did. */
export function retire(core: Core, horizon: f64): u32 {
  const m = machine();
  for (let level: u32 = 0; level <= 3; level++) {
    const at = <usize>level << 3;
    store<i64>(ones + at, <i64>1 << (16 * level));
    if (level == 2 && m.levels < 3) continue;
    store<f64>(latencies + at, latencyOf(core, level, core.now));
    store<f64>(transfers + at, level == 3 ? m.memoryTransfer : level == 0 ? 0 : level == 1 ? core.level1!.transfer : core.level2!.transfer);
  }
  const firstItem = item;
  const sequence = core.sequence;
  tally = 0;
  translations = 0;
  walkLoads = 0;
  if (core.dependent) retireInTurn(core, horizon);
  else retireTogether(core, horizon);
  store<u32>(ahead, chunk - retired);
  const done = <f64>(core.sequence - sequence);
  addTime(core, EXECUTE, done * (core.dependent ? 0 : m.loadIssue));
  addCount(LOADS, done);
  const second = <f64>((tally >> 16) & 0xffff);
  const third = <f64>((tally >> 32) & 0xffff);
  const missed = <f64>((tally >> 48) & 0xffff);
  addCount(L1_HITS, <f64>(tally & 0xffff));
  addCount(L1_MISSES, second + third + missed);
  addCount(L1_HITS + 2, second);
  addCount(L1_MISSES + 2, third + missed);
  if (m.levels == 3) {
    addCount(L1_HITS + 4, third);
    addCount(L1_MISSES + 4, missed);
  }
  m.memoryLines += (tally >> 48) & 0xffff;
  const walks = <f64>((translations >> 32) & 0xffff);
  const refills = <f64>((translations >> 16) & 0xffff);
  addCount(TLB1_HITS, <f64>(translations & 0xffff));
  addCount(TLB1_MISSES, walks + refills);
  addCount(TLB2_HITS, refills);
  addCount(WALKS, walks);
  addCount(WALK_LOADS, <f64>walkLoads);
  if (writes) countWrites(firstItem, item);
  return <u32>done;
}

/** Loads that wait only for a fill buffer, a walker or the load window. */
function retireTogether(core: Core, horizon: f64): void {
  const m = machine();
  const loadCost = m.loadIssue;
  const loadWindow = m.loadWindow;
  const fillBuffers = m.fillBuffers;
  const oneWalker = m.walkers == 1;
  const walkOverhead = m.walkOverhead;
  const tlb2Penalty = m.tlb2Penalty;
  const fillReady = core.fillReady;
  const fillCause = core.fillCause;
  const fillIndex = core.fillIndex;
  const pathFree = core.pathFree;
  const time = core.time;
  const end = chunk;
  let fills = core.nextFill;
  let walker = load<f64>(core.walkerFree);
  let walkWait: f64 = 0;
  let now = core.now;
  let sequence = core.sequence;
  let stallAt = core.stallAt;
  let levels: i64 = 0;
  let kinds: i64 = 0;
  let walked: u32 = 0;
  let k = retired;
  let j = item;
  for (; k < end && now < horizon; k++) {
    if (sequence >= stallAt) {
      core.nextFill = fills;
      core.doneFills = 0;
      now = retireLoads(core, now, sequence);
      stallAt = core.stallAt;
    }
    const code = load<u32>(codes + (<usize>k << 2));
    let translated = now;
    kinds += load<i64>(ones + ((code & 3) << 3));
    if (code >= 2) {
      const loads = code >> 2;
      walked += loads;
      let level = <usize>load<u8>(served + j) << 3;
      let latency = walkOverhead + load<f64>(latencies + level);
      levels += load<i64>(ones + level);
      for (let n: u32 = 1; n < loads; n++) {
        level = <usize>load<u8>(served + j + n) << 3;
        latency += load<f64>(latencies + level);
        levels += load<i64>(ones + level);
      }
      j += loads;
      if (oneWalker) {
        const start = latest(walker, now);
        walkWait += start - now;
        now = start;
        translated = start + latency;
        walker = translated;
      } else {
        core.now = now;
        translated = startWalk(core, latency);
        now = core.now;
      }
    } else if (code == 1) translated = now + tlb2Penalty;
    now += loadCost;
    const level = <usize>load<u8>(served + j);
    j++;
    levels += load<i64>(ones + (level << 3));
    if (level != 0) {
      const cause = time + (<usize>load<u32>(fillCause + (<usize>fills << 2)) << 3);
      const free = latest(load<f64>(fillReady + (<usize>fills << 3)), now);
      store<f64>(cause, load<f64>(cause) + (free - now));
      now = free;
      const path = pathFree + (level << 3);
      const begin = latest(latest(now, translated), load<f64>(path));
      store<f64>(path, begin + load<f64>(transfers + (level << 3)));
      store<f64>(fillReady + (<usize>fills << 3), begin + load<f64>(latencies + (level << 3)));
      store<u32>(fillCause + (<usize>fills << 2), <u32>level);
      store<i64>(fillIndex + (<usize>fills << 3), sequence);
      fills = fills + 1 == fillBuffers ? 0 : fills + 1;
      if (stallAt == NEVER) stallAt = sequence + loadWindow;
    }
    sequence += 1;
  }
  if (oneWalker) store<f64>(core.walkerFree, walker);
  addTime(core, CAUSE_WALK, walkWait);
  core.now = now;
  core.sequence = sequence;
  core.stallAt = stallAt;
  core.nextFill = fills;
  core.doneFills = 0;
  tally = levels;
  translations = kinds;
  walkLoads = walked;
  retired = k;
  item = j;
}

/** Loads of which each waits for the data of the one before. */
function retireInTurn(core: Core, horizon: f64): void {
  const m = machine();
  const end = chunk;
  let k = retired;
  let j = item;
  for (; k < end; k++) {
    if (core.now >= horizon) break;
    if (core.sequence >= core.stallAt) core.now = retireLoads(core, core.now, core.sequence);
    const code = load<u32>(codes + (<usize>k << 2));
    translations += load<i64>(ones + ((code & 3) << 3));
    if (code == 1) advance(core, CAUSE_TLB, m.tlb2Penalty);
    else if (code != 0) {
      let latency = m.walkOverhead;
      walkLoads += code >> 2;
      for (let n = code >> 2; n > 0; n--, j++) {
        const level = <usize>load<u8>(served + j) << 3;
        latency += load<f64>(latencies + level);
        tally += load<i64>(ones + level);
      }
      advance(core, CAUSE_WALK, latency);
    }
    const level = <u32>load<u8>(served + j);
    const at = <usize>level << 3;
    j++;
    tally += load<i64>(ones + at);
    if (level == 0) advance(core, EXECUTE, core.level0.latency);
    else waitUntil(core, level, arrival(core, level, core.now, core.now));
    core.sequence += 1;
  }
  retired = k;
  item = j;
}

function countWrites(from: u32, end: u32): void {
  let lines: u32 = 0;
  let toMemory: u32 = 0;
  for (let k = from; k < end; k++) {
    lines += load<u8>(moved + k);
    toMemory += load<u8>(written + k);
  }
  addCount(WRITEBACKS, <f64>lines);
  addCount(MEMORY_WRITES, <f64>toMemory);
  machine().memoryLines += toMemory;
}
