import { CycleCause } from '#emulator/cpu/processor';
import { Pte } from '#emulator/mmu/page-table';
import { EventKind } from '#model/events';
import { FolioFlag, NO_FOLIO, RemovedWhy } from './folios.ts';
import type { Kernel } from './kernel.ts';
import { Livelock } from './livelock.ts';
import type { Op, Task } from './task.ts';
import { folioStored, writeOne } from './writeback.ts';
import { eachPte, unmapPages } from './page-entries.ts';

/** Attempts in a row that free nothing, with nothing under way, after which it is called a livelock. */
const LIVELOCK_BOUND = 64;

/** Whether the folio was touched through a PTE since it was last looked at; forgets it. */
function touched(k: Kernel, folio: number): boolean {
  if (k.folios.mapCount[folio] === 0) return false;
  const file = k.files[k.folios.file[folio]];
  let accessed = false;
  eachPte(k, file, k.folios.index[folio], k.folios.pages(folio), (space, vpn, flags) => {
    if ((flags & Pte.accessed) === 0) return;
    accessed = true;
    space.table.change(vpn, Pte.accessed, 0);
  });
  return accessed;
}

/** Moves a folio to the head of a list. */
function rotate(k: Kernel, folio: number, active: boolean): void {
  k.lruRemove(folio);
  k.folios.flags[folio] |= FolioFlag.onLru | (active ? FolioFlag.active : 0);
  (active ? k.active : k.inactive).add(folio);
}

/** Keeps the inactive list at least as long as the active one; when it is urgent, whatever there is. */
function balance(k: Kernel, urgent: boolean): void {
  let moves = k.doc.reclaim.batch;
  while (k.active.tail !== NO_FOLIO && (urgent || k.active.pages > k.inactive.pages) && moves-- > 0) {
    const folio = k.active.tail;
    touched(k, folio);
    rotate(k, folio, false);
  }
}

/**
 * Frees clean pages that nobody holds, without writing and without waiting.
 * @returns whether any was freed
 */
export function evictClean(k: Kernel, task: Task, pages: number): boolean {
  const { folios } = k;
  if (k.policy.inMemory) return false;
  let freed = 0;
  for (const list of [k.inactive, k.active]) {
    for (let folio = list.tail; folio !== NO_FOLIO && freed < pages;) {
      const before = folios.previous[folio];
      const file = k.files[folios.file[folio]];
      const busy = FolioFlag.locked | FolioFlag.writeback | FolioFlag.dirty;
      const tracked = k.doc.dirty.tracking === 'pte-bit' && folioStored(k, file, folio);
      if ((folios.flags[folio] & busy) === 0 && !tracked && k.tryLock(task, folio)) {
        unmapPages(k, task, file, folios.index[folio], folios.pages(folio));
        freed += folios.pages(folio);
        k.tally.pagesReclaimed += folios.pages(folio);
        k.removeFolio(task, file, folio, RemovedWhy.reclaimed);
      }
      folio = before;
    }
  }
  return freed > 0;
}

interface Pass {
  scanned: number;
  freed: number;
  started: number;
}

/**
 * Goes over the tail of the inactive list once.
 * @param urgent whether pages that were touched are taken too
 */
function* shrink(k: Kernel, task: Task, target: number, writes: boolean, urgent: boolean, pass: Pass): Op {
  const { folios, costs } = k;
  balance(k, urgent);
  let budget = Math.max(target * 2, k.doc.reclaim.batch);
  let left = k.inactive.pages;
  const goal = pass.freed + target;
  while (k.inactive.tail !== NO_FOLIO && budget > 0 && left > 0 && pass.freed < goal) {
    const folio = k.inactive.tail;
    const pages = folios.pages(folio);
    budget -= pages;
    left -= pages;
    pass.scanned += pages;
    k.charge(task, CycleCause.reclaim, costs.scanPage);
    const file = k.files[folios.file[folio]];
    const flags = folios.flags[folio];
    if ((flags & (FolioFlag.locked | FolioFlag.writeback)) !== 0 || !k.tryLock(task, folio)) {
      rotate(k, folio, false);
      continue;
    }
    if (!urgent && touched(k, folio)) {
      rotate(k, folio, (flags & FolioFlag.referenced) !== 0);
      folios.flags[folio] |= FolioFlag.referenced;
      k.unlock(folio);
      continue;
    }
    const page = folios.index[folio];
    if (k.policy.inMemory) {
      // Nowhere to write it to: swap is left out.
      rotate(k, folio, true);
      k.unlock(folio);
      continue;
    }
    if (k.doc.dirty.tracking === 'pte-bit' && folioStored(k, file, folio)) k.dirty(task, file, folio);
    if ((folios.flags[folio] & FolioFlag.dirty) !== 0) {
      rotate(k, folio, false);
      // A daemon writes only what it has seen twice.
      const seen = (flags & FolioFlag.reclaim) !== 0 || k.doc.reclaim.directWrites;
      folios.flags[folio] |= FolioFlag.reclaim;
      if (writes && seen) pass.started += yield* writeOne(k, task, file, folio);
      else k.unlock(folio);
      continue;
    }
    unmapPages(k, task, file, page, pages);
    if ((folios.flags[folio] & FolioFlag.dirty) !== 0) {
      rotate(k, folio, false);
      k.unlock(folio);
      continue;
    }
    pass.freed += pages;
    k.tally.pagesReclaimed += pages;
    k.removeFolio(task, file, folio, RemovedWhy.reclaimed);
  }
}

