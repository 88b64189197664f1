import { describe, expect, it } from 'vitest';
import type { Tile } from '../../../src-main/model/tile.ts';
import { levelOf, tileSpan, tilesIn, TileSource, wantedTiles } from '../../../src-renderer/timeline/levels.ts';
import { makeTile } from './tiles.ts';

const RUN = { from: 0, to: 1e9 };

interface Asked {
  readonly from: number;
  readonly to: number;
  answer(): void;
  fail(): void;
}

function sourceWithRequests(): { source: TileSource; asked: Asked[]; errors: unknown[]; arrivals: () => number } {
  const asked: Asked[] = [];
  const errors: unknown[] = [];
  let arrivals = 0;
  const load = (from: number, to: number, columns: number): Promise<Tile> =>
    new Promise((resolve, reject) => {
      asked.push({
        from,
        to,
        answer: () => resolve(makeTile({ from, to, columns }, [])),
        fail: () => reject(new Error('no')),
      });
    });
  const source = new TileSource(
    RUN,
    load,
    () => arrivals++,
    (error) => errors.push(error),
  );
  return { source, asked, errors, arrivals: () => arrivals };
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe('levels', () => {
  it('gives columns of at most a pixel and more than half of one', () => {
    for (const span of [1e3, 1e6, 3.3e9, 7e12, 1e16]) {
      const column = 2 ** levelOf({ from: 0, to: span }, 1600);
      expect(column).toBeLessThanOrEqual(Math.max(1, span / 1600));
      expect(column * 2).toBeGreaterThan(span / 1600);
    }
  });

  it('covers the view with tiles, and no more than the run', () => {
    const level = 10;
    const tiles = tilesIn({ from: -1e9, to: 1e10 }, RUN, level);
    expect(tiles[0]?.index).toBe(0);
    expect(tiles.at(-1)?.index).toBe(Math.floor(RUN.to / tileSpan(level)));
  });

  it('wants what is visible before its neighbours', () => {
    const level = 15;
    const view = { from: 4e8, to: 5e8 };
    const wanted = wantedTiles(view, RUN, level);
    const visible = tilesIn(view, RUN, level);
    expect(wanted.slice(0, visible.length)).toEqual(visible);
    expect(wanted.length).toBeGreaterThan(visible.length);
  });
});

describe('tile source', () => {
  const near = { from: 4e8, to: 4.01e8 };

  it('asks for few tiles at once, and goes on as they arrive', async () => {
    const { source, asked, arrivals } = sourceWithRequests();
    source.pieces(RUN, 4000);
    expect(asked).toHaveLength(3);
    asked[0].answer();
    await settle();
    expect(arrivals()).toBe(1);
    expect(asked).toHaveLength(4);
  });

  it('drops what has not been asked for yet when the view moves on', async () => {
    const { source, asked } = sourceWithRequests();
    source.pieces(RUN, 4000);
    source.pieces(near, 1000);
    for (const request of asked.slice(0, 3)) request.answer();
    await settle();
    expect(asked.slice(3).every(({ from, to }) => from < 4.03e8 && to > 3.98e8)).toBe(true);
  });

  it('draws a coarser tile in place of one that is not here yet, and only its part', async () => {
    const { source, asked } = sourceWithRequests();
    const wide = { from: 3.9e8, to: 4.1e8 };
    source.pieces(wide, 1000);
    asked[0].answer();
    await settle();
    const inside = { from: asked[0].from, to: asked[0].from + (asked[0].to - asked[0].from) / 8 };
    const pieces = source.pieces(inside, 1000);
    expect(pieces.length).toBeGreaterThan(0);
    expect(pieces.every((piece) => piece.tile.from === asked[0].from)).toBe(true);
    expect(Math.max(...pieces.map((piece) => piece.to - piece.from))).toBeLessThan(asked[0].to - asked[0].from);
  });

  it('asks for a tile once, also when it could not be had', async () => {
    const { source, asked, errors } = sourceWithRequests();
    source.pieces(near, 200);
    const first = asked.length;
    asked[0].fail();
    await settle();
    source.pieces(near, 200);
    await settle();
    expect(errors).toHaveLength(1);
    expect(asked.filter(({ from }) => from === asked[0].from)).toHaveLength(1);
    expect(first).toBeGreaterThan(0);
  });

  it('drops answers that come after it was closed', async () => {
    const { source, asked, arrivals } = sourceWithRequests();
    source.pieces(near, 1000);
    source.close();
    for (const request of asked) request.answer();
    await settle();
    expect(arrivals()).toBe(0);
    expect(source.pieces(near, 1000)).toHaveLength(0);
  });
});

describe('a run placed in stretches', () => {
  it('is told apart exactly where two of them share a column', async () => {
    const level = 12;
    const column = 2 ** level;
    const run = { from: 0, to: 1024 * column };
    const border = 100 * column + 1000;
    const placement = [
      { from: -Infinity, to: border, shift: 0 },
      { from: border, to: Infinity, shift: 50_000 },
    ];
    const asked: number[] = [];
    const source = new TileSource(
      run,
      (from, to, columns) => {
        asked.push((to - from) / columns);
        return Promise.resolve(makeTile({ from, to, columns }, []));
      },
      () => undefined,
      () => undefined,
    );
    const view = { from: 0, to: run.to };
    for (let i = 0; i < 4; i++) {
      source.pieces(view, 1024, placement);
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    // One column of the coarse tile, as a tile of its own.
    expect(asked).toContain(column / 1024);
    const pieces = source.pieces(view, 1024, placement);
    const covered = pieces.map(({ from, to }) => [from, to]).sort(([x], [y]) => x - y);
    expect(covered).toEqual([
      [0, 100 * column],
      [100 * column, border],
      [border + 50_000, 101 * column + 50_000],
      [101 * column + 50_000, run.to + 50_000],
    ]);
  });
});
