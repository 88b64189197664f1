import * as v from 'valibot';
import { sizeSchema, timeSchema } from '#model/units';
import { validate } from '#model/validate';

/** The value of `format` in a kernel document. */
export const KERNEL_FORMAT = 'faultline/kernel@1';

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const whole = v.pipe(v.number(), v.integer('a whole number'), v.minValue(0, 'a number of at least 0'));
const text = v.pipe(v.string(), v.nonEmpty('a text'));

/**
 * What a kernel does by default: behaviour that its versions switch on and off, and its tunables. The
 * code that behaves so is in emulator/kernel; a document chooses.
 */
export const kernelSchema = v.strictObject({
  format: v.literal(KERNEL_FORMAT),
  id: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9.-]*$/, 'lower-case letters, digits, . and -')),
  name: text,
  year: v.pipe(v.number(), v.integer()),
  description: text,
  source: text,
  /** Who holds requests back so that neighbours meet: the device's queue, or the task that submits. */
  blockLayer: v.picklist(['plugged-device', 'multi-queue']),
  faults: v.strictObject({
    /** Pages of the aligned window that a read fault maps around itself; 1 for none. */
    aroundPages: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(512)),
    /** Whether a fault maps the whole large folio where it fits the mapping and the file. */
    mapWholeFolio: v.boolean(),
    /** Whether a fault that had to wait is taken again from the start, with its lookups and its accounting. */
    retryAfterIo: v.boolean(),
    /**
     * Whether MAP_POPULATE stores into shared writable mappings, as it did until "mlock: avoid dirtying pages and
     * triggering writeback" (Linux 2.6.38), or reads them.
     */
    populateStoresShared: v.optional(v.boolean(), false),
  }),
  folios: v.strictObject({
    /** Whether the page cache has folios larger than a page. */
    large: v.boolean(),
    /** Largest order, log2 of pages. */
    maxOrder: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(9)),
  }),
  readahead: v.strictObject({
    /** Read-ahead size of a device. */
    size: sizeSchema,
    /** Whether a fault that finds no page reads around it. */
    mapped: v.boolean(),
    /** Whether `read` reads ahead. */
    read: v.boolean(),
    /** Misses over hits of a mapping after which reading around stops. */
    missLimit: whole,
    /** Orders by which each asynchronous round raises the folio order. */
    orderStep: whole,
  }),
  dirty: v.strictObject({
    /**
     * How the kernel learns of stores through shared mappings: `write-protect`, by a fault on each first
     * store and after each cleaning; `pte-bit`, by looking at dirty bits when a mapping is synced, unmapped or reclaimed.
     */
    tracking: v.picklist(['write-protect', 'pte-bit']),
    ratio: share,
    backgroundRatio: share,
    expire: timeSchema,
    period: timeSchema,
    maxPause: timeSchema,
  }),
  reclaim: v.strictObject({
    /** Whether a task that reclaims directly writes dirty pages itself. */
    directWrites: v.boolean(),
    kswapdWrites: v.boolean(),
    /** Pages a round of reclaim tries to free. */
    batch: v.pipe(v.number(), v.integer(), v.minValue(1)),
    /** Longest sleep of a reclaimer that found nothing. */
    backoff: timeSchema,
  }),
});
export type KernelDocument = v.InferOutput<typeof kernelSchema>;

/** Reads a kernel document. @throws InputError with the offending field */
export function parseKernel(json: unknown, file?: string): KernelDocument {
  return validate(kernelSchema, json, file);
}
