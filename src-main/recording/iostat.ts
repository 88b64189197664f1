import type { ImportContext, Imported, Importer, Reader } from './importer.ts';
import { JsonNode } from './json.ts';
import { ownString, plainNumber } from './text.ts';

const EXPECTED = 'what iostat prints: a line of headings that begins with "Device", and lines of figures';
/** Figures beyond it are no figures of a disk. */
const MOST = 1e15;
const NO_TIMES = 'times: samples without a time stamp, laid one second apart';

/** Amounts a second, in the words of all versions: `rkB/s`, `rsec/s`, `kB_read/s`, `Blk_wrtn/s`, `MB_read/s`. */
const AMOUNT = /^(?:([rw])(kB|MB|sec)(?:\/s)?|(kB|MB|Blk)_(?:read|wrtn)\/s)$/;
/** KiB of each: sectors and blocks have 512 bytes. */
const KIB: Readonly<Record<string, number>> = { kB: 1, MB: 1024, sec: 0.5, Blk: 0.5 };

/** Samples of iostat as counters on the timeline; requests of the intervals as the figures of the run. */
class Samples {
  private readonly context: ImportContext;
  private readonly numbers = new Map<string, number>();
  private readonly names: string[] = [];
  private first: number | null = null;
  private sample = -1;
  private time = 0;
  private interval = 1;
  private timed = false;

  constructor(context: ImportContext) {
    this.context = context;
  }

  /** A new sample. @param seconds since any fixed point; null when it is not told */
  begin(seconds: number | null): void {
    this.sample++;
    const before = this.time;
    if (seconds === null) {
      this.context.leftAside.add(NO_TIMES);
      this.time = this.sample * 1e12;
    } else {
      this.first ??= seconds;
      this.timed = true;
      this.time = Math.max(before, Math.min(1e18, (seconds - this.first) * 1e12));
    }
    this.interval = this.sample === 0 ? 0 : (this.time - before) / 1e12;
    this.context.taken.add('samples');
  }

  figure(of: string, name: string, value: number): void {
    const { context } = this;
    if (!(value >= -MOST && value <= MOST)) context.fail(`${name} is no figure`, 'a number');
    if (this.sample < 0) this.begin(null);
    const full = ownString(`${of} ${name}`);
    let number = this.numbers.get(full);
    if (number === undefined) {
      if (this.numbers.size >= 2000) {
        context.leftAside.add('figures beyond the first 2000 of a sample');
        return;
      }
      number = this.numbers.size + 64;
      this.numbers.set(full, number);
      this.names.push(full);
    }
    context.recording.counter(full, this.time, value, number);
    context.taken.add('figures');
    this.count(name, value);
  }

  /** Rates times the interval; the first sample is the mean since the start of the system and belongs to no interval. */
  private count(name: string, rate: number): void {
    const { counts } = this.context.recording;
    const done = Math.max(0, rate * this.interval);
    // The JSON of old versions has no "/s".
    if (name === 'r/s' || name === 'r') counts.reads += done;
    else if (name === 'w/s' || name === 'w') counts.writes += done;
    else if (name === 'f/s') counts.flushes += done;
    else if (name === 'tps') counts.requests += done;
    else {
      const amount = AMOUNT.exec(name);
      if (amount === null) return;
      const KiB = done * (KIB[amount[2] ?? amount[3]] ?? 0);
      if (name.startsWith('r') || name.endsWith('_read/s')) counts.readKiB += KiB;
      else counts.writtenKiB += KiB;
    }
  }

  end(): Imported {
    const { recording } = this.context;
    if (this.sample < 0 || recording.count === 0) this.context.fail('there are no figures in this file', EXPECTED);
    const { counts } = recording;
    for (const key of ['requests', 'reads', 'writes', 'flushes', 'readKiB', 'writtenKiB'] as const)
      counts[key] = Math.round(counts[key]);
    // Short figures tell transfers only, extended ones what they were.
    counts.requests = Math.max(counts.requests, counts.reads + counts.writes + counts.flushes);
    if (this.timed || this.sample >= 0)
      this.context.leftAside.add('intervals of the first sample: it is the mean since the system started');
    return { kind: 'run', run: recording.finish({ names: { counter: this.names } }) };
  }
}

/** `Time: 08:13:29 PM` of old versions, `11/22/26 20:13:29`, `2026-11-22T20:13:29+0000`, `11/22/2026 08:13:29 PM` as seconds. */
function timeOf(text: string): number | null {
  const old = /^Time: (\d{2}:\d{2}:\d{2}(?: [AP]M)?)$/.exec(text.trim());
  if (old !== null) return timeOf(`1970-01-01 ${old[1]}`);
  const match =
    /^(\d{2,4})[/-](\d{2})[/-](\d{2,4})[ T](\d{2}):(\d{2}):(\d{2})(?: ([AP]M)| ?([+-]\d{2}:?\d{2}|Z))?$/.exec(
      text.trim(),
    );
  if (match === null) return null;
  const [, a, b, c] = match.map(Number);
  const [year, month, day] = match[1].length === 4 ? [a, b, c] : [c < 100 ? 2000 + c : c, a, b];
  const hour = (Number(match[4]) % (match[7] === undefined ? 24 : 12)) + (match[7] === 'PM' ? 12 : 0);
  const ms = Date.UTC(year, month - 1, day, hour, Number(match[5]), Number(match[6]));
  return Number.isFinite(ms) ? ms / 1000 : null;
}

