import { describe, expect, it } from 'vitest';
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
