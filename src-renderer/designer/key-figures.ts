/** The figures by which people choose a machine, a kernel or a file system. */
import { formatTime } from '#model/units';
import { formatBytes, formatCount } from '../ui/format.ts';
import type { Document } from './session.ts';

export interface KeyFigure {
  readonly name: string;
  readonly value: string;
}

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});

function textOf(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** A figure of a document with its unit; clock rates and bytes in the unit that reads best. */
function quantity(value: unknown): string {
  const { value: figure, unit } = fieldsOf(value);
  if (typeof figure !== 'number') return '';
  if (unit === 'Hz') return `${(figure / 1e9).toFixed(2)} GHz`;
  if (unit === 'bytes' || unit === 'B') return formatBytes(figure);
  return `${figure} ${textOf(unit)}`;
}

/** A size of a document as the lab reads it: in bytes. */
function size(value: unknown): string {
  return typeof value === 'number' ? formatBytes(value) : textOf(value);
}

function machine(fields: Fields, all: readonly Document[]): [string, string][] {
  const part = (kind: Document['kind'], id: unknown): Fields =>
    fieldsOf(typeof id === 'string' ? all.find((other) => other.kind === kind && other.id === id)?.document : id);
  const processor = part('processor', fields['processor']);
  const disk = part('storage', fields['disk']);
  const caches = Array.isArray(processor['caches']) ? processor['caches'].map((cache) => quantity(fieldsOf(cache)['size'])) : []; // prettier-ignore
  const latency = fieldsOf(disk['latency']);
  return [
    ['Processor', textOf(processor['name'])],
    ['Clock', quantity(processor['clock'])],
    ['Cores', textOf(fields['cores'])],
    ['Caches', caches.join(', ')],
    ['Disk', textOf(disk['name'])],
    ['Disk read', quantity(latency['read'])],
    ['Disk write', quantity(latency['write'])],
  ];
}

function kernel(fields: Fields): [string, string][] {
  const faults = fieldsOf(fields['faults']);
  const folios = fieldsOf(fields['folios']);
  const dirty = fieldsOf(fields['dirty']);
  const share = (value: unknown): string => (typeof value === 'number' ? `${Math.round(value * 100)} %` : '');
  return [
    ['Readahead', size(fieldsOf(fields['readahead'])['size'])],
    ['Fault-around', typeof faults['aroundPages'] === 'number' ? `${formatCount(faults['aroundPages'])} pages` : ''],
    ['Large folios', textOf(folios['large'])],
    ['Dirty pages seen by', textOf(dirty['tracking']).replace('-', ' ')],
    ['Dirty limit', share(dirty['ratio'])],
  ];
}

function filesystem(fields: Fields): [string, string][] {
  const journal = fieldsOf(fields['journal']);
  return [
    ['Block', size(fields['block'])],
    ['Own policy', textOf(fields['policy'])],
    ['Unwritten extents', textOf(fields['unwritten'])],
    ['Large folios', textOf(fieldsOf(fields['folios'])['large'])],
    [
      'Journal commits',
      typeof journal['commitPeriod'] === 'number' ? `every ${formatTime(journal['commitPeriod'])}` : '',
    ],
  ];
}

/** Name and value, those that the document gives. */
export function keyFigures(document: Document, all: readonly Document[]): KeyFigure[] {
  const fields = fieldsOf(document.document);
  const rows =
    document.kind === 'machine'
      ? machine(fields, all)
      : document.kind === 'kernel'
        ? kernel(fields)
        : document.kind === 'filesystem'
          ? filesystem(fields)
          : [];
  return rows.filter(([, value]) => value !== '').map(([name, value]) => ({ name, value }));
}

/** One line of them, for a card: without names where the values speak for themselves. */
export function inOneLine(document: Document, all: readonly Document[]): string {
  const figures = new Map(keyFigures(document, all).map(({ name, value }) => [name, value]));
  const pick = (name: string, suffix = ''): string => (figures.has(name) ? `${figures.get(name) ?? ''}${suffix}` : '');
  const words =
    document.kind === 'machine'
      ? [pick('Clock'), `${pick('Cores')} ${pick('Cores') === '1' ? 'core' : 'cores'}`]
      : document.kind === 'kernel'
        ? [pick('Readahead', ' readahead')]
        : [pick('Block', ' blocks'), pick('Own policy')];
  return words.filter((word) => word.trim() !== '').join(', ');
}
