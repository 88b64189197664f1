import { AccessKind, AccessOrder, type AccessBatch } from '#emulator/cpu/access';
import { makeProcessor } from '#emulator/cpu/make-processor';
import { CpuCounter, StopReason, type Processor } from '#emulator/cpu/processor';
import { Recorder } from '#emulator/engine/recorder';
import { PAGE_BYTES, Pte } from '#emulator/mmu/page-table';
import { simulate, type SimulationSink } from '#emulator/simulation';
import type { CachegrindBench } from '#lab/bench-cachegrind';
import { FULL_BATCH } from '#model/batch';
import { EventKind, type EventBatch } from '#model/events';
import type { RunPlan } from '#model/plan';
import type { ProcessorDocument } from '#model/processor';

export const BENCHMARKS = ['sequential', 'random', 'mixed', 'l1', 'faults', 'walks'] as const;
export type BenchmarkName = (typeof BENCHMARKS)[number];

export interface BenchmarkResult {
  readonly name: BenchmarkName;
  /** Accesses a second of CPU time with events being recorded, the best of three. */
  readonly millionPerSecond: number;
  /** The same with nothing recorded; of `faults`, which the whole kernel serves, there is no such run. */
  readonly unrecordedMillionPerSecond?: number;
  /** Data references a second of cachegrind on a C program that makes the same accesses; absent where it is not installed. */
  readonly cachegrindMillionPerSecond?: number;
  readonly ratio?: number;
}

/** A run of faults and little else. */
export interface FaultRun {
  readonly plan: RunPlan;
  /** Faults that it takes at least. */
  readonly faults: number;
}

/** How fast one kind of fault is emulated, with all its events. */
export interface FaultFigure {
  readonly name: string;
  /** Faults a second of CPU time, the best of the repetitions. */
  readonly millionPerSecond: number;
}

export interface BenchOptions {
  readonly processor: ProcessorDocument;
  /** The run behind `faults`: a store into each page of a sparse file. */
  readonly faults: FaultRun;
  /** Milliseconds of CPU time, so that other work on the machine matters less. */
  readonly clock: () => number;
  readonly cachegrind: CachegrindBench | null;
  readonly only?: readonly BenchmarkName[];
  progress(name: BenchmarkName, index: number, count: number): void;
}

const MIB = 1024 * 1024;
const BASE = 0x1000_0000_0000;
/** Simulated time between two samples of the counters while recording, ps. */
const SAMPLE_INTERVAL = 10_000_000;
const REPEATS = 3;
/** Runs of faults are short: they are repeated until engines have compiled them, for at least so much CPU time, ms. */
const FAULT_BENCH_MS = 1500;
const MIXED_PART = 1024;

interface Workload {
  readonly bytes: number;
  readonly accesses: number;
  /** Accesses for cachegrind, which is slower. */
  readonly cachegrindAccesses: number;
  readonly parts: (accesses: number) => Iterable<AccessBatch>;
}

function batch(order: AccessOrder, over: Partial<AccessBatch>): AccessBatch {
  return {
    order,
    kind: AccessKind.load,
    storeShare: 0,
    base: BASE,
    offset: 0,
    stride: 8,
    slots: 1,
    count: 0,
    width: 8,
    seed: 1,
    skew: 0,
    hotShare: 0,
    hotSlots: 0,
    ...over,
  };
}

/** One pass in a loop over `bytes`, 8 bytes a load. */
const sweep = (bytes: number) => (count: number) => [batch(AccessOrder.sequential, { slots: bytes / 8, count })];
/** Loads of lines drawn at random from `bytes`. */
const scattered = (bytes: number) => (count: number) => [
  batch(AccessOrder.random, { stride: 64, slots: bytes / 64, count }),
];

/** In turn 1024 loads that go on through `bytes` and 1024 of random lines. */
function* mixedParts(bytes: number, count: number): Iterable<AccessBatch> {
  for (let done = 0, at = 0, seed = 1; done < count; done += 2 * MIXED_PART, seed++) {
    yield batch(AccessOrder.sequential, { base: BASE + at, slots: MIXED_PART, count: MIXED_PART });
    at = (at + 8 * MIXED_PART) % bytes;
    yield batch(AccessOrder.random, { stride: 64, slots: bytes / 64, count: MIXED_PART, seed });
  }
}

const WORKLOADS: Readonly<Record<Exclude<BenchmarkName, 'faults'>, Workload>> = {
  sequential: { bytes: 64 * MIB, accesses: 60e6, cachegrindAccesses: 20e6, parts: sweep(64 * MIB) },
  random: { bytes: 64 * MIB, accesses: 8e6, cachegrindAccesses: 4e6, parts: scattered(64 * MIB) },
  mixed: {
    bytes: 64 * MIB,
    accesses: 2048 * 8000,
    cachegrindAccesses: 2048 * 4000,
    parts: (count) => mixedParts(64 * MIB, count),
  },
  l1: { bytes: 16 * 1024, accesses: 200e6, cachegrindAccesses: 20e6, parts: sweep(16 * 1024) },
  walks: { bytes: 4096 * MIB, accesses: 4e6, cachegrindAccesses: 2e6, parts: scattered(4096 * MIB) },
};
const CACHEGRIND_FAULTS = 100_000;

