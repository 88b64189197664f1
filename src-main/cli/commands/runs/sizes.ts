import type { LibrarySize } from '#model/library';
import { InputError } from '#model/problem';
import { formatCount } from '#model/units';

/** Bytes as people read them. */
export function bytesText(bytes: number): string {
  for (const [unit, factor] of [
    ['GB', 1e9],
    ['MB', 1e6],
    ['kB', 1e3],
  ] as const) {
    if (bytes >= factor) return `${(bytes / factor).toFixed(1)} ${unit}`;
  }
  return `${bytes} B`;
}

/** "12 runs, 3.4 MB; 1 deleted". */
export function sizeText({ runs, deleted, bytes }: LibrarySize): string {
  const gone = deleted === 0 ? '' : `; ${formatCount(deleted)} deleted ("faultline runs undo" brings them back)`;
  return `${formatCount(runs)} run${runs === 1 ? '' : 's'}, ${bytesText(bytes)}${gone}`;
}

const BYTES: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KIB: 1024,
  MIB: 1024 ** 2,
  GIB: 1024 ** 3,
};
const DAYS: Readonly<Record<string, number>> = { d: 1, w: 7, m: 30, y: 365 };

/** Bytes of a size such as "500 MB". @throws InputError */
export function parseBytes(text: string, option: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([kmg]?i?b)$/i.exec(text.trim());
  const factor = match === null ? undefined : BYTES[match[2].toUpperCase()];
  if (match === null || factor === undefined)
    throw new InputError({ path: option, message: `"${text}" is no size`, expected: 'a size such as "500 MB"' });
  return Number(match[1]) * factor;
}

/** Milliseconds of an age such as "30d". @throws InputError */
export function parseAge(text: string, option: string): number {
  const match = /^(\d+)\s*([dwmy])$/.exec(text.trim());
  if (match === null)
    throw new InputError({
      path: option,
      message: `"${text}" is no age`,
      expected: 'an age such as 30d, 8w, 6m or 1y',
    });
  return Number(match[1]) * DAYS[match[2]] * 86_400_000;
}
