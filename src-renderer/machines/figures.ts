import { grouped } from '../timeline/time.ts';
import { readableText } from './readable.ts';
import { inWords } from './words.ts';

/** Figures of a document in the order in which they stand, each with where it comes from. */
export interface Provenance {
  readonly source: string;
  readonly method: string;
  readonly date: string;
  readonly note: string;
}

/** Where in the document an entry stands. */
export type Path = readonly (string | number)[];

export interface Figure extends Provenance {
  readonly kind: 'quantity';
  readonly path: Path;
  /** Path in the document, in words. */
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

/** A table, or a distribution's quantiles: points of a curve where it has two columns. */
export interface Curve extends Provenance {
  readonly kind: 'curve';
  readonly path: Path;
  readonly name: string;
  readonly columns: readonly string[];
  readonly units: readonly string[];
  readonly rows: readonly (readonly number[])[];
}

/** A choice that is no figure: a name, a rule, a switch. */
export interface Choice {
  readonly kind: 'choice';
  readonly path: Path;
  readonly name: string;
  readonly text: string;
}

export type Entry = Figure | Curve | Choice;

export interface Section {
  readonly title: string;
  readonly entries: readonly Entry[];
}

type Fields = Record<string, unknown>;

/** Fields that the head of the page shows. */
const HEAD = new Set(['format', 'id', 'name', 'year', 'description', 'notes', 'sources', 'missing']);

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** All that a document says, grouped by its top-level fields. Sources named by a key are spelt out. */
export function sectionsOf(document: unknown): Section[] {
  if (!isFields(document)) return [];
  const sources = isFields(document['sources']) ? document['sources'] : {};
  const sections: Section[] = [];
  const single: Entry[] = [];
  for (const [field, value] of Object.entries(document)) {
    if (HEAD.has(field)) continue;
    const entries: Entry[] = [];
    collect(value, '', [field], sources, entries);
    if (entries.length === 1 && entries[0].name === '') single.push({ ...entries[0], name: inWords(field) });
    else if (entries.length > 0) sections.push({ title: inWords(field), entries });
  }
  return single.length === 0 ? sections : [{ title: 'general', entries: single }, ...sections];
}

function collect(value: unknown, name: string, path: Path, sources: Fields, into: Entry[]): void {
  if (value === null || value === undefined) return;
  if (Array.isArray(value)) {
    value.forEach((item, i) => {
      collect(item, joined(name, labelOf(item, i, path)), [...path, i], sources, into);
    });
    return;
  }
  if (!isFields(value)) {
    into.push({ kind: 'choice', path, name, text: choiceText(value, path) });
    return;
  }
  if (typeof value['value'] === 'number' && typeof value['unit'] === 'string') {
    const { value: figure, unit } = value as { value: number; unit: string };
    into.push({ kind: 'quantity', path, name, value: figure, unit, ...provenanceOf(value, sources) });
    return;
  }
  const curve = curveOf(value, name, path, sources);
  if (curve !== null) {
    into.push(curve);
    return;
  }
  for (const [field, inner] of Object.entries(value)) {
    if (!(field === 'name' && typeof inner === 'string') && !(isReading(value) && CONDITIONS.has(field)))
      collect(inner, joined(name, inWords(field)), [...path, field], sources, into);
  }
}

/** Under what a latency was measured: the reading's name, since that is what tells it from the others. */
const CONDITIONS = new Set(['operation', 'bytes', 'queueDepth']);

function isReading(item: Fields): item is { operation: string; bytes: number; queueDepth: number } {
  return (
    typeof item['operation'] === 'string' && typeof item['bytes'] === 'number' && typeof item['queueDepth'] === 'number'
  );
}

/** What one of several is called. */
function labelOf(item: unknown, i: number, path: Path): string {
  if (isFields(item)) {
    if (typeof item['name'] === 'string') return item['name'];
    if (isReading(item)) {
      const size = item.bytes > 0 ? ` of ${readableText(item.bytes, 'B')}` : '';
      return `${item.operation}${size} at queue depth ${item.queueDepth}`;
    }
  }
  // Caches stand in the order of their levels.
  return path.length === 1 && path[0] === 'caches' ? `L${i + 1}` : `${i + 1}`;
}

/** A switch is yes or no; a size in bytes is told as one. */
function choiceText(value: unknown, path: Path): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value !== 'number') return JSON.stringify(value);
  return /bytes$/i.test(String(path.at(-1))) ? readableText(value, 'B') : grouped(String(value));
}

function joined(name: string, part: string): string {
  return name === '' ? part : `${name}, ${part}`;
}

function curveOf(value: Fields, name: string, path: Path, sources: Fields): Curve | null {
  const provenance = provenanceOf(value, sources);
  if (Array.isArray(value['columns']) && Array.isArray(value['rows']) && Array.isArray(value['units'])) {
    const { columns, units, rows } = value as unknown as Pick<Curve, 'columns' | 'units' | 'rows'>;
    return { kind: 'curve', path, name, columns, units, rows, ...provenance };
  }
  const unit = typeof value['unit'] === 'string' ? value['unit'] : '';
  for (const [field, columns] of [
    ['quantiles', ['fraction', 'value']],
    ['histogram', ['value', 'count']],
  ] as const) {
    const rows = value[field];
    if (!Array.isArray(rows)) continue;
    const units = field === 'quantiles' ? ['', unit] : [unit, ''];
    return { kind: 'curve', path, name, columns, units, rows: rows as number[][], ...provenance };
  }
  return null;
}

function provenanceOf(value: Fields, sources: Fields): Provenance {
  const text = (field: string): string => (typeof value[field] === 'string' ? value[field] : '');
  return {
    source: sourceText(text('source'), sources),
    method: text('method'),
    date: text('date'),
    note: text('note'),
  };
}

/** A source is told in full, or by a key of the document's own list. */
function sourceText(source: string, sources: Fields): string {
  const entry = sources[source];
  if (typeof entry === 'string') return entry;
  if (!isFields(entry)) return source;
  return Object.values(entry)
    .filter((part) => typeof part === 'string' || typeof part === 'number')
    .join(', ');
}

/** What the document says it does not know. */
export function gapsOf(document: unknown): string[] {
  const missing = isFields(document) ? document['missing'] : undefined;
  return Array.isArray(missing) ? missing.map((gap) => (typeof gap === 'string' ? gap : JSON.stringify(gap))) : [];
}

/** The first figures of a document in one line, to tell it from others by. */
export function inBrief(document: unknown, most = 4): string {
  const figures: string[] = [];
  for (const { entries } of sectionsOf(document))
    for (const entry of entries)
      if (entry.kind === 'quantity') figures.push(`${entry.name} ${readableText(entry.value, entry.unit)}`);
  return figures.slice(0, most).join(', ');
}
