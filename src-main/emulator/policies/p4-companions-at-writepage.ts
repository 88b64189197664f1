import type { KernelFile } from '#emulator/kernel/file';
import type { Kernel } from '#emulator/kernel/kernel';
import type { Op, Task } from '#emulator/kernel/task';
import { takeOneByOne, tryTake } from './companions.ts';
import { AllocateAtWritepage } from './p3-allocate-at-writepage.ts';

/** P4: as P3, with every page of the block locked in ascending order, its own in its turn. */
export class CompanionsAtWritepage extends AllocateAtWritepage {
  override readonly id = 'P4';

  protected override *companions(k: Kernel, task: Task, file: KernelFile, folio: number): Op<number[] | null> {
    return yield* takeOneByOne(k, task, file, folio, true);
  }
}

/** P4, non-blocking: a lock that is held, a page that is gone or a missing frame leaves the page dirty for later. */
export class CompanionsTried extends AllocateAtWritepage {
  override readonly id = 'P4-nonblocking';

  protected override *companions(k: Kernel, task: Task, file: KernelFile, folio: number): Op<number[] | null> {
    const taken = tryTake(k, task, file, folio);
    return typeof taken === 'string' ? null : taken;
  }
}
