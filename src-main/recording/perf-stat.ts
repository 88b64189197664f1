import type { ImportContext, Imported, Importer, Reader } from './importer.ts';
import { ownString, plainNumber } from './text.ts';

const EXPECTED_CSV = 'a line such as "20530,,page-faults,347079624,100.00,59.151,K/sec"';
const EXPECTED_JSON = 'a line such as {"counter-value" : "5172.0", "unit" : "", "event" : "page-faults", ...}';
const NOT_COUNTED = /^<not (?:supported|counted)>$/;
/** Lines that the counted program itself may print before perf prints the counters, where both went to one file. */
const MOST_BEFORE = 1000;
const NOT_PERF = "lines before the first counter (the program's own)";
/** Fields separate here: perf's -x takes any, these are the usual ones. */
const SEPARATORS = [',', ';', '\t', '|', ':', ' '];
/** A blank that separates fields: not the one of `<not supported>`. */
const BLANK = / (?!(?:supported|counted)>)/;

/** One counter's reading. */
interface Reading {
  /** Seconds since the start; null when the whole run was counted at once. */
  readonly time: number | null;
  /** Processor, socket or thread that it is of; empty for all. */
  readonly of: string;
  readonly event: string;
  readonly unit: string;
  /** Null: not supported or not counted. */
  readonly value: number | null;
  /** ns that the counter ran. */
  readonly ran: number;
  /** Share of the time in percent that it was counting. */
  readonly share: number;
}

/** Counters on the timeline, and totals as the figures of the run. Intervals are summed up. */
export class Counters {
  private readonly context: ImportContext;
  private readonly totals = new Map<string, number>();
  private readonly numbers = new Map<string, number>();
  private lastTime = 0;
  private ran = 0;
  private readings = 0;
  private before = 0;

  constructor(context: ImportContext) {
    this.context = context;
  }

  /** Whether a line that is none of perf's may stand here: before the first counter. */
  precedes(): boolean {
    if (this.readings > 0 || ++this.before > MOST_BEFORE) return false;
    this.context.leftAside.add(NOT_PERF);
    return true;
  }

  take(reading: Reading): void {
    const { context } = this;
    this.readings++;
    if (reading.value === null) {
      context.leftAside.add(`counters not supported or not counted: ${reading.event}`);
      return;
    }
    if (reading.of === 'summary' || (reading.time === null && this.lastTime > 0)) {
      context.leftAside.add('sums over all intervals');
      return;
    }
    const time = reading.time === null ? 0 : Math.round(context.within(reading.time, 0, 1e9, 'the time') * 1e12);
    this.lastTime = Math.max(this.lastTime, time);
    this.ran = Math.max(this.ran, reading.ran);
    const unit = reading.unit === '' ? '' : ` (${reading.unit})`;
    const name = ownString(`${reading.event}${unit}${reading.of === '' ? '' : ` of ${reading.of}`}`);
    if (this.numbers.size >= 2000 && !this.numbers.has(name)) {
      context.leftAside.add('counters beyond the first 2000');
      return;
    }
    const number = this.numbers.get(name) ?? this.numbers.size + 64;
    this.numbers.set(name, number);
    context.recording.counter(name, time, reading.value, number);
    const event = reading.event.replace(/:[a-zA-Z]+$/, '');
    this.totals.set(event, (this.totals.get(event) ?? 0) + reading.value);
    if (reading.share < 99.99 && (reading.ran > 0 || reading.share > 0))
      context.leftAside.add('readings scaled up by perf: the counter ran only part of the time');
    context.taken.add('readings of counters');
  }

  /** How long it took in all, ns, where the counters do not tell. */
  lasted(ns: number): void {
    this.ran = Math.max(this.ran, this.context.within(ns, 0, 1e18, 'the time'));
  }

  end(): Imported {
    const { context, totals } = this;
    if (this.readings === 0) context.fail('there are no counters in this file', EXPECTED_CSV);
    const { counts } = context.recording;
    const faults = totals.get('page-faults') ?? totals.get('faults');
    counts.major = totals.get('major-faults') ?? 0;
    counts.minor = totals.get('minor-faults') ?? Math.max(0, (faults ?? 0) - counts.major);
    context.taken.add('faults counted', Math.round(counts.minor + counts.major));
    const run = context.recording.finish({ names: { counter: [...this.numbers.keys()] } });
    // Counted at once: the counters' own time is how long it took.
    const simulatedNs = this.lastTime > 0 ? this.lastTime / 1000 : this.ran;
    return { kind: 'run', run: { ...run, metrics: { ...run.metrics, time: { simulatedNs, byCauseNs: {} } } } };
  }
}

/** What `perf stat -x` prints, also by intervals (-I) and by processor (-A). */
export const perfStatCsv: Importer = {
  id: 'perf-stat',
  label: 'perf stat -x',
  recognises: (head) => {
    const lines = head.lines.filter((line) => line.trim() !== '' && !line.startsWith('#'));
    const first = lines.slice(0, MOST_BEFORE).findIndex((line) => csvFields(line) !== null);
    return first >= 0 && lines.slice(first, first + 3).every((line) => csvFields(line) !== null);
  },
  read(context: ImportContext): Reader {
    const counters = new Counters(context);
    return {
      by: 'lines',
      line(text) {
        if (text.trim() === '' || text.startsWith('#')) return;
        const reading = csvFields(text);
        if (reading === null) {
          if (!counters.precedes()) context.fail('this is no line of perf stat', EXPECTED_CSV);
          return;
        }
        if (reading.event === '') context.leftAside.add('metrics');
        else counters.take(reading);
      },
      end: () => counters.end(),
    };
  },
};