/** What `iostat -o JSON` prints. */
export const iostatJson: Importer = {
  id: 'iostat-json',
  label: 'iostat -o JSON',
  recognises: (head) => /^\s*\{\s*"sysstat"\s*:/.test(head.text),
  read: (context: ImportContext): Reader => ({
    by: 'text',
    text(whole) {
      const samples = new Samples(context);
      let machine = '';
      let kernel = '';
      for (const host of JsonNode.parse(whole, context.file).at('sysstat').at('hosts').list()) {
        machine = host.at('nodename').text('').slice(0, 100) || machine;
        kernel = host.at('release').text('').slice(0, 100) || kernel;
        for (const one of host.at('statistics').list()) {
          const stamp = one.at('timestamp');
          samples.begin(typeof stamp.value === 'string' ? timeOf(stamp.value) : null);
          for (const [group, content] of one.fields()) {
            if (group === 'timestamp') continue;
            if (group === 'avg-cpu')
              for (const [name, value] of content.fields())
                samples.figure('processor', name, value.number(-MOST, MOST));
            else if (group === 'disk')
              for (const disk of content.list()) {
                const name = (disk.at('disk_device').text('') || disk.at('device').text('disk')).slice(0, 60);
                for (const [field, value] of disk.fields())
                  if (!field.endsWith('device')) samples.figure(name, field.slice(0, 40), value.number(-MOST, MOST));
              }
            else context.leftAside.add(`figures of ${group.slice(0, 40)}`);
          }
        }
      }
      const imported = samples.end();
      return imported.kind === 'run'
        ? {
            ...imported,
            run: { ...imported.run, ...(machine === '' ? {} : { machine }), ...(kernel === '' ? {} : { kernel }) },
          }
        : imported;
    },
  }),
};

/** What iostat prints for people, short or extended (-x). */
export const iostatText: Importer = {
  id: 'iostat',
  label: 'iostat',
  recognises: (head) =>
    head.lines
      .slice(0, 12)
      .some(
        (line) =>
          /^Device:?\s+(?:\S+\s+)*(?:tps|r\/s)\b/.test(line) ||
          /^\s*(?:tps|r\/s)\s.*\sDevice$/.test(line) ||
          /^avg-cpu:\s+%user\s/.test(line),
      ),
  read(context: ImportContext): Reader {
    const samples = new Samples(context);
    let headings: string[] | null = null;
    let processor: string[] | null = null;
    let stamp: number | null = null;
    /** Whether the sample that the next headings belong to has begun, and the headings it had. */
    let begun = false;
    const seen = new Set<string>();
    let deviceLast = false;
    const begin = (): void => {
      samples.begin(stamp);
      begun = true;
      seen.clear();
    };
    return {
      by: 'lines',
      line(text) {
        const line = text.trim();
        if (line === '') {
          headings = null;
          processor = null;
          return;
        }
        const time = timeOf(line);
        if (time !== null) {
          stamp = time;
          begun = false;
          return;
        }
        const fields = line.split(/\s+/);
        if (fields[0] === 'avg-cpu:') {
          begin();
          processor = fields.slice(1);
          return;
        }
        // For people (-h, --pretty) the device comes last, and extended figures come in several tables.
        deviceLast = /^Device:?$/.test(fields.at(-1) ?? '') ? true : /^Device:?$/.test(fields[0]) ? false : deviceLast;
        if (/^Device:?$/.test(deviceLast ? (fields.at(-1) ?? '') : fields[0])) {
          const table = deviceLast ? fields.slice(0, -1) : fields.slice(1);
          if (!begun || seen.has(table.join(' '))) begin();
          seen.add(table.join(' '));
          headings = table;
          processor = null;
          return;
        }
        if (/^Linux \S+ \(.*\)/.test(line)) {
          context.leftAside.add('lines about the system');
          return;
        }
        const names = processor ?? headings;
        if (names === null) return context.fail('this is no line of iostat', EXPECTED);
        const device = deviceLast ? (fields.at(-1) ?? '') : fields[0];
        const values = processor !== null ? fields : deviceLast ? fields.slice(0, -1) : fields.slice(1);
        if (values.length !== names.length)
          context.fail(`${values.length} figures under ${names.length} headings`, 'one figure a heading');
        values.forEach((value, i) => {
          const number = figureOf(value);
          samples.figure(
            processor === null ? device.slice(0, 60) : 'processor',
            names[i].slice(0, 40),
            Number.isFinite(number) ? number : context.fail(`"${value}" is no figure`, 'a number'),
          );
        });
      },
      end: () => samples.end(),
    };
  },
};

/** Units that --human writes behind figures; those that are amounts are in KiB already. */
const HUMAN: Readonly<Record<string, number>> = { '': 1, '%': 1, k: 1, M: 1024, G: 1024 ** 2, T: 1024 ** 3 };

/** A figure such as `12.34`, `12,34`, `1.1M` or `45.6%`; NaN where it is none. */
function figureOf(text: string): number {
  const match = /^(.*?)([%kMGT]?)$/.exec(text);
  return match === null ? Number.NaN : plainNumber(match[1].replace(',', '.')) * HUMAN[match[2]];
}
