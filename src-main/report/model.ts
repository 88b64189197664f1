import type { RunInfo } from '#model/run';
import type { Tile } from '#model/tile';
import type { LatencySeries } from './latencies.ts';

/** A run, and the picture of it that the report shows. */
export interface ReportRun {
  readonly run: RunInfo;
  /** The whole run in columns, for its timeline; null leaves the figure out. */
  readonly tile: Tile | null;
  /** How long its faults and requests took; empty leaves the figures out. */
  readonly latencies: readonly LatencySeries[];
}

/** A document that a run was made from, for the appendix. */
export interface ReportDocument {
  readonly kind: string;
  readonly id: string;
  readonly json: string;
}

export interface ReportInput {
  readonly title: string;
  readonly question: string;
  readonly runs: readonly ReportRun[];
  readonly documents: readonly ReportDocument[];
  /** What stands in the way of comparing the runs, in sentences. */
  readonly warnings: readonly string[];
  /** When the report was made, ISO time; shown, and nothing depends on it. */
  readonly madeAt: string;
}

/** A cell of a table; numbers are aligned right. */
export interface Cell {
  readonly text: string;
  readonly number: boolean;
}

/** A vector figure: complete SVG markup, and the same said in words. */
export interface Figure {
  readonly svg: string;
  readonly caption: string;
}

export type Block =
  | { readonly type: 'paragraph'; readonly text: string }
  /** What a reader must know before believing the figures. */
  | { readonly type: 'warning'; readonly title: string; readonly items: readonly string[] }
  | { readonly type: 'list'; readonly items: readonly string[] }
  | {
      readonly type: 'table';
      readonly caption: string;
      readonly head: readonly Cell[];
      readonly rows: readonly (readonly Cell[])[];
    }
  | { readonly type: 'figure'; readonly figure: Figure }
  | { readonly type: 'code'; readonly title: string; readonly text: string };

export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** A report before it takes a form: every format writes the same sections. */
export interface Report {
  readonly title: string;
  readonly question: string;
  readonly madeAt: string;
  readonly sections: readonly Section[];
}
