import { describe, expect, it } from 'vitest';
import { summarise } from '../../../src-renderer/library/summary.ts';

describe('the summary of an experiment', () => {
  it('names what it chooses and what its threads do', () => {
    const summary = summarise({
      policies: ['P1', { id: 'P5' }],
      memory: '1 GiB',
      files: [{ name: 'sparse', size: '16 MiB' }],
      threads: [
        {
          name: 'main',
          steps: [
            { do: 'load', name: 'read all', mapping: 'map', stride: '4 KiB' },
            { do: 'loop', times: 3, steps: [{ do: 'sleep', time: '1 s' }] },
          ],
        },
      ],
    });
    expect(summary.choices).toEqual([
      { name: 'Policies', values: ['P1', 'P5'] },
      { name: 'Memory', values: ['1 GiB'] },
    ]);
    expect(summary.files).toEqual(['sparse, 16 MiB, all holes']);
    expect(summary.threads[0].steps).toEqual([
      { depth: 0, what: 'load', name: 'read all', details: 'mapping map, stride 4 KiB' },
      { depth: 0, what: 'loop', name: '', details: 'times 3' },
      { depth: 1, what: 'sleep', name: '', details: 'time 1 s' },
    ]);
  });

  it('makes do with anything', () => {
    for (const document of [null, 7, 'x', [], { threads: 'none', files: [1], policies: {} }]) {
      expect(() => summarise(document)).not.toThrow();
    }
  });
});
