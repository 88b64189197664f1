import { formatSpan, grouped, UNIT_SPACE } from '../timeline/time.ts';

/** Whole numbers in groups of three: `16 384`. */
export function formatCount(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const text = grouped(String(Math.abs(Math.round(value))));
  return value < 0 ? `−${text}` : text;
}

/** A size given in KiB, in the binary unit that reads best: `16 MiB`, `1.5 GiB`, `4 KiB`. */
export function formatKiB(kib: number): string {
  return formatBytes(kib * 1024);
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = Math.abs(bytes);
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || value >= 100 || Number.isInteger(value) ? 0 : value >= 10 ? 1 : 2;
  return `${bytes < 0 ? '−' : ''}${grouped(value.toFixed(digits))}${UNIT_SPACE}${units[unit]}`;
}

export function formatNs(ns: number): string {
  return formatSpan(ns * 1000);
}

const LARGE = ['k', 'M', 'G', 'T', 'P', 'E'];

/** Large counts in three figures: `1.24 M`, `60 M`, `345 k`; what is below ten thousand whole. */
export function formatShort(value: number): string {
  if (!Number.isFinite(value) || Math.abs(value) < 10_000) return formatCount(value);
  let scaled = value / 1e3;
  let unit = 0;
  while (Math.abs(scaled) >= 999.5 && unit < LARGE.length - 1) {
    scaled /= 1e3;
    unit++;
  }
  return `${String(Number(scaled.toPrecision(3)))}${UNIT_SPACE}${LARGE[unit]}`;
}

/** A part of a whole, 0 to 1: `12 %`, `0.4 %`. */
export function formatShare(share: number): string {
  const percent = share * 100;
  return `${percent >= 1 || percent === 0 ? Math.round(percent) : Number(percent.toPrecision(1))}${UNIT_SPACE}%`;
}

/** Time on the wall, for what is still to come: `about 12 s`. */
export function formatRemaining(seconds: number): string {
  if (!Number.isFinite(seconds)) return '';
  if (seconds < 1.5) return `1${UNIT_SPACE}s`;
  if (seconds < 90) return `${Math.round(seconds)}${UNIT_SPACE}s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)}${UNIT_SPACE}min`;
  return `${(seconds / 3600).toFixed(1)}${UNIT_SPACE}h`;
}

/** When a run was saved, in the person's own zone: `22 Nov, 23:41`, with the year where it is not this one. */
export function formatDate(iso: string, now: Date): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const thisYear = date.getFullYear() === now.getFullYear();
  const day = date.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    ...(thisYear ? {} : { year: 'numeric' }),
  });
  return `${day}, ${date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })}`;
}
