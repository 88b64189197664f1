import { EventKind, IO_CAUSES } from '#model/events';
import { IoCause, IoOperation } from './block-requests.ts';
import type { ImportContext, Imported, Importer, Reader } from './importer.ts';
import { recordedDisk, ValueHistogram, type MeasuredLatency } from './recorded-disk.ts';

const EXPECTED = 'a line such as "12, 345678, 0, 4096, 0": ms, value, direction, block size, and what else the log has';
/** Of averages with their greatest values (log_window_value=both): a second value before the direction. */
const BOTH = /^(\d+), (\d+), (\d+), ([0-3]), (0)(?:, (?:\d+|0x[0-9a-fA-F]+)){0,2}$/;
const LINE = /^(\d+), (\d+), ([0-3]), (\d+)(?:, (\d+|0x[0-9a-fA-F]+))?(?:, (\d+|0x[0-9a-fA-F]+))?(?:, (\d+))?$/;
const DIRECTIONS = ['read', 'write', 'discard', 'flush'] as const;
const LONGEST_NS = 86_400e9;
/** ms of the longest run: three years; and of the last date that is believed. Times above the first are dates. */
const LONGEST_MS = 1e11;
const LAST_MS = 1e13;

const UNTOLD_UNIT = 'units: logs without a fifth column may be of fio 2, which writes µs; taken as the ns of fio 3';

/** What a log holds, by the end of its name. */
const KINDS = [
  { ends: /_clat(?:\.\d+)?$/, kind: 'latency', label: 'completion latency' },
  { ends: /_slat(?:\.\d+)?$/, kind: 'counter', label: 'submission latency (ns)' },
  { ends: /_lat(?:\.\d+)?$/, kind: 'latency', label: 'latency' },
  { ends: /_bw(?:\.\d+)?$/, kind: 'counter', label: 'bandwidth (KiB/s)' },
  { ends: /_iops(?:\.\d+)?$/, kind: 'counter', label: 'IOPS' },
] as const;

/** The latency, bandwidth and IOPS logs of fio, of single requests or averaged. */
export const fioLog: Importer = {
  id: 'fio-log',
  label: 'fio log',
  recognises(head) {
    const lines = head.lines.filter((line) => line !== '');
    return lines.length > 0 && lines.slice(0, 3).every((line) => LINE.test(line) || BOTH.test(line));
  },
  read(context: ImportContext): Reader {
    const { recording, taken, leftAside } = context;
    const known = KINDS.find(({ ends }) => ends.test(context.title));
    const kind = known?.kind ?? 'latency';
    const label = known?.label ?? 'latency';
    const lane = recording.lane('disk', 'block');
    let count = 0;
    let unnamed = 0;
    let base = -1;
    return {
      by: 'lines',
      line(text) {
        let match = LINE.exec(text);
        if (match === null) {
          if (text.trim() === '') return;
          const both = BOTH.exec(text);
          if (both === null) return context.fail('this is no line of a log of fio', EXPECTED);
          leftAside.add('greatest values of intervals: the means were taken');
          match = both;
          match.splice(3, 1);
        }
        const date = context.within(Number(match[1]), 0, LAST_MS, 'the time');
        // Dates (log_unix_epoch) begin with the start of the first request.
        if (base < 0) base = date > LONGEST_MS ? date - Math.ceil(Number(match[2]) / 1e6) : 0;
        const ms = context.within(Math.max(0, date - base), 0, LONGEST_MS, 'the time');
        const value = Number(match[2]);
        const operation = Number(match[3]);
        const bytes = context.within(Number(match[4]), 0, 2 ** 40, 'the block size');
        const offset = context.within(offsetOf(match[5], match[6]), -1, 2 ** 62, 'the offset');
        count++;
        if (known === undefined) unnamed++;
        const end = ms * 1e9;
        if (kind === 'counter' || bytes === 0) {
          context.within(value, 0, 1e15, 'the value');
          const name = `${bytes === 0 && kind === 'latency' ? `mean ${label} (ns)` : label}, ${DIRECTIONS[operation]}`;
          recording.counter(name, end, value, 64 + operation);
          taken.add(`values: ${name}`);
          return;
        }
        const latency = context.within(value, 0, LONGEST_NS, 'the latency') * 1e3;
        const start = Math.max(0, end - latency);
        const op = [IoOperation.read, IoOperation.write, IoOperation.discard, IoOperation.flush][operation];
        const cause = op === IoOperation.read ? IoCause.read : op === IoOperation.write ? IoCause.sync : IoCause.other;
        recording.add(
          EventKind.io, lane, start, latency, offset < 0 ? 0 : Math.floor(offset / 512), bytes / 512, op | (cause << 4), 0, -1,
        ); // prettier-ignore
        const { counts } = recording;
        counts.requests++;
        counts.byCause.set(IO_CAUSES[cause], (counts.byCause.get(IO_CAUSES[cause]) ?? 0) + 1);
        if (op === IoOperation.read) {
          counts.reads++;
          counts.readKiB += bytes / 1024;
        } else if (op === IoOperation.write) {
          counts.writes++;
          counts.writtenKiB += bytes / 1024;
        } else if (op === IoOperation.flush) counts.flushes++;
        taken.add(`I/O requests: ${DIRECTIONS[operation]}`);
        if (match[5] === undefined) leftAside.add(UNTOLD_UNIT);
        if (offset < 0) leftAside.add('places of requests: the log has none (log_offset=1 tells them)');
      },
      end() {
        if (count === 0) context.fail('there are no values in this file', EXPECTED);
        leftAside.add(
          'the name does not tell what the log holds (_lat, _clat, _slat, _bw, _iops): taken as latencies in ns',
          unnamed,
        );
        return { kind: 'run', run: recording.finish() };
      },
    };
  },
};

