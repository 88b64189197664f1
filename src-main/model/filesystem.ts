import * as v from 'valibot';
import { POLICY_IDS, type PolicyId } from '#model/policies';
import { durationQuantitySchema } from '#model/quantity';
import { sizeSchema, timeSchema } from '#model/units';
import { validate } from '#model/validate';

/** The value of `format` in a file-system document. */
export const FILESYSTEM_FORMAT = 'faultline/filesystem@1';

const text = v.pipe(v.string(), v.nonEmpty('a text'));
const whole = v.pipe(v.number(), v.integer('a whole number'), v.minValue(0, 'a number of at least 0'));
const order = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(9));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

/**
 * How the blocks of a file are found, which decides the metadata blocks it takes:
 * `extents` a tree of extents with some inline in the inode, `indirect` block pointers, `none` not counted
 * with the file (or none needed).
 */
const mapSchema = v.variant('kind', [
  v.strictObject({
    kind: v.literal('extents'),
    /** Extents in the inode itself. */
    inline: whole,
    /** Bytes of a tree block that are no records, and bytes of a record. */
    header: whole,
    record: v.pipe(v.number(), v.integer(), v.minValue(1)),
    /** Pointers in the inode once there is a tree. */
    rootPointers: v.pipe(v.number(), v.integer(), v.minValue(1)),
  }),
  v.strictObject({
    kind: v.literal('indirect'),
    direct: whole,
    pointer: v.pipe(v.number(), v.integer(), v.minValue(1)),
  }),
  v.strictObject({ kind: v.literal('none') }),
]);

export const filesystemSchema = v.strictObject({
  format: v.literal(FILESYSTEM_FORMAT),
  id: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9.-]*$/, 'lower-case letters, digits, . and -')),
  name: text,
  description: text,
  source: text,
  /** What it does by itself; an experiment may set another policy on top. */
  policy: v.pipe(
    v.string(),
    v.check((id) => (POLICY_IDS as readonly string[]).includes(id), `one of ${POLICY_IDS.join(', ')}`),
    v.transform((id) => id as PolicyId),
  ),
  block: sizeSchema,
  /** What is allocated at a time; a multiple of the block. By default the block. */
  cluster: v.optional(sizeSchema),
  /** Extent size hint: allocations are rounded out to it, without dirtying anything. */
  extentHint: v.optional(sizeSchema),
  folios: v.strictObject({
    large: v.boolean(),
    /** By default log2(block / page), at least 0. */
    minOrder: v.optional(order),
    maxOrder: v.optional(order, 9),
  }),
  /** Its own read-ahead size, when it does not take the device's. */
  readAhead: v.optional(sizeSchema),
  /** Whether it has extents that are allocated and read as zeros; converted when the data is on disk. */
  unwritten: v.boolean(),
  /** Whether data is never overwritten in place. */
  copyOnWrite: v.optional(v.boolean(), false),
  /** Pages in memory are all there is: huge pages on a first touch when `hugePages`. */
  inMemory: v.optional(v.boolean(), false),
  hugePages: v.optional(v.boolean(), false),
  map: mapSchema,
  space: v.strictObject({
    /** Size of the volume when nothing else says it. */
    size: sizeSchema,
    /** Share of the volume kept back from data, and its bound in blocks. */
    keptShare: v.optional(share, 0),
    keptBlocks: v.optional(whole),
    /**
     * What a delayed allocation reserves for its metadata: `none`, or the worst case of a tree of `levels`
     * levels for each delayed extent.
     */
    delayedMetadata: v.optional(v.picklist(['none', 'worst-case']), 'none'),
    levels: v.optional(whole, 0),
    /** Whether a store that finds too little space for its folio keeps what there was. */
    partialReservation: v.optional(v.boolean(), false),
    /**
     * Whether a store that finds no space waits, with no folio locked, until what is dirty has been written, as
     * that may give some back (btrfs reservation tickets), before it gives up.
     */
    waitForSpace: v.optional(v.boolean(), false),
  }),
  journal: v.nullable(
    v.strictObject({
      commitPeriod: timeSchema,
      /** Size of the log in blocks. */
      blocks: v.pipe(v.number(), v.integer(), v.minValue(8)),
      /** Blocks one operation (a store fault, an allocation) may dirty. */
      credits: v.pipe(v.number(), v.integer(), v.minValue(1)),
    }),
  ),
  costs: v.strictObject({
    /** A store fault's work in the file system besides reserving: times, locks, journal handle. */
    storeHook: durationQuantitySchema,
    /** Reserving or finding space for the first block of a store fault. */
    reserve: durationQuantitySchema,
    /** Each further block of the same folio. */
    reserveNext: durationQuantitySchema,
    /** Allocating one extent. */
    allocate: durationQuantitySchema,
  }),
});
export type FilesystemDocument = v.InferOutput<typeof filesystemSchema>;

/** Reads a file-system document. @throws InputError with the offending field */
export function parseFilesystem(json: unknown, file?: string): FilesystemDocument {
  return validate(filesystemSchema, json, file);
}
