import { grown } from '#emulator/engine/grown';
import { type Disk, DiskFlag, DiskOp, NO_TAG } from '../disk/disk.ts';
import { Elevator2005 } from './elevator-2005.ts';
import { FlushMachine, type FlushOwner, FlushStep } from './flush.ts';
import { MqDeadline } from './mq-deadline.ts';
import { NoScheduler } from './none.ts';
import type { BlockQueueOptions } from './parameters.ts';
import { NONE, RequestList, RequestState, RequestTable, direction } from './requests.ts';
import type { Scheduler } from './scheduler.ts';

/** Flags of a submission, a bit set. */
export const BlockFlag = {
  none: 0,
  /** Durable before completion. */
  fua: DiskFlag.fua,
  /** Everything completed before is durable before this starts. */
  preflush: 2,
  noMerge: 4,
  /** Somebody waits for it: a plugged device is let go (2005). */
  sync: 8,
} as const;
const ORDERED = BlockFlag.fua | BlockFlag.preflush;
const NOT_MERGEABLE = ORDERED | BlockFlag.noMerge;

/** Hears of everything that finishes. Calls may submit anew. All times in ps. */
export interface BlockListener {
  /**
   * A submission is done. `queuedPs` + `servicePs` is the time since it was submitted: waiting (plug,
   * queue, scheduler), then in the disk.
   */
  completed(id: number, now: number, queuedPs: number, servicePs: number): void;
  /**
   * The per-request log: what the disk was really asked, merged or split, after it is done.
   * @param cause event index of the first submission in it
   * @param ioCause kind of I/O of the first submission in it
   * @param submissions how many submissions were merged into it
   */
  request(
    now: number,
    op: number,
    sector: number,
    count: number,
    flags: number,
    cause: number,
    ioCause: number,
    submissions: number,
    queuedPs: number,
    servicePs: number,
  ): void;
}

/**
 * The block layer in front of one disk: plugging, merging, a bounded queue, a scheduler, flush and FUA.
 *
 * ```
 *   submit ──> plug ──> scheduler ──> disk ──> listener
 *      └─ preflush, FUA, flush ──> flush machine ─┘
 * ```
 *
 * The owner asks `nextEvent()` when something happens next and moves the queue on with `advance(now)`;
 * times never go backwards.
 */
export class BlockQueue implements FlushOwner {
  readonly disk: Disk;
  readonly options: BlockQueueOptions;
  readonly #listener: BlockListener;
  readonly #table: RequestTable;
  readonly #scheduler: Scheduler;
  readonly #flush: FlushMachine;
  readonly #plugged: RequestList;
  /** Goes to the disk before anything the scheduler holds: flushes and data of flush sequences. */
  readonly #direct: RequestList;
  /** Requests held by direction, for the bound. */
  readonly #held = new Int32Array(2);
  #plugDepth = 0;
  #devicePlugged = false;
  #devicePlugEnd = Infinity;
  #inFlight = 0;
  #flushRequest = NONE;

  // Submissions: one part each, or several when split; the first part's slot is the identifier.
  #partNext: Int32Array;
  #partOwner: Int32Array;
  #partsLeft: Int32Array;
  #partArrived: Float64Array;
  #freePart = NONE;
  // Submissions that need nothing from the disk (a flush without a write cache), in order.
  #doneFirst = NONE;
  #doneLast = NONE;

  /** Submissions merged behind, before, and whole requests joined: counters for metrics. */
  backMerges = 0;
  frontMerges = 0;
  joins = 0;
  /** Flush commands sent to the disk. */
  flushes = 0;

