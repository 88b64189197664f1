import { BLOCK_PRESETS, type BlockQueueOptions } from '#emulator/block/parameters';
import { BlockQueue } from '#emulator/block/queue';
import { makeProcessor } from '#emulator/cpu/make-processor';
import { CPU_COUNTERS, CYCLE_CAUSES, type Processor } from '#emulator/cpu/processor';
import type { Disk } from '#emulator/disk/disk';
import { makeDisk, writeCacheOf } from '#emulator/disk/make-disk';
import { Recorder } from '#emulator/engine/recorder';
import { BlockState } from '#emulator/filesystem/block-map';
import { FileSystem } from '#emulator/filesystem/filesystem';
import { Journal } from '#emulator/filesystem/journal';
import type { AddressSpace } from '#emulator/kernel/address-space';
import type { Contents } from '#emulator/kernel/contents';
import { Counters, Tally } from '#emulator/kernel/counters';
import { KernelFile } from '#emulator/kernel/file';
import { IoTable } from '#emulator/kernel/io';
import { Kernel } from '#emulator/kernel/kernel';
import { Lanes } from '#emulator/kernel/lanes';
import {
  type Barrier,
  type KernelPhase,
  type ProgramContext,
  makeSpace,
  mapSpec,
  program,
  noteStores,
} from '#emulator/kernel/program';
import { kswapd } from '#emulator/kernel/reclaim';
import { Scheduler } from '#emulator/kernel/scheduler';
import { exitSpace, fork } from '#emulator/kernel/syscalls';
import { type Op, Task } from '#emulator/kernel/task';
import { waitForGraph } from '#emulator/kernel/wait-graph';
import { flusher } from '#emulator/kernel/writeback';
import { makePolicy } from '#emulator/policies/registry';
import type { EventBatch } from '#model/events';
import { IO_CAUSES } from '#model/events';
import type { Experiment, Step } from '#model/experiment';
import { kernelCostsPs } from '#model/kernel-costs';
import type { LiveFigures, Metrics } from '#model/metrics';
import type { RunOutcome, RunPlan } from '#model/plan';
import { DRIVE_FORMAT } from '#model/drive';

export type { KernelPhase } from '#emulator/kernel/program';

/** Takes what a run produces. */
export interface SimulationSink {
  /** Takes a full batch; owns its arrays from then on. */
  batch(batch: EventBatch): void;
  /** A full batch that it is done with, if it has one: the arrays are filled again. */
  spare?(): EventBatch | undefined;
  /** `done` of `total` accesses and system calls; `live` tells how the run stands, when it is asked. */
  progress(done: number, total: number, live: () => LiveFigures): void;
}

/** Lets somebody stop a run. */
export interface SimulationControl {
  cancelled(): boolean;
}

/** What a run came to, with what only the kernel sees of its steps. */
export interface SimulationOutcome extends RunOutcome {
  readonly phases: readonly KernelPhase[];
}

/** Frames below which there is no room between the watermarks for a daemon to work in. */
const KSWAPD_FRAMES = 128;

/** What a test may put in place of what the plan says. */
export interface SimulationParts {
  readonly processor?: Processor;
  readonly disk?: Disk;
  /** Keeps the bytes of files. */
  readonly contents?: Contents;
  /** What the first thread does instead of its steps. */
  readonly program?: (kernel: Kernel, task: Task) => Op;
}

/**
 * Emulates one run. Pure and synchronous: the same plan gives the same events and the same outcome.
 * @throws InputError when documents of the plan do not fit together
 */
export function simulate(
  plan: RunPlan,
  sink: SimulationSink,
  control?: SimulationControl,
  parts: SimulationParts = {},
): SimulationOutcome {
  return new Simulation(plan, sink, parts).run(control);
}

/** Accesses and system calls of a list of steps, for progress. */
function countWork(steps: readonly Step[], experiment: Experiment): number {
  let work = 0;
  for (const step of steps) {
    if (step.do === 'loop') work += step.times * countWork(step.steps, experiment);
    else if (step.do === 'fork') work += countWork(step.steps, experiment);
    else if (step.do === 'load' || step.do === 'store' || step.do === 'mixed')
      work += step.count ?? slotsOf(step, experiment);
    else work += 1;
  }
  return work;
}

