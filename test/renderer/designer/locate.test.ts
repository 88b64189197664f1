import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brokenLine } from '#model/broken-line';
import { lineOf, pathKeys } from '#renderer/designer/locate';

const TEXT = JSON.stringify({ name: 'a "}" b', files: [{ name: 'f', size: '1' }, { name: 'g' }], memory: 3 }, null, 2);
const line = (path: string): string => TEXT.split('\n')[lineOf(TEXT, path) - 1]?.trim() ?? '';

describe('a field in text', () => {
  it('is found on its line', () => {
    expect(pathKeys('files[1].name')).toEqual(['files', 1, 'name']);
    expect(line('name')).toBe('"name": "a \\"}\\" b",');
    expect(line('files[0].size')).toBe('"size": "1"');
    expect(line('files[1].name')).toBe('"name": "g"');
    expect(line('memory')).toBe('"memory": 3');
  });

  it('that is missing is shown at what should hold it', () => {
    expect(line('files[1].size')).toBe('{');
    expect(lineOf(TEXT, 'threads')).toBe(0);
  });

  it('does not trip over text that breaks off', () => {
    for (let end = 0; end < TEXT.length; end++) expect(lineOf(TEXT.slice(0, end), 'memory')).toBeGreaterThanOrEqual(0);
  });
});

describe('the line on which text stops being JSON', () => {
  it('is where a person sees it', () => {
    expect(brokenLine('x{ "a": 1 }')).toBe(1);
    expect(brokenLine('{\n  "a": 1\n  "b": 2\n}')).toBe(3);
    expect(brokenLine('{\n  "a": 01\n}')).toBe(2);
    expect(brokenLine('[1,\n2,\n]')).toBe(3);
    expect(brokenLine('{ "a": "b')).toBe(1);
    expect(brokenLine('')).toBe(1);
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
