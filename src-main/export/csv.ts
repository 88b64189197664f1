import type { Metrics } from '#model/metrics';
import type { RunInfo } from '#model/run';
import { eventName, kindName, laneGroup, laneName } from './names.ts';
import { CHUNK_SIZE, type Chunks, type ExportSource } from './source.ts';
import { TextWriter } from './text-writer.ts';

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

const COMMA = 44;
const utf8 = new TextEncoder();

/** Every event a line, as comma-separated values (RFC 4180, UTF-8, with a header). */
export async function* eventsCsv(source: ExportSource): Chunks {
  const { run } = source;
  const tracks = run.lanes.map((_, lane) => trackField(run, lane));
  const names = new Map<number, Uint8Array>();
  const out = new TextWriter();
  out.text(CSV_COLUMNS.join(',') + LINE_END);
  for await (const batch of source.batches()) {
    const { time, duration, lane, kind, address, a, b, c, cause } = batch;
    for (let i = 0; i < batch.count; i++) {
      const key = kind[i] * 2 ** 32 + (b[i] >>> 0);
      let named = names.get(key);
      if (named === undefined) {
        named = utf8.encode(`${kindName(kind[i])},${csvField(eventName(kind[i], b[i]))},`);
        // Only kinds with few values of `b` name themselves by it; the table stays small all the same.
        if (names.size < 4096) names.set(key, named);
      }
      out.number(batch.first + i);
      out.character(COMMA);
      out.number(time[i]);
      out.character(COMMA);
      out.number(duration[i]);
      out.character(COMMA);
      out.bytes(tracks[lane[i]] ?? trackField(run, lane[i]));
      out.bytes(named);
      out.number(address[i]);
      out.character(COMMA);
      out.number(a[i]);
      out.character(COMMA);
      out.number(b[i]);
      out.character(COMMA);
      out.number(c[i]);
      out.character(COMMA);
      if (cause[i] >= 0) out.number(cause[i]);
      out.character(CARRIAGE_RETURN);
      out.character(LINE_FEED);
      if (out.size > CHUNK_SIZE) yield out.take();
    }
  }
  yield out.take();
}

const CARRIAGE_RETURN = 13;
const LINE_FEED = 10;

/** Name and group of a lane, as fields. */
function trackField(run: RunInfo, lane: number): Uint8Array {
  return utf8.encode(`${csvField(laneName(run, lane))},${csvField(laneGroup(run, lane))},`);
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
