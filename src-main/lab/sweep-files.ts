import { sweepCsv, sweepParquet } from '#export/sweep-table';
import type { SweepResults } from '#model/sweep';
import { sweepReport } from '#report/build';
import { reportHtml } from '#report/html';
import { sweepFigure } from '#report/sweep';

/** Files that a sweep's results are written as, and what each is. */
export const SWEEP_FILES = {
  csv: 'write the results with all metrics as CSV',
  parquet: 'write the results with all metrics as an Apache Parquet table',
  svg: 'write the small multiples as a vector picture',
  html: 'write small multiples and table as one self-contained page',
} as const;
export type SweepFileFormat = keyof typeof SWEEP_FILES;

/** The content of such a file. @param now when a page is dated */
export async function sweepFile(
  results: SweepResults,
  measure: string,
  format: SweepFileFormat,
  now: Date,
): Promise<string | Uint8Array> {
  switch (format) {
    case 'csv':
      return sweepCsv(results);
    case 'parquet':
      return await sweepParquet(results);
    case 'svg':
      return sweepFigure(results, measure).svg;
    case 'html':
      return reportHtml(sweepReport({ results, measure }, now.toISOString()), 'screen');
  }
}
