/** What the designer shows of each kind of step: its colour, what it does, its fields. Facts, no behaviour. */
import type { DraftStep, StepKind } from './document.ts';

export type FieldKind =
  | 'size' | 'time' | 'count' | 'share' | 'text' | 'mapping' | 'file' | 'choice' | 'flag' | 'pattern'; // prettier-ignore

export interface FieldSpec {
  readonly name: string;
  readonly label: string;
  readonly kind: FieldKind;
  /** What holds when the field is left out; shown in the empty field. */
  readonly otherwise?: string;
  readonly options?: readonly string[];
  readonly hint?: string;
}

export interface StepInfo {
  /** Custom property of ui/tokens.css. */
  readonly colour: string;
  readonly about: string;
  readonly fields: readonly FieldSpec[];
}

const mapping: FieldSpec = { name: 'mapping', label: 'Mapping', kind: 'mapping' };
const file: FieldSpec = { name: 'file', label: 'File', kind: 'file' };
const range: readonly FieldSpec[] = [
  { name: 'from', label: 'From', kind: 'size', otherwise: '0' },
  { name: 'length', label: 'Length', kind: 'size', otherwise: 'to the end' },
];
const access: readonly FieldSpec[] = [
  mapping,
  { name: 'pattern', label: 'Order', kind: 'pattern' },
  ...range,
  { name: 'stride', label: 'Every', kind: 'size', otherwise: '4 KiB', hint: 'Distance from one slot to the next' },
  { name: 'at', label: 'Offset in slot', kind: 'size', otherwise: '0' },
  { name: 'width', label: 'Width', kind: 'size', otherwise: '1 B', hint: 'Bytes of one access, 1 B to 64 B' },
  { name: 'count', label: 'Accesses', kind: 'count', otherwise: 'one a slot' },
];
const chunk: FieldSpec = { name: 'chunk', label: 'Chunk', kind: 'size', otherwise: '4 KiB' };
const ADVICE = ['normal', 'random', 'sequential'];

export const STEP_INFO: Readonly<Record<StepKind, StepInfo>> = {
  load: { colour: '--k-read', about: 'Loads through a mapping.', fields: access },
  store: {
    colour: '--k-write',
    about: 'Stores through a mapping.',
    fields: [...access, { name: 'nonTemporal', label: 'Past the caches', kind: 'flag' }],
  },
  mixed: {
    colour: '--k-protect',
    about: 'Loads and stores, drawn by lot.',
    fields: [...access, { name: 'storeShare', label: 'Share of stores', kind: 'share' }],
  },
  read: { colour: '--k-io', about: 'read(2), chunk by chunk.', fields: [file, ...range, chunk] },
  write: { colour: '--k-io', about: 'write(2), chunk by chunk.', fields: [file, ...range, chunk] },
  mmap: { colour: '--k-handler', about: 'Maps a mapping that waits for its step.', fields: [mapping] },
  munmap: { colour: '--k-handler', about: 'Unmaps.', fields: [mapping] },
  msync: {
    colour: '--k-writeback',
    about: 'Writes dirty pages of a mapping back.',
    fields: [
      mapping,
      ...range,
      { name: 'mode', label: 'Mode', kind: 'choice', options: ['sync', 'async'], otherwise: 'sync' },
    ],
  },
  fsync: { colour: '--k-writeback', about: 'Writes a file and its metadata back.', fields: [file] },
  fdatasync: { colour: '--k-writeback', about: 'Writes a file back.', fields: [file] },
  madvise: {
    colour: '--k-handler',
    about: 'Tells the kernel how a mapping will be used.',
    fields: [
      mapping,
      ...range,
      {
        name: 'advice',
        label: 'Advice',
        kind: 'choice',
        options: [...ADVICE, 'populate-read', 'populate-write', 'dontneed'],
      },
    ],
  },
  fadvise: {
    colour: '--k-handler',
    about: 'Tells the kernel how a file will be read.',
    fields: [file, { name: 'advice', label: 'Advice', kind: 'choice', options: ADVICE }],
  },
  mprotect: {
    colour: '--k-handler',
    about: 'Changes what a mapping allows.',
    fields: [
      mapping,
      ...range,
      { name: 'protection', label: 'Protection', kind: 'choice', options: ['read', 'read-write'] },
    ],
  },
  truncate: {
    colour: '--k-blocks',
    about: 'Makes a file shorter or longer.',
    fields: [file, { name: 'size', label: 'New size', kind: 'size' }],
  },
  punch: {
    colour: '--k-blocks',
    about: 'Punches a hole into a file.',
    fields: [file, { name: 'from', label: 'From', kind: 'size' }, { name: 'length', label: 'Length', kind: 'size' }],
  },
  sleep: { colour: '--k-wait', about: 'Waits.', fields: [{ name: 'time', label: 'Time', kind: 'time' }] },
  barrier: {
    colour: '--k-wait',
    about: 'Waits for every thread that names the same barrier.',
    fields: [{ name: 'barrier', label: 'Barrier', kind: 'text' }],
  },
  loop: {
    colour: '--k-cache',
    about: 'Repeats the steps inside.',
    fields: [{ name: 'times', label: 'Times', kind: 'count' }],
  },
  fork: {
    colour: '--k-journal',
    about: 'Forks: the child runs the steps inside and exits, the parent goes on.',
    fields: [],
  },
};

export function infoOf(step: DraftStep): StepInfo {
  return (STEP_INFO as Readonly<Record<string, StepInfo | undefined>>)[step.do] ?? STEP_INFO.sleep;
}

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

/** A step in a few words: `map, every 64 KiB, random`. */
export function stepWords(step: DraftStep): string {
  const pattern = text((step['pattern'] as { kind?: unknown } | undefined)?.kind);
  const words = [text(step['mapping']) || text(step['file'])];
  if (step['stride'] !== undefined) words.push(`every ${text(step['stride'])}`);
  if (pattern !== '' && pattern !== 'sequential') words.push(pattern);
  for (const field of ['advice', 'protection', 'mode', 'size', 'time', 'barrier']) words.push(text(step[field]));
  return words.filter((word) => word !== '').join(', ');
}
