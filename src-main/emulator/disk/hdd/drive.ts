import type { DriveDocument } from '#model/drive';
import { DiskFlag, DiskOp, type Disk } from '../disk.ts';
import { Hit, SegmentBuffer } from './buffer.ts';
import { CommandQueue } from './command-queue.ts';
import { Layout } from './layout.ts';
import { Mechanics } from './mechanics.ts';
import { driveParameters, type DriveParameters } from './parameters.ts';
import { balanceParts, DRIVE_PARTS, Part } from './parts.ts';
import { readAheadLimit } from './read-ahead.ts';

/**
 * A disk drive with platters. One command is served at a time, the others wait in the drive's queue; all
 * that happens to a command follows from the drive's figures and is worked out when its service
 * begins. Between commands the drive reads ahead or writes what its buffer still holds.
 */
export class HardDrive implements Disk {
  readonly queueDepth: number;
  readonly sectors: number;
  readonly parts: readonly string[] = DRIVE_PARTS;
  readonly lastParts = new Float64Array(DRIVE_PARTS.length);

  private readonly p: DriveParameters;
  private readonly layout: Layout;
  private readonly mechanics: Mechanics;
  private readonly buffer: SegmentBuffer;

  /** 0 when the last command was a read, 1 when it was a write. */
  private previous: 0 | 1 = 0;
  /** When the data of a write that has completed will all be on the disk. */
  private writtenAt = -Infinity;
  /** When the arm may set out again after reading ahead was stopped. */
  private armFree = 0;
  /** Reading ahead is not stopped before it has come so far. */
  private leastRead = 0;
  /** First sector after the data last written. */
  private writeEnd = -1;

  private readonly waiting: CommandQueue;
  private activeTag = 0;
  private active = false;
  private completion = Infinity;
  private readonly nextParts = new Float64Array(DRIVE_PARTS.length);

  constructor(document: DriveDocument) {
    const p = driveParameters(document);
    this.p = p;
    this.layout = new Layout(document);
    this.mechanics = new Mechanics(this.layout, p);
    this.buffer = new SegmentBuffer(p);
    this.sectors = this.layout.sectors;
    this.queueDepth = p.queueDepth;
    this.waiting = new CommandQueue(p.queueDepth);
  }

  submit(now: number, op: DiskOp, sector: number, count: number, flags: number, tag: number): void {
    if (sector < 0 || count < 0 || sector + count > this.sectors) {
      throw new RangeError(`sectors ${sector} to ${sector + count} of a disk of ${this.sectors}`);
    }
    if (!this.active) {
      this.serve(now, now, op, sector, count, flags, tag);
      return;
    }
    if (this.waiting.length + 1 >= this.queueDepth) throw new RangeError('more commands than the disk takes');
    this.waiting.push(now, op, sector, count, flags, tag);
  }

  nextCompletion(): number {
    return this.completion;
  }

  complete(): number {
    if (!this.active) throw new RangeError('no command is in flight');
    const now = this.completion;
    const tag = this.activeTag;
    this.lastParts.set(this.nextParts);
    this.active = false;
    this.completion = Infinity;
    if (this.waiting.length > 0) this.serveNext(now);
    return tag;
  }

  private serveNext(now: number): void {
    const waiting = this.waiting;
    const place = this.p.shortestFirst && waiting.length > 1 ? this.nearest(now) : 0;
    const arrival = waiting.arrival[place];
    const op = waiting.op[place] as DiskOp;
    const first = waiting.first[place];
    const count = waiting.count[place];
    const flags = waiting.flags[place];
    const tag = waiting.tag[place];
    waiting.remove(place);
    this.serve(now, arrival, op, first, count, flags, tag);
  }

  /** The waiting command with the shortest way; one passed over too often, or a flush, goes first. */
  private nearest(now: number): number {
    const waiting = this.waiting;
    if (waiting.passedOver[0] >= 2 * this.queueDepth) return 0;
    let best = 0;
    let bestTime = Infinity;
    const from = Math.max(now, this.writtenAt, this.armFree);
    for (let i = 0; i < waiting.length; i++) {
      // Nothing overtakes a flush.
      if (waiting.op[i] >= DiskOp.flush) return best;
      const time = this.mechanics.positioningTime(waiting.first[i], from, waiting.op[i] === DiskOp.write);
      if (time < bestTime) {
        bestTime = time;
        best = i;
      }
    }
    return best;
  }

