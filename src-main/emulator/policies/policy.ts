import type { Vma } from '#emulator/kernel/address-space';
import type { KernelFile } from '#emulator/kernel/file';
import type { Kernel } from '#emulator/kernel/kernel';
import type { Maybe, Op, Task } from '#emulator/kernel/task';
import type { PolicyId } from '#model/policies';

/** What comes of a dirty folio that is about to be written. */
export const WriteOutcome = {
  /** Write the folios of the set. */
  write: 0,
  /** It stays dirty; try again later. */
  redirty: 1,
  /** There is no space for it: its data is lost. */
  lost: 2,
  /** Somebody else cleaned it, or took it away, while its lock was let go; nothing is locked. */
  gone: 3,
} as const;
export type WriteOutcome = (typeof WriteOutcome)[keyof typeof WriteOutcome];

/**
 * How holes of a mapped file get their blocks: the only place where policies differ. The kernel calls a
 * policy at the five moments at which it may act; every folio it is given is locked by the task, and is
 * so when it returns.
 */
export interface Policy {
  readonly id: PolicyId;
  /** Whether a store must trap: reads map write-protected, and cleaning protects again. */
  readonly trapsStores: boolean;
  /** Whether a read fault installs a writable PTE, whoever wants to know of stores. */
  readonly writableReads: boolean;
  /** Whether the page cache is the storage: nothing is read or written. */
  readonly inMemory: boolean;
  /** A mapping is made. @returns false when it fails for want of space */
  mmap(k: Kernel, task: Task, vma: Vma): Op<boolean>;
  /** A fault found or made the page, and is about to map it. @returns as `store` */
  fill(k: Kernel, task: Task, file: KernelFile, folio: number, write: boolean): Maybe<number>;
  /**
   * A store is about to be let through; afterwards the folio is dirty.
   * @param first first block that is stored to, the folio's first unless a `write` stores to part of it
   * @param end block behind the last one
   * @returns the folio to go on with, locked: another one when it was reclaimed meanwhile; NO_FOLIO, and
   *   nothing locked, when there is no space: SIGBUS
   */
  store(k: Kernel, task: Task, file: KernelFile, folio: number, first?: number, end?: number): Maybe<number>;
  /** Whether a folio may be mapped by a fault beside it. */
  mayMapAround(k: Kernel, file: KernelFile, folio: number): boolean;
  /**
   * A dirty folio is about to be written.
   * @param set folios to write with it, all locked by the task: companions are added
   */
  write(k: Kernel, task: Task, file: KernelFile, folio: number, set: number[]): Op<WriteOutcome>;
}

/** What most policies do at most moments: nothing, and late allocation of what is still a hole. */
export abstract class PlainPolicy implements Policy {
  abstract readonly id: PolicyId;
  readonly trapsStores: boolean = false;
  readonly writableReads: boolean = false;
  readonly inMemory: boolean = false;

  *mmap(_k: Kernel, _task: Task, _vma: Vma): Op<boolean> {
    return true;
  }

  fill(_k: Kernel, _task: Task, _file: KernelFile, folio: number, _write: boolean): Maybe<number> {
    return folio;
  }

  store(_k: Kernel, _task: Task, _file: KernelFile, folio: number): Maybe<number> {
    return folio;
  }

  mayMapAround(_k: Kernel, _file: KernelFile, _folio: number): boolean {
    return true;
  }

  *write(_k: Kernel, _task: Task, _file: KernelFile, _folio: number, _set: number[]): Op<WriteOutcome> {
    return WriteOutcome.write;
  }
}
