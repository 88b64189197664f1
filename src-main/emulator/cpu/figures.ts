import { InputError } from '#model/problem';
import {
  processorBytes,
  processorHz,
  processorTimePs,
  type CacheDocument,
  type ProcessorDocument,
} from '#model/processor';
import type { Quantity } from '#model/quantity';

/** What a level holds of the levels nearer to the core (see `INCLUSIONS` in the model). */
export const Inclusion = { nonInclusive: 0, inclusive: 1, exclusive: 2 } as const;
export type Inclusion = (typeof Inclusion)[keyof typeof Inclusion];

/** Which line of a full set leaves (see `REPLACEMENTS` in the model). */
export const Replacement = { lru: 0, treePlru: 1, random: 2 } as const;
export type Replacement = (typeof Replacement)[keyof typeof Replacement];

/** One cache level in plain numbers; times in integer ps. */
export interface CacheFigures {
  /** Sets of one slice, a power of two. */
  readonly sets: number;
  readonly ways: number;
  readonly slices: number;
  readonly latency: number;
  readonly transfer: number;
  readonly writeBack: boolean;
  readonly replacement: Replacement;
  readonly inclusion: Inclusion;
  readonly shared: boolean;
}

export interface TlbFigures {
  /** A power of two. */
  readonly sets: number;
  readonly ways: number;
}

/** A processor document in plain numbers: what the memory path computes with. Times in integer ps. */
export interface ProcessorFigures {
  readonly cycle: number;
  /** Bytes, a power of two. */
  readonly line: number;
  /** One to three levels. */
  readonly caches: readonly CacheFigures[];
  readonly tlb1: TlbFigures;
  /** 2 MiB entries of the first level; null when they share `tlb1`. */
  readonly tlb1Huge: TlbFigures | null;
  readonly tlb2: TlbFigures | null;
  readonly tlb2Penalty: number;
  /** Entries of the page-walk caches of level 2, 3 and 4. */
  readonly walkCaches: readonly [number, number, number];
  readonly walkers: number;
  /** Of each walk besides its loads. */
  readonly walkOverhead: number;
  readonly taggedTlb: boolean;
  readonly loadIssue: number;
  readonly storeIssue: number;
  readonly commit: number;
  readonly loadWindow: number;
  readonly storeBuffer: number;
  readonly mergingStores: boolean;
  readonly forwardLatency: number;
  readonly fillBuffers: number;
  readonly prefetchNext: number;
  readonly prefetchStride: number;
  readonly accessedAssist: number;
  readonly dirtyAssist: number;
  readonly exceptionEntry: number;
  readonly exceptionExit: number;
  readonly systemCall: number;
  readonly contextSwitch: number;
  readonly shootdownSend: number;
  readonly shootdownReceive: number;
  readonly memoryLatency: number;
  readonly memoryTransfer: number;
  /** Bandwidths (bytes/s, ascending) and the latencies (ps) there; empty when latency does not depend on load. */
  readonly loadedBandwidth: readonly number[];
  readonly loadedLatency: readonly number[];
  readonly coreToCore: number;
}

/** A set of the memory path's caches is compared in one mask of 32 bits. */
const MOST_WAYS = 32;

const REPLACEMENT: Readonly<Record<CacheDocument['replacement'], Replacement>> = {
  lru: Replacement.lru,
  'tree-plru': Replacement.treePlru,
  random: Replacement.random,
};

const isPowerOfTwo = (n: number): boolean => Number.isInteger(n) && n >= 1 && Number.isInteger(Math.log2(n));

/**
 * Sets of a cache or TLB of `entries` entries.
 * @throws InputError unless `entries` is `ways` x a power of two.
 */
function setsOf(entries: number, ways: number, path: string): number {
  const sets = entries / ways;
  if (!isPowerOfTwo(sets)) {
    throw new InputError({
      path,
      message: `${entries} entries in ${ways} ways are not a power of two of sets`,
      expected: 'ways x a power of two',
    });
  }
  return sets;
}

function cacheFigures(cache: CacheDocument, line: number, ps: (q: Quantity) => number, path: string): CacheFigures {
  const bytes = processorBytes(cache.size);
  const sets = bytes / (line * cache.ways.value);
  if (!isPowerOfTwo(sets)) {
    throw new InputError({
      path: `${path}.size`,
      message: `${bytes} bytes are not ${cache.ways.value} ways x ${line} bytes x a power of two`,
      expected: 'ways x line x a power of two',
    });
  }
  if (cache.ways.value > MOST_WAYS)
    throw new InputError({
      path: `${path}.ways`,
      message: `${cache.ways.value} ways`,
      expected: `at most ${MOST_WAYS} ways`,
    });
  const replacement = REPLACEMENT[cache.replacement];
  if (replacement === Replacement.treePlru && !isPowerOfTwo(cache.ways.value)) {
    throw new InputError({ path: `${path}.ways`, message: 'tree-plru needs a power of two of at most 32 ways' });
  }
  return {
    sets,
    ways: cache.ways.value,
    slices: cache.slices?.value ?? 1,
    latency: ps(cache.latency),
    transfer: cache.lineTransfer === undefined ? 0 : ps(cache.lineTransfer),
    writeBack: cache.writePolicy === 'write-back',
    replacement,
    inclusion:
      cache.inclusion === 'inclusive'
        ? Inclusion.inclusive
        : cache.inclusion === 'exclusive'
          ? Inclusion.exclusive
          : Inclusion.nonInclusive,
    shared: cache.shared,
  };
}

