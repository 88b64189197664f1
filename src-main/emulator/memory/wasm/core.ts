// One core: loads, stores, the store buffer and the fill buffers.
import { isAhead, lookAhead, retire, suits } from './ahead';
import { access, bypass, missAlone, point, prefetch, setOf, toMemory, wasPrefetched, wordOf } from './caches';
import { arrival, fill, latest, NEVER, retireLoads, waitForFill } from './fills';
import { find, findMasked, rotate, tagAndPrefetchedMask } from './lru';
import { HUGE_REGION, NO_TABLE, regionSlot } from './page-table';
import { isStoreAt, slotAt, TRACE } from './pattern';
import { stream, streams } from './stream';
import { latencyOf, line, pageFlags, pageFrame, payloads, permitKnown, ready, refill, setAt, slotOf, translate } from './tlb';
import {
  addCount, addTime, advance, CAUSE_FAULT, CAUSE_MEMORY, CAUSE_STORE_BUFFER, Core, coreAt, count, DIRTY, DRAIN_BUCKETS, EXECUTE,
  FAULTS, FLAGS, FORWARDS, FROM_CORE, FROM_MEMORY, L1_HITS, later, LOADS, LRU, machine, PREFETCHED, PREFETCHES_TRACKED, SHARED,
  STORE_BUFFER_STALLS, STORE_MERGES, STORES, STRIDE_TRACKERS, TLB1_HITS, VALID, waitUntil,
} from './state';

export const DONE: u32 = 0;
export const FAULT: u32 = 1;
export const HORIZON: u32 = 2;
/** The trace's next chunk is wanted in linear memory. */
export const REFILL: u32 = 3;

/** `most` accesses are made. */
export const MORE: u32 = 4;

const NT_STORE: u32 = 2;

/** When the data of a store still in the buffer that covers bytes first..end-1 could be taken; -1 when the caches must serve. */
function forward(core: Core, physical: u32, first: u32, end: u32): f64 {
  const n = machine().storeBuffer;
  let k = core.nextStore;
  for (let seen: u32 = 0; seen < n; seen++) {
    k = k == 0 ? n - 1 : k - 1;
    const drain = load<f64>(core.storeDrain + (<usize>k << 3));
    if (drain <= core.now) return -1;
    if (load<u32>(core.storeLine + (<usize>k << 2)) != physical) continue;
    const storeFirst = load<u32>(core.storeFirst + (<usize>k << 2));
    const storeEnd = load<u32>(core.storeEnd + (<usize>k << 2));
    if (storeEnd <= first || storeFirst >= end) continue;
    if (storeFirst <= first && storeEnd >= end) return load<f64>(core.storeData + (<usize>k << 3));
    waitUntil(core, CAUSE_STORE_BUFFER, drain);
    return -1;
  }
  return -1;
}

// @ts-ignore: decorator
@inline
function bucketOf(core: Core, physical: u32): usize {
  return core.drainBuckets + (<usize>(physical & (DRAIN_BUCKETS - 1)) << 3);
}

function loadPart(core: Core, physical: u32, first: u32, end: u32, translated: f64, dependent: bool): void {
  const m = machine();
  if (load<f64>(bucketOf(core, physical)) > core.now) {
    const data = forward(core, physical, first, end);
    if (data >= 0) {
      count(FORWARDS);
      if (dependent) waitUntil(core, EXECUTE, later(data, translated) + m.forwardLatency);
      return;
    }
  }
  const asked = core.now;
  const from = access(core, physical, false);
  const prefetched = wasPrefetched;
  const late = prefetched ? prefetchReady(core, physical) : 0;
  if (from == 0 && late <= core.now) {
    if (dependent) advance(core, EXECUTE, core.level0.latency);
  } else if (dependent) {
    if (from == 0) waitUntil(core, CAUSE_MEMORY, late);
    else waitUntil(core, from, arrival(core, from, later(core.now, translated), core.now));
  } else {
    const k = core.nextFill;
    waitUntil(core, load<u32>(core.fillCause + (<usize>k << 2)), load<f64>(core.fillReady + (<usize>k << 3)));
    const start = later(core.now, translated);
    const due = from == 0 ? later(late, start) : arrival(core, from, start, core.now);
    fill(core, due, from == 0 ? CAUSE_MEMORY : from, core.sequence);
    if (core.stallAt == NEVER) core.stallAt = core.sequence + m.loadWindow;
  }
  // Prefetchers see the miss, not its end.
  if (from != 0 || prefetched) prefetchAfter(core, physical, dependent ? asked : core.now);
}

