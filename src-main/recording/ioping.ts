import type { ImportContext, Imported, Importer, Reader } from './importer.ts';
import { MeasurementsBuilder } from './measurements.ts';
import { recordedDisk, ValueHistogram, type MeasuredLatency } from './recorded-disk.ts';
import { plainNumber } from './text.ts';

const EXPECTED = 'a line such as "4 KiB <<< /dev/sda (block device 1 TiB): request=1 time=195.0 us"';
const REQUEST =
  /^(?:\S.{0,60}?\s)??(\d+(?:\.\d+)?) ?([kKMGT]?)(?:i?[bB]|bytes?)? (<<<|>>>|from|to) (.*?): request=(\d+) time=(\d+(?:\.\d+)?) (ns|us|ms|s|min|hour)\b(.*)$/;
const SUMMARY =
  /^(?:--- .* ioping statistics ---|[\d.]+(?: [kMG])? requests completed in |(?:[\d.]+(?: [kMG])? too (?:fast|slow), )*generated [\d.]+(?: [kMG])? requests in |min\/avg\/max\/mdev = |\^C|\d+(?: \d+){7,9}$|\s*$)/;
const TITLE = /^--- (.*) ioping statistics ---$/;
const LEAST_MEAN_MOST =
  /^min\/avg\/max\/mdev = (\d+(?:\.\d+)?) (ns|us|ms|s|min|hour) \/ (\d+(?:\.\d+)?) (ns|us|ms|s|min|hour) \/ (\d+(?:\.\d+)?) (ns|us|ms|s|min|hour) \/ (\d+(?:\.\d+)?) (ns|us|ms|s|min|hour)$/;
/** As old versions have it: one unit for all. */
const LEAST_MEAN_MOST_OLD =
  /^min\/avg\/max\/mdev = (\d+(?:\.\d+)?)\/(\d+(?:\.\d+)?)\/(\d+(?:\.\d+)?)\/(\d+(?:\.\d+)?) (us|ms|s)$/;
const COMPLETED = /^(\d+(?:\.\d+)?)( [kMG])? requests completed in /;
const UNITS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, ms: 1e6, s: 1e9, min: 60e9, hour: 3600e9 };
const SIZES: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };
const LONGEST_NS = 86_400e9;
/** Different latencies kept. */
const MOST_VALUES = 1_000_000;

/** Single requests as a disk with their latencies, by operation and size. */
export class Requests {
  /** Bytes of what was measured; 0 where it is not told. */
  capacity = 0;
  private readonly context: ImportContext;
  private readonly sums = new Map<
    string,
    { operation: 'read' | 'write'; bytes: number; histogram: ValueHistogram; ns: number }
  >();

  constructor(context: ImportContext) {
    this.context = context;
  }

  /** One request. @param ns that it took */
  add(operation: 'read' | 'write', size: number, time: number): void {
    const { context, sums } = this;
    const bytes = context.within(size, 1, 2 ** 40, 'the size');
    const ns = context.within(time, 0, LONGEST_NS, 'the time');
    const key = `${operation} ${bytes}`;
    let sum = sums.get(key);
    if (sum === undefined) {
      if (sums.size >= 100) context.fail('too many sizes of requests', 'at most 100');
      sum = { operation, bytes, histogram: new ValueHistogram(), ns: 0 };
      sums.set(key, sum);
    }
    if (sum.histogram.size >= MOST_VALUES) {
      context.leftAside.add('requests beyond a million different latencies');
      return;
    }
    sum.histogram.add(ns);
    sum.ns += ns;
  }

  /** The disk; null when there were no requests. */
  disk(): Imported | null {
    const { context, sums } = this;
    if (sums.size === 0) return null;
    const latencies: MeasuredLatency[] = [...sums.values()].map(({ operation, bytes, histogram }) => ({
      operation, bytes, queueDepth: 1, samples: histogram.samples, histogram: histogram.entries(),
    })); // prettier-ignore
    return recordedDisk(context, {
      name: `Disk as measured by ioping (${context.title})`,
      year: Number(context.date.slice(0, 4)),
      description: 'Latencies of single requests as a program saw them.',
      tool: 'ioping',
      date: context.date,
      latencies,
      capacity: this.capacity,
      readRate: this.rate('read'),
      writeRate: this.rate('write'),
    });
  }

  private rate(operation: string): number {
    let bytes = 0;
    let ns = 0;
    for (const sum of this.sums.values())
      if (sum.operation === operation) {
        bytes += sum.bytes * sum.histogram.samples;
        ns += sum.ns;
      }
    return ns > 0 ? (bytes / ns) * 1e9 : 0;
  }
}

