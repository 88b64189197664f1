import { describe, expect, it } from 'vitest';
import { nextMiss } from '#emulator/kernel/gap-search';
import type { FolioTable } from '#emulator/kernel/folios';
import { PageIndex } from '#emulator/kernel/page-index';

/** A cache written as folios: `[first page, pages]`. */
function cacheOf(layout: readonly (readonly [number, number])[]): [PageIndex, FolioTable] {
  const index = new PageIndex();
  const folios = { index: [] as number[], pages: (folio: number) => layout[folio][1] };
  layout.forEach(([first, pages], folio) => {
    folios.index.push(first);
    index.put(first, pages, folio);
  });
  return [index, folios as unknown as FolioTable];
}

const singles = (first: number, count: number): [number, number][] =>
  Array.from({ length: count }, (_, i) => [first + i, 1]);

describe('the search for the next absent page', () => {
  it('finds a hole behind single pages', () => expect(nextMiss(...cacheOf(singles(0, 10)), 3, 32)).toBe(10));

  it('gives up after as many pages as it may look at', () =>
    expect(nextMiss(...cacheOf(singles(0, 50)), 3, 32)).toBe(35));

  it('answers at once where the page itself is absent', () => expect(nextMiss(...cacheOf([]), 7, 32)).toBe(7));

  it('started inside a large folio, looks at its first slot and reports the hole too far', () => {
    // Pages 32 to 63 in folios of 4; from 34, two slots behind: the hole at 64 is seen 2 pages late.
    const folios = Array.from({ length: 8 }, (_, i): [number, number] => [32 + 4 * i, 4]);
    expect(nextMiss(...cacheOf(folios), 34, 64)).toBe(66);
    expect(nextMiss(...cacheOf(folios), 32, 64)).toBe(64);
  });

  it('is in step again once it has entered another node', () => {
    const folios = [...Array.from({ length: 8 }, (_, i): [number, number] => [32 + 4 * i, 4]), ...singles(64, 20)];
    expect(nextMiss(...cacheOf(folios), 34, 64)).toBe(84);
  });

  it('follows the index through folios of a node and more', () =>
    expect(nextMiss(...cacheOf([[0, 128]]), 70, 512)).toBe(128));
});
