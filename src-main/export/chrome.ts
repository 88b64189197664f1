/**
 * Trace Event Format, as Chrome's and other viewers read it ("Trace Event Format", Google, sections "Duration
 * events", "Complete events", "Counter events", "Flow events", "Metadata events"). Times are in microseconds.
 */
import { EventKind } from '#model/events';
import { FLOW_COLUMNS, Flows } from './flows.ts';
import {
  argumentNames,
  eventName,
  hasOutcome,
  ioCause,
  ioOperation,
  kindName,
  laneName,
  outcomeName,
  runTitle,
} from './names.ts';
import { CHUNK_SIZE, type Chunks, type ExportSource } from './source.ts';
import { Tracks, type Track } from './tracks.ts';

/** One for all: Chrome's tools bind an arrow to a slice of its own category. */
const CATEGORY = 'faultline';
/** The run is one process; its lanes are the threads. */
const PID = 1;
/** Tracks of a lane stand together, in the order of the lanes. */
const PLACES_PER_LANE = 1000;

/** Picoseconds as microseconds in decimal, exact: `1.000001`. */
export function microseconds(ps: number): string {
  const whole = Math.floor(ps / 1e6);
  const rest = ps - whole * 1e6;
  if (rest === 0) return String(whole);
  return `${whole}.${String(rest).padStart(6, '0').replace(/0+$/, '')}`;
}

/**
 * Duration of a slice as a reader's doubles need it: start + duration is the end exactly. Were it a last digit more,
 * the slice would cut the one that begins where it ends.
 */
export function durationText(start: number, end: number): string {
  const from = start / 1e6;
  const to = end / 1e6;
  if (from + (end - start) / 1e6 === to) return microseconds(end - start);
  const duration = to - from;
  return String(from + duration > to ? duration * (1 - Number.EPSILON) : duration);
}

/** Lanes as threads, slices, counters, and arrows from causes to effects. */
export async function* chromeTrace(source: ExportSource): Chunks {
  const { run } = source;
  const flows = await Flows.read(run.events, source.batches(FLOW_COLUMNS));
  const tracks = new Tracks();
  const named = new Set<number>();
  const kinds = new Map<number, string>();
  const counterNames = run.lanes.map((_, lane) => JSON.stringify(laneName(run, lane)));

  const threadName = (track: Track): string => {
    named.add(track.number);
    const name = laneName(run, track.lane);
    const args = { name: track.place === 0 ? name : `${name} (${track.place + 1})` };
    const sort = { sort_index: track.lane * PLACES_PER_LANE + track.place };
    const common = { ph: 'M', pid: PID, tid: track.number + 1 };
    return `${JSON.stringify({ name: 'thread_name', ...common, args })},\n${JSON.stringify({ name: 'thread_sort_index', ...common, args: sort })},\n`;
  };

  let text = '{"displayTimeUnit":"ns","traceEvents":[\n';
  for await (const batch of source.batches()) {
    const { lane, kind, address, a, b, c, cause } = batch;
    for (let i = 0; i < batch.count; i++) {
      const index = batch.first + i;
      const start = Math.round(batch.time[i]);
      const ts = microseconds(start);
      if (kind[i] === EventKind.counter) {
        const name = counterNames[lane[i]] ?? JSON.stringify(laneName(run, lane[i]));
        text += `{"ph":"C","pid":${PID},"tid":0,"ts":${ts},"name":${name},"args":{"value":${address[i]}}},\n`;
      } else {
        const end = Math.round(batch.time[i] + batch.duration[i]);
        const track = tracks.place(lane[i], start, end);
        if (!named.has(track.number)) text += threadName(track);
        const where = `"pid":${PID},"tid":${track.number + 1},"ts":${ts}`;
        const key = kind[i] === EventKind.io ? kind[i] + b[i] * 256 : kind[i];
        let head = kinds.get(key);
        if (head === undefined) {
          head = `"name":${JSON.stringify(eventName(kind[i], b[i]))},"cat":"${CATEGORY}"`;
          kinds.set(key, head);
        }
        text += `{"ph":"X",${where},"dur":${durationText(start, end)},${head},"args":{"event":${index},"kind":"${kindName(kind[i])}"${argsOf(kind[i], address[i], a[i], b[i], c[i])}}},\n`;
        if (cause[i] >= 0 && cause[i] < run.events && cause[i] !== index)
          text += `{"ph":"f","bp":"e","id":${index},${where},"name":"cause","cat":"${CATEGORY}"},\n`;
        for (let effect = flows.effectOf(index); effect >= 0; effect = flows.siblingOf(effect))
          text += `{"ph":"s","id":${effect},${where},"name":"cause","cat":"${CATEGORY}"},\n`;
      }
      if (text.length > CHUNK_SIZE) {
        yield text;
        text = '';
      }
    }
  }
  const process = { name: 'process_name', ph: 'M', pid: PID, tid: 0, args: { name: runTitle(run) } };
  const about = { run: run.id, hash: run.hash, policy: run.policy, verdict: run.verdict, engine: run.engineVersion };
  yield `${text}${JSON.stringify(process)}\n],"otherData":${JSON.stringify(about)}}\n`;
}

function argsOf(kind: number, address: number, a: number, b: number, c: number): string {
  const names = argumentNames(kind);
  let text = '';
  if (names.address !== '') text += `,"${names.address}":${address}`;
  if (names.a !== '') text += `,"${names.a}":${a}`;
  if (kind === EventKind.io) text += `,"operation":"${ioOperation(b)}","cause":"${ioCause(b)}"`;
  else if (names.b !== '') text += `,"${names.b}":${b}`;
  if (hasOutcome(kind)) text += `,"outcome":"${outcomeName(c)}"`;
  else if (names.c !== '') text += `,"${names.c}":${c}`;
  return text;
}
