import { STEP_FIGURES, type AgreedFigure, type AgreedStep, type Agreement, type StepFigure } from '#model/agreement';
import { EventKind } from '#model/events';
import type { PhaseMetrics } from '#model/metrics';
import type { RunInfo } from '#model/run';
import type { RunEvents } from './columns.ts';

/** KiB of a page. */
const PAGE_KiB = 4;
/** Pages of one file that are told apart: 2^40 of them are four petabytes. */
const PAGES = 2 ** 40;

/** Pages of the largest folio: 2 MiB. */
const MOST_FOLIO_PAGES = 512;

/** What of a run its steps' figures come from. */
export interface AgreementInput {
  readonly run: Pick<RunInfo, 'id' | 'source' | 'phases'>;
  readonly events: RunEvents;
}

type Figures = Readonly<Record<StepFigure, number | null>>;

/**
 * Compares two runs step by step in the figures that a real kernel tells of itself: minor and major faults, blocks
 * held and dirty pages. Both sides are counted in the same way from their events. Linear but for a sort by time.
 */
export function agreeBySteps(left: AgreementInput, right: AgreementInput): Agreement {
  const leftSteps = figuresBySteps(left);
  const rightSteps = figuresBySteps(right);
  const keys = [...new Set([...leftSteps.keys(), ...rightSteps.keys()])];
  const steps = keys.map((key): AgreedStep => {
    const x = leftSteps.get(key);
    const y = rightSteps.get(key);
    const { thread, step, name } = (x ?? y)!.phase;
    const figure = (of: StepFigure): AgreedFigure => ({
      left: x?.figures[of] ?? null,
      right: y?.figures[of] ?? null,
    });
    return {
      thread,
      step,
      name,
      inLeft: x !== undefined,
      inRight: y !== undefined,
      figures: {
        minor: figure('minor'),
        major: figure('major'),
        heldKiB: figure('heldKiB'),
        dirtyPages: figure('dirtyPages'),
      },
    };
  });
  let compared = 0;
  let same = 0;
  for (const { figures } of steps) {
    for (const name of STEP_FIGURES) {
      if (figures[name].left === null || figures[name].right === null) continue;
      compared++;
      if (figures[name].left === figures[name].right) same++;
    }
  }
  return { left: left.run.id, right: right.run.id, steps, compared, same };
}

/** Figures of every step by its place: thread, step and, in a loop, turn. */
function figuresBySteps({ run, events }: AgreementInput): Map<string, { phase: PhaseMetrics; figures: Figures }> {
  const turns = new Map<string, number>();
  const states = statesAt(
    events,
    run.phases.map(({ endNs }) => Math.round(endNs * 1000)),
    run.source !== 'emulated',
  );
  const found = new Map<string, { phase: PhaseMetrics; figures: Figures }>();
  run.phases.forEach((phase, i) => {
    const place = `${phase.thread}/${phase.step}`;
    const turn = turns.get(place) ?? 0;
    turns.set(place, turn + 1);
    const figures = { minor: phase.minor, major: phase.major, ...states[i] };
    found.set(`${place}/${turn}`, { phase, figures });
  });
  return found;
}

const RELEVANT = new Uint8Array(256);
for (const kind of [
  EventKind.folioDirtied,
  EventKind.folioCleaned,
  EventKind.folioRemoved,
  EventKind.blocksReserved,
  EventKind.blocksInstantiated,
  EventKind.blocksFreed,
])
  RELEVANT[kind] = 1;

interface State {
  heldKiB: number | null;
  dirtyPages: number | null;
}

