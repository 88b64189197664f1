import type { Tile } from '#model/tile';
import { AS_IT_IS, stretchesIn, type Placement, type Stretch } from './placement.ts';
import { resolutionOf, type View } from './scale.ts';

/** Columns of a tile. With at least half a pixel a column, three or four tiles fill a wide window. */
export const TILE_COLUMNS = 1024;

/** Column widths are powers of two of a picosecond: the level is the exponent. */
export type Level = number;

/** The level whose columns are at most a pixel wide and more than half a pixel. */
export function levelOf(view: View, width: number): Level {
  return Math.max(0, Math.floor(Math.log2(Math.max(1, resolutionOf(view, width)))));
}

/** Span of a tile, ps. */
export function tileSpan(level: Level): number {
  return TILE_COLUMNS * 2 ** level;
}

export interface TileAddress {
  readonly level: Level;
  readonly index: number;
}

export function keyOf(address: TileAddress): string {
  return `${address.level}:${address.index}`;
}

/** Tiles of a level that lie in the view and in the run, from left to right. */
export function tilesIn(view: View, run: View, level: Level): TileAddress[] {
  const span = tileSpan(level);
  const first = Math.floor(Math.max(view.from, run.from) / span);
  const last = Math.floor(Math.min(view.to, run.to) / span);
  const addresses: TileAddress[] = [];
  for (let index = first; index <= last; index++) addresses.push({ level, index });
  return addresses;
}

/** The visible tiles, then their neighbours on both sides: what to fetch, most wanted first. */
export function wantedTiles(view: View, run: View, level: Level): TileAddress[] {
  const visible = tilesIn(view, run, level);
  const span = view.to - view.from;
  const around = tilesIn({ from: view.from - span / 2, to: view.to + span / 2 }, run, level);
  const seen = new Set(visible.map(keyOf));
  return [...visible, ...around.filter((address) => !seen.has(keyOf(address)))];
}

/** A tile and the part of it to draw. */
export interface Piece {
  readonly tile: Tile;
  readonly from: number;
  readonly to: number;
}

/**
 * Where a stretch begins or ends within a column, that column's events must be told apart: they may lie far from each
 * other on the axis. A tile so many levels finer is just one column wide.
 */
const FINER = Math.log2(TILE_COLUMNS);
/** Stretches seen at once up to which that is done: each may need two more tiles. */
const MOST_EXACT = 24;

/** The parts of a stretch that share a column with another one. */
function edgesOf({ from, to }: Stretch, column: number): View[] {
  const first = Math.ceil(from / column) * column;
  const last = Math.floor(to / column) * column;
  if (first > last) return [{ from, to }];
  const edges: View[] = [];
  if (Number.isFinite(from) && first > from) edges.push({ from, to: first });
  if (Number.isFinite(to) && last < to) edges.push({ from: last, to });
  return edges;
}

/** Appends the part of a piece that lies in a stretch, in the time of the axis. */
function pushPlaced(piece: Piece, stretch: Stretch, into: Piece[]): void {
  const { shift } = stretch;
  const from = Math.max(piece.from, stretch.from);
  const to = Math.min(piece.to, stretch.to);
  if (to > from) into.push({ tile: moved(piece.tile, shift), from: from + shift, to: to + shift });
}

/** One tile of a run as pieces of the axis on which the run is placed. */
export function piecesOfTile(tile: Tile, placement: Placement): Piece[] {
  const pieces: Piece[] = [];
  for (const stretch of placement) pushPlaced({ tile, from: tile.from, to: tile.to }, stretch, pieces);
  return pieces;
}

/** Tiles that were moved, by how far: a tile is moved once, not in every frame. */
const movedTiles = new WeakMap<Tile, Map<number, Tile>>();

function moved(tile: Tile, shift: number): Tile {
  if (shift === 0) return tile;
  let known = movedTiles.get(tile);
  if (known === undefined) movedTiles.set(tile, (known = new Map()));
  let own = known.get(shift);
  if (own === undefined) {
    const time = tile.spans.time.map((start) => start + shift);
    own = { ...tile, from: tile.from + shift, to: tile.to + shift, spans: { ...tile.spans, time } };
    known.set(shift, own);
  }
  return own;
}

export type LoadTile = (from: number, to: number, columns: number) => Promise<Tile>;

/** How many levels up or down a tile may stand in for one that is not here yet. */
const FALLBACK_LEVELS = 8;
const CACHE_TILES = 120;
const REQUESTS_AT_ONCE = 3;

/**
 * The tiles of one run: those drawn lately are kept, missing ones are asked for, the most wanted first. A
 * request that has not gone out when the view moves on is dropped; answers after `close` are dropped.
 */
export class TileSource {
  private readonly cache = new Map<string, Tile>();
  private readonly pending = new Set<string>();
  private readonly failed = new Set<string>();
  private wanted: TileAddress[] = [];
  private closed = false;
  private generation = 0;
  private readonly run: View;
  private readonly load: LoadTile;
  private readonly arrived: () => void;
  private readonly onError: (error: unknown) => void;

