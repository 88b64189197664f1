import type { ImportContext, Imported, Importer, Reader } from './importer.ts';
import { JsonNode } from './json.ts';
import { MeasurementsBuilder } from './measurements.ts';
import { plainNumber } from './text.ts';

const EXPECTED = 'maps of bpftrace, such as "@usecs:" and lines "[4, 8)  12 |@@@ |"';
/** `@name[key, key]: value`, `@name:`, with or without a key. */
const MAP = /^(@[\w.]*)(?:\[(.*)\])?:\s*(.*)$/;
/** `[256, 512)`, `[1K, 2K)`, `[0]`, `(..., 0)`, `[100, ...)`, with count and bar. */
const BIN = /^([[(])(\.\.\.|-?\d+[KMGTPE]?)(?:, (\.\.\.|-?\d+[KMGTPE]?))?([\])])\s+(\d+)\s*\|.*\|\s*$/;
/** A key of several lines, such as a stack: its beginning and its end. */
const LONG_KEY = /^(@[\w.]*)\[([^\]]*)$/;
const LONG_KEY_END = /^(.*)\]:\s*(.*)$/;
const MOST_KEY = 10_000;
/** What bpftrace says itself, and times of day, which scripts print before what they print at intervals. */
const MESSAGE = /^(?:Attach(?:ed|ing) \d+ probe|WARNING|ERROR|stdin:|Lost \d+ events|\d{2}:\d{2}:\d{2}\s*$)/;
/** Lines that the program itself may print before its maps. */
const MOST_BEFORE = 1000;
const SCALE: Readonly<Record<string, number>> = {
  '': 1,
  K: 2 ** 10,
  M: 2 ** 20,
  G: 2 ** 30,
  T: 2 ** 40,
  P: 2 ** 50,
  E: 2 ** 60,
};
const MOST = 2 ** 63;
const MOST_BINS = 10_000;

/** Bins of one histogram: from, to (exclusive), count. */
type Bins = number[][];

/** Maps of bpftrace as figures: counts, and histograms bin by bin. */
class Maps {
  readonly builder: MeasurementsBuilder;
  private readonly context: ImportContext;

  constructor(context: ImportContext) {
    this.context = context;
    this.builder = new MeasurementsBuilder(context, 'bpftrace');
  }

  value(name: string, key: string, value: number): void {
    this.context.within(value, -MOST, MOST, 'the value');
    this.builder.quantity(label(name, key), value, unitOf(name) ?? 'count');
  }

  stats(name: string, key: string, count: number, average: number, total: number): void {
    const unit = unitOf(name) ?? 'units';
    this.builder.quantity(`${label(name, key)} count`, count, 'count');
    this.builder.quantity(`${label(name, key)} average`, average, unit);
    this.builder.quantity(`${label(name, key)} total`, total, unit);
  }

  histogram(name: string, key: string, bins: Bins): void {
    if (bins.length === 0) return;
    const unit = unitOf(name);
    this.builder.table(label(name, key), ['from', 'to', 'count'], [unit ?? 'units', unit ?? 'units', 'count'], bins);
    if (unit === null) return;
    // The middle stands for its bin; the table above has the edges.
    const pairs = bins
      .filter(([, , count]) => count > 0)
      .map(([from, to, count]): [number, number] => [(from + to - 1) / 2, count]);
    if (pairs.every(([value], i) => value >= 0 && (i === 0 || value > pairs[i - 1][0])))
      this.builder.histogram(
        label(name, key),
        unit,
        pairs,
        'each bin stands at its middle; the table of the same name has the edges',
      );
  }

  document(): Imported {
    return this.builder.document('Counts and histograms by bpftrace', [], EXPECTED);
  }
}

function label(name: string, key: string): string {
  return key === '' ? name : `${name}[${key.slice(0, 200)}]`;
}

/** Unit by the name of the map, as people name them. */
function unitOf(name: string): string | null {
  if (/nsecs?|(?:^|[^a-z])ns(?:$|[^a-z])/i.test(name)) return 'ns';
  if (/usecs?|(?:^|[^a-z])us(?:$|[^a-z])|microsec/i.test(name)) return 'us';
  if (/msecs?|(?:^|[^a-z])ms(?:$|[^a-z])|millisec/i.test(name)) return 'ms';
  return null;
}

