import { EventKind } from '#model/events';
import { BlockRequests, IoCause, IoOperation, type Rwbs } from './block-requests.ts';
import { Files } from './files.ts';
import type { ImportContext } from './importer.ts';
import { Phases } from './phases.ts';
import type { RecordedRun } from './recording.ts';
import { HANDLERS, systemCall } from './kernel-handlers.ts';
import { ownString } from './text.ts';
import { NONE, Outcome, Threads, causeOf, type Thread } from './threads.ts';

const PAGE = 4096;
/** Block size of ext4 where the trace does not tell it. */
const DEFAULT_BLOCK_KIB = 4;

/**
 * Trace events of a Linux kernel, in the order of their times, as a recorded run: faults and what they set off,
 * page cache, allocation, writeback, block requests, reclaim. Used by every format that carries such events as text.
 * An event belongs to the fault, system call or writeback that its thread is in.
 */
export class KernelEvents {
  readonly context: ImportContext;
  readonly threads: Threads;
  readonly files = new Files();
  readonly phases: Phases;
  readonly blocks: BlockRequests;
  readonly pageCache: number;
  readonly policy: number;
  readonly writeback: number;
  private readonly open = new Set<Thread>();
  private readonly unknown = new Map<string, number>();
  private readonly kswapd = new Map<number, number>();
  readonly journals = new Map<number, number>();
  filesystem = '';
  /** KiB of a block of XFS, as told by offset and block number. */
  xfsBlockKiB = DEFAULT_BLOCK_KIB;
  ext4BlockKiB = DEFAULT_BLOCK_KIB;
  sawFilemap = false;
  faultsWithRead = 0;
  majorWithoutRead = 0;
  /** File and page that btrfs wrote last: its allocations name neither. */
  lastFile = 0;
  lastPage = 0;
  private last = 0;

  constructor(context: ImportContext) {
    this.context = context;
    this.threads = new Threads(context);
    this.phases = new Phases(context);
    this.blocks = new BlockRequests(context);
    this.pageCache = context.recording.lane('page cache', 'page-cache');
    this.policy = context.recording.lane('file system', 'policy');
    this.writeback = context.recording.lane('writeback', 'writeback');
  }

  /**
   * One event.
   * @param name without the name of its subsystem
   * @param body what follows the name
   * @param interrupt whether it happened in an interrupt: then the thread has nothing to do with it
   */
  event(thread: Thread, time: number, name: string, body: string, interrupt: boolean): void {
    if (time > this.last) this.last = time;
    const handler = HANDLERS.get(name);
    if (handler !== undefined) {
      handler(this, thread, time, body, interrupt);
      return;
    }
    if (name.startsWith('sys_')) {
      systemCall(this, thread, time, name, body);
      return;
    }
    const known = this.unknown.get(name);
    if (known !== undefined) this.unknown.set(name, known + 1);
    else if (this.unknown.size < 500) this.unknown.set(ownString(name), 1);
    else this.context.leftAside.add('other events');
    if (!interrupt && thread.fault !== null && !FOREIGN.test(name)) this.touch(thread, time);
  }

  /** The thread takes a fault. */
  fault(thread: Thread, time: number, kind: EventKind, address: number): void {
    this.endFault(thread);
    const { recording, taken } = this.context;
    const event = recording.add(
      kind, thread.faultLane, time, 0, address, thread.number, this.phases.step, 0, thread.call,
    ); // prettier-ignore
    const place = this.files.at(address);
    thread.fault = {
      event,
      page: Math.floor(address / PAGE),
      file: place?.file ?? NONE,
      filePage: place?.page ?? NONE,
      outcome: Outcome.minor,
      read: false,
    };
    this.open.add(thread);
    const { counts } = recording;
    if (kind === EventKind.readFault) counts.read++;
    else if (kind === EventKind.writeFault) counts.write++;
    else counts.writeProtect++;
    if (kind !== EventKind.readFault) recording.storedTo.add(Math.floor(address / PAGE));
    taken.add(FAULT_NAMES[kind] ?? 'faults');
  }

  /**
   * A fault counted by perf, which tells the address and whether it was major, but not the access.
   * @returns the number of its event
   */
  softwareFault(thread: Thread, time: number, address: number, outcome: number, duration = 0): number {
    this.endFault(thread);
    const { recording, taken } = this.context;
    const event = recording.add(
      EventKind.readFault, thread.faultLane, time, duration, address, thread.number, this.phases.step, outcome, thread.call,
    ); // prettier-ignore
    if (outcome === Outcome.major) recording.counts.major++;
    else recording.counts.minor++;
    this.phases.fault(thread, outcome);
    taken.add(outcome === Outcome.major ? 'major faults' : 'faults');
    return event;
  }

  /** Extends the fault that the thread is in to `time`. */
  touch(thread: Thread, time: number): void {
    if (thread.fault !== null) this.context.recording.setEnd(thread.fault.event, time);
  }

