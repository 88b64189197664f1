import type { Figure } from '#model/report';
import type { RunInfo } from '#model/run';
import { formatCount, formatTime } from '#model/units';
import { COLOURS, WIDTH, line, rect, svg, text } from './svg.ts';
import { LATENCY_BINS, binStart, medianBin, type LatencySeries } from './latencies.ts';
import { subject } from './sentences.ts';

const FILLS: Readonly<Record<string, string>> = {
  'read faults': COLOURS.read,
  'write faults': COLOURS.write,
  'write-protect faults': COLOURS.protect,
};

const LEFT = 190;
const RIGHT = 170;
const ROW = 46;

/** How long a run's faults or I/O requests took: a row a series, durations on a logarithmic axis. */
export function latencyFigure(run: RunInfo, series: readonly LatencySeries[]): Figure {
  const used = series.flatMap(({ bins }) => Array.from(bins.keys()).filter((bin) => bins[bin] > 0));
  const first = Math.max(0, Math.min(...used) - 1);
  const last = Math.min(LATENCY_BINS, Math.max(...used) + 2);
  const plot = WIDTH - LEFT - RIGHT;
  const x = (bin: number): number => LEFT + ((bin - first) / (last - first)) * plot;
  const height = series.length * ROW + 34;
  const marks: string[] = [];
  series.forEach((row, place) => {
    const bottom = 6 + (place + 1) * ROW - 8;
    const most = Math.max(...row.bins);
    const fill = FILLS[row.name] ?? COLOURS.io;
    marks.push(text(LEFT - 8, bottom - 12, row.name, 'end'), line(LEFT, bottom, WIDTH - RIGHT, bottom));
    for (let bin = first; bin < last; bin++) {
      const count = row.bins[bin];
      if (!(count > 0)) continue;
      const tall = Math.max(2, (count / most) * (ROW - 12));
      marks.push(rect(x(bin) + 0.5, bottom - tall, x(bin + 1) - x(bin) - 1, tall, fill));
    }
    const right = WIDTH - RIGHT + 8;
    marks.push(
      text(right, bottom - 16, formatCount(row.count), 'start'),
      text(right, bottom - 2, `mean ${formatTime(row.total / row.count)}`, 'start'),
    );
  });
  const axis = height - 24;
  const step = Math.max(2, 2 * Math.ceil((last - first) / 12));
  for (let bin = first + (first % 2); bin <= last; bin += step) {
    marks.push(line(x(bin), axis - 4, x(bin), axis + 2), text(x(bin), axis + 16, formatTime(binStart(bin)), 'middle'));
  }
  const sort = series[0]?.sort === 'fault' ? 'faults' : 'I/O requests';
  const caption = `${subject(run)}: how long ${sort} took, on a logarithmic axis; bar height is relative to the row's highest. ${series.map(inWords).join(' ')}`;
  return { caption, svg: svg(height, caption, marks.join('')) };
}

function inWords(series: LatencySeries): string {
  const { name, count, total, longest } = series;
  const mean = total / count;
  if (longest - mean < longest * 1e-3) return `Each of the ${formatCount(count)} ${name} took ${formatTime(longest)}.`;
  const half = Math.min(longest, binStart(medianBin(series) + 1));
  return `Half of the ${formatCount(count)} ${name} took at most ${formatTime(half)}, the longest ${formatTime(longest)}.`;
}
