/** Reading numbers out of text without making strings of them: for lines that come by the million. */

/** Where the last number read by {@link decimalAt} or {@link hexAt} ended: the first character after it. */
export let numberEnd = 0;

const ZERO = 48;
const NINE = 57;
const SPACE = 32;
const TAB = 9;

/** A whole decimal number at `from`, spaces before it skipped; -1 where there is none. Inexact above 2^53. */
export function decimalAt(text: string, from: number): number {
  let i = skipSpaces(text, from);
  const start = i;
  let value = 0;
  for (; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < ZERO || c > NINE) break;
    value = value * 10 + (c - ZERO);
  }
  numberEnd = i;
  return i === start ? -1 : value;
}

/** A hexadecimal number at `from`, with or without 0x, spaces before it skipped; -1 where there is none. */
export function hexAt(text: string, from: number): number {
  let i = skipSpaces(text, from);
  if (text.charCodeAt(i) === ZERO && (text.charCodeAt(i + 1) | 32) === 120) i += 2;
  const start = i;
  let value = 0;
  for (; i < text.length; i++) {
    const digit = hexDigit(text.charCodeAt(i));
    if (digit < 0) break;
    value = value * 16 + digit;
  }
  numberEnd = i;
  return i === start ? -1 : value;
}

/** The decimal number that follows `key`, from `from` on; -1 where there is none. */
export function decimalAfter(text: string, key: string, from: number): number {
  const at = text.indexOf(key, from);
  return at < 0 ? -1 : decimalAt(text, at + key.length);
}

/** The hexadecimal number that follows `key`; -1 where there is none. */
export function hexAfter(text: string, key: string, from: number): number {
  const at = text.indexOf(key, from);
  return at < 0 ? -1 : hexAt(text, at + key.length);
}

/** The number that follows `key`: hexadecimal when it begins with 0x, else decimal; -1 where there is none. */
export function numberAfter(text: string, key: string, from: number): number {
  const at = text.indexOf(key, from);
  if (at < 0) return -1;
  const start = skipSpaces(text, at + key.length);
  return text.charCodeAt(start) === ZERO && (text.charCodeAt(start + 1) | 32) === 120
    ? hexAt(text, start)
    : decimalAt(text, start);
}

export function skipSpaces(text: string, from: number): number {
  let i = from;
  for (;;) {
    const c = text.charCodeAt(i);
    if (c !== SPACE && c !== TAB) return i;
    i++;
  }
}

/** End of the word that begins at `from`. */
export function wordEnd(text: string, from: number): number {
  let i = from;
  for (; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === SPACE || c === TAB) return i;
  }
  return i;
}

/** A number such as `12`, `-3.5` or `1e6`, or NaN. Unlike Number, no empty text and no 0x. */
export function plainNumber(text: string): number {
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
}

/** A string that does not keep the larger one alive of which it was cut. */
export function ownString(text: string): string {
  return text.length < 13 ? text : (JSON.parse(JSON.stringify(text)) as string);
}

function hexDigit(c: number): number {
  if (c >= ZERO && c <= NINE) return c - ZERO;
  const lower = c | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
