// AssemblyScript, not TypeScript: compiled to WebAssembly by `scripts`, see the README of this folder.
// What the memory path keeps, in linear memory. Times are integer picoseconds in f64.
import { WalkCache } from './walk-cache';

/** Who served an access: a level by its index, then memory, or another core. */
export const FROM_MEMORY: u32 = 3;
export const FROM_CORE: u32 = 4;

export const NON_INCLUSIVE: u32 = 0;
export const INCLUSIVE: u32 = 1;
export const EXCLUSIVE: u32 = 2;

// Causes of time, as in cpu/processor.ts.
export const EXECUTE: u32 = 0;
export const CAUSE_L2: u32 = 1;
export const CAUSE_MEMORY: u32 = 3;
export const CAUSE_TLB: u32 = 5;
export const CAUSE_WALK: u32 = 6;
export const CAUSE_ASSIST: u32 = 7;
export const CAUSE_STORE_BUFFER: u32 = 8;
export const CAUSE_FENCE: u32 = 9;
export const CAUSE_FAULT: u32 = 10;
export const CAUSE_SHOOTDOWN: u32 = 16;
export const CAUSE_CONTEXT_SWITCH: u32 = 17;

// Counters, as in cpu/processor.ts.
export const LOADS: u32 = 0;
export const STORES: u32 = 1;
export const L1_HITS: u32 = 2;
export const L1_MISSES: u32 = 3;
export const WRITEBACKS: u32 = 8;
export const TLB1_HITS: u32 = 9;
export const TLB1_MISSES: u32 = 10;
export const TLB2_HITS: u32 = 11;
export const WALKS: u32 = 12;
export const WALK_LOADS: u32 = 13;
export const ACCESSED_ASSISTS: u32 = 14;
export const DIRTY_ASSISTS: u32 = 15;
export const FORWARDS: u32 = 16;
export const STORE_BUFFER_STALLS: u32 = 17;
export const OWNERSHIP_TRANSFERS: u32 = 18;
export const SHOOTDOWNS: u32 = 19;
export const PREFETCHES: u32 = 20;
export const FAULTS: u32 = 21;
export const MEMORY_WRITES: u32 = 22;
export const STORE_MERGES: u32 = 23;

export const PREFETCHES_TRACKED: u32 = 32;
export const STRIDE_TRACKERS: u32 = 16;
export const TRAFFIC_WINDOW: f64 = 1e6;
export const MAX_CORES: u32 = 64;
export const MAX_SPACES: u32 = 1024;
export const MAX_TABLES: u32 = 1 << 18;
/** Entries of the table that finds the leaf table of a 2 MiB region without a walk; a power of two. */
export const REGIONS: u32 = 4096;
/** Buckets by line that say until when stores are pending; a power of two. */
export const DRAIN_BUCKETS: u32 = 1024;
/** Accesses of a trace that are in linear memory at once. */
export const TRACE_CHUNK: u32 = 65536;

/** Which line of a full set leaves, as in cpu/figures.ts. */
export const LRU: u32 = 0;
export const TREE_PLRU: u32 = 1;
export const RANDOM: u32 = 2;

/** A cache. A set is `ways` words, newest first (LRU) or at fixed places; a word is tag, then the flags below. */
@unmanaged
export class Level {
  latency: f64;
  transfer: f64;
  sets: usize;
  /** PLRU: a word of bits a set. */
  trees: usize;
  mask: u32;
  bits: u32;
  ways: u32;
  /** Bytes of a set. */
  stride: u32;
  slices: u32;
  replacement: u32;
  /** Victims drawn at random so far. */
  draws: u32;
  shared: bool;
  /** Whether a clean victim matters: levels nearer must drop it, or the next level takes it. */
  leavesTrace: bool;
  inclusion: u32;
}
export const VALID: u32 = 1;
export const DIRTY: u32 = 2;
export const SHARED: u32 = 4;
export const PREFETCHED: u32 = 8;
export const FLAGS: u32 = 15;

/** A TLB. A set is `padded` tags, then as many payloads (frame << 2 | dirty << 1 | writable), newest first. A tag is the entry's slot in the tables + 1. */
@unmanaged
export class Tlb {
  sets: usize;
  mask: u32;
  ways: u32;
  padded: u32;
  stride: u32;
}