/** Measures how fast the emulator is on this machine, and cachegrind beside it. */
export function runBench(options: BenchOptions): BenchmarkResult[] {
  const names = options.only ?? BENCHMARKS;
  return names.map((name, i) => {
    options.progress(name, i, names.length);
    const own =
      name === 'faults'
        ? { millionPerSecond: faultsPerSecond(options.faults, options.clock) }
        : memoryPath(WORKLOADS[name], options);
    if (options.cachegrind === null) return { name, ...own };
    const accesses = name === 'faults' ? CACHEGRIND_FAULTS : WORKLOADS[name].cachegrindAccesses;
    const cachegrindMillionPerSecond = options.cachegrind.millionPerSecond(name, accesses);
    return { name, ...own, cachegrindMillionPerSecond, ratio: own.millionPerSecond / cachegrindMillionPerSecond };
  });
}

function memoryPath(
  workload: Workload,
  { processor, clock }: BenchOptions,
): { millionPerSecond: number; unrecordedMillionPerSecond: number } {
  const p = mapped(processor, workload.bytes);
  play(p, workload.parts(workload.accesses / 8), null);
  let recorded = 0;
  let unrecorded = 0;
  for (let k = 0; k < REPEATS; k++) {
    // A store of batches stands behind the recorder in a run; here they are counted and dropped.
    let events = 0;
    const recorder = new Recorder((b: EventBatch) => (events += b.count));
    recorded = Math.max(
      recorded,
      speed(clock, workload.accesses, () => play(p, workload.parts(workload.accesses), recorder)),
    );
    recorder.flush();
    if (events === 0) throw new Error('nothing was recorded');
    unrecorded = Math.max(
      unrecorded,
      speed(clock, workload.accesses, () => play(p, workload.parts(workload.accesses), null)),
    );
  }
  return { millionPerSecond: recorded, unrecordedMillionPerSecond: unrecorded };
}

/** Million a second of what `work` does. */
function speed(clock: () => number, accesses: number, work: () => void): number {
  const started = clock();
  work();
  return accesses / (clock() - started) / 1000;
}

/** A core with `bytes` mapped to frames in a row. */
function mapped(document: ProcessorDocument, bytes: number): Processor {
  const pages = Math.ceil(bytes / PAGE_BYTES);
  const p = makeProcessor(document, { cores: 1, frames: pages });
  const space = p.createSpace();
  p.switchTo(0, space);
  const table = p.pageTable(space);
  const flags = Pte.present | Pte.writable | Pte.user | Pte.accessed | Pte.dirty;
  for (let page = 0; page < pages; page++) table.set(BASE / PAGE_BYTES + page, page, flags);
  return p;
}

/** Runs the batches; with a recorder, each one is an event and the counters are sampled every 10 us of simulated time. */
function play(p: Processor, batches: Iterable<AccessBatch>, recorder: Recorder | null): void {
  let step = 0;
  for (const next of batches) {
    p.begin(0, next);
    const event = recorder?.begin(EventKind.step, 0, p.now(0), 0, 0, step++, -1) ?? -1;
    let reason = p.run(0, p.now(0) + SAMPLE_INTERVAL);
    while (reason === StopReason.horizon) {
      if (recorder !== null) sample(p, recorder);
      reason = p.run(0, p.now(0) + SAMPLE_INTERVAL);
    }
    if (reason !== StopReason.done) throw new Error('a mapped range faulted');
    recorder?.finish(event, p.now(0), 0);
  }
}

function sample(p: Processor, recorder: Recorder): void {
  const counters = p.counters();
  const now = p.now(0);
  recorder.record(EventKind.counter, 0, now, 0, counters[CpuCounter.l1Misses], 0, 0, 0, -1);
  recorder.record(EventKind.counter, 0, now, 0, counters[CpuCounter.walks], 1, 0, 0, -1);
}

/** Faults served by the whole kernel, with all its events, in million a second of CPU time. */
export function faultsPerSecond({ plan, faults }: FaultRun, clock: () => number): number {
  let best = 0;
  let events = 0;
  // In the app batches leave for another thread, and what holds them is not collected here: they are filled again.
  const done: EventBatch[] = [];
  const sink: SimulationSink = {
    batch(b) {
      events += b.count;
      if (b.count === FULL_BATCH) done.push(b);
    },
    spare: () => done.pop(),
    progress: () => undefined,
  };
  const started = clock();
  for (let k = 0; k < REPEATS || clock() - started < FAULT_BENCH_MS; k++) {
    events = 0;
    const before = clock();
    const { metrics } = simulate(plan, sink);
    const took = clock() - before;
    const taken = metrics.faults.read + metrics.faults.write + metrics.faults.writeProtect;
    if (taken < faults || events < taken)
      throw new Error(`a run of ${faults} faults took ${taken} faults and ${events} events`);
    best = Math.max(best, taken / took / 1000);
  }
  return best;
}
