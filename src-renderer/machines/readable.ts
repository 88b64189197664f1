import { grouped, UNIT_SPACE } from '../timeline/time.ts';

/** Figures of documents as people read them, whatever unit they were written in. */

interface Unit {
  readonly name: string;
  /** In the smallest unit of its kind. */
  readonly size: number;
}

/** Units of one kind, the smallest first. */
const KINDS: readonly (readonly Unit[])[] = [
  [
    { name: 'ps', size: 1 },
    { name: 'ns', size: 1e3 },
    { name: 'µs', size: 1e6 },
    { name: 'ms', size: 1e9 },
    { name: 's', size: 1e12 },
  ],
  [
    { name: 'Hz', size: 1 },
    { name: 'kHz', size: 1e3 },
    { name: 'MHz', size: 1e6 },
    { name: 'GHz', size: 1e9 },
  ],
  [
    { name: 'B', size: 1 },
    { name: 'KiB', size: 2 ** 10 },
    { name: 'MiB', size: 2 ** 20 },
    { name: 'GiB', size: 2 ** 30 },
    { name: 'TiB', size: 2 ** 40 },
  ],
  [
    { name: 'B/s', size: 1 },
    { name: 'kB/s', size: 1e3 },
    { name: 'MB/s', size: 1e6 },
    { name: 'GB/s', size: 1e9 },
  ],
];

/** What documents write beside the names above. */
const SPELLINGS: Readonly<Record<string, string>> = {
  us: 'µs',
  bytes: 'B',
  byte: 'B',
  'bytes/s': 'B/s',
  'KB/s': 'kB/s',
};

/** The unit as it is written here: `us` is `µs`. */
export function unitName(unit: string): string {
  return SPELLINGS[unit] ?? unit;
}

function kindOf(unit: string): readonly Unit[] | null {
  return KINDS.find((units) => units.some(({ name }) => name === unitName(unit))) ?? null;
}

/** A figure in another unit of its kind; null where the units are of different kinds. */
export function converted(value: number, from: string, to: string): number | null {
  if (unitName(from) === unitName(to)) return value;
  const units = kindOf(from);
  const target = units?.find(({ name }) => name === unitName(to));
  const source = units?.find(({ name }) => name === unitName(from));
  return target === undefined || source === undefined ? null : (value * source.size) / target.size;
}

/** A figure as it is read: no more than four digits; exponents for what is very large or small. */
export function rounded(value: number): string {
  if (value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e15)) return value.toExponential(3);
  const digits = Math.abs(value) >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(4)));
  return grouped(digits).replace(/^-/, '−');
}

/**
 * The unit that a figure reads best in: its own, unless that makes it 1000 (1024) or more, or less than a tenth.
 */
export function readableUnit(value: number, unit: string): string {
  const units = kindOf(unit);
  const own = units?.find(({ name }) => name === unitName(unit));
  if (units === null || own === undefined || value === 0) return unitName(unit);
  const size = Math.abs(value) * own.size;
  const step = units[1].size === 1024 ? 1024 : 1000;
  if (Math.abs(value) < step && Math.abs(value) >= 0.1) return own.name;
  return (units.findLast((candidate) => candidate.size <= size) ?? units[0]).name;
}

export interface Readable {
  readonly figure: string;
  readonly unit: string;
  /** As the document has it, for hovering. */
  readonly exact: string;
}

/** @param unit what it is told in; without one, what reads best */
export function readable(value: number, written: string, unit = readableUnit(value, written)): Readable {
  const name = unitName(written);
  return {
    figure: rounded(converted(value, written, unit) ?? value),
    unit: converted(value, written, unit) === null ? name : unitName(unit),
    exact: `${grouped(String(value))}${UNIT_SPACE}${name}`,
  };
}

/** Figure and unit in one. */
export function readableText(value: number, written: string): string {
  const { figure, unit } = readable(value, written);
  return unit === '' ? figure : `${figure}${UNIT_SPACE}${unit}`;
}
