import type { Recorder } from '#emulator/engine/recorder';
import { COUNTERS, EventKind as EventKinds } from '#model/events';

// What a module declares is compiled in; what it imports is fetched, and checked, at each use.
const EventKind = EventKinds;

/** Indices of {@link COUNTERS}. */
export const CounterId = {
  cachedPages: 0,
  dirtyPages: 1,
  writebackPages: 2,
  freeFrames: 3,
  queuedRequests: 4,
  requestsInFlight: 5,
  instantiatedKiB: 6,
  reservedKiB: 7,
} as const;

/** Shortest time between two samples of the counters, ps: 20 us. More would be drawn on the same pixel. */
const SAMPLE_PS = 20e6;

/** What is counted elsewhere and only read when it is sampled. */
export interface Gauges {
  readonly cachedPages: number;
  readonly dirtyPages: number;
  readonly frames: { readonly free: number };
  readonly instantiatedKiB: number;
  readonly reservedKiB: number;
}

/** Figures that are drawn over time. Sampled when they have changed, and not too often. */
export class Counters {
  readonly values = new Float64Array(COUNTERS.length);
  /** The kernel. */
  gauges!: Gauges;
  private readonly sampled = new Float64Array(COUNTERS.length).fill(-1);
  private readonly lane: number;
  private readonly recorder: Recorder;
  private nextSample = 0;
  /** When they were last to be sampled, but the last sample was too near; -1 when nothing is owed. */
  private owedAt = -1;
  /** Time of the last sample: cores lag behind each other a little, the counters' clock never goes back. */
  private last = 0;

  /** @param lane first of the counters' lanes, one a counter */
  constructor(recorder: Recorder, lane: number) {
    this.recorder = recorder;
    this.lane = lane;
  }

  /** Samples what has changed, or leaves it to {@link catchUp} when the last sample is too near. */
  sample(time: number): void {
    if (time < this.nextSample) this.owedAt = time;
    else this.force(time);
  }

  /** Before anything happens at `now`: what changed before, and was not sampled, is of then and not of now. */
  catchUp(now: number): void {
    if (this.owedAt >= 0 && now >= this.nextSample) this.force(this.owedAt);
  }

  /** Samples whatever has changed, however little time has passed. */
  force(time: number): void {
    this.owedAt = -1;
    this.nextSample = time + SAMPLE_PS;
    const { values, gauges } = this;
    values[CounterId.cachedPages] = gauges.cachedPages;
    values[CounterId.dirtyPages] = gauges.dirtyPages;
    values[CounterId.freeFrames] = gauges.frames.free;
    values[CounterId.instantiatedKiB] = gauges.instantiatedKiB;
    values[CounterId.reservedKiB] = gauges.reservedKiB;
    this.record(time);
  }

  private record(asked: number): void {
    const { values } = this;
    const time = asked > this.last ? asked : this.last;
    this.last = time;
    for (let i = 0; i < values.length; i++) {
      if (values[i] === this.sampled[i]) continue;
      this.sampled[i] = values[i];
      this.recorder.record(EventKind.counter, this.lane + i, time, 0, values[i], i, 0, 0, -1);
    }
  }
}

/** What the kernel counts for the run's metrics. */
export class Tally {
  readFaults = 0;
  writeFaults = 0;
  writeProtectFaults = 0;
  minor = 0;
  major = 0;
  sigbus = 0;
  pagesDirtied = 0;
  requests = 0;
  reads = 0;
  writes = 0;
  flushes = 0;
  readSectors = 0;
  writtenSectors = 0;
  /** Requests by cause, indices of `IO_CAUSES`. */
  readonly byCause = new Float64Array(16);
  lostBytes = 0;
  throttledPs = 0;
  directReclaims = 0;
  pagesReclaimed = 0;
  pagesWrittenByReclaim = 0;
}
