import { type AccessBatch, AccessKind, AccessOrder } from '#emulator/cpu/access';
import { StopReason as StopReasons } from '#emulator/cpu/processor';
import { Pattern } from '#emulator/memory/patterns';
import { EventKind } from '#model/events';
import type { MappingSpec, PlainStep, Step } from '#model/experiment';
import type { PhaseMetrics } from '#model/metrics';
import { AddressSpace, type Vma } from './address-space.ts';
import { handleFault } from './fault.ts';
import type { KernelFile } from './file.ts';
import type { Kernel } from './kernel.ts';
import { Livelock } from './livelock.ts';
import * as sys from './syscalls.ts';
import { Syscall } from './syscalls.ts';
import type { Op, Task } from './task.ts';

// What a module declares is compiled in; what it imports is fetched, and checked, at each use.
const StopReason = StopReasons;

const PAGE = 4096;

/** What a step came to, with what only the kernel sees. */
export interface KernelPhase extends PhaseMetrics {
  /** What `stat` calls the blocks of all files when the step ended: data, reservations, metadata. */
  readonly statKiB: number;
  /** Blocks that the extent maps of the files list, reserved ones too, without metadata; whole clusters are not counted. */
  readonly mappedKiB: number;
  readonly cachedPages: number;
}

/** What the programs of a run share. */
export interface ProgramContext {
  readonly seed: number;
  readonly mappings: readonly MappingSpec[];
  readonly phases: KernelPhase[];
  readonly barriers: Map<string, Barrier>;
  /** Accesses and system calls of steps that ended, for progress. */
  done: number;
  /** Batches of accesses under way by core: their accesses so far come on top of `done`. */
  readonly accessing: Map<number, Accessing>;
  /** Starts a child task that runs `steps` in a copy of the parent's space. */
  spawn(parent: Task, name: string, steps: readonly Step[]): void;
}

/** A batch of accesses under way. */
export interface Accessing {
  readonly vma: Vma;
  readonly batch: AccessBatch;
}

/** A meeting point of threads. */
export interface Barrier {
  readonly parties: number;
  waiting: number;
  round: number;
  /** When the last of those who wait came, ps. */
  latest: number;
}

/** One thread of the experiment: its steps, one after the other. */
export function* program(k: Kernel, task: Task, context: ProgramContext, steps: readonly Step[]): Op {
  for (const step of steps) yield* runStep(k, task, context, step, 0);
}

function* runStep(k: Kernel, task: Task, context: ProgramContext, step: Step, iteration: number): Op {
  if (step.do === 'loop') {
    for (let i = 0; i < step.times; i++) {
      for (const inner of step.steps) yield* runStep(k, task, context, inner, i);
    }
    return;
  }
  const index = ++task.step;
  const start = k.now(task);
  const before = measure(k, task);
  const event = k.recorder.begin(EventKind.step, task.lane, start, 0, task.id, index, -1);
  task.cause = event;
  if (step.do === 'fork') context.spawn(task, step.name ?? 'child', step.steps);
  else yield* runPlain(k, task, context, step);
  task.cause = -1;
  const end = k.now(task);
  k.recorder.finish(event, end, iteration);
  k.counters.force(end);
  const after = measure(k, task);
  let stat = 0;
  let mapped = 0;
  for (const file of k.files) {
    stat += k.fs.statKiB(file.blocks);
    const { counts } = file.blocks.map;
    mapped += ((counts[1] + counts[2] + counts[3]) * k.fs.blockBytes) / 1024;
  }
  context.phases.push({
    thread: task.id,
    step: index,
    name: step.name ?? step.do,
    startNs: start / 1000,
    endNs: end / 1000,
    minor: after.minor - before.minor,
    major: after.major - before.major,
    sigbus: after.sigbus - before.sigbus,
    instantiatedKiB: after.given - before.given,
    dirtyPages: k.dirtyPages,
    statKiB: stat,
    mappedKiB: mapped,
    cachedPages: k.cachedPages,
  });
}

function measure(k: Kernel, task: Task): { minor: number; major: number; sigbus: number; given: number } {
  return {
    minor: task.minor,
    major: task.major,
    sigbus: task.sigbus,
    given: k.instantiatedKiB + k.reservedKiB,
  };
}

