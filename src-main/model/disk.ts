import * as v from 'valibot';
import {
  distributionSchema,
  durationQuantitySchema,
  quantitySchema,
  sizeQuantitySchema,
  tableSchema,
  type Quantity,
} from '#model/quantity';

/** The value of `format` in a disk document. Drives with platters have their own: `faultline/drive@1`. */
export const DISK_FORMAT = 'faultline/disk@1';

export const DISK_KINDS = ['fixed', 'recorded', 'pmem', 'flash'] as const;
export type DiskKind = (typeof DISK_KINDS)[number];

/** Order in which consecutive logical pages go over channels (C), chips or ways (W), dies (D) and planes (P). */
export const ALLOCATION_ORDERS = [
  'CWDP',
  'CWPD',
  'CDWP',
  'CDPW',
  'CPWD',
  'CPDW',
  'WCDP',
  'PDWC',
  'PCWD',
  'DPWC',
] as const;
export type AllocationOrder = (typeof ALLOCATION_ORDERS)[number];
/** Which full block is collected: the one with most invalid pages of all, or of a random few. */
export const COLLECTION_POLICIES = ['greedy', 'randomised-greedy'] as const;
export type CollectionPolicy = (typeof COLLECTION_POLICIES)[number];
/** What a die may interrupt for a read. */
export const SUSPENSIONS = ['none', 'erase', 'program-erase'] as const;
export type Suspension = (typeof SUSPENSIONS)[number];
/**
 * Where a written page is when its request completes: on the medium, in memory that a power loss empties,
 * or in memory that capacitors carry through it, so that a flush has nothing to wait for.
 */
export const WRITE_BUFFERS = ['off', 'volatile', 'protected'] as const;
export type WriteBuffer = (typeof WRITE_BUFFERS)[number];
export const RECORDED_OPERATIONS = ['read', 'write', 'flush', 'discard'] as const;
export type RecordedOperation = (typeof RECORDED_OPERATIONS)[number];

/** Bytes a second. */
const RATE_UNITS: Readonly<Record<string, number>> = { 'bytes/s': 1, 'kB/s': 1e3, 'MB/s': 1e6, 'GB/s': 1e9 };

/** A whole number of things. */
function countOf(unit: string, least: number, most: number) {
  return v.pipe(
    quantitySchema,
    v.check((q) => q.unit === unit, `expected the unit "${unit}"`),
    v.check(
      (q) => Number.isInteger(q.value) && q.value >= least && q.value <= most,
      `expected a whole number from ${least} to ${most}`,
    ),
  );
}
const ratio = (least: number, most: number) =>
  v.pipe(
    quantitySchema,
    v.check(
      (q) => q.unit === 'ratio' && q.value >= least && q.value <= most,
      `expected a ratio from ${least} to ${most}`,
    ),
  );
const rate = v.pipe(
  quantitySchema,
  v.check(
    (q) => q.unit in RATE_UNITS && q.value > 0,
    `expected a rate above 0 in ${Object.keys(RATE_UNITS).join(', ')}`,
  ),
);
const time = v.pipe(
  durationQuantitySchema,
  v.check((q) => q.value >= 0, 'expected a time that is not negative'),
);
const size = v.pipe(
  sizeQuantitySchema,
  v.check((q) => q.value > 0, 'expected a size above 0'),
);

/** A rate figure in bytes a second. Throws a RangeError for a unit that is no rate: schemas keep that out. */
export function quantityBytesPerSecond(q: Quantity): number {
  const factor = RATE_UNITS[q.unit];
  if (factor === undefined) throw new RangeError(`not a rate: ${q.unit}`);
  return q.value * factor;
}

