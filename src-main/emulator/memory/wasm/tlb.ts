// TLBs, page-walk caches and page walks.
import { access } from './caches';
import { find, push, rotate, take } from './lru';
import {
  ACCESSED, DIRTY_PTE, entryAt, frameOf, HUGE, HUGE_REGION, leafSlot, NO_TABLE, PRESENT, regionSlot, spaceOfSlot, tableAt, WRITABLE,
} from './page-table';
import {
  ACCESSED_ASSISTS, addCount, advance, allocate, CAUSE_ASSIST, CAUSE_TLB, CAUSE_WALK, Core, count, DIRTY_ASSISTS, FROM_CORE,
  FROM_MEMORY, later, machine, Tlb, TLB1_HITS, TLB1_MISSES, TLB2_HITS, TRAFFIC_WINDOW, waitUntil, WALK_LOADS, WALKS,
} from './state';
import { clearWalkCache, enter, knows, WalkCache } from './walk-cache';

/** What `translate` leaves behind: the line, and when the translation is there. */
export let line: u32 = 0;
export let ready: f64 = 0;
/** Of the page translated last: frame (of the 4 KiB page) and payload flags (1 writable, 2 dirty). */
export let pageFrame: u32 = 0;
export let pageFlags: u32 = 0;

export function makeTlb(sets: u32, ways: u32): Tlb {
  const tlb = changetype<Tlb>(allocate(offsetof<Tlb>()));
  tlb.mask = sets - 1;
  tlb.ways = ways;
  tlb.padded = (ways + 3) & ~3;
  tlb.stride = tlb.padded * 8;
  tlb.sets = allocate(<usize>sets * tlb.stride);
  return tlb;
}

// @ts-ignore: decorator
@inline
export function setAt(tlb: Tlb, index: u32): usize {
  return tlb.sets + <usize>(index & tlb.mask) * tlb.stride;
}
// @ts-ignore: decorator
@inline
export function payloads(tlb: Tlb, set: usize): usize {
  return set + (<usize>tlb.padded << 2);
}

/** Payload of the tag, which becomes the newest; -1 when it is not there. Payloads have at most 31 bits. */
// @ts-ignore: decorator
@inline
export function use(tlb: Tlb, index: u32, tag: u32): i32 {
  const set = setAt(tlb, index);
  const place = find(set, tlb.ways, tag);
  if (place < 0) return -1;
  const at = payloads(tlb, set);
  const payload = load<u32>(at + (<usize>place << 2));
  if (place > 0) {
    rotate(set, tlb.ways, place, tag);
    rotate(at, tlb.ways, place, payload);
  }
  return payload;
}

// @ts-ignore: decorator
@inline
function insert(tlb: Tlb, index: u32, tag: u32, payload: u32): void {
  const set = setAt(tlb, index);
  push(set, tlb.ways, tag);
  push(payloads(tlb, set), tlb.ways, payload);
}

function setPayload(tlb: Tlb, index: u32, tag: u32, payload: u32): void {
  const set = setAt(tlb, index);
  const place = find(set, tlb.ways, tag);
  if (place >= 0) store<u32>(payloads(tlb, set) + (<usize>place << 2), payload);
}

function drop(tlb: Tlb, index: u32, tag: u32): void {
  const set = setAt(tlb, index);
  const place = find(set, tlb.ways, tag);
  if (place < 0) return;
  take(set, tlb.ways, place);
  take(payloads(tlb, set), tlb.ways, place);
}

function dropSpace(tlb: Tlb, space: i32): void {
  for (let i: u32 = 0; i <= tlb.mask; i++) {
    const set = setAt(tlb, i);
    let place: u32 = 0;
    while (place < tlb.ways) {
      const tag = load<u32>(set + (<usize>place << 2));
      if (tag == 0) break;
      if (spaceOfSlot(tag - 1) != space) place++;
      else {
        take(set, tlb.ways, place);
        take(payloads(tlb, set), tlb.ways, place);
      }
    }
  }
}

