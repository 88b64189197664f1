import { AccessKind, AccessOrder, type AccessBatch } from '#emulator/cpu/access';
import type { ProcessorFigures } from '#emulator/cpu/figures';
import {
  CpuCounter,
  CYCLE_CAUSES,
  CPU_COUNTERS,
  CycleCause,
  StopReason,
  type Processor,
  type ProcessorCosts,
} from '#emulator/cpu/processor';
import { HUGE_PAGES, PAGE_BYTES, Pte } from '#emulator/mmu/page-table';
import { FROM_CORE, FROM_MEMORY, Hierarchy } from './caches.ts';
import { ReferencePageTable } from './page-table.ts';
import { Pattern, type Access } from '#emulator/memory/patterns';
import { Tlb, WalkCaches, type Translation } from './tlb.ts';

/** Lines a prefetch may still be under way for. */
const PREFETCHES_TRACKED = 32;
/** Pages whose misses the stride prefetcher watches. */
const STRIDE_TRACKERS = 16;
/** Pages up to which an invalidation goes page by page (Linux: tlb_single_page_flush_ceiling). */
const FLUSH_CEILING = 33;
/** Simulated time over which memory traffic is averaged: 1 us. */
const TRAFFIC_WINDOW = 1e6;

interface Fill {
  ready: number;
  cause: CycleCause;
  /** Access number of a load, -1 for a store. */
  index: number;
}
interface Store {
  drain: number;
  /** When a load could take its data. */
  data: number;
  line: number;
  /** Bytes first..end-1 of the line. */
  first: number;
  end: number;
}
interface Part {
  address: number;
  bytes: number;
  line: number;
  ready: number;
}

class Core {
  now = 0;
  readonly time = new Float64Array(CYCLE_CAUSES.length);
  space = -1;
  tlb1: Tlb;
  tlb1Huge: Tlb;
  tlb2: Tlb | null;
  walkCaches: WalkCaches;
  walkerFree: number[];
  fills: Fill[];
  nextFill = 0;
  stores: Store[];
  nextStore = 0;
  lastDrain = 0;
  pathFree = [0, 0, 0, 0];
  ntLine = -1;
  batch: AccessBatch | null = null;
  pattern: Pattern | null = null;
  pending: Access | null = null;
  issued = 0;
  faulted = false;
  faultAddress = 0;
  faultIsWrite = false;
  faultPresent = false;
  /** Numbers accesses over all batches. */
  sequence = 0;
  prefetched: { line: number; ready: number }[] = [];
  strides: { page: number; last: number; stride: number }[];

  constructor(f: ProcessorFigures) {
    this.tlb1 = new Tlb(f.tlb1);
    this.tlb1Huge = f.tlb1Huge === null ? this.tlb1 : new Tlb(f.tlb1Huge);
    this.tlb2 = f.tlb2 === null ? null : new Tlb(f.tlb2);
    this.walkCaches = new WalkCaches(f);
    this.walkerFree = new Array<number>(f.walkers).fill(0);
    this.fills = Array.from({ length: f.fillBuffers }, () => ({ ready: 0, cause: CycleCause.memory, index: -1 }));
    this.stores = Array.from({ length: f.storeBuffer }, () => ({ drain: 0, data: 0, line: -1, first: 0, end: 0 }));
    this.strides = Array.from({ length: STRIDE_TRACKERS }, () => ({ page: -1, last: 0, stride: 0 }));
  }
}

/** The processor, plainly: the semantics that the fast memory path must agree with, counter for counter and ps for ps. */
export class ReferenceProcessor implements Processor {
  readonly coreCount: number;
  readonly costs: ProcessorCosts;
  readonly hierarchy: Hierarchy;
  private readonly f: ProcessorFigures;
  private readonly cores: Core[];
  private readonly counts = new Float64Array(CPU_COUNTERS.length);
  private readonly spaces: ReferencePageTable[] = [];
  private nextTableFrame: number;
  private trafficStart = 0;
  private trafficLines = 0;
  private memoryLatency: number;

