// Page tables: four levels of 512 real 64-bit entries. Table t lies in frame `frames + t` of the simulated memory.
import { addMapped, allocate, machine, MAX_SPACES, MAX_TABLES, REGIONS, rootOf, setRoot } from './state';

export const PRESENT: u32 = 1;
export const WRITABLE: u32 = 2;
const USER: u32 = 4;
export const ACCESSED: u32 = 0x20;
export const DIRTY_PTE: u32 = 0x40;
export const HUGE: u32 = 0x80;
export const NO_TABLE: u32 = 0xffffffff;

/** In a region's value: the slot is a page-directory entry of a 2 MiB page. */
export const HUGE_REGION: u32 = 0x80000000;

// A slot numbers an entry over all tables: table * 512 + index.
// @ts-ignore: decorator
@inline
export function entryAt(slot: u32): usize {
  return machine().tablesBase + (<usize>slot << 3);
}
// @ts-ignore: decorator
@inline
export function frameOf(entry: u64): u32 {
  return <u32>((entry >> 12) & 0xffffffffff);
}

function newTable(space: i32): u32 {
  const m = machine();
  const table = m.tables;
  if (table == MAX_TABLES) unreachable();
  m.tables = table + 1;
  store<u16>(m.tableSpaces + (<usize>table << 1), <u16>space);
  const missing = <i32>((m.tablesBase + ((<usize>table + 1) << 12) - 1) >> 16) + 1 - memory.size();
  // Ahead by 4 MiB at a time: growing is dear.
  if (missing > 0 && memory.grow(missing + 64) < 0) unreachable();
  return table;
}

// @ts-ignore: decorator
@inline
function indexAt(vpn: i64, level: u32): u32 {
  return <u32>(vpn >> ((level - 1) * 9)) & 511;
}

/** The table of `level` that `vpn` goes through, NO_TABLE when there is none. */
export function tableAt(space: i32, vpn: i64, level: u32): u32 {
  let table = rootOf(space);
  for (let l: u32 = 4; l > level; l--) {
    const entry = load<u64>(entryAt((table << 9) | indexAt(vpn, l)));
    if ((<u32>entry & (PRESENT | HUGE)) != PRESENT) return NO_TABLE;
    table = frameOf(entry) - machine().frames;
  }
  return table;
}

function makeTable(space: i32, vpn: i64, level: u32): u32 {
  let table = rootOf(space);
  for (let l: u32 = 4; l > level; l--) {
    const at = entryAt((table << 9) | indexAt(vpn, l));
    const entry = load<u64>(at);
    if ((<u32>entry & (PRESENT | HUGE)) == PRESENT) table = frameOf(entry) - machine().frames;
    else {
      if ((<u32>entry & (PRESENT | HUGE)) == (PRESENT | HUGE)) addMapped(space, -512);
      table = newTable(space);
      store<u64>(at, (<u64>(machine().frames + table) << 12) | PRESENT | WRITABLE | USER);
      forgetRegion(space, vpn);
    }
  }
  return table;
}

/** Slot of the entry that maps `vpn`, with HUGE_REGION for a 2 MiB one, NO_TABLE when there is no leaf table. */
export function leafSlot(space: i32, vpn: i64): u32 {
  const directory = tableAt(space, vpn, 2);
  if (directory == NO_TABLE) return NO_TABLE;
  const slot = (directory << 9) | indexAt(vpn, 2);
  const entry = load<u64>(entryAt(slot));
  if ((<u32>entry & HUGE) != 0) return slot | HUGE_REGION;
  if ((<u32>entry & PRESENT) == 0) return NO_TABLE;
  return ((frameOf(entry) - machine().frames) << 9) | indexAt(vpn, 1);
}

/** Address of the leaf table that maps `vpn`; 0 where there is none, or a 2 MiB entry. */
export function leafTableAt(space: i32, page: f64): usize {
  const slot = leafSlot(space, <i64>page);
  return slot == NO_TABLE || (slot & HUGE_REGION) != 0 ? 0 : entryAt(slot & ~511);
}

// The region table: (space, vpn / 512) -> first slot of the leaf table, or the page-directory slot of a 2 MiB page.
// @ts-ignore: decorator
@inline
function regionAt(space: i32, region: i64): usize {
  return machine().regions + (<usize>((<u32>region ^ (<u32>space << 7)) & (REGIONS - 1)) << 4);
}
// @ts-ignore: decorator
@inline
function regionKey(space: i32, region: i64): i64 {
  return ((<i64>space + 1) << 40) | region;
}
function forgetRegion(space: i32, vpn: i64): void {
  store<i64>(regionAt(space, vpn >> 9), 0);
}

