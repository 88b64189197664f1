import { EventKind, IO_CAUSES, IO_OPERATIONS } from '#model/events';
import type { ImportContext } from './importer.ts';

export const IoOperation = { read: 0, write: 1, flush: 2, discard: 3 } as const;
export type IoOperation = (typeof IoOperation)[keyof typeof IoOperation];
export const IoCause = Object.fromEntries(IO_CAUSES.map((name, i) => [name, i])) as Record<
  (typeof IO_CAUSES)[number],
  number
>;

/** Bios and requests waited for at once; the oldest is given up beyond that: its completion was lost. */
const MOST_PENDING = 65_536;
/** Sectors on a device, so that (device, sector) is one number without loss for devices below 16 TiB. */
const DEVICE_STEP = 2 ** 35;
/** Bios looked at in one request. */
const MOST_BIOS = 4096;
const NONE = -1;

/** A bio that was queued and not issued yet. */
interface Bio {
  readonly time: number;
  readonly sectors: number;
  readonly cause: number;
  readonly ioCause: number;
}

/** A request that was issued and not completed yet. */
interface InFlight {
  readonly event: number;
  readonly device: number;
  readonly sector: number;
  readonly operation: IoOperation;
  /** Sectors not completed yet. */
  left: number;
  /** It went back into the queue: the next issue is the same request's. */
  requeued: boolean;
}

/** What the letters of a block event say: `FWFSM` is a write with flush before, FUA, synchronous, of metadata. */
export interface Rwbs {
  /** Null for passed-through commands. */
  readonly operation: IoOperation | null;
  readonly readahead: boolean;
  readonly sync: boolean;
  readonly metadata: boolean;
  /** Flush goes before. */
  readonly preflush: boolean;
}

const RWBS = /^(F?)(R|W|DE|D|SE|F|N|ZA|ZO|ZR|ZF|ZC|Z)(F?)(A?)(B?)(S?)(M?)(U?)$/;
const rwbsCache = new Map<string, Rwbs | null>();

/** Reads the letters; null when they are no such letters. */
export function parseRwbs(letters: string): Rwbs | null {
  let rwbs = rwbsCache.get(letters);
  if (rwbs !== undefined) return rwbs;
  const match = RWBS.exec(letters);
  if (match === null) rwbs = letters === 'FFN' ? flushRwbs() : null;
  else {
    const [, first, what, , ahead, barrier, sync, meta] = match;
    // `F`, `FF` and blkparse's `FN` are an empty flush request.
    const flush = what === 'F' || (first === 'F' && what === 'N');
    const operation =
      flush ? IoOperation.flush
      : what === 'R' ? IoOperation.read
      : what === 'W' ? IoOperation.write
      : what.startsWith('D') || what === 'SE' ? IoOperation.discard
      : null; // prettier-ignore
    rwbs = {
      operation,
      readahead: ahead === 'A',
      sync: sync === 'S',
      metadata: meta === 'M',
      // Barriers, of kernels before 2.6.37, flushed the cache before them, too.
      preflush: (first === 'F' && !flush) || barrier === 'B',
    };
  }
  if (rwbsCache.size < 1000) rwbsCache.set(letters, rwbs);
  return rwbs;
}

function flushRwbs(): Rwbs {
  return { operation: IoOperation.flush, readahead: false, sync: false, metadata: false, preflush: true };
}

/**
 * Puts block events together to requests: queued (Q), inserted (I), issued (D), completed (C). A request is one
 * event from the first bio's queueing to the completion; its `c` is the time to the issue.
 */
export class BlockRequests {
  private readonly context: ImportContext;
  private readonly bios = new Map<number, Bio>();
  private readonly inserted = new Map<number, number>();
  private readonly inFlight = new Map<number, InFlight>();
  /** Flushes ask for no place: they wait in line. */
  private readonly flushes: Bio[] = [];
  private readonly devices = new Map<number, { number: number; block: number }>();
  private readonly names: string[] = [];
  private counter = -1;
  private flying = 0;
  private sawCompletions = false;
  private sawBios = false;

