import { AccessOrder, type AccessBatch } from '#emulator/cpu/access';
import type { ProcessorFigures } from '#emulator/cpu/figures';
import {
  CPU_COUNTERS,
  CYCLE_CAUSES,
  CycleCause,
  type Processor,
  type ProcessorCosts,
  StopReason,
} from '#emulator/cpu/processor';
import type { PageTable } from '#emulator/mmu/page-table';
import { InputError } from '#model/problem';
import { LinearMemory } from './linear-memory.ts';
import {
  ACCESSES_A_CALL as IMPORTED_ACCESSES_A_CALL,
  instantiateMemoryPath,
  MORE as IMPORTED_MORE,
  REFILL as IMPORTED_REFILL,
  TRACE_CHUNK,
  type MemoryPath,
} from './wasm-exports.ts';
import { WasmPageTable } from './wasm-page-table.ts';
import { zipfConstants } from './zipf.ts';

// What a module declares is compiled in; what it imports is fetched, and checked, at each use.
const MORE = IMPORTED_MORE;
const REFILL = IMPORTED_REFILL;
const ACCESSES_A_CALL = IMPORTED_ACCESSES_A_CALL;

/** Most pages that are invalidated one by one; beyond, the space's entries go altogether (Linux: tlb_single_page_flush_ceiling). */
export const FLUSH_CEILING = 33;
/** Line numbers have 32 bits: 256 GiB in lines of 64 bytes. */
const MAX_LINES = 2 ** 32;
/** A cache word has 28 bits for its tag. */
const MAX_TAG = 2 ** 28;
const MAX_CORES = 64;
/** Frames kept free above the kernel's for page tables: 2^18 tables at most. */
const TABLE_FRAMES = 2 ** 18;
const SHARE_ONE = 2 ** 32;

const share = (fraction: number): number => Math.min(SHARE_ONE, Math.floor(fraction * SHARE_ONE));

/** The processor on the WebAssembly memory path. */
export class FastProcessor implements Processor {
  pulse?: (core: number) => boolean;
  readonly coreCount: number;
  readonly costs: ProcessorCosts;
  private readonly path: MemoryPath;
  private readonly tables: PageTable[] = [];
  private readonly batches: (AccessBatch | null)[];
  private readonly memory: LinearMemory;
  /** Copies of what lies in linear memory, for those who ask. */
  private readonly times: Float64Array[];
  private readonly counts = new Float64Array(CPU_COUNTERS.length);
  // Where each core keeps its clock, its time by cause, the address and the kind of its fault, and where the counters
  // are: indices into the views of the memory.
  private readonly nowAt: Int32Array;
  private readonly timeAt: Int32Array;
  private readonly faultAddressAt: Int32Array;
  private readonly faultKindAt: Int32Array;
  private readonly countersAt: number;

  constructor(figures: ProcessorFigures, cores: number, frames: number) {
    checkSize(figures, cores, frames);
    this.coreCount = cores;
    this.costs = figures;
    this.path = instantiateMemoryPath();
    setUp(this.path, figures, cores, frames);
    this.memory = new LinearMemory(this.path.memory);
    this.batches = new Array<AccessBatch | null>(cores).fill(null);
    this.times = Array.from({ length: cores }, () => new Float64Array(CYCLE_CAUSES.length));
    this.nowAt = Int32Array.from({ length: cores }, (_, core) => this.path.nowAt(core) / 8);
    this.timeAt = Int32Array.from({ length: cores }, (_, core) => this.path.timeAt(core) / 8);
    this.faultAddressAt = Int32Array.from({ length: cores }, (_, core) => this.path.faultAddressAt(core) / 8);
    this.faultKindAt = Int32Array.from({ length: cores }, (_, core) => this.path.faultKindAt(core));
    this.countersAt = this.path.countersAt() / 8;
  }

  createSpace(): number {
    const space = this.path.createSpace();
    if (space < 0) throw new RangeError('more address spaces than the page tables hold (1024)');
    this.memory.afterGrowth();
    this.tables.push(new WasmPageTable(this.path, this.memory, space));
    return space;
  }
  pageTable(space: number): PageTable {
    return this.tables[space];
  }
  switchTo(core: number, space: number): void {
    this.path.switchTo(core, space, this.costs.contextSwitch);
  }

  begin(core: number, batch: AccessBatch): void {
    checkBatch(batch);
    this.batches[core] = batch;
    let bits = 1;
    while (2 ** bits < batch.slots) bits++;
    const dependent = batch.dependent ?? batch.order === AccessOrder.chase;
    this.path.begin(
      core,
      batch.order,
      batch.kind,
      share(batch.storeShare),
      batch.base,
      batch.offset,
      batch.stride,
      batch.slots,
      batch.count,
      batch.width,
      batch.seed | 0,
      bits,
      share(batch.hotShare),
      batch.hotSlots,
      dependent ? 1 : 0,
    );
    if (batch.order === AccessOrder.zipf) {
      const { lower, upper, cut } = zipfConstants(batch.slots, batch.skew);
      this.path.setZipf(core, batch.skew, lower, upper, cut);
    }
  }

  run(core: number, horizon: number): StopReason {
    const batch = this.batches[core];
    if (batch === null) return 0;
    let reason = this.path.run(core, horizon, ACCESSES_A_CALL);
    while (reason === REFILL || reason === MORE) {
      if (reason === REFILL) this.fillTrace(core, batch);
      else if (this.pulse?.(core) === true) return StopReason.horizon;
      reason = this.path.run(core, horizon, ACCESSES_A_CALL);
    }
    return reason as StopReason;
  }