/** Orders that the model cannot follow: a shared level above a private one, write-through below the first. */
function checkLevels(caches: readonly CacheFigures[]): void {
  caches.forEach((cache, i) => {
    if (cache.shared && i === 0 && caches.length > 1)
      throw new InputError({ path: 'caches[0].shared', message: 'the first level belongs to one core' });
    if (i > 0 && caches[i - 1].shared && !cache.shared)
      throw new InputError({ path: `caches[${i}].shared`, message: 'a private level below a shared one' });
    if (i > 0 && !cache.writeBack)
      throw new InputError({ path: `caches[${i}].writePolicy`, message: 'only the first level may write through' });
    if (i === 0 && cache.inclusion !== Inclusion.nonInclusive)
      throw new InputError({
        path: 'caches[0].inclusion',
        message: 'the first level has none nearer',
        expected: 'non-inclusive',
      });
  });
  if (!caches[0].writeBack && caches.length < 2)
    throw new InputError({ path: 'caches[0].writePolicy', message: 'write-through needs a second level' });
  if (!caches[0].writeBack && caches[1].shared)
    throw new InputError({ path: 'caches[1].shared', message: 'a shared level below a write-through one' });
  if (!caches[0].writeBack && caches[1].inclusion === Inclusion.exclusive)
    throw new InputError({ path: 'caches[1].inclusion', message: 'an exclusive level below a write-through one' });
}

/**
 * The figures of a processor document as the memory path uses them.
 * @throws InputError for a geometry the model cannot hold.
 */
export function processorFigures(document: ProcessorDocument): ProcessorFigures {
  const hz = processorHz(document);
  const ps = (q: Quantity): number => Math.round(processorTimePs(q, hz));
  const perCycle = (q: Quantity): number => Math.round(1e12 / (hz * q.value));
  const line = processorBytes(document.line);
  if (!isPowerOfTwo(line) || line < 16 || line > 256)
    throw new InputError({
      path: 'line',
      message: `a line of ${line} bytes`,
      expected: 'a power of two of 16 to 256 bytes',
    });
  const caches = document.caches.map((cache, i) => cacheFigures(cache, line, ps, `caches[${i}]`));
  checkLevels(caches);
  const { tlb, core } = document;
  const tlbOf = (t: { entries: Quantity; ways: Quantity } | undefined, path: string): TlbFigures | null =>
    t === undefined ? null : { sets: setsOf(t.entries.value, t.ways.value, path), ways: t.ways.value };
  const c2c = document.coreToCore;
  const coreToCore = 'value' in c2c ? ps(c2c) : Math.round(medianOf(c2c.quantiles ?? []) * 1e3);
  const rows = document.memory.loaded?.rows ?? [];
  return {
    cycle: Math.round(1e12 / hz),
    line,
    caches,
    tlb1: tlbOf(tlb.l1, 'tlb.l1')!,
    tlb1Huge: tlbOf(tlb.l1Huge, 'tlb.l1Huge'),
    tlb2: tlbOf(tlb.l2, 'tlb.l2'),
    tlb2Penalty: tlb.l2 === undefined ? 0 : ps(tlb.l2.hitPenalty),
    walkCaches: [tlb.walkCaches.level2.value, tlb.walkCaches.level3.value, tlb.walkCaches.level4.value],
    walkers: tlb.walkers.value,
    walkOverhead: tlb.walkOverhead === undefined ? 0 : ps(tlb.walkOverhead),
    taggedTlb: tlb.tagged,
    loadIssue: perCycle(core.loadsPerCycle),
    storeIssue: perCycle(core.storesPerCycle),
    commit: perCycle(core.commitsPerCycle),
    loadWindow: core.loadWindow.value,
    storeBuffer: core.storeBuffer.value,
    mergingStores: core.storeOrder === 'merging',
    forwardLatency: ps(core.forwardLatency),
    fillBuffers: core.fillBuffers.value,
    prefetchNext: document.prefetch.nextLine?.value ?? 0,
    prefetchStride: document.prefetch.stride?.value ?? 0,
    accessedAssist: ps(document.assists.accessed),
    dirtyAssist: ps(document.assists.dirty),
    exceptionEntry: ps(document.exception.entry),
    exceptionExit: ps(document.exception.exit),
    systemCall: ps(document.systemCall),
    contextSwitch: ps(document.contextSwitch),
    shootdownSend: ps(document.shootdown.send),
    shootdownReceive: ps(document.shootdown.receive),
    memoryLatency: ps(document.memory.latency),
    memoryTransfer: document.memory.lineTransfer === undefined ? 0 : ps(document.memory.lineTransfer),
    loadedBandwidth: rows.map((row) => row[0]),
    loadedLatency: rows.map((row) => Math.round(row[1] * 1e3)),
    coreToCore,
  };
}

/** Value at the median of a distribution given as quantiles [fraction, value]. */
function medianOf(quantiles: readonly (readonly [number, number])[]): number {
  const found = quantiles.find(([fraction]) => fraction >= 0.5);
  if (found === undefined)
    throw new InputError({
      path: 'coreToCore',
      message: 'a distribution without its median',
      expected: 'a quantile at 0.5',
    });
  return found[1];
}
