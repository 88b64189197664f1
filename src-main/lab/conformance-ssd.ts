import { DiskOp } from '#emulator/disk/disk';
import { FlashDisk } from '#emulator/disk/flash/flash';
import { flashParameters } from '#emulator/disk/flash/parameters';
import type { FlashDocument } from '#model/disk';
import { InputError } from '#model/problem';

/** Picoseconds a nanosecond, and a microsecond. */
const NS = 1e3;
const US = 1e6;
/** How long the stream is replayed again to measure speed, ms. */
const SPEED_MS = 1000;
/** Seed of the drive's own choices; any will do, but always the same. */
const SEED = 321;

/** What a flash drive makes of a stream of requests. */
export interface SsdConformance {
  readonly requests: number;
  readonly minUs: number;
  readonly meanUs: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly p999Us: number;
  readonly maxUs: number;
  /** Emulated requests a second of the clock's time. */
  readonly requestsPerSecond: number;
  /** Requests that lay beyond the drive and were folded into it. */
  readonly folded: number;
}

/** Requests of a stream, one entry each: arrival in ps, first sector, sectors, operation. */
export interface SsdTrace {
  readonly count: number;
  readonly arrival: Float64Array;
  readonly sector: Float64Array;
  readonly sectors: Int32Array;
  readonly op: Uint8Array;
}

/** A clock in milliseconds: CPU time, or `performance.now`. */
export type Clock = () => number;

const FORM = '"ARRIVAL_NS DEVICE START_SECTOR SECTORS TYPE", type 0 for a write, 1 for a read';

/**
 * Reads a stream in MQSim's form, one request a line: arrival in ns, device, first sector of 512 bytes,
 * sectors, type (0 write, 1 read). Empty lines are passed over.
 * @throws InputError with the line that is not of this form, or arrives before the one above it
 */
export function parseSsdTrace(text: string, file: string): SsdTrace {
  let capacity = 1024;
  let arrival = new Float64Array(capacity);
  let sector = new Float64Array(capacity);
  let sectors = new Int32Array(capacity);
  let op = new Uint8Array(capacity);
  let count = 0;
  let line = 0;
  for (let at = 0; at < text.length;) {
    let end = text.indexOf('\n', at);
    if (end === -1) end = text.length;
    line++;
    const words = text.slice(at, end).trim().split(/\s+/);
    at = end + 1;
    if (words.length === 1 && words[0] === '') continue;
    const numbers = words.map((word) => (/^\d{1,16}$/.test(word) ? Number(word) : NaN));
    const [time, , first, size, type] = numbers;
    if (words.length !== 5 || numbers.some((n) => Number.isNaN(n)) || type > 1) {
      throw new InputError({ file, line, message: 'not a request', expected: FORM });
    }
    if (size < 1 || size > 65536)
      throw new InputError({ file, line, message: `a request of ${size} sectors`, expected: '1 to 65536 sectors' });
    if (time > 9e12) throw new InputError({ file, line, message: 'arrives too late', expected: 'at most 9e12 ns' });
    if (count > 0 && time * NS < arrival[count - 1])
      throw new InputError({
        file,
        line,
        message: 'arrives before the request above it',
        expected: 'arrivals in order',
      });
    if (count === capacity) {
      capacity *= 2;
      arrival = grown(new Float64Array(capacity), arrival);
      sector = grown(new Float64Array(capacity), sector);
      sectors = grown(new Int32Array(capacity), sectors);
      op = grown(new Uint8Array(capacity), op);
    }
    arrival[count] = time * NS;
    sector[count] = first;
    sectors[count] = size;
    op[count++] = type === 1 ? DiskOp.read : DiskOp.write;
  }
  if (count === 0) throw new InputError({ file, message: 'holds no requests', expected: FORM });
  return { count, arrival, sector, sectors, op };
}

function grown<T extends Float64Array | Int32Array | Uint8Array>(larger: T, old: T): T {
  larger.set(old);
  return larger;
}

