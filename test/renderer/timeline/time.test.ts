import { describe, expect, it } from 'vitest';
import {
  formatExact,
  formatExactIn,
  formatMoment,
  formatMomentIn,
  formatSpan,
  formatSpanIn,
  parseTime,
} from '../../../src-renderer/timeline/time.ts';

const plain = (text: string): string => text.replace(/[\u202f\u00a0]/g, ' ');

describe('times for people', () => {
  it.each([
    [0, '0 ns'],
    [1, '1 ps'],
    [1500, '1.50 ns'],
    [999_700, '1 µs'],
    [999_949, '1 µs'],
    [4_420_000, '4.42 µs'],
    [12_345_678_900, '12.3 ms'],
    [690.4e9, '690 ms'],
    [3.27e12, '3.27 s'],
    [119e12, '119 s'],
    [185e12, '3 min 05 s'],
    [7380e12, '2 h 03 min'],
  ])('rounds %d ps to three digits: %s', (ps, text) => {
    expect(plain(formatSpan(ps))).toBe(text);
  });

  it('gives exact figures in nanoseconds', () => {
    expect(plain(formatExact(12_391_643_750))).toBe('12 391 643.750 ns');
    expect(plain(formatExact(1_000))).toBe('1 ns');
  });

  it('shows as many digits of a moment as a pixel is worth', () => {
    expect(plain(formatMoment(12_391_643_750, 1e6))).toBe('12.392 ms');
    expect(plain(formatMoment(12_391_643_750, 1e3))).toBe('12.391 644 ms');
    expect(plain(formatMoment(0, 1e9))).toBe('0 ns');
  });

  it.each([
    ['1.5 ms', 1.5e9],
    ['12us', 12e6],
    ['3', 3e9],
    ['2 h', 7200e12],
    ['1 234 567 ns', 1_234_567e3],
  ])('reads %s', (text, ps) => {
    expect(parseTime(text)).toBe(ps);
  });

  it.each(['', 'soon', '-3 ms', '3 parsecs'])('refuses %j', (text) => {
    expect(parseTime(text)).toBeNull();
  });
});

describe('times in cycles', () => {
  /** 2 GHz, ps. */
  const CYCLE = 500;

  it('are exact to a cycle, or rounded for reading', () => {
    expect(plain(formatExactIn(1_234_567 * CYCLE, CYCLE))).toBe('1 234 567 cycles');
    expect(plain(formatSpanIn(1_234_567 * CYCLE, CYCLE))).toBe('1.23 M cycles');
    expect(plain(formatSpanIn(999_700 * CYCLE, CYCLE))).toBe('1 M cycles');
    expect(plain(formatMomentIn(1_234_567 * CYCLE, 10 * CYCLE, CYCLE))).toBe('1.234 57 M cycles');
    expect(plain(formatMomentIn(12 * CYCLE, 1, CYCLE))).toBe('12 cycles');
  });

  it('are seconds where no clock is known', () => {
    expect(formatExactIn(1500, null)).toBe(formatExact(1500));
    expect(formatMomentIn(1.5e9, 1e6, null)).toBe(formatMoment(1.5e9, 1e6));
    expect(formatSpanIn(1.5e9, null)).toBe(formatSpan(1.5e9));
  });

  it('can be typed', () => {
    expect(parseTime('12 000 cycles', CYCLE)).toBe(6e6);
    expect(parseTime('1.5 M cycles', CYCLE)).toBe(7.5e8);
    expect(parseTime('12 cycles')).toBeNull();
    expect(parseTime('12 us', CYCLE)).toBe(12e6);
  });
});
