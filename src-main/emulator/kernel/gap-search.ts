import { NO_FOLIO, type FolioTable } from './folios.ts';
import type { PageIndex } from './page-index.ts';

/*
 * Searching the page cache for the next page that is absent, as Linux does it (mm/filemap.c
 * page_cache_next_miss over lib/xarray.c), with what that does to folios larger than a page:
 *
 *   pages      32 33 34 35 | 36 ...          one folio of 4 pages at 32
 *   search from 34:  the load puts the cursor on the folio's first slot, 32, but leaves the index at 34;
 *   every step moves both by one, so that the index runs 2 ahead of what is looked at
 *
 * until the cursor enters another node of 64 slots, where it is placed by the index again. A search that
 * starts inside a folio therefore sees less, and reports a hole that much too far. Recordings of Linux 6.18
 * show it: a stride of 3 pages stops readahead that a stride of 1 keeps going.
 */

/** Slots of a node of the tree. */
const NODE = 64;

/**
 * The first absent page at or behind `from`, as Linux finds it, looking at `most` pages; `from + most` when
 * all of those are there.
 */
export function nextMiss(index: PageIndex, folios: FolioTable, from: number, most: number): number {
  const first = index.get(from);
  if (first === NO_FOLIO || most < 1) return from;
  let inNodes = folios.pages(first) < NODE;
  let slot = inNodes ? folios.index[first] : from;
  for (let steps = 1, at = from + 1; steps < most; steps++, at++) {
    // Folios of a whole node and more are entries of the level above, where the cursor follows the index.
    slot = inNodes ? slot + 1 : at;
    if (slot % NODE === 0) {
      const entered = index.get(slot);
      inNodes = entered === NO_FOLIO || folios.pages(entered) < NODE;
      if (inNodes) {
        if (index.absent(slot, NODE)) return at;
        slot += at % NODE;
      }
    }
    if (index.get(slot) === NO_FOLIO) return at;
  }
  return from + most;
}
