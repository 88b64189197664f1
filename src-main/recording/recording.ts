import { FULL_BATCH, appendEvent, copyEvents, emptyBatch, sliceBatch, type WritableBatch } from '#model/batch';
import { EventKind, type EventBatch, type Lane } from '#model/events';
import type { Metrics, PhaseMetrics } from '#model/metrics';

/** Room of the first batch, doubled as it fills: most recordings are short. */
const FIRST_ROOM = 256;
/** Batches kept back, so that an event's end, outcome or cause can still be set: half a million events. */
const KEPT = 8;
/** Threads that get tracks of their own; the others share one. */
const MOST_THREADS = 500;
/** Things told apart when distinct ones are counted. */
const MOST_DISTINCT = 1_000_000;

/** A recorded run without its events. */
export interface RecordedRun {
  readonly lanes: readonly Lane[];
  readonly phases: readonly PhaseMetrics[];
  readonly metrics: Metrics;
  /** What the trace tells of the system it was taken on; empty where it tells nothing. */
  readonly machine: string;
  readonly kernel: string;
  readonly filesystem: string;
  readonly policy: string;
  /** Names behind the numbers in the events' arguments. */
  readonly names: Readonly<Record<string, readonly string[]>>;
}

/** The same events with more room. */
function enlarged(batch: WritableBatch): WritableBatch {
  const larger = emptyBatch(batch.first, Math.min(FULL_BATCH, batch.count * 2));
  larger.count = batch.count;
  copyEvents(batch, 0, batch.count, larger, 0);
  return larger;
}

function trimmed(batch: WritableBatch): EventBatch {
  if (batch.count === FULL_BATCH) return batch;
  return sliceBatch(batch, 0, batch.count);
}

/** The figures of a run while they are being counted. */
export interface Counts {
  read: number;
  write: number;
  writeProtect: number;
  minor: number;
  major: number;
  sigbus: number;
  instantiatedKiB: number;
  dirtyPages: number;
  requests: number;
  reads: number;
  writes: number;
  flushes: number;
  readKiB: number;
  writtenKiB: number;
  throttledNs: number;
  directReclaims: number;
  pagesReclaimed: number;
  byCause: Map<string, number>;
}

/**
 * Collects a recorded run: events into batches, lanes, phases, figures. Events get their end, outcome and cause
 * when the trace tells them, as long as they are among the last {@link KEPT} batches; so memory is bounded, and a
 * request whose completion was lost stays without an end.
 */
export class Recording {
  readonly counts: Counts = {
    read: 0, write: 0, writeProtect: 0, minor: 0, major: 0, sigbus: 0, instantiatedKiB: 0, dirtyPages: 0,
    requests: 0, reads: 0, writes: 0, flushes: 0, readKiB: 0, writtenKiB: 0, throttledNs: 0,
    directReclaims: 0, pagesReclaimed: 0, byCause: new Map(),
  }; // prettier-ignore
  readonly dirtied = new Distinct();
  readonly storedTo = new Distinct();
  readonly phases: PhaseMetrics[] = [];
  private readonly sink: (batch: EventBatch) => void;
  private readonly lanes: Lane[] = [];
  private readonly laneNumbers = new Map<string, number>();
  private kept: WritableBatch[] = [emptyBatch(0, FIRST_ROOM)];
  private end = 0;
  private threadCount = 0;

  /** @param sink takes each batch and owns its arrays from then on */
  constructor(sink: (batch: EventBatch) => void) {
    this.sink = sink;
  }

  /** Events so far. */
  get count(): number {
    const last = this.kept[this.kept.length - 1];
    return last.first + last.count;
  }

  /** End of the last event, ps. */
  get lastTime(): number {
    return this.end;
  }

  /** Number of a track, made when it is new. */
  lane(name: string, group: Lane['group']): number {
    const key = `${group}\n${name}`;
    let number = this.laneNumbers.get(key);
    if (number === undefined) {
      number = this.lanes.length;
      this.lanes.push({ name, group });
      this.laneNumbers.set(key, number);
    }
    return number;
  }

  /** A thread's number and its two tracks: what it does, and its faults. */
  thread(name: string): { number: number; lane: number; faultLane: number } {
    if (this.threadCount >= MOST_THREADS) {
      const lane = this.lane('other threads', 'thread');
      return { number: MOST_THREADS, lane, faultLane: this.lane('other threads: faults', 'fault') };
    }
    const lane = this.lane(name, 'thread');
    return { number: this.threadCount++, lane, faultLane: this.lane(`${name}: faults`, 'fault') };
  }

  /** Appends an event and returns its number in the run. Times in ps; arguments beyond 32 bits are cut to the largest. */
  add(
    kind: EventKind,
    lane: number,
    time: number,
    duration: number,
    address: number,
    a: number,
    b: number,
    c: number,
    cause: number,
  ): number {
    let batch = this.kept[this.kept.length - 1];
    if (batch.count === batch.time.length) batch = this.turn();
    if (time + duration > this.end) this.end = time + duration;
    return appendEvent(batch, kind, lane, time, duration, address, fit(a), fit(b), fit(c), cause);
  }