function slotsOf(
  step: { mapping: string; from: number; length?: number | undefined; stride: number },
  experiment: Experiment,
): number {
  const mapping = experiment.mappings.find((candidate) => candidate.name === step.mapping);
  const file = experiment.files.find((candidate) => candidate.name === mapping?.file);
  const length = step.length ?? (mapping?.length ?? (file?.size ?? 0) - (mapping?.offset ?? 0)) - step.from;
  return Math.max(1, Math.ceil(length / step.stride));
}

function countForks(steps: readonly Step[]): number {
  let forks = 0;
  for (const step of steps) {
    if (step.do === 'loop') forks += step.times * countForks(step.steps);
    if (step.do === 'fork') forks += 1 + countForks(step.steps);
  }
  return forks;
}

/** Bytes of a volume on which the files have plenty of room, metadata and reservations for the worst case with them. */
function roomFor({ files }: Experiment): number {
  return 2 * files.reduce((sum, file) => sum + file.size, 0);
}

function barriersOf(experiment: Experiment): Map<string, Barrier> {
  const names = new Map<string, Set<string>>();
  const visit = (thread: string, steps: readonly Step[]): void => {
    for (const step of steps) {
      if (step.do === 'loop' || step.do === 'fork') visit(thread, step.steps);
      else if (step.do === 'barrier') names.set(step.barrier, (names.get(step.barrier) ?? new Set()).add(thread));
    }
  };
  for (const thread of experiment.threads) visit(thread.name, thread.steps);
  const barriers = new Map<string, Barrier>();
  for (const [name, threads] of names) barriers.set(name, { parties: threads.size, waiting: 0, round: 0, latest: 0 });
  return barriers;
}

class Simulation {
  private readonly plan: RunPlan;
  private readonly sink: SimulationSink;
  private readonly kernel: Kernel;
  private readonly recorder: Recorder;
  private readonly lanes: Lanes;
  private readonly context: ProgramContext;
  private readonly total: number;
  private readonly cores: number;
  private readonly parts: SimulationParts;
  private nextCore = 0;

  constructor(plan: RunPlan, sink: SimulationSink, parts: SimulationParts) {
    const { experiment, machine } = plan;
    this.plan = plan;
    this.sink = sink;
    this.parts = parts;
    this.total = experiment.threads.reduce((sum, thread) => sum + countWork(thread.steps, experiment), 0);
    const forks = experiment.threads.reduce((sum, thread) => sum + countForks(thread.steps), 0);
    // Threads do not share cores: one that has none to itself is given one more than the machine has.
    this.cores = experiment.threads.length + forks;
    const frames = Math.floor(experiment.memory / 4096);
    const processor = parts.processor ?? makeProcessor(machine.processor, { cores: this.cores, frames });
    const disk = parts.disk ?? makeDisk(machine.disk, plan.seed);
    this.lanes = new Lanes(experiment.threads.map((thread) => thread.name));
    this.recorder = new Recorder(
      (batch) => sink.batch(batch),
      () => sink.spare?.(),
    );
    const fs = new FileSystem(plan.filesystem, experiment.freeSpace ?? null, disk.sectors, roomFor(experiment));
    const policy = makePolicy(plan.policy);
    const log = plan.filesystem.journal;
    this.kernel = new Kernel({
      doc: plan.kernel,
      costs: kernelCostsPs(machine.kernelCosts),
      policy,
      processor,
      fs,
      // What is nowhere but in memory needs no log.
      journal: log === null || policy.inMemory ? null : new Journal(log, plan.filesystem.block),
      recorder: this.recorder,
      lanes: this.lanes,
      counters: new Counters(this.recorder, this.lanes.counters),
      tally: new Tally(),
      memoryBytes: experiment.memory,
      reserveFrames: experiment.reserve === undefined ? null : Math.floor(experiment.reserve / 4096),
      cgroupPages: experiment.cgroupLimit === undefined ? Infinity : Math.floor(experiment.cgroupLimit / 4096),
    });
    const { minFree, lowFree, highFree } = this.kernel;
    this.lanes.watermarks(minFree, lowFree, highFree);
    this.kernel.contents = parts.contents ?? null;
    this.kernel.io = new IoTable(this.kernel);
    this.kernel.block = new BlockQueue(disk, blockOptions(plan), this.kernel.io);
    this.context = {
      seed: plan.seed,
      mappings: experiment.mappings,
      phases: [],
      barriers: barriersOf(experiment),
      done: 0,
      accessing: new Map(),
      spawn: (parent, name, steps) => this.spawn(parent, name, steps),
    };
  }

