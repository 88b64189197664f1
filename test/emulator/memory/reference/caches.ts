import { CpuCounter } from '#emulator/cpu/processor';
import { draw, scale } from '#emulator/memory/patterns';
import { Inclusion, Replacement, type CacheFigures, type ProcessorFigures } from '#emulator/cpu/figures';

/** Who served an access: a level by its index, then memory, or another core. */
export const FROM_MEMORY = 3;
export const FROM_CORE = 4;

interface Line {
  line: number;
  dirty: boolean;
  shared: boolean;
  prefetched: boolean;
}

/** One cache: sets of lines; in recency order (LRU), or at fixed ways: with a tree of bits (PLRU), or drawn at random. */
export class Cache {
  readonly figures: CacheFigures;
  private readonly sets: (Line | null)[][] = [];
  private readonly trees: boolean[][] = [];
  private readonly fixed: boolean;
  private draws = 0;

  constructor(figures: CacheFigures) {
    this.figures = figures;
    this.fixed = figures.replacement !== Replacement.lru;
    for (let i = 0; i < figures.sets * figures.slices; i++) {
      this.sets.push(new Array<Line | null>(figures.ways).fill(null));
      this.trees.push(new Array<boolean>(figures.ways).fill(false));
    }
  }

  /** Slice by a multiplicative hash of the bits above the set's, set by the low bits. */
  private setIndex(line: number): number {
    const { sets, slices } = this.figures;
    if (slices === 1) return line % sets;
    const hash = Math.imul(Math.floor(line / sets), 0x9e3779b1) >>> 0;
    return Number((BigInt(hash) * BigInt(slices)) >> 32n) * sets + (line % sets);
  }

  /** The line if it is here, without any effect. */
  find(line: number): Line | null {
    return this.sets[this.setIndex(line)].find((l) => l?.line === line) ?? null;
  }

  /** Marks the line as used just now. */
  touch(line: number): void {
    const index = this.setIndex(line);
    const set = this.sets[index];
    const way = set.findIndex((l) => l?.line === line);
    if (this.fixed) this.point(index, way);
    else set.unshift(...set.splice(way, 1));
  }

  /** PLRU: every node on the way's path points away from it. */
  private point(index: number, way: number): void {
    const tree = this.trees[index];
    let node = 1;
    for (let half = this.figures.ways >> 1; half >= 1; half >>= 1) {
      const right = (way & half) !== 0;
      tree[node] = !right;
      node = 2 * node + (right ? 1 : 0);
    }
  }

  remove(line: number): Line | null {
    const set = this.sets[this.setIndex(line)];
    const way = set.findIndex((l) => l?.line === line);
    if (way < 0) return null;
    const removed = set[way];
    if (this.fixed) set[way] = null;
    else {
      set.splice(way, 1);
      set.push(null);
    }
    return removed;
  }

  /** Puts a line in as the newest and returns what had to leave. */
  insert(line: Line): Line | null {
    const index = this.setIndex(line.line);
    const set = this.sets[index];
    if (!this.fixed) {
      set.unshift(line);
      return set.pop() ?? null;
    }
    let way = set.indexOf(null);
    if (way < 0 && this.figures.replacement === Replacement.random) {
      way = scale(draw(0, 3, this.draws++), this.figures.ways);
    } else if (way < 0) {
      way = 0;
      let node = 1;
      for (let half = this.figures.ways >> 1; half >= 1; half >>= 1) {
        const right = this.trees[index][node];
        if (right) way += half;
        node = 2 * node + (right ? 1 : 0);
      }
    }
    const victim = set[way];
    set[way] = line;
    this.point(index, way);
    return victim;
  }

  /** Every line here. */
  lines(): number[] {
    return this.sets.flatMap((set) => set.filter((l) => l !== null).map((l) => l.line));
  }
}

/** All cores' caches and the traffic between them: state and counters, no time. */
export class Hierarchy {
  readonly levels: number;
  readonly caches: Cache[][];
  private readonly privateLevels: number;
  private readonly cores: number;
  private readonly counters: Float64Array;
  private readonly writeBackL1: boolean;
  /** Lines that went to or came from memory. */
  memoryLines = 0;
  private counting = true;

  constructor(figures: ProcessorFigures, cores: number, counters: Float64Array) {
    this.levels = figures.caches.length;
    this.cores = cores;
    this.counters = counters;
    this.privateLevels = figures.caches.filter((c) => !c.shared).length;
    this.writeBackL1 = figures.caches[0].writeBack;
    const sharedCaches = figures.caches.map((c) => new Cache(c));
    this.caches = Array.from({ length: cores }, () =>
      figures.caches.map((c, k) => (c.shared ? sharedCaches[k] : new Cache(c))),
    );
  }

