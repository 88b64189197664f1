import { dirname, join } from 'node:path';
import { Cancelled } from '#lab/emulate';
import type { Printer } from '#lab/printer';
import { gatherReport, type ReportChoice, type ReportSubject, type ReportWork } from '#lab/report';
import { makeFolderOf, refuseExisting, writeWholeFile } from '#lab/whole-file';
import type { Paper, Report, ReportFormat } from '#model/report';
import { reportHtml } from '#report/html';
import { reportMarkdown } from '#report/markdown';
import type { StoreClient } from '#workers/store-client';

export interface SaveReportOptions extends ReportWork {
  /** Replace what is there. */
  readonly force: boolean;
  /** Sheets of a PDF. */
  readonly paper: Paper;
  readonly printer: Printer;
}

/**
 * Makes a report and writes it to a file, whole or not at all.
 * @returns the files written, the report first
 * @throws InputError for a run or a folder that is not there, or a file that is; WriteFailure; PrinterMissing; Cancelled
 */
export async function saveReport(
  library: StoreClient,
  subject: ReportSubject,
  choice: ReportChoice,
  format: ReportFormat,
  path: string,
  options: SaveReportOptions,
): Promise<string[]> {
  refuseExisting(path, options.force);
  const report = await gatherReport(library, subject, choice, options);
  switch (format) {
    case 'md':
      return await writeMarkdown(report, path, options.force);
    case 'html':
      await writeWholeFile(path, once(reportHtml(report, 'screen')), options.force);
      return [path];
    case 'pdf': {
      const bytes = await options.printer.pdf(reportHtml(report, 'print'), options.paper);
      if (options.signal?.aborted === true) throw new Cancelled();
      await writeWholeFile(path, once(bytes), options.force);
      return [path];
    }
  }
}

/**
 * Writes a report in Markdown after its figures, so that it never points at what is not there.
 * @returns the files written, the report first
 */
async function writeMarkdown(report: Report, path: string, force: boolean): Promise<string[]> {
  const { text, figures } = reportMarkdown(report, path);
  const files = [path];
  for (const { name, svg } of figures) {
    const file = join(dirname(path), name);
    refuseExisting(file, force);
    files.push(file);
    await makeFolderOf(file);
    await writeWholeFile(file, once(svg), force);
  }
  await writeWholeFile(path, once(text), force);
  return files;
}

/** A file in one piece, as others come in many. */
// eslint-disable-next-line @typescript-eslint/require-await -- nothing to wait for
export async function* once<Piece extends string | Uint8Array>(piece: Piece): AsyncGenerator<Piece, void, undefined> {
  yield piece;
}