  run(control: SimulationControl | undefined): SimulationOutcome {
    const { kernel: k, sink, context } = this;
    this.makeFiles();
    this.makeThreads();
    const live = (): LiveFigures => this.live();
    const scheduler = new Scheduler(k);
    const tell = (): void => sink.progress(this.done(), this.total, live);
    // A thread that nothing can touch runs for long without a turn of the scheduler: it is looked at on its way.
    k.processor.pulse = () => {
      tell();
      if (control?.cancelled() !== true) return false;
      scheduler.hurry();
      return true;
    };
    const ending = scheduler.run(() => {
      tell();
      return control?.cancelled() === true;
    });
    // Of steps that never ended, what they stored so far.
    for (const [core, { vma, batch }] of context.accessing) noteStores(k, vma, batch, k.processor.retired(core));
    const end = this.endTime();
    k.counters.force(end);
    this.recorder.flush();
    if (ending.verdict === 'finished') sink.progress(this.total, this.total, live);
    const { verdict } = ending;
    const waitFor =
      verdict === 'deadlock' || verdict === 'livelock' ? waitForGraph(k, verdict, ending.livelock?.task ?? null) : null;
    return { metrics: this.metrics(end), phases: context.phases, lanes: this.lanes.list, verdict, waitFor };
  }

  /** Accesses and system calls done so far, those of steps under way among them. */
  private done(): number {
    let { done } = this.context;
    for (const core of this.context.accessing.keys()) done += this.kernel.processor.retired(core);
    return done;
  }

  private makeFiles(): void {
    const { kernel: k, plan } = this;
    const size = plan.filesystem.readAhead ?? plan.experiment.readAhead ?? plan.kernel.readahead.size;
    const pages = plan.filesystem.inMemory ? 0 : Math.floor(size / 4096);
    plan.experiment.files.forEach((spec, id) => {
      const blocks = k.fs.createFile(spec.size);
      k.files.push(new KernelFile(id, spec.name, spec.size, blocks, pages));
      for (const extent of spec.extents) {
        const first = Math.floor(extent.at / k.fs.blockBytes);
        const last = Math.ceil((extent.at + extent.length) / k.fs.blockBytes);
        const state =
          extent.state === 'unwritten' && plan.filesystem.unwritten ? BlockState.unwritten : BlockState.written;
        k.fs.preallocate(blocks, first, last - first, state);
      }
    });
  }

  private makeThreads(): void {
    const { kernel: k, plan, context } = this;
    const { experiment } = plan;
    // Threads share one address space, as threads do.
    const space = makeSpace(k);
    const other = this.parts.program;
    experiment.threads.forEach((thread, i) => {
      const task = this.thread(thread.name, i * 2, i * 2 + 1, space);
      k.processor.switchTo(task.core, space.id);
      const first = i === 0;
      task.body = (function* (): Op {
        if (first) {
          for (const spec of experiment.mappings) if (spec.when === 'start') yield* mapSpec(k, task, spec);
        }
        if (first && other !== undefined) yield* other(k, task);
        else yield* program(k, task, context, thread.steps);
      })();
      k.tasks.push(task);
    });
    this.daemon('flusher', (task) => flusher(k, task));
    if (k.frames.count >= KSWAPD_FRAMES) this.daemon('kswapd', (task) => kswapd(k, task));
    const { journal } = k;
    if (journal !== null) this.daemon('journal', (task) => journal.thread(k, task));
  }

  /** A task of the user's, on the next core. */
  private thread(name: string, lane: number, faultLane: number, space: AddressSpace): Task {
    const { kernel: k } = this;
    const core = this.nextCore++;
    return new Task(k.tasks.length, name, k.clocks.of(core), core, lane, faultLane, space);
  }

  private daemon(name: string, body: (task: Task) => Op): void {
    const { kernel: k, lanes } = this;
    const lane = name === 'flusher' ? lanes.writeback : name === 'kswapd' ? lanes.reclaim : lanes.journal;
    const task = new Task(k.tasks.length, name, null, 0, lane, lane, null);
    task.body = body(task);
    k.tasks.push(task);
  }