  constructor(figures: ProcessorFigures, options: { cores: number; frames: number }) {
    this.f = figures;
    this.coreCount = options.cores;
    this.costs = this.f;
    this.cores = Array.from({ length: options.cores }, () => new Core(this.f));
    this.hierarchy = new Hierarchy(this.f, options.cores, this.counts);
    this.nextTableFrame = options.frames;
    this.memoryLatency = this.f.memoryLatency;
  }

  createSpace(): number {
    return this.spaces.push(new ReferencePageTable(() => this.nextTableFrame++)) - 1;
  }
  pageTable(space: number): ReferencePageTable {
    return this.spaces[space];
  }

  switchTo(core: number, space: number): void {
    const c = this.cores[core];
    if (c.space === space) return;
    if (c.space >= 0) {
      this.advance(c, CycleCause.contextSwitch, this.f.contextSwitch);
      if (!this.f.taggedTlb) this.flush(c, () => false);
    }
    c.space = space;
  }

  begin(core: number, batch: AccessBatch): void {
    const c = this.cores[core];
    c.batch = batch;
    c.pattern = new Pattern(batch);
    c.pending = null;
    c.issued = 0;
  }

  retired(core: number): number {
    return this.cores[core].issued;
  }
  faultAddress(core: number): number {
    return this.cores[core].faultAddress;
  }
  faultIsWrite(core: number): boolean {
    return this.cores[core].faultIsWrite;
  }
  faultPresent(core: number): boolean {
    return this.cores[core].faultPresent;
  }
  now(core: number): number {
    return this.cores[core].now;
  }
  charge(core: number, cause: CycleCause, ps: number): void {
    this.advance(this.cores[core], cause, Math.round(ps));
  }
  advanceTo(core: number, time: number): void {
    this.waitUntil(this.cores[core], CycleCause.idle, time);
  }
  fence(core: number): void {
    const c = this.cores[core];
    this.waitUntil(c, CycleCause.fence, c.lastDrain);
    c.ntLine = -1;
  }
  timeByCause(core: number): Float64Array {
    return this.cores[core].time;
  }
  counters(): Float64Array {
    return this.counts;
  }

  invalidate(core: number, space: number, vpn: number, count: number): void {
    const keep = (t: Translation): boolean => {
      if (t.space !== space) return true;
      if (count > FLUSH_CEILING) return false;
      return t.page + (t.huge ? HUGE_PAGES : 1) <= vpn || t.page >= vpn + count;
    };
    const local = this.cores[core];
    this.flush(local, keep);
    let sent = false;
    for (const c of this.cores) {
      if (c === local) continue;
      if (c.space === space) {
        sent = true;
        this.counts[CpuCounter.shootdowns] += 1;
        this.advance(c, CycleCause.shootdown, this.f.shootdownReceive);
        this.flush(c, keep);
      } else if (this.f.taggedTlb) this.flush(c, keep);
    }
    if (sent) this.advance(local, CycleCause.shootdown, this.f.shootdownSend);
  }

  private flush(c: Core, keep: (t: Translation) => boolean): void {
    c.tlb1.drop(keep);
    c.tlb1Huge.drop(keep);
    c.tlb2?.drop(keep);
    c.walkCaches.flush();
  }

  run(core: number, horizon: number): StopReason {
    const c = this.cores[core];
    const { batch, pattern } = c;
    if (batch === null || pattern === null) return StopReason.done;
    if (c.faulted) {
      c.faulted = false;
      this.advance(c, CycleCause.faultEntry, this.f.exceptionExit);
    }
    const dependent = batch.dependent ?? batch.order === AccessOrder.chase;
    while (c.issued < batch.count) {
      if (c.now >= horizon) return StopReason.horizon;
      c.pending ??= pattern.next(c.issued);
      if (!this.perform(core, c, c.pending, batch, dependent)) {
        c.faulted = true;
        this.counts[CpuCounter.faults] += 1;
        for (const fill of c.fills) if (fill.index >= 0) this.waitUntil(c, fill.cause, fill.ready);
        this.advance(c, CycleCause.faultEntry, this.f.exceptionEntry);
        return StopReason.fault;
      }
      c.pending = null;
      c.issued += 1;
      c.sequence += 1;
    }
    return StopReason.done;
  }

