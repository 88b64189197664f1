import type { KernelFile } from '#emulator/kernel/file';
import type { Kernel } from '#emulator/kernel/kernel';
import type { Op, Task } from '#emulator/kernel/task';
import { instantiate } from './companions.ts';
import { PlainPolicy } from './policy.ts';

/** P1: any fault, read or write, allocates the block and dirties all its pages. */
export class FillAtNopage extends PlainPolicy {
  readonly id = 'P1';

  override *fill(k: Kernel, task: Task, file: KernelFile, folio: number): Op<boolean> {
    if (k.backed(file, k.folios.index[folio], k.folios.pages(folio))) return true;
    if (!(yield* instantiate(k, task, file, folio, false))) return false;
    k.dirty(task, file, folio);
    return true;
  }

  /** What lies in a hole must be filled by a fault of its own. */
  override mayMapAround(k: Kernel, file: KernelFile, folio: number): boolean {
    return k.backed(file, k.folios.index[folio], k.folios.pages(folio));
  }
}
