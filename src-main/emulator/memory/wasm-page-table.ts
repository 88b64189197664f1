import { type PageTable, Pte as PteBits } from '#emulator/mmu/page-table';
import type { LinearMemory } from './linear-memory.ts';
import type { MemoryPath } from './wasm-exports.ts';

// What a module declares is compiled in; what it imports is fetched, and checked, at each use.
const Pte = PteBits;

/** Entries of a table, so pages that a leaf table maps. */
const ENTRIES = 512;
/** Flags of an entry, its low bits; the frame number follows. */
const FLAGS = 0xfff;

/**
 * A page table in linear memory. Entries of the leaf table used last are reached without a call: a fault looks at its
 * entry several times, and the next one is mostly beside it. Tables stay where they are and are not freed.
 */
export class WasmPageTable implements PageTable {
  private readonly path: MemoryPath;
  private readonly memory: LinearMemory;
  private readonly space: number;
  /** The region of 512 pages whose leaf table is known, and the index of that table's first entry in `memory.u32`. */
  private region = -1;
  private leaf = 0;
  /** Index in `memory.f64` of the number of present entries. */
  private readonly mappedAt: number;
  /** Index in `memory.u32` of what says whether loads were worked out ahead, with the entries as they are. */
  private readonly aheadAt: number;

  constructor(path: MemoryPath, memory: LinearMemory, space: number) {
    this.path = path;
    this.memory = memory;
    this.space = space;
    this.mappedAt = path.mappedAt(space) / 8;
    this.aheadAt = path.aheadAt() / 4;
  }

  get mapped(): number {
    return this.memory.f64[this.mappedAt];
  }

  flags(vpn: number): number {
    const region = Math.floor(vpn / ENTRIES);
    if (region !== this.region && !this.find(region)) return this.path.pteFlags(this.space, vpn);
    const flags = this.memory.u32[this.leaf + (vpn - region * ENTRIES) * 2] & FLAGS;
    return (flags & Pte.present) === 0 ? 0 : flags;
  }

  frame(vpn: number): number {
    return this.path.pteFrame(this.space, vpn);
  }

  set(vpn: number, frame: number, flags: number): void {
    const region = Math.floor(vpn / ENTRIES);
    if (region !== this.region && !this.find(region)) {
      this.path.pteSet(this.space, vpn, frame, flags);
      this.memory.afterGrowth();
      return;
    }
    const { u32, f64 } = this.memory;
    if (u32[this.aheadAt] !== 0) this.path.settle();
    const at = this.leaf + (vpn - region * ENTRIES) * 2;
    f64[this.mappedAt] += (flags & Pte.present) - (u32[at] & Pte.present);
    u32[at] = (frame << 12) | (flags & FLAGS & ~Pte.huge);
    u32[at + 1] = frame >>> 20;
  }

  setHuge(vpn: number, frame: number, flags: number): void {
    this.path.pteSetHuge(this.space, vpn, frame, flags);
    this.memory.afterGrowth();
    this.region = -1;
  }

  change(vpn: number, clear: number, set: number): void {
    this.path.pteChange(this.space, vpn, clear, set);
  }

  clear(vpn: number): number {
    return this.path.pteClear(this.space, vpn);
  }

  /** Looks for the leaf table of a region. @returns whether there is one */
  private find(region: number): boolean {
    const at = this.path.leafTableAt(this.space, region * ENTRIES);
    if (at === 0) return false;
    this.region = region;
    this.leaf = at / 4;
    return true;
  }
}
