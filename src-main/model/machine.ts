import * as v from 'valibot';
import { sizeQuantitySchema } from '#model/quantity';

export const MACHINE_FORMAT = 'faultline/machine@1';

/**
 * A machine as a user picks it: processor, kernel costs and disk, each a document of its own with
 * sourced figures, and the memory that goes with them.
 */
export const machineSchema = v.strictObject({
  format: v.literal(MACHINE_FORMAT),
  id: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9.-]{1,80}$/, 'an id of lower-case letters, digits, . and -')),
  name: v.pipe(v.string(), v.nonEmpty()),
  year: v.pipe(v.number(), v.integer()),
  description: v.optional(v.string(), ''),
  /** Id of a processor document. */
  processor: v.string(),
  cores: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(256)),
  /** Id of a kernel-costs document. */
  kernelCosts: v.string(),
  /** Id of a disk document. */
  disk: v.string(),
  memory: v.optional(sizeQuantitySchema),
  /** What is not known of this machine. */
  missing: v.optional(v.array(v.string()), []),
});
export type Machine = v.InferOutput<typeof machineSchema>;