/** Takes a place in the store buffer; stores leave it in order. */
// @ts-ignore: decorator
@inline
function buffer(core: Core, physical: u32, first: u32, end: u32, due: f64): void {
  const m = machine();
  const k = core.nextStore;
  const at = <usize>k << 3;
  const full = load<f64>(core.storeDrain + at);
  if (full > core.now) {
    count(STORE_BUFFER_STALLS);
    waitUntil(core, CAUSE_STORE_BUFFER, full);
  }
  const drain = later(later(core.lastDrain, core.now) + m.commit, due);
  core.lastDrain = drain;
  store<f64>(core.storeDrain + at, drain);
  store<f64>(core.storeData + at, core.now);
  store<u32>(core.storeLine + (<usize>k << 2), physical);
  store<u32>(core.storeFirst + (<usize>k << 2), first);
  store<u32>(core.storeEnd + (<usize>k << 2), end);
  store<f64>(bucketOf(core, physical), drain);
  core.nextStore = k + 1 == m.storeBuffer ? 0 : k + 1;
}

function storePart(core: Core, physical: u32, first: u32, end: u32, translated: f64): void {
  const m = machine();
  if (m.merging) {
    const k = <usize>(core.nextStore == 0 ? m.storeBuffer - 1 : core.nextStore - 1);
    if (load<f64>(core.storeDrain + (k << 3)) > core.now && load<u32>(core.storeLine + (k << 2)) == physical) {
      store<u32>(core.storeFirst + (k << 2), min(load<u32>(core.storeFirst + (k << 2)), first));
      store<u32>(core.storeEnd + (k << 2), max(load<u32>(core.storeEnd + (k << 2)), end));
      store<f64>(core.storeData + (k << 3), core.now);
      count(STORE_MERGES);
      return;
    }
  }
  const from = access(core, physical, true);
  const prefetched = wasPrefetched;
  let due = later(core.now, translated);
  if (from != 0) {
    due = arrival(core, from, later(due, load<f64>(core.fillReady + (<usize>core.nextFill << 3))), core.now);
    fill(core, due, from, -1);
  } else if (prefetched) due = later(due, prefetchReady(core, physical));
  buffer(core, physical, first, end, due);
  if (from != 0 || prefetched) prefetchAfter(core, physical, core.now);
}

/** A non-temporal store: combined by line in a fill buffer, written to memory. */
function storeAround(core: Core, physical: u32, first: u32, end: u32, translated: f64): void {
  let due = later(core.now, translated);
  if (<i64>physical != core.ntLine) {
    bypass(core, physical);
    toMemory();
    due = later(due, load<f64>(core.fillReady + (<usize>core.nextFill << 3)));
    fill(core, arrival(core, FROM_MEMORY, due, core.now), CAUSE_MEMORY, -1);
    core.ntLine = physical;
  }
  buffer(core, physical, first, end, due);
}

/** When the prefetch that brought the line ends; 0 when it is long forgotten. */
function prefetchReady(core: Core, physical: u32): f64 {
  let k = core.nextPrefetch;
  for (let seen: u32 = 0; seen < PREFETCHES_TRACKED; seen++) {
    k = k == 0 ? PREFETCHES_TRACKED - 1 : k - 1;
    if (load<u32>(core.prefetchLine + (<usize>k << 2)) == physical) return load<f64>(core.prefetchReady + (<usize>k << 3));
  }
  return 0;
}

