import { EventKind } from '#model/events';
import type { ImportContext } from './importer.ts';
import { ownString } from './text.ts';

export const NONE = -1;
export const Outcome = { minor: 0, major: 1, sigbus: 2 } as const;

/** System calls by the numbers that the emulator gives them; others get numbers from 16 on, as they appear. */
const CALLS: Readonly<Record<string, number>> = {
  mmap: 0, munmap: 1, mprotect: 2, msync: 3, fsync: 4, fdatasync: 5, read: 6, pread64: 6, readv: 6, preadv: 6,
  write: 7, pwrite64: 7, writev: 7, pwritev: 7, ftruncate: 8, truncate: 8, fallocate: 9, madvise: 10,
  fadvise64: 11, fork: 12, clone: 12, clone3: 12, vfork: 12,
}; // prettier-ignore
const FIRST_OTHER_CALL = 16;
/** Different calls told apart. */
const MOST_CALLS = 1000;

/** A fault while its thread is still at it. */
export interface OpenFault {
  readonly event: number;
  /** Page of the address it is for, in its address space. */
  readonly page: number;
  /** File and page that the kernel looked for, -1 until the trace tells. */
  file: number;
  filePage: number;
  outcome: number;
  /** Whether a read of the disk was issued in it. */
  read: boolean;
}

/** A thread of the recorded system, and what it is doing. */
export interface Thread {
  readonly number: number;
  readonly lane: number;
  readonly faultLane: number;
  readonly comm: string;
  readonly pid: number;
  fault: OpenFault | null;
  /** Event of the system call, fsync or reclaim it is in; -1 for none. */
  call: number;
  callIsSync: boolean;
  /** Event of the writeback it did last in this call; what it submits belongs to it. */
  writeback: number;
  /** Event of the direct reclaim it is in. */
  reclaim: number;
  /** Event of a reservation that has not told its place yet. */
  reservation: number;
}

/** The threads of a recording, by name and number. */
export class Threads {
  private readonly context: ImportContext;
  private readonly byKey = new Map<string, Thread>();
  private readonly calls = new Map<string, number>();

  constructor(context: ImportContext) {
    this.context = context;
  }

  /** @param key identifies it: the name and number as the trace writes them */
  get(key: string, comm: string, pid: number): Thread {
    let thread = this.byKey.get(key);
    if (thread === undefined) {
      const name = ownString(comm);
      const { number, lane, faultLane } = this.context.recording.thread(`${name}-${pid}`);
      thread = {
        number, lane, faultLane, comm: name, pid,
        fault: null, call: NONE, callIsSync: false, writeback: NONE, reclaim: NONE, reservation: NONE,
      }; // prettier-ignore
      // A trace of very many short-lived threads must not fill the memory: the map starts again.
      if (this.byKey.size >= 65_536) this.byKey.clear();
      this.byKey.set(ownString(key), thread);
    }
    return thread;
  }

  find(key: string): Thread | undefined {
    return this.byKey.get(key);
  }

  /** Number of a system call of that name. */
  callNumber(name: string): number {
    const known = CALLS[name] ?? this.calls.get(name);
    if (known !== undefined) return known;
    if (this.calls.size >= MOST_CALLS) return FIRST_OTHER_CALL + MOST_CALLS;
    const number = FIRST_OTHER_CALL + this.calls.size;
    this.calls.set(ownString(name), number);
    return number;
  }

  /** Names of the calls from number 16 on. */
  get otherCalls(): readonly string[] {
    return [...this.calls.keys()];
  }
}

/** What a thread does at the moment: the cause of what it sets off. */
export function causeOf(thread: Thread): number {
  return thread.fault?.event ?? (thread.writeback >= 0 ? thread.writeback : thread.call);
}

/** x86 page-fault error bits. */
const PRESENT = 1;
const WRITE = 2;

/** Kind of a fault by the error code of the processor. */
export function faultKind(errorCode: number): EventKind {
  if ((errorCode & WRITE) === 0) return EventKind.readFault;
  return (errorCode & PRESENT) === 0 ? EventKind.writeFault : EventKind.writeProtectFault;
}
