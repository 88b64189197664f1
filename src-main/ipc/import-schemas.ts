import * as v from 'valibot';

const text = v.string();
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** What became of one file that was dropped on the window or chosen for import. */
export const takenFileSchema = v.variant('became', [
  /** An experiment: a document of ours, not checked yet, or one made of recorded accesses. */
  v.object({
    became: v.literal('experiment'),
    file: text,
    document: v.unknown(),
    /** Format it was made of, for people; '' where the file is the document. */
    format: text,
    leftAside: v.array(v.object({ reason: text, count })),
  }),
  /** A run of the library. */
  v.object({
    became: v.literal('run'),
    file: text,
    /** Format, for people. */
    format: text,
    run: text,
    existing: v.boolean(),
    events: count,
    /** What of the file was not taken, and why. */
    leftAside: v.array(v.object({ reason: text, count })),
  }),
  /** Runs of a bundle that somebody handed on. */
  v.object({
    became: v.literal('bundle'),
    file: text,
    runs: v.array(v.object({ run: text, existing: v.boolean() })),
  }),
  /** Figures: a device or a machine's measurements, kept as one of the user's own documents. */
  v.object({ became: v.literal('figures'), file: text, format: text, id: text, name: text }),
  v.object({ became: v.literal('nothing'), file: text, message: text }),
]);
export type TakenFile = v.InferOutput<typeof takenFileSchema>;
