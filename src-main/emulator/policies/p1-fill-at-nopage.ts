import type { KernelFile } from '#emulator/kernel/file';
import { NO_FOLIO } from '#emulator/kernel/folios';
import type { Kernel } from '#emulator/kernel/kernel';
import type { Maybe, Task } from '#emulator/kernel/task';
import { instantiate } from './companions.ts';
import { PlainPolicy } from './policy.ts';
import { backed } from '#emulator/kernel/page-blocks';

/** P1: any fault, read or write, allocates the block and dirties all its pages. */
export class FillAtNopage extends PlainPolicy {
  readonly id = 'P1';

  override fill(k: Kernel, task: Task, file: KernelFile, folio: number): Maybe<number> {
    if (backed(k, file, k.folios.index[folio], k.folios.pages(folio))) return folio;
    const filled = instantiate(k, task, file, folio, false);
    if (typeof filled === 'object') return filled;
    if (filled !== NO_FOLIO) k.dirty(task, file, filled);
    return filled;
  }

  /** What lies in a hole must be filled by a fault of its own. */
  override mayMapAround(k: Kernel, file: KernelFile, folio: number): boolean {
    return backed(k, file, k.folios.index[folio], k.folios.pages(folio));
  }
}
