// What the processor calls: set-up, batches, TLB maintenance, page tables. Figures arrive one by one, by name.
import { aheadAt, forgetPause, settle, setUpAhead } from './ahead';
import { run } from './core';
import { setUpLru } from './lru';
import { createSpace, leafTableAt, placeTables, pteFlags, pteFrame, setUpTables } from './page-table';
import { setUpStream } from './stream';
import * as tables from './page-table';
import { flushAll, flushPage, flushSpace, flushWalkCaches, makeTlb } from './tlb';
import {
  advance, allocate, CAUSE_CONTEXT_SWITCH, CAUSE_FENCE, CAUSE_SHOOTDOWN, Core, coreAt, count, countersBase, DRAIN_BUCKETS, EXCLUSIVE, INCLUSIVE, Level, LRU, machine,
  mappedAtOf, PREFETCHES_TRACKED, setCore, SHOOTDOWNS, STRIDE_TRACKERS, TRACE_CHUNK, TREE_PLRU, waitUntil,
} from './state';
import { makePlaces, makeWalkCache } from './walk-cache';

export { aheadAt, createSpace, leafTableAt, pteFlags, pteFrame, run, settle };
export { mappedAtOf as mappedAt };

const COUNTERS: u32 = 64;
const CAUSES: u32 = 32;

export function setUp(cores: u32, frames: u32, lineShift: u32, counterCount: u32): void {
  const m = machine();
  m.cores = cores;
  m.frames = frames;
  m.lineShift = lineShift;
  m.counting = true;
  if (counterCount > COUNTERS) unreachable();
  setUpTables();
  setUpLru();
}

export function setTimes(
  loadIssue: f64, storeIssue: f64, commit: f64, forwardLatency: f64, tlb2Penalty: f64, accessedAssist: f64, dirtyAssist: f64,
  exceptionEntry: f64, exceptionExit: f64, memoryLatency: f64, memoryTransfer: f64, coreToCore: f64,
): void {
  const m = machine();
  m.loadIssue = loadIssue;
  m.storeIssue = storeIssue;
  m.commit = commit;
  m.forwardLatency = forwardLatency;
  m.tlb2Penalty = tlb2Penalty;
  m.accessedAssist = accessedAssist;
  m.dirtyAssist = dirtyAssist;
  m.exceptionEntry = exceptionEntry;
  m.exceptionExit = exceptionExit;
  m.memoryIdle = memoryLatency;
  m.memoryLatency = memoryLatency;
  m.memoryTransfer = memoryTransfer;
  m.coreToCore = coreToCore;
}

export function setSizes(loadWindow: u32, storeBuffer: u32, fillBuffers: u32, walkers: u32, merging: bool, tagged: bool, prefetchNext: u32, prefetchStride: u32): void {
  const m = machine();
  m.loadWindow = loadWindow;
  m.storeBuffer = storeBuffer;
  m.fillBuffers = fillBuffers;
  m.walkers = walkers;
  m.merging = merging;
  m.tagged = tagged;
  m.prefetchNext = prefetchNext;
  m.prefetchStride = prefetchStride;
}

export function setMaintenance(shootdownSend: f64, shootdownReceive: f64, walkOverhead: f64): void {
  const m = machine();
  m.walkOverhead = walkOverhead;
  m.shootdownSend = shootdownSend;
  m.shootdownReceive = shootdownReceive;
}

/** Room for `rows` bandwidths, then as many latencies; the caller fills it. */
export function setLoadedCurve(rows: u32): usize {
  const m = machine();
  m.loadedRows = rows;
  m.loadedBandwidth = allocate(rows * 16);
  m.loadedLatency = m.loadedBandwidth + rows * 8;
  return m.loadedBandwidth;
}

