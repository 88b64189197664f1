import { agreeBySteps } from '#diff/agreement';
import type { RunEvents } from '#diff/columns';
import { whyOf } from '#diff/why';
import { firstEvents } from '#lab/compare';
import type { Agreement } from '#model/agreement';
import { EventKind } from '#model/events';
import type { RunDocument } from '#model/library';
import type { RunInfo } from '#model/run';
import type { Why } from '#model/why';
import type { StoreClient } from '#workers/store-client';

type Source = Pick<StoreClient, 'getRun' | 'documents' | 'events'>;

interface OpenRun {
  readonly run: RunInfo;
  readonly events: RunEvents;
}

/** Events of a run that are kept from question to question: beyond that each question reads them again. */
const MOST_KEPT = 2_000_000;

/** Answers questions about two runs laid beside each other. Keeps the events of the last two runs asked about. */
export class RunPairs {
  private readonly library: Source;
  private readonly kept = new Map<string, Promise<OpenRun>>();

  constructor(library: Source) {
    this.library = library;
  }

  /** How far two runs agree, step by step. @throws InputError for a run that is not there */
  async agreement(left: string, right: string): Promise<Agreement> {
    return agreeBySteps(await this.open(left), await this.open(right));
  }

  /**
   * What both runs made of the store that an event of one of them follows from; null where it follows from none.
   * @throws InputError for a run that is not there
   */
  async why(left: string, right: string, side: 'left' | 'right', event: number): Promise<Why | null> {
    return whyOf(await this.open(left), await this.open(right), side, event);
  }

  /** When a run makes its first store, ps; null where it makes none that can be told. */
  async firstStore(id: string): Promise<number | null> {
    const run = await this.library.getRun(id);
    const steps = firstStoringSteps(await this.library.documents(run.id));
    if (steps !== null) {
      const starts = run.phases.filter(({ thread, step }) => steps.get(thread) === step).map(({ startNs }) => startNs);
      return starts.length === 0 ? null : Math.round(Math.min(...starts) * 1000);
    }
    return firstRecordedStore(await this.open(id));
  }

  private open(id: string): Promise<OpenRun> {
    const known = this.kept.get(id);
    if (known !== undefined) {
      // Asked for lately: the other one goes first.
      this.kept.delete(id);
      this.kept.set(id, known);
      return known;
    }
    const opened = this.read(id);
    this.kept.set(id, opened);
    const oldest = this.kept.keys().next().value;
    if (this.kept.size > 2 && oldest !== undefined) this.kept.delete(oldest);
    opened.then(
      ({ events }) => {
        if (events.count > MOST_KEPT) this.kept.delete(id);
      },
      () => this.kept.delete(id),
    );
    return opened;
  }

  private async read(id: string): Promise<OpenRun> {
    const run = await this.library.getRun(id);
    return { run, events: await firstEvents(this.library, run.id) };
  }
}

interface StepFields {
  readonly do?: string;
  readonly times?: number;
  readonly steps?: readonly StepFields[];
}

/** By thread, the number of the first step that stores through a mapping; null for a run without an experiment. */
function firstStoringSteps(documents: readonly RunDocument[]): Map<number, number> | null {
  const document = documents.find(({ kind }) => kind === 'experiment');
  if (document === undefined) return null;
  const { threads } = JSON.parse(document.json) as { threads?: readonly { steps?: readonly StepFields[] }[] };
  const found = new Map<number, number>();
  threads?.forEach(({ steps }, thread) => {
    const place = placeOfStore(steps ?? []);
    if (place.found) found.set(thread, place.before);
  });
  return found;
}

/** How many steps run before the first that stores, a loop's turns counted one by one. */
function placeOfStore(steps: readonly StepFields[]): { found: boolean; before: number } {
  let before = 0;
  for (const step of steps) {
    if (step.do === 'store' || step.do === 'mixed') return { found: true, before };
    if (step.do !== 'loop') {
      before++;
      continue;
    }
    const inner = placeOfStore(step.steps ?? []);
    if (inner.found) return { found: true, before: before + inner.before };
    before += inner.before * (step.times ?? 1);
  }
  return { found: false, before };
}

/** Start of the step in which a recorded program first stores into its file; its first such fault where there are no steps. */
function firstRecordedStore({ run, events }: OpenRun): number | null {
  const { count, kind, time, cause } = events;
  const isStore = (i: number): boolean => kind[i] === EventKind.writeFault || kind[i] === EventKind.writeProtectFault;
  let first = -1;
  const take = (i: number): void => {
    if (first < 0 || time[i] < time[first]) first = i;
  };
  for (let i = 0; i < count; i++) if (TOLD_BY_STORES.has(kind[i]) && cause[i] >= 0 && isStore(cause[i])) take(cause[i]);
  // A file system that tells nothing of its blocks: then the first fault that was a store to a mapped page.
  if (first < 0) for (let i = 0; i < count; i++) if (kind[i] === EventKind.writeProtectFault) take(i);
  if (first < 0) for (let i = 0; i < count; i++) if (kind[i] === EventKind.writeFault) take(i);
  if (first < 0) return null;
  const ns = time[first] / 1000;
  const phase = run.phases.find(({ startNs, endNs }) => startNs <= ns && ns <= endNs);
  return phase === undefined ? time[first] : Math.round(phase.startNs * 1000);
}
const TOLD_BY_STORES: ReadonlySet<number> = new Set([
  EventKind.folioDirtied,
  EventKind.blocksReserved,
  EventKind.blocksInstantiated,
]);
