import type { RunDiff } from '#model/diff';
import type { ReportPart } from '#model/report';
import type { RunInfo } from '#model/run';
import type { SweepResults } from '#model/sweep';
import type { Tile } from '#model/tile';
import type { LatencySeries } from './latencies.ts';
import type { ReportedLife } from './page-strips.ts';
import type { SpanFigures } from './span.ts';

/** Part of a run's time, ps. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

/** A run, and the picture of it that the report shows. */
export interface ReportRun {
  readonly run: RunInfo;
  /** The run, or the span, in columns, for its timeline; null leaves the figure out. */
  readonly tile: Tile | null;
  /** How long its faults and requests took, within the span if there is one; empty leaves the figures out. */
  readonly latencies: readonly LatencySeries[];
  /** Pages that stand for the fates that the run's pages had; empty leaves the figure out. */
  readonly lives: readonly ReportedLife[];
  /** What lies in the span; null where the report is of whole runs. */
  readonly inSpan: SpanFigures | null;
}

/** A document that a run was made from, for the appendix. */
export interface ReportDocument {
  readonly kind: string;
  readonly id: string;
  readonly json: string;
}

/** A grid of runs and the metric it is about. */
export interface ReportSweep {
  readonly results: SweepResults;
  /** Path of the metric, such as `blocks.needlessKiB`. */
  readonly measure: string;
}

export interface ReportInput {
  readonly title: string;
  readonly question: string;
  /** Of a sweep: the runs that stand out, lowest and highest and the surprising one. */
  readonly runs: readonly ReportRun[];
  readonly documents: readonly ReportDocument[];
  /** What stands in the way of comparing the runs, in sentences. */
  readonly warnings: readonly string[];
  /** Two runs or more: what is not the same in all; null for one. */
  readonly comparison: Pick<RunDiff, 'documents' | 'metrics'> | null;
  readonly sweep: ReportSweep | null;
  /** Selected part of the runs' time; null for all of it. */
  readonly span: TimeSpan | null;
  /** What the report consists of, in this order. */
  readonly parts: readonly ReportPart[];
  /** When the report was made, ISO time; shown, and nothing depends on it. */
  readonly madeAt: string;
}
