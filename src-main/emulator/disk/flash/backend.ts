import { type EventQueue, FlashEvent as FlashEvents, Lane as Lanes } from './events.ts';
import type { Geometry } from './geometry.ts';
import type { FlashParameters } from './parameters.ts';
import {
  NONE as IMPORTED_NONE,
  QUEUES_PER_UNIT as IMPORTED_QUEUES_PER_UNIT,
  TransactionLists,
  TransactionSource as TransactionSources,
  type TransactionTable,
  TransactionType as TransactionTypes,
} from './transactions.ts';

// What a module declares is compiled in; what it imports is fetched, and checked, at each use.
const NONE = IMPORTED_NONE;
const TransactionType = TransactionTypes;
const TransactionSource = TransactionSources;
const Lane = Lanes;
const FlashEvent = FlashEvents;
const QUEUES_PER_UNIT = IMPORTED_QUEUES_PER_UNIT;

/** Who hears that a transaction is done. It may submit others. */
export interface BackendOwner {
  serviced(t: number, now: number): void;
}

/** What a unit is doing, from the start of its command on. */
const Status = { idle: 0, reading: 1, programming: 2, erasing: 3, dataOut: 4 } as const;

/** Queues of a unit. */
const Queue = {
  mappingRead: 0,
  userRead: 1,
  collectionRead: 2,
  mappingWrite: 3,
  userWrite: 4,
  collectionWrite: 5,
  erase: 6,
} as const;

/**
 * Channels, and the units (dies or chips) on them. Scheduling follows MQSim's published out-of-order
 * transaction scheduler (Tavakkol et al., FAST 2018): each unit has queues by kind, mapping reads go first,
 * then reads, then writes, then erases; collection goes last, or first when a plane is about to run out;
 * units of a channel take turns; commands of one die on several planes are joined when they address the
 * same page number.
 */
export class FlashBackend {
  /** Commands sent by kind, and how many of them for several planes: for metrics and tests. */
  commands = 0;
  multiPlaneCommands = 0;
  suspensions = 0;
  readonly #p: FlashParameters;
  readonly #g: Geometry;
  readonly #t: TransactionTable;
  readonly #events: EventQueue;
  readonly #owner: BackendOwner;
  readonly #queues: TransactionLists;
  /** Data waiting for each channel: mapping, user, collection. */
  readonly #out: TransactionLists;
  /** Transactions in the command a unit executes; and in the one it has suspended. */
  readonly #active: TransactionLists;
  readonly #suspended: TransactionLists;
  readonly #status: Uint8Array;
  readonly #arrayEnd: Float64Array;
  readonly #remaining: Float64Array;
  readonly #suspendedStatus: Uint8Array;
  readonly #waitingOut: Int32Array;
  /** When each channel is free again, ps; and whether an event will say so. Where nothing waits, none is needed. */
  readonly #channelFree: Float64Array;
  readonly #wakeComes: Uint8Array;
  readonly #turn: Int32Array;
  /** Transactions in the queues of each unit, and pages waiting to go out on each channel. */
  readonly #queued: Int32Array;
  readonly #outPending: Int32Array;
  /**
   * Units that have work queued and might take it now, and how many of them a channel has: the others are not
   * asked, and no event is spent on a channel that has none.
   */
  readonly #startable: Uint8Array;
  readonly #startables: Int32Array;
  readonly #suspends: boolean;
  readonly #transfer: Int32Array;
  /** Planes of each unit that are short of free blocks. */
  readonly urgent: Int32Array;
  readonly #readPs: Float64Array;
  readonly #programPs: Float64Array;
  readonly #dirty: Uint8Array;
  /** Channels given work since the last `schedule`. */
  readonly #dirtyChannels: Int32Array;
  #dirtyCount = 0;

  constructor(p: FlashParameters, g: Geometry, t: TransactionTable, events: EventQueue, owner: BackendOwner) {
    this.#p = p;
    this.#g = g;
    this.#t = t;
    this.#events = events;
    this.#owner = owner;
    this.#queues = new TransactionLists(t, g.units * QUEUES_PER_UNIT);
    this.#out = new TransactionLists(t, p.channels * 3);
    this.#active = new TransactionLists(t, g.units);
    this.#suspended = new TransactionLists(t, g.units);
    this.#status = new Uint8Array(g.units);
    this.#arrayEnd = new Float64Array(g.units).fill(-1);
    this.#remaining = new Float64Array(g.units);
    this.#suspendedStatus = new Uint8Array(g.units);
    this.#waitingOut = new Int32Array(g.units);
    this.#channelFree = new Float64Array(p.channels);
    this.#wakeComes = new Uint8Array(p.channels);
    this.#turn = new Int32Array(p.channels);
    this.#startable = new Uint8Array(g.units);
    this.#startables = new Int32Array(p.channels);
    this.#suspends = p.suspension !== 'none';
    this.#queued = new Int32Array(g.units);
    this.#outPending = new Int32Array(p.channels);
    this.#transfer = new Int32Array(p.channels).fill(NONE);
    this.urgent = new Int32Array(g.units);
    this.#dirty = new Uint8Array(p.channels);
    this.#dirtyChannels = new Int32Array(p.channels);
    this.#readPs = Float64Array.from(p.readPs);
    this.#programPs = Float64Array.from(p.programPs);
  }