  /** Works a command out, from its arrival (the drive has heard it then) and `now`, when its turn comes. */
  private serve(
    now: number,
    arrived: number,
    op: DiskOp,
    first: number,
    count: number,
    flags: number,
    tag: number,
  ): void {
    const mechanics = this.mechanics;
    this.nextParts.fill(0);
    mechanics.resetParts();
    const arrival = arrived + this.p.perRequest;
    const begin = now > arrival ? now : arrival;
    if (this.buffer.reading >= 0) this.catchUp(begin);
    if (this.buffer.dirtyCount > 0) this.writeBehind(begin);
    if (this.buffer.writing >= 0 && this.writtenAt <= begin) this.buffer.writing = -1;
    let end: number;
    if (op === DiskOp.read) end = this.read(begin, arrival, first, first + count);
    else if (op === DiskOp.write) end = this.write(begin, arrival, first, first + count, (flags & DiskFlag.fua) !== 0);
    else if (op === DiskOp.flush) end = this.flush(begin, arrival);
    else end = begin + this.p.writeHit[this.previous];
    this.active = true;
    this.activeTag = tag;
    this.completion = Math.round(end);
    const parts = this.nextParts;
    parts[Part.queue] = now - arrived;
    parts[Part.seek] = mechanics.seekTime;
    parts[Part.rotation] = mechanics.rotationTime;
    parts[Part.transfer] = mechanics.transferTime;
    balanceParts(parts, this.completion - arrived);
  }

  /** Brings reading ahead up to `now`. */
  private catchUp(now: number): void {
    const buffer = this.buffer;
    const mechanics = this.mechanics;
    const segment = buffer.reading;
    const limit = buffer.limit[segment];
    mechanics.readOn(limit, now);
    buffer.extend(segment, mechanics.position);
    if (mechanics.position < limit) return;
    buffer.reading = -1;
    if (this.p.readsBeforeRequest) this.completeTrack(segment, now);
  }

  /** Read-ahead ended with the track: as the platter turns on, the front of the track comes in too. */
  private completeTrack(segment: number, now: number): void {
    const { p, buffer, mechanics, layout } = this;
    if (p.readAhead !== 'track' && p.readAhead !== 'next-track') return;
    const start = buffer.start[segment];
    const first = layout.firstOnTrack(start);
    const end = buffer.end[segment];
    if (first >= start || end - first > p.segmentSize || layout.endOfTrack(start) !== end) return;
    layout.locate(first);
    const sector = p.revolution / layout.perTrack;
    const done = mechanics.time + mechanics.waitFor(layout.angle, mechanics.time) + (start - first) * sector;
    if (done <= now) buffer.start[segment] = first;
  }

  /** Stops reading ahead at `now`; sets when the arm is free. */
  private stopReading(now: number): void {
    const segment = this.buffer.reading;
    if (segment < 0) return;
    this.buffer.reading = -1;
    if (this.mechanics.position < this.leastRead) {
      this.mechanics.readOn(Math.min(this.leastRead, this.buffer.limit[segment]), Infinity);
      this.buffer.extend(segment, this.mechanics.position);
      this.armFree = this.mechanics.time;
      return;
    }
    const end = this.mechanics.sectorEnd;
    this.armFree = this.mechanics.time > now ? this.mechanics.time : this.p.stopsWithinSector ? now : end;
  }

