import type { WaitKind } from '#model/wait-for';
import type { AddressSpace } from './address-space.ts';
import type { CoreClock } from './core-clocks.ts';
import { Fault } from './fault-record.ts';
import type { Kernel } from './kernel.ts';

/**
 * Kernel code that may have to wait is a generator: it sets `task.wait` and yields, and is resumed when
 * the wait is over. Code that never waits is plain functions.
 */
export type Op<T = void> = Generator<void, T, void>;

/**
 * The answer at once, or the work that leads to it. Faults go through functions that return this: almost
 * none of them waits, and making a generator for each step of each fault is what would cost most.
 */
export type Maybe<T extends number | boolean> = T | Op<T>;

/**
 * What follows on an answer that has to be waited for. `next` is a function of its own and not a closure: functions
 * with closures cost their variables a place in the heap at each call, waited or not.
 */
// Not called `then`: a module with that name exported is taken for a promise by `import()`.
export function* thenDo<A extends number | boolean, B extends number | boolean>(
  op: Op<A>,
  next: (k: Kernel, task: Task, answer: A) => Maybe<B>,
  k: Kernel,
  task: Task,
): Op<B> {
  const answer = next(k, task, yield* op);
  return typeof answer === 'object' ? yield* answer : answer;
}

/** What a task waits for. */
export interface Wait {
  /** What holds it up, for the wait-for graph. */
  readonly kind: WaitKind | 'timer' | 'idle' | 'barrier';
  /** For people: `needs a frame for page 3`. */
  readonly label: string;
  /** Folio, file or other number the kind speaks of; -1 for none. */
  readonly of: number;
  /** When it is over in any case, ps; Infinity for a wait without a timer. */
  readonly until: number;
  /** Whether what is waited for has come. */
  ready(): boolean;
}

/** A write under construction: neighbours on disk, and the folios in it. */
export interface Batch {
  sector: number;
  /** Sectors; 0 for none. */
  count: number;
  folios: number[];
}

/** One thing the scheduler runs: a thread of the experiment, or a thread of the kernel. */
export class Task {
  readonly id: number;
  readonly name: string;
  readonly user: boolean;
  /** Clock of a user's thread, that of its core; null for kernel threads. */
  readonly coreClock: CoreClock | null;
  /** Core it runs on; kernel threads interrupt none and keep a clock of their own. */
  readonly core: number;
  readonly lane: number;
  readonly faultLane: number;
  space: AddressSpace | null;
  body: Op | null = null;
  wait: Wait | null = null;
  done = false;
  /** Earliest time it may go on, ps. */
  readyAt = 0;
  /** Clock of a kernel thread, ps. */
  clock = 0;
  /** Event that what it does now is caused by, -1 for none. */
  cause = -1;
  /** Whether it frees memory, and so may use the reserve and does not recurse. */
  reclaiming = false;
  /** The fault it is in: one at a time, so one record that is filled anew each time. */
  readonly fault = new Fault();
  /** Whether it cleans folios it has locked: reclaim on its behalf writes no others meanwhile (Linux `GFP_NOFS`). */
  cleaning = false;
  /** Step of the experiment it is in. */
  step = -1;
  /** Faults of the access it is at, served one after the other, each in vain. */
  again = 0;
  /** Pages it dirtied since it was last looked at for throttling. */
  dirtied = 0;
  /** What it gathers for the disk: submitted before it sleeps, so that nobody waits for what is never begun. */
  gathered: { readonly batch: Batch; readonly why: number } | null = null;
  /** How deep it is in its journal handle; one task has one at a time (Linux `current->journal_info`). */
  handleDepth = 0;
  /** Metadata blocks it may still dirty under its handle. */
  handleCredits = 0;
  minor = 0;
  major = 0;
  sigbus = 0;

  constructor(
    id: number,
    name: string,
    coreClock: CoreClock | null,
    core: number,
    lane: number,
    faultLane: number,
    space: AddressSpace | null,
  ) {
    this.id = id;
    this.name = name;
    this.user = coreClock !== null;
    this.coreClock = coreClock;
    this.core = core;
    this.lane = lane;
    this.faultLane = faultLane;
    this.space = space;
  }
}