function clear(tlb: Tlb): void {
  memory.fill(tlb.sets, 0, (<usize>tlb.mask + 1) * tlb.stride);
}

export function flushAll(core: Core): void {
  clear(core.tlb1);
  if (core.tlb1Huge != core.tlb1) clear(core.tlb1Huge);
  if (core.tlb2) clear(core.tlb2!);
  flushWalkCaches(core);
}

export function flushWalkCaches(core: Core): void {
  clearWalkCache(core.walk1);
  clearWalkCache(core.walk2);
  clearWalkCache(core.walk3);
}

export function flushSpace(core: Core, space: i32): void {
  dropSpace(core.tlb1, space);
  if (core.tlb1Huge != core.tlb1) dropSpace(core.tlb1Huge, space);
  if (core.tlb2) dropSpace(core.tlb2!, space);
  flushWalkCaches(core);
}

/** Drops the entries of both sizes that map `vpn`. */
export function flushPage(core: Core, space: i32, vpn: i64): void {
  const table = tableAt(space, vpn, 1);
  if (table != NO_TABLE) dropEverywhere(core, core.tlb1, <u32>vpn, (table << 9) | (<u32>vpn & 511));
  const directory = tableAt(space, vpn, 2);
  if (directory != NO_TABLE) dropEverywhere(core, core.tlb1Huge, <u32>(vpn >> 9), (directory << 9) | (<u32>(vpn >> 9) & 511));
}

function dropEverywhere(core: Core, tlb1: Tlb, index: u32, slot: u32): void {
  drop(tlb1, index, slot + 1);
  if (core.tlb2) drop(core.tlb2!, index, slot + 1);
}

/** Memory latency at the present traffic. */
export function loadedLatency(now: f64): f64 {
  const m = machine();
  if (m.loadedRows == 0 || now - m.trafficStart < TRAFFIC_WINDOW) return m.memoryLatency;
  const bandwidth = (<f64>(m.memoryLines - m.trafficLines) * <f64>(1 << m.lineShift) * 1e12) / (now - m.trafficStart);
  m.trafficStart = now;
  m.trafficLines = m.memoryLines;
  const last = m.loadedRows - 1;
  const b = m.loadedBandwidth;
  const l = m.loadedLatency;
  let i: u32 = 0;
  while (i < last && load<f64>(b + (<usize>(i + 1) << 3)) <= bandwidth) i++;
  let extra: f64 = 0;
  if (bandwidth > load<f64>(b)) {
    const at = <usize>i << 3;
    extra = load<f64>(l + at) - load<f64>(l);
    if (i < last) extra += ((bandwidth - load<f64>(b + at)) / (load<f64>(b + at, 8) - load<f64>(b + at))) * (load<f64>(l + at, 8) - load<f64>(l + at));
  }
  m.memoryLatency = m.memoryIdle + later(0, Math.floor(extra));
  return m.memoryLatency;
}

/** Latency from load to use by who serves. */
// @ts-ignore: decorator
@inline
export function latencyOf(core: Core, from: u32, now: f64): f64 {
  if (from == 0) return core.level0.latency;
  if (from == FROM_MEMORY) return loadedLatency(now);
  if (from == FROM_CORE) return machine().coreToCore;
  return from == 1 ? core.level1!.latency : core.level2!.latency;
}

// @ts-ignore: decorator
@inline
function walkCache(core: Core, level: u32): WalkCache {
  return level == 1 ? core.walk1 : level == 2 ? core.walk2 : core.walk3;
}

/** Lines of a walk's loads. */
const walked: usize = memory.data(4 * 4, 16);

// @ts-ignore: decorator
@inline
function lineOfEntry(slot: u32): u32 {
  const m = machine();
  return <u32>((((<u64>m.frames) << 12) + (<u64>slot << 3)) >> m.lineShift);
}

