// Loads that go through memory in short steps: the lines of a page one after the other, some loads of each. What the loop
// of core.ts finds out for every access is known here: the page, the place in the line, that nothing waits in the store
// buffer. What remains of a line is its sets and its times.
import { missAlone, setOf, wordOf } from './caches';
import { latest, NEVER } from './fills';
import { placesMasked, push, rotate, tagMask } from './lru';
import { latencyOf } from './tlb';
import {
  addCount, addTime, Core, DIRTY, EXCLUSIVE, EXECUTE, INCLUSIVE, L1_HITS, L1_MISSES, Level, LOADS, machine, NON_INCLUSIVE, TLB1_HITS,
} from './state';

/** In what `serve` returns: the line was counted already. */
const COUNTED: u32 = 8;

let possible: bool = false;
/** Three levels whose sets are nested, and nothing but the last includes the others or takes what they drop. */
let usual: bool = false;

/** After all levels are made: whether this machine's streams may go through here. */
export function setUpStream(core: Core): void {
  const m = machine();
  possible = m.plain && m.writeBack && (m.prefetchNext | m.prefetchStride) == 0 && m.loadedRows == 0;
  usual = false;
  if (m.levels < 3) return;
  const l1 = core.level0;
  const l2 = core.level1!;
  const l3 = core.level2!;
  usual = l1.slices == 1 && l2.slices == 1 && (l1.mask & ~l3.mask) == 0 && (l2.mask & ~l3.mask) == 0 && l2.inclusion == NON_INCLUSIVE && l3.inclusion != EXCLUSIVE;
}

// @ts-ignore: decorator
@inline
export function streams(): bool {
  return possible;
}

// @ts-ignore: decorator
@inline
function wordAt(set: usize, place: u32): u32 {
  return load<u32>(set + (<usize>place << 2));
}

/** Who serves a load of the line, which becomes the newest of every level that it passes. */
// @ts-ignore: decorator
@inline
function serve(ways1: u32, ways2: u32, ways3: u32, core: Core, line: u32): u32 {
  const l1 = core.level0;
  const set1 = setOf(l1, line);
  const word1 = wordOf(l1, line);
  const places1 = placesMasked(set1, ways1, word1, tagMask);
  if (places1 != 0) {
    const place = ctz(places1);
    if (place != 0) rotate(set1, ways1, place, wordAt(set1, place));
    return 0;
  }
  if (!usual) return missAlone(core, line, set1, 0) | COUNTED;
  const l2 = core.level1!;
  const set2 = setOf(l2, line);
  const word2 = wordOf(l2, line);
  const gone1 = wordAt(set1, ways1 - 1);
  const places2 = placesMasked(set2, ways2, word2, tagMask);
  if (places2 != 0) {
    if ((gone1 & DIRTY) != 0) return missAlone(core, line, set1, 0) | COUNTED;
    const place = ctz(places2);
    rotate(set2, ways2, place, wordAt(set2, place));
    push(set1, ways1, word1);
    return 1;
  }
  const l3 = core.level2!;
  const set3 = setOf(l3, line);
  const word3 = wordOf(l3, line);
  const gone2 = wordAt(set2, ways2 - 1);
  const places3 = placesMasked(set3, ways3, word3, tagMask);
  if (places3 != 0) {
    if (((gone1 | gone2) & DIRTY) != 0) return missAlone(core, line, set1, 0) | COUNTED;
    const place = ctz(places3);
    rotate(set3, ways3, place, wordAt(set3, place));
    push(set2, ways2, word2);
    push(set1, ways1, word1);
    return 2;
  }
  const gone3 = wordAt(set3, ways3 - 1);
  let other: u32 = (gone1 | gone2 | gone3) & DIRTY;
  if (l3.inclusion == INCLUSIVE) {
    // Its sets are nested, so what it drops could be nearer only in the same sets.
    const gone = ((gone3 >> 4) << l3.bits) | (line & l3.mask);
    other |= placesMasked(set2, ways2, wordOf(l2, gone), tagMask) | placesMasked(set1, ways1, wordOf(l1, gone), tagMask);
  }
  if (other != 0) return missAlone(core, line, set1, 0) | COUNTED;
  push(set3, ways3, word3);
  push(set2, ways2, word2);
  push(set1, ways1, word1);
  return 3;
}

/**
 * Loads from up to `lines` lines from `line` on, all of one translated page, `perLine` of each; the clock may go up to the
 * horizon. Returns how many loads were made; the core's clock and state are as after that many.
 */