/** Frees memory for a task that needs `pages` frames, writing pages where the kernel lets it (Linux `try_to_free_pages`). */
export function* directReclaim(k: Kernel, task: Task, pages: number, what: string): Op {
  const { doc } = k;
  k.tally.directReclaims++;
  // It holds the thread up; a daemon has no lane of a thread.
  const lane = task.user ? task.lane : k.lanes.reclaim;
  const event = k.recorder.begin(EventKind.directReclaim, lane, k.now(task), 0, task.id, pages, task.cause);
  const before = task.cause;
  task.cause = event;
  task.reclaiming = true;
  const writes = doc.reclaim.directWrites && !task.cleaning;
  // In memory nothing can be written anywhere: swap is left out.
  const dirty = (): boolean => k.dirtyPages > 0 && !k.policy.inMemory;
  const pass: Pass = { scanned: 0, freed: 0, started: 0 };
  const target = Math.max(pages, Math.min(doc.reclaim.batch, k.frames.count >> 3));
  for (let round = 0; ; round++) {
    const freed = pass.freed;
    const started = pass.started;
    yield* shrink(k, task, target, writes, round >= 2, pass);
    task.reclaiming = false;
    const enough = k.mayTake(task, pages);
    task.reclaiming = true;
    if (enough) break;
    if (pass.freed > freed || pass.started > started) {
      k.fruitless = 0;
      if (pass.freed > freed) continue;
    }
    if (k.writebackPages > 0 || k.io.pending > 0) {
      const under = k.writebackPages;
      yield* k.sleep(task, {
        kind: 'io',
        label: `waits for a write to end, to have a frame for ${what}`,
        of: -1,
        until: k.now(task) + doc.reclaim.backoff,
        ready: () => k.writebackPages < under || (k.writebackPages === 0 && k.io.pending === 0),
      });
      continue;
    }
    if (round < 3) continue;
    if (!doc.reclaim.directWrites && dirty()) {
      // Only flushers write: wake them, and wait for what they do.
      k.kickFlusher();
      const seen = k.progress;
      yield* k.sleep(task, {
        kind: 'frames',
        label: `waits for flushers, to have a frame for ${what}`,
        of: pages,
        until: k.now(task) + doc.reclaim.backoff,
        ready: () => k.progress !== seen,
      });
      if (k.progress === seen && ++k.fruitless > LIVELOCK_BOUND) throw new Livelock(task, k.fruitless);
      continue;
    }
    if (k.fruitless > 0 && dirty()) {
      // Attempts were made and came to nothing: back off, and try again, as long as anybody believes in it.
      if (k.fruitless > LIVELOCK_BOUND) throw new Livelock(task, k.fruitless);
      const seen = k.progress;
      yield* k.sleep(task, {
        kind: 'frames',
        label: `backs off, to have a frame for ${what}`,
        of: pages,
        until: k.now(task) + doc.reclaim.backoff,
        ready: () => k.progress !== seen,
      });
      continue;
    }
    // Nothing can be freed by this task now: somebody else must free it, or let go of what could be.
    if (!writes && dirty()) k.kickFlusher();
    task.reclaiming = false;
    const seen = k.progress;
    yield* k.sleep(task, {
      kind: 'frames',
      label: `needs ${pages === 1 ? 'a frame' : `${pages} frames`} for ${what}`,
      of: pages,
      until: Infinity,
      ready: () => k.progress !== seen || k.mayTake(task, pages),
    });
    task.reclaiming = true;
  }
  task.reclaiming = false;
  task.cause = before;
  k.recorder.finish(event, k.now(task), pass.freed);
}

/** kswapd: keeps the free frames between the low and the high watermark. */
export function* kswapd(k: Kernel, task: Task): Op {
  for (;;) {
    yield* k.sleep(task, {
      kind: 'idle',
      label: 'enough frames are free',
      of: -1,
      until: Infinity,
      ready: () => k.kswapdKicked,
    });
    task.reclaiming = true;
    task.cause = k.kswapdCause;
    const event = k.recorder.begin(EventKind.kswapd, k.lanes.reclaim, k.now(task), 0, 0, 0, task.cause);
    task.cause = event;
    const pass: Pass = { scanned: 0, freed: 0, started: 0 };
    for (let round = 0; k.frames.free < k.highFree && round < 12; round++) {
      const freed = pass.freed;
      yield* shrink(k, task, k.highFree - k.frames.free, k.doc.reclaim.kswapdWrites, round >= 2, pass);
      if (pass.freed > freed) continue;
      if (k.writebackPages > 0) {
        const under = k.writebackPages;
        yield* k.sleep(task, {
          kind: 'io',
          label: 'waits for a write to end',
          of: -1,
          until: k.now(task) + k.doc.reclaim.backoff,
          ready: () => k.writebackPages < under,
        });
      } else if (k.dirtyPages > 0 && round >= 3) {
        k.kickFlusher();
        break;
      }
    }
    task.reclaiming = false;
    task.cause = -1;
    k.recorder.finish(event, k.now(task), pass.freed);
    k.kswapdKicked = false;
  }
}