/** A walk: its loads and its time. */
function walkLoads(core: Core, vpn: i64, slot: u32, huge: bool, dependent: bool): void {
  const m = machine();
  count(WALKS);
  const leaf: u32 = huge ? 2 : 1;
  let loads: u32 = 1;
  if (slot != NO_TABLE && knows(walkCache(core, leaf), slot >> 9)) store<u32>(walked, lineOfEntry(slot));
  else loads = walkFrom(core, vpn, leaf, slot != NO_TABLE, walked);
  addCount(WALK_LOADS, <f64>loads);
  let latency: f64 = m.walkOverhead;
  for (let k: u32 = 0; k < loads; k++) latency += latencyOf(core, access(core, load<u32>(walked + (<usize>k << 2)), false), core.now);
  if (dependent) {
    advance(core, CAUSE_WALK, latency);
    ready = core.now;
    return;
  }
  ready = startWalk(core, latency);
}

/** When a walk of `latency` that starts now ends, once a walker is free. */
// @ts-ignore: decorator
@inline
export function startWalk(core: Core, latency: f64): f64 {
  let at = core.walkerFree;
  const walkers = machine().walkers;
  for (let k: u32 = 1; k < walkers; k++) {
    const other = core.walkerFree + (<usize>k << 3);
    if (load<f64>(other) < load<f64>(at)) at = other;
  }
  waitUntil(core, CAUSE_WALK, load<f64>(at));
  const end = core.now + latency;
  store<f64>(at, end);
  return end;
}

/**
 * A walk whose leaf table no walk cache knows: writes the lines of its loads to `out`, in their order, from the lowest
 * table a walk cache knows down to the leaf or the first gap; returns how many, at most 4.
 */
export function walkFrom(core: Core, vpn: i64, leaf: u32, leafMissed: bool, out: usize): u32 {
  let level: u32 = 4;
  for (let known = leafMissed ? leaf + 1 : leaf; known <= 3; known++) {
    const table = tableAt(core.space, vpn, known);
    if (table != NO_TABLE && knows(walkCache(core, known), table)) {
      level = known;
      break;
    }
  }
  let loads: u32 = 0;
  let table = tableAt(core.space, vpn, level);
  for (;;) {
    const slot = (table << 9) | (<u32>(vpn >> ((level - 1) * 9)) & 511);
    store<u32>(out + (<usize>loads << 2), lineOfEntry(slot));
    loads++;
    if (level == leaf) break;
    const entry = load<u64>(entryAt(slot));
    if ((<u32>entry & (PRESENT | HUGE)) != PRESENT) break;
    table = frameOf(entry) - machine().frames;
    level--;
    enter(walkCache(core, level), table);
  }
  return loads;
}

/** Slot of the entry that maps `vpn`, with HUGE_REGION for a 2 MiB one, NO_TABLE when there is no leaf. */
// @ts-ignore: decorator
@inline
export function slotOf(region: u32, vpn: i64): u32 {
  return (region & HUGE_REGION) != 0 ? region : region | (<u32>vpn & 511);
}

/** Sets `line`, `ready`, `pageFrame` and `pageFlags`; false when the access faults. `address` lies in `core.space`. */
export function translate(core: Core, address: i64, isStore: bool, dependent: bool): bool {
  const vpn = address >> 12;
  const slot = slotOf(regionSlot(core.space, vpn >> 9), vpn);
  const huge = slot != NO_TABLE && (slot & HUGE_REGION) != 0;
  let payload: i32 = -1;
  if (slot != NO_TABLE) payload = use(huge ? core.tlb1Huge : core.tlb1, huge ? <u32>(vpn >> 9) : <u32>vpn, (slot & ~HUGE_REGION) + 1);
  if (payload < 0) return refill(core, address, slot, isStore, dependent);
  count(TLB1_HITS);
  ready = core.now;
  if (isStore && (payload & 3) != 3) return permit(core, address, slot, payload, dependent);
  return found(address, slot, payload);
}

/** `permit` with an entry of the first level, which is there at once. */
export function permitKnown(core: Core, address: i64, leaf: u32, payload: i32, dependent: bool): bool {
  ready = core.now;
  return permit(core, address, leaf, payload, dependent);
}

