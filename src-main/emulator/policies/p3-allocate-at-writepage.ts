import { closeHandle, openHandle } from '#emulator/filesystem/journal';
import type { KernelFile } from '#emulator/kernel/file';
import { FolioFlag } from '#emulator/kernel/folios';
import type { Kernel } from '#emulator/kernel/kernel';
import type { Op, Task } from '#emulator/kernel/task';
import type { PolicyId } from '#model/policies';
import { allocateNow, blockPages, letGo, takeOneByOne } from './companions.ts';
import { PlainPolicy, WriteOutcome } from './policy.ts';
import { backed } from '#emulator/kernel/page-blocks';

/** P3: stores only dirty the page. When it is cleaned its block is allocated, and the companions are added. */
export class AllocateAtWritepage extends PlainPolicy {
  readonly id: PolicyId = 'P3';

  override *write(k: Kernel, task: Task, file: KernelFile, folio: number, set: number[]): Op<WriteOutcome> {
    if (backed(k, file, k.folios.index[folio], k.folios.pages(folio))) return WriteOutcome.write;
    // As ext3's writepage of 2005: page lock first, then the transaction, then what the block takes.
    yield* openHandle(k, task);
    const outcome = yield* this.allocate(k, task, file, folio, set);
    closeHandle(k, task);
    return outcome;
  }

  private *allocate(k: Kernel, task: Task, file: KernelFile, folio: number, set: number[]): Op<WriteOutcome> {
    const taken = yield* this.companions(k, task, file, folio);
    if (taken === null) return WriteOutcome.redirty;
    const flags = taken.includes(folio) ? k.folios.flags[folio] : 0;
    if ((flags & FolioFlag.dirty) === 0 || (flags & FolioFlag.writeback) !== 0) {
      for (const other of taken) k.unlock(other);
      return WriteOutcome.gone;
    }
    if (backed(k, file, k.folios.index[folio], k.folios.pages(folio))) {
      letGo(k, taken, folio);
      return WriteOutcome.write;
    }
    const [first, end] = blockPages(k, file, folio);
    if (!allocateNow(k, task, file, first, end - first)) {
      letGo(k, taken, folio);
      return WriteOutcome.lost;
    }
    for (const other of taken) {
      if (other === folio) continue;
      k.dirty(task, file, other);
      set.push(other);
    }
    return WriteOutcome.write;
  }

  /** Every folio of the block, locked; null when it must be tried again. */
  protected *companions(k: Kernel, task: Task, file: KernelFile, folio: number): Op<number[] | null> {
    return yield* takeOneByOne(k, task, file, folio, false);
  }
}
