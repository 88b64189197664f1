import { BlockFlag, type BlockListener } from '#emulator/block/queue';
import { CycleCause } from '#emulator/cpu/processor';
import { DiskOp } from '#emulator/disk/disk';
import { EventKind } from '#model/events';
import { CounterId } from './counters.ts';
import { FolioFlag } from './folios.ts';
import type { Kernel } from './kernel.ts';
import type { Op, Task } from './task.ts';
import { blocksOf } from './page-blocks.ts';

/** Why a request was made: indices of `IO_CAUSES`. */
export const IoCause = {
  other: 0,
  read: 1,
  readahead: 2,
  writeback: 3,
  sync: 4,
  reclaim: 5,
  zeroing: 6,
  metadata: 7,
  journal: 8,
} as const;
export type IoCause = (typeof IoCause)[keyof typeof IoCause];

/** A submission under way. */
interface Submission {
  readonly op: DiskOp;
  readonly folios: readonly number[];
  /** Event that it belongs to. */
  readonly cause: number;
  readonly done: (() => void) | null;
}

interface Waiting extends Submission {
  readonly sector: number;
  readonly count: number;
  readonly flags: number;
  readonly ioCause: IoCause;
}

/** What the kernel has given to the block layer, and what happens when it comes back. */
export class IoTable implements BlockListener {
  private readonly kernel: Kernel;
  private readonly submissions = new Map<number, Submission>();
  /** Reads ahead that found the queue full: nobody waits in line for them. */
  private waiting: Waiting[] = [];

  constructor(kernel: Kernel) {
    this.kernel = kernel;
  }

  /** Submissions under way or waiting in line. */
  get pending(): number {
    return this.submissions.size + this.waiting.length;
  }

  /**
   * Submits for folios, which must carry `writeback` or `locked` already; each counts it as pending.
   * @returns false when the queue is full: wait with `slot` and try again
   */
  submit(
    task: Task,
    op: DiskOp,
    sector: number,
    count: number,
    flags: number,
    folios: readonly number[],
    ioCause: IoCause,
    done: (() => void) | null,
  ): boolean {
    const k = this.kernel;
    k.charge(task, CycleCause.handler, k.costs.submitIo);
    const submission: Submission = { op, folios, cause: task.cause, done };
    const id = this.send(k.now(task), op, sector, count, flags, task.cause, ioCause);
    if (id < 0) return false;
    for (const folio of folios) k.folios.pendingIo[folio]++;
    this.submissions.set(id, submission);
    return true;
  }

  /** As `submit`, but stands in line when the queue is full. */
  submitOrQueue(
    task: Task,
    op: DiskOp,
    sector: number,
    count: number,
    folios: readonly number[],
    ioCause: IoCause,
  ): void {
    if (this.waiting.length === 0 && this.submit(task, op, sector, count, 0, folios, ioCause, null)) return;
    for (const folio of folios) this.kernel.folios.pendingIo[folio]++;
    this.waiting.push({ op, folios, cause: task.cause, done: null, sector, count, flags: 0, ioCause });
  }

  /** Waits until the queue takes another request. */
  *slot(task: Task, op: DiskOp): Op {
    const k = this.kernel;
    this.flushPlug(task);
    yield* k.sleep(task, {
      kind: 'io',
      label: 'needs a slot of the request queue',
      of: -1,
      until: Infinity,
      ready: () => !k.block.full(op),
    });
  }

  /** Submits, waiting for a slot as long as it takes. */
  *submitWaiting(
    task: Task,
    op: DiskOp,
    sector: number,
    count: number,
    flags: number,
    folios: readonly number[],
    ioCause: IoCause,
    done: (() => void) | null = null,
  ): Op {
    while (!this.submit(task, op, sector, count, flags, folios, ioCause, done)) yield* this.slot(task, op);
  }

  /** Submits and waits until it is done. */
  *submitAndWait(task: Task, op: DiskOp, sector: number, count: number, flags: number, ioCause: IoCause): Op {
    const k = this.kernel;
    let done = false;
    yield* this.submitWaiting(task, op, sector, count, flags | BlockFlag.sync, [], ioCause, () => {
      done = true;
    });
    yield* k.sleep(task, { kind: 'io', label: 'waits for the disk', of: -1, until: Infinity, ready: () => done });
  }

