/** Steps in words a kernel engineer would use. */
import {
  PAGE_PRESENT,
  PAGE_WRITEBACK,
  PHASE_RUN,
  THREAD_BYTES,
  THREAD_PC,
  THREAD_PHASE,
  THREAD_VICTIM,
  filePage,
} from './layout.ts';
import { ACTOR_DISK, ACTOR_RECLAIM, Step, actionActor, actionPage, actionStep } from './transitions.ts';
import type { Transitions } from './transitions.ts';

/** `1 frame`, `3 frames`. */
export function countFrames(count: number): string {
  return `${count} ${count === 1 ? 'frame' : 'frames'}`;
}

/** File pages by number: `page 3`, `pages 0 2 3`. */
export function namePages(transitions: Transitions, pages: readonly number[]): string {
  const numbers = pages.map((page) => filePage(transitions.layout, page)).join(' ');
  return `${pages.length === 1 ? 'page' : 'pages'} ${numbers}`;
}

/** The block of a page by its file pages: `pages 4-7`. */
export function nameBlock(transitions: Transitions, page: number): string {
  const first = filePage(transitions.layout, transitions.baseOf(page));
  const k = transitions.layout.pagesPerBlock;
  return k === 1 ? `page ${first}` : `pages ${first}-${first + k - 1}`;
}

/** Pages of the block of `page`, other than it, that are not in the cache of the loaded state. */
export function absentCompanions(transitions: Transitions, page: number): number[] {
  const base = transitions.baseOf(page);
  const absent: number[] = [];
  for (let p = base; p < base + transitions.layout.pagesPerBlock; p++) {
    if (p !== page && (transitions.state[p] & PAGE_PRESENT) === 0) absent.push(p);
  }
  return absent;
}

/**
 * One step in words.
 * @param transitions with the state *before* the step loaded
 * @param action as `transitions.actions` gives it
 * @param freeAfter free frames after the step
 */
export function describeStep(transitions: Transitions, action: number, freeAfter: number): string {
  const actor = actionActor(action);
  const who = actor === ACTOR_DISK ? 'disk' : actor === ACTOR_RECLAIM ? 'reclaim' : `thread ${actor}`;
  return `${who}: ${whatHappens(transitions, action, freeAfter)}`;
}

function whatHappens(transitions: Transitions, action: number, freeAfter: number): string {
  const { layout, state, rules } = transitions;
  const target = actionPage(action);
  const page = `page ${filePage(layout, target)}`;
  const folio = rules.prepare === 'folio' ? nameBlock(transitions, target) : page;
  const left = `${countFrames(freeAfter)} left`;
  const thread = layout.threadOffset + (actionActor(action) - 1) * THREAD_BYTES;
  switch (actionStep(action)) {
    case Step.store:
      return `stores to ${page}, which is in the cache; ${folio} dirty`;
    case Step.faultStore:
      return `store to ${page} faults; takes ${rules.prepare === 'folio' ? `the frames of ${folio} at once` : 'a frame'}, ${folio} dirty, ${left}`;
    case Step.fillLock:
      return `${fillStart(transitions, action)}locks ${page}`;
    case Step.fillAdd:
      return `${fillStart(transitions, action)}takes a frame for ${page}, holds it locked, ${left}`;
    case Step.fillDone:
      return `has ${nameBlock(transitions, target)}: block allocated, all dirty, all unlocked; the store to ${page} is made`;
    case Step.fillStale:
      return `finds the block of ${page} allocated by another: unlocks what it holds, the fault starts again`;
    case Step.cleanBegin:
      return cleanStart(transitions, action, freeAfter);
    case Step.cleanLock:
      return `cleaning page ${filePage(layout, state[thread + THREAD_VICTIM])}, locks ${page}`;
    case Step.cleanAdd:
      return `cleaning page ${filePage(layout, state[thread + THREAD_VICTIM])}, adds ${page} to the cache and locks it, ${left}`;
    case Step.cleanSkip:
      return `cleaning page ${filePage(layout, state[thread + THREAD_VICTIM])}, passes over ${page}: not in the cache, its zeros go straight to disk`;
    case Step.cleanSubmit:
      return `holds all it needs to clean ${page}: block allocated, ${nameBlock(transitions, target)} submitted for writing, all unlocked`;
    case Step.cleanStale:
      return `finds the block of ${page} allocated by another (-ESTALE): unlocks what it holds, retries`;
    case Step.cleanBusy:
      return `finds ${page} locked (-EDEADLK): unlocks what it holds, the page it wanted to clean stays dirty, retries`;
    case Step.cleanNoFrame:
      return `gets no frame for ${page} (-ENOMEM): unlocks what it holds, the page it wanted to clean stays dirty, retries`;
    case Step.free:
      return `frees clean ${folio}, ${left}`;
    case Step.write:
      return `writes dirty ${folio}, which needs nothing more`;
    case Step.written:
      return `write of ${namePages(transitions, writtenPages(transitions, target))} completes`;
    default:
      throw new RangeError(`unknown step ${actionStep(action)}`);
  }
}

/** Pages of the block of `page` under writeback in the loaded state. */
function writtenPages(transitions: Transitions, page: number): number[] {
  const base = transitions.baseOf(page);
  const pages = Array.from({ length: transitions.layout.pagesPerBlock }, (_, i) => base + i);
  return pages.filter((p) => (transitions.state[p] & PAGE_WRITEBACK) !== 0);
}

/** A fault's first step says that it is one. */
function fillStart(transitions: Transitions, action: number): string {
  const { layout, state } = transitions;
  const thread = actionActor(action) - 1;
  const at = layout.threadOffset + thread * THREAD_BYTES;
  const own = layout.programs[thread][state[at + THREAD_PC]];
  const store = `page ${filePage(layout, own)}`;
  return state[at + THREAD_PHASE] === PHASE_RUN
    ? `store to ${store} faults, needs all of ${nameBlock(transitions, own)}; `
    : `for its store to ${store}, `;
}

function cleanStart(transitions: Transitions, action: number, freeAfter: number): string {
  const { layout, state, rules } = transitions;
  const thread = actionActor(action) - 1;
  const victim = actionPage(action);
  const store = layout.programs[thread][state[layout.threadOffset + thread * THREAD_BYTES + THREAD_PC]];
  const locks =
    rules.cleanOrder === 'own-first'
      ? `reclaim locks page ${filePage(layout, victim)}`
      : `reclaim picks page ${filePage(layout, victim)} and will lock its block ascending`;
  const absent = rules.clean === 'collect' ? absentCompanions(transitions, victim) : [];
  const needs = absent.length === 0 ? 'needs no frame' : `needs ${namePages(transitions, absent)}`;
  return `store to page ${filePage(layout, store)} faults, no frame outside the reserve; ${locks}, ${needs}, ${countFrames(freeAfter)} left`;
}
