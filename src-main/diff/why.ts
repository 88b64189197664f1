import { EventKind } from '#model/events';
import type { RunInfo } from '#model/run';
import type { EventRow } from '#model/tile';
import type { StoreStory, StoryPart, StoryRole, Why } from '#model/why';
import { eventAt, type RunEvents } from './columns.ts';
import { eventText } from './describe.ts';
import { relocated } from './place.ts';

/** A run whose stores are told. */
export interface StoryInput {
  readonly run: Pick<RunInfo, 'id' | 'source' | 'phases'>;
  readonly events: RunEvents;
}

/** Which store is meant: one in a step, into a page of the file. -1 where it is not known. */
interface StoreKey {
  readonly step: number;
  readonly page: number;
}

/** Causes followed upwards at most. */
const LONGEST_CHAIN = 64;
const FAULTS: readonly number[] = [EventKind.readFault, EventKind.writeFault, EventKind.writeProtectFault];
const IO_WRITE = 1;

/**
 * The same store in two runs: what each made of it, link by link. Null where the event has to do with no page.
 * Goes through the events of both a few times.
 * @param side the run that the event is of
 */
export function whyOf(left: StoryInput, right: StoryInput, side: 'left' | 'right', event: number): Why | null {
  const stories = { left: new Stories(left), right: new Stories(right) };
  const key = stories[side].keyOf(event);
  if (key === null) return null;
  const x = stories.left.tell(key, side === 'left' ? event : -1);
  const y = stories.right.tell(key, side === 'right' ? event : -1);
  return { left: compared(x, y), right: compared(y, x) };
}

function compared(story: StoreStory, other: StoreStory): StoreStory {
  const parts = story.parts.map((part): StoryPart => {
    const theirs = other.parts.find(({ role }) => role === part.role);
    const differs = theirs?.text !== part.text || (theirs.note === '') !== (part.note === '');
    return { ...part, differs };
  });
  return { ...story, parts };
}

/** Tells what became of the stores of one run. */
class Stories {
  private readonly run: StoryInput['run'];
  private readonly events: RunEvents;
  private readonly pageOf: (address: number) => number;
  private readonly stepAt: ((time: number) => number) | null;

  constructor({ run, events }: StoryInput) {
    const { page, stepAt } = relocated(events, run.phases);
    this.run = run;
    this.events = events;
    this.pageOf = page;
    this.stepAt = run.source === 'emulated' ? null : stepAt;
  }

  /** The store that an event follows from: the page is that of the nearest event that has one. */
  keyOf(event: number): StoreKey | null {
    const { kind, address, b, cause, count } = this.events;
    let page = -1;
    let step = -1;
    for (let i = event, n = 0; i >= 0 && i < count && n < LONGEST_CHAIN; i = cause[i], n++) {
      if (isFault(kind[i])) {
        if (page < 0) page = this.pageOf(address[i]);
        step = this.stepOf(i);
        break;
      }
      if (page < 0 && HAS_FILE_PAGE[kind[i]] === 1) page = address[i];
      if (kind[i] === EventKind.step) step = b[i];
    }
    if (page < 0) return null;
    return { step: step < 0 ? this.lastStoreBefore(page, event) : step, page };
  }

  /** Step of the last store into a page that faulted before an event, -1 for none: what a recording's I/O goes back to. */
  private lastStoreBefore(page: number, event: number): number {
    const { kind, time, address, count } = this.events;
    let last = -1;
    for (let i = 0; i < count; i++) {
      const isStore = kind[i] === EventKind.writeFault || kind[i] === EventKind.writeProtectFault;
      if (!isStore || time[i] > time[event] || this.pageOf(address[i]) !== page) continue;
      if (last < 0 || time[i] >= time[last]) last = i;
    }
    return last < 0 ? -1 : this.stepOf(last);
  }

  /** @param chosen the event that was asked about, -1 if it is one of the other run */
  tell(key: StoreKey, chosen: number): StoreStory {
    const fault = this.faultFor(key, chosen);
    const from = fault < 0 ? this.endOf(key.step) : this.events.time[fault];
    const folio = this.covering(EventKind.folioDirtied, key.page, from);
    const since = folio < 0 ? from : this.events.time[folio];
    const reserved = this.covering(EventKind.blocksReserved, key.page, from);
    const block = this.covering(EventKind.blocksInstantiated, key.page, from);
    const cleaned = folio < 0 ? -1 : this.after(EventKind.folioCleaned, key.page, since);
    const write = folio < 0 ? -1 : this.writeOf(key.page, folio, cleaned);
    const stepName = this.run.phases.find(({ step }) => step === key.step)?.name ?? '';
    const parts: StoryPart[] = [
      this.part('store', this.storeOf(key.step), stepName === '' ? 'store' : stepName),
      this.faultPart(fault, key.step),
      this.part('folio', folio, 'nothing dirtied', this.earlier(folio, from)),
    ];
    if (reserved >= 0) parts.push(this.part('reserved', reserved, '', this.earlier(reserved, from)));
    parts.push(this.part('block', block, 'no block', this.earlier(block, from)));
    parts.push(
      this.part('write', write, cleaned < 0 ? 'not written' : 'written in a request of other pages'),
      this.part('cleaned', cleaned, 'not clean again'),
    );
    return { run: this.run.id, step: key.step, stepName, page: key.page, parts };
  }

