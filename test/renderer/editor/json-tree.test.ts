import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeOf, pathKeys, placeAt, rangeOf, readTree } from '#renderer/editor/json-tree';

const TEXT = JSON.stringify({ name: 'a "}" b', files: [{ name: 'f', size: '1' }, { name: 'g' }], memory: 3 }, null, 2);
const shown = (path: string): string => {
  const { from, to } = rangeOf(readTree(TEXT), pathKeys(path));
  return TEXT.slice(from, to);
};
/** The place of the `|` in a text. */
const at = (marked: string): ReturnType<typeof placeAt> =>
  placeAt(readTree(marked.replace('|', '')), marked.indexOf('|'));

describe('a field in text', () => {
  it('is shown at its value, at its name where that is large', () => {
    expect(pathKeys('files[1].name')).toEqual(['files', 1, 'name']);
    expect(shown('name')).toBe('"a \\"}\\" b"');
    expect(shown('files[0].size')).toBe('"1"');
    expect(shown('files')).toBe('"files"');
    expect(shown('memory')).toBe('3');
  });

  it('that is missing is shown at what should hold it', () => {
    expect(shown('files[1].size')).toBe('{');
    expect(shown('files[7].size')).toBe('"files"');
    expect(shown('threads')).toBe('{');
  });
});

describe('a place in text', () => {
  it('is a key or a value, with the way there', () => {
    expect(at('{ "a": 1, "b|c": 2 }')).toMatchObject({ role: 'key', keys: [], name: 'bc' });
    expect(at('{ "a": "x|y" }')).toMatchObject({ role: 'value', keys: ['a'], from: 7, to: 11 });
    expect(at('{ "a": [1, {"b": |2}] }')).toMatchObject({ role: 'value', keys: ['a', 1, 'b'] });
    expect(at('{ "a": [1, | 2] }')).toMatchObject({ role: 'value', keys: ['a', 1], from: 11, to: 11 });
    expect(at('{ "a": 1, | }')).toMatchObject({ role: 'key', keys: [], name: '' });
  });

  it('is known while the text is being typed', () => {
    expect(at('{ "steps": [{ "do": "store", "ma|')).toMatchObject({ role: 'key', keys: ['steps', 0], name: 'ma' });
    expect(at('{ "steps": [{ "do": st|')).toMatchObject({ role: 'value', keys: ['steps', 0, 'do'] });
    expect(at('{ "a": "un|closed\n "b": 2 }')).toMatchObject({ role: 'value', keys: ['a'] });
    expect(at('{ "a": |')).toMatchObject({ role: 'value', keys: ['a'] });
    expect(at('|')).toMatchObject({ role: 'value', keys: [] });
  });
});

describe('the tree of a text', () => {
  const every = (
    value: unknown,
    keys: (string | number)[],
    look: (keys: (string | number)[], value: unknown) => void,
  ): void => {
    look(keys, value);
    if (typeof value === 'object' && value !== null)
      for (const [key, item] of Object.entries(value))
        every(item, [...keys, Array.isArray(value) ? Number(key) : key], look);
  };

  it('has every value of JSON where it stands', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const tree = readTree(text);
        every(JSON.parse(text), [], (keys, value) => {
          const node = nodeOf(tree, keys);
          expect(node).not.toBeNull();
          // Of a key that is there twice JSON takes the last, the tree the first: both are somewhere.
          if (node?.kind === 'scalar' && typeof value !== 'object')
            expect(JSON.parse(text.slice(node.from, node.to))).toEqual(node.value);
        });
      }),
    );
  });

  it('is read of anything, and every place in it is somewhere', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), fc.nat(), (text, cut) => {
        const part = text.slice(0, cut % (text.length + 1));
        const tree = readTree(part);
        for (let offset = 0; offset <= part.length; offset++) {
          const place = placeAt(tree, offset);
          expect(place.from).toBeLessThanOrEqual(place.to);
          expect(place.to).toBeLessThanOrEqual(part.length);
        }
      }),
    );
  });

  it('does not fall over text nested without end', () => {
    expect(() => readTree('['.repeat(1e6))).not.toThrow();
  });
});