/** What the prefetchers fetch after a miss at `time`, or after the first use of a line they brought. */
function prefetchAfter(core: Core, physical: u32, time: f64): void {
  const m = machine();
  if ((m.prefetchNext | m.prefetchStride) == 0) return;
  const perPage = 12 - m.lineShift;
  const page = physical >> perPage;
  for (let k: u32 = 1; k <= m.prefetchNext; k++) prefetchLine(core, page, physical + k, time);
  if (m.prefetchStride == 0) return;
  const at = <usize>(page & (STRIDE_TRACKERS - 1)) << 2;
  if (load<u32>(core.stridePage + at) != page) {
    store<u32>(core.stridePage + at, page);
    store<u32>(core.strideLast + at, physical);
    store<i32>(core.strideStep + at, 0);
    return;
  }
  const step = <i32>(physical - load<u32>(core.strideLast + at));
  if (step != 0 && step == load<i32>(core.strideStep + at)) {
    for (let k: i32 = 1; k <= <i32>m.prefetchStride; k++) prefetchLine(core, page, <u32>(<i32>physical + k * step), time);
  }
  store<i32>(core.strideStep + at, step);
  store<u32>(core.strideLast + at, physical);
}

function prefetchLine(core: Core, page: u32, physical: u32, time: f64): void {
  if (physical >> (12 - machine().lineShift) != page) return;
  const from = prefetch(core, physical);
  if (from < 0) return;
  const due = arrival(core, from, time, core.now);
  const k = core.nextPrefetch;
  store<u32>(core.prefetchLine + (<usize>k << 2), physical);
  store<f64>(core.prefetchReady + (<usize>k << 3), due);
  core.nextPrefetch = k + 1 == PREFETCHES_TRACKED ? 0 : k + 1;
}

// @ts-ignore: decorator
@inline
function part(core: Core, isStore: bool, around: bool, physical: u32, first: u32, bytes: u32, translated: f64): void {
  if (around) storeAround(core, physical, first, first + bytes, translated);
  else if (isStore) storePart(core, physical, first, first + bytes, translated);
  else loadPart(core, physical, first, first + bytes, translated, core.dependent);
}

/** One access of any kind; false when it faults, and then nothing has happened but translation. */
function perform(core: Core, address: i64, isStore: bool): bool {
  const m = machine();
  if (core.sequence >= core.stallAt) core.now = retireLoads(core, core.now, core.sequence);
  const lineBytes: u32 = 1 << m.lineShift;
  const offset = <u32>address & (lineBytes - 1);
  const width = core.width;
  const around = isStore && core.kind == NT_STORE;
  if (offset + width <= lineBytes) {
    if (!translate(core, address, isStore, core.dependent)) return false;
    issue(core, isStore);
    part(core, isStore, around, line, offset, width, ready);
    return true;
  }
  return performSplit(core, address, isStore, around, lineBytes);
}

/** An access over two or more lines. All of it is translated before any of it happens. */
function performSplit(core: Core, address: i64, isStore: bool, around: bool, lineBytes: u32): bool {
  // At most 64 bytes in lines of at least 16: five parts.
  const lines = memory.data(8 * 4, 16);
  const times = memory.data(8 * 8, 16);
  let parts: u32 = 0;
  let at = address;
  let left = core.width;
  while (left > 0) {
    const bytes = min(left, lineBytes - (<u32>at & (lineBytes - 1)));
    if (!translate(core, at, isStore, core.dependent)) return false;
    store<u32>(lines + (<usize>parts << 2), line);
    store<f64>(times + (<usize>parts << 3), ready);
    parts++;
    at += bytes;
    left -= bytes;
  }
  issue(core, isStore);
  at = address;
  left = core.width;
  for (let k: u32 = 0; k < parts; k++) {
    const first = <u32>at & (lineBytes - 1);
    const bytes = min(left, lineBytes - first);
    part(core, isStore, around, load<u32>(lines + (<usize>k << 2)), first, bytes, load<f64>(times + (<usize>k << 3)));
    at += bytes;
    left -= bytes;
  }
  return true;
}

// @ts-ignore: decorator
@inline
function issue(core: Core, isStore: bool): void {
  count(isStore ? STORES : LOADS);
  if (isStore) advance(core, EXECUTE, machine().storeIssue);
  else if (!core.dependent) advance(core, EXECUTE, machine().loadIssue);
}

