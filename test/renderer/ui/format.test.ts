import { describe, expect, it } from 'vitest';
import { formatShort } from '../../../src-renderer/ui/format.ts';

describe('large counts in short', () => {
  it.each([
    [9_999, '9\u202f999'],
    [10_000, '10\u202fk'],
    [99_960, '100\u202fk'],
    [999_499, '999\u202fk'],
    [999_500, '1\u202fM'],
    [60_000_000, '60\u202fM'],
    [1_234_567, '1.23\u202fM'],
    [1_000_000_000_000, '1\u202fT'],
    [Infinity, '–'],
  ])('%d is %s', (value, text) => {
    expect(formatShort(value).replaceAll(/\s/g, '\u202f')).toBe(text);
  });
});
