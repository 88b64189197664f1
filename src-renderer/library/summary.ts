import { formatCount } from '../ui/format.ts';

/** An experiment document in words, as far as it can be read: it has not been checked yet. */
export interface Summary {
  /** What it runs on: `Policies` -> `P1, P5`. */
  readonly choices: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly files: readonly string[];
  /** Whether a mapping is private: then pages are copied when they are stored to. */
  readonly isPrivate: boolean;
  readonly threads: readonly { readonly name: string; readonly steps: readonly StepLine[] }[];
}

export interface StepLine {
  /** Loops and forks it is in. */
  readonly depth: number;
  readonly what: string;
  readonly name: string;
  readonly details: string;
}

/** What a field of a step says, in the words that the designer has for it. */
const WORDS: Readonly<Record<string, (value: string) => string>> = {
  mapping: (value) => `mapping ${value}`,
  file: (value) => `file ${value}`,
  stride: (value) => `every ${value}`,
  at: (value) => `${value} into each slot`,
  width: (value) => `${value} wide`,
  count: (value) => `${grouped(value)} accesses`,
  storeShare: (value) => `${percent(value)} stores`,
  times: (value) => `${grouped(value)} times`,
  from: (value) => `from ${value}`,
  length: (value) => `${value} long`,
  chunk: (value) => `${value} at a time`,
  nonTemporal: (value) => (value === 'true' ? 'past the caches' : ''),
  protection: (value) => (value === 'read' ? 'to read only' : 'to read and write'),
  advice: (value) => value,
  mode: (value) => value,
  size: (value) => `to ${value}`,
  time: (value) => `for ${value}`,
  barrier: (value) => `barrier ${value}`,
};

const ORDERS: Readonly<Record<string, string>> = {
  random: 'in random order',
  chase: 'each waiting for the one before',
  zipf: 'few slots most often',
  'hot-cold': 'a hot range more often',
  trace: 'as recorded',
};

function grouped(value: string): string {
  const number = Number(value);
  return value !== '' && Number.isFinite(number) ? formatCount(number) : value;
}

function percent(value: string): string {
  const share = Number(value);
  return Number.isFinite(share) ? `${Number((share * 100).toPrecision(4))} %` : value;
}

type Fields = Record<string, unknown>;

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const fields = fieldsOf(value);
  return textOf(fields['name'] ?? fields['id'] ?? '');
}

const CHOICES = [
  ['policies', 'Policies'],
  ['filesystems', 'File systems'],
  ['kernels', 'Kernels'],
  ['machines', 'Machines'],
] as const;

export function summarise(document: unknown): Summary {
  const fields = fieldsOf(document);
  const choices: { name: string; values: string[] }[] = CHOICES.map(([field, name]) => ({
    name,
    values: listOf(fields[field]).map(textOf),
  }));
  if (typeof fields['memory'] === 'string') choices.push({ name: 'Memory', values: [fields['memory']] });
  const files = listOf(fields['files']).map((file) => {
    const { name, size, extents } = fieldsOf(file);
    const written = listOf(extents).length;
    return `${textOf(name)}, ${textOf(size)}, ${written === 0 ? 'all holes' : `${written} ${written === 1 ? 'extent' : 'extents'}`}`;
  });
  const threads = listOf(fields['threads']).map((thread, i) => {
    const { name, steps } = fieldsOf(thread);
    return { name: textOf(name) || `thread ${i}`, steps: stepLines(steps, 0) };
  });
  const isPrivate = listOf(fields['mappings']).some((mapping) => fieldsOf(mapping)['sharing'] === 'private');
  return { choices: choices.filter((choice) => choice.values.length > 0), files, isPrivate, threads };
}

/** Steps in their order, what is inside a loop or a fork right behind it. */
function stepLines(steps: unknown, depth: number): StepLine[] {
  return listOf(steps).flatMap((step) => {
    const { do: what, name, steps: inside, ...rest } = fieldsOf(step);
    const order = ORDERS[textOf(fieldsOf(rest['pattern'])['kind'])] ?? '';
    const words = Object.entries(rest)
      .filter(([, value]) => typeof value !== 'object')
      .map(([field, value]) => WORDS[field]?.(textOf(value)) ?? `${field} ${textOf(value)}`);
    const details = [...words, order].filter((word) => word !== '').join(', ');
    return [{ depth, what: textOf(what), name: textOf(name), details }, ...stepLines(inside, depth + 1)];
  });
}
