import type { KernelFile } from '#emulator/kernel/file';
import type { Kernel } from '#emulator/kernel/kernel';
import type { Maybe, Task } from '#emulator/kernel/task';
import { AllocateAtWritepage } from './p3-allocate-at-writepage.ts';
import { instantiate } from './companions.ts';

/**
 * P2: a fault knows whether it came from a store, and only then allocates. A store to a page that was
 * read first comes as a second fault, unless reads map writable: then it is never seen, and its hole is
 * met at writeback.
 */
export class WriteAccess extends AllocateAtWritepage {
  override readonly id: 'P2' | 'P2-writable';
  override readonly trapsStores: boolean;
  override readonly writableReads: boolean;

  constructor(id: 'P2' | 'P2-writable') {
    super();
    this.id = id;
    this.trapsStores = id === 'P2';
    this.writableReads = id === 'P2-writable';
  }

  override store(k: Kernel, task: Task, file: KernelFile, folio: number, first?: number, end?: number): Maybe<number> {
    return instantiate(k, task, file, folio, false, first, end);
  }
}
