import * as v from 'valibot';
import { InputError } from '#model/problem';
import { distributionSchema, quantitySchema, tableSchema, type Quantity } from '#model/quantity';

/** The value of `format` in a processor document. */
export const PROCESSOR_FORMAT = 'faultline/processor@1';

/** Factors to picoseconds; `cycles` are of the document's clock. */
const TIME_UNITS: Readonly<Record<string, number>> = { ps: 1, ns: 1e3, us: 1e6, ms: 1e9 };
const SIZE_UNITS: Readonly<Record<string, number>> = { bytes: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

function quantityIn(units: readonly string[], kind: string, least: number) {
  return v.pipe(
    quantitySchema,
    v.check((q) => units.includes(q.unit), `expected ${kind} in ${units.join(', ')}`),
    v.check((q) => q.value >= least, `expected at least ${least}`),
  );
}
const time = quantityIn(['cycles', ...Object.keys(TIME_UNITS)], 'a time', 0);
const size = quantityIn(Object.keys(SIZE_UNITS), 'a size', 1);
/** Whole numbers of things: entries, ways, slices. */
const count = v.pipe(
  quantitySchema,
  v.check((q) => Number.isInteger(q.value) && q.value >= 1, 'expected a whole number of at least 1'),
);
const rate = quantityIn(['per cycle'], 'a rate', 0.01);

export const WRITE_POLICIES = ['write-back', 'write-through'] as const;
/**
 * Which line of a full set leaves: the least recently used, the one a tree of bits points at, or any (seen from one
 * guest, a share of a cache that other tenants use too behaves so).
 */
export const REPLACEMENTS = ['lru', 'tree-plru', 'random'] as const;
/**
 * What a level holds of the levels nearer to the core. `inclusive`: all of it, so an eviction here evicts there.
 * `exclusive`: only what they evicted; a hit moves the line back. `non-inclusive`: filled with them, evicted alone.
 */
export const INCLUSIONS = ['inclusive', 'non-inclusive', 'exclusive'] as const;

const cacheSchema = v.strictObject({
  /** Bytes of one slice. */
  size,
  ways: count,
  /** Equal parts of a shared cache over which lines are spread by a hash; the cache is `slices` x `size`. */
  slices: v.optional(count),
  /** From load to use. */
  latency: time,
  /** Time the path from this level to the first is busy with one line. Absent: only latency and fill buffers limit. */
  lineTransfer: v.optional(time),
  writePolicy: v.picklist(WRITE_POLICIES),
  replacement: v.picklist(REPLACEMENTS),
  inclusion: v.picklist(INCLUSIONS),
  /** Whether all cores share it. */
  shared: v.boolean(),
});

const tlbSchema = v.strictObject({ entries: count, ways: count });

const tlbsSchema = v.strictObject({
  /** First-level data TLB for 4 KiB pages. */
  l1: tlbSchema,
  /** First-level entries for 2 MiB pages. Absent: they share `l1`. */
  l1Huge: v.optional(tlbSchema),
  /** Second-level TLB, both page sizes. */
  l2: v.optional(v.strictObject({ entries: count, ways: count, hitPenalty: time })),
  /** Entries of the page-walk caches, fully associative: of page-directory entries (level 2), of level 3, of level 4. */
  walkCaches: v.strictObject({ level2: count, level3: count, level4: count }),
  /** Page walks under way at once. */
  walkers: count,
  /** Of each walk besides its loads: where it is virtualised, the walks of the outer tables. Absent: none. */
  walkOverhead: v.optional(time),
  /** Whether entries carry the address space (PCID, ASID), so that a switch need not flush. */
  tagged: v.boolean(),
});

const coreSchema = v.strictObject({
  loadsPerCycle: rate,
  storesPerCycle: rate,
  /** Loads past a missing one that may issue before it retires (load queue). */
  loadWindow: count,
  storeBuffer: count,
  /** Stores the buffer commits to an owned line of the first level a cycle. */
  commitsPerCycle: rate,
  /** x86 keeps stores in program order; ARM may merge a store into the newest entry of the same line. */
  storeOrder: v.picklist(['program order', 'merging']),
  /** Latency of a load served by a store still in the buffer. */
  forwardLatency: time,
  /** First-level misses under way at once. */
  fillBuffers: count,
});

const recordedSchema = v.strictObject({
  /** Latency of dependent loads by the size of the range they visit. */
  latencyCurve: v.optional(
    v.strictObject({
      table: v.pipe(
        tableSchema,
        v.check((t) => t.columns.join() === 'bytes,ns', 'expected the columns bytes, ns'),
        v.check((t) => t.units.join() === 'bytes,ns', 'expected the units bytes, ns'),
      ),
      /** `cycle`: one random cycle through all lines, over and over; `random`: every address drawn anew. */
      order: v.picklist(['cycle', 'random']),
      pages: v.picklist(['4 KiB', '2 MiB']),
    }),
  ),
  /** Time of one store to each line in turn, by the level the lines are in. */
  storeStream: v.optional(
    v.pipe(
      tableSchema,
      v.check((t) => t.columns.join() === 'bytes,cycles', 'expected the columns bytes, cycles'),
    ),
  ),
});

/** A processor: geometry and timings of the memory path, each figure with its source. */
export const processorSchema = v.pipe(
  v.strictObject({
    format: v.literal(PROCESSOR_FORMAT),
    id: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]+$/, 'expected lower-case letters, digits and hyphens')),
    name: v.pipe(v.string(), v.nonEmpty()),
    year: v.pipe(v.number(), v.integer()),
    architecture: v.picklist(['x86', 'x86_64', 'aarch64']),
    notes: v.optional(v.string()),
    clock: quantityIn(['Hz', 'MHz', 'GHz'], 'a frequency', 0.001),
    /** Line of every level; the model has one line size. */
    line: size,
    /** One to three levels, nearest to the core first. */
    caches: v.pipe(v.array(cacheSchema), v.minLength(1), v.maxLength(3)),
    tlb: tlbsSchema,
    core: coreSchema,
    prefetch: v.optional(
      v.strictObject({
        /** Lines fetched after a missing one, within its page. */
        nextLine: v.optional(count),
        /** Lines fetched ahead once two misses in a page lie the same distance apart. */
        stride: v.optional(count),
      }),
      {},
    ),
    /** Time of the microcode that sets an accessed or dirty bit. */
    assists: v.strictObject({ accessed: time, dirty: time }),
    /** Delivery of a page fault to the kernel's first instruction, and the return from it: hardware only. */
    exception: v.strictObject({ entry: time, exit: time }),
    /** Entering and leaving the kernel for a system call that does nothing. */
    systemCall: time,
    contextSwitch: time,
    /** Of sending a shootdown interrupt, and of what each core that takes it loses. */
    shootdown: v.strictObject({ send: time, receive: time }),
    memory: v.strictObject({
      /** Added after the look-up of the last level. */
      latency: time,
      /** Of one line on the way from memory for one core alone. Absent: only latency and fill buffers limit. */
      lineTransfer: v.optional(time),
      /** Latency in ns against traffic in bytes/s. */
      loaded: v.optional(
        v.pipe(
          tableSchema,
          v.check((t) => t.columns.join() === 'bandwidth,latency', 'expected the columns bandwidth, latency'),
          v.check((t) => t.units.join() === 'bytes/s,ns', 'expected the units bytes/s, ns'),
          v.check((t) => t.rows.every((row, i) => i === 0 || row[0] > t.rows[i - 1][0]), 'bandwidths must ascend'),
        ),
      ),
    }),
    /** One way, between two cores. */
    coreToCore: v.union([time, distributionSchema]),
    recorded: v.optional(recordedSchema, {}),
    /** What no source was found for. */
    missing: v.array(v.string()),
    /** What the `source` of each figure refers to. */
    sources: v.record(
      v.string(),
      v.strictObject({
        title: v.pipe(v.string(), v.nonEmpty()),
        url: v.optional(v.string()),
        licence: v.optional(v.string()),
        commit: v.optional(v.string()),
        /** ISO date. */
        read: v.string(),
      }),
    ),
  }),
  v.check(
    (document) => unknownSources(document, document.sources).length === 0,
    'a figure names a source that is not in "sources"',
  ),
);
export type ProcessorDocument = v.InferOutput<typeof processorSchema>;
export type CacheDocument = v.InferOutput<typeof cacheSchema>;