  constructor(disk: Disk, options: BlockQueueOptions, listener: BlockListener) {
    this.disk = disk;
    this.options = options;
    this.#listener = listener;
    const bound = options.requests * (options.boundPerDirection ? 2 : 1);
    const table = new RequestTable(bound + 2);
    this.#table = table;
    this.#scheduler =
      options.scheduler === 'none'
        ? new NoScheduler(table)
        : options.scheduler === 'mq-deadline'
          ? new MqDeadline(table, bound, options.deadlines)
          : new Elevator2005(table, bound, options.deadlines);
    this.#flush = new FlushMachine(table, this);
    this.#plugged = new RequestList(table);
    this.#direct = new RequestList(table);
    const parts = Math.max(16, bound * 2);
    this.#partNext = new Int32Array(parts);
    this.#partOwner = new Int32Array(parts);
    this.#partsLeft = new Int32Array(parts);
    this.#partArrived = new Float64Array(parts);
    this.#chainParts(0, parts);
  }

  /** Requests with the disk. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Requests held, with the disk or before it. */
  get held(): number {
    return this.#held[0] + this.#held[1];
  }

  /** Whether a submission that cannot be merged would have to wait for a completion. */
  full(op: DiskOp): boolean {
    const { requests, boundPerDirection } = this.options;
    return (boundPerDirection ? this.#held[direction(op)] : this.held) >= requests;
  }

  /**
   * Submits.
   * @param now ps
   * @param sector first sector; for a flush 0
   * @param count sectors; 0 for a flush, at least 1 otherwise
   * @param flags bit set of {@link BlockFlag}
   * @param cause index of the event that caused it, -1 for none
   * @param ioCause the caller's small number for the kind of I/O (data, journal, ...), 0..32767
   * @returns the submission's identifier, in use until `completed` has returned; or -1 when the queue is
   *   full and it cannot be merged: wait for a completion and submit again
   */
  submit(
    now: number,
    op: DiskOp,
    sector: number,
    count: number,
    flags: number,
    cause: number,
    ioCause: number,
  ): number {
    const { options } = this;
    if (op === DiskOp.flush || (op === DiskOp.write && (flags & ORDERED) !== 0)) {
      return this.#submitOrdered(now, op, sector, count, flags, cause, ioCause);
    }
    if (count <= options.maxSectors) {
      const merged = (flags & NOT_MERGEABLE) === 0 ? this.#merge(now, op, sector, count) : NONE;
      if (merged !== NONE) {
        if ((flags & BlockFlag.sync) !== 0) this.#kickDevice(now);
        return merged;
      }
    }
    if (this.full(op)) return NONE;
    const id = this.#newPart(now, NONE);
    let part = id;
    for (let at = 0; at < count; at += options.maxSectors) {
      if (at > 0) part = this.#newPart(now, id);
      const request = this.#newRequest(
        now,
        op,
        sector + at,
        Math.min(options.maxSectors, count - at),
        flags,
        cause,
        ioCause,
        part,
      );
      if (options.plugging === 'task' && this.#plugDepth > 0) this.#addToPlug(request, now);
      else this.#insert(request, now);
    }
    if ((flags & BlockFlag.sync) !== 0) this.#kickDevice(now);
    this.#dispatch(now);
    return id;
  }

  /** Holds submissions back until `unplug`, so that neighbours meet. Nests. No effect on a device plug. */
  plug(): void {
    this.#plugDepth++;
  }

  /** Ends `plug`; the outermost end lets everything held go. A device plug gives way too. */
  unplug(now: number): void {
    if (this.#plugDepth > 0) this.#plugDepth--;
    if (this.#plugDepth === 0) this.flushPlug(now);
  }

  /** Whether a task's plug holds requests back. */
  get plugged(): boolean {
    return this.#plugged.length > 0;
  }

  /** Lets everything plugged go without ending the plug: what happens when the submitter sleeps. */
  flushPlug(now: number): void {
    for (let request = this.#plugged.shift(); request !== NONE; request = this.#plugged.shift()) {
      this.#insert(request, now);
    }
    this.#devicePlugged = false;
    this.#devicePlugEnd = Infinity;
    this.#dispatch(now);
  }

  /** Time of the next thing that happens by itself, ps; Infinity when nothing will. */
  nextEvent(): number {
    let next = this.disk.nextCompletion();
    if (this.#devicePlugEnd < next) next = this.#devicePlugEnd;
    if (this.#doneFirst !== NONE && this.#partArrived[this.#doneFirst] < next)
      next = this.#partArrived[this.#doneFirst];
    return next;
  }

  /** Moves on to `now` (ps): everything due by then happens, at its own time and in its order. */
  advance(now: number): void {
    for (let time = this.nextEvent(); time <= now; time = this.nextEvent()) {
      if (this.#doneFirst !== NONE && this.#partArrived[this.#doneFirst] <= time) {
        const id = this.#doneFirst;
        this.#doneFirst = this.#partNext[id];
        if (this.#doneFirst === NONE) this.#doneLast = NONE;
        this.#listener.completed(id, time, 0, 0);
        this.#releasePart(id);
      } else if (this.#devicePlugEnd <= time) {
        this.flushPlug(time);
      } else {
        const tag = this.disk.complete();
        if (tag !== NO_TAG) this.#completed(tag, time);
      }
    }
  }

  /** For the flush machine. */
  sendDirect(request: number): void {
    this.#table.state[request] = RequestState.direct;
    this.#direct.append(request);
  }

  /** For the flush machine. */
  sendFlush(now: number): void {
    const request = this.#table.allocate();
    const t = this.#table;
    t.op[request] = DiskOp.flush;
    t.flags[request] = 0;
    t.sector[request] = 0;
    t.count[request] = 0;
    t.arrived[request] = now;
    t.ioCause[request] = t.ioCause[this.#flush.served.first];
    t.cause[request] = t.cause[this.#flush.served.first];
    this.#flushRequest = request;
    this.flushes++;
    this.sendDirect(request);
  }

  /** For the flush machine, and for requests that are through. */
  finish(request: number, now: number): void {
    const t = this.#table;
    const dispatched = t.dispatched[request];
    const service = now - dispatched;
    let part = t.firstPart[request];
    this.#listener.request(
      now,
      t.op[request],
      t.sector[request],
      t.count[request],
      t.flags[request],
      t.cause[request],
      t.ioCause[request],
      t.parts[request],
      dispatched - t.arrived[request],
      service,
    );
    this.#held[direction(t.op[request])]--;
    t.release(request);
    while (part !== NONE) {
      const next = this.#partNext[part];
      const owner = this.#partOwner[part];
      if (--this.#partsLeft[owner] === 0) {
        this.#listener.completed(owner, now, dispatched - this.#partArrived[part], service);
        if (owner !== part) this.#releasePart(owner);
        this.#releasePart(part);
      } else if (owner !== part) {
        this.#releasePart(part);
      }
      part = next;
    }
  }

  #submitOrdered(
    now: number,
    op: DiskOp,
    sector: number,
    count: number,
    flags: number,
    cause: number,
    ioCause: number,
  ): number {
    const { writeCache, fua } = this.options;
    if (op === DiskOp.flush || count === 0) {
      if (!writeCache) return this.#doneAtOnce(now);
      if (this.full(op)) return NONE;
      const id = this.#newPart(now, NONE);
      const request = this.#newRequest(now, DiskOp.flush, 0, 0, flags & ~ORDERED, cause, ioCause, id);
      this.#flush.start(request, FlushStep.before, now);
      this.#dispatch(now);
      return id;
    }
    // Without a volatile cache every write is durable when it is done: an ordinary write.
    if (!writeCache) return this.submit(now, op, sector, count, flags & ~ORDERED, cause, ioCause);
    if (this.full(op)) return NONE;
    let steps: number = FlushStep.data;
    if ((flags & BlockFlag.preflush) !== 0) steps |= FlushStep.before;
    if ((flags & BlockFlag.fua) !== 0 && !fua) steps |= FlushStep.after;
    const id = this.#newPart(now, NONE);
    const sent = fua ? flags : flags & ~BlockFlag.fua;
    const request = this.#newRequest(now, op, sector, count, sent, cause, ioCause, id);
    if (steps === FlushStep.data) this.#insert(request, now);
    else this.#flush.start(request, steps, now);
    if ((flags & BlockFlag.sync) !== 0) this.#kickDevice(now);
    this.#dispatch(now);
    return id;
  }

  #doneAtOnce(now: number): number {
    const id = this.#newPart(now, NONE);
    if (this.#doneLast === NONE) this.#doneFirst = id;
    else this.#partNext[this.#doneLast] = id;
    this.#doneLast = id;
    return id;
  }

  /** Merges a submission into a request that touches it; returns the submission, NONE when none does. */
  #merge(now: number, op: number, sector: number, count: number): number {
    const t = this.#table;
    const end = sector + count;
    // A plug is only compared with its newest request, as Linux does since 5.16.
    const newest = this.#plugged.last;
    if (newest !== NONE && t.op[newest] === op && this.#fits(newest, count)) {
      if (t.end(newest) === sector) return this.#mergeBehind(newest, now, count);
      if (t.sector[newest] === end) {
        t.sector[newest] = sector;
        return this.#mergeBefore(newest, now, count);
      }
    }
    const before = this.#scheduler.endingAt(op, sector);
    if (before !== NONE && this.#fits(before, count)) {
      const id = this.#mergeBehind(before, now, count);
      const after = this.#scheduler.startingAt(op, t.end(before));
      if (
        after !== NONE &&
        after !== before &&
        this.#fits(before, t.count[after]) &&
        (t.flags[after] & NOT_MERGEABLE) === 0
      ) {
        this.#join(before, after);
      }
      return id;
    }
    const after = this.#scheduler.startingAt(op, end);
    if (after !== NONE && this.#fits(after, count)) {
      this.#scheduler.moveStart(after, sector);
      return this.#mergeBefore(after, now, count);
    }
    return NONE;
  }

  #fits(request: number, count: number): boolean {
    const t = this.#table;
    return (t.flags[request] & NOT_MERGEABLE) === 0 && t.count[request] + count <= this.options.maxSectors;
  }

  #mergeBehind(request: number, now: number, count: number): number {
    const t = this.#table;
    const part = this.#newPart(now, NONE);
    this.#partNext[t.lastPart[request]] = part;
    t.lastPart[request] = part;
    t.parts[request]++;
    t.count[request] += count;
    this.backMerges++;
    return part;
  }

  /** The request's first sector has been moved already. */
  #mergeBefore(request: number, now: number, count: number): number {
    const t = this.#table;
    const part = this.#newPart(now, NONE);
    this.#partNext[part] = t.firstPart[request];
    t.firstPart[request] = part;
    t.parts[request]++;
    t.count[request] += count;
    this.frontMerges++;
    return part;
  }

  /** Two queued requests have become neighbours: the second joins the first and its slot is free. */
  #join(before: number, after: number): void {
    const t = this.#table;
    this.#scheduler.remove(after);
    this.#partNext[t.lastPart[before]] = t.firstPart[after];
    t.lastPart[before] = t.lastPart[after];
    t.parts[before] += t.parts[after];
    t.count[before] += t.count[after];
    if (t.arrived[after] < t.arrived[before]) t.arrived[before] = t.arrived[after];
    this.#held[direction(t.op[after])]--;
    t.release(after);
    this.joins++;
  }

  #addToPlug(request: number, now: number): void {
    this.#table.state[request] = RequestState.plugged;
    this.#plugged.append(request);
    if (this.#plugged.length >= this.options.plugRequests || this.#table.count[request] >= this.options.plugSectors) {
      this.flushPlug(now);
    }
  }

