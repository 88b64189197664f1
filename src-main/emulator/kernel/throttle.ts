import { EventKind } from '#model/events';
import type { Kernel } from './kernel.ts';
import { Livelock } from './livelock.ts';
import type { Op, Task } from './task.ts';

/** Pages a task dirties between two looks at the limits (Linux ratelimit_pages is of this size on a small machine). */
export const LOOK_EVERY = 32;

/** Shortest pause, ps: 10 ms, what the kernel aims at. */
const SHORTEST_PAUSE = 10e9;

/** Pauses in a row in which nothing at all was achieved, after which a task waits without a timer. */
const FRUITLESS_PAUSES = 64;

/** Pages that may be dirty before writeback starts in the background, and before tasks that dirty are held up. */
export function dirtyLimits(k: Kernel): { background: number; limit: number } {
  const dirtyable = Math.min(k.frames.free + k.inactive.pages + k.active.pages, k.cgroupPages);
  return {
    background: Math.floor(dirtyable * k.doc.dirty.backgroundRatio),
    limit: Math.floor(dirtyable * k.doc.dirty.ratio),
  };
}

/** Slows a task down that dirties faster than the disk takes it (Linux `balance_dirty_pages`). */
export function* balanceDirty(k: Kernel, task: Task): Op {
  if (task.dirtied < LOOK_EVERY || task.reclaiming || k.policy.inMemory) return;
  // Held up for this very access before: its page was cleaned, and so protected, meanwhile. Once is enough.
  if (task.again > 0) return;
  task.dirtied = 0;
  const { background, limit } = dirtyLimits(k);
  if (k.dirtyPages > background) k.kickFlusher();
  // Below the middle of the two nobody is held up.
  const free = (background + limit) / 2;
  let pause = SHORTEST_PAUSE;
  for (let fruitless = 0; ;) {
    const dirty = k.dirtyPages + k.writebackPages;
    if (dirty <= free) return;
    k.kickFlusher();
    const start = k.now(task);
    const seen = k.progress;
    // Pauses follow each other as long as anything gets done; then only that would end it.
    const hopeless = fruitless > FRUITLESS_PAUSES;
    if (hopeless && k.fruitless > 0) throw new Livelock(task, k.fruitless);
    yield* k.sleep(task, {
      kind: hopeless ? 'io' : 'timer',
      label: 'held up until dirty pages are written',
      of: -1,
      until: hopeless ? Infinity : start + pause,
      ready: () => k.dirtyPages + k.writebackPages <= free,
    });
    fruitless = k.progress === seen ? fruitless + 1 : 0;
    const took = k.now(task) - start;
    k.tally.throttledPs += took;
    k.recorder.record(EventKind.throttle, task.lane, start, took, 0, task.id, dirty, limit, task.cause);
    if (dirty <= limit) return;
    pause = Math.min(k.doc.dirty.maxPause, pause * 2);
  }
}