  private read(now: number, arrival: number, first: number, end: number): number {
    const { p, buffer, mechanics } = this;
    const after = this.previous;
    this.previous = 0;
    const busy = this.writtenAt > now;
    const segment = buffer.findForRead(first, end);
    const hit = buffer.hit;
    const ready = arrival + p.readMiss[after];
    const parts = this.nextParts;
    if (hit === Hit.whole) {
      if (buffer.reading !== segment) this.stopReading(now);
      const start = busy
        ? Math.max(ready + p.readDisconnect[after], this.writtenAt) + p.reselectFirst + p.dataPreparation
        : Math.max(now, arrival + p.readHit[after]) + p.dataPreparation;
      const limit = Math.max(buffer.limit[segment], readAheadLimit(p, this.layout, buffer.start[segment], first, end));
      buffer.limit[segment] = limit;
      buffer.touch(segment);
      if (
        p.readAheadAfterHit &&
        buffer.reading !== segment &&
        buffer.end[segment] < limit &&
        segment !== buffer.writing
      ) {
        this.readFrom(segment, buffer.end[segment], Math.max(ready, this.armFree, this.writtenAt, now));
        this.mechanics.resetParts();
      }
      const over = start + (end - first) * p.readSector;
      parts[Part.overhead] = start - now + p.readCompletion;
      parts[Part.cache] = over - start;
      return over + p.readCompletion;
    }
    if (segment < 0) return this.readAfterWrite(first, end, after, ready);
    const continues = hit === Hit.partial && buffer.reading === segment;
    if (!continues) this.stopReading(now);
    let firstUnread = first;
    let busFree: number;
    if (hit === Hit.partial) {
      firstUnread = Math.max(first, buffer.end[segment]);
      busFree = busy
        ? Math.max(ready + p.readDisconnect[after], this.writtenAt) + p.reselectFirst + p.dataPreparation
        : Math.max(now, arrival + p.readHit[after]) + p.dataPreparation;
      busFree += (firstUnread - first) * p.readSector;
    } else {
      buffer.restart(segment, first, false);
      busFree = ready + p.readDisconnect[after];
    }
    buffer.touch(segment);
    const setOut = Math.max(ready, this.armFree, this.writtenAt, now);
    if (!continues) mechanics.moveTo(firstUnread, setOut, false, 0);
    return this.finishRead(now, segment, first, end, firstUnread, busFree, hit === Hit.none, setOut);
  }

  /** Every segment holds data not yet written: the read waits for one of them. */
  private readAfterWrite(first: number, end: number, after: 0 | 1, ready: number): number {
    const { p, buffer, mechanics } = this;
    this.stopReading(ready);
    if (buffer.writing < 0 && buffer.dirtyCount > 0) this.writeOut(this.nextDirty(ready));
    const setOut = Math.max(ready, this.writtenAt);
    buffer.writing = -1;
    const segment = buffer.findForRead(first, end);
    buffer.restart(segment, first, false);
    buffer.touch(segment);
    mechanics.moveTo(first, setOut, false, 0);
    return this.finishRead(setOut, segment, first, end, first, ready + p.readDisconnect[after], true, setOut);
  }

  /** The part of a read that comes off the disk; reading ahead goes on after it. */
  private finishRead(
    now: number,
    segment: number,
    first: number,
    end: number,
    firstUnread: number,
    busFree: number,
    reconnects: boolean,
    setOut: number,
  ): number {
    const { p, buffer, mechanics } = this;
    const parts = this.nextParts;
    const count = end - first;
    mechanics.position = firstUnread;
    if (reconnects) {
      // The drive asks for the bus when the watermark is reached, and then sends without a pause.
      const base = p.watermarkOfRequest ? Math.min(p.segmentSize, count) : p.segmentSize;
      const mark = Math.min(count, Math.max(1, Math.floor(base * p.readWatermark)));
      mechanics.busTime = busFree;
      if (mark > 1) {
        mechanics.readRequest(firstUnread + mark, 0, p.zeroLatencyRead, p.readsBeforeRequest);
        mechanics.busTime =
          Math.max(busFree, mechanics.time) + p.reselectFirst + p.dataPreparation + mark * p.readSector;
        const kept = mechanics.firstKept;
        if (mark < count) mechanics.readRequest(end, p.readSector, p.zeroLatencyRead, false);
        mechanics.firstKept = kept;
      } else {
        mechanics.busTime = busFree + p.reselectFirst + p.dataPreparation;
        mechanics.readRequest(end, p.readSector, p.zeroLatencyRead, p.readsBeforeRequest);
      }
      if (mechanics.firstKept < buffer.start[segment]) buffer.start[segment] = mechanics.firstKept;
    } else {
      mechanics.busTime = busFree;
      mechanics.readRequest(end, p.readSector, p.zeroLatencyRead, false);
    }
    const over = mechanics.busTime;
    buffer.extend(segment, end);
    const limit = Math.max(buffer.limit[segment], readAheadLimit(p, this.layout, buffer.start[segment], first, end));
    buffer.limit[segment] = limit;
    buffer.reading = limit > end ? segment : -1;
    this.leastRead = end + p.readAheadMinimum;
    this.armFree = mechanics.time;
    parts[Part.overhead] = setOut - now + p.readCompletion;
    parts[Part.bus] = Math.max(0, over - mechanics.time);
    return over + p.readCompletion;
  }

