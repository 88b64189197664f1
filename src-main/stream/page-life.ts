import { EventKind, FAULT_OUTCOMES, IO_OPERATIONS, type EventBatch } from '#model/events';
import type { PageLife, PageMark, PageState, PageStretch } from '#model/page-life';
import { PAGE_BYTES, type FilePage, type Mappings } from './mappings.ts';

/** More than a strip can show or a person can read. */
const MOST_STRETCHES = 10_000;
const MOST_MARKS = 2_000;
/** Writes of the disk that are remembered until the folios they were for become clean. */
const WRITES_KEPT = 64;

const SIGBUS = FAULT_OUTCOMES.indexOf('SIGBUS');
const WRITE = IO_OPERATIONS.indexOf('write');

/** What happens to a page's state. */
type Turn =
  'added' | 'removed' | 'mapped' | 'unmapped' | 'trapped' | 'let go' | 'dirtied' | 'sent' | 'written' | 'lost';

interface Change {
  readonly time: number;
  readonly event: number;
  readonly turn: Turn;
}

/** A page that has been sent to the disk by an event of kind `writeback`, as recordings tell it. */
interface Sending {
  readonly event: number;
  readonly from: number;
  to: number;
  /** A folio was cleaned by it: the emulator's events of this kind are not about single folios. */
  told: boolean;
}

/**
 * Follows one page through a run's events, given in order. Pages mapped by another page's fault (a large folio
 * mapped whole) are seen as mapped from fault-around or their own next fault on: no event tells it sooner.
 */
export class PageLifeCollector {
  private readonly target: FilePage;
  private readonly mappings: Mappings;
  private readonly virtualPages: ReadonlySet<number>;
  private readonly changes: Change[] = [];
  private readonly marks: PageMark[] = [];
  private readonly writebacks = new Map<number, Sending>();
  private leftOut = false;
  /** The last writes: when they were handed over, when they ended, which event. A ring. */
  private readonly writeSent = new Float64Array(WRITES_KEPT);
  private readonly writeEnd = new Float64Array(WRITES_KEPT).fill(-1);
  private readonly writeEvent = new Int32Array(WRITES_KEPT);
  private writes = 0;

  /** @param mappings of the whole run */
  constructor(target: FilePage, mappings: Mappings) {
    this.target = target;
    this.mappings = mappings;
    this.virtualPages = new Set(mappings.addressesOf(target).map((address) => address / PAGE_BYTES));
  }

  /** Takes the next batch, with all its columns but `lane`. */
  add(batch: EventBatch): void {
    for (let i = 0; i < batch.count; i++) {
      switch (batch.kind[i]) {
        case EventKind.readFault:
        case EventKind.writeFault:
        case EventKind.writeProtectFault:
          if (this.isAt(batch, i)) this.fault(batch, i);
          break;
        case EventKind.sigbus:
        case EventKind.copyOnWrite:
          if (this.isAt(batch, i)) this.mark(batch, i);
          break;
        case EventKind.unmapped:
          if (this.covers(batch, i, batch.b[i], batch.c[i])) this.turn(batch, i, 'unmapped');
          break;
        case EventKind.faultAround:
          // Without the span (argument c of the event) only as many pages as were mapped can be meant.
          if (this.covers(batch, i, batch.address[i], Math.max(batch.b[i], batch.c[i]))) this.turn(batch, i, 'mapped');
          break;
        case EventKind.folioAdded:
          if (this.covers(batch, i, batch.address[i], batch.b[i])) this.turn(batch, i, 'added');
          break;
        case EventKind.folioRemoved:
          if (this.covers(batch, i, batch.address[i], batch.b[i])) this.turn(batch, i, 'removed');
          break;
        case EventKind.folioDirtied:
          if (this.covers(batch, i, batch.address[i], batch.b[i])) this.turn(batch, i, 'dirtied');
          break;
        case EventKind.folioCleaned:
          if (this.covers(batch, i, batch.address[i], batch.b[i])) this.cleaned(batch, i);
          break;
        case EventKind.dataLost:
          if (this.covers(batch, i, batch.address[i], Math.ceil(batch.b[i] / PAGE_BYTES))) this.turn(batch, i, 'lost');
          break;
        case EventKind.blocksReserved:
        case EventKind.blocksInstantiated:
        case EventKind.blocksFreed:
          if (this.covers(batch, i, batch.address[i], Math.ceil(batch.b[i] / 4))) this.mark(batch, i);
          break;
        case EventKind.readahead:
          if (this.covers(batch, i, batch.address[i], batch.b[i])) this.mark(batch, i);
          break;
        case EventKind.writeback:
          if (this.covers(batch, i, batch.address[i], batch.b[i]))
            this.writebacks.set(batch.first + i, { event: batch.first + i, from: batch.time[i], to: -1, told: false });
          break;
        case EventKind.io:
          if ((batch.b[i] & 15) === WRITE) this.write(batch, i);
          break;
      }
    }
  }

  /** The life from `from` to `to` ps: where the run begins and ends. */
  finish(from: number, to: number): PageLife {
    for (const { event, from: sent, to: end, told } of this.writebacks.values()) {
      if (!told) continue;
      this.change(sent, event, 'sent');
      this.change(end, event, 'written');
    }
    this.changes.sort((x, y) => x.time - y.time);
    this.marks.sort((x, y) => x.time - y.time || x.event - y.event);
    const stretches: PageStretch[] = [];
    const state = new State();
    let begun = { state: state.name, time: from, event: -1 };
    const end = (time: number): void => {
      if (time > begun.time) stretches.push({ state: begun.state, from: begun.time, to: time, event: begun.event });
    };
    for (const { time, event, turn } of this.changes) {
      state.take(turn);
      if (state.name === begun.state) continue;
      end(time);
      const last = stretches.at(-1);
      // What lasted no time at all leaves no stretch: the one before goes on.
      if (last?.state === state.name && last.to === time) {
        stretches.pop();
        begun = { state: last.state, time: last.from, event: last.event };
      } else {
        begun = { state: state.name, time, event };
      }
    }
    end(to);
    const complete = !this.leftOut && stretches.length <= MOST_STRETCHES;
    const { file, page } = this.target;
    return {
      file,
      page,
      addresses: this.mappings.addressesOf(this.target),
      stretches: stretches.slice(0, MOST_STRETCHES),
      marks: this.marks,
      complete,
    };
  }