  /** Sets the end of an event, ps. Nothing happens when it is no longer here, or began later. */
  setEnd(index: number, time: number): void {
    const batch = this.batchOf(index);
    if (batch === null) return;
    const i = index - batch.first;
    batch.duration[i] = Math.max(0, time - batch.time[i]);
    if (time > this.end) this.end = time;
  }

  setAddress(index: number, address: number): void {
    const batch = this.batchOf(index);
    if (batch !== null) batch.address[index - batch.first] = address;
  }

  setB(index: number, b: number): void {
    const batch = this.batchOf(index);
    if (batch !== null) batch.b[index - batch.first] = fit(b);
  }

  addB(index: number, more: number): void {
    const batch = this.batchOf(index);
    if (batch !== null) batch.b[index - batch.first] = fit(batch.b[index - batch.first] + more);
  }

  addC(index: number, more: number): void {
    const batch = this.batchOf(index);
    if (batch !== null) batch.c[index - batch.first] = fit(batch.c[index - batch.first] + more);
  }

  setC(index: number, c: number): void {
    const batch = this.batchOf(index);
    if (batch !== null) batch.c[index - batch.first] = fit(c);
  }

  setCause(index: number, cause: number): void {
    const batch = this.batchOf(index);
    if (batch !== null) batch.cause[index - batch.first] = cause;
  }

  /** A counter's new value on the track of its name. */
  counter(name: string, time: number, value: number, number: number): void {
    this.add(EventKind.counter, this.lane(name, 'counter'), time, 0, value, number, 0, 0, -1);
  }

  /** Hands on everything that is left, and says what the run came to. */
  finish(
    about: Partial<Pick<RecordedRun, 'machine' | 'kernel' | 'filesystem' | 'policy' | 'names'>> = {},
  ): RecordedRun {
    for (const batch of this.kept) if (batch.count > 0) this.sink(trimmed(batch));
    this.kept = [emptyBatch(this.count, FIRST_ROOM)];
    return {
      lanes: this.lanes.length === 0 ? [{ name: 'recording', group: 'thread' }] : this.lanes,
      phases: this.phases,
      metrics: this.metrics(),
      machine: about.machine ?? 'recorded',
      kernel: about.kernel ?? 'recorded',
      filesystem: about.filesystem ?? 'recorded',
      policy: about.policy ?? 'native',
      names: about.names ?? {},
    };
  }

  private metrics(): Metrics {
    const n = this.counts;
    return {
      faults: {
        read: n.read,
        write: n.write,
        writeProtect: n.writeProtect,
        minor: n.minor,
        major: n.major,
        sigbus: n.sigbus,
      },
      // What a block was needed for is not in a trace.
      blocks: { instantiatedKiB: n.instantiatedKiB, neededKiB: 0, needlessKiB: 0 },
      pages: { dirtied: this.dirtied.size, storedTo: this.storedTo.size },
      io: {
        requests: n.requests,
        reads: n.reads,
        writes: n.writes,
        flushes: n.flushes,
        readKiB: n.readKiB,
        writtenKiB: n.writtenKiB,
        byCause: Object.fromEntries([...n.byCause].sort(([x], [y]) => (x < y ? -1 : 1))),
      },
      time: { simulatedNs: this.end / 1000, byCauseNs: {} },
      cpu: {},
      lostBytes: 0,
      kernel: {
        throttledNs: n.throttledNs,
        directReclaims: n.directReclaims,
        pagesReclaimed: n.pagesReclaimed,
        pagesWrittenByReclaim: 0,
      },
    };
  }

  private turn(): WritableBatch {
    const last = this.kept.length - 1;
    if (this.kept[last].count < FULL_BATCH) {
      this.kept[last] = enlarged(this.kept[last]);
      return this.kept[last];
    }
    const fresh = emptyBatch(this.count, FULL_BATCH);
    this.kept.push(fresh);
    if (this.kept.length > KEPT) this.sink(this.kept.shift()!);
    return fresh;
  }

  private batchOf(index: number): WritableBatch | null {
    if (index < this.kept[0].first) return null;
    return this.kept[Math.floor((index - this.kept[0].first) / FULL_BATCH)] ?? null;
  }
}

/** Counts distinct things, the first million of them. */
export class Distinct {
  private readonly seen = new Set<number>();
  get size(): number {
    return this.seen.size;
  }
  add(value: number): void {
    if (this.seen.size < MOST_DISTINCT) this.seen.add(value);
  }
}

/** Absolute times to ps since the first one, without losing ns to the size of the numbers. */
export class Clock {
  private baseSeconds = -1;
  private baseNs = 0;

  /** @returns ps; 0 for times before the first */
  ps(seconds: number, ns: number): number {
    if (this.baseSeconds < 0) {
      this.baseSeconds = seconds;
      this.baseNs = ns;
    }
    return Math.max(0, (seconds - this.baseSeconds) * 1e12 + (ns - this.baseNs) * 1e3);
  }
}

function fit(value: number): number {
  return value > 2147483647 ? 2147483647 : value < -2147483648 ? -2147483648 : value;
}