  /** Starts reading ahead into a segment from `sector`, setting out at `from`. */
  private readFrom(segment: number, sector: number, from: number): void {
    this.mechanics.moveTo(sector, from, false, 0);
    this.buffer.reading = segment;
  }

  private write(now: number, arrival: number, first: number, end: number, throughCache: boolean): number {
    const { p, buffer, mechanics } = this;
    const after = this.previous;
    this.previous = 1;
    const cached = p.writeCache;
    const count = end - first;
    if (cached && p.queueWrites && !throughCache && count <= p.segmentSize)
      return this.writeToBuffer(now, arrival, first, end, after);
    const parts = this.nextParts;
    const command = cached ? p.writeHit[after] : p.writeMiss[after];
    const appends = p.combineWrites && buffer.writing >= 0 && first === this.writeEnd && this.writtenAt > now;
    const extra =
      p.extraDisconnect !== null && after === 1 && first !== this.writeEnd && buffer.writing < 0
        ? p.extraDisconnect
        : null;
    this.stopReading(now);
    let ready = Math.max(now, arrival + command);
    let busStart = ready + p.dataPreparation;
    let disconnect = p.writeDisconnect;
    let reselect = p.reselectFirst;
    let headStart = 1;
    if (extra !== null) {
      ready = Math.max(now, arrival + extra.command + extra.seekDelta);
      busStart =
        Math.max(now, arrival + extra.command + extra.disconnect + extra.between) + p.reselectFirst + p.dataPreparation;
      disconnect = extra.secondDisconnect;
      reselect = p.reselectOther;
    }
    if (p.extraDisconnect !== null) headStart = Math.min(count, count < 45 ? Math.min(count, 10) : 15);
    if (appends) {
      // The stream goes on: the head is over the next sector when the last one is written.
      buffer.extend(buffer.writing, end);
      buffer.touch(buffer.writing);
      mechanics.time = this.writtenAt;
    } else {
      if (this.writtenAt > now) {
        // The disk is still busy with an earlier write: nothing is taken before it is done.
        ready = Math.max(ready, this.writtenAt);
        busStart = Math.max(busStart + p.writeDisconnect, this.writtenAt) + p.reselectFirst;
        buffer.writing = -1;
      }
      const segment = buffer.findForWrite(first, end);
      if (segment >= 0) {
        buffer.restart(segment, first, true);
        buffer.extend(segment, end);
        buffer.touch(segment);
      }
      buffer.writing = segment;
      mechanics.moveTo(first, Math.max(ready, this.armFree), true, p.minimumWriteSeek);
    }
    buffer.invalidate(first, end, buffer.writing);
    mechanics.position = first;
    mechanics.writeRequest(end, first, busStart, p.writeSector, headStart, p.zeroLatencyWrite);
    this.writtenAt = mechanics.time;
    this.writeEnd = end;
    this.armFree = mechanics.time;
    let over = busStart + count * p.writeSector;
    // What does not fit into a segment goes over the bus as the disk makes room.
    if (count > p.segmentSize) {
      this.layout.locate(end - 1);
      over = Math.max(over, mechanics.time - (p.segmentSize * p.revolution) / this.layout.perTrack);
    }
    if (cached && !throughCache) {
      parts[Part.overhead] = busStart - now + p.writeCompletion;
      parts[Part.cache] = over - busStart;
      mechanics.resetParts();
      return over + p.writeCompletion;
    }
    buffer.writing = -1;
    parts[Part.overhead] = ready - now + reselect + p.writeCompletion;
    parts[Part.bus] = Math.max(0, over - mechanics.time);
    return Math.max(mechanics.time, over + disconnect) + reselect + p.writeCompletion;
  }