/** What ioping prints of single requests: a disk with their latencies. */
export const ioping: Importer = {
  id: 'ioping',
  label: 'ioping',
  recognises: (head) =>
    head.lines.some((line) => REQUEST.test(line) || TITLE.test(line)) &&
    head.lines.slice(0, 3).every((line) => REQUEST.test(line) || SUMMARY.test(line)),
  read(context: ImportContext): Reader {
    const latencies = new Requests(context);
    const summary: [string, number, string][] = [];
    return {
      by: 'lines',
      line(text) {
        const match = REQUEST.exec(text);
        if (match === null) {
          if (!SUMMARY.test(text)) context.fail('this is no line of ioping', EXPECTED);
          summarise(text, summary);
          if (text.trim() !== '') context.leftAside.add('lines of the summary');
          return;
        }
        const [, size, prefix, arrow, target, , time, unit, note] = match;
        if (note.includes('warmup')) {
          context.leftAside.add('warm-up requests');
          return;
        }
        latencies.add(
          arrow === '>>>' || arrow === 'to' ? 'write' : 'read',
          Math.round(Number(size) * SIZES[prefix.toUpperCase()]),
          Math.round(Number(time) * UNITS[unit]),
        );
        // `(ext4 /dev/vda 252.0 GiB)`
        const extent = /(\d+(?:\.\d+)?) ([KMGT])iB\)$/.exec(target);
        if (extent !== null) latencies.capacity = Math.min(2 ** 53, Math.round(Number(extent[1]) * SIZES[extent[2]]));
      },
      end: () => latencies.disk() ?? summaryDocument(context, summary),
    };
  },
};

/** What is told without single requests. @throws InputError when nothing is */
export function summaryDocument(context: ImportContext, figures: readonly [string, number, string][]): Imported {
  if (figures.length === 0) context.fail('there are no requests in this file', EXPECTED);
  const builder = new MeasurementsBuilder(context, 'ioping');
  for (const [name, value, unit] of figures) builder.quantity(name, value, unit);
  return builder.document('Disk latency by ioping', [NO_DISTRIBUTION], EXPECTED);
}

const NO_DISTRIBUTION = 'the distribution: only least, mean and most are told';

/** The figures of the summary, which is all that -q prints. */
function summarise(text: string, figures: [string, number, string][]): void {
  const times = LEAST_MEAN_MOST.exec(text);
  const old = times === null ? LEAST_MEAN_MOST_OLD.exec(text) : null;
  ['least', 'mean', 'most', 'standard deviation'].forEach((name, i) => {
    if (times !== null) figures.push([`latency, ${name}`, Number(times[1 + 2 * i]) * UNITS[times[2 + 2 * i]], 'ns']);
    if (old !== null) figures.push([`latency, ${name}`, Number(old[1 + i]) * UNITS[old[5]], 'ns']);
  });
  const completed = COMPLETED.exec(text);
  if (completed !== null) {
    const factor = { ' k': 1e3, ' M': 1e6, ' G': 1e9 }[completed[2]] ?? 1;
    figures.push(['requests', Number(completed[1]) * factor, 'requests']);
  }
}

const BATCH_FIELDS: readonly [string, string][] = [
  ['requests', 'requests'],
  ['time of requests', 'ns'],
  ['requests a second', '1/s'],
  ['rate', 'bytes/s'],
  ['latency, least', 'ns'],
  ['latency, mean', 'ns'],
  ['latency, most', 'ns'],
  ['latency, standard deviation', 'ns'],
  ['requests with warm-up', 'requests'],
  ['time in all', 'ns'],
];

/** The raw statistics of ioping (-p, -B): ten numbers a period. They tell no distribution. */
export const iopingBatch: Importer = {
  id: 'ioping-batch',
  label: 'ioping raw statistics',
  recognises: (head) =>
    head.lines.length > 0 && head.lines.filter((line) => line !== '').every((line) => /^\d+(?: \d+){7,9}$/.test(line)),
  read(context: ImportContext): Reader {
    const rows: number[][] = [];
    return {
      by: 'lines',
      line(text) {
        if (text.trim() === '') return;
        const row = text.trim().split(/\s+/).map(plainNumber);
        if (
          row.length < 8 ||
          row.length > 10 ||
          row.some((n) => !(n >= 0 && n < 1e18)) ||
          (rows.length > 0 && rows[0].length !== row.length)
        )
          context.fail('this is no line of raw statistics', 'eight to ten numbers');
        if (rows.length >= 100_000) context.fail('too many lines', 'at most 100 000');
        rows.push(row);
      },
      end() {
        const builder = new MeasurementsBuilder(context, 'ioping');
        const fields = BATCH_FIELDS.slice(0, rows[0]?.length ?? 0);
        if (rows.length === 1) fields.forEach(([name, unit], i) => builder.quantity(name, rows[0][i], unit));
        else builder.table('periods', fields.map(([name]) => name), fields.map(([, unit]) => unit), rows); // prettier-ignore
        return builder.document('Disk latency by ioping', [NO_DISTRIBUTION], EXPECTED);
      },
    };
  },
};
