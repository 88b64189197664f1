import * as v from 'valibot';
import { diskSchema } from '#model/disk';
import { driveSchema } from '#model/drive';

/** Any disk document: a drive with platters, or one of the others. */
export const storageSchema = v.variant('format', [driveSchema, diskSchema]);
export type StorageDocument = v.InferOutput<typeof storageSchema>;