/** The fields of a line; null when it is none. Lines of metrics alone have no event. */
function csvFields(line: string): Reading | null {
  // Fio's terse lines are numbers between semicolons, too.
  if (/^\d+;fio-/.test(line)) return null;
  for (const separator of SEPARATORS) {
    const fields = line.split(separator === ' ' ? BLANK : separator).map((field) => figure(field.trim(), separator));
    if (fields.length < 5) continue;
    // Time of the interval and processor come first, where there are any.
    for (let at = 0; at <= 3 && at + 4 < fields.length; at++) {
      const value = NOT_COUNTED.test(fields[at]) ? null : plainNumber(fields[at]);
      if (value !== null && !Number.isFinite(value)) continue;
      const [unit, event] = fields.slice(at + 1, at + 3);
      let next = at + 3;
      // A control group has its name behind the event (--for-each-cgroup).
      const group = /^\D.*[^%]$|^\/$/.test(fields[next]) ? fields[next++] : '';
      // -r puts the deviation of the runs before the time.
      if (fields[next]?.endsWith('%')) next++;
      const [ran = '', share] = fields.slice(next);
      if (!/^[A-Za-z%][\w%./ -]*$|^$/.test(unit)) continue;
      if (!/^[A-Za-z_][\w:./,=@#-]*(?:\/[a-zA-Z]*)?$/.test(event)) continue;
      if (!/^\d+$/.test(ran) || !Number.isFinite(plainNumber(share ?? ''))) continue;
      if (Number(ran) > 1e18 || (value !== null && Math.abs(value) > 1e18)) continue;
      const before = fields.slice(0, at);
      const time =
        before.length > 0 && Number.isFinite(plainNumber(before[0])) && before[0].includes('.')
          ? plainNumber(before[0])
          : null;
      const of = [...before.slice(time === null ? 0 : 1), group].filter((field) => field !== '').join(' ');
      return { time, of, event, unit, value, ran: Number(ran), share: plainNumber(share) };
    }
    // `,,,,,0.50,insn per cycle`: a second metric of the counter before.
    if (
      separator !== ' ' &&
      fields.slice(0, 5).every((field) => field === '' || Number.isFinite(plainNumber(field))) &&
      fields.length >= 6
    )
      return { time: null, of: '', event: '', unit: '', value: null, ran: 0, share: 100 };
  }
  return null;
}

/** Some languages write a comma in numbers, where it separates no fields. */
function figure(field: string, separator: string): string {
  return separator !== ',' && /^\d+,\d+%?$/.test(field) ? field.replace(',', '.') : field;
}

/** What `perf stat -j` prints: one object a line. */
export const perfStatJson: Importer = {
  id: 'perf-stat-json',
  label: 'perf stat -j',
  recognises(head) {
    const line = head.lines.slice(0, MOST_BEFORE).find((candidate) => candidate.trimStart().startsWith('{'));
    return line !== undefined && /"(?:counter-value|metric-value)"\s*:/.test(line);
  },
  read(context: ImportContext): Reader {
    const counters = new Counters(context);
    return {
      by: 'lines',
      line(text) {
        if (text.trim() === '' || text.startsWith('#')) return;
        const reading = jsonFields(text);
        if (reading === null) {
          if (text.trimStart().startsWith('{') || !counters.precedes())
            context.fail('this is no line of perf stat -j', EXPECTED_JSON);
          return;
        }
        if (reading.event === '') context.leftAside.add('metrics');
        else counters.take(reading);
      },
      end: () => counters.end(),
    };
  },
};

function jsonFields(line: string): Reading | null {
  let fields: Record<string, unknown>;
  try {
    const value = JSON.parse(line) as unknown;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    fields = value as Record<string, unknown>;
  } catch {
    return null;
  }
  const text = (name: string): string => (typeof fields[name] === 'string' ? fields[name] : '');
  const number = (name: string): number => (typeof fields[name] === 'number' ? fields[name] : 0);
  const of = ['core', 'cpu', 'socket', 'die', 'node', 'thread', 'cgroup'].map((name) => (text(name) === '' ? '' : `${name} ${text(name)}`)).filter((part) => part !== '').join(' '); // prettier-ignore
  const time = typeof fields['interval'] === 'number' ? fields['interval'] : null;
  if (text('event') === '')
    return 'metric-value' in fields ? { time, of, event: '', unit: '', value: null, ran: 0, share: 100 } : null;
  const raw = fields['counter-value'];
  const counted = typeof raw === 'string' ? raw.trim() : typeof raw === 'number' ? String(raw) : '';
  const value = NOT_COUNTED.test(counted) ? null : plainNumber(counted);
  if (value !== null && (!Number.isFinite(value) || Math.abs(value) > 1e18)) return null;
  const ran = number('event-runtime');
  if (!(ran >= 0 && ran < 1e18)) return null;
  const share = typeof fields['pcnt-running'] === 'number' ? fields['pcnt-running'] : 100;
  return { time, of, event: text('event').slice(0, 200), unit: text('unit').slice(0, 40), value, ran, share };
}