function* runPlain(k: Kernel, task: Task, context: ProgramContext, step: PlainStep): Op {
  switch (step.do) {
    case 'load':
    case 'store':
    case 'mixed':
      yield* access(k, task, context, step);
      return;
    case 'sleep':
      yield* k.sleep(task, {
        kind: 'timer',
        label: 'sleep',
        of: -1,
        until: k.now(task) + step.time,
        ready: () => false,
      });
      return;
    case 'barrier':
      yield* meet(k, task, context, step.barrier);
      return;
    default:
      context.done++;
      yield* call(k, task, context, step);
  }
}

type AccessStep = Extract<PlainStep, { do: 'load' | 'store' | 'mixed' }>;

const ORDERS = {
  sequential: AccessOrder.sequential,
  random: AccessOrder.random,
  chase: AccessOrder.chase,
  zipf: AccessOrder.zipf,
  'hot-cold': AccessOrder.hotCold,
  trace: AccessOrder.trace,
} as const;

/** The batch of a step, over the range of its mapping. */
function batchOf(step: AccessStep, vma: Vma, seed: number): AccessBatch {
  const length = Math.min(step.length ?? Infinity, vma.pages * PAGE - step.from);
  const slots = Math.max(1, Math.floor((length - step.at - step.width) / step.stride) + 1);
  const { pattern } = step;
  const traced = pattern.kind === 'trace' ? pattern.accesses : null;
  return {
    order: ORDERS[pattern.kind],
    kind:
      step.do === 'load' && traced === null
        ? AccessKind.load
        : step.do === 'store' && step.nonTemporal
          ? AccessKind.ntStore
          : AccessKind.store,
    storeShare: step.do === 'mixed' ? step.storeShare : 1,
    base: vma.start * PAGE + step.from,
    offset: step.at,
    stride: step.stride,
    slots,
    count: traced !== null ? traced.length : (step.count ?? slots),
    width: step.width,
    seed,
    skew: pattern.kind === 'zipf' ? pattern.skew : 1,
    hotShare: pattern.kind === 'hot-cold' ? pattern.hotShare : 0,
    hotSlots: pattern.kind === 'hot-cold' ? Math.max(1, Math.floor(pattern.hotLength / step.stride)) : slots,
    ...(traced === null
      ? {}
      : {
          trace: Float64Array.from(traced, ([at]) => at),
          traceKinds: Uint8Array.from(traced, ([, kind]) => (kind === 'w' ? 1 : 0)),
        }),
  };
}

/** Faults of one access, all served, after which its page is said to be taken away for ever. */
const THRASHING = 512;

/** Loads and stores until the batch is done, or a SIGBUS ends the step (as a handler that jumps out of it would). */
function* access(k: Kernel, task: Task, context: ProgramContext, step: AccessStep): Op {
  const { processor } = k;
  const { core } = task;
  const vma = task.space!.named(step.mapping);
  if (vma === undefined) return;
  const batch = batchOf(step, vma, context.seed + task.step * 7919 + task.id * 104729);
  task.coreClock!.settle();
  processor.switchTo(core, task.space!.id);
  processor.begin(core, batch);
  context.accessing.set(core, { vma, batch });
  let before = -1;
  let served = false;
  for (;;) {
    const stop = runToWait(k, task, served);
    served = false;
    if (stop === StopReason.done) break;
    if (stop === StopReason.horizon) {
      yield;
      continue;
    }
    if (stop === StopReason.fault || !(yield* stop)) break;
    served = true;
    // Served, and taken away again before the access was made, time after time.
    const done = processor.retired(core);
    task.again = done === before ? task.again + 1 : 0;
    before = done;
    if (task.again > THRASHING) throw new Livelock(task, task.again);
  }
  task.again = 0;
  const retired = processor.retired(core);
  context.accessing.delete(core);
  context.done += retired;
  k.progress++;
  noteStores(k, vma, batch, retired);
}

/** Faults of a thread from one look of who watches the run to the next; a power of two. */
const FAULTS_A_PULSE = 1024;

/**
 * Runs the batch through all faults that are served without waiting: a plain loop, which engines compile better
 * than one inside a generator. `afterFault` says that a fault has just been served. Returns the wait of a fault that has to, or `StopReason.fault` for one that cannot be served.
 */
