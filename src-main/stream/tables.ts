import type { CellValues } from '#model/tile';

/** Ordered by bucket, then lane and kind. */
export interface SummaryCells {
  readonly count: number;
  /** Counted from the summary's base. */
  readonly bucket: Uint32Array;
  readonly lane: Uint16Array;
  readonly kind: Uint8Array;
  readonly events: Uint32Array;
  readonly busy: Float64Array;
  readonly longest: Float64Array;
  /** Index of the longest event, the first of equals. */
  readonly example: Int32Array;
  readonly values: CellValues | null;
}

/** Ordered by start, then index. */
export interface SummarySpans {
  readonly count: number;
  readonly index: Int32Array;
  readonly time: Float64Array;
  readonly duration: Float64Array;
  readonly lane: Uint16Array;
  readonly kind: Uint8Array;
}
