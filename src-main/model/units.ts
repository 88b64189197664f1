import * as v from 'valibot';

/** Bytes a unit, as people write sizes. Binary and SI prefixes are told apart. */
const SIZE_UNITS: Readonly<Record<string, number>> = {
  B: 1,
  bytes: 1,
  byte: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
};

/** Picoseconds a unit. */
const TIME_UNITS: Readonly<Record<string, number>> = {
  ps: 1,
  ns: 1e3,
  us: 1e6,
  µs: 1e6,
  ms: 1e9,
  s: 1e12,
  min: 60e12,
  h: 3600e12,
};

const QUANTITY = /^(\d+(?:\.\d+)?)\s*([A-Za-zµ]*)$/;

function parse(text: string, units: Readonly<Record<string, number>>): number | null {
  const match = QUANTITY.exec(text.trim());
  if (match === null) return null;
  const [, digits = '', unit = ''] = match;
  const factor = unit === '' && Number(digits) === 0 ? 1 : units[unit];
  if (factor === undefined) return null;
  const value = Number(digits) * factor;
  return Number.isSafeInteger(Math.round(value)) && Math.abs(value - Math.round(value)) < 1e-6
    ? Math.round(value)
    : null;
}

/** `"16 KiB"` to bytes; `null` when it is no size, or no whole number of bytes. `"0"` needs no unit. */
export function parseSize(text: string): number | null {
  return parse(text, SIZE_UNITS);
}

/** `"30 s"` to picoseconds; `null` when it is no time. `"0"` needs no unit. */
export function parseTime(text: string): number | null {
  return parse(text, TIME_UNITS);
}

const SIZE_STEPS = ['TiB', 'GiB', 'MiB', 'KiB'] as const;

/** Bytes in the largest binary unit that divides them: exact, and read back by {@link parseSize}. */
export function formatSize(bytes: number): string {
  for (const unit of SIZE_STEPS) {
    const factor = SIZE_UNITS[unit];
    if (bytes !== 0 && bytes % factor === 0) return `${bytes / factor} ${unit}`;
  }
  return `${bytes} B`;
}

const TIME_STEPS: readonly (readonly [string, number])[] = [
  ['h', 3600e12],
  ['min', 60e12],
  ['s', 1e12],
  ['ms', 1e9],
  ['µs', 1e6],
  ['ns', 1e3],
];

/** Picoseconds for reading: four significant digits and the unit that suits, such as `12.35 µs`. */
export function formatTime(ps: number): string {
  const size = Math.abs(ps);
  for (const [unit, factor] of TIME_STEPS) {
    if (size >= factor) return `${Number((ps / factor).toPrecision(4))} ${unit}`;
  }
  return size === 0 ? '0 s' : `${Math.round(ps)} ps`;
}

/** Whole numbers with thin spaces between thousands: `16 384`. */
export function formatCount(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f');
}

const EXPECT_SIZE = 'a size such as "16 KiB"';
const EXPECT_TIME = 'a time such as "30 s"';

/** A size as people write it, in bytes after reading. */
export const sizeSchema = v.pipe(
  v.string(EXPECT_SIZE),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const bytes = parseSize(dataset.value);
    if (bytes !== null) return bytes;
    addIssue({ message: EXPECT_SIZE });
    return NEVER;
  }),
);

/** A time as people write it, in picoseconds after reading. */
export const timeSchema = v.pipe(
  v.string(EXPECT_TIME),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const ps = parseTime(dataset.value);
    if (ps !== null) return ps;
    addIssue({ message: EXPECT_TIME });
    return NEVER;
  }),
);