function runToWait(k: Kernel, task: Task, afterFault: boolean): StopReasons | Op<boolean> {
  const { processor } = k;
  const { core } = task;
  const clock = task.coreClock!;
  for (let served = afterFault; ; served = true) {
    if (((task.minor + task.major) & (FAULTS_A_PULSE - 1)) === 0 && processor.pulse?.(core) === true)
      return StopReason.horizon;
    clock.settle();
    let reason = processor.run(core, k.horizon);
    // The access whose fault was served is made before another task may take its page away.
    if (reason === StopReason.horizon && served) reason = processor.run(core, processor.now(core) + 1);
    if (reason !== StopReason.fault) return reason;
    k.counters.catchUp(processor.now(core));
    const good = handleFault(k, task);
    if (typeof good === 'object') return good;
    if (!good) return reason;
  }
}

/** Marks the blocks that the first `retired` accesses of a batch stored into. */
export function noteStores(k: Kernel, vma: Vma, batch: AccessBatch, retired: number): void {
  const { file } = vma;
  if (batch.kind === AccessKind.load || !vma.shared) return;
  const shift = vma.offset * PAGE - vma.start * PAGE;
  if (batch.order === AccessOrder.sequential && batch.storeShare >= 1) {
    const slots = Math.min(retired, batch.slots);
    if (slots === 0) return;
    const from = batch.base + batch.offset + shift;
    if (batch.stride <= Math.min(k.fs.blockBytes, PAGE)) {
      sys.markStored(k, file, from, from + (slots - 1) * batch.stride + batch.width);
    } else {
      for (let i = 0; i < slots; i++)
        sys.markStored(k, file, from + i * batch.stride, from + i * batch.stride + batch.width);
    }
    return;
  }
  const pattern = new Pattern(batch);
  for (let i = 0; i < retired; i++) {
    const { address, store } = pattern.next(i);
    if (store) sys.markStored(k, file, address + shift, address + shift + batch.width);
  }
}

function fileNamed(k: Kernel, name: string): KernelFile {
  return k.files.find((file) => file.name === name)!;
}

/** Pages of a step's range in its mapping: first virtual page and count. */
function rangeOf(step: { from: number; length?: number | undefined }, vma: Vma): [number, number] {
  const first = Math.floor(step.from / PAGE);
  const end = step.length === undefined ? vma.pages : Math.min(vma.pages, Math.ceil((step.from + step.length) / PAGE));
  return [vma.start + first, Math.max(0, end - first)];
}

type CallStep = Exclude<PlainStep, AccessStep | { do: 'sleep' } | { do: 'barrier' }>;

function* call(k: Kernel, task: Task, context: ProgramContext, step: CallStep): Op {
  const space = task.space!;
  switch (step.do) {
    case 'mmap': {
      const spec = context.mappings.find((mapping) => mapping.name === step.mapping)!;
      yield* mapSpec(k, task, spec);
      return;
    }
    case 'munmap': {
      const vma = space.named(step.mapping);
      if (vma !== undefined) yield* sys.syscall(k, task, Syscall.munmap, vma.offset, sys.munmap(k, task, vma));
      return;
    }
    case 'msync': {
      const vma = space.named(step.mapping);
      if (vma === undefined) return;
      const [vpn, count] = rangeOf(step, vma);
      const first = vma.offset + vpn - vma.start;
      const body =
        step.mode === 'sync'
          ? sys.sync(k, task, vma.file, first, first + count, true)
          : sys.msyncAsync(k, task, vma.file, first, first + count);
      yield* sys.syscall(k, task, Syscall.msync, first, body);
      return;
    }
    case 'fsync':
    case 'fdatasync': {
      const file = fileNamed(k, step.file);
      yield* sys.syscall(
        k,
        task,
        step.do === 'fsync' ? Syscall.fsync : Syscall.fdatasync,
        0,
        sys.sync(k, task, file, 0, Infinity, step.do === 'fsync'),
      );
      return;
    }
    case 'madvise': {
      const vma = space.named(step.mapping);
      if (vma === undefined) return;
      const [vpn, count] = rangeOf(step, vma);
      yield* sys.syscall(
        k,
        task,
        Syscall.madvise,
        vma.offset + vpn - vma.start,
        advise(k, task, vma, vpn, count, step.advice),
      );
      return;
    }
    case 'fadvise': {
      const file = fileNamed(k, step.file);
      file.random = step.advice === 'random';
      yield* sys.syscall(k, task, Syscall.fadvise, 0, nothing());
      return;
    }
    case 'mprotect': {
      const vma = space.named(step.mapping);
      if (vma === undefined) return;
      const [vpn, count] = rangeOf(step, vma);
      yield* sys.syscall(
        k,
        task,
        Syscall.mprotect,
        vma.offset,
        sys.mprotect(k, task, vma, vpn, count, step.protection === 'read-write'),
      );
      return;
    }
    case 'read':
    case 'write': {
      const file = fileNamed(k, step.file);
      const end = step.from + (step.length ?? Math.max(0, file.size - step.from));
      for (let at = step.from; at < end; at += step.chunk) {
        const length = Math.min(step.chunk, end - at);
        const body = step.do === 'read' ? sys.read(k, task, file, at, length) : sys.write(k, task, file, at, length);
        const result = yield* sys.syscall(
          k,
          task,
          step.do === 'read' ? Syscall.read : Syscall.write,
          Math.floor(at / PAGE),
          body,
        );
        if (result !== 0) return;
        if (k.now(task) >= k.horizon) yield;
      }
      return;
    }
    case 'truncate': {
      const file = fileNamed(k, step.file);
      yield* sys.syscall(
        k,
        task,
        Syscall.truncate,
        Math.floor(step.size / PAGE),
        sys.truncate(k, task, file, step.size),
      );
      return;
    }
    case 'punch': {
      const file = fileNamed(k, step.file);
      yield* sys.syscall(
        k,
        task,
        Syscall.punch,
        Math.floor(step.from / PAGE),
        sys.punch(k, task, file, step.from, step.length),
      );
      return;
    }
  }
}

