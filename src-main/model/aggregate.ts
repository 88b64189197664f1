/** What the durations of some events come to. ps. Quantiles are durations that occurred, of nearest rank. */
export interface DurationFigures {
  readonly events: number;
  readonly sum: number;
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
}

export interface KindFigures extends DurationFigures {
  readonly kind: number;
  /** Distinct addresses, pages or sectors, as the kind has them. */
  readonly addresses: number;
}

/** Of the events about one page. */
export interface PageFigures extends DurationFigures {
  /** Virtual page (address / 4096) or page of a file. */
  readonly of: 'virtual address' | 'file page';
  readonly page: number;
  /** Number of the file, -1 for a virtual page. */
  readonly file: number;
}

/** What a stretch of a run comes to. */
export interface Aggregate {
  /** false: only the first events of the stretch were read. */
  readonly complete: boolean;
  /** By number of the kind. */
  readonly kinds: readonly KindFigures[];
  /** The pages with the most events; of equals the one with the longer sum first. */
  readonly pages: readonly PageFigures[];
  /** Pages there are in all. */
  readonly pageCount: number;
}