/** Blocks held and dirty pages at some moments; null where a recording tells nothing of them at all. */
function statesAt(events: RunEvents, moments: readonly number[], recorded: boolean): State[] {
  const files = recorded ? filesOfFaults(events) : null;
  const order: number[] = [];
  for (let i = 0; i < events.count; i++)
    if (RELEVANT[events.kind[i]] === 1 && (files === null || files.has(events.a[i]))) order.push(i);
  order.sort((x, y) => events.time[x] - events.time[y] || x - y);
  const pages = new Pages();
  const seen = { dirty: false, blocks: false };
  const answers = moments.map((time, i) => ({ time, i })).sort((x, y) => x.time - y.time);
  const states = moments.map((): State => ({ heldKiB: 0, dirtyPages: 0 }));
  let at = 0;
  for (const { time, i } of answers) {
    for (; at < order.length && events.time[order[at]] <= time; at++) {
      pages.take(events, order[at]);
      const kind = events.kind[order[at]];
      if (kind === EventKind.folioDirtied) seen.dirty = true;
      if (kind === EventKind.blocksReserved || kind === EventKind.blocksInstantiated) seen.blocks = true;
    }
    states[i] = { heldKiB: pages.heldKiB, dirtyPages: pages.dirty.size };
  }
  for (const state of states) {
    if (recorded && !seen.dirty) state.dirtyPages = null;
    if (recorded && !seen.blocks) state.heldKiB = null;
  }
  return states;
}

/** Files whose pages a fault brought into the cache or mapped: those of the program, not the file system's own. */
function filesOfFaults({ count, kind, a, cause }: RunEvents): ReadonlySet<number> | null {
  const files = new Set<number>();
  for (let i = 0; i < count; i++) {
    const isPage = kind[i] === EventKind.folioAdded || kind[i] === EventKind.faultAround;
    const from = cause[i];
    if (!isPage || from < 0) continue;
    const of = kind[from];
    if (of === EventKind.readFault || of === EventKind.writeFault || of === EventKind.writeProtectFault)
      files.add(a[i]);
  }
  return files.size === 0 ? null : files;
}

/** State of every page that was dirtied or given blocks. */
class Pages {
  readonly dirty = new Set<number>();
  heldKiB = 0;
  /** KiB by page: reserved and given. A reservation is held until its blocks are given, which are then held instead. */
  private readonly reserved = new Map<number, number>();
  private readonly given = new Map<number, number>();

  take({ kind, address, a, b }: RunEvents, i: number): void {
    const first = a[i] * PAGES + address[i];
    switch (kind[i]) {
      case EventKind.folioDirtied:
        for (let p = 0; p < b[i]; p++) this.dirty.add(first + p);
        return;
      case EventKind.folioCleaned:
      case EventKind.folioRemoved:
        this.clean(first, b[i], kind[i] === EventKind.folioCleaned);
        return;
      case EventKind.blocksReserved:
        this.spread(this.reserved, this.roomFrom(first), b[i]);
        return;
      case EventKind.blocksInstantiated:
        this.spread(this.given, first, b[i]);
        return;
      case EventKind.blocksFreed:
        this.free(first, b[i]);
        return;
    }
  }

  /** A recording tells how many pages a pass has cleaned, but not always which: the others are those dirty longest. */
  private clean(first: number, pages: number, counted: boolean): void {
    let left = pages;
    for (let p = 0; p < pages; p++) if (this.dirty.delete(first + p)) left--;
    if (!counted) return;
    const file = Math.floor(first / PAGES);
    for (const page of this.dirty) {
      if (left <= 0) return;
      if (Math.floor(page / PAGES) !== file) continue;
      this.dirty.delete(page);
      left--;
    }
  }

  /** Recorded reservations of a large folio's blocks all tell its first page: the next one with room is meant. */
  private roomFrom(first: number): number {
    let page = first;
    while (page < first + MOST_FOLIO_PAGES && (this.reserved.get(page) ?? 0) >= PAGE_KiB) page++;
    return page;
  }

  private held(page: number): number {
    return Math.min(PAGE_KiB, Math.max(this.reserved.get(page) ?? 0, this.given.get(page) ?? 0));
  }

  private spread(of: Map<number, number>, first: number, KiB: number): void {
    for (let page = first, left = KiB; left > 0; page++, left -= PAGE_KiB) {
      const before = this.held(page);
      of.set(page, (of.get(page) ?? 0) + Math.min(left, PAGE_KiB));
      this.heldKiB += this.held(page) - before;
    }
  }

  private free(first: number, KiB: number): void {
    for (let page = first, left = KiB; left > 0; page++, left -= PAGE_KiB) {
      const before = this.held(page);
      const rest = Math.max(0, before - Math.min(left, PAGE_KiB));
      this.reserved.set(page, 0);
      this.given.set(page, rest);
      this.heldKiB += rest - before;
    }
  }
}
