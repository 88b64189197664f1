import { describe, expect, it } from 'vitest';
import { summarise } from '../../../src-renderer/library/summary.ts';
import { brokenLine } from '#model/broken-line';

describe('the summary of an experiment', () => {
  it('names what it chooses and what its threads do', () => {
    const summary = summarise({
      policies: ['P1', { id: 'P5' }],
      memory: '1 GiB',
      files: [{ name: 'sparse', size: '16 MiB' }],
      threads: [{ name: 'main', steps: [{ do: 'load', name: 'read all', mapping: 'map', stride: '4 KiB' }] }],
    });
    expect(summary.choices).toEqual([
      { name: 'Policies', values: ['P1', 'P5'] },
      { name: 'Memory', values: ['1 GiB'] },
    ]);
    expect(summary.files).toEqual(['sparse, 16 MiB, all holes']);
    expect(summary.threads[0].steps).toEqual([
      { what: 'load', name: 'read all', details: 'mapping map, stride 4 KiB' },
    ]);
  });

  it('makes do with anything', () => {
    for (const document of [null, 7, 'x', [], { threads: 'none', files: [1], policies: {} }]) {
      expect(() => summarise(document)).not.toThrow();
    }
  });
});

describe('the line where a draft breaks off', () => {
  it('is where the text stops being JSON, the last when it just ends', () => {
    expect(brokenLine('{\n"a": 1,\n}')).toBe(3);
    expect(brokenLine('{\n"a": tru,\n"b": 2\n}')).toBe(2);
    expect(brokenLine('{\n')).toBe(2);
    expect(brokenLine('['.repeat(1e6))).toBe(1);
  });
});