/**
 * A load at `now` that is known to miss the first level, on a machine that is `plain` and does not prefetch; `set` is the
 * line's there. Returns the clock after it.
 */
function loadMiss(core: Core, physical: u32, set: usize, now: f64, translated: f64, sequence: i64): f64 {
  const from = missAlone(core, physical, set, 0);
  if (core.dependent) {
    const due = latest(arrival(core, from, later(now, translated), now), now);
    addTime(core, from, due - now);
    return due;
  }
  const start = waitForFill(core, now);
  fill(core, arrival(core, from, latest(start, translated), start), from, sequence);
  if (core.stallAt == NEVER) core.stallAt = sequence + machine().loadWindow;
  return start;
}

/** An access faulted: the loads before it end, the exception is delivered, and the access is kept for the next `run`. */
function deliver(core: Core, address: i64, isStore: bool): void {
  const m = machine();
  core.pending = true;
  core.pendingAddress = address;
  core.pendingStore = isStore;
  core.faulted = true;
  count(FAULTS);
  for (let k: u32 = 0; k < m.fillBuffers; k++) {
    if (load<i64>(core.fillIndex + (<usize>k << 3)) >= 0) waitUntil(core, load<u32>(core.fillCause + (<usize>k << 2)), load<f64>(core.fillReady + (<usize>k << 3)));
  }
  advance(core, CAUSE_FAULT, m.exceptionEntry);
}

/**
 * Runs the batch until it is done, an access faults, the clock reaches the horizon, a trace needs its next chunk, or
 * `most` accesses are made. What hits the first TLB and cache is done here with everything in locals; the rest is
 * handed to the functions above, with the locals written back before and read again after.
 */
