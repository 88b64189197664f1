import { parseSize } from '#model/units';
import { binNs } from './fio-log.ts';
import type { ImportContext, Imported, Importer, Reader } from './importer.ts';
import { JsonNode, objectsIn } from './json.ts';
import { recordedDisk, type MeasuredLatency } from './recorded-disk.ts';

/** Ns of the longest latency that is believed: a day. */
const LONGEST_NS = 86_400e9;
const MOST = 2 ** 53;
const DIRECTIONS = { read: 'read', write: 'write', trim: 'discard' } as const;
/** Bins of fio 2's json+, which are numbered: more than any version has. */
const MOST_BINS = 4096;
/** Asynchronous engines keep more than one request in flight. */
const SYNCHRONOUS = new Set(['sync', 'psync', 'vsync', 'pvsync', 'pvsync2', 'mmap']);

/** What fio prints with --output-format=json or json+: the latencies of its jobs make a disk. */
export const fioJson: Importer = {
  id: 'fio-json',
  label: 'fio json or json+',
  recognises: (head) => head.text.includes('"fio version"') && /^\s*\{/m.test(head.text),
  read: (context: ImportContext): Reader => ({ by: 'text', text: (whole) => importFio(context, whole) }),
};

interface Totals {
  bytes: number;
  seconds: number;
}

function importFio(context: ImportContext, text: string): Imported {
  const root = lastReport(context, text);
  const version = root.at('fio version').text();
  // Before version 3 amounts were told in KiB under the name of bytes.
  const old = /^fio-[12]\./.test(version);
  const all = root.at(root.at('jobs').value === undefined ? 'client_stats' : 'jobs').list();
  const isSum = (job: JsonNode): boolean => job.at('jobname').value === 'All clients';
  const jobs = all.every(isSum) ? all : all.filter((job) => !isSum(job));
  if (jobs.length < all.length) context.leftAside.add('sums over all clients', all.length - jobs.length);
  const latencies = new Map<string, MeasuredLatency>();
  const rates = { read: { bytes: 0, seconds: 0 }, write: { bytes: 0, seconds: 0 } };
  let capacity = 0;
  const names: string[] = [];
  for (const job of jobs) {
    const name = job.at('jobname').text('job');
    if (!names.includes(name) && names.length < 20) names.push(name);
    const option = (key: string): string => {
      const own = job.at('job options').at(key);
      const chosen = own.value === undefined ? root.at('global options').at(key) : own;
      return typeof chosen.value === 'string'
        ? chosen.value
        : typeof chosen.value === 'number'
          ? String(chosen.value)
          : '';
    };
    const engine = option('ioengine');
    // What the device sees: every clone of the job keeps its own requests in flight.
    const whole = (text: string): number => Math.max(1, Number.parseInt(text, 10) || 1);
    const depth = Math.min(65_535, (SYNCHRONOUS.has(engine) ? 1 : whole(option('iodepth'))) * whole(option('numjobs')));
    capacity = Math.max(capacity, sizeOption(option('size')), sizeOption(option('filesize')));
    context.taken.add('jobs');
    for (const { direction, operation } of directionsOf(context, job, option('rw') || option('readwrite'))) {
      const part = job.at(direction);
      const kbytes = part.at('io_kbytes').number(0, MOST, 0);
      const inKiB = old && part.at('io_kbytes').value === undefined;
      const bytes = part.at('io_bytes').number(0, MOST, 0) * (inKiB ? 1024 : 1) || kbytes * 1024;
      const seconds = part.at('runtime').number(0, MOST, 0) / 1000;
      let requests = part.at('total_ios').number(0, MOST, 0);
      let average = bytes / requests;
      if (part.at('total_ios').value === undefined && bytes > 0) {
        // Fio 2.1 tells whole requests a second only: sizes are powers of two, nearly always.
        const told = Math.max(1, part.at('iops').number(0, MOST, 0) * seconds);
        average = 2 ** Math.round(Math.log2(bytes / told));
        requests = Math.round(bytes / average);
        context.leftAside.add('numbers of requests: this version of fio does not tell them (size over rate was taken)');
      }
      if (requests === 0) continue;
      const size = requestSize(average, option('bs') || option('blocksize'), direction);
      if (operation !== 'discard') {
        rates[operation].bytes += bytes;
        rates[operation].seconds = Math.max(rates[operation].seconds, seconds);
      }
      keep(context, latencies, latencyOf(context, part, { operation, bytes: size, queueDepth: depth }, requests));
    }
    const sync = job.at('sync');
    // fio counts synchronisations in lat_ns; total_ios stays 0 there.
    if (
      sync.isObject &&
      Math.max(sync.at('lat_ns').at('N').number(0, MOST, 0), sync.at('total_ios').number(0, MOST, 0)) > 0
    )
      keep(context, latencies, latencyOf(context, sync, { operation: 'flush', bytes: 0, queueDepth: 1 }, 0));
    if (job.at('error').number(-MOST, MOST, 0) !== 0)
      context.leftAside.add('jobs that ended with an error (their figures were taken)');
  }
  if (latencies.size === 0) context.fail('no latencies were measured', 'jobs with requests, run without gtod_reduce or disable_clat'); // prettier-ignore
  const timestamp = root.at('timestamp').number(0, 1e11, 0);
  const date = timestamp > 0 ? new Date(timestamp * 1000).toISOString().slice(0, 10) : context.date;
  const disk =
    root.at('disk_util').value === undefined ? '' : (root.at('disk_util').list()[0]?.at('name').text('') ?? '');
  for (const key of ['usr_cpu', 'bw_samples', 'iops_samples'])
    if (jobs.some((job) => job.at(key).value !== undefined || job.at('read').at(key).value !== undefined))
      context.leftAside.add(
        key === 'usr_cpu' ? 'processor use of the jobs' : `samples of ${key.split('_')[0]}`,
        jobs.length,
      );
  return recordedDisk(context, {
    name: `${disk === '' ? 'Disk' : disk} as measured by fio (${names.join(', ')})`,
    year: Number(date.slice(0, 4)),
    description: `Latencies as a program saw them through ${version}: file system and kernel included.`,
    tool: version,
    date,
    latencies: [...latencies.values()],
    capacity,
    readRate: rateOf(rates.read),
    writeRate: rateOf(rates.write),
  });
}

/** The last of the reports in a file: with --status-interval each holds all that the one before it held. */
function lastReport(context: ImportContext, text: string): JsonNode {
  // A rate of nothing in no time is printed as nan, which is no JSON.
  const json = /: -?(?:nan|inf)/.test(text) ? text.replace(/: -?(?:nan|inf)%?(?=\s*[,}])/g, ': null') : text;
  const reports = objectsIn(json).filter(([from, to]) => json.slice(from, to).includes('"fio version"'));
  const last = reports.at(-1);
  if (last === undefined) return JsonNode.parse(json, context.file);
  context.leftAside.add('reports during the run: the last one was taken', reports.length - 1);
  const rest = json.slice(last[1]).split('\n').filter((line) => line.trim() !== ''); // prettier-ignore
  context.leftAside.add('lines after the report', rest.length);
  return JsonNode.parse(json, context.file, last[0], last[1]);
}