  constructor(run: View, load: LoadTile, arrived: () => void, onError: (error: unknown) => void) {
    this.run = run;
    this.load = load;
    this.arrived = arrived;
    this.onError = onError;
  }

  close(): void {
    this.closed = true;
    this.wanted = [];
    this.cache.clear();
  }

  /** Forgets what is here: the run is to be shown otherwise. Answers under way to what was asked before are dropped. */
  clear(): void {
    this.generation++;
    this.wanted = [];
    this.pending.clear();
    this.failed.clear();
    this.cache.clear();
  }

  /** Whether everything last asked for is here. */
  get settled(): boolean {
    return this.pending.size === 0 && this.wanted.length === 0;
  }

  /**
   * What to draw for the view now, stand-ins included; asks for what is missing.
   * @param placement where the run lies on the axis that the view is a part of; the pieces are in the axis' time
   */
  pieces(view: View, width: number, placement: Placement = AS_IT_IS): Piece[] {
    const level = levelOf(view, width);
    const pieces: Piece[] = [];
    const wanted = new Map<string, TileAddress>();
    const stretches = stretchesIn(placement, view);
    const exact = stretches.length <= MOST_EXACT && level >= FINER;
    for (const stretch of stretches) {
      const { shift } = stretch;
      const seen = { from: Math.max(stretch.from, view.from - shift), to: Math.min(stretch.to, view.to - shift) };
      const own: Piece[] = [];
      for (const address of tilesIn(seen, this.run, level)) this.piecesFor(address, own);
      for (const address of wantedTiles(seen, this.run, level)) wanted.set(keyOf(address), address);
      let rest = stretch;
      for (const edge of exact ? edgesOf(stretch, 2 ** level) : []) {
        const address = { level: level - FINER, index: Math.floor(edge.from / tileSpan(level - FINER)) };
        const tile = this.take(keyOf(address));
        if (tile === null) wanted.set(keyOf(address), address);
        else {
          pushPlaced({ tile, ...edge }, stretch, pieces);
          rest = edge.from === rest.from ? { ...rest, from: edge.to } : { ...rest, to: edge.from };
        }
      }
      for (const piece of own) pushPlaced(piece, rest, pieces);
    }
    this.wanted = [...wanted.values()].filter((address) => this.isMissing(address));
    this.pump();
    return pieces;
  }

  private isMissing(address: TileAddress): boolean {
    const key = keyOf(address);
    return !this.cache.has(key) && !this.pending.has(key) && !this.failed.has(key);
  }

  private piecesFor(address: TileAddress, pieces: Piece[]): void {
    const span = tileSpan(address.level);
    const from = address.index * span;
    const to = from + span;
    const own = this.take(keyOf(address));
    if (own !== null) {
      pieces.push({ tile: own, from, to });
      return;
    }
    for (let up = 1; up <= FALLBACK_LEVELS; up++) {
      const level = address.level + up;
      const tile = this.take(keyOf({ level, index: Math.floor(from / tileSpan(level)) }));
      if (tile !== null) {
        pieces.push({ tile, from, to });
        return;
      }
    }
    for (let down = 1; down <= 3 && down <= address.level; down++) {
      const level = address.level - down;
      const first = address.index * 2 ** down;
      let found = false;
      for (let i = first; i < first + 2 ** down; i++) {
        const tile = this.take(keyOf({ level, index: i }));
        if (tile === null) continue;
        found = true;
        pieces.push({ tile, from: i * tileSpan(level), to: (i + 1) * tileSpan(level) });
      }
      if (found) return;
    }
  }

  /** Reads the cache and marks the entry as used lately. */
  private take(key: string): Tile | null {
    const tile = this.cache.get(key);
    if (tile === undefined) return null;
    this.cache.delete(key);
    this.cache.set(key, tile);
    return tile;
  }

  private pump(): void {
    while (this.pending.size < REQUESTS_AT_ONCE) {
      const next = this.wanted.shift();
      if (next === undefined) return;
      void this.fetch(next);
    }
  }

  private async fetch(address: TileAddress): Promise<void> {
    const key = keyOf(address);
    const span = tileSpan(address.level);
    const { generation } = this;
    const isStale = (): boolean => this.closed || generation !== this.generation;
    this.pending.add(key);
    try {
      const tile = await this.load(address.index * span, (address.index + 1) * span, TILE_COLUMNS);
      if (isStale()) return;
      this.cache.set(key, tile);
      for (const oldest of this.cache.keys()) {
        if (this.cache.size <= CACHE_TILES) break;
        this.cache.delete(oldest);
      }
    } catch (error) {
      if (isStale()) return;
      this.failed.add(key);
      this.onError(error);
    } finally {
      if (!isStale()) {
        this.pending.delete(key);
        this.pump();
      }
    }
    this.arrived();
  }
}
