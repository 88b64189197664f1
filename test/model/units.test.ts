import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatSize, formatTime, parseSize, parseTime } from '#model/units';

describe('sizes', () => {
  it.each([
    ['16 KiB', 16384],
    ['1.5 MiB', 1572864],
    ['7 B', 7],
    ['4kB', 4000],
    ['0', 0],
  ])('reads %s', (text, bytes) => expect(parseSize(text)).toBe(bytes));

  it.each(['-4 KiB', '16', 'KiB', '16 KB', '1.3 B', '', '1e3 B', '99999999 TiB'])('refuses %j', (text) =>
    expect(parseSize(text)).toBeNull(),
  );

  it('reads back what it writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 44 }), (bytes) => {
        expect(parseSize(formatSize(bytes))).toBe(bytes);
      }),
    );
  });
});

describe('times', () => {
  it.each([
    ['30 s', 30e12],
    ['250 ns', 250e3],
    ['2 min', 120e12],
    ['5 µs', 5e6],
  ])('reads %s', (text, ps) => expect(parseTime(text)).toBe(ps));

  it.each([
    [294, '294 ps'],
    [12_345_678, '12.35 µs'],
    [31e12, '31 s'],
    [7200e12, '2 h'],
  ])('writes %d ps as %s', (ps, text) => expect(formatTime(ps)).toBe(text));
});
