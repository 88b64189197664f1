import { describe, expect, it } from 'vitest';
import { documentSchema } from '#lab/schemas';
import { placeAt, readTree } from '#renderer/editor/json-tree';
import { skeletonOf, schemasAt, type JsonSchema } from '#renderer/editor/schema';
import { helpAt, suggestionsAt, type Suggestion } from '#renderer/editor/suggest';

const schema = documentSchema('experiment') as JsonSchema;
const names = (keys: readonly (string | number)[]) =>
  keys.at(-1) === 'mapping' ? [{ name: 'map', means: 'of data' }] : [];

function suggest(marked: string): readonly Suggestion[] {
  const offset = marked.indexOf('|');
  const text = marked.replace('|', '');
  const tree = readTree(text);
  const place = placeAt(tree, offset);
  return suggestionsAt(schema, tree, place, names, '', text.slice(place.to).trimStart());
}
const labels = (marked: string): string[] => suggest(marked).map(({ label }) => label);
const help = (marked: string) => {
  const tree = readTree(marked.replace('|', ''));
  return helpAt(schema, tree, placeAt(tree, marked.indexOf('|')), names);
};

describe('completion', () => {
  it('offers the fields that are not there yet, required ones first', () => {
    const found = labels('{ "name": "x", "|" }');
    expect(found.slice(0, 3)).toEqual(['format', 'machines', 'kernels']);
    expect(found).not.toContain('name');
    expect(found).toContain('freeSpace');
  });

  it('offers the fields of the kind of step it is in', () => {
    const found = labels('{ "threads": [{ "steps": [{ "do": "punch", "|" }] }] }');
    expect(found).toEqual(['file', 'from', 'length', 'name']);
    expect(labels('{ "threads": [{ "steps": [{ "do": "store", "|" }] }] }')).toContain('nonTemporal');
  });

  it('offers values: options, known names, sizes, whole steps', () => {
    expect(labels('{ "policies": ["|"] }')).toContain('P5');
    expect(labels('{ "threads": [{ "steps": [{ "do": "|" }] }] }')).toContain('madvise');
    expect(labels('{ "threads": [{ "steps": [{ "do": "store", "mapping": "|" }] }] }')[0]).toBe('map');
    expect(labels('{ "memory": "|" }')).toContain('16 MiB');
    const steps = suggest('{ "threads": [{ "steps": [|] }] }');
    const loop = steps.find(({ label }) => label === 'loop');
    expect(JSON.parse(loop?.insert ?? '')).toEqual({ do: 'loop', times: 1, steps: [] });
  });

  it('writes what JSON wants around it', () => {
    const insert = (marked: string, label: string): string | undefined =>
      suggest(marked).find((found) => found.label === label)?.insert;
    expect(insert('{ "mem|" }', 'memory')).toBe('"memory": "1 GiB"');
    expect(insert('{ "mem|" "name": "x" }', 'memory')).toBe('"memory": "1 GiB",');
    expect(insert('{ "mem|": "2 GiB" }', 'memory')).toBe('"memory"');
  });
});

describe('help', () => {
  it('says what a field means and what may stand there', () => {
    expect(help('{ "see|d": 1 }')).toEqual({
      title: 'seed',
      means: 'Where lots begin: the same seed gives the same run, byte for byte.',
      allowed: 'at least 0, at most 2147483647, 1 by default',
    });
    expect(help('{ "threads": [{ "steps": [{ "do": "msync", "mode": "as|ync" }] }] }')).toMatchObject({
      title: 'mode',
      allowed: 'one of sync, async, sync by default',
    });
    expect(help('{ "threads": [{ "steps": [{ "do": "store", "mapping": "ma|p" }] }] }')?.means).toBe('of data');
  });

  it('is silent where nothing can be said', () => {
    expect(help('{ "nonsense|": 1 }')).toBeNull();
    expect(help('{  |  }')).toBeNull();
  });
});

describe('the skeleton of a step', () => {
  it('has each required field with something in it', () => {
    const kinds = schemasAt(schema, null, ['threads', 0, 'steps', 0]);
    expect(kinds.length).toBe(19);
    for (const kind of kinds) expect(Object.keys(skeletonOf(schema, kind) as object)).toEqual(kind.required);
  });
});
