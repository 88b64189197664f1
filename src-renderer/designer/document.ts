/**
 * The experiment document as the designer edits it: exactly what is written, sizes and times as text, whole or not.
 * Every operation takes a document and gives a new one; nothing here is changed in place.
 */
import { EXPERIMENT_FORMAT, type Reference } from '#model/experiment';
import { parseSize } from '#model/units';

export const STEP_KINDS = [
  'load', 'store', 'mixed', 'read', 'write', 'mmap', 'munmap', 'msync', 'fsync', 'fdatasync', 'madvise', 'fadvise',
  'mprotect', 'truncate', 'punch', 'sleep', 'barrier', 'loop', 'fork',
] as const; // prettier-ignore
export type StepKind = (typeof STEP_KINDS)[number];

export interface DraftStep {
  readonly do: string;
  readonly name?: string;
  /** Of a loop or a fork. */
  readonly steps?: readonly DraftStep[];
  readonly [field: string]: unknown;
}

export interface DraftExtent {
  readonly at: string;
  readonly length: string;
  readonly state?: string;
}

export interface DraftFile {
  readonly name: string;
  readonly size: string;
  readonly extents?: readonly DraftExtent[];
  readonly [field: string]: unknown;
}

export interface DraftMapping {
  readonly name: string;
  readonly file: string;
  readonly [field: string]: unknown;
}

export interface DraftThread {
  readonly name: string;
  readonly steps: readonly DraftStep[];
}

export interface DraftDocument {
  readonly format: string;
  readonly name: string;
  readonly machines: readonly Reference[];
  readonly kernels: readonly Reference[];
  readonly filesystems: readonly Reference[];
  readonly policies?: readonly string[];
  readonly files: readonly DraftFile[];
  readonly mappings: readonly DraftMapping[];
  readonly threads: readonly DraftThread[];
  readonly [field: string]: unknown;
}

