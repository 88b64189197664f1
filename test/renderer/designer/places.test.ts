import { describe, expect, it } from 'vitest';
import { blankDocument, type DraftDocument } from '../../../src-renderer/designer/document.ts';
import { placeWords } from '../../../src-renderer/designer/places.ts';
import { pathKeys } from '../../../src-renderer/editor/json-tree.ts';

const document: DraftDocument = {
  ...blankDocument(),
  files: [{ name: 'data', size: '1 MiB' }],
  mappings: [{ name: 'map', file: 'data' }],
  threads: [
    {
      name: 'main',
      steps: [
        { do: 'load', mapping: 'map' },
        { do: 'loop', times: 2, steps: [{ do: 'store', mapping: 'map', stride: '0' }] },
      ],
    },
  ],
};

describe('the place of a problem in words', () => {
  it.each([
    ['threads[0].steps[0].mapping', 'step 1 of main, Mapping'],
    ['threads[0].steps[1].steps[0].stride', 'step 2.1 of main, Every'],
    ['threads[0].steps[1].times', 'step 2 of main, Times'],
    ['threads[0].steps', 'thread main, steps'],
    ['files[0].extents[2].at', 'file data, extents, at'],
    ['mappings[0]', 'mapping map'],
    ['filesystems[1]', 'file systems'],
    ['threads[4].steps[0]', 'threads, 4, steps, 0'],
    ['seed', 'seed'],
  ])('%s is %s', (path, words) => {
    expect(placeWords(document, pathKeys(path))).toBe(words);
  });
});