  private isAt(batch: EventBatch, i: number): boolean {
    const { virtualPages } = this;
    if (!virtualPages.has(Math.floor(batch.address[i] / PAGE_BYTES))) return false;
    return this.mappings.shows(batch.address[i], batch.first + i, this.target);
  }

  /** Whether an event about `pages` pages of the file in its argument `a` is about this one too. */
  private covers(batch: EventBatch, i: number, first: number, pages: number): boolean {
    const { file, page } = this.target;
    return batch.a[i] === file && first <= page && page < first + Math.max(1, pages);
  }

  private fault(batch: EventBatch, i: number): void {
    const event = batch.first + i;
    const start = batch.time[i];
    const end = start + batch.duration[i];
    const kind = batch.kind[i];
    this.mark(batch, i);
    // A store that finds its PTE read-only finds one: the page was mapped.
    if (kind === EventKind.writeProtectFault) this.change(start, event, 'mapped');
    if (kind !== EventKind.readFault) {
      this.change(start, event, 'trapped');
      this.change(end, event, 'let go');
    }
    if (batch.c[i] !== SIGBUS) this.change(end, event, 'mapped');
  }

  /** The write a folio was in has ended; or, in a recording, begun: then the folio's writeback is its cause. */
  private cleaned(batch: EventBatch, i: number): void {
    const time = batch.time[i];
    const event = batch.first + i;
    this.mark(batch, i);
    const sending = this.writebacks.get(batch.cause[i]);
    if (sending !== undefined) {
      sending.told = true;
      sending.to = Math.max(sending.to, sending.from, time);
      return;
    }
    const write = this.writeEndingAt(time);
    if (write >= 0) {
      this.change(Math.min(time, this.writeSent[write]), this.writeEvent[write], 'sent');
    } else {
      this.change(time, event, 'sent');
    }
    this.change(time, event, 'written');
  }

  private write(batch: EventBatch, i: number): void {
    const end = batch.time[i] + batch.duration[i];
    const sending = this.writebacks.get(batch.cause[i]);
    if (sending !== undefined) {
      sending.to = Math.max(sending.to, end);
      this.mark(batch, i);
    }
    const at = this.writes++ % WRITES_KEPT;
    // An I/O event begins with the disk's service; it was handed over before, by the time it queued (ns).
    this.writeSent[at] = batch.time[i] - batch.c[i] * 1000;
    this.writeEnd[at] = end;
    this.writeEvent[at] = batch.first + i;
  }

  /** The remembered write that ended at `time`, -1 for none. Ends are sums: the last picosecond may be rounded. */
  private writeEndingAt(time: number): number {
    for (let n = 1; n <= Math.min(this.writes, WRITES_KEPT); n++) {
      const at = (this.writes - n) % WRITES_KEPT;
      if (Math.abs(this.writeEnd[at] - time) <= 2) return at;
    }
    return -1;
  }

  private turn(batch: EventBatch, i: number, turn: Turn): void {
    this.mark(batch, i);
    this.change(batch.time[i], batch.first + i, turn);
  }

  private change(time: number, event: number, turn: Turn): void {
    // Two stretches a change at most; more are not shown anyway.
    if (this.changes.length < 4 * MOST_STRETCHES) this.changes.push({ time, event, turn });
    else this.leftOut = true;
  }

  private mark(batch: EventBatch, i: number): void {
    if (this.marks.length < MOST_MARKS)
      this.marks.push({
        event: batch.first + i,
        kind: batch.kind[i],
        time: batch.time[i],
        duration: batch.duration[i],
      });
    else this.leftOut = true;
  }
}

/** What is known of the page; its name is the first of these that holds. */
class State {
  private cached = false;
  private mapped = false;
  private trapped = false;
  private dirty = false;
  private sent = false;
  private written = false;
  private lost = false;

  get name(): PageState {
    if (this.trapped) return 'trapped';
    if (this.sent) return 'writeback';
    if (this.dirty) return 'dirty';
    if (this.lost) return 'lost';
    if (!this.cached) return 'absent';
    if (this.written) return 'clean';
    return this.mapped ? 'read-mapped' : 'cached';
  }

  take(turn: Turn): void {
    switch (turn) {
      case 'added':
        this.cached = true;
        return;
      case 'removed':
        this.cached = false;
        this.mapped = false;
        this.dirty = false;
        this.sent = false;
        this.written = false;
        this.lost = false;
        return;
      case 'mapped':
        // Recordings may begin with pages in the cache: what is mapped, dirty or written is there.
        this.cached = true;
        this.mapped = true;
        return;
      case 'unmapped':
        this.mapped = false;
        return;
      case 'trapped':
        this.trapped = true;
        return;
      case 'let go':
        this.trapped = false;
        return;
      case 'dirtied':
        this.cached = true;
        this.dirty = true;
        this.lost = false;
        return;
      case 'sent':
        this.cached = true;
        this.dirty = false;
        this.sent = true;
        return;
      case 'written':
        this.cached = true;
        this.sent = false;
        this.written = true;
        return;
      case 'lost':
        this.dirty = false;
        this.lost = true;
        return;
    }
  }
}
