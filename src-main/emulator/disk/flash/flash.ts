import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { grown } from '#emulator/engine/grown';
import { type Disk, DiskFlag, DiskOp as DiskOps, NO_TAG } from '../disk.ts';
import { EventQueue, FlashEvent as FlashEvents, Lane as Lanes } from './events.ts';
import { Ftl, type FtlOwner, countBits } from './ftl.ts';
import { Geometry } from './geometry.ts';
import { HostLink } from './link.ts';
import type { FlashParameters } from './parameters.ts';
import { TimedQueue } from './timed-queue.ts';
import {
  NONE as IMPORTED_NONE,
  TransactionLists,
  TransactionSource as TransactionSources,
  TransactionType as TransactionTypes,
} from './transactions.ts';
import { WriteBufferSlots } from './write-buffer.ts';

// What a module declares is compiled in; what it imports is fetched, and checked, at each use.
const NONE = IMPORTED_NONE;
const TransactionType = TransactionTypes;
const TransactionSource = TransactionSources;
const DiskOp = DiskOps;
const FlashEvent = FlashEvents;
const Lane = Lanes;

const SECTOR = 512;

/**
 * A flash drive: host link, command fetch, write buffer, translation layer, channels and dies. Event driven:
 * what a request costs depends on what arrives after it, so the drive takes steps of its own
 * (`NO_TAG`) until something completes.
 */
export class FlashDisk implements Disk, FtlOwner {
  readonly queueDepth: number;
  readonly sectors: number;
  readonly parts = ['fetch', 'flash', 'return'] as const;
  readonly lastParts = new Float64Array(3);
  readonly ftl: Ftl;
  readonly #p: FlashParameters;
  readonly #sectorsPerPage: number;
  readonly #link: HostLink;
  readonly #events = new EventQueue();
  /** Commands on their way into the drive, and completions on their way to the host. */
  readonly #arrivals = new TimedQueue();
  readonly #completions = new TimedQueue();
  /** Commands the drive has not fetched yet. */
  readonly #unfetched = new TimedQueue();
  readonly #buffer: WriteBufferSlots | undefined;
  /** Pages that wait for a buffer slot; flushes that wait for a generation. */
  readonly #awaitingSlot: TransactionLists;
  readonly #flushes = new TimedQueue();
  #fetched = 0;

  // Requests, one slot each.
  #tag = new Int32Array(64);
  #op = new Uint8Array(64);
  #flags = new Uint8Array(64);
  #sector = new Float64Array(64);
  #count = new Int32Array(64);
  /** Pages outstanding. */
  #left = new Int32Array(64);
  #arrived = new Float64Array(64);
  #started = new Float64Array(64);
  #serviced = new Float64Array(64);
  #nextFree = new Int32Array(64);
  #free = NONE;