/** First slot of the leaf table of a region (HUGE_REGION: the slot of its 2 MiB entry), NO_TABLE when there is none. */
// @ts-ignore: decorator
@inline
export function regionSlot(space: i32, region: i64): u32 {
  const at = regionAt(space, region);
  if (load<i64>(at) == regionKey(space, region)) return load<u32>(at, 8);
  return findRegion(space, region, at);
}

function findRegion(space: i32, region: i64, at: usize): u32 {
  let slot = leafSlot(space, region << 9);
  if (slot == NO_TABLE) return NO_TABLE;
  store<i64>(at, regionKey(space, region));
  store<u32>(at, slot, 8);
  return slot;
}

export function createSpace(): i32 {
  const m = machine();
  if (m.spaces == MAX_SPACES) return -1;
  const space = <i32>m.spaces;
  m.spaces += 1;
  setRoot(space, newTable(space));
  return space;
}

/** The entry that maps `vpn`, whether present or not; 0 when there is no leaf. */
function leafEntry(space: i32, vpn: i64): u64 {
  const slot = leafSlot(space, vpn);
  return slot == NO_TABLE ? 0 : load<u64>(entryAt(slot & ~HUGE_REGION));
}

export function pteFlags(space: i32, page: f64): u32 {
  const flags = <u32>leafEntry(space, <i64>page) & 0xfff;
  return (flags & PRESENT) == 0 ? 0 : flags;
}

export function pteFrame(space: i32, page: f64): f64 {
  const vpn = <i64>page;
  const entry = leafEntry(space, vpn);
  if ((<u32>entry & PRESENT) == 0) return -1;
  return <f64>(frameOf(entry) + ((<u32>entry & HUGE) != 0 ? <u32>vpn & 511 : 0));
}

export function pteSet(space: i32, page: f64, frame: f64, flags: u32): void {
  const vpn = <i64>page;
  const known = regionSlot(space, vpn >> 9);
  const slot = known != NO_TABLE && (known & HUGE_REGION) == 0 ? known | (<u32>vpn & 511) : (makeTable(space, vpn, 1) << 9) | indexAt(vpn, 1);
  const at = entryAt(slot);
  addMapped(space, <f64>(<i32>(flags & PRESENT) - <i32>(load<u32>(at) & PRESENT)));
  store<u64>(at, (<u64>frame << 12) | (flags & 0xfff & ~HUGE));
}

export function pteSetHuge(space: i32, page: f64, frame: f64, flags: u32): void {
  const vpn = <i64>page;
  const slot = (makeTable(space, vpn, 2) << 9) | indexAt(vpn, 2);
  const at = entryAt(slot);
  const old = load<u64>(at);
  if ((<u32>old & HUGE) == 0 && (<u32>old & PRESENT) != 0) {
    const table = (frameOf(old) - machine().frames) << 9;
    for (let i: u32 = 0; i < 512; i++) if ((load<u32>(entryAt(table | i)) & PRESENT) != 0) addMapped(space, -1);
  } else if ((<u32>old & PRESENT) != 0) addMapped(space, -512);
  store<u64>(at, (<u64>frame << 12) | (flags & 0xfff) | HUGE);
  if ((flags & PRESENT) != 0) addMapped(space, 512);
  forgetRegion(space, vpn);
}

export function pteChange(space: i32, page: f64, clear: u32, set: u32): void {
  const slot = leafSlot(space, <i64>page);
  if (slot == NO_TABLE) return;
  const at = entryAt(slot & ~HUGE_REGION);
  const low = load<u32>(at);
  if ((low & PRESENT) == 0) return;
  const flags = ((((low & ~clear) | set) & 0xfff & ~HUGE) | (low & HUGE));
  if ((flags & PRESENT) == 0) addMapped(space, (low & HUGE) != 0 ? -512 : -1);
  store<u32>(at, (low & ~0xfff) | flags);
}

export function pteClear(space: i32, page: f64): u32 {
  const slot = leafSlot(space, <i64>page);
  if (slot == NO_TABLE) return 0;
  const at = entryAt(slot & ~HUGE_REGION);
  const flags = load<u32>(at) & 0xfff;
  if ((flags & PRESENT) == 0) return 0;
  store<u64>(at, 0);
  addMapped(space, (flags & HUGE) != 0 ? -512 : -1);
  if ((flags & HUGE) != 0) forgetRegion(space, <i64>page);
  return flags;
}

/** Space that a slot's table belongs to. */
// @ts-ignore: decorator
@inline
export function spaceOfSlot(slot: u32): i32 {
  return <i32>load<u16>(machine().tableSpaces + (<usize>(slot >> 9) << 1));
}

export function setUpTables(): void {
  const m = machine();
  m.regions = allocate(REGIONS * 16);
  m.tableSpaces = allocate(MAX_TABLES * 2);
}
/** After everything else is allocated: the tables lie at the end and grow. */
export function placeTables(): void {
  machine().tablesBase = (allocate(4096 + 4096) + 4095) & ~4095;
}
