import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkExperiment } from '#model/check-experiment';
import { blankDocument, bytesOf, drawable, freeName, writeText } from '#renderer/designer/document';
import { grainOf, paint, paintExtents, PAINTS, stretchesOf, type Paint } from '#renderer/designer/extents';
import {
  addMappedFile, addMapping, removeFile, renameFile, renameMapping, setField, setFileField, toggleChoice,
} from '#renderer/designer/parts'; // prettier-ignore
import { insertStep, newStep } from '#renderer/designer/steps';

const PAGE = 4096;
const file = (size: string, extents: readonly { at: string; length: string; state?: string }[] = []) => ({
  name: 'data',
  size,
  extents,
});

describe('a document', () => {
  it('is empty, then whole, and the checker agrees', () => {
    expect(() => checkExperiment(blankDocument())).toThrow(/files/);
    const mapped = addMappedFile(blankDocument());
    const document = insertStep(mapped, [0, 0], newStep(mapped, 'store'));
    expect(checkExperiment(JSON.parse(writeText(document))).files[0].size).toBe(16 * 2 ** 20);
  });

  it('is drawn from every shipped experiment, and written back as it was', () => {
    const shipped = import.meta.glob('../../../resources/experiments/*.json', { eager: true, import: 'default' });
    expect(Object.keys(shipped).length).toBeGreaterThanOrEqual(9);
    for (const [name, json] of Object.entries(shipped)) {
      const document = drawable(json);
      expect(document, name).not.toBeNull();
      expect(checkExperiment(JSON.parse(writeText(document!)))).toEqual(checkExperiment(json));
    }
  });

  it('is not drawn where its shape is broken', () => {
    const whole = blankDocument();
    for (const broken of [null, 3, [], {}, { ...whole, files: 1 }, { ...whole, threads: [{ name: 'a', steps: [3] }] }])
      expect(drawable(broken)).toBeNull();
    expect(drawable({ ...whole, memory: 'a lot' })).not.toBeNull();
  });

  it('gives names that are free', () => {
    expect(freeName('map', [{ name: 'map' }, { name: 'map 2' }])).toBe('map 3');
  });
});

describe('painting a file', () => {
  it('puts extents, holes and unwritten ranges', () => {
    const one = paintExtents(file('64 KiB'), 0, 16384, 'written');
    expect(one).toEqual([{ at: '0', length: '16 KiB' }]);
    const two = paintExtents(file('64 KiB', one), 8192, 32768, 'unwritten');
    expect(two).toEqual([
      { at: '0', length: '8 KiB' },
      { at: '8 KiB', length: '24 KiB', state: 'unwritten' },
    ]);
    expect(paintExtents(file('64 KiB', two), 4096, 12288, 'hole')).toEqual([
      { at: '0', length: '4 KiB' },
      { at: '12 KiB', length: '20 KiB', state: 'unwritten' },
    ]);
  });

  it('joins neighbours, takes a range from either end, and stays inside the file', () => {
    const one = paintExtents(file('64 KiB'), 16384, 0, 'written');
    expect(paintExtents(file('64 KiB', one), 16384, 1e9, 'written')).toEqual([{ at: '0', length: '64 KiB' }]);
    expect(paintExtents(file('64 KiB', one), 5000, 5000, 'hole')).toEqual(one);
  });

  it('always leaves what a plain array of pages would hold', () => {
    const stroke = fc.tuple(fc.nat(32), fc.nat(32), fc.constantFrom(...PAINTS));
    fc.assert(
      fc.property(fc.array(stroke, { maxLength: 12 }), (strokes) => {
        const pages = new Array<Paint>(32).fill('hole');
        let painted = file('128 KiB');
        for (const [a, b, state] of strokes) {
          pages.fill(state, Math.min(a, b), Math.max(a, b));
          painted = { ...painted, extents: [...paintExtents(painted, a * PAGE, b * PAGE, state)] };
        }
        const seen = stretchesOf(painted).flatMap(({ from, to, state }) =>
          new Array<Paint>((to - from) / PAGE).fill(state),
        );
        expect(seen).toEqual(pages);
        // What the checker wants: in order and apart.
        let end = 0;
        for (const extent of painted.extents) {
          expect(bytesOf(extent.at)).toBeGreaterThanOrEqual(end);
          end = bytesOf(extent.at) + bytesOf(extent.length);
        }
      }),
    );
  });

  it('snaps to pages in small files and to more in large ones', () => {
    expect(grainOf(80 * 1024)).toBe(4096);
    expect(grainOf(16 * 2 ** 20)).toBe(128 * 1024);
  });
});

describe('files, mappings and the setting', () => {
  const mapped = addMappedFile(blankDocument());
  const used = insertStep(mapped, [0, 0], newStep(mapped, 'store'));

  it('maps a part of a file', () => {
    const part = addMapping(mapped, 0, { from: 8192, to: 2 * 2 ** 20 });
    expect(part.mappings[1]).toMatchObject({ name: 'map 2', file: 'data', offset: '8 KiB', length: '2040 KiB' });
    expect(addMapping(mapped, 0).mappings[1]).not.toHaveProperty('length');
  });

  it('renames with all that names it', () => {
    const renamed = renameMapping(renameFile(used, 0, 'table'), 0, 'rows');
    expect(renamed.mappings[0]).toMatchObject({ name: 'rows', file: 'table' });
    expect(renamed.threads[0].steps[0]['mapping']).toBe('rows');
    expect(used.mappings[0].name).toBe('map');
  });

  it('keeps the two apart when a name is typed that is there already', () => {
    const two = addMapping(used, 0);
    const clash = renameMapping(two, 1, 'map');
    const back = renameMapping(clash, 1, 'other');
    expect(back.threads[0].steps[0]['mapping']).toBe('map');
  });

  it('takes a file away with its mappings', () => {
    const left = removeFile(used, 0);
    expect([left.files, left.mappings]).toEqual([[], []]);
  });

  it('chooses several of a kind, and takes back', () => {
    const more = toggleChoice(used, 'policies', 'P5');
    expect(more.policies).toEqual(['native', 'P5']);
    expect(toggleChoice(more, 'policies', 'native').policies).toEqual(['P5']);
  });

  it('leaves a default out, and keeps an empty name for the checker to speak of', () => {
    expect(setField(used, 'memory', '')).not.toHaveProperty('memory');
    expect(setField(used, 'name', '').name).toBe('');
    expect(setFileField(used, 0, 'size', '1 MiB').files[0].size).toBe('1 MiB');
    expect(paint(used, 0, 0, 4096, 'written').files[0].extents).toHaveLength(1);
  });
});
