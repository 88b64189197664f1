import { EventKind } from '#model/events';
import type { SummaryCells, SummarySpans } from './tables.ts';

export type GridCells = SummaryCells & { readonly spans: SummarySpans };

interface EarlySpan {
  readonly index: number;
  readonly time: number;
  readonly duration: number;
}

/**
 * The working table in which events are gathered by (lane, kind) slot and bucket. Dense, reused from call to
 * call: nothing is allocated an event. Use: begin, declare every lane and kind, open, fill, close.
 */
export class Grid {
  slots = 0;
  private buckets = 0;
  /** Slot + 1 by lane * 256 + kind; 0 where the pair has none. */
  private slotTable = new Int32Array(64 << 8);
  private slotLane: number[] = [];
  private slotKind: number[] = [];
  private events = new Uint32Array(0);
  private busy = new Float64Array(0);
  private longest = new Float64Array(0);
  private example = new Int32Array(0);
  /** Longest span a cell: duration (-1 for none), start and index. */
  private spanDuration = new Float64Array(0);
  private spanTime = new Float64Array(0);
  private spanIndex = new Int32Array(0);
  private low = new Float64Array(0);
  private high = new Float64Array(0);
  private last = new Float64Array(0);
  private sampled = false;
  /** By slot: of the spans that began before the first bucket, the one that ends last, which covers the others. */
  private early: (EarlySpan | undefined)[] = [];

  begin(): void {
    for (let s = 0; s < this.slots; s++) this.slotTable[(this.slotLane[s] << 8) | this.slotKind[s]] = 0;
    this.slots = 0;
    this.slotLane.length = 0;
    this.slotKind.length = 0;
    this.sampled = false;
    this.early.length = 0;
  }

  declare(lane: number, kind: number): void {
    const key = (lane << 8) | kind;
    if (key >= this.slotTable.length) this.growTable(lane);
    if (this.slotTable[key] !== 0) return;
    this.slotTable[key] = ++this.slots;
    this.slotLane.push(lane);
    this.slotKind.push(kind);
  }

  /** After the declarations: -1 for a pair that was not declared. */
  slotOf(lane: number, kind: number): number {
    return this.slotTable[(lane << 8) | kind] - 1;
  }

  /** Whether the pair was declared, for tables that only some events pass. */
  has(lane: number, kind: number): boolean {
    const key = (lane << 8) | kind;
    return key < this.slotTable.length && this.slotTable[key] !== 0;
  }

  open(buckets: number): void {
    this.buckets = buckets;
    const size = this.slots * buckets;
    if (this.events.length < size) this.allocate(size);
    this.events.fill(0, 0, size);
    this.busy.fill(0, 0, size);
    this.longest.fill(-1, 0, size);
    this.spanDuration.fill(-1, 0, size);
  }

  /** Gathers one event. */
  event(slot: number, bucket: number, index: number, duration: number): void {
    this.gather(slot, bucket, index, 1, duration, duration);
  }

  /** Gathers `events` events with one example. */
  gather(slot: number, bucket: number, example: number, events: number, busy: number, longest: number): void {
    const at = slot * this.buckets + bucket;
    this.events[at] += events;
    this.busy[at] += busy;
    const known = this.longest[at];
    if (longest > known || (longest === known && example < this.example[at])) {
      this.longest[at] = longest;
      this.example[at] = example;
    }
  }

  /** An event at least a bucket long: kept as a span, unless a longer one starts in the same cell. */
  span(slot: number, bucket: number, index: number, time: number, duration: number): void {
    const at = slot * this.buckets + bucket;
    const known = this.spanDuration[at];
    if (duration > known || (duration === known && index < this.spanIndex[at])) {
      if (known >= 0) this.event(slot, bucket, this.spanIndex[at], known);
      this.spanDuration[at] = duration;
      this.spanTime[at] = time;
      this.spanIndex[at] = index;
    } else {
      this.event(slot, bucket, index, duration);
    }
  }

  /** A span that began before the first bucket: only the one that ends last is kept. */
  earlySpan(slot: number, index: number, time: number, duration: number): void {
    const known = this.early[slot];
    if (known === undefined || time + duration > known.time + known.duration)
      this.early[slot] = { index, time, duration };
  }

  /** A counter's value; in order of recording. The event itself is gathered separately. */
  sample(slot: number, bucket: number, value: number): void {
    this.samples(slot, bucket, value, value, value);
  }

