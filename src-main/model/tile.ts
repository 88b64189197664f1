import type { EventCriteria } from '#model/search';

/**
 * What a timeline shows of a run: a tile covers a range of time in equal columns. Events shorter than a
 * column are gathered in cells, one a (column, lane, kind); longer ones come one by one as spans. Arrays
 * of one table have one length and are parallel.
 */
export interface Tile {
  /** Range shown, ps. */
  readonly from: number;
  readonly to: number;
  readonly columns: number;
  readonly cells: TileCells;
  readonly spans: TileSpans;
  /** Value of each counter lane just before `from`, as far as known. */
  readonly before: readonly CounterValue[];
}

export interface TileCells {
  readonly count: number;
  /** 0 to columns - 1: where the events start. */
  readonly column: Uint32Array;
  readonly lane: Uint16Array;
  readonly kind: Uint8Array;
  /** Events gathered here. */
  readonly events: Uint32Array;
  /** Sum of their durations, ps. */
  readonly busy: Float64Array;
  /** Duration of the longest, ps. */
  readonly longest: Float64Array;
  /** Index in the run of the longest (the first of equals): what hovering and clicking show. */
  readonly example: Int32Array;
  /** Lowest, highest and last value for cells of kind `counter`; null where the tile has none. */
  readonly values: CellValues | null;
}

export interface CellValues {
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly last: Float64Array;
}

/**
 * Events at least a column wide, by start. Of several that start in the same column, lane and kind only the
 * longest is here, which covers them; the others are in the cell.
 */
export interface TileSpans {
  readonly count: number;
  /** Index in the run. */
  readonly index: Int32Array;
  readonly time: Float64Array;
  readonly duration: Float64Array;
  readonly lane: Uint16Array;
  readonly kind: Uint8Array;
}

export interface CounterValue {
  readonly lane: number;
  readonly value: number;
}

/** Which part of a run, how finely. Empty filters mean everything. */
export interface TileRequest {
  /** ps */
  readonly from: number;
  /** ps, beyond `from`. */
  readonly to: number;
  /** 1 to 16384. */
  readonly columns: number;
  readonly lanes?: readonly number[];
  readonly kinds?: readonly number[];
  /** Only events that meet them, and counters. */
  readonly criteria?: EventCriteria;
}

/** One event, for hover texts and lists; meanings in `EVENT_KINDS`. */
export interface EventRow {
  readonly index: number;
  readonly time: number;
  readonly duration: number;
  readonly lane: number;
  readonly kind: number;
  readonly address: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly cause: number;
}