  private spawn(parent: Task, name: string, steps: readonly Step[]): void {
    const { kernel: k, context } = this;
    const space = makeSpace(k);
    const lane = this.lanes.thread(name);
    const task = this.thread(name, lane, lane + 1, space);
    fork(k, parent, space);
    k.clocks.settleAll();
    k.processor.advanceTo(task.core, k.now(parent));
    k.processor.switchTo(task.core, space.id);
    task.readyAt = k.now(parent);
    task.body = (function* (): Op {
      yield* program(k, task, context, steps);
      exitSpace(k, task);
    })();
    k.tasks.push(task);
  }

  private endTime(): number {
    const { kernel: k } = this;
    let end = 0;
    for (const task of k.tasks) if (task.user) end = Math.max(end, k.now(task));
    return end;
  }

  /** Changes nothing, wherever the run is: even a clock that is asked for is remembered by the kernel's. */
  private live(): LiveFigures {
    const { tally, processor } = this.kernel;
    let now = 0;
    for (let core = 0; core < processor.coreCount; core++) now = Math.max(now, processor.now(core));
    return {
      simulatedNs: now / 1000,
      minorFaults: tally.minor,
      majorFaults: tally.major,
      cachedPages: this.kernel.cachedPages,
      dirtyPages: this.kernel.dirtyPages,
      instantiatedKiB: this.kernel.instantiatedKiB,
      requests: tally.requests,
      events: this.recorder.count,
    };
  }

  private metrics(end: number): Metrics {
    const { kernel: k } = this;
    const { tally, processor } = k;
    k.clocks.settleAll();
    let given = 0;
    let needed = 0;
    let stored = 0;
    for (const file of k.files) {
      const blocks = file.blocks.map.given(k.fs.clusterBlocks);
      given += blocks.given;
      needed += blocks.needed;
      stored += file.blocks.map.storedPages(k.fs.blocksPerPage, k.fs.pagesPerBlock);
    }
    const KiB = k.fs.blockBytes / 1024;
    const byCauseNs: Record<string, number> = {};
    CYCLE_CAUSES.forEach((cause, i) => {
      let ps = 0;
      for (let core = 0; core < processor.coreCount; core++) {
        ps += processor.timeByCause(core)[i];
        // A core that was done early idles to the end.
        if (cause === 'idle') ps += end - processor.now(core);
      }
      byCauseNs[cause] = ps / 1000;
    });
    const cpu: Record<string, number> = {};
    const counts = processor.counters();
    CPU_COUNTERS.forEach((name, i) => {
      cpu[name] = counts[i];
    });
    const byCause: Record<string, number> = {};
    IO_CAUSES.forEach((cause, i) => {
      if (tally.byCause[i] > 0) byCause[cause] = tally.byCause[i];
    });
    return {
      faults: {
        read: tally.readFaults,
        write: tally.writeFaults,
        writeProtect: tally.writeProtectFaults,
        minor: tally.minor,
        major: tally.major,
        sigbus: tally.sigbus,
      },
      blocks: { instantiatedKiB: given * KiB, neededKiB: needed * KiB, needlessKiB: (given - needed) * KiB },
      pages: { dirtied: tally.pagesDirtied, storedTo: stored },
      io: {
        requests: tally.requests,
        reads: tally.reads,
        writes: tally.writes,
        flushes: tally.flushes,
        readKiB: tally.readSectors / 2,
        writtenKiB: tally.writtenSectors / 2,
        byCause,
      },
      time: { simulatedNs: end / 1000, byCauseNs },
      cpu,
      lostBytes: tally.lostBytes,
      kernel: {
        throttledNs: tally.throttledPs / 1000,
        directReclaims: tally.directReclaims,
        pagesReclaimed: tally.pagesReclaimed,
        pagesWrittenByReclaim: tally.pagesWrittenByReclaim,
      },
    };
  }
}

/** The request queue as the kernel sets it up for this disk. */
function blockOptions(plan: RunPlan): BlockQueueOptions {
  const { disk } = plan.machine;
  const cache = writeCacheOf(disk);
  const preset =
    plan.kernel.blockLayer === 'plugged-device'
      ? BLOCK_PRESETS['linux-2.6.11']
      : disk.format === DRIVE_FORMAT
        ? BLOCK_PRESETS['linux-6-sata']
        : disk.kind === 'flash' || disk.kind === 'pmem'
          ? BLOCK_PRESETS['linux-6-nvme']
          : BLOCK_PRESETS['linux-6-virtio'];
  return { ...preset, writeCache: cache.writeCache, fua: cache.fua };
}
