import type { AccessBatch } from '#emulator/cpu/access';
import type { PageTable } from '#emulator/mmu/page-table';

/** Why {@link Processor.run} came back. */
export const StopReason = {
  /** The batch is finished. */
  done: 0,
  /**
   * An access needs the kernel: see {@link Processor.faultAddress}. It has not happened yet and is tried again by the
   * next `run`. Delivery of the exception is booked already (`CycleCause.faultEntry`), and the next `run` books the
   * return from it; the kernel charges only what it does between.
   */
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
  /**
   * Asked now and then within a long `run`, wherever the core is: true ends that `run` as if the horizon were
   * reached. It may look, and must change nothing.
   */
  pulse?: (core: number) => boolean;
  readonly coreCount: number;
  /** Hardware costs from the document that the kernel may want to charge or show, ps. */
  readonly costs: ProcessorCosts;

  /** A new, empty address space; its id is given to the other calls. */
  createSpace(): number;
  /** The page table of a space. The kernel writes PTEs there; stale TLB entries are its concern (`invalidate`). */
  pageTable(space: number): PageTable;
  /** Makes `space` current on the core; the switch's figure is booked under `contextSwitch` and the TLB flushed unless tagged. The first space of a core is free. */
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
  /** Waits until all stores of the core are out of its store buffer (MFENCE). */
  fence(core: number): void;
  /** Lets the core idle (its thread sleeps or waits) until `time` ps; no effect when the clock is past it. Booked under `CycleCause.idle`. */
  advanceTo(core: number, time: number): void;

  /** Drops TLB entries of `count` pages from virtual page `vpn` on the core, and on every other core that runs `space` (shootdown, with its cost). */
  invalidate(core: number, space: number, vpn: number, count: number): void;

  /** Time by cause of one core in ps, indexed by {@link CycleCause}; adds up to `now(core)`. A live view. */
  timeByCause(core: number): Float64Array;
  /** Event counters summed over the cores, indexed by {@link CpuCounter}. A live view, valid until the next `run`. */
  counters(): Float64Array;
}

/** Costs in ps. The processor books exceptions, switches and shootdowns itself; a system call is the kernel's to charge. */
export interface ProcessorCosts {
  readonly exceptionEntry: number;
  readonly exceptionExit: number;
  /** Entry and exit of a system call that does nothing. */
  readonly systemCall: number;
  readonly contextSwitch: number;
  readonly shootdownSend: number;
  readonly shootdownReceive: number;
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

/**
 * Counters of the memory path. A level's hits and misses count look-ups, page walks' loads among them; a straddling
 * access looks up two lines. `writebacks` are dirty lines written by any level to the next or to memory.
 */
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
  /** Lines written to memory: write-backs of the last level, non-temporal stores. */
  memoryWrites: 22,
  /** Stores merged into the newest entry of the store buffer (ARM). */
  storeMerges: 23,
} as const;
export type CpuCounter = (typeof CpuCounter)[keyof typeof CpuCounter];
export const CPU_COUNTERS: readonly string[] = Object.keys(CpuCounter);
