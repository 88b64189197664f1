/**
 * The rules: from one state, every step that some actor can take next. README.md argues them.
 *
 * Actors are the threads, reclaim as far as it needs nothing (whoever does it: kswapd, or a thread that
 * waits for a frame), and the disk. A step is atomic; everything a real kernel can sleep or be overtaken
 * between is a step of its own.
 */
import {
  PAGE_DIRTY,
  PAGE_OWNER_SHIFT,
  PAGE_PRESENT,
  PAGE_WRITEBACK,
  PHASE_CLEAN,
  PHASE_FILL,
  PHASE_RUN,
  THREAD_BYTES,
  THREAD_CURSOR,
  THREAD_PC,
  THREAD_PHASE,
  THREAD_VICTIM,
  collectPage,
} from './layout.ts';
import type { Layout } from './layout.ts';
import type { PolicyRules } from './policies.ts';

/** What a thread is about, as {@link Transitions.look} finds it. */
export const Wait = {
  /** All stores made. */
  done: 0,
  /** Can take its next step. */
  ready: 1,
  /** Sleeps for the lock of a page. */
  lock: 2,
  /** Sleeps for frames outside the reserve: may reclaim. */
  frames: 3,
  /** Sleeps, within reclaim, for a frame of the reserve: does not recurse. */
  reserveFrame: 4,
} as const;

/** What a step does. */
export const Step = {
  /** The page is in the cache: the store marks it dirty. */
  store: 0,
  /** The page is not: the fault takes its frames, the store marks it dirty. */
  faultStore: 1,
  /** A fault collects: locks a page of its block that is in the cache. */
  fillLock: 2,
  /** A fault collects: takes a frame and adds a page of its block. */
  fillAdd: 3,
  /** A fault has the whole block: backs it, dirties it, makes its store. */
  fillDone: 4,
  /** Another backed the block meanwhile: the fault lets go and starts again. */
  fillStale: 5,
  /** Direct reclaim picks a dirty page to clean. */
  cleanBegin: 6,
  cleanLock: 7,
  cleanAdd: 8,
  /** The companion is absent and need not be added. */
  cleanSkip: 9,
  /** All companions are held: the block is backed, its pages are submitted for writing. */
  cleanSubmit: 10,
  /** -ESTALE: another cleaned the block meanwhile. */
  cleanStale: 11,
  /** -EDEADLK: trylock failed; the page stays dirty. */
  cleanBusy: 12,
  /** -ENOMEM: no frame; the page stays dirty. */
  cleanNoFrame: 13,
  /** Reclaim frees a clean page. */
  free: 14,
  /** Reclaim writes a dirty page that needs nothing more. */
  write: 15,
  /** A write completes. */
  written: 16,
} as const;

/** Actors that are no thread, as numbers in an action. Threads count from 1. */
export const ACTOR_RECLAIM = 254;
export const ACTOR_DISK = 255;

/** An action is one number: step, actor, page. */
export function packAction(step: number, actor: number, page: number): number {
  return (step << 16) | (actor << 8) | page;
}
export const actionStep = (action: number): number => action >> 16;
export const actionActor = (action: number): number => (action >> 8) & 0xff;
export const actionPage = (action: number): number => action & 0xff;

/**
 * Expands states. The successors of the last {@link Transitions.expand} lie in `successors`
 * (`words` words each) and `actions`, and are overwritten by the next.
 */
export class Transitions {
  readonly layout: Layout;
  readonly rules: PolicyRules;
  readonly words: number;
  readonly successors: Uint32Array;
  readonly actions: Int32Array;
  /** The state looked at, as bytes. */
  readonly state: Uint8Array;
  /** Page a `look` was about, and how many frames it would take. */
  lookPage = 0;
  lookFrames = 0;
  /** After `expand`: every thread has made all its stores. */
  allDone = false;

  private readonly stateWords: Uint32Array;
  private readonly bytes: Uint8Array;
  private readonly stride: number;
  /** Pages that are cached, dirtied, cleaned and freed as one: 1, or the block. */
  private readonly unit: number;
  private count = 0;

  constructor(layout: Layout, rules: PolicyRules) {
    this.layout = layout;
    this.rules = rules;
    this.words = layout.words;
    this.stride = layout.words * 4;
    this.unit = rules.prepare === 'folio' ? layout.pagesPerBlock : 1;
    // A thread takes one step or begins to clean any page; reclaim and the disk one step a page each.
    const most = layout.programs.length * (layout.pages + 1) + 2 * layout.pages;
    this.successors = new Uint32Array(most * layout.words);
    this.bytes = new Uint8Array(this.successors.buffer);
    this.actions = new Int32Array(most);
    this.stateWords = new Uint32Array(layout.words);
    this.state = new Uint8Array(this.stateWords.buffer);
  }