const head = {
  format: v.literal(DISK_FORMAT),
  id: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9.-]{1,80}$/, 'an id of lower-case letters, digits, . and -')),
  name: v.pipe(v.string(), v.nonEmpty()),
  year: v.pipe(v.number(), v.integer()),
  description: v.optional(v.string(), ''),
  /** Requests the disk takes at once. */
  queueDepth: countOf('requests', 1, 65535),
  /** What a completed write survives, and whether the disk takes FUA; as the kernel learns it. */
  writeCache: v.strictObject({
    kind: v.picklist(WRITE_BUFFERS),
    fua: v.boolean(),
    source: v.pipe(v.string(), v.nonEmpty()),
  }),
  /** Figures nobody has found; what stands in for them is marked `estimated`. */
  missing: v.optional(v.array(v.string()), []),
};

const fixedSchema = v.strictObject({
  ...head,
  kind: v.literal('fixed'),
  capacity: size,
  /** Time a request by operation, whatever its size and whatever else is in flight. */
  latency: v.strictObject({ read: time, write: time, flush: time, discard: v.optional(time) }),
  /** Of the link all requests share. */
  bandwidth: v.optional(rate),
});

const recordedSchema = v.strictObject({
  ...head,
  kind: v.literal('recorded'),
  capacity: size,
  /** What was measured, and under which conditions; at least one reading of reads and one of writes. */
  latencies: v.pipe(
    v.array(
      v.strictObject({
        operation: v.picklist(RECORDED_OPERATIONS),
        /** Request size in bytes under which it was measured; 0 for flush. */
        bytes: v.pipe(v.number(), v.integer(), v.minValue(0)),
        /** Requests in flight under which it was measured. */
        queueDepth: v.pipe(v.number(), v.integer(), v.minValue(1)),
        latency: v.pipe(
          distributionSchema,
          v.check(
            (d) => ['ps', 'ns', 'us', 'ms', 's'].includes(d.unit),
            'expected a distribution of times in ps, ns, us, ms or s',
          ),
          v.check((d) => ascending(d.quantiles) && ascending(d.histogram), 'expected values in ascending order'),
        ),
      }),
    ),
    v.check((list) => list.some((l) => l.operation === 'read'), 'expected a distribution for reads'),
    v.check((list) => list.some((l) => l.operation === 'write'), 'expected a distribution for writes'),
  ),
  /** For sizes that were not measured: every byte more, or less, than the nearest measured size. */
  bandwidth: v.strictObject({ read: rate, write: rate }),
});

const pmemSchema = v.strictObject({
  ...head,
  kind: v.literal('pmem'),
  capacity: size,
  /** What the medium reads and writes at once: anything less costs as much. */
  granularity: size,
  /** Load of a cache line: right behind the last one, and anywhere. */
  load: v.strictObject({ sequential: time, random: time }),
  /** Time until a store of so many bytes is in the persistence domain; columns bytes, time. */
  persist: v.pipe(
    tableSchema,
    v.check(
      (t) => t.columns.join() === 'bytes,time' && t.units[0] === 'bytes' && t.units[1] in { ps: 1, ns: 1, us: 1 },
      'expected the columns bytes and time (ps, ns or us)',
    ),
    v.check(
      (t) =>
        t.rows.length >= 2 && t.rows.every((r, i) => i === 0 || (r[0] > t.rows[i - 1][0] && r[1] >= t.rows[i - 1][1])),
      'expected at least two rows, both columns ascending',
    ),
  ),
  /** A fence with nothing left to write back. */
  fence: time,
  /** Of all requests together. */
  bandwidth: v.strictObject({ read: rate, write: rate }),
});

