import { BlockState } from '#emulator/filesystem/block-map';
import { closeHandle, openHandle } from '#emulator/filesystem/journal';
import type { Vma } from '#emulator/kernel/address-space';
import type { Kernel } from '#emulator/kernel/kernel';
import type { Op, Task } from '#emulator/kernel/task';
import { allocateNow, writeZeros } from './companions.ts';
import { PlainPolicy } from './policy.ts';
import { blocksOf } from '#emulator/kernel/page-blocks';

/** P0: everything a writable mapping could ever store to is allocated when it is made. */
export class AllocateAtMmap extends PlainPolicy {
  readonly id = 'P0';

  override *mmap(k: Kernel, task: Task, vma: Vma): Op<boolean> {
    if (!vma.shared || !vma.writable) return true;
    const { file, offset } = vma;
    const pages = Math.min(vma.pages, file.pages - offset);
    const [first, end] = blocksOf(k, file, offset, pages);
    const holes: number[] = [];
    for (let block = first; block < end; block++)
      if (file.blocks.map.state(block) === BlockState.hole) holes.push(block);
    yield* openHandle(k, task);
    const good = allocateNow(k, task, file, offset, pages);
    closeHandle(k, task);
    if (!good) return false;
    // Without unwritten extents the new blocks must read as zeros: they are written as such.
    if (!k.fs.doc.unwritten) yield* writeZeros(k, task, file, holes);
    return true;
  }
}