  private advance(c: Core, cause: CycleCause, ps: number): void {
    c.now += ps;
    c.time[cause] += ps;
  }
  private waitUntil(c: Core, cause: CycleCause, time: number): void {
    if (time > c.now) this.advance(c, cause, time - c.now);
  }

  /** One access; false when it faults, and then nothing has happened but translation. */
  private perform(core: number, c: Core, access: Access, batch: AccessBatch, dependent: boolean): boolean {
    this.retireLoads(c);
    const parts: Part[] = [];
    let address = access.address;
    let left = batch.width;
    while (left > 0) {
      const bytes = Math.min(left, this.f.line - (address % this.f.line));
      parts.push({ address, bytes, line: 0, ready: 0 });
      address += bytes;
      left -= bytes;
    }
    for (const part of parts) if (!this.translate(core, c, part, access.store, dependent)) return false;
    const nonTemporal = access.store && batch.kind === AccessKind.ntStore;
    this.counts[access.store ? CpuCounter.stores : CpuCounter.loads] += 1;
    if (!dependent || access.store)
      this.advance(c, CycleCause.execute, access.store ? this.f.storeIssue : this.f.loadIssue);
    for (const part of parts) {
      if (nonTemporal) this.storeAround(core, c, part);
      else if (access.store) this.store(core, c, part);
      else this.load(core, c, part, dependent);
    }
    return true;
  }

  /** Loads too far behind the present one must retire first. */
  private retireLoads(c: Core): void {
    for (let k = 0; k < c.fills.length; k++) {
      const fill = c.fills[(c.nextFill + k) % c.fills.length];
      if (fill.index < 0 || fill.ready <= c.now) continue;
      if (c.sequence - fill.index < this.f.loadWindow) return;
      this.waitUntil(c, fill.cause, fill.ready);
    }
  }

  private translate(core: number, c: Core, part: Part, store: boolean, dependent: boolean): boolean {
    const vpn = Math.floor(part.address / PAGE_BYTES);
    const table = this.spaces[c.space];
    const huge =
      table.table(vpn, 1) === null &&
      ((table.leaf(vpn)?.page.flags[ReferencePageTable.index(vpn, 2)] ?? 0) & Pte.huge) !== 0;
    const page = huge ? vpn - (vpn % HUGE_PAGES) : vpn;
    const tlb1 = huge ? c.tlb1Huge : c.tlb1;
    part.ready = c.now;
    let entry = tlb1.use(c.space, page, huge);
    if (entry !== null) this.counts[CpuCounter.tlb1Hits] += 1;
    else {
      this.counts[CpuCounter.tlb1Misses] += 1;
      const second = c.tlb2?.use(c.space, page, huge) ?? null;
      if (second !== null) {
        this.counts[CpuCounter.tlb2Hits] += 1;
        entry = { ...second };
        tlb1.insert(entry);
        if (dependent) this.advance(c, CycleCause.tlb, this.f.tlb2Penalty);
        part.ready = c.now + (dependent ? 0 : this.f.tlb2Penalty);
      } else {
        entry = this.walk(core, c, part, vpn, page, huge, store, dependent);
        if (entry === null) return this.fault(c, part, store, vpn);
        c.tlb2?.insert({ ...entry });
        tlb1.insert(entry);
      }
    }
    if (
      store &&
      !(entry.writable && entry.dirty) &&
      !this.permitStore(core, c, part, entry, vpn, page, huge, dependent)
    ) {
      const stale = (t: Translation): boolean => !(t.space === c.space && t.page === page && t.huge === huge);
      tlb1.drop(stale);
      c.tlb2?.drop(stale);
      return this.fault(c, part, store, vpn);
    }
    const offset = part.address - page * PAGE_BYTES;
    part.line = (entry.frame * PAGE_BYTES + offset - (part.address % this.f.line)) / this.f.line;
    return true;
  }