/** Where a new experiment starts: a setting, one thread, nothing drawn yet. */
export function blankDocument(): DraftDocument {
  return {
    format: EXPERIMENT_FORMAT,
    name: 'New experiment',
    question: '',
    seed: 1,
    machines: ['zen3-vm-2026'],
    kernels: ['linux-6.18'],
    filesystems: ['ext4-4k'],
    policies: ['native'],
    memory: '1 GiB',
    files: [],
    mappings: [],
    threads: [{ name: 'main', steps: [] }],
  };
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

function isStep(value: unknown): boolean {
  if (!isFields(value) || typeof value['do'] !== 'string') return false;
  return value['steps'] === undefined || isListOf(value['steps'], isStep);
}

function hasTexts(value: unknown, ...fields: string[]): value is Fields {
  return isFields(value) && fields.every((field) => typeof value[field] === 'string');
}

function isFile(value: unknown): boolean {
  return (
    hasTexts(value, 'name', 'size') &&
    (value['extents'] === undefined || isListOf(value['extents'], (extent) => hasTexts(extent, 'at', 'length')))
  );
}

const isReference = (value: unknown): boolean => typeof value === 'string' || isFields(value);

/**
 * The document as far as it can be drawn, or null: its shape must be there, its values need not be right.
 * What is left out and has a default is filled in where drawing needs it.
 */
export function drawable(json: unknown): DraftDocument | null {
  if (!isFields(json)) return null;
  // What is missing goes behind what is there, so that the text keeps its order.
  const document: Fields = { ...json, name: json['name'] ?? '', mappings: json['mappings'] ?? [] };
  const whole =
    typeof document['name'] === 'string' &&
    ['machines', 'kernels', 'filesystems'].every((field) => isListOf(document[field], isReference)) &&
    (document['policies'] === undefined || isListOf(document['policies'], (id) => typeof id === 'string')) &&
    isListOf(document['files'], isFile) &&
    isListOf(document['mappings'], (mapping) => hasTexts(mapping, 'name', 'file')) &&
    isListOf(
      document['threads'],
      (thread) => hasTexts(thread, 'name') && Array.isArray(thread['steps']) && isListOf(thread['steps'], isStep),
    );
  return whole ? (document as unknown as DraftDocument) : null;
}

/** Signs of a line that short things are written into. */
const LINE = 80;

/**
 * The document as text, as it is kept and shown: what fits goes into one line, lists of plain values into as few as
 * they fill, so that a step reads as one and a hundred thousand recorded accesses can still be read.
 */
export function writeText(document: unknown): string {
  return writeValue(document, '', 0);
}

function isPlain(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

function fieldsOf(value: unknown): [string, unknown][] {
  return Object.entries(value as object).filter(([, field]) => field !== undefined);
}

/** In one line, where that reads well: lists only of plain values. */
function inOneLine(value: unknown): string | null {
  if (isPlain(value)) return JSON.stringify(value);
  if (Array.isArray(value))
    return value.every(isPlain) ? `[${value.map((item) => JSON.stringify(item)).join(', ')}]` : null;
  const parts: string[] = [];
  for (const [name, field] of fieldsOf(value)) {
    const text = Array.isArray(field) && field.length > 0 ? null : inOneLine(field);
    if (text === null) return null;
    parts.push(`${JSON.stringify(name)}: ${text}`);
  }
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

function writeValue(value: unknown, indent: string, lead: number): string {
  const whole = indent === '' ? null : inOneLine(value);
  if (whole !== null && (isPlain(value) || indent.length + lead + whole.length < LINE)) return whole;
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const items = value as readonly unknown[];
    const lines = items.every((item) => isPlain(item) || (Array.isArray(item) && item.every(isPlain)))
      ? filled(
          items.map((item) => JSON.stringify(item)),
          LINE - inner.length,
        )
      : items.map((item) => writeValue(item, inner, 0));
    return items.length === 0 ? '[]' : `[\n${inner}${lines.join(`,\n${inner}`)}\n${indent}]`;
  }
  const fields = fieldsOf(value).map(([name, field]) => {
    const label = `${JSON.stringify(name)}: `;
    return label + writeValue(field, inner, label.length);
  });
  return fields.length === 0 ? '{}' : `{\n${inner}${fields.join(`,\n${inner}`)}\n${indent}}`;
}

/** Items in lines of at most so many signs, where one fits at all. */
function filled(items: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const item of items) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + item.length + 3 <= width) lines[lines.length - 1] = `${last}, ${item}`;
    else lines.push(item);
  }
  return lines;
}

/** Bytes of a size as written; `otherwise` where it is none yet. */
export function bytesOf(text: unknown, otherwise = 0): number {
  return typeof text === 'string' ? (parseSize(text) ?? otherwise) : otherwise;
}

/** Bytes of a mapping: to the end of its file where it does not say. */
export function mappingBytes(document: DraftDocument, mapping: DraftMapping): number {
  const file = document.files.find(({ name }) => name === mapping.file);
  const rest = Math.max(0, bytesOf(file?.size) - bytesOf(mapping['offset']));
  return mapping['length'] === undefined ? rest : bytesOf(mapping['length'], rest);
}

/** `stem`, or `stem 2`, `stem 3`: the first that is not taken. */
export function freeName(stem: string, taken: readonly { readonly name: string }[]): string {
  const names = new Set(taken.map(({ name }) => name));
  let name = stem;
  for (let i = 2; names.has(name); i++) name = `${stem} ${i}`;
  return name;
}

/** Sets a field; `undefined` or an empty text removes it, so that its default holds. */
export function withField<T extends object>(value: T, field: string, next: unknown): T {
  if (next !== undefined && next !== '') return { ...value, [field]: next };
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== field)) as T;
}

/** The list with item `index` replaced. */
export function replaced<T>(list: readonly T[], index: number, item: T): readonly T[] {
  return list.map((other, i) => (i === index ? item : other));
}

/** The list without item `index`. */
export function without<T>(list: readonly T[], index: number): readonly T[] {
  return list.filter((_, i) => i !== index);
}