/**
 * Replays a stream on a flash drive, each request at its own arrival, and says how long they took from
 * arrival to completion. The drive is new for each replay. Speed is that of the fastest
 * of further replays within a second: the first is that of a program just started, and what else the machine does
 * only slows.
 * @param drive its document
 * @param trace the stream's text, see {@link parseSsdTrace}
 * @param file its name, for messages
 * @throws InputError for a line that is not a request, and for figures of the drive that do not fit together
 */
export function conformSsd(drive: FlashDocument, trace: string, file: string, clock: Clock): SsdConformance {
  const stream = parseSsdTrace(trace, file);
  const parameters = flashParameters(drive);
  const latency = new Float64Array(stream.count);
  const disk = new FlashDisk(parameters, SEED);
  const folded = foldInto(stream, disk.sectors);
  replayOpen(disk, stream, latency);

  let spent = 0;
  let fastest = Infinity;
  const ignored = new Float64Array(stream.count);
  while (spent < SPEED_MS) {
    const fresh = new FlashDisk(parameters, SEED);
    const begun = clock();
    replayOpen(fresh, stream, ignored);
    const took = Math.max(clock() - begun, 1e-3);
    spent += took;
    if (took < fastest) fastest = took;
  }

  const sorted = latency.slice().sort();
  let sum = 0;
  for (const time of sorted) sum += time;
  const at = (fraction: number) =>
    sorted[Math.min(stream.count - 1, Math.max(0, Math.ceil(fraction * stream.count) - 1))] / US;
  return {
    requests: stream.count,
    minUs: sorted[0] / US,
    meanUs: sum / stream.count / US,
    p50Us: at(0.5),
    p99Us: at(0.99),
    p999Us: at(0.999),
    maxUs: sorted[stream.count - 1] / US,
    requestsPerSecond: Math.round((stream.count / fastest) * 1000),
    folded,
  };
}

/** Requests beyond the drive wrap around, as in MQSim. */
function foldInto(stream: SsdTrace, capacity: number): number {
  let folded = 0;
  for (let i = 0; i < stream.count; i++) {
    if (stream.sector[i] + stream.sectors[i] <= capacity) continue;
    stream.sector[i] %= capacity - stream.sectors[i];
    folded++;
  }
  return folded;
}

/** Replays with the arrivals as given; `latencyPs` takes each request's time from arrival to completion. */
export function replayOpen(disk: FlashDisk, stream: SsdTrace, latencyPs: Float64Array): void {
  const { count, arrival, sector, sectors, op } = stream;
  let inFlight = 0;
  let now = 0;
  for (let i = 0; i < count; i++) {
    if (arrival[i] > now) now = arrival[i];
    inFlight -= completeUntil(disk, now, arrival, latencyPs);
    // The queue is bounded: the host waits when it is full.
    while (inFlight >= disk.queueDepth) {
      now = disk.nextCompletion();
      inFlight -= completeUntil(disk, now, arrival, latencyPs);
    }
    disk.submit(now, op[i] as DiskOp, sector[i], sectors[i], 0, i);
    inFlight++;
  }
  while (inFlight > 0) inFlight -= completeUntil(disk, disk.nextCompletion(), arrival, latencyPs);
}

function completeUntil(disk: FlashDisk, until: number, arrival: Float64Array, latencyPs: Float64Array): number {
  let completed = 0;
  for (;;) {
    disk.settle(until);
    const time = disk.nextCompletion();
    if (time > until) return completed;
    const tag = disk.complete();
    if (tag < 0) continue;
    latencyPs[tag] = time - arrival[tag];
    completed++;
  }
}

/** The same drive with its write cache on or off. */
export function withWriteCache(drive: FlashDocument, on: boolean): FlashDocument {
  if (!on) return { ...drive, writeCache: { ...drive.writeCache, kind: 'off' } };
  if (drive.writeCache.kind !== 'off') return drive;
  if (drive.buffer === undefined)
    throw new InputError({
      path: 'buffer',
      message: 'missing',
      expected: 'a buffer, for a write cache to be switched on',
    });
  return { ...drive, writeCache: { ...drive.writeCache, kind: 'volatile' } };
}