  private fillTrace(core: number, batch: AccessBatch): void {
    const first = this.path.retired(core);
    const end = Math.min(batch.count, first + TRACE_CHUNK);
    const { buffer } = this.path.memory;
    new Float64Array(buffer, this.path.traceAt(core), TRACE_CHUNK).set(batch.trace!.subarray(first, end));
    const kinds = new Uint8Array(buffer, this.path.traceKindsAt(core), TRACE_CHUNK);
    if (batch.traceKinds === undefined) kinds.fill(0);
    else kinds.set(batch.traceKinds.subarray(first, end));
    this.path.setTraceChunk(core, first, end);
  }

  retired(core: number): number {
    return this.path.retired(core);
  }
  faultAddress(core: number): number {
    return this.memory.f64[this.faultAddressAt[core]];
  }
  faultIsWrite(core: number): boolean {
    return this.memory.u8[this.faultKindAt[core]] !== 0;
  }
  faultPresent(core: number): boolean {
    return this.memory.u8[this.faultKindAt[core] + 1] !== 0;
  }
  now(core: number): number {
    return this.memory.f64[this.nowAt[core]];
  }
  charge(core: number, cause: CycleCause, ps: number): void {
    const whole = Math.round(ps);
    const { f64 } = this.memory;
    f64[this.nowAt[core]] += whole;
    f64[this.timeAt[core] + cause] += whole;
  }
  advanceTo(core: number, time: number): void {
    this.path.advanceTo(core, CycleCause.idle, time);
  }
  fence(core: number): void {
    this.path.fence(core);
  }
  invalidate(core: number, space: number, vpn: number, count: number): void {
    this.path.invalidate(core, space, vpn, count, FLUSH_CEILING);
  }

  timeByCause(core: number): Float64Array {
    const time = this.times[core];
    const at = this.timeAt[core];
    for (let i = 0; i < time.length; i++) time[i] = this.memory.f64[at + i];
    return time;
  }
  counters(): Float64Array {
    for (let i = 0; i < this.counts.length; i++) this.counts[i] = this.memory.f64[this.countersAt + i];
    return this.counts;
  }
}

function checkSize(figures: ProcessorFigures, cores: number, frames: number): void {
  if (!Number.isInteger(cores) || cores < 1 || cores > MAX_CORES)
    throw new InputError({ path: 'cores', message: `${cores} cores`, expected: `1 to ${MAX_CORES}` });
  const lines = ((frames + TABLE_FRAMES) * 4096) / figures.line;
  if (!Number.isInteger(frames) || frames < 1 || lines > MAX_LINES)
    throw new InputError({ path: 'frames', message: `${frames} page frames`, expected: 'memory of up to 255 GiB' });
  figures.caches.forEach((cache, i) => {
    if (lines / cache.sets > MAX_TAG)
      throw new InputError({
        path: `caches[${i}].size`,
        message: `${cache.sets} sets are too few for this much memory`,
        expected: `at least ${Math.ceil(lines / MAX_TAG)} sets`,
      });
  });
}

/** What no batch of ours may be: caught here once rather than in the hot loop. */
function checkBatch(batch: AccessBatch): void {
  const whole = (name: string, value: number, least: number, most: number): void => {
    if (!Number.isInteger(value) || value < least || value > most)
      throw new RangeError(`batch.${name} is ${value}, not a whole number of ${least} to ${most}`);
  };
  whole('slots', batch.slots, 1, 2 ** 32 - 1);
  whole('count', batch.count, 0, 2 ** 32 - 1);
  whole('width', batch.width, 1, 64);
  whole('stride', batch.stride, 0, 2 ** 47);
  whole('base', batch.base, 0, 2 ** 48);
  whole('offset', batch.offset, 0, 2 ** 47);
  if (batch.order === AccessOrder.trace && (batch.trace?.length ?? 0) < batch.count)
    throw new RangeError('batch.trace is shorter than batch.count');
}

function setUp(path: MemoryPath, f: ProcessorFigures, cores: number, frames: number): void {
  path.setUp(cores, frames, Math.log2(f.line), CPU_COUNTERS.length);
  path.setTimes(
    f.loadIssue,
    f.storeIssue,
    f.commit,
    f.forwardLatency,
    f.tlb2Penalty,
    f.accessedAssist,
    f.dirtyAssist,
    f.exceptionEntry,
    f.exceptionExit,
    f.memoryLatency,
    f.memoryTransfer,
    f.coreToCore,
  );
  path.setSizes(
    f.loadWindow,
    f.storeBuffer,
    f.fillBuffers,
    f.walkers,
    f.mergingStores ? 1 : 0,
    f.taggedTlb ? 1 : 0,
    f.prefetchNext,
    f.prefetchStride,
  );
  path.setMaintenance(f.shootdownSend, f.shootdownReceive, f.walkOverhead);
  const rows = f.loadedBandwidth.length;
  if (rows > 0) {
    const at = path.setLoadedCurve(rows);
    const curve = new Float64Array(path.memory.buffer, at, 2 * rows);
    curve.set(f.loadedBandwidth, 0);
    curve.set(f.loadedLatency, rows);
  }
  path.makeCores();
  for (const c of f.caches) {
    path.addLevel(
      c.sets,
      c.ways,
      c.slices,
      c.latency,
      c.transfer,
      c.writeBack ? 1 : 0,
      c.replacement,
      c.inclusion,
      c.shared ? 1 : 0,
    );
  }
  const none = { sets: 1, ways: 0 };
  const huge = f.tlb1Huge ?? none;
  const second = f.tlb2 ?? none;
  path.addTlbs(f.tlb1.sets, f.tlb1.ways, huge.sets, huge.ways, second.sets, second.ways, ...f.walkCaches);
  path.finish();
}