/** What bpftrace prints at the end, or at intervals. */
export const bpftraceText: Importer = {
  id: 'bpftrace',
  label: 'bpftrace text',
  recognises(head) {
    const lines = head.lines.filter((line) => line.trim() !== '' && !MESSAGE.test(line));
    const first = lines.slice(0, MOST_BEFORE).findIndex((line) => MAP.test(line) || LONG_KEY.test(line));
    if (first < 0) return false;
    const next = lines[first + 1];
    return first === 0 || next === undefined || MAP.test(next) || BIN.test(next) || LONG_KEY.test(next);
  },
  read(context: ImportContext): Reader {
    const maps = new Maps(context);
    let open: { name: string; key: string; bins: Bins } | null = null;
    const close = (): void => {
      if (open === null) return;
      if (open.bins.length === 0) context.leftAside.add('maps without a value');
      maps.histogram(open.name, open.key, open.bins);
      open = null;
    };
    let long: { name: string; key: string } | null = null;
    const takeMap = (name: string, key: string, rest: string): void => {
      if (rest === '') {
        open = { name, key, bins: [] };
        return;
      }
      const value = plainNumber(rest);
      if (Number.isFinite(value)) {
        maps.value(name, key, value);
        return;
      }
      const stats = /^count (\d+), average (-?\d+), total (-?\d+)$/.exec(rest);
      if (stats !== null) maps.stats(name, key, Number(stats[1]), Number(stats[2]), Number(stats[3]));
      else context.leftAside.add('maps of texts');
    };
    return {
      by: 'lines',
      line(text) {
        if (text.trim() === '') {
          if (open !== null && open.bins.length > 0) close();
          return;
        }
        if (long !== null) {
          const end = LONG_KEY_END.exec(text);
          const part = (end === null ? text : end[1]).trim();
          if (part !== '') long.key += `${long.key === '' ? '' : ';'}${part}`;
          if (long.key.length > MOST_KEY) context.fail('the key of the map has no end', EXPECTED);
          if (end === null) return;
          const { name, key } = long;
          long = null;
          takeMap(name, key, end[2]);
          return;
        }
        const map = MAP.exec(text);
        if (map !== null) {
          close();
          const [, name, key = '', rest] = map;
          takeMap(name, key, rest);
          return;
        }
        const begun = LONG_KEY.exec(text);
        if (begun !== null) {
          close();
          long = { name: begun[1], key: begun[2].trim() };
          return;
        }
        const bin = BIN.exec(text);
        if (bin !== null && open !== null) {
          if (open.bins.length >= MOST_BINS) context.fail('the histogram has too many bins', `at most ${MOST_BINS}`);
          open.bins.push(edges(context, bin, open.bins.at(-1)));
          return;
        }
        if (MESSAGE.test(text)) context.leftAside.add('messages of bpftrace');
        else if (open === null && maps.builder.size === 0) context.leftAside.add('lines that the program printed');
        else context.fail('this is neither a map nor a bin of a histogram', EXPECTED);
      },
      end() {
        close();
        if (long !== null) context.fail('the key of the last map has no end', EXPECTED);
        return maps.document();
      },
    };
  },
};

function edges(context: ImportContext, bin: RegExpExecArray, before: number[] | undefined): number[] {
  const [, , low, high, , count] = bin;
  const number = (text: string): number => Number.parseInt(text, 10) * SCALE[/[A-Z]$/.exec(text)?.[0] ?? ''];
  const to = high === undefined ? (low === '...' ? 0 : number(low) + 1) : high === '...' ? Number.NaN : number(high);
  const from = low === '...' ? Math.min(-1, to - 1) : number(low);
  const end = Number.isNaN(to) ? from + 1 : to;
  if (end <= from || (before !== undefined && from < before[0])) context.fail('the bins do not ascend', EXPECTED);
  return [from, end, context.within(Number(count), 0, MOST, 'the count')];
}

