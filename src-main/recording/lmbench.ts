import type { ImportContext, Importer, Reader } from './importer.ts';
import { MeasurementsBuilder } from './measurements.ts';
import { plainNumber } from './text.ts';

const EXPECTED = '"stride=64" and lines of MB and ns, or a line such as "Simple syscall: 0.2105 microseconds"';
const STRIDE = /^"?stride=(\d+)"?$/;
const PAIR = /^\s*(\d+\.\d+)\s+(\d+(?:\.\d+)?)\s*$/;
const NAMED = /^([A-Za-z][^:]{0,80}): (\d+(?:\.\d+)?) (microseconds|nanoseconds|milliseconds|MB\/sec)$/;
const UNITS: Readonly<Record<string, string>> = {
  microseconds: 'us',
  nanoseconds: 'ns',
  milliseconds: 'ms',
  'MB/sec': 'MB/s',
};
const MIB = 1024 ** 2;
const MOST_ROWS = 100_000;

/** lmbench: lat_mem_rd as a curve of latencies, and the results of its other programs as figures. */
export const lmbench: Importer = {
  id: 'lmbench',
  label: 'lmbench',
  recognises(head) {
    const lines = head.lines.map((line) => line.trim()).filter((line) => line !== '');
    if (lines.length === 0) return false;
    if (STRIDE.test(lines[0])) return true;
    return lines.slice(0, 5).every((line) => NAMED.test(line) || /^\d+\.\d{6} \d+(?:\.\d+)?$/.test(line));
  },
  read(context: ImportContext): Reader {
    const curves: { stride: number; rows: number[][] }[] = [];
    const figures: [string, number, string][] = [];
    const sizes: number[][] = [];
    return {
      by: 'lines',
      line(text) {
        const line = text.trim();
        if (line === '') return;
        const stride = STRIDE.exec(line);
        if (stride !== null) {
          if (curves.length >= 100) context.fail('too many curves', 'at most 100');
          curves.push({ stride: context.within(Number(stride[1]), 1, 2 ** 30, 'the stride'), rows: [] });
          return;
        }
        const pair = PAIR.exec(text);
        if (pair !== null) {
          const curve = curves.at(-1);
          const rows = curve?.rows ?? sizes;
          if (rows.length >= MOST_ROWS) context.fail('too many lines', `at most ${MOST_ROWS}`);
          const size = plainNumber(pair[1]);
          if (curve === undefined) {
            // lat_mmap and others: MB of 10^6 bytes and microseconds.
            rows.push([
              Math.round(context.within(size, 0, 1e9, 'the size') * 1e6),
              context.within(plainNumber(pair[2]), 0, 1e12, 'the time'),
            ]);
            return;
          }
          const bytes = Math.round((context.within(size, 0, 1e7, 'the size') * MIB) / 512) * 512;
          const last = rows.at(-1);
          if (last !== undefined && bytes <= last[0]) context.fail('sizes do not ascend', 'a larger size than before');
          rows.push([bytes, context.within(plainNumber(pair[2]), 0, 1e9, 'the latency')]);
          return;
        }
        const named = NAMED.exec(line);
        if (named === null) return context.fail('this is no line of lmbench', EXPECTED);
        if (figures.length >= 1000) context.fail('too many lines', 'at most 1000');
        figures.push([named[1], context.within(Number(named[2]), 0, 1e12, 'the figure'), UNITS[named[3]]]);
      },
      end() {
        const builder = new MeasurementsBuilder(context, 'lmbench');
        for (const { stride, rows } of curves)
          builder.table(
            curves.length === 1 ? 'latencyCurve' : `latencyCurve, stride ${stride}`,
            ['bytes', 'ns'],
            ['bytes', 'ns'],
            rows,
            `lat_mem_rd, stride ${stride} bytes`,
          );
        // Bandwidths and latencies look alike: the name of the program is in the name of the file, if anywhere.
        const unit = /(?:^|[^a-z])bw(?:[^a-z]|$)/i.test(context.title) ? 'MB/s' : 'us';
        if (sizes.length === 1) builder.quantity(`${context.title} of ${sizes[0][0]} bytes`, sizes[0][1], unit);
        else builder.table(context.title, ['bytes', unit], ['bytes', unit], sizes);
        for (const [name, value, unit] of figures) builder.quantity(name, value, unit);
        return builder.document(
          'lmbench',
          [
            'geometry of caches and TLBs',
            'clock',
            'whether the addresses went in order (lat_mem_rd: backwards, unless -t)',
          ],
          EXPECTED,
        );
      },
    };
  },
};