  private fault(c: Core, part: Part, store: boolean, vpn: number): boolean {
    c.faultAddress = part.address;
    c.faultIsWrite = store;
    c.faultPresent = (this.spaces[c.space].flags(vpn) & Pte.present) !== 0;
    return false;
  }

  /** A store through an entry that is not known writable and dirty: the hardware looks at the PTE again. */
  private permitStore(
    core: number,
    c: Core,
    part: Part,
    entry: Translation,
    vpn: number,
    page: number,
    huge: boolean,
    dependent: boolean,
  ): boolean {
    const table = this.spaces[c.space];
    if (!entry.writable) this.walkLoads(core, c, part, vpn, huge, dependent);
    const flags = table.flags(vpn);
    if ((flags & Pte.present) === 0 || (flags & Pte.writable) === 0) return false;
    if ((flags & Pte.dirty) === 0) {
      table.change(vpn, 0, Pte.dirty | Pte.accessed);
      this.counts[CpuCounter.dirtyAssists] += 1;
      this.advance(c, CycleCause.assist, this.f.dirtyAssist);
    }
    const frame = table.frame(vpn) - (vpn - page);
    for (const t of [entry, c.tlb2?.find(c.space, page, huge) ?? null]) {
      if (t === null) continue;
      t.frame = frame;
      t.writable = true;
      t.dirty = true;
    }
    return true;
  }

  /** Walks the page table; null when there is no entry, or none that permits the access. */
  private walk(
    core: number,
    c: Core,
    part: Part,
    vpn: number,
    page: number,
    huge: boolean,
    store: boolean,
    dependent: boolean,
  ): Translation | null {
    this.walkLoads(core, c, part, vpn, huge, dependent);
    const table = this.spaces[c.space];
    const flags = table.flags(vpn);
    if ((flags & Pte.present) === 0 || (store && (flags & Pte.writable) === 0)) return null;
    if ((flags & Pte.accessed) === 0) {
      table.change(vpn, 0, Pte.accessed);
      this.counts[CpuCounter.accessedAssists] += 1;
      this.advance(c, CycleCause.assist, this.f.accessedAssist);
    }
    return {
      space: c.space,
      page,
      huge,
      frame: table.frame(vpn) - (vpn - page),
      writable: (flags & Pte.writable) !== 0,
      dirty: (flags & Pte.dirty) !== 0,
    };
  }

  /** The loads of a walk, from the lowest table a walk cache knows down to the leaf or the first gap. */
  private walkLoads(core: number, c: Core, part: Part, vpn: number, huge: boolean, dependent: boolean): void {
    const table = this.spaces[c.space];
    this.counts[CpuCounter.walks] += 1;
    const leaf = huge ? 2 : 1;
    let level = 4;
    for (let known = leaf; known <= 3; known++) {
      if (table.table(vpn, known) !== null && c.walkCaches.use(c.space, vpn, known)) {
        level = known;
        break;
      }
    }
    let latency = this.f.walkOverhead;
    for (; ; level--) {
      const page = table.table(vpn, level)!;
      const index = ReferencePageTable.index(vpn, level);
      const line = Math.floor((page.frame * PAGE_BYTES + index * 8) / this.f.line);
      this.counts[CpuCounter.walkLoads] += 1;
      latency += this.latencyOf(this.hierarchy.access(core, line, false).from, c.now);
      if (level === leaf || page.children[index] === null) break;
      c.walkCaches.insert(c.space, vpn, level - 1);
    }
    if (dependent) {
      this.advance(c, CycleCause.walk, latency);
      part.ready = c.now;
      return;
    }
    let walker = 0;
    c.walkerFree.forEach((free, k) => {
      if (free < c.walkerFree[walker]) walker = k;
    });
    this.waitUntil(c, CycleCause.walk, c.walkerFree[walker]);
    part.ready = c.now + latency;
    c.walkerFree[walker] = part.ready;
  }

  /** Latency from load to use by who serves. */
  private latencyOf(from: number, now: number): number {
    if (from === FROM_MEMORY) return this.loadedLatency(now);
    return from === FROM_CORE ? this.f.coreToCore : this.f.caches[from].latency;
  }

