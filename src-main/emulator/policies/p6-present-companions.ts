import { DiskOp } from '#emulator/disk/disk';
import { closeHandle, openHandle } from '#emulator/filesystem/journal';
import type { KernelFile } from '#emulator/kernel/file';
import { NO_FOLIO } from '#emulator/kernel/folios';
import { IoCause } from '#emulator/kernel/io';
import type { Kernel } from '#emulator/kernel/kernel';
import type { Op, Task } from '#emulator/kernel/task';
import { allocateNow, blockPages, letGo } from './companions.ts';
import { PlainPolicy, WriteOutcome } from './policy.ts';
import { backed, sectorOf } from '#emulator/kernel/page-blocks';

/** P6: at writepage only companions that are present are locked; zeros for the others go straight to disk. */
export class PresentCompanions extends PlainPolicy {
  readonly id = 'P6';

  override *write(k: Kernel, task: Task, file: KernelFile, folio: number, set: number[]): Op<WriteOutcome> {
    const page0 = k.folios.index[folio];
    if (backed(k, file, page0, k.folios.pages(folio))) return WriteOutcome.write;
    const [first, end] = blockPages(k, file, folio);
    const present: number[] = [folio];
    const absent: number[] = [];
    for (let page = first; page < end; page++) {
      const there = file.index.get(page);
      if (there === folio) continue;
      if (there === NO_FOLIO) {
        absent.push(page);
      } else if (k.tryLock(task, there)) {
        present.push(there);
      } else {
        letGo(k, present, folio);
        return WriteOutcome.redirty;
      }
    }
    yield* openHandle(k, task);
    const good = allocateNow(k, task, file, first, end - first);
    closeHandle(k, task);
    if (!good) {
      letGo(k, present, folio);
      return WriteOutcome.lost;
    }
    for (const other of present) {
      if (other === folio) continue;
      k.dirty(task, file, other);
      set.push(other);
    }
    for (const page of absent) {
      const sector = sectorOf(k, file, page);
      k.contents?.zeroSectors(sector, 8);
      yield* k.io.submitWaiting(task, DiskOp.write, sector, 8, 0, [], IoCause.zeroing);
    }
    return WriteOutcome.write;
  }
}
