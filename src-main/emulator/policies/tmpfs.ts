import type { KernelFile } from '#emulator/kernel/file';
import { NO_FOLIO, RemovedWhy } from '#emulator/kernel/folios';
import type { Kernel } from '#emulator/kernel/kernel';
import type { Maybe, Task } from '#emulator/kernel/task';
import { allocateNow } from './companions.ts';
import { PlainPolicy } from './policy.ts';
import { backed } from '#emulator/kernel/page-blocks';

/** tmpfs: the page is the block. Any fault instantiates it, and shared mappings are writable from the start. */
export class Tmpfs extends PlainPolicy {
  readonly id = 'tmpfs';
  override readonly writableReads = true;
  override readonly inMemory = true;

  override fill(k: Kernel, task: Task, file: KernelFile, folio: number): Maybe<number> {
    const page = k.folios.index[folio];
    const pages = k.folios.pages(folio);
    if (backed(k, file, page, pages) || allocateNow(k, task, file, page, pages)) return folio;
    // What never got its blocks is not kept.
    k.removeFolio(task, file, folio, RemovedWhy.truncated);
    return NO_FOLIO;
  }
}