  /** Memory latency at the present traffic. */
  private loadedLatency(now: number): number {
    const { loadedBandwidth, loadedLatency } = this.f;
    if (loadedBandwidth.length === 0 || now - this.trafficStart < TRAFFIC_WINDOW) return this.memoryLatency;
    const lines = this.hierarchy.memoryLines - this.trafficLines;
    const bandwidth = (lines * this.f.line * 1e12) / (now - this.trafficStart);
    this.trafficStart = now;
    this.trafficLines = this.hierarchy.memoryLines;
    const last = loadedBandwidth.length - 1;
    let i = 0;
    while (i < last && loadedBandwidth[i + 1] <= bandwidth) i++;
    const extra =
      bandwidth <= loadedBandwidth[0]
        ? 0
        : i === last
          ? loadedLatency[last] - loadedLatency[0]
          : loadedLatency[i] -
            loadedLatency[0] +
            ((bandwidth - loadedBandwidth[i]) / (loadedBandwidth[i + 1] - loadedBandwidth[i])) *
              (loadedLatency[i + 1] - loadedLatency[i]);
    this.memoryLatency = this.f.memoryLatency + Math.max(0, Math.floor(extra));
    return this.memoryLatency;
  }

  private static causeOf(from: number): CycleCause {
    return [CycleCause.execute, CycleCause.l2, CycleCause.l3, CycleCause.memory, CycleCause.coreToCore][from];
  }

  /** When a line that `from` serves, asked for at `start`, arrives: its path carries one line at a time. */
  private arrival(c: Core, from: number, start: number): number {
    const latency = this.latencyOf(from, c.now);
    if (from === FROM_CORE) return start + latency;
    const transfer = from === FROM_MEMORY ? this.f.memoryTransfer : this.f.caches[from].transfer;
    const begin = Math.max(start, c.pathFree[from]);
    c.pathFree[from] = begin + transfer;
    return begin + latency;
  }

  private load(core: number, c: Core, part: Part, dependent: boolean): void {
    const forwarded = this.forward(c, part);
    if (forwarded !== null) {
      this.counts[CpuCounter.forwards] += 1;
      if (dependent) this.waitUntil(c, CycleCause.execute, Math.max(forwarded, part.ready) + this.f.forwardLatency);
      return;
    }
    const asked = c.now;
    const { from, prefetched } = this.hierarchy.access(core, part.line, false);
    const cause = ReferenceProcessor.causeOf(from);
    const late = prefetched ? this.prefetchReady(c, part.line) : 0;
    if (from === 0 && late <= c.now) {
      if (dependent) this.advance(c, CycleCause.execute, this.f.caches[0].latency);
    } else if (dependent) {
      this.waitUntil(
        c,
        from === 0 ? CycleCause.memory : cause,
        from === 0 ? late : this.arrival(c, from, Math.max(c.now, part.ready)),
      );
    } else {
      const fill = c.fills[c.nextFill];
      this.waitUntil(c, fill.cause, fill.ready);
      const start = Math.max(c.now, part.ready);
      fill.ready = from === 0 ? Math.max(late, start) : this.arrival(c, from, start);
      fill.cause = from === 0 ? CycleCause.memory : cause;
      fill.index = c.sequence;
      c.nextFill = (c.nextFill + 1) % c.fills.length;
    }
    if (from !== 0 || prefetched) this.prefetchAfter(core, c, part.line, dependent ? asked : c.now);
  }

  /** When the data of a store still in the buffer that covers the load could be taken; null when the caches must serve. */
  private forward(c: Core, part: Part): number | null {
    const first = part.address % this.f.line;
    for (let k = 1; k <= c.stores.length; k++) {
      const store = c.stores[(c.nextStore - k + c.stores.length) % c.stores.length];
      if (store.drain <= c.now) return null;
      if (store.line !== part.line || store.end <= first || store.first >= first + part.bytes) continue;
      if (store.first <= first && store.end >= first + part.bytes) return store.data;
      this.waitUntil(c, CycleCause.storeBuffer, store.drain);
      return null;
    }
    return null;
  }

