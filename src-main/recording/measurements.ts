import * as v from 'valibot';
import {
  distributionSchema,
  quantitySchema,
  tableSchema,
  type Distribution,
  type Quantity,
  type Table,
} from '#model/quantity';
import { validate } from '#model/validate';
import type { ImportContext, Imported } from './importer.ts';
import { ownString } from './text.ts';

/** The value of `format` in a document of measurements. */
export const MEASUREMENTS_FORMAT = 'faultline/measurements@1';

const key = v.pipe(v.string(), v.nonEmpty());

/**
 * Figures that a tool measured and that are no whole device or processor: each with unit, source and date, named as
 * the processor document names them where it has a place for them (`latencyCurve`, `loaded`, `memory.latency`).
 */
export const measurementsSchema = v.strictObject({
  format: v.literal(MEASUREMENTS_FORMAT),
  id: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9.-]{1,80}$/, 'an id of lower-case letters, digits, . and -')),
  name: v.pipe(v.string(), v.nonEmpty()),
  description: v.optional(v.string(), ''),
  quantities: v.record(key, quantitySchema),
  tables: v.record(key, tableSchema),
  distributions: v.record(key, distributionSchema),
  /** What a machine needs besides and this tool does not measure. */
  missing: v.array(v.string()),
});
export type Measurements = v.InferOutput<typeof measurementsSchema>;

/** Figures, tables and histograms kept of one file. */
const MOST_ENTRIES = 5000;
/** Rows of a table. */
const MOST_ROWS = 200_000;

/** Collects the figures of one file. */
export class MeasurementsBuilder {
  private readonly context: ImportContext;
  private readonly source: string;
  private readonly quantities: Record<string, Quantity> = Object.create(null) as Record<string, Quantity>;
  private readonly tables: Record<string, Table> = Object.create(null) as Record<string, Table>;
  private readonly distributions: Record<string, Distribution> = Object.create(null) as Record<string, Distribution>;
  private entries = 0;

  /** @param tool that measured, with its version where it tells it */
  constructor(context: ImportContext, tool: string) {
    this.context = context;
    this.source = `${tool}, recording ${context.title}`;
  }

  get size(): number {
    return this.entries;
  }

  /** One figure. A second of the same name gets a number. */
  quantity(name: string, value: number, unit: string, note?: string): void {
    if (!Number.isFinite(value)) this.context.fail(`${name} is no number`, 'a figure');
    if (!this.room()) return;
    this.quantities[freeName(this.quantities, ownString(name))] = { value, unit, ...this.provenance(note) };
    this.context.taken.add('figures');
  }

  table(name: string, columns: string[], units: string[], rows: number[][], note?: string): void {
    if (rows.length === 0 || !this.room()) return;
    if (rows.length > MOST_ROWS) this.context.fail('the table is too long', `at most ${MOST_ROWS} rows`);
    if (!rows.every((row) => row.every((value) => Number.isFinite(value))))
      this.context.fail(`${name} holds what is no number`, 'figures');
    this.tables[freeName(this.tables, ownString(name))] = { columns, units, rows, ...this.provenance(note) };
    this.context.taken.add('tables');
    this.context.taken.add('rows of tables', rows.length);
  }

  histogram(name: string, unit: string, histogram: [number, number][], note?: string): void {
    if (histogram.length === 0 || !this.room()) return;
    const samples = histogram.reduce((sum, [, count]) => sum + count, 0);
    this.distributions[freeName(this.distributions, ownString(name))] = {
      unit,
      histogram,
      samples,
      ...this.provenance(note),
    };
    this.context.taken.add('histograms');
  }

  /** The document. @throws InputError when nothing was measured */
  document(name: string, missing: string[], expected: string): Imported {
    if (this.entries === 0) this.context.fail('there are no figures in this file', expected);
    const document = validate(
      measurementsSchema,
      {
        format: MEASUREMENTS_FORMAT,
        id: this.context.documentId(),
        name: `${name} (${this.context.title})`,
        quantities: { ...this.quantities },
        tables: { ...this.tables },
        distributions: { ...this.distributions },
        missing,
      },
      this.context.file,
    );
    return { kind: 'measurements', document };
  }

  private room(): boolean {
    if (++this.entries <= MOST_ENTRIES) return true;
    this.context.leftAside.add(`figures beyond the first ${MOST_ENTRIES}`);
    return false;
  }

  private provenance(note?: string) {
    return {
      source: this.source,
      method: 'measured' as const,
      date: this.context.date,
      ...(note === undefined ? {} : { note }),
    };
  }
}

function freeName(taken: object, name: string): string {
  if (name === '__proto__' || name === '') return freeName(taken, `${name}.`);
  if (!Object.hasOwn(taken, name)) return name;
  for (let i = 2; ; i++) if (!Object.hasOwn(taken, `${name} (${i})`)) return `${name} (${i})`;
}
