import type { ListedDocument } from '#ipc/schemas';
import { POLICY_IDS } from '#model/policies';
import { keysOf, LIST_FIELDS, type AxisValue } from '#model/sweep';
import { formatPath } from '#model/validate';

/** A field that a sweep can vary. */
export interface SweepField {
  readonly path: string;
  /** What it is now, as people write it; empty where it is left out. */
  readonly current: string;
  /** Ids to choose from; empty where any value may stand. */
  readonly options: readonly string[];
}

const KINDS = { machines: 'machine', kernels: 'kernel', filesystems: 'filesystem' } as const;
/** Fields of an experiment that have a default, so that a document may leave them out. */
const OPTIONAL = ['memory', 'readAhead', 'seed', 'freeSpace', 'reserve', 'cgroupLimit'] as const;
/** What a document says of itself, and what names other things: not varied from a list. */
const NOT_OFFERED = new Set(['format', 'id', 'name', 'description', 'source', 'year', 'question', 'do', 'missing']);
/** Where a step says where and how it goes; left out, these have defaults. */
const STEP_FIELDS: Readonly<Record<string, readonly string[]>> = {
  load: ['stride', 'length', 'order', 'width'],
  store: ['stride', 'length', 'order', 'width'],
  mixed: ['stride', 'length', 'order', 'width'],
};

/** Fields of an experiment, and of the documents that it names, that a sweep may vary. */
export function fieldsOf(experiment: unknown, documents: readonly ListedDocument[]): SweepField[] {
  const base = isRecord(experiment) ? experiment : {};
  const fields: SweepField[] = [
    { path: 'policies', current: textOf(base['policies'] ?? ['native']), options: ['native', ...POLICY_IDS] },
  ];
  for (const [list, kind] of Object.entries(KINDS)) {
    const options = documents.filter((document) => document.kind === kind).map((document) => document.id);
    fields.push({ path: list, current: textOf(base[list]), options });
  }
  for (const path of OPTIONAL) fields.push({ path, current: textOf(base[path]), options: [] });
  for (const part of ['files', 'mappings', 'threads']) walk(base[part], [part], fields);
  for (const [list, kind] of Object.entries(KINDS)) {
    const [first] = Array.isArray(base[list]) ? (base[list] as unknown[]) : [];
    const document =
      typeof first === 'string' ? documents.find((one) => one.kind === kind && one.id === first)?.document : first;
    walk(document, [list, 0], fields);
  }
  return fields;
}

function walk(value: unknown, keys: readonly (string | number)[], into: SweepField[]): void {
  if (Array.isArray(value)) {
    value.forEach((item, i) => walk(item, [...keys, i], into));
    return;
  }
  if (!isRecord(value)) {
    const options = typeof value === 'boolean' ? ['true', 'false'] : [];
    if (value !== undefined && value !== null) into.push({ path: formatPath(keys), current: textOf(value), options });
    return;
  }
  for (const [key, item] of Object.entries(value)) if (!NOT_OFFERED.has(key)) walk(item, [...keys, key], into);
  const more = STEP_FIELDS[typeof value['do'] === 'string' ? value['do'] : ''] ?? [];
  for (const key of more)
    if (value[key] === undefined) into.push({ path: formatPath([...keys, key]), current: '', options: [] });
}

/** Values as they are typed, with commas between; a comma within brackets belongs to its value. */
export function splitValues(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const sign of text) {
    if (sign === '[' || sign === '{') depth++;
    if (sign === ']' || sign === '}') depth--;
    if (sign === ',' && depth <= 0) {
      parts.push(part);
      part = '';
    } else {
      part += sign;
    }
  }
  return [...parts, part].map((each) => each.trim()).filter((each) => each !== '');
}

/** Typed values as the document has them: JSON where they look like it, text where the field is text. */
export function parseValues(text: string, path: string, experiment: unknown): AxisValue[] {
  const isText = typeof valueAt(experiment, path) === 'string' || isListField(path);
  return splitValues(text).map((part) => {
    if (!/^(?:[[{]|-?\d+(?:\.\d+)?(?:e-?\d+)?$|true$|false$|null$)/.test(part)) return part;
    if (isText && !/^[[{]/.test(part)) return part;
    try {
      return JSON.parse(part) as AxisValue;
    } catch {
      // Being typed, or a text that only begins like JSON: the lab says what it wants instead.
      return part;
    }
  });
}

/** Values as they were typed. */
export function writeValues(values: readonly AxisValue[]): string {
  return values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(', ');
}

/** How a field is called in tables: its last part. */
export function shortName(path: string): string {
  const keys = keysOf(path);
  const last = keys.at(-1);
  return typeof last === 'string' ? last : path;
}

function isListField(path: string): boolean {
  return (LIST_FIELDS as readonly string[]).includes(path.replace(/\[0\]$/, ''));
}

function valueAt(document: unknown, path: string): unknown {
  let value = document;
  for (const key of keysOf(path))
    value = typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[key] : undefined;
  return value;
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map((item) => textOf(isRecord(item) ? item['id'] : item)).join(', ');
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
