import * as v from 'valibot';
import { PAPERS } from '#model/report';

/** Switch with which Electron is started to print, and nothing else; its value is the job's file. */
export const PRINT_SWITCH = 'print-job';

/** What the command line hands to Electron, as a file: paths are absolute. */
export const printJobSchema = v.variant('make', [
  v.strictObject({ make: v.literal('pdf'), content: v.string(), out: v.string(), paper: v.picklist(PAPERS) }),
  v.strictObject({
    make: v.literal('png'),
    content: v.string(),
    out: v.string(),
    scale: v.pipe(v.number(), v.minValue(0.1), v.maxValue(8)),
  }),
]);
export type PrintJob = v.InferOutput<typeof printJobSchema>;