export function makeCores(): void {
  const m = machine();
  for (let c: u32 = 0; c < m.cores; c++) {
    const core = changetype<Core>(allocate(offsetof<Core>()));
    core.number = c;
    core.space = -1;
    core.stallAt = 0x7fffffffffffffff;
    core.ntLine = -1;
    core.time = allocate(CAUSES * 8);
    core.walkerFree = allocate(m.walkers * 8);
    core.fillReady = allocate(m.fillBuffers * 8);
    core.fillCause = allocate(m.fillBuffers * 4);
    core.fillIndex = allocate(m.fillBuffers * 8);
    for (let k: u32 = 0; k < m.fillBuffers; k++) store<i64>(core.fillIndex + (<usize>k << 3), -1);
    core.storeDrain = allocate(m.storeBuffer * 8);
    core.storeData = allocate(m.storeBuffer * 8);
    core.storeLine = allocate(m.storeBuffer * 4);
    memory.fill(core.storeLine, 0xff, m.storeBuffer * 4);
    core.storeFirst = allocate(m.storeBuffer * 4);
    core.storeEnd = allocate(m.storeBuffer * 4);
    core.drainBuckets = allocate(DRAIN_BUCKETS * 8);
    core.pathFree = allocate(4 * 8);
    core.prefetchLine = allocate(PREFETCHES_TRACKED * 4);
    memory.fill(core.prefetchLine, 0xff, PREFETCHES_TRACKED * 4);
    core.prefetchReady = allocate(PREFETCHES_TRACKED * 8);
    core.stridePage = allocate(STRIDE_TRACKERS * 4);
    memory.fill(core.stridePage, 0xff, STRIDE_TRACKERS * 4);
    core.strideLast = allocate(STRIDE_TRACKERS * 4);
    core.strideStep = allocate(STRIDE_TRACKERS * 4);
    core.trace = allocate(TRACE_CHUNK * 8);
    core.traceKinds = allocate(TRACE_CHUNK);
    setCore(c, core);
  }
}

/** Adds the next level, to each core or shared by all. */
export function addLevel(sets: u32, ways: u32, slices: u32, latency: f64, transfer: f64, writeBack: bool, replacement: u32, inclusion: u32, shared: bool): void {
  const m = machine();
  const k = m.levels;
  m.levels = k + 1;
  if (k == 0) {
    m.writeBack = writeBack;
    m.plain = m.cores == 1;
  }
  if (replacement != LRU) m.plain = false;
  if (!shared) m.privateLevels = k + 1;
  let l: Level | null = null;
  for (let c: u32 = 0; c < m.cores; c++) {
    if (l == null || !shared) {
      const made = changetype<Level>(allocate(offsetof<Level>()));
      made.mask = sets - 1;
      made.bits = ctz(sets);
      made.ways = ways;
      made.stride = ((ways + 3) & ~3) << 2;
      made.slices = slices;
      made.latency = latency;
      made.transfer = transfer;
      made.replacement = replacement;
      made.inclusion = inclusion;
      made.shared = shared;
      made.leavesTrace = inclusion == INCLUSIVE;
      made.sets = allocate(<usize>sets * slices * made.stride);
      if (replacement == TREE_PLRU) made.trees = allocate(<usize>sets * slices * 4);
      l = made;
    }
    const core = coreAt(c);
    if (k == 0) core.level0 = l;
    else {
      if (k == 1) core.level1 = l;
      else core.level2 = l;
      if (inclusion == EXCLUSIVE) {
        if (k == 1) core.level0.leavesTrace = true;
        else core.level1!.leavesTrace = true;
      }
    }
  }
}

/** TLBs of every core; a count of 0 ways means there is none. */
export function addTlbs(sets1: u32, ways1: u32, setsHuge: u32, waysHuge: u32, sets2: u32, ways2: u32, walk1: u32, walk2: u32, walk3: u32): void {
  for (let c: u32 = 0; c < machine().cores; c++) {
    const core = coreAt(c);
    core.tlb1 = makeTlb(sets1, ways1);
    core.tlb1Huge = waysHuge == 0 ? core.tlb1 : makeTlb(setsHuge, waysHuge);
    core.tlb2 = ways2 == 0 ? null : makeTlb(sets2, ways2);
    const places = makePlaces();
    core.walk1 = makeWalkCache(walk1, places);
    core.walk2 = makeWalkCache(walk2, places);
    core.walk3 = makeWalkCache(walk3, places);
  }
}

/** The last step of set-up. */
export function finish(): void {
  setUpAhead();
  setUpStream(coreAt(0));
  placeTables();
}