/** The directions that a job tells, and what they are; reads and writes told as one are what the job did. */
function directionsOf(
  context: ImportContext,
  job: JsonNode,
  rw: string,
): { direction: string; operation: (typeof DIRECTIONS)[keyof typeof DIRECTIONS] }[] {
  const told = Object.entries(DIRECTIONS)
    .map(([direction, operation]) => ({ direction, operation }))
    .filter(({ direction }) => job.at(direction).value !== undefined);
  if (told.length > 0 || job.at('mixed').value === undefined) return told;
  const both = rw === '' || /rw|readwrite/.test(rw);
  if (both) context.leftAside.add('which requests were reads and which writes (unified_rw_reporting): taken for both');
  return (['read', 'write'] as const)
    .filter((operation) => both || rw.includes(operation))
    .map((operation) => ({ direction: 'mixed', operation }));
}

function rateOf({ bytes, seconds }: Totals): number {
  return seconds > 0 ? bytes / seconds : 0;
}

/** The latency a program sees of one direction: completion latency, else total latency; as a histogram where there is one. */
function latencyOf(
  context: ImportContext,
  part: JsonNode,
  about: Pick<MeasuredLatency, 'operation' | 'bytes' | 'queueDepth'>,
  requests: number,
): MeasuredLatency | null {
  // fio 3 has ns, fio 2 µs without saying so.
  for (const [name, factor] of [
    ['clat_ns', 1],
    ['lat_ns', 1],
    ['clat', 1000],
    ['lat', 1000],
  ] as const) {
    const node = part.at(name);
    if (!node.isObject) continue;
    const bins = node.at('bins');
    if (bins.isObject) {
      // Fio 2 numbers its bins and says how many there are; fio 3 names them by their values.
      const numbered = bins.at('FIO_IO_U_PLAT_NR').value !== undefined;
      const histogram = bins
        .fields()
        .filter(([key]) => !key.startsWith('FIO_IO_U_PLAT_'))
        .map(([key, count]): [number, number] => {
          if (numbered && /^\d+$/.test(key) && Number(key) < MOST_BINS)
            return [binNs(Number(key), 0) * factor, count.number(0, MOST)];
          const ns = Number(key);
          if (!/^\d+$/.test(key) || !(ns <= LONGEST_NS)) count.fail(`bins keyed by ns from 0 to ${LONGEST_NS}`);
          return [ns * factor, count.number(0, MOST)];
        })
        .filter(([, count]) => count > 0)
        .sort((x, y) => x[0] - y[0]);
      if (histogram.length > 0) {
        const samples = histogram.reduce((sum, [, count]) => sum + count, 0);
        return { ...about, samples, histogram };
      }
    }
    const samples = node.at('N').number(0, MOST, requests);
    const least = node.at('min').number(0, LONGEST_NS, 0) * factor;
    const most = node.at('max').number(0, LONGEST_NS, 0) * factor;
    const percentile = node.at('percentile');
    if (percentile.isObject && samples > 0) {
      const quantiles: [number, number][] = [[0, least]];
      const points = percentile.fields().map(([key, value]): [number, number] => {
        // 99.9 % is 0.999, not 0.9990000000000001.
        const share = Number((Number(key) / 100).toPrecision(12));
        if (!(share >= 0 && share <= 1)) value.fail('percentiles from 0 to 100');
        return [share, value.number(0, LONGEST_NS) * factor];
      });
      points.sort((x, y) => x[0] - y[0]);
      for (const [share, value] of points) {
        const [lastShare, lastValue] = quantiles[quantiles.length - 1];
        if (share > lastShare && share < 1) quantiles.push([share, Math.max(value, lastValue)]);
      }
      quantiles.push([1, Math.max(most, quantiles[quantiles.length - 1][1])]);
      context.leftAside.add('histograms: json has percentiles only (json+ has all)');
      return { ...about, samples, quantiles };
    }
  }
  context.leftAside.add(`directions without a distribution: ${about.operation}`);
  return null;
}

