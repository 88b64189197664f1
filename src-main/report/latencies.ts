import { EventKind, IO_OPERATIONS, type EventBatch, type EventColumn } from '#model/events';

/** Bins an octave: a bin's ends are a factor of 2^(1/2) apart. */
const PER_OCTAVE = 2;
/** Durations from 1 ns up to 2^40 ns, 18 minutes; shorter and longer ones go to the ends. */
const OCTAVES = 40;
export const LATENCY_BINS = OCTAVES * PER_OCTAVE;

/** How long the events of one sort took: counts by duration. */
export interface LatencySeries {
  readonly name: string;
  /** `fault` or `I/O`: series of one sort share a figure. */
  readonly sort: 'fault' | 'I/O';
  readonly count: number;
  /** Sum of the durations, ps. */
  readonly total: number;
  /** Longest, ps. */
  readonly longest: number;
  /** Events by bin; {@link binStart} says where a bin begins. */
  readonly bins: Float64Array;
}

/** Columns that {@link LatencyCounter.add} needs. */
export const LATENCY_COLUMNS: readonly EventColumn[] = ['duration', 'kind', 'b'];

const FAULTS: readonly (readonly [number, string])[] = [
  [EventKind.readFault, 'read faults'],
  [EventKind.writeFault, 'write faults'],
  [EventKind.writeProtectFault, 'write-protect faults'],
];

/** Where a bin begins, ps. */
export function binStart(bin: number): number {
  return STARTS[bin];
}

/** Starts of the bins: powers of two, and the middle between them on a scale of ratios. */
const STARTS: readonly number[] = Array.from(
  { length: LATENCY_BINS + 1 },
  (_, bin) => 1000 * 2 ** (bin >> 1) * (bin % 2 === 0 ? 1 : Math.SQRT2),
);

function binOf(ps: number): number {
  let low = 0;
  let high = LATENCY_BINS - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (STARTS[middle] <= ps) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Counts how long a run's faults and I/O requests took, while its batches stream by. */
export class LatencyCounter {
  private readonly faults = FAULTS.map(([, name]) => series(name, 'fault'));
  private readonly requests = IO_OPERATIONS.map((name) => series(`${name} requests`, 'I/O'));

  /** @param span only events that begin in it; all where it is null. It needs the column `time` */
  add({ count, time, kind, duration, b }: EventBatch, span: { from: number; to: number } | null = null): void {
    for (let i = 0; i < count; i++) {
      if (span !== null && (time[i] < span.from || time[i] >= span.to)) continue;
      if (kind[i] === EventKind.io) note(this.requests[b[i] & 0xf], duration[i]);
      else if (kind[i] >= EventKind.readFault && kind[i] <= EventKind.writeProtectFault)
        note(this.faults[kind[i] - EventKind.readFault], duration[i]);
    }
  }

  /** The series that have events. */
  result(): LatencySeries[] {
    return [...this.faults, ...this.requests].filter(({ count }) => count > 0);
  }
}

interface Counting extends LatencySeries {
  count: number;
  total: number;
  longest: number;
}

function series(name: string, sort: LatencySeries['sort']): Counting {
  return { name, sort, count: 0, total: 0, longest: 0, bins: new Float64Array(LATENCY_BINS) };
}

function note(target: Counting | undefined, ps: number): void {
  if (target === undefined) return;
  target.count++;
  target.total += ps;
  if (ps > target.longest) target.longest = ps;
  target.bins[binOf(ps)]++;
}

/** Bin in which the middle event lies. */
export function medianBin({ bins, count }: LatencySeries): number {
  let seen = 0;
  for (let bin = 0; bin < bins.length; bin++) {
    seen += bins[bin];
    if (seen * 2 >= count) return bin;
  }
  return bins.length - 1;
}
