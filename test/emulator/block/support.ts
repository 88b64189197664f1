import { type BlockListener, BlockQueue } from '#emulator/block/queue';
import { type BlockQueueOptions, DEADLINE_DEFAULTS } from '#emulator/block/parameters';
import type { DiskOp } from '#emulator/disk/disk';
import { type Disk } from '#emulator/disk/disk';
import { FixedDisk } from '#emulator/disk/fixed';

export const MS = 1e9;

export interface Done {
  id: number;
  at: number;
  queued: number;
  service: number;
}
export interface Logged {
  at: number;
  op: number;
  sector: number;
  count: number;
  flags: number;
  cause: number;
  ioCause: number;
  submissions: number;
  queued: number;
  service: number;
}

/** Keeps what it hears. */
export class Log implements BlockListener {
  readonly done: Done[] = [];
  readonly requests: Logged[] = [];
  completed(id: number, at: number, queued: number, service: number): void {
    this.done.push({ id, at, queued, service });
  }
  request(
    at: number,
    op: number,
    sector: number,
    count: number,
    flags: number,
    cause: number,
    ioCause: number,
    submissions: number,
    queued: number,
    service: number,
  ): void {
    this.requests.push({ at, op, sector, count, flags, cause, ioCause, submissions, queued, service });
  }
}

/** A disk that remembers what it was asked, 1 ms a request. */
export class WatchedDisk extends FixedDisk {
  readonly asked: { at: number; op: number; sector: number; count: number; flags: number }[] = [];
  constructor(queueDepth: number) {
    super({ sectors: 1 << 30, queueDepth, readPs: MS, writePs: MS, flushPs: MS, discardPs: MS, transferPsPerByte: 0 });
  }
  override submit(now: number, op: DiskOp, sector: number, count: number, flags: number, tag: number): void {
    this.asked.push({ at: now, op, sector, count, flags });
    super.submit(now, op, sector, count, flags, tag);
  }
}

export const OPTIONS: BlockQueueOptions = {
  scheduler: 'none',
  deadlines: DEADLINE_DEFAULTS,
  requests: 64,
  boundPerDirection: false,
  maxSectors: 256,
  plugging: 'task',
  plugRequests: 32,
  plugSectors: 1024,
  plugPs: Infinity,
  writeCache: true,
  fua: true,
};

export function setUp(options: Partial<BlockQueueOptions> = {}, queueDepth = 1) {
  const disk = new WatchedDisk(queueDepth);
  const log = new Log();
  const queue = new BlockQueue(disk, { ...OPTIONS, ...options }, log);
  return { disk, log, queue };
}

/** Runs the queue dry. */
export function drain(queue: BlockQueue): void {
  for (let t = queue.nextEvent(); t !== Infinity; t = queue.nextEvent()) queue.advance(t);
}

export type { Disk };
