import * as v from 'valibot';

/** How a figure came about. `estimated` needs a reason in `note`. */
export const methodSchema = v.picklist(['measured', 'datasheet', 'paper', 'reported', 'derived', 'estimated']);
export type Method = v.InferOutput<typeof methodSchema>;

const provenance = {
  /** Where a reader can look the figure up: title and address, or the recording it was taken from. */
  source: v.pipe(v.string(), v.nonEmpty('every figure needs a source')),
  method: methodSchema,
  /** ISO date on which the source was read or the measurement made. */
  date: v.optional(v.string()),
  note: v.optional(v.string()),
};

/** An estimate without a reason is a guess: refused. */
function estimateHasReason(figure: { method: Method; note?: string | undefined }): boolean {
  return figure.method !== 'estimated' || (figure.note ?? '').trim() !== '';
}
const REASON = 'an estimated figure needs its reason in "note"';

/** One figure: a number, its unit, and where it comes from. */
export const quantitySchema = v.pipe(
  v.strictObject({ value: v.pipe(v.number(), v.finite()), unit: v.pipe(v.string(), v.nonEmpty()), ...provenance }),
  v.check((figure) => estimateHasReason(figure), REASON),
);
export type Quantity = v.InferOutput<typeof quantitySchema>;

/** A table of figures that share one provenance: a seek curve, a latency curve, zones. */
export const tableSchema = v.pipe(
  v.strictObject({
    columns: v.pipe(v.array(v.string()), v.minLength(1)),
    /** One unit a column. */
    units: v.array(v.string()),
    rows: v.array(v.array(v.number())),
    ...provenance,
  }),
  v.check((figure) => estimateHasReason(figure), REASON),
  v.check((table) => table.units.length === table.columns.length, 'one unit a column is needed'),
  v.check(
    (table) => table.rows.every((row) => row.length === table.columns.length),
    'every row needs one number a column',
  ),
);
export type Table = v.InferOutput<typeof tableSchema>;

/** A measured distribution: quantiles, or a histogram of (value, count) pairs in ascending order. */
export const distributionSchema = v.pipe(
  v.strictObject({
    unit: v.pipe(v.string(), v.nonEmpty()),
    /** Pairs [fraction 0..1, value], both ascending. */
    quantiles: v.optional(v.array(v.strictTuple([v.number(), v.number()]))),
    /** Pairs [value, count]; values ascending. */
    histogram: v.optional(v.array(v.strictTuple([v.number(), v.number()]))),
    samples: v.optional(v.number()),
    ...provenance,
  }),
  v.check((figure) => estimateHasReason(figure), REASON),
  v.check((d) => (d.quantiles === undefined) !== (d.histogram === undefined), 'give either quantiles or a histogram'),
);
export type Distribution = v.InferOutput<typeof distributionSchema>;

/** A figure of another unit kind than asked for is refused by these, at the field's path. */
function quantityIn(units: readonly string[], kind: string): v.GenericSchema<Quantity> {
  return v.pipe(
    quantitySchema,
    v.check((q) => units.includes(q.unit), `expected ${kind} in ${units.join(', ')}`),
  );
}

/** Factors to picoseconds. */
const TIME_PS: Readonly<Record<string, number>> = { ps: 1, ns: 1e3, us: 1e6, ms: 1e9, s: 1e12 };
/** Factors to bytes. */
const BYTES: Readonly<Record<string, number>> = {
  bytes: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
};

export const durationQuantitySchema = quantityIn(Object.keys(TIME_PS), 'a time');
export const sizeQuantitySchema = quantityIn(Object.keys(BYTES), 'a size');

/** A time figure as integer picoseconds. Throws a RangeError for a unit that is not a time: schemas keep that out. */
export function quantityPs(q: Quantity): number {
  const factor = TIME_PS[q.unit];
  if (factor === undefined) throw new RangeError(`not a time: ${q.unit}`);
  return Math.round(q.value * factor);
}

/** A size figure in bytes. Throws a RangeError for a unit that is not a size: schemas keep that out. */
export function quantityBytes(q: Quantity): number {
  const factor = BYTES[q.unit];
  if (factor === undefined) throw new RangeError(`not a size: ${q.unit}`);
  return Math.round(q.value * factor);
}