/** What `bpftrace -f json` prints: one object a line, with the type of what it is. */
export const bpftraceJson: Importer = {
  id: 'bpftrace-json',
  label: 'bpftrace -f json',
  recognises: (head) =>
    head.lines.some((line) =>
      /^\{"type": ?"(?:attached_probes|map|hist|lhist|stats|value|tseries|printf|time)"/.test(line),
    ),
  read(context: ImportContext): Reader {
    const maps = new Maps(context);
    return {
      by: 'lines',
      line(text) {
        if (text.trim() === '') return;
        if (!text.trimStart().startsWith('{')) {
          if (MESSAGE.test(text)) context.leftAside.add('messages of bpftrace');
          else if (maps.builder.size === 0) context.leftAside.add('lines that the program printed');
          else context.fail('this is no object of bpftrace', '{"type": ..., "data": ...}');
          return;
        }
        let value: unknown;
        try {
          value = JSON.parse(text);
        } catch {
          return context.fail('not valid JSON', '{"type": ..., "data": ...}');
        }
        const node = new JsonNode(value, '', context.file);
        const type = node.at('type').value;
        if (typeof type !== 'string') return context.fail('the type is missing', '{"type": ..., "data": ...}');
        const data = node.at('data');
        if (!['map', 'hist', 'lhist', 'stats', 'value'].includes(type)) {
          context.leftAside.add(
            type === 'attached_probes' ? 'notes of attached probes' : `objects of type ${type.slice(0, 40)}`,
          );
          return;
        }
        if (!data.isObject) return context.fail('the data are missing', 'an object of maps');
        for (const [name, content] of data.fields()) take(maps, context, name, '', content, type === 'stats');
      },
      end: () => maps.document(),
    };
  },
};

function take(maps: Maps, context: ImportContext, name: string, key: string, content: JsonNode, stats: boolean): void {
  if (stats && typeof content.at('average').value === 'number') {
    const part = (field: string): number => content.at(field).number(-MOST, MOST);
    maps.stats(name, key, part('count'), part('average'), part('total'));
    return;
  }
  if (typeof content.value === 'number') {
    maps.value(name, key, content.value);
    return;
  }
  if (Array.isArray(content.value)) {
    const bins = content.list();
    // A tuple or an array is a list, too.
    if (bins.length > 0 && bins.every((bin) => !bin.isObject)) {
      context.leftAside.add('values that are tuples');
      return;
    }
    if (bins.length > MOST_BINS) context.fail('the histogram has too many bins', `at most ${MOST_BINS}`);
    const read = bins.map((bin): number[] => {
      if (!bin.isObject) return context.fail('a bin is no object', '{"min": ..., "max": ..., "count": ...}');
      const edge = (which: 'min' | 'max'): number | null => {
        const { value } = bin.at(which);
        if (value === undefined) return null;
        return typeof value === 'number' && Math.abs(value) <= MOST
          ? value
          : context.fail('the edge of a bin is no number', 'numbers');
      };
      const count = bin.at('count').value;
      if (typeof count !== 'number' || !(count >= 0 && count <= MOST))
        return context.fail('the count of a bin is no number', 'a count');
      const max = edge('max');
      const min = edge('min') ?? Math.min(-1, (max ?? 0) - 1);
      // Versions before 0.18 print this bin's edges in 32 bits.
      if (min === -(2 ** 31) && max === 0) return [2 ** 31, 2 ** 32, count];
      return [min, Math.max(min, max ?? min) + 1, count];
    });
    if (read.some(([from], i) => i > 0 && from < read[i - 1][0])) context.fail('the bins do not ascend', EXPECTED);
    maps.histogram(name, key, read);
    return;
  }
  if (content.isObject && key.length < 1000) {
    const fields = content.fields();
    if (fields.length > 10_000) context.fail('the map has too many keys', 'at most 10 000');
    for (const [inner, value] of fields)
      take(maps, context, name, key === '' ? inner : `${key},${inner}`, value, stats);
    return;
  }
  context.leftAside.add('values that are texts');
}
