import type { AccessBatch } from '#emulator/cpu/access';
import type { PageTable } from '#emulator/mmu/page-table';

/** Why {@link Processor.run} came back. */
export const StopReason = {
  /** The batch is finished. */
  done: 0,
  /** An access needs the kernel: see {@link Processor.faultAddress}. It has not happened yet and is tried again by the next `run`. */
  fault: 1,
  /** The core's clock reached the horizon; the batch goes on with the next `run`. */
  horizon: 2,
} as const;
export type StopReason = (typeof StopReason)[keyof typeof StopReason];

/**
 * The cores, caches and MMU, seen from the kernel. Every core has a clock of its own, in simulated
 * picoseconds; the kernel decides which core runs next and how far (`horizon`), and charges its own
 * work to the core's clock.
 *
 * ```
 *   begin(core, batch) -> run(core, horizon) -> fault? kernel: charge(...), pageTable.set(...) -> run(...) -> done
 * ```
 *
 * Batches and counters are per core; nothing here allocates while running.
 */
export interface Processor {
  readonly coreCount: number;

  /** A new, empty address space; its id is given to the other calls. */
  createSpace(): number;
  /** The page table of a space. The kernel writes PTEs there; stale TLB entries are its concern (`invalidate`). */
  pageTable(space: number): PageTable;
  /** Makes `space` current on the core, with what a switch costs (TLB flush unless tagged). */
  switchTo(core: number, space: number): void;

  /** Loads a batch of accesses; any batch loaded before is dropped. */
  begin(core: number, batch: AccessBatch): void;
  /** Runs the batch until it is done, an access faults, or the clock reaches `horizon` (ps). */
  run(core: number, horizon: number): StopReason;
  /** Accesses of the current batch that have retired. */
  retired(core: number): number;

  /** Virtual byte address of the access that stopped the last `run` with `fault`. */
  faultAddress(core: number): number;
  /** Whether that access is a store. */
  faultIsWrite(core: number): boolean;
  /** Whether a PTE was present (so that this is a protection fault, error-code bit 0). */
  faultPresent(core: number): boolean;

  /** The core's clock, ps. */
  now(core: number): number;
  /** Kernel work on the core: adds `ps` to its clock, booked under `cause`. */
  charge(core: number, cause: CycleCause, ps: number): void;
  /** Lets the core idle (its thread sleeps or waits) until `time` ps; no effect when the clock is past it. Booked under `CycleCause.idle`. */
  advanceTo(core: number, time: number): void;

  /** Drops TLB entries of `count` pages from virtual page `vpn` on the core, and on every other core that runs `space` (shootdown, with its cost). */
  invalidate(core: number, space: number, vpn: number, count: number): void;

  /** Time by cause of one core in ps, indexed by {@link CycleCause}; adds up to `now(core)`. A live view. */
  timeByCause(core: number): Float64Array;
  /** Event counters summed over the cores, indexed by {@link CpuCounter}. A live view, valid until the next `run`. */
  counters(): Float64Array;
}

/** What a core's time is booked under. Adds up to the total exactly. */
export const CycleCause = {
  /** Issue and retirement, and hits in the first level. */
  execute: 0,
  l2: 1,
  l3: 2,
  memory: 3,
  /** Transfer of ownership from another core. */
  coreToCore: 4,
  tlb: 5,
  walk: 6,
  /** Accessed and dirty bit assists. */
  assist: 7,
  storeBuffer: 8,
  fence: 9,
  /** Exception entry and return. */
  faultEntry: 10,
  /** Fault handler steps. */
  handler: 11,
  syscall: 12,
  /** File system and policy work in the kernel. */
  filesystem: 13,
  zeroing: 14,
  reclaim: 15,
  shootdown: 16,
  contextSwitch: 17,
  /** Waiting for a lock, a frame, I/O, or a throttle pause. */
  wait: 18,
  idle: 19,
} as const;
export type CycleCause = (typeof CycleCause)[keyof typeof CycleCause];
export const CYCLE_CAUSES: readonly string[] = Object.keys(CycleCause);

/** Counters of the memory path. */
export const CpuCounter = {
  loads: 0,
  stores: 1,
  l1Hits: 2,
  l1Misses: 3,
  l2Hits: 4,
  l2Misses: 5,
  l3Hits: 6,
  l3Misses: 7,
  writebacks: 8,
  tlb1Hits: 9,
  tlb1Misses: 10,
  tlb2Hits: 11,
  walks: 12,
  walkLoads: 13,
  accessedAssists: 14,
  dirtyAssists: 15,
  forwards: 16,
  storeBufferStalls: 17,
  ownershipTransfers: 18,
  shootdowns: 19,
  prefetches: 20,
  faults: 21,
} as const;
export type CpuCounter = (typeof CpuCounter)[keyof typeof CpuCounter];
export const CPU_COUNTERS: readonly string[] = Object.keys(CpuCounter);