  /** Lets go what is plugged; the plug stays. */
  flushPlug(task: Task): void {
    this.kernel.block.flushPlug(this.clockOf(this.kernel.now(task)));
    this.lowerHorizon();
  }

  unplug(task: Task): void {
    this.kernel.block.unplug(this.clockOf(this.kernel.now(task)));
    this.lowerHorizon();
  }

  private send(
    now: number,
    op: DiskOp,
    sector: number,
    count: number,
    flags: number,
    cause: number,
    ioCause: number,
  ): number {
    const id = this.kernel.block.submit(this.clockOf(now), op, sector, count, flags, cause, ioCause);
    this.lowerHorizon();
    return id;
  }

  /** The block layer's clock never goes back, though cores may lag behind each other a little. */
  private clockOf(now: number): number {
    const k = this.kernel;
    if (now > k.time) k.time = now;
    return k.time;
  }

  private lowerHorizon(): void {
    const k = this.kernel;
    const next = k.block.nextEvent();
    if (next < k.horizon) k.horizon = next;
    k.counters.values[CounterId.requestsInFlight] = k.block.inFlight;
    k.counters.values[CounterId.queuedRequests] = k.block.held - k.block.inFlight;
    k.counters.sample(k.time);
  }

  completed(id: number, now: number, _queuedPs: number, _servicePs: number): void {
    const submission = this.submissions.get(id);
    if (submission === undefined) return;
    this.submissions.delete(id);
    const k = this.kernel;
    const { folios } = k;
    for (const folio of submission.folios) {
      if (--folios.pendingIo[folio] > 0) continue;
      if (submission.op === DiskOp.read) this.readDone(folio);
      else this.writeDone(folio, now);
    }
    submission.done?.();
    k.signal();
    while (this.waiting.length > 0 && !k.block.full(this.waiting[0].op)) {
      const next = this.waiting.shift()!;
      const again = this.send(now, next.op, next.sector, next.count, next.flags, next.cause, next.ioCause);
      if (again < 0) {
        this.waiting.unshift(next);
        break;
      }
      this.submissions.set(again, next);
    }
  }

  private readDone(folio: number): void {
    const k = this.kernel;
    const { folios } = k;
    k.contents?.readPages(k, k.files[folios.file[folio]], folios.index[folio], folios.pages(folio));
    folios.flags[folio] |= FolioFlag.uptodate;
    k.unlock(folio);
  }

  private writeDone(folio: number, now: number): void {
    const k = this.kernel;
    const { folios } = k;
    if ((folios.flags[folio] & FolioFlag.writeback) === 0) return;
    folios.flags[folio] &= ~FolioFlag.writeback;
    const pages = folios.pages(folio);
    k.writebackPages -= pages;
    k.progress++;
    k.counters.values[CounterId.writebackPages] = k.writebackPages;
    const file = k.files[folios.file[folio]];
    const page = folios.index[folio];
    const [first, end] = blocksOf(k, file, page, pages);
    k.fs.written(file.blocks, first, end - first);
    k.recorder.record(EventKind.folioCleaned, k.lanes.pageCache, now, 0, page, file.id, pages, 0, folios.cause[folio]);
    k.counters.sample(now);
  }

  request(
    now: number,
    op: number,
    sector: number,
    count: number,
    _flags: number,
    cause: number,
    ioCause: number,
    _submissions: number,
    queuedPs: number,
    servicePs: number,
  ): void {
    const k = this.kernel;
    const { tally, recorder, lanes } = k;
    tally.requests++;
    tally.byCause[ioCause]++;
    if (op === DiskOp.read) {
      tally.reads++;
      tally.readSectors += count;
    } else if (op === DiskOp.write) {
      tally.writes++;
      tally.writtenSectors += count;
    } else if (op === DiskOp.flush) {
      tally.flushes++;
    }
    const start = now - servicePs;
    const event = recorder.record(
      EventKind.io,
      lanes.block,
      start,
      servicePs,
      sector,
      count,
      op | (ioCause << 4),
      Math.round(queuedPs / 1000),
      cause,
    );
    // How the drive spent it, part after part.
    const { disk } = k.block;
    if (disk.parts.length < 2) return;
    let at = start;
    for (let i = 0; i < disk.parts.length; i++) {
      const took = disk.lastParts[i];
      if (took <= 0) continue;
      recorder.record(EventKind.diskPart, lanes.disk, at, took, sector, i, event, 0, event);
      at += took;
    }
  }
}