  /** The thread does something else now: its fault is over. */
  endFault(thread: Thread): void {
    const { fault } = thread;
    if (fault === null) return;
    thread.fault = null;
    this.open.delete(thread);
    const { recording } = this.context;
    // Without the page cache's events a read of the disk tells that the page was not there.
    if (!this.sawFilemap && fault.read && fault.outcome === Outcome.minor) fault.outcome = Outcome.major;
    if (fault.outcome !== Outcome.minor) recording.setC(fault.event, fault.outcome);
    if (fault.outcome === Outcome.major) recording.counts.major++;
    else if (fault.outcome === Outcome.sigbus) recording.counts.sigbus++;
    else recording.counts.minor++;
    if (fault.read) this.faultsWithRead++;
    else if (fault.outcome === Outcome.major) this.majorWithoutRead++;
    this.phases.fault(thread, fault.outcome);
  }

  /** A system call, or a file system's part of one, begins. */
  beginCall(thread: Thread, time: number, name: string, page: number, sync: boolean): void {
    this.endFault(thread);
    thread.writeback = NONE;
    thread.callIsSync = sync;
    thread.call = this.context.recording.add(
      EventKind.syscall, thread.lane, time, 0, page, thread.number, this.threads.callNumber(name), 0, NONE,
    ); // prettier-ignore
    this.context.taken.add('system calls');
  }

  endCall(thread: Thread, time: number, result: number): void {
    this.endFault(thread);
    if (thread.call >= 0) {
      this.context.recording.setEnd(thread.call, time);
      if (result !== 0) this.context.recording.setC(thread.call, result);
    }
    thread.call = NONE;
    thread.writeback = NONE;
    thread.callIsSync = false;
  }

  /** A folio's pages are being written. */
  writesBack(thread: Thread, time: number, file: number, page: number, pages: number): void {
    const cause = thread.call >= 0 ? thread.call : this.files.dirtierOf(file, page);
    const why = thread.callIsSync ? 1 : 0;
    thread.writeback = this.context.recording.add(
      EventKind.writeback, this.writeback, time, 0, page, file, pages, why, cause,
    ); // prettier-ignore
    this.context.taken.add('writeback of folios');
    this.clean(time, file, page, pages, thread.writeback);
  }

  clean(time: number, file: number, page: number, pages: number, cause: number): void {
    const cleaned = this.files.cleaned(file, pages);
    if (cleaned === 0) return;
    this.context.recording.counts.dirtyPages -= cleaned;
    this.context.recording.add(EventKind.folioCleaned, this.pageCache, time, 0, page, file, cleaned, 0, cause);
  }

  /** Blocks were given to a file. @param block first block, -1 when it is not told */
  instantiated(thread: Thread, time: number, file: number, page: number, KiB: number, block: number): void {
    this.context.recording.counts.instantiatedKiB += KiB;
    this.context.recording.add(
      EventKind.blocksInstantiated, this.policy, time, 0, page, file, KiB, block, causeOf(thread),
    ); // prettier-ignore
    this.context.taken.add('allocations of blocks');
    this.touch(thread, time);
  }

  reserved(thread: Thread, time: number, file: number, page: number, KiB: number): number {
    this.context.taken.add('reservations of blocks');
    this.touch(thread, time);
    return this.context.recording.add(
      EventKind.blocksReserved, this.policy, time, 0, page, file, KiB, 0, causeOf(thread),
    ); // prettier-ignore
  }

  /** Where and why a thread's I/O is done. */
  ioCause(thread: Thread, rwbs: Rwbs): number {
    if (thread.comm.startsWith('jbd2/') || thread.comm.startsWith('xfsaild')) return IoCause.journal;
    if (rwbs.metadata) return IoCause.metadata;
    if (rwbs.operation === IoOperation.read) return rwbs.readahead ? IoCause.readahead : IoCause.read;
    if (rwbs.operation === IoOperation.write) {
      if (thread.comm.startsWith('kswapd')) return IoCause.reclaim;
      return rwbs.sync || thread.callIsSync ? IoCause.sync : IoCause.writeback;
    }
    return rwbs.operation === IoOperation.flush ? IoCause.sync : IoCause.other;
  }

  /** kswapd of a node went to work or to sleep. */
  kswapdOf(node: number): number {
    return this.kswapd.get(node) ?? NONE;
  }

  setKswapd(node: number, event: number): void {
    if (event < 0) this.kswapd.delete(node);
    else if (this.kswapd.size < 1024) this.kswapd.set(node, event);
  }

  /** Ends the recording. */
  end(): RecordedRun {
    for (const thread of [...this.open]) this.endFault(thread);
    this.phases.close(this.last);
    this.blocks.end();
    const { taken, leftAside, recording } = this.context;
    for (const [name, count] of this.unknown) leftAside.add(`events ${name}`, count);
    taken.add('faults with a read of the disk in them', this.faultsWithRead);
    taken.add('faults that found no page and read nothing (holes)', this.majorWithoutRead);
    return recording.finish({
      ...(this.filesystem === '' ? {} : { filesystem: this.filesystem }),
      names: {
        file: this.files.names,
        call: this.threads.otherCalls,
        disk: this.blocks.deviceNames,
      },
    });
  }
}

const FAULT_NAMES: Partial<Record<number, string>> = {
  [EventKind.readFault]: 'read faults',
  [EventKind.writeFault]: 'write faults',
  [EventKind.writeProtectFault]: 'write-protect faults',
};
/** Events that happen to a thread, not by it: they do not belong to its fault. */
const FOREIGN = /^(?:irq|softirq|hrtimer|timer|tick|ipi|sched_wakeup|sched_stat|local_timer|reschedule|call_function)/;