// @ts-ignore: decorator
@inline
function found(address: i64, slot: u32, payload: i32): bool {
  pageFlags = payload & 3;
  pageFrame = (<u32>payload >> 2) + ((slot & HUGE_REGION) != 0 ? <u32>(address >> 12) & 511 : 0);
  line = <u32>(((<u64>pageFrame << 12) + (<u64>address & 4095)) >> machine().lineShift);
  return true;
}

/** `translate` after the first level is known not to hold the page. */
export function refill(core: Core, address: i64, leaf: u32, isStore: bool, dependent: bool): bool {
  const m = machine();
  const vpn = address >> 12;
  const huge = leaf != NO_TABLE && (leaf & HUGE_REGION) != 0;
  const slot = huge ? leaf & ~HUGE_REGION : leaf;
  const index = huge ? <u32>(vpn >> 9) : <u32>vpn;
  const tlb1 = huge ? core.tlb1Huge : core.tlb1;
  const tlb2 = core.tlb2;
  count(TLB1_MISSES);
  ready = core.now;
  let payload: i32 = -1;
  if (tlb2 && slot != NO_TABLE) payload = use(tlb2, index, slot + 1);
  if (payload >= 0) {
    count(TLB2_HITS);
    if (dependent) {
      advance(core, CAUSE_TLB, m.tlb2Penalty);
      ready = core.now;
    } else ready = core.now + m.tlb2Penalty;
  } else {
    walkLoads(core, vpn, slot, huge, dependent);
    if (slot == NO_TABLE) return fault(core, address, isStore, vpn);
    const at = entryAt(slot);
    const entry = load<u64>(at);
    const flags = <u32>entry;
    if ((flags & PRESENT) == 0 || (isStore && (flags & WRITABLE) == 0)) return fault(core, address, isStore, vpn);
    if ((flags & ACCESSED) == 0) {
      store<u32>(at, flags | ACCESSED);
      count(ACCESSED_ASSISTS);
      advance(core, CAUSE_ASSIST, m.accessedAssist);
    }
    payload = <i32>((frameOf(entry) << 2) | ((flags >> 1) & 1) | ((flags >> 5) & 2));
    if (tlb2) insert(tlb2, index, slot + 1, payload);
  }
  insert(tlb1, index, slot + 1, payload);
  if (isStore && (payload & 3) != 3) return permit(core, address, leaf, payload, dependent);
  return found(address, leaf, payload);
}

/** A store through an entry that is not known writable and dirty: the hardware looks at the PTE again. `ready` is set. */
function permit(core: Core, address: i64, leaf: u32, payload: i32, dependent: bool): bool {
  const vpn = address >> 12;
  const huge = (leaf & HUGE_REGION) != 0;
  const slot = leaf & ~HUGE_REGION;
  const index = huge ? <u32>(vpn >> 9) : <u32>vpn;
  const tlb1 = huge ? core.tlb1Huge : core.tlb1;
  if ((payload & 1) == 0) walkLoads(core, vpn, slot, huge, dependent);
  const at = entryAt(slot);
  const entry = load<u64>(at);
  const flags = <u32>entry;
  if ((flags & (PRESENT | WRITABLE)) != (PRESENT | WRITABLE)) {
    dropEverywhere(core, tlb1, index, slot);
    return fault(core, address, true, vpn);
  }
  if ((flags & DIRTY_PTE) == 0) {
    store<u32>(at, flags | DIRTY_PTE | ACCESSED);
    count(DIRTY_ASSISTS);
    advance(core, CAUSE_ASSIST, machine().dirtyAssist);
  }
  const known = <i32>((frameOf(entry) << 2) | 3);
  setPayload(tlb1, index, slot + 1, known);
  if (core.tlb2) setPayload(core.tlb2!, index, slot + 1, known);
  return found(address, leaf, known);
}

function fault(core: Core, address: i64, isStore: bool, vpn: i64): bool {
  const slot = leafSlot(core.space, vpn);
  core.faultAddress = <f64>address;
  core.faultIsWrite = isStore;
  core.faultPresent = slot != NO_TABLE && (load<u32>(entryAt(slot & ~HUGE_REGION)) & PRESENT) != 0;
  return false;
}