  /** The first state: everything a hole, every frame free, every thread at its first store. */
  initial(): Uint32Array {
    const words = new Uint32Array(this.words);
    new Uint8Array(words.buffer)[this.layout.freeOffset] = this.layout.frames;
    return words;
  }

  /** Makes a state the one looked at. */
  load(words: Uint32Array, at: number): void {
    for (let i = 0; i < this.words; i++) this.stateWords[i] = words[at + i];
  }

  /** Works out all steps from the state at `words[at]`. @returns how many */
  expand(words: Uint32Array, at: number): number {
    this.load(words, at);
    this.count = 0;
    this.allDone = true;
    let framesWanted = false;
    for (let t = 0; t < this.layout.programs.length; t++) {
      const wait = this.look(t);
      if (wait === Wait.done) continue;
      this.allDone = false;
      if (wait === Wait.ready) this.act(t);
      else if (wait !== Wait.lock) framesWanted = true;
      if (wait === Wait.frames && this.rules.clean !== 'plain') this.beginCleaning(t);
    }
    if (this.allDone) return 0;
    if (framesWanted) this.reclaim();
    this.disk();
    return this.count;
  }

  /**
   * What thread `t` of the loaded state is about: the one place that says who waits, and for what.
   * Sets `lookPage` and `lookFrames`.
   */
  look(t: number): number {
    const { state, layout, rules } = this;
    const at = layout.threadOffset + t * THREAD_BYTES;
    const pc = state[at + THREAD_PC];
    const phase = state[at + THREAD_PHASE];
    if (phase === PHASE_CLEAN) return this.lookClean(at);
    if (pc === layout.programs[t].length) return Wait.done;
    const page = layout.programs[t][pc];
    if (phase === PHASE_FILL) return this.lookFill(page, state[at + THREAD_CURSOR]);
    this.lookPage = page;
    const flags = state[page];
    if (flags >> PAGE_OWNER_SHIFT !== 0) return Wait.lock;
    if (rules.prepare === 'collect' && !this.backed(page)) return this.lookFill(page, 0);
    return (flags & PAGE_PRESENT) !== 0 ? Wait.ready : this.lookForFrames(this.unit);
  }

  /** Whether the block of a page is allocated or reserved. */
  backed(page: number): boolean {
    return this.state[this.layout.blockOffset + this.blockOf(page)] !== 0;
  }

  /** Whether a dirty page can be cleaned on the spot: no frame is needed, and no lock that is taken. */
  needsNothing(page: number): boolean {
    if (this.rules.clean === 'plain' || this.backed(page)) return true;
    const base = this.baseOf(page);
    for (let p = base; p < base + this.layout.pagesPerBlock; p++) {
      const flags = this.state[p];
      if (flags >> PAGE_OWNER_SHIFT !== 0) return false;
      if ((flags & PAGE_PRESENT) === 0 && this.rules.clean === 'collect') return false;
    }
    return true;
  }

  /** First page of the block of a page. */
  baseOf(page: number): number {
    return page - (page % this.layout.pagesPerBlock);
  }

  private blockOf(page: number): number {
    return (page / this.layout.pagesPerBlock) | 0;
  }

  private lookForFrames(frames: number): number {
    this.lookFrames = frames;
    const free = this.state[this.layout.freeOffset];
    return free - frames >= this.layout.reserve ? Wait.ready : Wait.frames;
  }

  private lookFill(own: number, cursor: number): number {
    this.lookPage = own;
    if (this.backed(own) || cursor === this.layout.pagesPerBlock) return Wait.ready;
    const page = collectPage(this.baseOf(own), own, cursor, this.rules.prepareOrder === 'own-first');
    this.lookPage = page;
    const flags = this.state[page];
    if (flags >> PAGE_OWNER_SHIFT !== 0) return Wait.lock;
    return (flags & PAGE_PRESENT) !== 0 ? Wait.ready : this.lookForFrames(1);
  }