  constructor(context: ImportContext) {
    this.context = context;
  }

  /** Names of the devices, `major:minor`. */
  get deviceNames(): readonly string[] {
    return this.names;
  }

  /** A bio was given to the block layer. */
  queue(
    time: number,
    device: number,
    rwbs: Rwbs,
    sector: number,
    sectors: number,
    cause: number,
    ioCause: number,
  ): void {
    this.sawBios = true;
    const bio = { time, sectors, cause, ioCause };
    if (rwbs.preflush || rwbs.operation === IoOperation.flush) {
      if (this.flushes.length < 1024) this.flushes.push(bio);
      if (sectors === 0) return;
    }
    const key = this.key(device, sector);
    this.bios.delete(key);
    this.bios.set(key, bio);
    this.bound(this.bios, 'bios that were never issued');
  }

  /** A request was put into the queue. */
  insert(time: number, device: number, sector: number): void {
    this.inserted.set(this.key(device, sector), time);
    this.bound(this.inserted, 'requests that were never issued');
  }

  /** A bio became part of a request that was there: it keeps its time, so nothing is to be done but to know it. */
  merge(time: number, device: number, sector: number, sectors: number, cause: number, ioCause: number): void {
    const key = this.key(device, sector);
    if (!this.bios.has(key)) this.bios.set(key, { time, sectors, cause, ioCause });
    this.bound(this.bios, 'bios that were never issued');
  }

  /** The driver took a request. @returns the number of its event, or -1 when it is none of reading, writing, flushing, discarding */
  issue(
    time: number,
    device: number,
    rwbs: Rwbs,
    sector: number,
    sectors: number,
    cause: number,
    ioCause: number,
  ): number {
    const { operation } = rwbs;
    if (operation === null) {
      this.context.leftAside.add('passed-through commands');
      return NONE;
    }
    const key = operation === IoOperation.flush ? this.key(device, -1) : this.key(device, sector);
    const again = this.inFlight.get(key);
    if (again?.requeued === true) {
      again.requeued = false;
      return again.event;
    }
    const first =
      operation === IoOperation.flush ? (this.flushes.shift() ?? null) : this.takeBios(device, sector, sectors);
    const insertedAt = this.inserted.get(key);
    this.inserted.delete(key);
    const start = Math.min(first?.time ?? insertedAt ?? time, time);
    // The thread that issues need not be the one that asked: a worker issues flushes and requeued requests.
    const because = first === null ? cause : first.cause;
    const why = first === null ? ioCause : first.ioCause;
    const { block } = this.device(device);
    const event = this.context.recording.add(
      EventKind.io, block, start, 0, sector, sectors, operation | (why << 4), (time - start) / 1e3, because,
    ); // prettier-ignore
    this.inFlight.delete(key);
    this.inFlight.set(key, { event, device, sector, operation, left: sectors, requeued: false });
    this.bound(this.inFlight, 'requests whose completion is not in the recording');
    this.count(operation, sectors, why);
    this.sample(time, 1);
    return event;
  }

  /** The device did a request, or a part of one. */
  complete(time: number, device: number, rwbs: Rwbs, sector: number, sectors: number): void {
    const { context } = this;
    this.sawCompletions = true;
    if (rwbs.operation === null) {
      context.leftAside.add('passed-through commands');
      return;
    }
    const flush = rwbs.operation === IoOperation.flush;
    const key = this.key(device, flush ? -1 : sector);
    const request = this.inFlight.get(key);
    if (request === undefined) {
      if (sectors === 0) {
        context.leftAside.add('completions of writes that were only a flush');
        return;
      }
      const bio = this.takeBios(device, sector, sectors);
      if (bio === null) {
        context.leftAside.add('completions of requests issued before the recording');
        return;
      }
      // A device without requests of its own: from queueing to completion.
      const { block } = this.device(device);
      const { operation } = rwbs;
      context.recording.add(
        EventKind.io, block, bio.time, Math.max(0, time - bio.time), sector, sectors, operation | (bio.ioCause << 4), 0, bio.cause,
      ); // prettier-ignore
      this.count(operation, sectors, bio.ioCause);
      return;
    }
    this.inFlight.delete(key);
    context.recording.setEnd(request.event, time);
    if (!flush && sectors > 0 && sectors < request.left) {
      request.left -= sectors;
      this.inFlight.set(this.key(device, sector + sectors), request);
      return;
    }
    this.sample(time, -1);
  }

