import { EventKind } from '#model/events';
import type { Verdict } from '#model/metrics';
import { NO_FOLIO } from './folios.ts';
import type { Kernel } from './kernel.ts';
import { Livelock } from './livelock.ts';
import type { Task } from './task.ts';

/** How far one core may run ahead of another, ps: 5 us. */
const LOOKAHEAD_PS = 5e6;

/** Wake-ups of kernel threads that achieve nothing, while every thread of the experiment waits, before it is called a deadlock. */
const IDLE_WAKES = 64;

/** How a run came to its end. */
export interface Ending {
  readonly verdict: Verdict;
  /** The task that gave up, of a livelock. */
  readonly livelock: Livelock | null;
}

/**
 * Runs tasks until every thread of the experiment is done, or nothing can run. The task whose clock is
 * furthest behind goes first, as far as nothing can touch it.
 */
export class Scheduler {
  private readonly kernel: Kernel;
  private seenSignals = -1;
  private seenProgress = -1;
  private fruitlessWakes = 0;
  private hurried = false;

  constructor(kernel: Kernel) {
    this.kernel = kernel;
  }

  /**
   * @param step called now and then, with the time; returns true to stop
   */
  run(step: () => boolean): Ending {
    try {
      return { verdict: this.loop(step), livelock: null };
    } catch (error) {
      if (!(error instanceof Livelock)) throw error;
      const k = this.kernel;
      k.recorder.record(
        EventKind.livelock,
        error.task.lane,
        k.now(error.task),
        0,
        0,
        error.task.id,
        error.retries,
        0,
        error.task.cause,
      );
      return { verdict: 'livelock', livelock: error };
    }
  }

  /** Has `step` called before anything else goes on. */
  hurry(): void {
    this.hurried = true;
  }

  private loop(step: () => boolean): Verdict {
    for (let turn = 0; ; turn++) {
      if (((turn & 63) === 0 || this.hurried) && step()) return 'cancelled';
      this.hurried = false;
      this.poll();
      const task = this.next();
      if (task === null) {
        if (this.finished()) return 'finished';
        const next = this.nextEvent();
        if (next === Infinity || this.stuck()) return this.deadlock();
        this.advance(next);
        continue;
      }
      const start = this.startOf(task);
      this.kernel.counters.catchUp(start);
      const event = this.nextEvent();
      if (event <= start) {
        this.advance(event);
        continue;
      }
      this.resume(task, event);
      if (task.user && task.done && this.finished()) return 'finished';
    }
  }

  /** Ends the waits that are over. */
  private poll(): void {
    const k = this.kernel;
    if (k.signals === this.seenSignals && k.progress === this.seenProgress) return;
    this.seenSignals = k.signals;
    this.seenProgress = k.progress;
    for (const task of k.tasks) {
      const { wait } = task;
      if (wait?.ready() === true) this.wake(task, k.time);
    }
  }

  private wake(task: Task, time: number): void {
    if (time > task.readyAt) task.readyAt = time;
    task.wait = null;
  }

  private startOf(task: Task): number {
    const clock = this.kernel.now(task);
    return task.readyAt > clock ? task.readyAt : clock;
  }

  /** The task that can run and is furthest behind. */
  private next(): Task | null {
    let best: Task | null = null;
    let earliest = Infinity;
    for (const task of this.kernel.tasks) {
      if (task.done || task.wait !== null) continue;
      const start = this.startOf(task);
      if (start < earliest) {
        best = task;
        earliest = start;
      }
    }
    return best;
  }

  /** The next thing that happens by itself: a disk is done, or a timer runs out. */
  private nextEvent(): number {
    const k = this.kernel;
    let next = k.block.nextEvent();
    for (const task of k.tasks) {
      if (task.wait !== null && task.wait.until < next) next = task.wait.until;
    }
    return next;
  }

  private advance(time: number): void {
    const k = this.kernel;
    k.counters.catchUp(time);
    if (time > k.time) k.time = time;
    if (k.block.nextEvent() <= time) k.block.advance(k.time);
    for (const task of k.tasks) {
      if (task.wait !== null && task.wait.until <= time) {
        this.wake(task, time);
        if (!task.user) this.fruitlessWakes++;
      }
    }
  }

  private resume(task: Task, event: number): void {
    const k = this.kernel;
    let horizon = event;
    k.othersWait = false;
    for (const other of k.tasks) {
      if (other === task || other.done) continue;
      if (other.wait !== null) {
        // The kernel's own threads that stand by are woken by what they are kicked with.
        if (other.wait.until === Infinity && other.wait.kind !== 'idle') k.othersWait = true;
        continue;
      }
      // Tasks of one core take turns; those of others go on side by side.
      const start = this.startOf(other) + LOOKAHEAD_PS;
      if (start < horizon) horizon = start;
    }
    k.horizon = horizon;
    const before = k.progress;
    const { readyAt } = task;
    if (!task.user && readyAt > task.clock) task.clock = readyAt;
    const result = task.body!.next();
    if (result.done === true) {
      task.done = true;
      k.signal();
    }
    // What another task waits for came about at this task's time.
    const now = k.now(task);
    if (now > k.time && k.signals !== this.seenSignals) k.time = Math.min(now, Math.max(k.time, now));
    if (k.progress !== before) this.fruitlessWakes = 0;
  }

  private finished(): boolean {
    return this.kernel.tasks.every((task) => !task.user || task.done);
  }

  /** Nothing is under way, no thread of the experiment has a timer, and the kernel's own achieve nothing. */
  private stuck(): boolean {
    const k = this.kernel;
    if (this.fruitlessWakes < IDLE_WAKES || k.block.nextEvent() !== Infinity) return false;
    return k.tasks.every((task) => !task.user || task.done || (task.wait !== null && task.wait.until === Infinity));
  }

  private deadlock(): Verdict {
    const k = this.kernel;
    if (outOfMemory(k)) return 'out of memory';
    for (const task of k.tasks) {
      if (!task.user || task.done) continue;
      k.recorder.record(EventKind.deadlock, task.lane, k.now(task), 0, 0, task.id, 0, 0, task.cause);
    }
    return 'deadlock';
  }
}

/**
 * Whether a task waits for more frames than it could have if every other task let go of all it holds: then
 * nobody waits for anybody, there is too little memory. A real kernel would kill a program now.
 */
function outOfMemory(k: Kernel): boolean {
  for (const task of k.tasks) {
    const { wait } = task;
    if (task.done || wait?.kind !== 'frames') continue;
    let frames = task.reclaiming ? k.frames.free : Math.min(k.frames.free - k.minFree, k.cgroupPages - k.charged);
    if (!k.policy.inMemory) {
      for (const list of [k.inactive, k.active])
        for (let folio = list.head; folio !== NO_FOLIO; folio = k.folios.next[folio])
          if (k.folios.owner[folio] !== task.id) frames += k.folios.pages(folio);
    }
    if (frames < wait.of) return true;
  }
  return false;
}
