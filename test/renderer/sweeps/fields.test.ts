import { describe, expect, it } from 'vitest';
import type { ListedDocument } from '#ipc/schemas';
import { fieldsOf, parseValues, shortName, splitValues, writeValues } from '../../../src-renderer/sweeps/fields.ts';

const experiment = {
  machines: ['m1'],
  filesystems: ['ext2'],
  policies: ['P1', 'P5'],
  memory: '64 MiB',
  files: [{ name: 'f', size: '1 MiB' }],
  mappings: [{ name: 'm', file: 'f', populate: false }],
  threads: [{ name: 't', steps: [{ do: 'loop', times: 3, steps: [{ do: 'store', mapping: 'm' }] }] }],
};
const documents: ListedDocument[] = [
  {
    kind: 'filesystem',
    id: 'ext2',
    name: 'ext2',
    year: '',
    own: false,
    problem: '',
    document: { id: 'ext2', block: 4096, map: { direct: 12 } },
  },
  { kind: 'machine', id: 'm1', name: 'm1', year: '', own: false, problem: '', document: { id: 'm1', cores: 2 } },
  { kind: 'machine', id: 'm2', name: 'm2', year: '', own: false, problem: '', document: { id: 'm2', cores: 4 } },
];

describe('fields that a sweep can vary', () => {
  const fields = new Map(fieldsOf(experiment, documents).map((field) => [field.path, field]));

  it('are those of the experiment, of its steps, and of the documents that it names', () => {
    expect(fields.get('policies')).toMatchObject({ current: 'P1, P5' });
    expect(fields.get('machines')).toMatchObject({ current: 'm1', options: ['m1', 'm2'] });
    expect(fields.get('memory')?.current).toBe('64 MiB');
    expect(fields.get('readAhead')?.current).toBe('');
    expect(fields.get('threads[0].steps[0].times')?.current).toBe('3');
    expect(fields.has('threads[0].steps[0].steps[0].stride')).toBe(true);
    expect(fields.get('mappings[0].populate')?.options).toEqual(['true', 'false']);
    expect(fields.get('filesystems[0].block')?.current).toBe('4096');
    expect(fields.has('filesystems[0].map.direct')).toBe(true);
    expect(fields.get('machines[0].cores')?.current).toBe('2');
  });

  it('are not names, and there are some even of nothing', () => {
    expect([...fields.keys()].filter((path) => /(?:name|\.id|\.do)$/.test(path))).toEqual([]);
    expect(fieldsOf(null, []).map((field) => field.path)).toContain('memory');
  });
});

describe('typed values', () => {
  it('are split at commas, but not within brackets', () => {
    expect(splitValues('4 KiB, 16 KiB,, ')).toEqual(['4 KiB', '16 KiB']);
    expect(splitValues('[1, 2], {"a": [3, 4]}')).toEqual(['[1, 2]', '{"a": [3, 4]}']);
  });

  it('are numbers, switches or documents where they look so, and text where the field is text', () => {
    expect(parseValues('1, 2.5, true, 4 KiB', 'seed', experiment)).toEqual([1, 2.5, true, '4 KiB']);
    expect(parseValues('0, 64 MiB', 'memory', experiment)).toEqual(['0', '64 MiB']);
    expect(parseValues('P1, native', 'policies', experiment)).toEqual(['P1', 'native']);
    expect(parseValues('{"id": "x"}, {broken}', 'filesystems', experiment)).toEqual([{ id: 'x' }, '{broken}']);
  });

  it('are written as they were typed', () => {
    expect(writeValues(['4 KiB', 3, { id: 'x' }])).toBe('4 KiB, 3, {"id":"x"}');
    expect(shortName('threads[0].steps[1].stride')).toBe('stride');
    expect(shortName('memory')).toBe('memory');
  });
});
