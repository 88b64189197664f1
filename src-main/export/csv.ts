import type { Metrics } from '#model/metrics';
import { eventName, kindName, laneGroup, laneName } from './names.ts';
import { CHUNK_SIZE, type Chunks, type ExportSource } from './source.ts';

/** Columns of the events' table. Times are in ps of simulated time; `cause` is an index, empty when not known. */
export const CSV_COLUMNS = [
  'index',
  'time_ps',
  'duration_ps',
  'lane',
  'group',
  'kind',
  'name',
  'address',
  'a',
  'b',
  'c',
  'cause',
] as const;

const LINE_END = '\r\n';

/** A field as RFC 4180 has it: quoted when it holds a comma, a quote or a line break, quotes doubled. */
export function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

/** Every event a line, as comma-separated values (RFC 4180, UTF-8, with a header). */
export async function* eventsCsv(source: ExportSource): Chunks {
  const { run } = source;
  const lanes = run.lanes.map((_, lane) => `${csvField(laneName(run, lane))},${csvField(laneGroup(run, lane))}`);
  const names = new Map<number, string>();
  let text = CSV_COLUMNS.join(',') + LINE_END;
  for await (const batch of source.batches()) {
    const { time, duration, lane, kind, address, a, b, c, cause } = batch;
    for (let i = 0; i < batch.count; i++) {
      const key = kind[i] * 2 ** 32 + (b[i] >>> 0);
      let named = names.get(key);
      if (named === undefined) {
        named = `${kindName(kind[i])},${csvField(eventName(kind[i], b[i]))}`;
        // Only kinds with few values of `b` name themselves by it; the table stays small all the same.
        if (names.size < 4096) names.set(key, named);
      }
      const track = lanes[lane[i]] ?? `${laneName(run, lane[i])},`;
      const because = cause[i] < 0 ? '' : String(cause[i]);
      text += `${batch.first + i},${time[i]},${duration[i]},${track},${named},${address[i]},${a[i]},${b[i]},${c[i]},${because}${LINE_END}`;
      if (text.length > CHUNK_SIZE) {
        yield text;
        text = '';
      }
    }
  }
  yield text;
}

/** The run's metrics a line each: their path, such as `faults.read`, and the value. */
export function metricsCsv(metrics: Metrics): string {
  const lines = ['metric,value'];
  const walk = (path: string, value: unknown): void => {
    if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) walk(path === '' ? key : `${path}.${key}`, inner);
    else lines.push(`${csvField(path)},${String(value)}`);
  };
  walk('', metrics);
  return lines.join(LINE_END) + LINE_END;
}
