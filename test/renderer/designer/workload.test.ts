import { describe, expect, it } from 'vitest';
import { checkExperiment } from '#model/check-experiment';
import { blankDocument, writeText, type DraftDocument } from '#renderer/designer/document';
import { addMappedFile } from '#renderer/designer/parts';
import { keysOf, selectionAt } from '#renderer/designer/places';
import { insertStep, newStep, stepAt } from '#renderer/designer/steps';
import { addWorkload } from '#renderer/designer/workload';

const drawn = ((): DraftDocument => {
  const mapped = addMappedFile(blankDocument());
  return insertStep(mapped, [0, 0], {
    do: 'loop',
    times: 2,
    steps: [newStep(mapped, 'store'), newStep(mapped, 'fsync')],
  });
})();
const trace = {
  ...blankDocument(),
  name: 'A trace',
  question: 'What did it touch?',
  machines: ['server-2021'],
  files: [{ name: 'data', size: '8 KiB' }],
  mappings: [{ name: 'map', file: 'data' }],
  threads: [
    {
      name: 'main',
      steps: [
        { do: 'fork', steps: [{ do: 'store', mapping: 'map' }] },
        { do: 'fsync', file: 'data' },
      ],
    },
  ],
};

describe('a workload put into a design', () => {
  it('fills an empty one, and leaves its setting', () => {
    const next = addWorkload(blankDocument(), trace);
    expect(next).toMatchObject({ name: 'A trace', question: 'What did it touch?', machines: blankDocument().machines });
    expect(next?.threads).toEqual(trace.threads);
  });

  it('comes beside what is drawn, under names that are free', () => {
    const next = addWorkload(drawn, trace);
    expect(next?.name).toBe(drawn.name);
    expect(next?.files.map(({ name }) => name)).toEqual(['data', 'data 2']);
    expect(next?.mappings[1]).toMatchObject({ name: 'map 2', file: 'data 2' });
    expect(next?.threads.map(({ name }) => name)).toEqual(['main', 'main 2']);
    expect(next?.threads[1].steps).toEqual([
      { do: 'fork', steps: [{ do: 'store', mapping: 'map 2' }] },
      { do: 'fsync', file: 'data 2' },
    ]);
    expect(() => checkExperiment(next)).not.toThrow();
  });

  it('is refused where it cannot be drawn', () => {
    expect(addWorkload(drawn, { files: 3 })).toBeNull();
  });
});

describe('the same thing in drawing and text', () => {
  it('is found from either side', () => {
    const selections = [
      { kind: 'setting', field: 'kernels' },
      { kind: 'file', index: 0 },
      { kind: 'mapping', index: 0 },
      { kind: 'thread', index: 0 },
      { kind: 'step', path: [0, 0], count: 1 },
      { kind: 'step', path: [0, 0, 1], count: 1 },
    ] as const;
    for (const selection of selections) expect(selectionAt(drawn, keysOf(selection))).toEqual(selection);
    expect(selectionAt(drawn, ['threads', 0, 'steps', 0, 'times'])).toEqual({ kind: 'step', path: [0, 0], count: 1 });
    expect(selectionAt(drawn, ['threads', 0, 'steps', 7])).toEqual({ kind: 'thread', index: 0 });
    expect(selectionAt(drawn, ['files', 4])).toBeNull();
    expect(selectionAt(drawn, ['name'])).toBeNull();
    expect(stepAt(drawn, [0, 0, 1])?.do).toBe('fsync');
  });
});

describe('the document as text', () => {
  it('reads as it was, short things in one line', () => {
    expect(JSON.parse(writeText(drawn))).toEqual(drawn);
    const lines = writeText(drawn).split('\n');
    expect(lines).toContain('  "machines": ["zen3-vm-2026"],');
    expect(lines).toContain('            { "do": "store", "mapping": "map", "stride": "4 KiB" },');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('packs recorded accesses', () => {
    const accesses = Array.from({ length: 1000 }, (_, i) => [i * 4096, i % 2 === 0 ? 'r' : 'w']);
    const text = writeText({ step: { pattern: { kind: 'trace', accesses }, none: [], empty: {}, left: undefined } });
    expect(JSON.parse(text)).toEqual({ step: { pattern: { kind: 'trace', accesses }, none: [], empty: {} } });
    expect(text.split('\n').length).toBeLessThan(300);
  });
});
