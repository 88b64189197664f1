import { describe, expect, it } from 'vitest';
import { summarise } from '../../../src-renderer/library/summary.ts';

const plain = (text: string): string => text.replace(/[\u202f\u00a0]/g, ' ');

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
      { depth: 0, what: 'load', name: 'read all', details: 'mapping map, every 4 KiB' },
      { depth: 0, what: 'loop', name: '', details: '3 times' },
      { depth: 1, what: 'sleep', name: '', details: 'for 1 s' },
    ]);
  });

  it('says figures with their unit, and what a pattern means', () => {
    const steps = [
      { do: 'mixed', mapping: 'm', pattern: { kind: 'random' }, count: 60_000_000, storeShare: 0.3 },
      { do: 'store', mapping: 'm', nonTemporal: true, width: '8 B' },
    ];
    const files = [{ name: 'f', size: '1 MiB', extents: [{}] }];
    const summary = summarise({ threads: [{ steps }], files });
    expect(summary.threads[0].steps.map(({ details }) => plain(details))).toEqual([
      'mapping m, 60 000 000 accesses, 30 % stores, in random order',
      'mapping m, past the caches, 8 B wide',
    ]);
    expect(summary.files).toEqual(['f, 1 MiB, 1 extent']);
  });

  it('makes do with anything', () => {
    for (const document of [null, 7, 'x', [], { threads: 'none', files: [1], policies: {} }]) {
      expect(() => summarise(document)).not.toThrow();
    }
  });
});