  private count(counter: CpuCounter): void {
    if (this.counting) this.counters[counter] += 1;
  }

  /** A load or store of one line by a core; returns who served it. `prefetched` says that the first level's line had come by a prefetch. */
  access(core: number, line: number, store: boolean): { from: number; prefetched: boolean } {
    const l1 = this.caches[core][0];
    const here = l1.find(line);
    if (here === null) {
      this.count(CpuCounter.l1Misses);
      if (store && !this.writeBackL1) return { from: this.storeThrough(core, line), prefetched: false };
      const got = this.obtain(core, 1, line, store);
      this.insert(core, 0, { line, dirty: store || got.dirty, shared: got.shared, prefetched: false });
      return { from: got.from, prefetched: false };
    }
    this.count(CpuCounter.l1Hits);
    l1.touch(line);
    const prefetched = here.prefetched;
    here.prefetched = false;
    if (!store) return { from: 0, prefetched };
    if (!this.writeBackL1) return { from: this.storeThrough(core, line), prefetched };
    here.dirty = true;
    return { from: here.shared ? this.upgrade(core, line) : 0, prefetched };
  }

  /** Brings a line into the first level ahead of its use; returns who served it, or -1 when it was there. */
  prefetch(core: number, line: number): number {
    if (this.caches[core][0].find(line) !== null) return -1;
    this.count(CpuCounter.prefetches);
    this.counting = false;
    const got = this.obtain(core, 1, line, false);
    this.insert(core, 0, { line, dirty: got.dirty, shared: got.shared, prefetched: true });
    this.counting = true;
    return got.from;
  }

  /** A store that bypasses the caches: whatever they hold of the line leaves them first. */
  bypass(core: number, line: number): void {
    let dirty = this.dropPeers(core, line).dirty;
    for (let k = 0; k < this.levels; k++) dirty = (this.caches[core][k].remove(line)?.dirty ?? false) || dirty;
    if (dirty) {
      this.counters[CpuCounter.writebacks] += 1;
      this.toMemory();
    }
  }

  toMemory(): void {
    this.counters[CpuCounter.memoryWrites] += 1;
    this.memoryLines += 1;
  }

  /** The line is here but other cores have it too: they lose it. */
  private upgrade(core: number, line: number): number {
    for (let k = 0; k < this.privateLevels; k++) {
      const copy = this.caches[core][k].find(line);
      if (copy !== null) copy.shared = false;
    }
    this.dropPeers(core, line);
    this.counters[CpuCounter.ownershipTransfers] += 1;
    return FROM_CORE;
  }

  /** Write-through: the second level takes the store, which waits only for a line that is not there. */
  private storeThrough(core: number, line: number): number {
    const l2 = this.caches[core][1];
    const here = l2.find(line);
    if (here === null) {
      this.count(CpuCounter.l2Misses);
      const got = this.obtainBelow(core, 1, line, true);
      this.insert(core, 1, { line, dirty: true, shared: got.shared, prefetched: false });
      return got.from;
    }
    this.count(CpuCounter.l2Hits);
    l2.touch(line);
    here.dirty = true;
    return here.shared ? this.upgrade(core, line) : 0;
  }

  /** Takes a line from level `k` or further out, filling the levels on the way. */
  private obtain(
    core: number,
    k: number,
    line: number,
    own: boolean,
  ): { from: number; dirty: boolean; shared: boolean } {
    if (k >= this.levels || k >= this.privateLevels) return this.obtainBelow(core, k - 1, line, own);
    const cache = this.caches[core][k];
    const here = cache.find(line);
    if (here !== null) {
      this.count(k === 1 ? CpuCounter.l2Hits : CpuCounter.l3Hits);
      let from = k;
      if (own && here.shared) from = this.upgrade(core, line);
      if (cache.figures.inclusion === Inclusion.exclusive) {
        cache.remove(line);
        return { from, dirty: here.dirty, shared: here.shared };
      }
      cache.touch(line);
      return { from, dirty: false, shared: here.shared };
    }
    this.count(k === 1 ? CpuCounter.l2Misses : CpuCounter.l3Misses);
    const got = this.obtainBelow(core, k, line, own);
    if (cache.figures.inclusion === Inclusion.exclusive) return got;
    this.insert(core, k, { line, dirty: got.dirty, shared: got.shared, prefetched: false });
    return { from: got.from, dirty: false, shared: got.shared };
  }

