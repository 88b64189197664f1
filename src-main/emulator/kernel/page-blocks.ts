import { BlockState as BlockStates } from '#emulator/filesystem/block-map';
import { EventKind as EventKinds } from '#model/events';
import type { KernelFile } from './file.ts';
import type { Kernel } from './kernel.ts';
import type { Task } from './task.ts';

/* Pages and the blocks behind them: a block may be smaller than a page, as large, or larger. */

// What a module declares is compiled in; what it imports is fetched, and checked, at each use.
const BlockState = BlockStates;
const EventKind = EventKinds;

/** Block that holds the first byte of a page. */
export function firstBlock(k: Kernel, page: number): number {
  const { fs } = k;
  return fs.pagesPerBlock > 1 ? Math.floor(page / fs.pagesPerBlock) : page * fs.blocksPerPage;
}

/** First block behind the pages before `page`. */
export function endBlock(k: Kernel, page: number): number {
  const { fs } = k;
  return fs.pagesPerBlock > 1 ? Math.ceil(page / fs.pagesPerBlock) : page * fs.blocksPerPage;
}

/** Blocks of a range of pages up to the end of the file: [first, end). */
export function blocksOf(k: Kernel, file: KernelFile, page: number, pages: number): [number, number] {
  const first = firstBlock(k, page);
  const last = Math.ceil(file.size / k.fs.blockBytes);
  return [first, Math.max(first, Math.min(endBlock(k, page + pages), last))];
}

/** First sector of a page's data on disk. */
export function sectorOf(k: Kernel, file: KernelFile, page: number): number {
  const block = firstBlock(k, page);
  const within = page * 4096 - block * k.fs.blockBytes;
  return k.fs.sector(file.blocks, block) + within / 512;
}

/** Whether no block under a range of pages has to be read from disk. */
export function readsAsZeros(k: Kernel, file: KernelFile, page: number, pages: number): boolean {
  const { map } = file.blocks;
  if (map.counts[BlockState.written] === 0) return true;
  const end = endBlock(k, page + pages);
  for (let block = firstBlock(k, page); block < end; block++) if (map.state(block) === BlockState.written) return false;
  return true;
}

/** Whether every block of a range of pages, up to the end of the file, is allocated or reserved. */
export function backed(k: Kernel, file: KernelFile, page: number, pages: number): boolean {
  const { map } = file.blocks;
  const behind = endBlock(k, page + pages);
  const end = page + pages < file.pages ? behind : Math.min(behind, Math.ceil(file.size / k.fs.blockBytes));
  for (let block = firstBlock(k, page); block < end; block++) if (map.state(block) < BlockState.reserved) return false;
  return true;
}

/** Whether every block of `[first, end)`, up to the end of the file, is allocated or reserved. */
export function blocksBacked(k: Kernel, file: KernelFile, first: number, end: number): boolean {
  const { map } = file.blocks;
  const last = Math.min(end, Math.ceil(file.size / k.fs.blockBytes));
  for (let block = first; block < last; block++) if (map.state(block) < BlockState.reserved) return false;
  return true;
}

/**
 * Records what the file system gave or reserved from a page on, in blocks.
 * @param took what has just been charged for it, ps
 */
export function gave(
  k: Kernel,
  task: Task,
  file: KernelFile,
  page: number,
  blocks: number,
  reserved: boolean,
  took: number,
): void {
  if (blocks <= 0) return;
  const KiB = (blocks * k.fs.blockBytes) / 1024;
  const first = reserved ? 0 : Math.floor((k.fs.sector(file.blocks, firstBlock(k, page)) * 512) / k.fs.blockBytes);
  const kind = reserved ? EventKind.blocksReserved : EventKind.blocksInstantiated;
  const start = k.now(task) - took;
  k.recorder.record(kind, k.lanes.policy, start, took, page, file.id, KiB, first, task.cause);
}