@unmanaged
export class Core {
  now: f64;
  lastDrain: f64;
  faultAddress: f64;
  /** Access number at which the oldest load in flight must retire; large when none is. */
  stallAt: i64;
  sequence: i64;
  // The batch.
  base: f64;
  offset: f64;
  stride: f64;
  zipfSkew: f64;
  zipfLower: f64;
  zipfUpper: f64;
  zipfCut: f64;
  storeThreshold: u64;
  hotThreshold: u64;
  /** Address of the access that is about to happen, drawn already when `pending`. */
  pendingAddress: i64;
  number: u32;
  space: i32;
  order: u32;
  kind: u32;
  slots: u32;
  count: u32;
  issued: u32;
  width: u32;
  seed: u32;
  hotSlots: u32;
  bits: u32;
  position: u32;
  /** First access of the trace that is in the buffer, and the one after the last. */
  traceFirst: u32;
  traceEnd: u32;
  dependent: bool;
  pending: bool;
  pendingStore: bool;
  faulted: bool;
  /** Read from outside together with the next one. */
  faultIsWrite: bool;
  faultPresent: bool;
  nextFill: u32;
  /** Of the fill buffers from `nextFill` on, so many are known to hold no load that is under way. */
  doneFills: u32;
  nextStore: u32;
  nextPrefetch: u32;
  ntLine: i64;
  tlb1: Tlb;
  tlb1Huge: Tlb;
  tlb2: Tlb | null;
  walk1: WalkCache;
  walk2: WalkCache;
  walk3: WalkCache;
  level0: Level;
  level1: Level | null;
  level2: Level | null;
  time: usize;
  walkerFree: usize;
  fillReady: usize;
  fillCause: usize;
  fillIndex: usize;
  storeDrain: usize;
  storeData: usize;
  storeLine: usize;
  storeFirst: usize;
  storeEnd: usize;
  drainBuckets: usize;
  pathFree: usize;
  prefetchLine: usize;
  prefetchReady: usize;
  stridePage: usize;
  strideLast: usize;
  strideStep: usize;
  trace: usize;
  traceKinds: usize;
}

/** What all cores share. */
@unmanaged
export class Machine {
  loadIssue: f64;
  storeIssue: f64;
  commit: f64;
  forwardLatency: f64;
  tlb2Penalty: f64;
  walkOverhead: f64;
  accessedAssist: f64;
  dirtyAssist: f64;
  exceptionEntry: f64;
  exceptionExit: f64;
  memoryIdle: f64;
  memoryLatency: f64;
  memoryTransfer: f64;
  coreToCore: f64;
  shootdownSend: f64;
  shootdownReceive: f64;
  trafficStart: f64;
  trafficLines: i64;
  memoryLines: i64;
  loadWindow: i64;
  cores: u32;
  levels: u32;
  privateLevels: u32;
  lineShift: u32;
  walkers: u32;
  fillBuffers: u32;
  storeBuffer: u32;
  merging: bool;
  writeBack: bool;
  tagged: bool;
  counting: bool;
  /** One core and LRU everywhere: misses may take the short way. */
  plain: bool;
  prefetchNext: u32;
  prefetchStride: u32;
  loadedRows: u32;
  frames: u32;
  tables: u32;
  spaces: u32;
  tablesBase: usize;
  regions: usize;
  tableSpaces: usize;
  loadedBandwidth: usize;
  loadedLatency: usize;
}

/** First byte of the machine, of the list of cores, of the spaces' roots and mapped counts. */
const machineAt: usize = memory.data(512, 16);
const coresAt: usize = memory.data(4 * 64, 16);
const rootsAt: usize = memory.data(4 * 1024, 16);
const mappedAt: usize = memory.data(8 * 1024, 16);
export const countersBase: usize = memory.data(8 * 64, 16);

// @ts-ignore: decorator
@inline
export function machine(): Machine {
  return changetype<Machine>(machineAt);
}
// @ts-ignore: decorator
@inline
export function coreAt(number: u32): Core {
  return changetype<Core>(load<usize>(coresAt + (<usize>number << 2)));
}
export function setCore(number: u32, core: Core): void {
  store<usize>(coresAt + (<usize>number << 2), changetype<usize>(core));
}
// @ts-ignore: decorator
@inline
export function rootOf(space: i32): u32 {
  return load<u32>(rootsAt + (<usize>space << 2));
}
export function setRoot(space: i32, table: u32): void {
  store<u32>(rootsAt + (<usize>space << 2), table);
}
export function mappedAtOf(space: i32): usize {
  return mappedAt + (<usize>space << 3);
}
export function addMapped(space: i32, pages: f64): void {
  store<f64>(mappedAtOf(space), load<f64>(mappedAtOf(space)) + pages);
}

// @ts-ignore: decorator
@inline
export function count(counter: u32): void {
  addCount(counter, 1);
}
// @ts-ignore: decorator
@inline
export function addCount(counter: u32, by: f64): void {
  const at = countersBase + (<usize>counter << 3);
  store<f64>(at, load<f64>(at) + by);
}
// @ts-ignore: decorator
@inline
export function advance(core: Core, cause: u32, ps: f64): void {
  core.now += ps;
  const at = core.time + (<usize>cause << 3);
  store<f64>(at, load<f64>(at) + ps);
}
// @ts-ignore: decorator
@inline
export function addTime(core: Core, cause: u32, ps: f64): void {
  const at = core.time + (<usize>cause << 3);
  store<f64>(at, load<f64>(at) + ps);
}
// @ts-ignore: decorator
@inline
export function waitUntil(core: Core, cause: u32, time: f64): void {
  if (time > core.now) advance(core, cause, time - core.now);
}
// @ts-ignore: decorator
@inline
export function later(a: f64, b: f64): f64 {
  return a > b ? a : b;
}

let heap: usize = (__heap_base + 127) & ~127;

/** Zeroed memory, aligned to 64 bytes. */
export function allocate(bytes: usize): usize {
  const at = heap;
  heap = (heap + bytes + 63) & ~63;
  const missing = <i32>((heap - 1) >> 16) + 1 - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) unreachable();
  return at;
}