  samples(slot: number, bucket: number, low: number, high: number, last: number): void {
    const at = slot * this.buckets + bucket;
    if (!this.sampled) {
      this.sampled = true;
      this.prepareValues();
    }
    if (!(this.low[at] <= low)) this.low[at] = low;
    if (!(this.high[at] >= high)) this.high[at] = high;
    this.last[at] = last;
  }

  /** The filled cells by bucket, lane and kind, and the spans by start. */
  close(): GridCells {
    const order = this.slotOrder();
    let count = 0;
    let spanCount = 0;
    const size = this.slots * this.buckets;
    for (let at = 0; at < size; at++) {
      if (this.events[at] !== 0) count++;
      if (this.spanDuration[at] >= 0) spanCount++;
    }
    const cells = {
      count,
      bucket: new Uint32Array(count),
      lane: new Uint16Array(count),
      kind: new Uint8Array(count),
      events: new Uint32Array(count),
      busy: new Float64Array(count),
      longest: new Float64Array(count),
      example: new Int32Array(count),
      values: this.sampled
        ? { low: new Float64Array(count), high: new Float64Array(count), last: new Float64Array(count) }
        : null,
      spans: this.takeSpans(order, spanCount),
    };
    let n = 0;
    for (let bucket = 0; bucket < this.buckets; bucket++) {
      for (const slot of order) {
        const at = slot * this.buckets + bucket;
        if (this.events[at] === 0) continue;
        cells.bucket[n] = bucket;
        cells.lane[n] = this.slotLane[slot];
        cells.kind[n] = this.slotKind[slot];
        cells.events[n] = this.events[at];
        cells.busy[n] = this.busy[at];
        cells.longest[n] = this.longest[at];
        cells.example[n] = this.example[at];
        if (cells.values !== null && this.slotKind[slot] === EventKind.counter) {
          cells.values.low[n] = this.low[at];
          cells.values.high[n] = this.high[at];
          cells.values.last[n] = this.last[at];
        }
        n++;
      }
    }
    return cells;
  }

  private takeSpans(order: readonly number[], gridSpans: number): SummarySpans {
    const early = order.flatMap((slot) => (this.early[slot] === undefined ? [] : [{ slot, ...this.early[slot] }]));
    early.sort((x, y) => x.time - y.time || x.index - y.index);
    const found = new Int32Array(gridSpans);
    const count = gridSpans + early.length;
    let n = 0;
    for (const slot of order) {
      const from = slot * this.buckets;
      for (let at = from; at < from + this.buckets; at++) if (this.spanDuration[at] >= 0) found[n++] = at;
    }
    found.sort((x, y) => this.spanTime[x] - this.spanTime[y] || this.spanIndex[x] - this.spanIndex[y]);
    const spans = {
      count,
      index: new Int32Array(count),
      time: new Float64Array(count),
      duration: new Float64Array(count),
      lane: new Uint16Array(count),
      kind: new Uint8Array(count),
    };
    let i = 0;
    for (const { slot, index, time, duration } of early) {
      spans.index[i] = index;
      spans.time[i] = time;
      spans.duration[i] = duration;
      spans.lane[i] = this.slotLane[slot];
      spans.kind[i] = this.slotKind[slot];
      i++;
    }
    for (const at of found) {
      const slot = Math.floor(at / this.buckets);
      spans.index[i] = this.spanIndex[at];
      spans.time[i] = this.spanTime[at];
      spans.duration[i] = this.spanDuration[at];
      spans.lane[i] = this.slotLane[slot];
      spans.kind[i] = this.slotKind[slot];
      i++;
    }
    return spans;
  }

  private slotOrder(): number[] {
    const order = Array.from({ length: this.slots }, (_, slot) => slot);
    return order.sort((x, y) => this.slotLane[x] - this.slotLane[y] || this.slotKind[x] - this.slotKind[y]);
  }

  private growTable(lane: number): void {
    const table = new Int32Array(Math.max(this.slotTable.length * 2, (lane + 1) << 8));
    table.set(this.slotTable);
    this.slotTable = table;
  }

  private prepareValues(): void {
    if (this.low.length < this.events.length) {
      this.low = new Float64Array(this.events.length);
      this.high = new Float64Array(this.events.length);
      this.last = new Float64Array(this.events.length);
    }
    // NaN is no bound yet: every comparison with it fails.
    this.low.fill(NaN);
    this.high.fill(NaN);
  }

  private allocate(size: number): void {
    this.events = new Uint32Array(size);
    this.busy = new Float64Array(size);
    this.longest = new Float64Array(size);
    this.example = new Int32Array(size);
    this.spanDuration = new Float64Array(size);
    this.spanTime = new Float64Array(size);
    this.spanIndex = new Int32Array(size);
  }
}