  /** @param seed of the drive's own random choices (collection, ageing before the run) */
  constructor(parameters: FlashParameters, seed: number) {
    this.#p = parameters;
    const g = new Geometry(parameters);
    this.#sectorsPerPage = g.sectorsPerPage;
    this.queueDepth = parameters.queueDepth;
    this.sectors = g.logicalPages * g.sectorsPerPage;
    this.#link = new HostLink(parameters.link);
    this.ftl = new Ftl(parameters, g, this.#events, xoroshiro128plus(seed), this);
    this.#awaitingSlot = new TransactionLists(this.ftl.transactions, 1);
    this.#buffer =
      parameters.writeBuffer === 'off'
        ? undefined
        : new WriteBufferSlots(Math.max(1, Math.floor(parameters.writeBufferBytes / parameters.pageBytes)), g.planes);
    this.#chainRequests(0, this.#tag.length);
  }

  submit(now: number, op: DiskOps, sector: number, count: number, flags: number, tag: number): void {
    if (this.#free === NONE) this.#growRequests();
    const request = this.#free;
    this.#free = this.#nextFree[request];
    this.#tag[request] = tag;
    this.#op[request] = op;
    this.#flags[request] = flags;
    this.#sector[request] = sector;
    this.#count[request] = count;
    this.#arrived[request] = now;
    if (this.#fetched < this.#p.fetchDepth) this.#fetch(request, now);
    else this.#unfetched.add(now, request);
  }

  nextCompletion(): number {
    const completion = this.#completions.firstTime;
    const step = this.#nextStep();
    return completion < step ? completion : step;
  }

  complete(): number {
    const completion = this.#completions.firstTime;
    if (completion > this.#nextStep()) {
      this.#step();
      return NO_TAG;
    }
    if (completion === Infinity) throw new RangeError('nothing is in flight');
    const request = this.#completions.take();
    this.#link.acknowledge(completion);
    this.lastParts[0] = this.#started[request] - this.#arrived[request];
    this.lastParts[1] = this.#serviced[request] - this.#started[request];
    this.lastParts[2] = completion - this.#serviced[request];
    this.#nextFree[request] = this.#free;
    this.#free = request;
    return this.#tag[request];
  }

  /** Takes all steps of its own that are due by `now` and before the next completion. */
  settle(now: number): void {
    for (let step = this.#nextStep(); step <= now && step < this.#completions.firstTime; step = this.#nextStep())
      this.#step();
  }

  /** A page of a user's request, or of the write buffer, is read or written. */
  pageDone(t: number, now: number): void {
    const table = this.ftl.transactions;
    const slot = table.slot[t];
    if (slot === NONE) {
      const request = table.request[t];
      if (--this.#left[request] === 0) this.#requestServiced(request, now);
      return;
    }
    const buffer = this.#buffer!;
    const plane = this.ftl.planeOfPage(table.logical[t]);
    buffer.programmed(slot, plane);
    this.#admitWaiting(now);
    this.#program(plane, now);
    this.#finishFlushes(now);
  }

  #nextStep(): number {
    const arrival = this.#arrivals.firstTime;
    const event = this.#events.firstTime;
    return arrival < event ? arrival : event;
  }

  #step(): void {
    if (this.#arrivals.firstTime <= this.#events.firstTime) {
      const now = this.#arrivals.firstTime;
      this.#start(this.#arrivals.take(), now);
      return;
    }
    const events = this.#events;
    const now = events.take();
    const { kind, subject } = events;
    const { backend } = this.ftl;
    if (kind === FlashEvent.channelFree) backend.channelFree(subject, now);
    else if (kind === FlashEvent.arrayDone) backend.arrayDone(subject, now);
    else if (kind === FlashEvent.dataOut) backend.dataOut(subject, now);
    else if (kind === FlashEvent.requestStart) this.#start(subject, now);
    else this.#requestServiced(subject, now);
  }

  #fetch(request: number, now: number): void {
    this.#fetched++;
    const op = this.#op[request];
    const p = this.#p;
    const at = this.#link.sendCommand(now, op === DiskOp.write ? this.#count[request] * SECTOR : 0);
    const overhead =
      op === DiskOp.read
        ? p.readOverheadPs
        : op === DiskOp.write
          ? p.writeOverheadPs
          : op === DiskOp.flush
            ? p.flushOverheadPs
            : p.discardOverheadPs;
    // The link delivers in order; with an overhead on top the order may change.
    if (overhead === 0) this.#arrivals.add(at, request);
    else this.#events.add(Lane.request, at + overhead, FlashEvent.requestStart, request);
  }

  #start(request: number, now: number): void {
    this.#started[request] = now;
    const op = this.#op[request];
    if (op === DiskOp.flush) {
      if (this.#p.writeBuffer === 'volatile') this.#waitForFlush(request, now);
      else this.#requestServiced(request, now);
      return;
    }
    if (op === DiskOp.discard) {
      this.#discard(request);
      this.#requestServiced(request, now);
      return;
    }
    const perPage = this.#sectorsPerPage;
    const first = this.#sector[request];
    const end = first + this.#count[request];
    this.#left[request] = Math.ceil(end / perPage) - Math.floor(first / perPage);
    for (let at = first; at < end;) {
      const page = Math.floor(at / perPage);
      const offset = at - page * perPage;
      const count = Math.min(perPage - offset, end - at);
      const bits = count === 32 ? -1 : ((1 << count) - 1) << offset;
      if (op === DiskOp.write && this.#buffer !== undefined) this.#writeToBuffer(request, page, bits, now);
      else if (op === DiskOp.read && this.#buffer !== undefined && this.#buffer.holds(page, bits))
        this.#left[request]--;
      else
        this.#access(
          op === DiskOp.read ? TransactionType.read : TransactionType.write,
          request,
          NONE,
          page,
          bits,
          count,
          now,
        );
      at += count;
    }
    this.ftl.backend.schedule(now);
    if (op === DiskOp.read && this.#left[request] === 0) {
      this.#events.add(Lane.request, now + this.#bufferPs(this.#count[request]), FlashEvent.bufferDone, request);
    }
  }

  #access(type: number, request: number, slot: number, page: number, bits: number, sectors: number, now: number): void {
    const table = this.ftl.transactions;
    const t = table.allocate(type, TransactionSource.user);
    table.request[t] = request;
    table.slot[t] = slot;
    table.logical[t] = page;
    table.sectors[t] = bits;
    table.bytes[t] = sectors * SECTOR;
    this.ftl.access(t, now);
  }

  #discard(request: number): void {
    const perPage = this.#sectorsPerPage;
    const first = Math.ceil(this.#sector[request] / perPage);
    const end = Math.floor((this.#sector[request] + this.#count[request]) / perPage);
    for (let page = first; page < end; page++) this.ftl.discard(page);
  }

  /** The drive is done with a request: its completion goes to the host, and the next command is fetched. */
  #requestServiced(request: number, now: number): void {
    this.#serviced[request] = now;
    const bytes = this.#op[request] === DiskOp.read ? this.#count[request] * SECTOR : 0;
    this.#completions.add(this.#link.sendCompletion(now, bytes), request);
    this.#fetched--;
    if (this.#unfetched.length > 0) this.#fetch(this.#unfetched.take(), now);
  }

  // --- write buffer ---

  #bufferPs(sectors: number): number {
    return Math.round(this.#p.bufferLatencyPs + sectors * SECTOR * this.#p.bufferPsPerByte);
  }

  #writeToBuffer(request: number, page: number, bits: number, now: number): void {
    const buffer = this.#buffer!;
    const plane = this.ftl.planeOfPage(page);
    if (this.#awaitingSlot.first[0] === NONE && buffer.write(page, bits, plane)) {
      this.#pageBuffered(request, now);
      this.#program(plane, now);
      return;
    }
    const table = this.ftl.transactions;
    const t = table.allocate(TransactionType.write, TransactionSource.user);
    table.request[t] = request;
    table.logical[t] = page;
    table.sectors[t] = bits;
    this.#awaitingSlot.append(0, t);
  }

  #pageBuffered(request: number, now: number): void {
    if (--this.#left[request] > 0) return;
    if ((this.#flags[request] & DiskFlag.fua) !== 0 && this.#p.writeBuffer === 'volatile')
      this.#waitForFlush(request, now);
    else this.#events.add(Lane.request, now + this.#bufferPs(this.#count[request]), FlashEvent.bufferDone, request);
  }

  #admitWaiting(now: number): void {
    const table = this.ftl.transactions;
    const buffer = this.#buffer!;
    for (let t = this.#awaitingSlot.first[0]; t !== NONE; t = this.#awaitingSlot.first[0]) {
      const plane = this.ftl.planeOfPage(table.logical[t]);
      if (!buffer.write(table.logical[t], table.sectors[t], plane)) return;
      const request = table.request[t];
      this.#awaitingSlot.remove(0, t);
      table.release(t);
      this.#pageBuffered(request, now);
      this.#program(plane, now);
    }
  }

  /** Sends pages of a plane from the buffer to flash, as many as the plane takes. */
  #program(plane: number, now: number): void {
    const buffer = this.#buffer!;
    for (let slot = buffer.takeForProgram(plane); slot !== NONE; slot = buffer.takeForProgram(plane)) {
      const bits = buffer.sectors[slot];
      this.#access(TransactionType.write, NONE, slot, buffer.page[slot], bits, countBits(bits), now);
    }
  }

  #waitForFlush(request: number, now: number): void {
    const generation = this.#buffer!.closeGeneration();
    this.#flushes.add(generation, request);
    this.#finishFlushes(now);
  }

  #finishFlushes(now: number): void {
    const buffer = this.#buffer!;
    // The queue's key is the generation a flush waits for.
    while (this.#flushes.length > 0 && buffer.isDurable(this.#flushes.firstTime))
      this.#requestServiced(this.#flushes.take(), now);
  }

  // --- request slots ---

  #chainRequests(from: number, to: number): void {
    for (let i = to - 1; i >= from; i--) {
      this.#nextFree[i] = this.#free;
      this.#free = i;
    }
  }

  #growRequests(): void {
    const old = this.#tag.length;
    const n = old * 2;
    this.#tag = grown(new Int32Array(n), this.#tag);
    this.#op = grown(new Uint8Array(n), this.#op);
    this.#flags = grown(new Uint8Array(n), this.#flags);
    this.#sector = grown(new Float64Array(n), this.#sector);
    this.#count = grown(new Int32Array(n), this.#count);
    this.#left = grown(new Int32Array(n), this.#left);
    this.#arrived = grown(new Float64Array(n), this.#arrived);
    this.#started = grown(new Float64Array(n), this.#started);
    this.#serviced = grown(new Float64Array(n), this.#serviced);
    this.#nextFree = grown(new Int32Array(n), this.#nextFree);
    this.#chainRequests(old, n);
  }
}