  /** Puts a transaction in its unit's queue; `schedule` sets off what can start. */
  submit(t: number): void {
    const table = this.#t;
    const unit = this.#g.unitOfPlane[table.plane[t]];
    const type = table.type[t];
    const source = table.source[t];
    let queue: number = Queue.erase;
    if (type !== TransactionType.erase) {
      queue = source === TransactionSource.mapping ? 0 : source === TransactionSource.user ? 1 : 2;
      if (type === TransactionType.write) queue += 3;
    }
    this.#queues.append(unit * QUEUES_PER_UNIT + queue, t);
    const channel = this.#g.channelOfUnit[unit];
    if (this.#queued[unit]++ === 0) this.#review(unit, channel);
    this.#mark(channel);
  }

  /** Starts what can start on idle channels that were given work. */
  schedule(now: number): void {
    while (this.#dirtyCount > 0) {
      const channel = this.#dirtyChannels[--this.#dirtyCount];
      this.#dirty[channel] = 0;
      if (this.#startables[channel] === 0) continue;
      if (this.#channelFree[channel] <= now) this.#takeTurns(channel, now);
      else this.#wakeWhenFree(channel);
    }
  }

  /** A write that waited for reads may go: its channel is looked at again. */
  ready(t: number): void {
    this.#mark(this.#g.channelOfUnit[this.#g.unitOfPlane[this.#t.plane[t]]]);
  }

  /** Notes whether a unit might take work, after its queues or its status have changed. */
  #review(unit: number, channel: number): void {
    const status = this.#status[unit];
    const is =
      this.#queued[unit] > 0 &&
      (status === Status.idle || (this.#suspends && (status === Status.programming || status === Status.erasing)))
        ? 1
        : 0;
    this.#startables[channel] += is - this.#startable[unit];
    this.#startable[unit] = is;
  }

  #mark(channel: number): void {
    if (this.#dirty[channel] !== 0) return;
    this.#dirty[channel] = 1;
    this.#dirtyChannels[this.#dirtyCount++] = channel;
  }

  /** A command (and the data of a write) has crossed the channel, and something waits for it. */
  channelFree(channel: number, now: number): void {
    if (this.#channelFree[channel] > now) return; // taken again at this very time, by another event
    this.#wakeComes[channel] = 0;
    this.#nextOnChannel(channel, now);
  }

  /** The array operation of a unit is through, unless it was suspended meanwhile. */
  arrayDone(unit: number, now: number): void {
    if (this.#arrayEnd[unit] !== now) return;
    this.#arrayEnd[unit] = -1;
    const channel = this.#g.channelOfUnit[unit];
    if (this.#status[unit] === Status.reading) {
      this.#status[unit] = Status.dataOut;
      for (let t = this.#active.shift(unit); t !== NONE; t = this.#active.shift(unit)) {
        this.#waitingOut[unit]++;
        if (this.#channelFree[channel] <= now) this.#startTransfer(channel, t, now);
        else {
          this.#out.append(channel * 3 + outQueue(this.#t.source[t]), t);
          this.#outPending[channel]++;
          this.#wakeWhenFree(channel);
        }
      }
    } else {
      // Set idle only afterwards: what the owner submits is scheduled below, once for all.
      for (let t = this.#active.shift(unit); t !== NONE; t = this.#active.shift(unit)) this.#owner.serviced(t, now);
      this.#becomeIdle(unit, channel, now);
    }
    if (this.#channelFree[channel] <= now) this.#nextOnChannel(channel, now);
    else if (this.#startables[channel] > 0) this.#wakeWhenFree(channel);
    this.schedule(now);
  }

  /** A channel has carried a page out. */
  dataOut(channel: number, now: number): void {
    const t = this.#transfer[channel];
    this.#transfer[channel] = NONE;
    const unit = this.#g.unitOfPlane[this.#t.plane[t]];
    // The channel stays taken for what the owner submits: data that waits has its turn first.
    this.#owner.serviced(t, now);
    if (--this.#waitingOut[unit] === 0) this.#becomeIdle(unit, channel, now);
    this.#channelFree[channel] = now;
    this.#wakeComes[channel] = 0;
    this.#nextOnChannel(channel, now);
    this.schedule(now);
  }

  #startArray(unit: number, lane: Lanes, now: number, duration: number): void {
    this.#arrayEnd[unit] = now + duration;
    this.#events.add(lane, now + duration, FlashEvent.arrayDone, unit);
  }

  #becomeIdle(unit: number, channel: number, now: number): void {
    this.#status[unit] = Status.idle;
    let t = this.#suspended.first[unit];
    if (t === NONE) {
      this.#review(unit, channel);
      return;
    }
    // Reads are through: the suspended operation goes on. Sending the resume command is not charged.
    for (; t !== NONE; t = this.#suspended.first[unit]) {
      this.#suspended.remove(unit, t);
      this.#active.append(unit, t);
    }
    this.#status[unit] = this.#suspendedStatus[unit];
    this.#review(unit, channel);
    const lane = this.#status[unit] === Status.erasing ? Lane.erase : Lane.program;
    this.#startArray(unit, lane, now, this.#remaining[unit]);
  }

  #startTransfer(channel: number, t: number, now: number): void {
    this.#transfer[channel] = t;
    // Free only when `dataOut` says so: another event of that very time may come first.
    this.#channelFree[channel] = Infinity;
    this.#wakeComes[channel] = 1;
    this.#events.add(
      Lane.dataOut,
      now + Math.round(this.#t.bytes[t] * this.#p.channelPsPerByte),
      FlashEvent.dataOut,
      channel,
    );
  }

  #wakeWhenFree(channel: number): void {
    if (this.#wakeComes[channel] !== 0) return;
    this.#wakeComes[channel] = 1;
    this.#events.add(Lane.channelFree, this.#channelFree[channel], FlashEvent.channelFree, channel);
  }

  /** Data first (mapping, user, collection), then new commands. */
  #nextOnChannel(channel: number, now: number): void {
    if (this.#outPending[channel] > 0) {
      this.#outPending[channel]--;
      let queue = channel * 3;
      while (this.#out.first[queue] === NONE) queue++;
      this.#startTransfer(channel, this.#out.shift(queue), now);
      return;
    }
    this.#takeTurns(channel, now);
  }

  #takeTurns(channel: number, now: number): void {
    if (this.#startables[channel] === 0) return;
    const n = this.#g.unitsPerChannel;
    const startable = this.#startable;
    let turn = this.#turn[channel];
    for (let i = 0; i < n; i++) {
      const unit = channel * n + turn;
      turn = turn + 1 === n ? 0 : turn + 1;
      if (startable[unit] === 0) continue;
      this.#serve(unit, channel, now);
      if (this.#channelFree[channel] <= now) continue;
      this.#turn[channel] = turn;
      return;
    }
  }

  #serve(unit: number, channel: number, now: number): void {
    const status = this.#status[unit];
    if (status === Status.idle) {
      if (!this.#serveReads(unit, channel, now, 0)) {
        if (!this.#serveWrites(unit, channel, now)) {
          this.#issue(unit, channel, unit * QUEUES_PER_UNIT + Queue.erase, NONE, now, 0);
        }
      }
    } else {
      this.#suspendForReads(unit, channel, status, now);
    }
  }

  #suspendForReads(unit: number, channel: number, status: number, now: number): void {
    const p = this.#p;
    if (status === Status.programming && p.suspension !== 'program-erase') return;
    if (this.#suspended.first[unit] !== NONE) return;
    const base = unit * QUEUES_PER_UNIT;
    const { first } = this.#queues;
    if (first[base + Queue.mappingRead] === NONE && first[base + Queue.userRead] === NONE) return;
    // Where collection goes first these reads may still have to wait: then nothing would resume the operation.
    if (this.#nextReads(unit) === NONE) return;
    const delay = status === Status.programming ? p.suspendProgramPs : p.suspendErasePs;
    const remaining = this.#arrayEnd[unit] - now;
    if (remaining < delay) return;
    this.#remaining[unit] = remaining;
    this.#suspendedStatus[unit] = status;
    this.#arrayEnd[unit] = -1;
    for (let t = this.#active.shift(unit); t !== NONE; t = this.#active.shift(unit)) this.#suspended.append(unit, t);
    this.#status[unit] = Status.idle;
    this.suspensions++;
    this.#serveReads(unit, channel, now, delay);
  }

  /** The queue whose reads a unit would send now, NONE when none or when others go before them. */
  #nextReads(unit: number): number {
    const base = unit * QUEUES_PER_UNIT;
    const { first } = this.#queues;
    if (first[base + Queue.mappingRead] !== NONE) return Queue.mappingRead;
    const user = first[base + Queue.userRead] !== NONE;
    const collection = first[base + Queue.collectionRead] !== NONE;
    if (this.urgent[unit] > 0) {
      if (collection) return Queue.collectionRead;
      const collects = first[base + Queue.collectionWrite] !== NONE || first[base + Queue.erase] !== NONE;
      return user && !collects ? Queue.userRead : NONE;
    }
    if (user) return Queue.userRead;
    return collection && first[base + Queue.userWrite] === NONE ? Queue.collectionRead : NONE;
  }

  #serveReads(unit: number, channel: number, now: number, delay: number): boolean {
    const one = this.#nextReads(unit);
    if (one === NONE) return false;
    // Reads of another kind may join the command.
    const base = unit * QUEUES_PER_UNIT;
    const { first } = this.#queues;
    const urgent = this.urgent[unit] > 0;
    const user = first[base + Queue.userRead] !== NONE;
    const collection = first[base + Queue.collectionRead] !== NONE;
    let two = NONE;
    if (one === Queue.mappingRead) {
      if (urgent && collection) two = Queue.collectionRead;
      else if (user) two = Queue.userRead;
    } else if (one === Queue.collectionRead) {
      if (urgent && user) two = Queue.userRead;
    } else if (!urgent && collection) two = Queue.collectionRead;
    return this.#issue(unit, channel, base + one, two === NONE ? NONE : base + two, now, delay);
  }

  #serveWrites(unit: number, channel: number, now: number): boolean {
    const base = unit * QUEUES_PER_UNIT;
    const { first } = this.#queues;
    if (
      first[base + Queue.mappingWrite] !== NONE &&
      this.#issue(unit, channel, base + Queue.mappingWrite, NONE, now, 0)
    )
      return true;
    const user = first[base + Queue.userWrite] !== NONE;
    const collection = first[base + Queue.collectionWrite] !== NONE;
    if (!user && !collection) return false;
    const urgent = this.urgent[unit] > 0;
    if (urgent && !collection && first[base + Queue.erase] !== NONE) return false;
    const collectionFirst = collection && (urgent || !user);
    const one = collectionFirst ? Queue.collectionWrite : Queue.userWrite;
    const two = collectionFirst ? (user ? Queue.userWrite : NONE) : collection ? Queue.collectionWrite : NONE;
    return this.#issue(unit, channel, base + one, two === NONE ? NONE : base + two, now, 0);
  }

  /** Sends one command: the die and page number of the first in line, and what may join it on other planes. */
  #issue(unit: number, channel: number, one: number, two: number, now: number, delay: number): boolean {
    const queues = this.#queues;
    const head = queues.first[one];
    if (head === NONE) return false;
    const table = this.#t;
    const g = this.#g;
    const die = g.dieOfPlane[table.plane[head]];
    let pageNumber = 0;
    let planes = 0;
    let count = 0;
    let bytes = 0;
    for (let queue = one; queue !== NONE; queue = queue === one ? two : NONE) {
      for (let t = queues.first[queue]; t !== NONE && count < g.planesPerDie;) {
        const next = table.next[t];
        const plane = table.plane[t];
        if (
          table.waitsFor[t] === 0 &&
          g.dieOfPlane[plane] === die &&
          (planes & g.bitOfPlane[plane]) === 0 &&
          (planes === 0 || table.page[t] % g.pagesPerBlock === pageNumber)
        ) {
          if (planes === 0) pageNumber = table.page[t] % g.pagesPerBlock;
          planes |= g.bitOfPlane[plane];
          count++;
          bytes += table.bytes[t];
          queues.remove(queue, t);
          this.#active.append(unit, t);
        }
        t = next;
      }
    }
    if (count === 0) return false;
    this.#queued[unit] -= count;
    this.commands++;
    if (count > 1) this.multiPlaneCommands++;
    const { commands } = this.#p;
    const type = table.type[head];
    let sent = now;
    let duration: number;
    let lane: Lanes;
    if (type === TransactionType.read) {
      sent += commands.readPs[count - 1];
      duration = delay + this.#readPs[pageNumber % this.#readPs.length];
      this.#status[unit] = Status.reading;
      lane = Lane.read;
    } else if (type === TransactionType.write) {
      sent += commands.programPs[count - 1] + Math.round(bytes * this.#p.channelPsPerByte);
      duration = this.#programPs[pageNumber % this.#programPs.length];
      this.#status[unit] = Status.programming;
      lane = Lane.program;
    } else {
      sent += commands.erasePs[count - 1];
      duration = this.#p.erasePs;
      this.#status[unit] = Status.erasing;
      lane = Lane.erase;
    }
    this.#channelFree[channel] = sent;
    this.#wakeComes[channel] = 0;
    this.#review(unit, channel);
    if (this.#startables[channel] > 0 || this.#outPending[channel] > 0) this.#wakeWhenFree(channel);
    this.#startArray(unit, lane, sent, duration);
    return true;
  }
}

function outQueue(source: number): number {
  return source === TransactionSource.mapping ? 0 : source === TransactionSource.user ? 1 : 2;
}