function* nothing(): Op<number> {
  return 0;
}

function* advise(
  k: Kernel,
  task: Task,
  vma: Vma,
  vpn: number,
  count: number,
  advice: Extract<PlainStep, { do: 'madvise' }>['advice'],
): Op<number> {
  switch (advice) {
    case 'normal':
    case 'random':
    case 'sequential':
      vma.advice = advice;
      return 0;
    case 'populate-read':
      return yield* sys.populate(k, task, vma, vpn, count, false);
    case 'populate-write':
      return yield* sys.populate(k, task, vma, vpn, count, true);
    case 'dontneed':
      return yield* sys.dontNeed(k, task, vma, vpn, count);
  }
}

/** Makes a mapping as the experiment describes it. @returns whether it could be made */
export function* mapSpec(k: Kernel, task: Task, spec: MappingSpec): Op<boolean> {
  const file = fileNamed(k, spec.file);
  const offset = spec.offset / PAGE;
  const pages = Math.ceil((spec.length ?? file.size - spec.offset) / PAGE);
  const writable = spec.protection === 'read-write';
  const body = sys.mmap(k, task, spec.name, file, offset, pages, spec.sharing === 'shared', writable, spec.advice);
  const result = yield* sys.syscall(k, task, Syscall.mmap, offset, body);
  if (result !== 0) return false;
  if (spec.populate) {
    const vma = task.space!.named(spec.name)!;
    const write = writable && (!vma.shared || k.doc.faults.populateStoresShared);
    yield* sys.populate(k, task, vma, vma.start, vma.pages, write);
  }
  return true;
}

function* meet(k: Kernel, task: Task, context: ProgramContext, name: string): Op {
  const barrier = context.barriers.get(name)!;
  const { round } = barrier;
  barrier.latest = Math.max(barrier.latest, k.now(task));
  if (++barrier.waiting === barrier.parties) {
    barrier.waiting = 0;
    barrier.round++;
    // The one that is told last is not always the one that came last: cores run ahead of each other a little.
    k.time = Math.max(k.time, barrier.latest);
    barrier.latest = 0;
    k.signal();
  }
  yield* k.sleep(task, {
    kind: 'barrier',
    label: `waits at ${name}`,
    of: -1,
    until: Infinity,
    ready: () => barrier.round !== round,
  });
}

/** A new address space with its page table. */
export function makeSpace(k: Kernel): AddressSpace {
  const id = k.processor.createSpace();
  const space = new AddressSpace(id, k.processor.pageTable(id));
  k.spaces.push(space);
  return space;
}
