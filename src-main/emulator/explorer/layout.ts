/** How a state of a scenario lies in bytes. */
import { blocksTouched } from '#model/scenario';
import type { Scenario } from '#model/scenario';

/** A page's byte: flags, and the number of the thread that holds its lock (0: nobody) above them. */
export const PAGE_PRESENT = 1;
export const PAGE_DIRTY = 2;
export const PAGE_WRITEBACK = 4;
export const PAGE_OWNER_SHIFT = 3;

/** A thread's bytes, from its offset. */
export const THREAD_PC = 0;
export const THREAD_PHASE = 1;
/** Page being cleaned; only in PHASE_CLEAN. */
export const THREAD_VICTIM = 2;
/** How many places of the block are done; only while collecting. */
export const THREAD_CURSOR = 3;
export const THREAD_BYTES = 4;

/** About to make its next store. */
export const PHASE_RUN = 0;
/** In a fault, collecting the pages of the block it stores to. */
export const PHASE_FILL = 1;
/** In direct reclaim, collecting the pages of the block of its victim. */
export const PHASE_CLEAN = 2;

/**
 * State = one byte a page (only pages of blocks that some thread stores into), one a block (1: backed),
 * four a thread, one for the count of free frames; padded to whole words.
 * The count is kept, not derived from the pages: so "frames are conserved" is a law that can fail.
 */
export interface Layout {
  readonly frames: number;
  readonly reserve: number;
  readonly pagesPerBlock: number;
  /** Pages in all, numbered from 0 within the layout; see {@link Layout.fileBlocks}. */
  readonly pages: number;
  /** File block of each block of the layout, ascending. */
  readonly fileBlocks: readonly number[];
  /** Layout page of each store, a thread each. */
  readonly programs: readonly Uint8Array[];
  readonly blockOffset: number;
  readonly threadOffset: number;
  readonly freeOffset: number;
  /** Words (4 bytes) a state. */
  readonly words: number;
}

export function layoutOf(scenario: Scenario): Layout {
  const fileBlocks = blocksTouched(scenario);
  const k = scenario.pagesPerBlock;
  const pages = fileBlocks.length * k;
  const threadOffset = pages + fileBlocks.length;
  const freeOffset = threadOffset + scenario.threads.length * THREAD_BYTES;
  return {
    frames: scenario.frames,
    reserve: scenario.reserve,
    pagesPerBlock: k,
    pages,
    fileBlocks,
    programs: scenario.threads.map((thread) =>
      Uint8Array.from(thread.stores, (page) => fileBlocks.indexOf(Math.floor(page / k)) * k + (page % k)),
    ),
    blockOffset: pages,
    threadOffset,
    freeOffset,
    words: Math.ceil((freeOffset + 1) / 4),
  };
}

/** Number in the file of a layout page. */
export function filePage(layout: Layout, page: number): number {
  const k = layout.pagesPerBlock;
  return layout.fileBlocks[Math.floor(page / k)] * k + (page % k);
}

/** Place `cursor` of the collecting order over the block that starts at `base`, for the page `own`. */
export function collectPage(base: number, own: number, cursor: number, ownFirst: boolean): number {
  if (!ownFirst) return base + cursor;
  if (cursor === 0) return own;
  const page = base + cursor - 1;
  return page < own ? page : page + 1;
}
