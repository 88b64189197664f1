import { BlockFlag } from '#emulator/block/queue';
import { DiskOp } from '#emulator/disk/disk';
import { IoCause } from '#emulator/kernel/io';
import type { Kernel } from '#emulator/kernel/kernel';
import type { Op, Task } from '#emulator/kernel/task';
import { EventKind } from '#model/events';
import type { FilesystemDocument } from '#model/filesystem';

/** First sector of the log. */
const LOG_SECTOR = 4096;

/** Most blocks a transaction really holds: the same inode and bitmaps are dirtied again and again. */
const SHARED_BLOCKS = 5;

/**
 * The log of a file system. Whoever changes metadata holds a handle on the running transaction, with credits
 * for the blocks it may dirty. The transaction is committed when it is old, when it is full, or when somebody
 * syncs; a commit first locks it: nobody may join, and every open handle must end (Linux `jbd2`).
 */
export class Journal {
  private readonly doc: NonNullable<FilesystemDocument['journal']>;
  private readonly blockSectors: number;
  /** Tasks that hold a handle on the running transaction. */
  readonly holders: Task[] = [];
  /** Metadata blocks the running transaction holds. */
  running = 0;
  /** Credits of open handles. */
  private reserved = 0;
  /** Who commits; null when nobody does. */
  committer: Task | null = null;
  /** A commit waits for the open handles to end; none may be opened. */
  locked = false;
  /** Event that began the running transaction. */
  private cause = -1;
  /** Somebody wants it committed. */
  wanted = false;
  /** Tasks that wait to open a handle. */
  private waiting = 0;
  commits = 0;
  private head = 0;

  constructor(doc: NonNullable<FilesystemDocument['journal']>, blockBytes: number) {
    this.doc = doc;
    this.blockSectors = blockBytes / 512;
  }

  /** Blocks a transaction may hold: a quarter of the log, as in `jbd2`. */
  get capacity(): number {
    return Math.max(this.doc.credits, Math.floor(this.doc.blocks / 4));
  }

  /**
   * Opens a handle for one operation, or goes deeper into the task's own.
   * @returns false when it must be waited for, see {@link start}
   */
  tryStart(task: Task): boolean {
    if (task.handleDepth === 0) {
      const { credits } = this.doc;
      if (this.locked || this.running + this.reserved + credits > this.capacity) return false;
      this.holders.push(task);
      task.handleCredits = credits;
      this.reserved += credits;
    }
    task.handleDepth++;
    return true;
  }

  /** Opens a handle as soon as the transaction lets it. */
  *start(k: Kernel, task: Task): Op {
    while (!this.tryStart(task)) {
      if (!this.locked && !this.wanted) {
        this.wanted = true;
        k.signal();
      }
      const { credits } = this.doc;
      this.waiting++;
      yield* k.sleep(task, {
        kind: 'journal',
        label: this.locked ? 'needs the next transaction' : `needs ${credits} journal credits`,
        of: credits,
        until: Infinity,
        ready: () => !this.locked && this.running + this.reserved + credits <= this.capacity,
      });
      this.waiting--;
    }
  }

  /** Metadata has changed: the running transaction takes it in. The task holds a handle. */
  dirty(task: Task): void {
    if (task.handleDepth === 0) throw new RangeError(`${task.name} changes metadata without a journal handle`);
    if (this.running === 0) this.cause = task.cause;
    this.running = Math.min(this.running + task.handleCredits, SHARED_BLOCKS);
    this.reserved -= task.handleCredits;
    task.handleCredits = 0;
  }

  /** Ends what {@link tryStart} began; credits that were not used go back with the last. */
  stop(k: Kernel, task: Task): void {
    if (--task.handleDepth > 0) return;
    this.reserved -= task.handleCredits;
    task.handleCredits = 0;
    // Mostly the last, and then without an array for what is taken out.
    if (this.holders[this.holders.length - 1] === task) this.holders.pop();
    else this.holders.splice(this.holders.indexOf(task), 1);
    if (this.locked || this.waiting > 0) k.signal();
  }

  /** Commits the running transaction and waits until it is on disk; at once when there is none. */
  *commit(k: Kernel, task: Task): Op {
    while (this.committer !== null) {
      yield* k.sleep(task, {
        kind: 'journal',
        label: 'waits for a commit',
        of: -1,
        until: Infinity,
        ready: () => this.committer === null,
      });
    }
    if (this.running === 0) return;
    this.committer = task;
    this.locked = this.holders.length > 0;
    while (this.holders.length > 0) {
      yield* k.sleep(task, {
        kind: 'journal',
        label: 'commits, and waits for open handles to end',
        of: -1,
        until: Infinity,
        ready: () => this.holders.length === 0,
      });
    }
    this.locked = false;
    const blocks = this.running + 1;
    this.running = 0;
    this.wanted = false;
    k.signal();
    const start = k.now(task);
    const event = k.recorder.begin(
      EventKind.journalCommit,
      k.lanes.journal,
      start,
      0,
      blocks,
      0,
      task.cause >= 0 ? task.cause : this.cause,
    );
    const before = task.cause;
    task.cause = event;
    const sectors = blocks * this.blockSectors;
    yield* k.io.submitAndWait(task, DiskOp.write, this.place(sectors), sectors, 0, IoCause.journal);
    // The commit block is only written once everything before it is durable, and is so itself.
    yield* k.io.submitAndWait(
      task,
      DiskOp.write,
      this.place(this.blockSectors),
      this.blockSectors,
      BlockFlag.preflush | BlockFlag.fua,
      IoCause.journal,
    );
    k.recorder.finish(event, k.now(task), 0);
    task.cause = before;
    this.committer = null;
    this.commits++;
    k.signal();
  }

  /** The journal's own thread: commits old transactions, and full ones. */
  *thread(k: Kernel, task: Task): Op {
    for (;;) {
      yield* k.sleep(task, {
        kind: 'idle',
        label: 'no transaction',
        of: -1,
        until: Infinity,
        ready: () => this.running > 0 || this.wanted,
      });
      if (!this.wanted) {
        yield* k.sleep(task, {
          kind: 'idle',
          label: 'until the commit period',
          of: -1,
          until: k.now(task) + this.doc.commitPeriod,
          ready: () => this.wanted || this.running === 0,
        });
      }
      if (this.running > 0) yield* this.commit(k, task);
      this.wanted = false;
    }
  }

  private place(sectors: number): number {
    const room = this.doc.blocks * this.blockSectors;
    if (this.head + sectors > room) this.head = 0;
    const at = LOG_SECTOR + this.head;
    this.head += sectors;
    return at;
  }
}

/** Opens a journal handle where there is a journal. @returns false when it must be waited for */
export function tryHandle(k: Kernel, task: Task): boolean {
  return k.journal === null || k.journal.tryStart(task);
}

/** Opens a journal handle where there is a journal, waiting for it if need be. */
export function* openHandle(k: Kernel, task: Task): Op {
  if (!tryHandle(k, task)) yield* k.journal!.start(k, task);
}

/** Closes what {@link tryHandle} or {@link openHandle} opened. */
export function closeHandle(k: Kernel, task: Task): void {
  k.journal?.stop(k, task);
}