const flashSchema = v.strictObject({
  ...head,
  kind: v.literal('flash'),
  geometry: v.strictObject({
    channels: countOf('channels', 1, 64),
    chipsPerChannel: countOf('chips', 1, 64),
    diesPerChip: countOf('dies', 1, 16),
    planesPerDie: countOf('planes', 1, 8),
    blocksPerPlane: countOf('blocks', 16, 65536),
    pagesPerBlock: countOf('pages', 8, 8192),
    page: size,
    /** Share of the physical pages the host does not see. */
    overProvisioning: ratio(0.02, 0.9),
    allocation: v.picklist(ALLOCATION_ORDERS),
    /** Whether the dies of a chip work apart, or a chip takes one command at a time. */
    independentDies: v.boolean(),
    source: v.pipe(v.string(), v.nonEmpty()),
  }),
  /** Times of the cell array by page type: one figure a bit a cell, cycled by page number. */
  array: v.strictObject({
    read: v.pipe(v.array(time), v.minLength(1), v.maxLength(5)),
    program: v.pipe(v.array(time), v.minLength(1), v.maxLength(5)),
    erase: time,
    suspension: v.picklist(SUSPENSIONS),
    suspendProgram: v.optional(time),
    suspendErase: v.optional(time),
  }),
  channel: v.strictObject({
    bandwidth: rate,
    /** ONFI command and address timings. */
    tCS: time,
    tWC: time,
    tWB: time,
    tRR: time,
    tDBSY: time,
    tADL: time,
    tCALS: time,
    tWPST: time,
    tWPSTH: time,
  }),
  mapping: v.strictObject({
    /** Memory for cached mapping entries; absent when the whole table is in the drive's memory. */
    cache: v.optional(size),
    /** What becomes of changed entries that leave the cache: written to flash, or held in memory for good. */
    changedEntries: v.optional(v.picklist(['written', 'held']), 'written'),
    source: v.pipe(v.string(), v.nonEmpty()),
  }),
  collection: v.strictObject({
    policy: v.picklist(COLLECTION_POLICIES),
    /** Free blocks of a plane below which it collects, and below which collection goes before requests. */
    threshold: ratio(0.001, 0.5),
    urgent: ratio(0, 0.5),
    /** Victims a plane works on at once. */
    parallel: countOf('blocks', 1, 64),
    source: v.pipe(v.string(), v.nonEmpty()),
  }),
  /** Memory that holds written pages, unless the write cache is off. */
  buffer: v.optional(v.strictObject({ size, latency: time, bandwidth: rate })),
  link: v.strictObject({
    bandwidth: rate,
    packet: size,
    packetOverhead: size,
    command: size,
    completion: size,
  }),
  /** Firmware time before the drive works on a command. */
  overheads: v.optional(
    v.strictObject({
      read: v.optional(time),
      write: v.optional(time),
      flush: v.optional(time),
      discard: v.optional(time),
    }),
    {},
  ),
  /** Commands the drive works on at once; it fetches the rest when these complete. */
  fetchDepth: countOf('requests', 1, 65535),
  /** What was written before the run: a share of the pages once, in order, then random pages that many times over. */
  preconditioning: v.optional(
    v.strictObject({
      fill: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
      overwrite: v.pipe(v.number(), v.minValue(0), v.maxValue(4)),
    }),
    { fill: 0, overwrite: 0 },
  ),
});

/** A disk without platters: the simplest, a recorded one, persistent memory, or a flash drive. */
export const diskSchema = v.pipe(
  v.variant('kind', [fixedSchema, recordedSchema, pmemSchema, flashSchema]),
  v.check(
    (d) => d.kind !== 'flash' || d.writeCache.kind === 'off' || d.buffer !== undefined,
    'a flash drive with a write cache needs "buffer"',
  ),
);
export type DiskDocument = v.InferOutput<typeof diskSchema>;
export type DiskInput = v.InferInput<typeof diskSchema>;
export type FixedDocument = v.InferOutput<typeof fixedSchema>;
export type RecordedDocument = v.InferOutput<typeof recordedSchema>;
export type PmemDocument = v.InferOutput<typeof pmemSchema>;
export type FlashDocument = v.InferOutput<typeof flashSchema>;

function ascending(pairs: readonly (readonly [number, number])[] | undefined): boolean {
  return pairs === undefined || pairs.every(([first], i) => i === 0 || first > pairs[i - 1][0]);
}
