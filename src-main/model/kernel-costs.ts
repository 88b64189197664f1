import * as v from 'valibot';
import { durationQuantitySchema, quantityPs } from '#model/quantity';
import { validate } from '#model/validate';

/** The value of `format` in a document of kernel costs. */
export const KERNEL_COSTS_FORMAT = 'faultline/kernel-costs@1';

const text = v.pipe(v.string(), v.nonEmpty('a text'));
const time = durationQuantitySchema;

/**
 * What each step of the kernel takes on one machine. Entry and exit of exceptions and system calls,
 * switches and shootdowns are figures of the processor.
 */
export const kernelCostsSchema = v.strictObject({
  format: v.literal(KERNEL_COSTS_FORMAT),
  id: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9.-]*$/, 'lower-case letters, digits, . and -')),
  name: text,
  description: text,
  costs: v.strictObject({
    /** Finding the mapping that an address belongs to. */
    vmaLookup: time,
    /** Looking a page up in the cache. */
    cacheLookup: time,
    /** Getting a folio: frames from the allocator, without zeroing. */
    folioAlloc: time,
    folioInsert: time,
    /** Zeroing one 4 KiB page. */
    zeroPage: time,
    copyPage: time,
    /** Asking the file system what lies behind a page that is read in, for each folio. */
    readFolio: time,
    readaheadSetup: time,
    /** Dropping and taking again the locks of a fault that is retried. */
    faultRetry: time,
    /** Setting one page-table entry. */
    mapPte: time,
    /** Changing one entry's protection. */
    protectPte: time,
    dirtyFolio: time,
    cleanFolio: time,
    submitIo: time,
    completeIo: time,
    /** Looking at one page in reclaim. */
    scanPage: time,
    signal: time,
  }),
});
export type KernelCostsDocument = v.InferOutput<typeof kernelCostsSchema>;
export type KernelCosts = { readonly [K in keyof KernelCostsDocument['costs']]: number };

/** Reads a document of kernel costs. @throws InputError with the offending field */
export function parseKernelCosts(json: unknown, file?: string): KernelCostsDocument {
  return validate(kernelCostsSchema, json, file);
}

/** The figures in ps. */
export function kernelCostsPs(doc: KernelCostsDocument): KernelCosts {
  const c = doc.costs;
  return {
    vmaLookup: quantityPs(c.vmaLookup),
    cacheLookup: quantityPs(c.cacheLookup),
    folioAlloc: quantityPs(c.folioAlloc),
    folioInsert: quantityPs(c.folioInsert),
    zeroPage: quantityPs(c.zeroPage),
    copyPage: quantityPs(c.copyPage),
    readFolio: quantityPs(c.readFolio),
    readaheadSetup: quantityPs(c.readaheadSetup),
    faultRetry: quantityPs(c.faultRetry),
    mapPte: quantityPs(c.mapPte),
    protectPte: quantityPs(c.protectPte),
    dirtyFolio: quantityPs(c.dirtyFolio),
    cleanFolio: quantityPs(c.cleanFolio),
    submitIo: quantityPs(c.submitIo),
    completeIo: quantityPs(c.completeIo),
    scanPage: quantityPs(c.scanPage),
    signal: quantityPs(c.signal),
  };
}
