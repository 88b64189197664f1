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
 * The log of a file system: changes to metadata gather in a running transaction, which is committed when
 * it is old, when it is full, or when somebody syncs. Credits are what a transaction may still take.
 */
export class Journal {
  private readonly doc: NonNullable<FilesystemDocument['journal']>;
  private readonly blockSectors: number;
  /** Credits taken in the running transaction. */
  running = 0;
  committing = false;
  /** Event that began the running transaction. */
  private cause = -1;
  /** Somebody wants it committed. */
  wanted = false;
  commits = 0;
  private head = 0;

  constructor(doc: NonNullable<FilesystemDocument['journal']>, blockBytes: number) {
    this.doc = doc;
    this.blockSectors = blockBytes / 512;
  }

  /** Credits a transaction may take. */
  get capacity(): number {
    return Math.floor(this.doc.blocks / 4);
  }

  /** Metadata has changed: the running transaction takes it in. */
  dirty(task: Task, credits: number): void {
    if (this.running === 0) this.cause = task.cause;
    this.running = Math.min(this.running + credits, this.capacity);
  }

  /** Waits until `credits` fit into the running transaction. */
  *start(k: Kernel, task: Task, credits: number): Op {
    while (this.running + credits > this.capacity) {
      if (!this.wanted) {
        this.wanted = true;
        k.signals++;
      }
      yield* k.sleep(task, {
        kind: 'journal',
        label: `needs ${credits} journal credits`,
        of: credits,
        until: Infinity,
        ready: () => this.running + credits <= this.capacity,
      });
    }
  }

  /** Commits the running transaction and waits until it is on disk; at once when there is none. */
  *commit(k: Kernel, task: Task): Op {
    while (this.committing) {
      yield* k.sleep(task, {
        kind: 'journal',
        label: 'waits for a commit',
        of: -1,
        until: Infinity,
        ready: () => !this.committing,
      });
    }
    if (this.running === 0) return;
    this.committing = true;
    const blocks = Math.min(this.running, SHARED_BLOCKS) + 1;
    this.running = 0;
    this.wanted = false;
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
    this.committing = false;
    this.commits++;
    k.signals++;
  }

  /** The journal's own thread: commits old transactions. */
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