  #insert(request: number, now: number): void {
    const { options } = this;
    if (options.plugging === 'device') {
      // The queue plugs itself when the first request comes, to wait for its neighbours.
      if (this.#scheduler.length === 0 && !this.#devicePlugged) {
        this.#devicePlugged = true;
        this.#devicePlugEnd = now + options.plugPs;
      } else if (this.#devicePlugged && this.#scheduler.length + 1 >= options.plugRequests) {
        this.#kickDevice(now);
      }
    }
    this.#table.state[request] = RequestState.queued;
    this.#scheduler.insert(request, now);
  }

  #kickDevice(now: number): void {
    if (!this.#devicePlugged) return;
    this.#devicePlugged = false;
    this.#devicePlugEnd = Infinity;
    this.#dispatch(now);
  }

  #dispatch(now: number): void {
    const t = this.#table;
    const { disk } = this;
    while (this.#inFlight < disk.queueDepth) {
      let request = this.#direct.shift();
      if (request === NONE) {
        if (this.#devicePlugged) return;
        request = this.#scheduler.next(now);
        if (request === NONE) return;
      }
      // A request that waited for a flush first is with the disk since that flush.
      if (Number.isNaN(t.dispatched[request])) t.dispatched[request] = now;
      if (request === this.#flushRequest) this.#markServed(now);
      t.state[request] = RequestState.inFlight;
      this.#inFlight++;
      disk.submit(
        now,
        t.op[request] as DiskOp,
        t.sector[request],
        t.count[request],
        t.flags[request] & DiskFlag.fua,
        request,
      );
    }
  }

  /** Everyone the flush serves is with the disk from here on, unless its data was before. */
  #markServed(now: number): void {
    const t = this.#table;
    for (let request = this.#flush.served.first; request !== NONE; request = t.next[request]) {
      if (Number.isNaN(t.dispatched[request])) t.dispatched[request] = now;
    }
  }

  #completed(request: number, now: number): void {
    const t = this.#table;
    this.#inFlight--;
    if (request === this.#flushRequest) {
      this.#flushRequest = NONE;
      t.release(request);
      this.#flush.flushDone(now);
    } else if (t.steps[request] !== 0) {
      this.#flush.dataDone(request, now);
    } else {
      this.finish(request, now);
    }
    this.#dispatch(now);
  }

  #newRequest(
    now: number,
    op: DiskOp,
    sector: number,
    count: number,
    flags: number,
    cause: number,
    ioCause: number,
    part: number,
  ): number {
    const t = this.#table;
    const request = t.allocate();
    t.op[request] = op;
    t.flags[request] = flags;
    t.sector[request] = sector;
    t.count[request] = count;
    t.cause[request] = cause;
    t.ioCause[request] = ioCause;
    t.arrived[request] = now;
    t.dispatched[request] = NaN;
    t.firstPart[request] = part;
    t.lastPart[request] = part;
    t.parts[request] = 1;
    this.#held[direction(op)]++;
    return request;
  }

  /** A part of the submission `owner`, or the first one of a new submission when that is NONE. */
  #newPart(now: number, owner: number): number {
    if (this.#freePart === NONE) this.#growParts();
    const part = this.#freePart;
    this.#freePart = this.#partNext[part];
    this.#partNext[part] = NONE;
    const of = owner === NONE ? part : owner;
    this.#partOwner[part] = of;
    if (owner === NONE) this.#partsLeft[part] = 1;
    else this.#partsLeft[of]++;
    this.#partArrived[part] = now;
    return part;
  }

  #releasePart(part: number): void {
    this.#partNext[part] = this.#freePart;
    this.#freePart = part;
  }

  #chainParts(from: number, to: number): void {
    for (let i = to - 1; i >= from; i--) this.#releasePart(i);
  }

  #growParts(): void {
    const old = this.#partNext.length;
    this.#partNext = grown(new Int32Array(old * 2), this.#partNext);
    this.#partOwner = grown(new Int32Array(old * 2), this.#partOwner);
    this.#partsLeft = grown(new Int32Array(old * 2), this.#partsLeft);
    this.#partArrived = grown(new Float64Array(old * 2), this.#partArrived);
    this.#chainParts(old, old * 2);
  }
}