  /** A write that only goes into the buffer; the disk takes it when it has nothing else to do. */
  private writeToBuffer(now: number, arrival: number, first: number, end: number, after: 0 | 1): number {
    const { p, buffer } = this;
    const count = end - first;
    let start = Math.max(now, arrival + p.writeHit[after]) + p.dataPreparation;
    let segment = p.combineWrites ? buffer.findToExtend(first, end) : -1;
    const full = p.dedicatedWriteSegment ? 1 : p.writeSegments;
    if (segment < 0) {
      // Full: the write waits for the disk to empty a segment.
      while (buffer.dirtyCount + (buffer.writing >= 0 ? 1 : 0) >= full) {
        if (buffer.writing < 0) {
          this.stopReading(start);
          this.writeOut(this.nextDirty(start));
        }
        start = Math.max(start, this.writtenAt);
        buffer.writing = -1;
      }
      segment = buffer.findForWrite(first, end);
      if (segment < 0) {
        start = Math.max(start, this.writtenAt);
        buffer.writing = -1;
        segment = buffer.findForWrite(first, end);
      }
      if (segment === buffer.reading) this.stopReading(start);
      buffer.restart(segment, first, true);
    }
    buffer.invalidate(first, end, segment);
    if (buffer.end[segment] < end) buffer.extend(segment, end);
    buffer.touch(segment);
    const over = start + count * p.writeSector;
    buffer.setDirty(segment, over);
    this.writeEnd = end;
    this.nextParts[Part.overhead] = start - now + p.writeCompletion;
    this.nextParts[Part.cache] = over - start;
    this.mechanics.resetParts();
    return over + p.writeCompletion;
  }

  /** Writes waiting segments out for as long as the disk had nothing else to do before `now`. */
  private writeBehind(now: number): void {
    const { buffer, mechanics } = this;
    while (buffer.dirtyCount > 0 && buffer.reading < 0) {
      const free = Math.max(this.writtenAt, this.armFree, mechanics.time);
      const segment = this.nextDirty(free);
      if (Math.max(free, buffer.dirtySince[segment]) >= now) return;
      this.writeOut(segment);
    }
  }

  /** The waiting segment nearest to the head, among those that are there by `at`, else the first to be there. */
  private nextDirty(at: number): number {
    const { buffer, mechanics } = this;
    let best = -1;
    let bestTime = Infinity;
    let earliest = -1;
    for (let s = 0; s < buffer.dirty.length; s++) {
      if (buffer.dirty[s] === 0) continue;
      if (earliest < 0 || buffer.dirtySince[s] < buffer.dirtySince[earliest]) earliest = s;
      if (buffer.dirtySince[s] > at) continue;
      const time = this.p.shortestFirst ? mechanics.positioningTime(buffer.start[s], at, true) : buffer.dirtySince[s];
      if (time < bestTime) {
        bestTime = time;
        best = s;
      }
    }
    return best >= 0 ? best : earliest;
  }

  /** Writes one waiting segment out, as soon as the disk is free and the data are there. */
  private writeOut(segment: number): void {
    const { p, buffer, mechanics } = this;
    const from = Math.max(this.writtenAt, this.armFree, mechanics.time, buffer.dirtySince[segment]);
    const first = buffer.start[segment];
    buffer.setClean(segment);
    buffer.writing = segment;
    mechanics.moveTo(first, from, true, p.minimumWriteSeek);
    mechanics.writeRequest(buffer.end[segment], first, -Infinity, 0, 0, p.zeroLatencyWrite);
    this.writtenAt = mechanics.time;
    this.armFree = mechanics.time;
  }

  private flush(now: number, arrival: number): number {
    const p = this.p;
    const ready = Math.max(now, arrival + p.writeHit[this.previous]);
    if (this.buffer.dirtyCount > 0) {
      this.stopReading(ready);
      while (this.buffer.dirtyCount > 0) this.writeOut(this.nextDirty(Math.max(ready, this.writtenAt)));
      this.mechanics.resetParts();
    }
    const end = Math.max(ready, this.writtenAt) + p.writeCompletion;
    this.nextParts[Part.overhead] = ready - now + p.writeCompletion;
    this.nextParts[Part.transfer] = Math.max(0, this.writtenAt - ready);
    return end;
  }
}