/** The fifth column is the offset when a sixth follows, else the priority; -1 where there is no offset. */
function offsetOf(fifth: string | undefined, sixth: string | undefined): number {
  if (fifth === undefined || fifth.startsWith('0x')) return -1;
  const value = Number(fifth);
  // Old logs have the offset last and no priority; priorities are small.
  return sixth !== undefined || value > 65_535 ? value : -1;
}

/** Bins of fio 3 (ns) and fio 2 (µs): groups of 64, each twice as wide as the one before. */
const BINS = [
  { bins: 1856, unitNs: 1 },
  { bins: 1216, unitNs: 1000 },
];
const MOST_CONDITIONS = 200;

/** The histogram logs of fio (write_hist_log), summed up over time. */
export const fioHistogramLog: Importer = {
  id: 'fio-hist-log',
  label: 'fio histogram log',
  recognises(head) {
    const line = head.lines.find((candidate) => candidate !== '');
    return (
      line !== undefined &&
      /^\d+, [0-3], \d+(?:, \d+){19,}$/.test(line) &&
      scaleOf(line.split(', ').length - 3) !== null
    );
  },
  read(context: ImportContext): Reader {
    const sums = new Map<string, { operation: number; bytes: number; histogram: ValueHistogram }>();
    let columns = 0;
    return {
      by: 'lines',
      line(text) {
        if (text.trim() === '') return;
        const fields = text.split(', ').map((field) => (/^\d{1,15}$/.test(field) ? Number(field) : -1));
        const scale = scaleOf(fields.length - 3);
        if (
          scale === null ||
          fields.some((field) => field < 0) ||
          fields[1] > 3 ||
          (columns > 0 && columns !== fields.length)
        )
          return context.fail('this is no line of a histogram log', 'ms, direction, block size and one count a bin');
        columns = fields.length;
        const [, operation, bytes] = fields;
        const key = `${operation} ${bytes}`;
        let sum = sums.get(key);
        if (sum === undefined) {
          if (sums.size >= MOST_CONDITIONS) {
            context.leftAside.add('block sizes beyond the first 200');
            return;
          }
          sum = { operation, bytes, histogram: new ValueHistogram() };
          sums.set(key, sum);
        }
        for (let i = 3; i < fields.length; i++)
          if (fields[i] > 0) sum.histogram.add(binNs(i - 3, scale.coarse) * scale.unitNs, fields[i]);
        context.taken.add('intervals');
      },
      end: () => histogramDisk(context, [...sums.values()]),
    };
  },
};

function histogramDisk(
  context: ImportContext,
  sums: readonly { operation: number; bytes: number; histogram: ValueHistogram }[],
): Imported {
  const latencies: MeasuredLatency[] = sums
    .filter(({ histogram }) => histogram.samples > 0)
    .map(({ operation, bytes, histogram }) => ({
      operation: DIRECTIONS[operation],
      bytes: operation === 3 ? 0 : Math.max(1, bytes),
      queueDepth: 1,
      samples: histogram.samples,
      histogram: histogram.entries(),
    }));
  if (latencies.length === 0) context.fail('there are no samples in this file', 'counts in the bins');
  context.leftAside.add('queue depths: the log does not tell them (1 was assumed)', latencies.length);
  return recordedDisk(context, {
    name: `Disk as measured by fio (${context.title})`,
    year: Number(context.date.slice(0, 4)),
    description: 'Completion latencies as a program saw them: file system and kernel included.',
    tool: 'fio histogram log',
    date: context.date,
    latencies,
    capacity: 0,
    readRate: 0,
    writeRate: 0,
  });
}

/** Coarseness and unit by the number of bins: each step of coarseness halves it. */
function scaleOf(columns: number): { coarse: number; unitNs: number } | null {
  for (const { bins, unitNs } of BINS)
    for (let coarse = 0; coarse <= 6; coarse++) if (bins / 2 ** coarse === columns) return { coarse, unitNs };
  return null;
}

/** The middle of a bin: `plat_idx_to_val` of fio's stat.c, over 2^coarse bins. */
export function binNs(index: number, coarse: number): number {
  const from = lowerEdge(index * 2 ** coarse);
  const to = lowerEdge((index + 1) * 2 ** coarse);
  return from === to - 1 ? from : Math.floor((from + to) / 2);
}

function lowerEdge(index: number): number {
  if (index < 128) return index;
  const bits = Math.floor(index / 64) - 1;
  return 2 ** (bits + 6) + (index % 64) * 2 ** bits;
}