  private lookClean(at: number): number {
    const { state, rules } = this;
    const victim = state[at + THREAD_VICTIM];
    const cursor = state[at + THREAD_CURSOR];
    this.lookPage = victim;
    if (this.backed(victim) || cursor === this.layout.pagesPerBlock) return Wait.ready;
    const page = collectPage(this.baseOf(victim), victim, cursor, rules.cleanOrder === 'own-first');
    this.lookPage = page;
    if (!rules.cleanBlocks) return Wait.ready;
    const flags = state[page];
    if (flags >> PAGE_OWNER_SHIFT !== 0) return Wait.lock;
    if ((flags & PAGE_PRESENT) !== 0 || rules.clean === 'collect-present') return Wait.ready;
    this.lookFrames = 1;
    return state[this.layout.freeOffset] >= 1 ? Wait.ready : Wait.reserveFrame;
  }

  /** The step of a thread that is ready. `lookPage` is fresh. */
  private act(t: number): void {
    const { state, layout, rules } = this;
    const at = layout.threadOffset + t * THREAD_BYTES;
    const phase = state[at + THREAD_PHASE];
    if (phase === PHASE_CLEAN) {
      this.actClean(t, at);
      return;
    }
    const page = layout.programs[t][state[at + THREAD_PC]];
    if (phase === PHASE_FILL || (rules.prepare === 'collect' && !this.backed(page))) {
      this.actFill(t, at, page);
      return;
    }
    const present = (state[page] & PAGE_PRESENT) !== 0;
    const next = this.emit(present ? Step.store : Step.faultStore, t + 1, page);
    if (!present) this.bytes[next + layout.freeOffset] -= this.unit;
    const first = this.unit === 1 ? page : this.baseOf(page);
    for (let p = first; p < first + this.unit; p++) this.bytes[next + p] |= PAGE_PRESENT | PAGE_DIRTY;
    if (rules.prepare === 'folio') this.bytes[next + layout.blockOffset + this.blockOf(page)] = 1;
    this.bytes[next + at + THREAD_PC]++;
  }

  private actFill(t: number, at: number, own: number): void {
    const { state, layout } = this;
    const base = this.baseOf(own);
    const cursor = state[at + THREAD_CURSOR];
    if (this.backed(own)) {
      this.letGo(this.emit(Step.fillStale, t + 1, own), t, at, base);
    } else if (cursor === layout.pagesPerBlock) {
      const next = this.emit(Step.fillDone, t + 1, own);
      for (let p = base; p < base + layout.pagesPerBlock; p++) this.bytes[next + p] |= PAGE_DIRTY;
      this.bytes[next + layout.blockOffset + this.blockOf(own)] = 1;
      this.letGo(next, t, at, base);
      this.bytes[next + at + THREAD_PC]++;
    } else {
      const page = this.lookPage;
      const present = (state[page] & PAGE_PRESENT) !== 0;
      const next = this.emit(present ? Step.fillLock : Step.fillAdd, t + 1, page);
      this.hold(next, t, page, present);
      this.bytes[next + at + THREAD_PHASE] = PHASE_FILL;
      this.bytes[next + at + THREAD_CURSOR] = cursor + 1;
    }
  }

  private actClean(t: number, at: number): void {
    const { state, layout, rules } = this;
    const victim = state[at + THREAD_VICTIM];
    const base = this.baseOf(victim);
    const cursor = state[at + THREAD_CURSOR];
    if (this.backed(victim)) {
      this.letGo(this.emit(Step.cleanStale, t + 1, victim), t, at, base);
      return;
    }
    if (cursor === layout.pagesPerBlock) {
      const next = this.emit(Step.cleanSubmit, t + 1, victim);
      this.submit(next, base, (t + 1) << PAGE_OWNER_SHIFT);
      this.letGo(next, t, at, base);
      return;
    }
    const page = this.lookPage;
    const flags = state[page];
    const present = (flags & PAGE_PRESENT) !== 0;
    if (flags >> PAGE_OWNER_SHIFT !== 0) {
      this.letGo(this.emit(Step.cleanBusy, t + 1, page), t, at, base);
    } else if (!present && rules.clean === 'collect' && state[layout.freeOffset] === 0) {
      this.letGo(this.emit(Step.cleanNoFrame, t + 1, page), t, at, base);
    } else {
      const skip = !present && rules.clean === 'collect-present';
      const next = this.emit(skip ? Step.cleanSkip : present ? Step.cleanLock : Step.cleanAdd, t + 1, page);
      if (!skip) this.hold(next, t, page, present);
      this.bytes[next + at + THREAD_CURSOR] = cursor + 1;
    }
  }

