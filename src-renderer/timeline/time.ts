/** Simulated time for people. All times are picoseconds in doubles. */

const UNITS = [
  { name: 's', ps: 1e12 },
  { name: 'ms', ps: 1e9 },
  { name: 'µs', ps: 1e6 },
  { name: 'ns', ps: 1e3 },
  { name: 'ps', ps: 1 },
] as const;

/** Between groups of three digits; never a place to break a line. */
export const THIN_SPACE = '\u202f';
/** Between a figure and its unit. */
export const UNIT_SPACE = '\u00a0';

/** Groups digits by three: `1 234 567`. Fraction digits are grouped from the point on. */
export function grouped(figure: string): string {
  const [whole = '', fraction] = figure.split('.');
  const left = whole.replace(/\B(?=(\d{3})+(?!\d))/g, THIN_SPACE);
  if (fraction === undefined) return left;
  return `${left}.${fraction.replace(/(\d{3})(?=\d)/g, `$1${THIN_SPACE}`)}`;
}

function unitFor(ps: number): { name: string; ps: number } {
  const size = Math.abs(ps);
  return UNITS.find((unit) => size >= unit.ps) ?? { name: 'ns', ps: 1e3 };
}

/**
 * A span, rounded for reading: `1.23 ms`, `847 ns`, `2 h 03 min`. Three significant digits; minutes and
 * hours from 120 s on.
 */
export function formatSpan(ps: number): string {
  if (!Number.isFinite(ps)) return '–';
  if (ps === 0) return `0${UNIT_SPACE}ns`;
  if (Math.abs(ps) >= 120e12) return formatClock(ps);
  let unit = unitFor(ps);
  let value = ps / unit.ps;
  // 999.7 ns reads as 1 µs, not as 1 000 ns.
  if (Math.abs(value) >= 999.5) {
    const above = UNITS[UNITS.findIndex((u) => u.name === unit.name) - 1];
    if (above !== undefined) {
      unit = above;
      value = ps / unit.ps;
    }
  }
  return `${grouped(threeDigits(value))}${UNIT_SPACE}${unit.name}`;
}

function threeDigits(value: number): string {
  const size = Math.abs(value);
  const digits = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  return value.toFixed(digits).replace(/\.?0+$/, (zeros) => (zeros.startsWith('.') ? '' : zeros));
}

function formatClock(ps: number): string {
  const seconds = Math.round(Math.abs(ps) / 1e12);
  const sign = ps < 0 ? '−' : '';
  const two = (n: number): string => String(n).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${sign}${minutes}${UNIT_SPACE}min ${two(seconds % 60)}${UNIT_SPACE}s`;
  return `${sign}${grouped(String(Math.floor(minutes / 60)))}${UNIT_SPACE}h ${two(minutes % 60)}${UNIT_SPACE}min`;
}

/** The exact figure: nanoseconds with picoseconds behind the point, `1 234 567.001 ns`. */
export function formatExact(ps: number): string {
  const whole = Math.floor(ps / 1000);
  const rest = Math.round(ps - whole * 1000);
  const fraction = rest === 0 ? '' : `.${String(rest).padStart(3, '0')}`;
  return `${grouped(String(whole))}${fraction}${UNIT_SPACE}ns`;
}

/** What times are told in: seconds and their parts for null, else cycles of a clock, each so long (ps). */
export type Cycle = number | null;

export const CYCLE_UNITS = [
  { name: 'G cycles', ps: 1e9 },
  { name: 'M cycles', ps: 1e6 },
  { name: 'k cycles', ps: 1e3 },
  { name: 'cycles', ps: 1 },
] as const;

/** The exact figure in cycles, to the nearest: `1 234 567 cycles`; in ns where times are told in seconds. */
export function formatExactIn(ps: number, cycle: Cycle): string {
  return cycle === null ? formatExact(ps) : `${grouped(String(Math.round(ps / cycle)))}${UNIT_SPACE}cycles`;
}

/** A span rounded for reading, in seconds or cycles: `1.23 ms`, `4.43 M cycles`. */
export function formatSpanIn(ps: number, cycle: Cycle): string {
  if (cycle === null || !Number.isFinite(ps)) return formatSpan(ps);
  const cycles = Math.round(ps / cycle);
  // 999.7 k cycles read as 1 M cycles.
  const unit = CYCLE_UNITS.find((u) => Math.abs(cycles) >= 0.9995 * u.ps) ?? CYCLE_UNITS[3];
  return `${grouped(threeDigits(cycles / unit.ps))}${UNIT_SPACE}${unit.name}`;
}

/** As `formatMoment`, in seconds or cycles. */
export function formatMomentIn(ps: number, resolution: number, cycle: Cycle): string {
  if (cycle === null) return formatMoment(ps, resolution);
  const cycles = ps / cycle;
  const unit = CYCLE_UNITS.find((u) => Math.abs(cycles) >= u.ps) ?? CYCLE_UNITS[3];
  const digits = Math.max(0, Math.ceil(Math.log10(unit.ps / Math.max(resolution / cycle, 1))));
  return `${grouped((cycles / unit.ps).toFixed(digits))}${UNIT_SPACE}${unit.name}`;
}

/**
 * A moment of the run, as exact as `resolution` (ps, what a pixel shows) makes sense: `12.345 678 ms`.
 */
export function formatMoment(ps: number, resolution: number): string {
  const unit = Math.abs(ps) < 1 ? UNITS[3] : unitFor(ps);
  const digits = Math.min(12, Math.max(0, Math.ceil(Math.log10(unit.ps / Math.max(resolution, 1)))));
  return `${grouped((ps / unit.ps).toFixed(digits))}${UNIT_SPACE}${unit.name}`;
}

/**
 * A person's time as picoseconds: `1.5ms`, `12 us`, `3 s`, `2 min`; a bare figure is taken as ms.
 * @param cycle length of a cycle, ps: then `12 000 cycles` and `1.5 M cycles` are times too
 * @returns null when it is not a time
 */
export function parseTime(text: string, cycle: Cycle = null): number | null {
  const cycles = /^\s*([0-9][0-9 \u202f_]*(?:\.[0-9 \u202f]+)?)\s*([kmg]?)\s*cycles?\s*$/iu.exec(text);
  if (cycles !== null) {
    const scale = { k: 1e3, m: 1e6, g: 1e9 }[(cycles[2] ?? '').toLowerCase()] ?? 1;
    return cycle === null ? null : Number((cycles[1] ?? '').replace(/[ \u202f_]/gu, '')) * scale * cycle;
  }
  const match = /^\s*([0-9][0-9 \u202f_]*(?:\.[0-9 \u202f]+)?)\s*(ps|ns|us|µs|ms|s|min|h)?\s*$/u.exec(text);
  if (match === null) return null;
  const value = Number((match[1] ?? '').replace(/[ \u202f_]/gu, ''));
  const factor: Readonly<Record<string, number>> = {
    ps: 1,
    ns: 1e3,
    us: 1e6,
    µs: 1e6,
    ms: 1e9,
    s: 1e12,
    min: 60e12,
    h: 3600e12,
  };
  return Number.isFinite(value) ? value * (factor[match[2] ?? 'ms'] ?? 1e9) : null;
}