export function stream(core: Core, line: u32, lines: u32, perLine: u32, horizon: f64): u32 {
  const ways1 = core.level0.ways;
  if (!usual) return streamOf(ways1, 0, 0, core, line, lines, perLine, horizon);
  const ways2 = core.level1!.ways;
  const ways3 = core.level2!.ways;
  if (ways1 == 8 && ways2 == 8 && ways3 == 16) return streamOf(8, 8, 16, core, line, lines, perLine, horizon);
  return streamOf(ways1, ways2, ways3, core, line, lines, perLine, horizon);
}

// @ts-ignore: decorator
@inline
function streamOf(ways1: u32, ways2: u32, ways3: u32, core: Core, firstLine: u32, lines: u32, perLine: u32, horizon: f64): u32 {
  const m = machine();
  const loadCost = m.loadIssue;
  const loadWindow = m.loadWindow;
  const fillBuffers = m.fillBuffers;
  const fillReady = core.fillReady;
  const fillCause = core.fillCause;
  const fillIndex = core.fillIndex;
  const pathFree = core.pathFree;
  const times = core.time;
  const firstSequence = core.sequence;
  const end = firstLine + lines;
  let sequence = firstSequence;
  let now = core.now;
  let stallAt = core.stallAt;
  let fills = core.nextFill;
  let doneFills = core.doneFills;
  let tally: i64 = 0;
  let elsewhere: u32 = 0;
  for (let line = firstLine; line != end && now < horizon; line++) {
    let left = perLine;
    let fresh = true;
    do {
      if (sequence >= stallAt) {
        // As `retireLoads`.
        stallAt = NEVER;
        let k = fills + doneFills;
        if (k >= fillBuffers) k -= fillBuffers;
        while (doneFills < fillBuffers) {
          const index = load<i64>(fillIndex + (<usize>k << 3));
          const due = load<f64>(fillReady + (<usize>k << 3));
          if (index >= 0 && due > now) {
            if (sequence - index < loadWindow) {
              stallAt = index + loadWindow;
              break;
            }
            addTime(core, load<u32>(fillCause + (<usize>k << 2)), due - now);
            now = due;
          }
          k = k + 1 == fillBuffers ? 0 : k + 1;
          doneFills++;
        }
      }
      if (fresh) {
        fresh = false;
        now += loadCost;
        let from = serve(ways1, ways2, ways3, core, line);
        if (from >= COUNTED) {
          from -= COUNTED;
          elsewhere++;
        } else tally += <i64>1 << (from << 4);
        if (from != 0) {
          const at = <usize>fills << 3;
          const start = latest(load<f64>(fillReady + at), now);
          addTime(core, load<u32>(fillCause + (at >> 1)), start - now);
          now = start;
          const path = pathFree + (<usize>from << 3);
          const begin = latest(start, load<f64>(path));
          const latency = from == 3 ? m.memoryLatency : from == 1 ? core.level1!.latency : core.level2!.latency;
          const transfer = from == 3 ? m.memoryTransfer : from == 1 ? core.level1!.transfer : core.level2!.transfer;
          store<f64>(path, begin + transfer);
          store<f64>(fillReady + at, begin + latency);
          store<u32>(fillCause + (at >> 1), from);
          store<i64>(fillIndex + at, sequence);
          fills = fills + 1 == fillBuffers ? 0 : fills + 1;
          if (doneFills > 0) doneFills -= 1;
          if (stallAt == NEVER) stallAt = sequence + loadWindow;
        }
        sequence += 1;
        left -= 1;
      } else {
        let n = left;
        if (sequence + n > stallAt) n = <u32>(stallAt - sequence);
        // The first was to be made before the clock waited.
        if (now + loadCost * <f64>n > horizon) n = <u32>max(<i32>Math.ceil((horizon - now) / loadCost), 1);
        now += loadCost * <f64>n;
        sequence += n;
        left -= n;
      }
    } while (left != 0 && now < horizon);
  }
  const made = <u32>(sequence - firstSequence);
  core.now = now;
  core.sequence = sequence;
  core.stallAt = stallAt;
  core.nextFill = fills;
  core.doneFills = doneFills;
  const second = <f64>((tally >> 16) & 0xffff);
  const third = <f64>((tally >> 32) & 0xffff);
  const missed = <f64>((tally >> 48) & 0xffff);
  const misses = second + third + missed;
  addTime(core, EXECUTE, loadCost * <f64>made);
  addCount(LOADS, <f64>made);
  addCount(TLB1_HITS, <f64>made);
  addCount(L1_HITS, <f64>(made - elsewhere) - misses);
  if (misses != 0) {
    addCount(L1_MISSES, misses);
    addCount(L1_HITS + 2, second);
    addCount(L1_MISSES + 2, third + missed);
    addCount(L1_HITS + 4, third);
    addCount(L1_MISSES + 4, missed);
    m.memoryLines += <i64>missed;
  }
  return made;
}