  /** Direct reclaim: any dirty page that is not locked may be the one picked. */
  private beginCleaning(t: number): void {
    const { state, layout, rules } = this;
    const at = layout.threadOffset + t * THREAD_BYTES;
    const ownFirst = rules.cleanOrder === 'own-first';
    for (let page = 0; page < layout.pages; page++) {
      if (state[page] !== (PAGE_PRESENT | PAGE_DIRTY) || this.backed(page)) continue;
      const next = this.emit(Step.cleanBegin, t + 1, page);
      if (ownFirst) this.hold(next, t, page, true);
      this.bytes[next + at + THREAD_PHASE] = PHASE_CLEAN;
      this.bytes[next + at + THREAD_VICTIM] = page;
      this.bytes[next + at + THREAD_CURSOR] = ownFirst ? 1 : 0;
    }
  }

  /** What reclaim can do for a waiter without needing anything itself. */
  private reclaim(): void {
    const { state, layout, unit } = this;
    for (let page = 0; page < layout.pages; page += unit) {
      if (state[page] === PAGE_PRESENT) {
        const next = this.emit(Step.free, ACTOR_RECLAIM, page);
        for (let p = page; p < page + unit; p++) this.bytes[next + p] = 0;
        this.bytes[next + layout.freeOffset] += unit;
      } else if (state[page] === (PAGE_PRESENT | PAGE_DIRTY) && this.needsNothing(page)) {
        const next = this.emit(Step.write, ACTOR_RECLAIM, page);
        if (this.backed(page)) this.startWriting(next, page, unit);
        else this.submit(next, this.baseOf(page), 0);
      }
    }
  }

  /**
   * The writes of a block in flight complete together, blocks in any order: its pages are adjacent on disk
   * and the block layer makes one request of them.
   */
  private disk(): void {
    const { state, layout } = this;
    const k = layout.pagesPerBlock;
    for (let base = 0; base < layout.pages; base += k) {
      let writing = -1;
      for (let p = base; p < base + k && writing < 0; p++) if ((state[p] & PAGE_WRITEBACK) !== 0) writing = p;
      if (writing < 0) continue;
      const next = this.emit(Step.written, ACTOR_DISK, writing);
      for (let p = writing; p < base + k; p++) this.bytes[next + p] &= ~PAGE_WRITEBACK;
    }
  }

  /** Backs a block and starts writing those of its pages in the cache whose lock is `owner` (shifted). */
  private submit(next: number, base: number, owner: number): void {
    for (let p = base; p < base + this.layout.pagesPerBlock; p++) {
      const flags = this.bytes[next + p];
      if ((flags & PAGE_PRESENT) === 0 || flags >> PAGE_OWNER_SHIFT !== owner >> PAGE_OWNER_SHIFT) continue;
      this.startWriting(next, p, 1);
    }
    this.bytes[next + this.layout.blockOffset + this.blockOf(base)] = 1;
  }

  private startWriting(next: number, page: number, pages: number): void {
    for (let p = page; p < page + pages; p++) {
      this.bytes[next + p] = (this.bytes[next + p] & ~PAGE_DIRTY) | PAGE_WRITEBACK;
    }
  }

  /** Locks a page for a thread, taking a frame and adding it (clean, zeroed) if it is not in the cache. */
  private hold(next: number, t: number, page: number, present: boolean): void {
    if (!present) this.bytes[next + this.layout.freeOffset]--;
    this.bytes[next + page] |= PAGE_PRESENT | ((t + 1) << PAGE_OWNER_SHIFT);
  }

  /** Unlocks what a thread holds of a block and ends its collecting. Pages it added stay, clean. */
  private letGo(next: number, t: number, at: number, base: number): void {
    const flags = (1 << PAGE_OWNER_SHIFT) - 1;
    for (let p = base; p < base + this.layout.pagesPerBlock; p++) {
      if (this.bytes[next + p] >> PAGE_OWNER_SHIFT === t + 1) this.bytes[next + p] &= flags;
    }
    this.bytes[next + at + THREAD_PHASE] = PHASE_RUN;
    this.bytes[next + at + THREAD_VICTIM] = 0;
    this.bytes[next + at + THREAD_CURSOR] = 0;
  }

  /** A successor that equals the loaded state so far. @returns its byte offset in `bytes` */
  private emit(step: number, actor: number, page: number): number {
    const at = this.count * this.words;
    for (let i = 0; i < this.words; i++) this.successors[at + i] = this.stateWords[i];
    this.actions[this.count] = packAction(step, actor, page);
    this.count++;
    return at * 4;
  }
}
