import type { DriveParameters } from './parameters.ts';

/** What a look into the buffer found for a request. */
export const Hit = { none: 0, partial: 1, whole: 2 } as const;
export type Hit = (typeof Hit)[keyof typeof Hit];

/**
 * The drive's buffer: segments, each holding one stretch of consecutive logical sectors. Which of them
 * the disk is reading into or writing from is known to the drive; it tells by `reading` and `writing`.
 */
export class SegmentBuffer {
  /** First sector held, and the one after the last; equal when the segment is empty. */
  readonly start: Float64Array;
  readonly end: Float64Array;
  /** Where reading ahead into the segment is to end. */
  readonly limit: Float64Array;
  /** 1 where the data came from the host. */
  readonly written: Uint8Array;
  /** Segment that reading ahead goes into, -1 for none. */
  reading = -1;
  /** Segment whose data are being written, -1 for none. */
  writing = -1;
  /** 1 for a segment whose data wait to be written, and since when they are all there. */
  readonly dirty: Uint8Array;
  readonly dirtySince: Float64Array;
  dirtyCount = 0;
  /** What the last `findForRead` found. */
  hit: Hit = Hit.none;

  private readonly used: Float64Array;
  private uses = 0;
  private readonly size: number;
  private readonly dedicated: boolean;
  private readonly cacheReads: boolean;
  private readonly hitsOnWritten: boolean;
  private readonly almostHits: boolean;
  /** Segments serve a stream and are not kept as a cache, see `overRequested` of the drive document. */
  private readonly streaming: boolean;

  constructor(parameters: DriveParameters) {
    const count = parameters.segments;
    this.start = new Float64Array(count);
    this.end = new Float64Array(count);
    this.limit = new Float64Array(count);
    this.written = new Uint8Array(count);
    this.dirty = new Uint8Array(count);
    this.dirtySince = new Float64Array(count);
    this.used = new Float64Array(count);
    this.size = parameters.segmentSize;
    this.dedicated = parameters.dedicatedWriteSegment;
    this.cacheReads = parameters.cacheReads;
    this.hitsOnWritten = parameters.hitsOnWrittenData;
    this.almostHits = parameters.almostHits;
    this.streaming = parameters.readAheadOverRequested;
  }

  /** Marks a segment as the one used last. */
  touch(segment: number): void {
    this.used[segment] = ++this.uses;
  }

  /** Empties a segment for new data from `sector` on. */
  restart(segment: number, sector: number, written: boolean): void {
    this.start[segment] = sector;
    this.end[segment] = sector;
    this.limit[segment] = sector;
    this.written[segment] = written ? 1 : 0;
  }

  /** The segment now ends at `end`; what no longer fits falls off its front. */
  extend(segment: number, end: number): void {
    this.end[segment] = end;
    if (this.start[segment] < end - this.size) this.start[segment] = end - this.size;
  }

  /**
   * Chooses the segment for a read of [first, end): one that holds its beginning if there is one, else
   * the one to give up. Sets `hit`. Never the dedicated write segment, never the one being written
   * unless it is hit. -1 when there is none.
   */
  findForRead(first: number, end: number): number {
    let best = -1;
    let bestValue = 0;
    this.hit = Hit.none;
    for (let s = this.dedicated ? 1 : 0; s < this.start.length; s++) {
      let value: number;
      let hit: Hit = Hit.none;
      const held = this.end[s] > this.start[s];
      const canHit = this.cacheReads && (this.written[s] === 0 || this.hitsOnWritten);
      if (held && canHit && first >= this.start[s] && first < this.end[s]) {
        hit = end <= this.end[s] ? Hit.whole : Hit.partial;
        value = this.dirty[s] === 1 ? 11 : s === this.writing ? 10 : s === this.reading ? 9 : 8;
        if (hit === Hit.partial) value -= 4;
      } else if (s === this.writing || this.dirty[s] === 1) {
        continue;
      } else if (s === this.reading) {
        if (this.almostHits && first === this.end[s]) {
          hit = Hit.partial;
          value = 5;
        } else value = 1;
      } else value = held ? 2 : 3;
      // Of equals the one used longest ago.
      if (value > bestValue || (value === bestValue && this.used[s] < this.used[best])) {
        best = s;
        bestValue = value;
        this.hit = hit;
      }
    }
    return best;
  }

  /** Marks a segment's data as waiting to be written from `since` on, or as written. */
  setDirty(segment: number, since: number): void {
    if (this.dirty[segment] === 0) this.dirtyCount++;
    this.dirty[segment] = 1;
    this.dirtySince[segment] = since;
  }
  setClean(segment: number): void {
    if (this.dirty[segment] === 1) this.dirtyCount--;
    this.dirty[segment] = 0;
  }

  /** A segment with waiting data that a write of [first, end) follows on, or lies within; -1 for none. */
  findToExtend(first: number, end: number): number {
    if (this.dirtyCount === 0) return -1;
    for (let s = 0; s < this.start.length; s++) {
      if (this.dirty[s] === 0 || first < this.start[s] || first > this.end[s]) continue;
      if (end - this.start[s] <= this.size) return s;
    }
    return -1;
  }

  /** Chooses the segment for a write of [first, end); -1 when all hold data not yet written. */
  findForWrite(first: number, end: number): number {
    if (this.dedicated) return this.writing === 0 ? -1 : 0;
    let best = -1;
    let bestValue = 0;
    for (let s = 0; s < this.start.length; s++) {
      if (s === this.writing || this.dirty[s] === 1) continue;
      const held = this.end[s] > this.start[s];
      let value = 3;
      if (s === this.reading) value = 1;
      else if (held) value = this.streaming && this.overlaps(s, first, end) ? 4 : 2;
      if (value > bestValue || (value === bestValue && this.used[s] < this.used[best])) {
        best = s;
        bestValue = value;
      }
    }
    return best;
  }

  /** [first, end) was written: other segments that hold old data of it are emptied, or brought up to date. */
  invalidate(first: number, end: number, except: number): void {
    if (this.hitsOnWritten && !this.streaming) return;
    for (let s = 0; s < this.start.length; s++) {
      if (s !== except && s !== this.writing && this.dirty[s] === 0 && this.overlaps(s, first, end))
        this.restart(s, 0, false);
    }
  }

  private overlaps(segment: number, first: number, end: number): boolean {
    return first < this.end[segment] && end > this.start[segment];
  }
}