export function run(number: u32, horizon: f64, most: u32): u32 {
  const core = coreAt(number);
  const m = machine();
  if (core.faulted) {
    core.faulted = false;
    advance(core, CAUSE_FAULT, m.exceptionExit);
  }
  const lineShift = m.lineShift;
  const lineBytes: u32 = 1 << lineShift;
  const pageShift = 12 - lineShift;
  const pageMask: u32 = (1 << pageShift) - 1;
  const width = core.width;
  const dependent = core.dependent;
  const space = core.space;
  const l1 = core.level0;
  const l1Ways = l1.ways;
  const lru = l1.replacement == LRU;
  const storesHere = lru && m.writeBack && !m.merging && core.kind != NT_STORE;
  const shortMiss = m.plain && m.writeBack && (m.prefetchNext | m.prefetchStride) == 0;
  const loadCost = dependent ? 0 : m.loadIssue;
  const hitCost = dependent ? l1.latency : 0;
  const storeIssue = m.storeIssue;
  const commit = m.commit;
  const storeBuffer = m.storeBuffer;
  const tlb1 = core.tlb1;
  const tlb1Ways = tlb1.ways;
  const base = <i64>(core.base + core.offset);
  const stride = <i64>core.stride;
  const last = core.count;
  const trace = core.order == TRACE;
  const mixed = core.kind != 0;
  const bulk = core.order == 0 && !mixed && !dependent && stride > 0 && (stride < <i64>lineBytes || (stride == <i64>lineBytes && streams()));
  const perLine = bulk ? lineBytes / <u32>stride : 1;
  // Where in a line its first access is, if that is the same in all and none straddles; else nowhere.
  const firstInLine = bulk && streams() && perLine * <u32>stride == lineBytes && (<u32>base & (<u32>stride - 1)) + lineBytes - <u32>stride + width <= lineBytes ? <u32>base & (<u32>stride - 1) : lineBytes;
  let now = core.now;
  let sequence = core.sequence;
  let stallAt = core.stallAt;
  let lastDrain = core.lastDrain;
  let executed: f64 = 0;
  let stalled: f64 = 0;
  let loads: f64 = 0;
  let stores: f64 = 0;
  let hits: f64 = 0;
  let tlbHits: f64 = 0;
  // The page translated last: looking it up again would change nothing but a count.
  let page: i64 = -1;
  let pageLine: u32 = 0;
  let pageStores = false;
  let region: i64 = -1;
  let regionFirst: u32 = NO_TABLE;
  const ahead = suits(core) && !trace && !bulk;
  let reason = DONE;
  let i = core.issued;
  const end = last - i > most ? i + most : last;
  while (i < end) {
    if (now >= horizon) {
      reason = HORIZON;
      break;
    }
    if (ahead && (isAhead() || (!core.pending && lastDrain <= now && lookAhead(core, i, end)))) {
      core.now = now;
      core.sequence = sequence;
      i += retire(core, horizon);
      now = core.now;
      sequence = core.sequence;
      stallAt = core.stallAt;
      page = -1;
      continue;
    }
    let address: i64;
    let isStore = false;
    if (core.pending) {
      core.pending = false;
      address = core.pendingAddress;
      isStore = core.pendingStore;
    } else if (trace) {
      if (i >= core.traceEnd) {
        reason = REFILL;
        break;
      }
      const at = i - core.traceFirst;
      address = <i64>core.base + <i64>load<f64>(core.trace + (<usize>at << 3));
      isStore = (load<u8>(core.traceKinds + at) & 1) != 0;
    } else {
      if (mixed) isStore = isStoreAt(core, i);
      address = base + <i64>slotAt(core, i) * stride;
    }
    const first = <u32>address & (lineBytes - 1);
    if (first + width > lineBytes) {
      core.now = now;
      core.sequence = sequence;
      core.lastDrain = lastDrain;
      const ok = perform(core, address, isStore);
      if (!ok) deliver(core, address, isStore);
      now = core.now;
      stallAt = core.stallAt;
      lastDrain = core.lastDrain;
      if (!ok) {
        reason = FAULT;
        break;
      }
      page = -1;
      sequence += 1;
      i++;
      continue;
    }
    if (sequence >= stallAt) {
      now = retireLoads(core, now, sequence);
      stallAt = core.stallAt;
    }
    const vpn = address >> 12;
    let translated = now;
    if (vpn == page && (!isStore || pageStores)) tlbHits += 1;
    else {
      if (vpn >> 9 != region) {
        region = vpn >> 9;
        regionFirst = regionSlot(space, region);
      }
      const leaf = slotOf(regionFirst, vpn);
      let ok = true;
      let place = -1;
      if ((leaf & HUGE_REGION) == 0) {
        const set = setAt(tlb1, <u32>vpn);
        place = find(set, tlb1Ways, leaf + 1);
        if (place >= 0) {
          tlbHits += 1;
          const at = payloads(tlb1, set);
          const payload = load<u32>(at + (<usize>place << 2));
          if (place > 0) {
            rotate(set, tlb1Ways, place, leaf + 1);
            rotate(at, tlb1Ways, place, payload);
          }
          pageLine = (payload >> 2) << pageShift;
          pageStores = (payload & 3) == 3;
          if (isStore && !pageStores) {
            core.now = now;
            ok = permitKnown(core, address, leaf, payload, dependent);
            now = core.now;
            translated = ready;
            pageLine = pageFrame << pageShift;
            pageStores = true;
          }
        }
      }
      if (place < 0) {
        core.now = now;
        ok = (leaf & HUGE_REGION) != 0 ? translate(core, address, isStore, dependent) : refill(core, address, leaf, isStore, dependent);
        now = core.now;
        translated = ready;
        pageLine = pageFrame << pageShift;
        pageStores = pageFlags == 3;
      }
      if (!ok) {
        core.sequence = sequence;
        deliver(core, address, isStore);
        now = core.now;
        reason = FAULT;
        break;
      }
      page = vpn;
    }
    const physical = pageLine + (<u32>(address >> lineShift) & pageMask);
    if (!isStore) {
      loads += 1;
      now += loadCost;
      executed += loadCost;
      if (lastDrain <= now || load<f64>(bucketOf(core, physical)) <= now) {
        const set = setOf(l1, physical);
        const place = findMasked(set, l1Ways, wordOf(l1, physical), tagAndPrefetchedMask);
        let fast = true;
        if (place >= 0) {
          if (lru) rotate(set, l1Ways, place, load<u32>(set + (<usize>place << 2)));
          else point(l1, set, place);
          hits += 1;
          now += hitCost;
          executed += hitCost;
        } else {
          if (shortMiss) now = loadMiss(core, physical, set, now, translated, sequence);
          else {
            core.now = now;
            core.sequence = sequence;
            loadPart(core, physical, first, first + width, translated, dependent);
            now = core.now;
            fast = false;
          }
          stallAt = core.stallAt;
        }
        sequence += 1;
        i++;
        if (bulk && fast && now < horizon && core.position > 1) {
          // The accesses that follow within the line are hits of the newest line; position is the slot of the next.
          let n = min(min(end - i, core.slots - core.position), (lineBytes - width - first) / <u32>stride);
          if (sequence + n > stallAt) n = stallAt > sequence ? <u32>(stallAt - sequence) : 0;
          if (now + loadCost * <f64>n > horizon) n = <u32>Math.ceil((horizon - now) / loadCost);
          if (n > 0) {
            const position = core.position + n;
            core.position = position == core.slots ? 0 : position;
            const some = <f64>n;
            const time = loadCost * some;
            loads += some;
            hits += some;
            tlbHits += some;
            now += time;
            executed += time;
            sequence += n;
            i += n;
          }
          const next = base + <i64>core.position * stride;
          if ((<u32>next & (lineBytes - 1)) == firstInLine && next >> 12 == vpn && lastDrain <= now) {
            const placeInPage = <u32>(next >> lineShift) & pageMask;
            const lines = min(min(end - i, core.slots - core.position) / perLine, pageMask + 1 - placeInPage);
            if (lines != 0) {
              core.now = now;
              core.sequence = sequence;
              const made = stream(core, pageLine + placeInPage, lines, perLine, horizon);
              now = core.now;
              sequence = core.sequence;
              stallAt = core.stallAt;
              i += made;
              const position = core.position + made;
              core.position = position == core.slots ? 0 : position;
            }
          }
        }
        continue;
      } else {
        core.now = now;
        core.sequence = sequence;
        loadPart(core, physical, first, first + width, translated, dependent);
      }
      now = core.now;
      stallAt = core.stallAt;
    } else {
      stores += 1;
      now += storeIssue;
      executed += storeIssue;
      let place = -1;
      if (storesHere) {
        const set = setOf(l1, physical);
        const word = wordOf(l1, physical) | DIRTY;
        place = find(set, l1Ways, word);
        if (place > 0) rotate(set, l1Ways, place, word);
      }
      if (place >= 0) {
        hits += 1;
        const due = later(now, translated);
        const k = core.nextStore;
        const at = <usize>k << 3;
        const full = load<f64>(core.storeDrain + at);
        if (full > now) {
          count(STORE_BUFFER_STALLS);
          stalled += full - now;
          now = full;
        }
        lastDrain = later(later(lastDrain, now) + commit, due);
        store<f64>(core.storeDrain + at, lastDrain);
        store<f64>(core.storeData + at, now);
        store<u32>(core.storeLine + (<usize>k << 2), physical);
        store<u32>(core.storeFirst + (<usize>k << 2), first);
        store<u32>(core.storeEnd + (<usize>k << 2), first + width);
        store<f64>(bucketOf(core, physical), lastDrain);
        core.nextStore = k + 1 == storeBuffer ? 0 : k + 1;
      } else {
        core.now = now;
        core.sequence = sequence;
        core.lastDrain = lastDrain;
        if (core.kind == NT_STORE) storeAround(core, physical, first, first + width, translated);
        else storePart(core, physical, first, first + width, translated);
        now = core.now;
        lastDrain = core.lastDrain;
      }
    }
    sequence += 1;
    i++;
  }
  if (reason == DONE && i < last) reason = MORE;
  core.now = now;
  core.sequence = sequence;
  core.lastDrain = lastDrain;
  core.issued = i;
  addTime(core, EXECUTE, executed);
  addTime(core, CAUSE_STORE_BUFFER, stalled);
  addCount(LOADS, loads);
  addCount(STORES, stores);
  addCount(L1_HITS, hits);
  addCount(TLB1_HITS, tlbHits);
  return reason;
}
