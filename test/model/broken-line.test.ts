import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brokenAt, brokenLine } from '#model/broken-line';

describe('the line on which text stops being JSON', () => {
  it('is where a person sees it', () => {
    expect(brokenLine('x{ "a": 1 }')).toBe(1);
    expect(brokenLine('{\n  "a": 1\n  "b": 2\n}')).toBe(3);
    expect(brokenLine('{\n  "a": 01\n}')).toBe(2);
    expect(brokenLine('[1,\n2,\n]')).toBe(3);
    expect(brokenLine('{ "a": "b')).toBe(1);
    expect(brokenLine('')).toBe(1);
    expect(brokenLine('['.repeat(1e6))).toBe(1);
    expect(brokenLine('{}\n\n}')).toBe(3);
  });

  it('is none exactly where the engine reads it', () => {
    const reads = (text: string): boolean => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    };
    const damaged = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '"', '}', '1', '\\'))
      .map(([text, place, sign]) => {
        const at = place % (text.length + 1);
        return text.slice(0, at) + sign + text.slice(at + 1);
      });
    fc.assert(fc.property(fc.oneof(fc.json(), damaged), (text) => (brokenLine(text) === 0) === reads(text)));
  });
});

describe('what would have had to stand where text breaks off', () => {
  it('is said in words', () => {
    const wanted = (text: string): string | undefined => brokenAt(text)?.expected;
    expect(wanted('{ "a": 1 "b": 2 }')).toBe('a comma or }');
    expect(wanted('{ "a": 1, }')).toBe('a field name in double quotes');
    expect(wanted('{ a: 1 }')).toBe('a field name in double quotes');
    expect(wanted('{ "a" 1 }')).toBe('a colon');
    expect(wanted('{ "a": }')).toBe('a value');
    expect(wanted('{ "a": "b }')).toBe('a closing double quote');
    expect(wanted('[1 2]')).toBe('a comma or ]');
    expect(wanted('{} x')).toBe('the end of the text');
    expect(brokenAt('{ "a": 1, }')?.offset).toBe(10);
  });
});
