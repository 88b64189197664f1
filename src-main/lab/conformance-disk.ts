import { DiskFlag, DiskOp, type Disk } from '#emulator/disk/disk';
import { HardDrive } from '#emulator/disk/hdd/drive';
import type { DriveDocument } from '#model/drive';
import { parseServiceTrace, type ServiceTrace } from '#recording/disksim/trace';

/** How far an emulated drive is from the real one on a recorded stream. */
export interface DiskConformance {
  readonly requests: number;
  readonly realMeanMs: number;
  readonly emulatedMeanMs: number;
  /** Root mean square horizontal distance of the two cumulative distributions of the service time. */
  readonly rmsMs: number;
  /** Emulated requests a second of the clock's time, in the fastest of several passes. */
  readonly requestsPerSecond: number;
}

/** A clock in milliseconds, such as `performance.now`. */
export type Clock = () => number;

/** Length of the speed measurement, ms, and its most passes. */
const MEASURED_MS = 200;
const MAX_PASSES = 50;

const US = 1e6;
const MS = 1e9;

/**
 * Replays a recorded stream on an emulated drive, as it was recorded: one request at a time, the next
 * one its think time after the completion.
 * @param drive the drive's document
 * @param trace the stream's text, see {@link parseServiceTrace}
 * @param file its name, for messages
 * @throws InputError at the first line that is not a request, or lies beyond the disk
 */
export function conformDisk(drive: DriveDocument, trace: string, file: string, clock: Clock): DiskConformance {
  const disk = new HardDrive(drive);
  const stream = parseServiceTrace(trace, file, disk.sectors);
  const emulated = new Float64Array(stream.count);
  replayClosed(disk, stream, emulated);
  // Speed: the same stream on fresh drives; of several passes the fastest, which other programs disturbed least.
  const ignored = new Float64Array(stream.count);
  let fastest = Infinity;
  let spent = 0;
  for (let pass = 0; pass < MAX_PASSES && spent < MEASURED_MS; pass++) {
    const fresh = new HardDrive(drive);
    const begun = clock();
    replayClosed(fresh, stream, ignored);
    const taken = clock() - begun;
    spent += taken;
    if (taken < fastest) fastest = taken;
  }
  const real = stream.serviceUs.map((us) => us / 1000);
  return {
    requests: stream.count,
    realMeanMs: mean(real),
    emulatedMeanMs: mean(emulated),
    rmsMs: distributionRms(real, emulated),
    requestsPerSecond: Math.round((stream.count * 1000) / Math.max(fastest, 1e-3)),
  };
}

/** Replays one request at a time; `serviceMs` takes the emulated service times. */
export function replayClosed(disk: Disk, stream: ServiceTrace, serviceMs: Float64Array): void {
  let now = 0;
  for (let i = 0; i < stream.count; i++) {
    const op = stream.write[i] === 1 ? DiskOp.write : DiskOp.read;
    disk.submit(now, op, stream.sector[i], stream.sectors[i], DiskFlag.none, i);
    const end = disk.nextCompletion();
    disk.complete();
    serviceMs[i] = (end - now) / MS;
    now = end + Math.round(stream.nextUs[i] * US);
  }
}

/**
 * The demerit figure of Ruemmler and Wilkes (An introduction to disk drive modeling, IEEE Computer,
 * March 1994): the root mean square of the horizontal distance between two cumulative distributions.
 * Both arrays have the same length; the order of their entries does not matter.
 */
export function distributionRms(a: Float64Array, b: Float64Array): number {
  const x = a.slice().sort();
  const y = b.slice().sort();
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i] - y[i]) * (x[i] - y[i]);
  return Math.sqrt(sum / x.length);
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
