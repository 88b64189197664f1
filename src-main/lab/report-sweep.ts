import type { Lab } from '#lab/lab';
import type { ReportSubject } from '#lab/report';
import { findCells, openSweep } from '#lab/sweep';
import { InputError } from '#model/problem';
import { standingCells } from '#report/sweep';

/**
 * A sweep as the subject of a report: the measure of every cell that the library has, and the runs that stand out.
 * @throws InputError for a document that is no sweep, or a sweep of which no cell has been run
 */
export async function sweepSubject(lab: Lab, document: unknown, file?: string): Promise<ReportSubject> {
  const grid = openSweep(lab, document, file);
  const sweep = { results: { grid, cells: await findCells(lab, grid) }, measure: grid.measure };
  const runs = standingCells(sweep).flatMap((index) => sweep.results.cells[index]?.run ?? []);
  if (runs.length === 0)
    throw new InputError({
      ...(file === undefined ? {} : { file }),
      message: `none of the ${grid.cells.length} cells is in the library with a metric "${grid.measure}"`,
      expected: 'a sweep that was run: faultline sweep FILE',
    });
  return { runs, sweep };
}