/** Jobs under the same conditions are one measurement. */
function keep(context: ImportContext, all: Map<string, MeasuredLatency>, found: MeasuredLatency | null): void {
  if (found === null) return;
  const key = `${found.operation} ${found.bytes} ${found.queueDepth}`;
  const known = all.get(key);
  if (known === undefined) all.set(key, found);
  else if (known.histogram !== undefined && found.histogram !== undefined) {
    const sum = new Map(known.histogram);
    for (const [ns, count] of found.histogram) sum.set(ns, (sum.get(ns) ?? 0) + count);
    all.set(key, { ...known, samples: known.samples + found.samples, histogram: [...sum].sort((x, y) => x[0] - y[0]) });
  } else context.leftAside.add('jobs under the same conditions as another, without histograms to add up');
}

/** Bytes of a request: what was done on average, which is exact unless sizes were mixed. */
function requestSize(average: number, option: string, direction: string): number {
  if (Number.isInteger(average) && average > 0) return average;
  const parts = option.split(',');
  const own = parts[direction === 'write' ? 1 : direction === 'trim' ? 2 : 0] ?? parts[0];
  const bytes = sizeOption(own);
  return bytes > 0 ? bytes : Math.max(1, Math.round(average));
}

/** fio's sizes: 512M is MiB. */
function sizeOption(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([kmgtKMGT]?)(?:i?[bB])?$/.exec(text.trim());
  if (match === null) return 0;
  const unit = match[2] === '' ? 'B' : `${match[2].toUpperCase()}iB`;
  return Math.min(MOST, parseSize(`${match[1]} ${unit}`) ?? 0);
}