export function begin(
  number: u32, order: u32, kind: u32, storeThreshold: f64, base: f64, offset: f64, stride: f64, slots: u32, accesses: u32, width: u32,
  seed: u32, bits: u32, hotThreshold: f64, hotSlots: u32, dependent: bool,
): void {
  settle();
  forgetPause();
  const core = coreAt(number);
  core.order = order;
  core.kind = kind;
  core.storeThreshold = <u64>storeThreshold;
  core.base = base;
  core.offset = offset;
  core.stride = stride;
  core.slots = slots;
  core.count = accesses;
  core.width = width;
  core.seed = seed;
  core.bits = bits;
  core.hotThreshold = <u64>hotThreshold;
  core.hotSlots = hotSlots;
  core.dependent = dependent;
  core.issued = 0;
  core.position = 0;
  core.pending = false;
  core.traceFirst = 0;
  core.traceEnd = 0;
}

export function setZipf(number: u32, skew: f64, lower: f64, upper: f64, cut: f64): void {
  const core = coreAt(number);
  core.zipfSkew = skew;
  core.zipfLower = lower;
  core.zipfUpper = upper;
  core.zipfCut = cut;
}

/** Says that accesses first..end-1 of the trace are in the buffers. */
export function setTraceChunk(number: u32, first: u32, end: u32): void {
  const core = coreAt(number);
  core.traceFirst = first;
  core.traceEnd = end;
}

export function nowAt(number: u32): usize {
  return changetype<usize>(coreAt(number)) + offsetof<Core>('now');
}
export function retired(number: u32): u32 {
  return coreAt(number).issued;
}
export function faultAddressAt(number: u32): usize {
  return changetype<usize>(coreAt(number)) + offsetof<Core>('faultAddress');
}
/** Two bytes: whether it was a store, whether an entry was present. */
export function faultKindAt(number: u32): usize {
  return changetype<usize>(coreAt(number)) + offsetof<Core>('faultIsWrite');
}
export function advanceTo(number: u32, cause: u32, time: f64): void {
  waitUntil(coreAt(number), cause, time);
}
export function fence(number: u32): void {
  const core = coreAt(number);
  waitUntil(core, CAUSE_FENCE, core.lastDrain);
  core.ntLine = -1;
}

export function switchTo(number: u32, space: i32, cost: f64): void {
  const core = coreAt(number);
  if (core.space == space) return;
  settle();
  if (core.space >= 0) {
    advance(core, CAUSE_CONTEXT_SWITCH, cost);
    if (!machine().tagged) flushAll(core);
  }
  core.space = space;
}

function invalidateOn(core: Core, space: i32, vpn: i64, pages: i64, ceiling: i64): void {
  if (pages > ceiling) {
    flushSpace(core, space);
    return;
  }
  for (let p = vpn; p < vpn + pages; p++) flushPage(core, space, p);
  flushWalkCaches(core);
}

export function invalidate(number: u32, space: i32, vpn: f64, pages: f64, ceiling: f64): void {
  settle();
  const m = machine();
  const local = coreAt(number);
  invalidateOn(local, space, <i64>vpn, <i64>pages, <i64>ceiling);
  let sent = false;
  for (let c: u32 = 0; c < m.cores; c++) {
    if (c == number) continue;
    const core = coreAt(c);
    if (core.space == space) {
      sent = true;
      count(SHOOTDOWNS);
      advance(core, CAUSE_SHOOTDOWN, m.shootdownReceive);
      invalidateOn(core, space, <i64>vpn, <i64>pages, <i64>ceiling);
    } else if (m.tagged) invalidateOn(core, space, <i64>vpn, <i64>pages, <i64>ceiling);
  }
  if (sent) advance(local, CAUSE_SHOOTDOWN, m.shootdownSend);
}

// What changes page tables first takes back what was worked out with them as they were.
export function pteSet(space: i32, page: f64, frame: f64, flags: u32): void {
  settle();
  tables.pteSet(space, page, frame, flags);
}
export function pteSetHuge(space: i32, page: f64, frame: f64, flags: u32): void {
  settle();
  tables.pteSetHuge(space, page, frame, flags);
}
export function pteChange(space: i32, page: f64, clear: u32, set: u32): void {
  settle();
  tables.pteChange(space, page, clear, set);
}
export function pteClear(space: i32, page: f64): u32 {
  settle();
  return tables.pteClear(space, page);
}

export function timeAt(number: u32): usize {
  return coreAt(number).time;
}
export function countersAt(): usize {
  return countersBase;
}
export function traceAt(number: u32): usize {
  return coreAt(number).trace;
}
export function traceKindsAt(number: u32): usize {
  return coreAt(number).traceKinds;
}