  /** What lies beyond level `k`: a further private level, another core, the shared levels, memory. */
  private obtainBelow(
    core: number,
    k: number,
    line: number,
    own: boolean,
  ): { from: number; dirty: boolean; shared: boolean } {
    if (k + 1 < this.privateLevels) return this.obtain(core, k + 1, line, own);
    if (this.cores === 1) return this.obtainShared(core, this.privateLevels, line, false);
    if (own) {
      const peers = this.dropPeers(core, line);
      if (peers.found) {
        this.counters[CpuCounter.ownershipTransfers] += 1;
        return { from: FROM_CORE, dirty: peers.dirty, shared: false };
      }
      return this.obtainShared(core, this.privateLevels, line, false);
    }
    let found = false;
    let dirty = false;
    for (let peer = 0; peer < this.cores; peer++) {
      if (peer === core) continue;
      for (let j = 0; j < this.privateLevels; j++) {
        const copy = this.caches[peer][j].find(line);
        if (copy === null) continue;
        found = true;
        dirty ||= copy.dirty;
        copy.dirty = false;
        copy.shared = true;
      }
    }
    if (dirty) {
      this.counters[CpuCounter.ownershipTransfers] += 1;
      this.writeBack(core, this.privateLevels, line);
      return { from: FROM_CORE, dirty: false, shared: true };
    }
    const got = this.obtainShared(core, this.privateLevels, line, found);
    return { from: got.from, dirty: got.dirty, shared: found };
  }

  private obtainShared(
    core: number,
    k: number,
    line: number,
    peerHasIt: boolean,
  ): { from: number; dirty: boolean; shared: boolean } {
    if (k >= this.levels) {
      if (peerHasIt) return { from: FROM_CORE, dirty: false, shared: false };
      this.memoryLines += 1;
      return { from: FROM_MEMORY, dirty: false, shared: false };
    }
    const cache = this.caches[core][k];
    const here = cache.find(line);
    if (here !== null) {
      this.count(k === 1 ? CpuCounter.l2Hits : CpuCounter.l3Hits);
      if (cache.figures.inclusion === Inclusion.exclusive) {
        cache.remove(line);
        return { from: k, dirty: here.dirty, shared: false };
      }
      cache.touch(line);
      return { from: k, dirty: false, shared: false };
    }
    this.count(k === 1 ? CpuCounter.l2Misses : CpuCounter.l3Misses);
    const got = this.obtainShared(core, k + 1, line, peerHasIt);
    if (cache.figures.inclusion === Inclusion.exclusive) return got;
    this.insert(core, k, { line, dirty: got.dirty, shared: false, prefetched: false });
    return { from: got.from, dirty: false, shared: false };
  }

  /** Takes the line from all other cores' private caches. */
  private dropPeers(core: number, line: number): { found: boolean; dirty: boolean } {
    let found = false;
    let dirty = false;
    for (let peer = 0; peer < this.cores; peer++) {
      if (peer === core) continue;
      for (let k = 0; k < this.privateLevels; k++) {
        const copy = this.caches[peer][k].remove(line);
        if (copy !== null) {
          found = true;
          dirty ||= copy.dirty;
        }
      }
    }
    return { found, dirty };
  }

  private insert(core: number, k: number, line: Line): void {
    const victim = this.caches[core][k].insert(line);
    if (victim !== null) this.evicted(core, k, victim);
  }

  private evicted(core: number, k: number, victim: Line): void {
    const cache = this.caches[core][k];
    let dirty = victim.dirty;
    if (cache.figures.inclusion === Inclusion.inclusive) {
      for (let c = 0; c < this.cores; c++) {
        if (!cache.figures.shared && c !== core) continue;
        for (let j = 0; j < k; j++) dirty = (this.caches[c][j].remove(victim.line)?.dirty ?? false) || dirty;
      }
    }
    if (dirty) this.writeBack(core, k + 1, victim.line, victim.shared);
    else if (
      k + 1 < this.levels &&
      this.caches[core][k + 1].figures.inclusion === Inclusion.exclusive &&
      this.caches[core][k + 1].find(victim.line) === null
    ) {
      this.insert(core, k + 1, { line: victim.line, dirty: false, shared: victim.shared, prefetched: false });
    }
  }

  /** A dirty line goes to level `k`, or to memory beyond the last. */
  private writeBack(core: number, k: number, line: number, shared = false): void {
    this.counters[CpuCounter.writebacks] += 1;
    if (k >= this.levels) {
      this.toMemory();
      return;
    }
    const here = this.caches[core][k].find(line);
    if (here === null)
      this.insert(core, k, { line, dirty: true, shared: shared && k < this.privateLevels, prefetched: false });
    else here.dirty = true;
  }
}