  /** A request went back into the queue: the next issue is not another one. */
  requeue(device: number, sector: number): void {
    const request = this.inFlight.get(this.key(device, sector));
    if (request !== undefined) request.requeued = true;
    this.context.taken.add('requeued requests');
  }

  /** Tells what has no end. */
  end(): void {
    const { leftAside } = this.context;
    leftAside.add(
      this.sawCompletions
        ? 'requests whose completion is not in the recording'
        : 'requests without an end: the recording has no completions',
      this.inFlight.size,
    );
    if (this.sawBios) leftAside.add('bios that were never issued', this.bios.size);
  }

  /** The first to be queued of the bios in a range; they are issued now. */
  private takeBios(device: number, sector: number, sectors: number): Bio | null {
    let first: Bio | null = null;
    let at = sector;
    const end = sector + sectors;
    for (let i = 0; i < MOST_BIOS && at < end; i++) {
      const key = this.key(device, at);
      const bio = this.bios.get(key);
      if (bio === undefined) break;
      if (bio.sectors > end - at) {
        // The bio was split: the rest is still to come.
        this.bios.set(this.key(device, end), { ...bio, sectors: bio.sectors - (end - at) });
      }
      this.bios.delete(key);
      if (first === null || bio.time < first.time) first = bio;
      at += Math.max(1, bio.sectors);
    }
    return first;
  }

  private count(operation: IoOperation, sectors: number, ioCause: number): void {
    const { counts } = this.context.recording;
    this.context.taken.add(`I/O requests: ${IO_OPERATIONS[operation]}`);
    counts.requests++;
    if (operation === IoOperation.read) {
      counts.reads++;
      counts.readKiB += sectors / 2;
    } else if (operation === IoOperation.write) {
      counts.writes++;
      counts.writtenKiB += sectors / 2;
    } else if (operation === IoOperation.flush) counts.flushes++;
    const cause = IO_CAUSES[ioCause];
    counts.byCause.set(cause, (counts.byCause.get(cause) ?? 0) + 1);
  }

  private sample(time: number, change: number): void {
    this.flying = Math.max(0, this.flying + change);
    const { recording } = this.context;
    if (this.counter < 0) this.counter = recording.lane('requests in flight', 'counter');
    recording.add(EventKind.counter, this.counter, time, 0, this.flying, 5, 0, 0, NONE);
  }

  private device(device: number): { number: number; block: number } {
    let known = this.devices.get(device);
    if (known === undefined) {
      const name = `${Math.floor(device / 2 ** 20)}:${device % 2 ** 20}`;
      const most = this.devices.size >= 250;
      known = {
        number: this.devices.size,
        block: this.context.recording.lane(most ? 'other disks' : `disk ${name}`, 'block'),
      };
      this.devices.set(device, known);
      if (!most) this.names.push(name);
    }
    return known;
  }

  private key(device: number, sector: number): number {
    return this.device(device).number * DEVICE_STEP + sector;
  }

  private bound<T>(map: Map<number, T>, reason: string): void {
    if (map.size <= MOST_PENDING) return;
    for (const key of map.keys()) {
      map.delete(key);
      break;
    }
    if (map === (this.inFlight as unknown)) this.flying = Math.max(0, this.flying - 1);
    this.context.leftAside.add(reason);
  }
}