  private part(role: StoryRole, event: number, without: string, note = ''): StoryPart {
    if (event < 0) return { role, event: null, text: without, note, differs: false };
    const row = eventAt(this.events, event);
    const text = role === 'store' && without !== '' ? without : textOf(row);
    return { role, event: row, text, note, differs: false };
  }

  private faultPart(fault: number, step: number): StoryPart {
    if (fault < 0) return this.part('fault', -1, 'no fault');
    const own = this.stepOf(fault);
    if (own === step || step < 0) return this.part('fault', fault, '');
    const name = this.run.phases.find((phase) => phase.step === own)?.name ?? `step ${own + 1}`;
    return this.part('fault', fault, '', `no fault in this step: writable since ${name}`);
  }

  private earlier(event: number, from: number): string {
    return event >= 0 && this.events.time[event] < from ? 'was there before' : '';
  }

  /** The fault of the store: that of the event asked about, the first in its step, else the last before it. */
  private faultFor({ step, page }: StoreKey, chosen: number): number {
    const { kind, address, cause, count } = this.events;
    for (let i = chosen, n = 0; i >= 0 && n < LONGEST_CHAIN; i = cause[i], n++) if (isFault(kind[i])) return i;
    let before = -1;
    for (let i = 0; i < count; i++) {
      if (!isFault(kind[i]) || this.pageOf(address[i]) !== page) continue;
      const own = this.stepOf(i);
      if (own === step) return i;
      if (own < step || step < 0) before = i;
    }
    return before;
  }

  /** The first event of a kind on the page from a moment on; where there is none, the last before it. */
  private covering(kind: number, page: number, from: number): number {
    let before = -1;
    let after = -1;
    for (let i = 0; i < this.events.count; i++) {
      if (this.events.kind[i] !== kind || !this.covers(i, page)) continue;
      const time = this.events.time[i];
      if (time >= from && (after < 0 || time < this.events.time[after])) after = i;
      if (time < from && (before < 0 || time >= this.events.time[before])) before = i;
    }
    return after >= 0 ? after : before;
  }

  private after(kind: number, page: number, from: number): number {
    const found = this.covering(kind, page, from);
    return found >= 0 && this.events.time[found] >= from ? found : -1;
  }

  private covers(i: number, page: number): boolean {
    const { kind, address, b } = this.events;
    const inKiB = kind[i] === EventKind.blocksReserved || kind[i] === EventKind.blocksInstantiated;
    const pages = inKiB ? Math.max(1, Math.ceil(b[i] / 4)) : Math.max(1, b[i]);
    return address[i] <= page && page < address[i] + pages;
  }

  /** The request that wrote the folio: one it caused, one of its writeback, or the one that ends as it becomes clean. */
  private writeOf(page: number, folio: number, cleaned: number): number {
    const { kind, time, duration, b, count } = this.events;
    const writeback = this.after(EventKind.writeback, page, time[folio]);
    let merged = -1;
    for (let i = 0; i < count; i++) {
      if (kind[i] !== EventKind.io || (b[i] & 15) !== IO_WRITE || time[i] < time[folio]) continue;
      if (this.follows(i, folio) || (writeback >= 0 && this.follows(i, writeback))) return i;
      if (cleaned >= 0 && merged < 0 && time[i] + duration[i] === time[cleaned]) merged = i;
    }
    return merged;
  }

  private follows(event: number, from: number): boolean {
    const { cause } = this.events;
    for (let i = cause[event], n = 0; i >= 0 && n < LONGEST_CHAIN; i = cause[i], n++) if (i === from) return true;
    return false;
  }

  private stepOf(fault: number): number {
    return this.stepAt === null ? this.events.b[fault] : this.stepAt(this.events.time[fault]);
  }

  /** The event that stands for the step. */
  private storeOf(step: number): number {
    if (step < 0) return -1;
    const { kind, a, b, count } = this.events;
    for (let i = 0; i < count; i++) {
      if (kind[i] === EventKind.step && b[i] === step) return i;
      if (kind[i] === EventKind.phase && a[i] === step) return i;
    }
    return -1;
  }

  /** When a step is over, ps: what is older than that came before, or during it. */
  private endOf(step: number): number {
    const phase = this.run.phases.find((candidate) => candidate.step === step);
    return phase === undefined ? Infinity : phase.endNs * 1000;
  }
}

/** What an event is, with its size where that matters and without place. */
function textOf(row: EventRow): string {
  switch (row.kind) {
    case EventKind.folioDirtied:
    case EventKind.folioCleaned:
      return `${eventText(row)}, ${row.b} ${row.b === 1 ? 'page' : 'pages'}`;
    default:
      return eventText(row);
  }
}

function isFault(kind: number): boolean {
  return FAULTS.includes(kind);
}

const HAS_FILE_PAGE = new Uint8Array(256);
for (const kind of [
  EventKind.faultAround,
  EventKind.readahead,
  EventKind.folioAdded,
  EventKind.folioDirtied,
  EventKind.folioCleaned,
  EventKind.folioRemoved,
  EventKind.blocksReserved,
  EventKind.blocksInstantiated,
  EventKind.blocksFreed,
  EventKind.writeback,
])
  HAS_FILE_PAGE[kind] = 1;