/** Source keys that figures use and the document does not explain. */
function unknownSources(node: unknown, sources: Readonly<Record<string, unknown>>): string[] {
  if (node === null || typeof node !== 'object') return [];
  const found: string[] = [];
  for (const [key, value] of Object.entries(node)) {
    if (key === 'source' && typeof value === 'string') {
      if (!Object.hasOwn(sources, value)) found.push(value);
    } else if (value !== sources) found.push(...unknownSources(value, sources));
  }
  return found;
}

/**
 * Reads a processor document.
 * @param file named in errors.
 * @throws InputError with the offending field's path.
 */
export function parseProcessor(value: unknown, file?: string): ProcessorDocument {
  const result = v.safeParse(processorSchema, value);
  if (result.success) return result.output;
  const issue = result.issues[0];
  const at = (issue.path ?? []).map((part) =>
    typeof part.key === 'number' ? `[${part.key}]` : `.${String(part.key)}`,
  );
  const path = at.join('').replace(/^\./, '');
  throw new InputError({
    ...(file === undefined ? {} : { file }),
    ...(path === '' ? {} : { path }),
    message: issue.message,
  });
}

/** A time figure in ps, exact only where the unit is; `cycles` of `hz`. */
export function processorTimePs(q: Quantity, hz: number): number {
  return q.unit === 'cycles' ? (q.value * 1e12) / hz : q.value * TIME_UNITS[q.unit];
}

/** A size figure in bytes. */
export function processorBytes(q: Quantity): number {
  return q.value * SIZE_UNITS[q.unit];
}

/** The clock in Hz. */
export function processorHz(document: ProcessorDocument): number {
  const factor = { Hz: 1, MHz: 1e6, GHz: 1e9 }[document.clock.unit] ?? 1;
  return document.clock.value * factor;
}
