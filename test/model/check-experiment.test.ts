import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseExperiment } from '#model/check-experiment';
import { InputError } from '#model/problem';

const SEED = readFileSync(new URL('../../resources/experiments/2005-question.json', import.meta.url), 'utf8');

function problem(text: string): string {
  try {
    parseExperiment(text, 'seed.json');
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).message;
  }
  throw new Error('the document was taken');
}

/** The seed with one piece of its text replaced. */
function changed(from: string, to: string): string {
  expect(SEED).toContain(from);
  return problem(SEED.replace(from, to));
}

describe('an experiment document', () => {
  it('is read with sizes in bytes and defaults filled in', () => {
    const experiment = parseExperiment(SEED);
    expect(experiment.files[0]).toEqual({ name: 'sparse', size: 16777216, extents: [] });
    expect(experiment.mappings[0]).toMatchObject({ offset: 0, advice: 'normal', populate: false });
    expect(experiment.threads[0].steps[1]).toMatchObject({ do: 'store', stride: 65536, at: 7, width: 1 });
  });

  it('names an unknown field', () =>
    expect(changed('"seed": 1', '"sead": 1')).toBe(
      'seed.json: sead: unknown field (expected one of the fields of the schema)',
    ));

  it('names an unknown field of a step', () =>
    expect(changed('"mapping": "map", "stride": "4 KiB"', '"mapping": "map", "every": 16')).toContain(
      'threads[0].steps[0].every: unknown field',
    ));

  it('refuses a negative size', () =>
    expect(changed('"size": "16 MiB"', '"size": "-16 MiB"')).toBe(
      'seed.json: files[0].size: "-16 MiB" is not valid here (expected a size such as "16 KiB")',
    ));

  it('refuses a mapping beyond its file', () =>
    expect(changed('"file": "sparse",', '"file": "sparse", "length": "32 MiB",')).toBe(
      'seed.json: mappings[0].length: the mapping ends at 32 MiB, beyond file "sparse" (expected an end of at most 16 MiB)',
    ));

  it('refuses more memory than the emulator has lines for', () =>
    expect(changed('"memory": "256 MiB"', '"memory": "100 TiB"')).toBe(
      'seed.json: memory: 100 TiB (expected at most 255 GiB)',
    ));

  it('refuses more accesses in a step than are counted', () =>
    expect(changed('"mapping": "map", "stride": "4 KiB"', '"mapping": "map", "count": 1000000000000')).toContain(
      'seed.json: threads[0].steps[0].count: 1\u202f000\u202f000\u202f000\u202f000 (expected at most',
    ));

  it('refuses an unknown policy, and says which there are', () =>
    expect(changed('"P2"', '"P9"')).toMatch(
      /^seed\.json: policies\[1\]: "P9" is not valid here \(expected one of native, P0, .*tmpfs\)$/,
    ));

  it('refuses a step of no known kind', () =>
    expect(changed('"do": "msync"', '"do": "mzync"')).toContain(
      'threads[0].steps[2].do: "mzync" is not valid here (expected one of load, store',
    ));

  it('refuses a step on a mapping that is not there', () =>
    expect(changed('"name": "msync", "mapping": "map"', '"mapping": "mop"')).toContain(
      'threads[0].steps[2].mapping: no mapping is called "mop"',
    ));

  it('refuses extents that overlap', () =>
    expect(
      changed(
        '"size": "16 MiB" }',
        '"size": "16 MiB", "extents": [{"at":"0","length":"8 KiB"},{"at":"4 KiB","length":"4 KiB"}] }',
      ),
    ).toContain('files[0].extents[1].at: 4 KiB overlaps'));

  it('tells the line of a syntax error', () =>
    expect(changed('"seed": 1,', '"seed": 1')).toMatch(/^seed\.json:6: not valid JSON/));

  it('tells it too where the engine does not', () =>
    expect(changed('"seed": 1,', '"seed": one,')).toMatch(/^seed\.json:5: not valid JSON/));

  it('checks steps inside loops', () =>
    expect(
      changed(
        '{ "do": "msync", "name": "msync", "mapping": "map" }',
        '{ "do": "loop", "times": 2, "steps": [{ "do": "fsync", "file": "none" }] }',
      ),
    ).toContain('threads[0].steps[2].steps[0].file'));
});