  private store(core: number, c: Core, part: Part): void {
    const first = part.address % this.f.line;
    const end = first + part.bytes;
    if (this.f.mergingStores) {
      const newest = c.stores[(c.nextStore - 1 + c.stores.length) % c.stores.length];
      if (newest.drain > c.now && newest.line === part.line) {
        newest.first = Math.min(newest.first, first);
        newest.end = Math.max(newest.end, end);
        newest.data = c.now;
        this.counts[CpuCounter.storeMerges] += 1;
        return;
      }
    }
    const { from, prefetched } = this.hierarchy.access(core, part.line, true);
    let ready = Math.max(c.now, part.ready);
    if (from !== 0) {
      const fill = c.fills[c.nextFill];
      ready = this.arrival(c, from, Math.max(ready, fill.ready));
      fill.ready = ready;
      fill.cause = ReferenceProcessor.causeOf(from);
      fill.index = -1;
      c.nextFill = (c.nextFill + 1) % c.fills.length;
    } else if (prefetched) ready = Math.max(ready, this.prefetchReady(c, part.line));
    this.buffer(c, part.line, first, end, ready);
    if (from !== 0 || prefetched) this.prefetchAfter(core, c, part.line, c.now);
  }

  /** Takes a place in the store buffer; stores leave it in order. */
  private buffer(c: Core, line: number, first: number, end: number, ready: number): void {
    const entry = c.stores[c.nextStore];
    if (entry.drain > c.now) {
      this.counts[CpuCounter.storeBufferStalls] += 1;
      this.waitUntil(c, CycleCause.storeBuffer, entry.drain);
    }
    c.lastDrain = Math.max(c.lastDrain + this.f.commit, ready, c.now + this.f.commit);
    Object.assign(entry, { drain: c.lastDrain, data: c.now, line, first, end });
    c.nextStore = (c.nextStore + 1) % c.stores.length;
  }

  /** A non-temporal store: combined by line in a fill buffer, written to memory. */
  private storeAround(core: number, c: Core, part: Part): void {
    const first = part.address % this.f.line;
    let ready = Math.max(c.now, part.ready);
    if (part.line !== c.ntLine) {
      this.hierarchy.bypass(core, part.line);
      this.hierarchy.toMemory();
      const fill = c.fills[c.nextFill];
      ready = Math.max(ready, fill.ready);
      fill.ready = this.arrival(c, FROM_MEMORY, ready);
      fill.cause = CycleCause.memory;
      fill.index = -1;
      c.nextFill = (c.nextFill + 1) % c.fills.length;
      c.ntLine = part.line;
    }
    this.buffer(c, part.line, first, first + part.bytes, ready);
  }

  private prefetchReady(c: Core, line: number): number {
    return c.prefetched.find((p) => p.line === line)?.ready ?? 0;
  }

  /** What the prefetchers fetch after a miss at `time`, or after the first use of a line they brought. */
  private prefetchAfter(core: number, c: Core, line: number, time: number): void {
    const perPage = PAGE_BYTES / this.f.line;
    const page = Math.floor(line / perPage);
    for (let k = 1; k <= this.f.prefetchNext; k++) this.prefetchLine(core, c, page, line + k, time);
    if (this.f.prefetchStride === 0) return;
    const tracker = c.strides[page % STRIDE_TRACKERS];
    if (tracker.page !== page) {
      Object.assign(tracker, { page, last: line, stride: 0 });
      return;
    }
    const stride = line - tracker.last;
    if (stride !== 0 && stride === tracker.stride) {
      for (let k = 1; k <= this.f.prefetchStride; k++) this.prefetchLine(core, c, page, line + k * stride, time);
    }
    tracker.stride = stride;
    tracker.last = line;
  }

  private prefetchLine(core: number, c: Core, page: number, line: number, time: number): void {
    if (Math.floor(line / (PAGE_BYTES / this.f.line)) !== page) return;
    const from = this.hierarchy.prefetch(core, line);
    if (from < 0) return;
    const ready = this.arrival(c, from, time);
    c.prefetched.unshift({ line, ready });
    if (c.prefetched.length > PREFETCHES_TRACKED) c.prefetched.pop();
  }
}
