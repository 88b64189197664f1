import { dirname, join } from 'node:path';
import { chromeTrace } from '#export/chrome';
import { eventsCsv, metricsCsv } from '#export/csv';
import { fioJson } from '#export/fio';
import { runJson } from '#export/json';
import { eventsParquet } from '#export/parquet';
import { perfettoTrace } from '#export/perfetto';
import type { Chunks, ExportSource } from '#export/source';
import { Cancelled } from '#lab/emulate';
import { gatherReport } from '#lab/report';
import { makeFolderOf, refuseExisting, writeWholeFile } from '#lab/whole-file';
import { InputError } from '#model/problem';
import type { RunInfo } from '#model/run';
import { timelineFigure } from '#report/figures';
import { reportHtml } from '#report/html';
import { reportMarkdown } from '#report/markdown';
import type { Report } from '#report/model';
import type { StoreClient } from '#workers/store-client';

/** What a run can be exported as, and what that is for. */
export const EXPORT_FORMATS = {
  chrome: 'Chrome trace JSON, for trace viewers and speedscope',
  perfetto: 'Perfetto trace, for ui.perfetto.dev and trace_processor',
  csv: 'events, a line each (RFC 4180)',
  metrics: 'metrics as CSV, a line each',
  json: 'the whole run as one JSON document',
  parquet: 'events as an Apache Parquet table',
  fio: "the disk's latencies in the form of fio's json+",
  svg: 'the timeline as a vector picture',
  md: 'report in Markdown, its figures as SVG files beside it',
  html: 'report as one self-contained page',
  bundle: 'the run with everything it needs, for another library',
} as const;
export type ExportFormat = keyof typeof EXPORT_FORMATS;

/** Formats that are asked for and not here, with a word on what there is instead. */
const MISSING: Readonly<Record<string, string>> = {
  pdf: 'PDF is not written yet; print the html report from a browser',
  png: 'PNG is not written yet; svg is the same picture',
};

/** @throws InputError when there is no such format */
export function exportFormat(name: string): ExportFormat {
  if (Object.hasOwn(EXPORT_FORMATS, name)) return name as ExportFormat;
  throw new InputError({
    message: MISSING[name] ?? `there is no format "${name}"`,
    expected: `one of ${Object.keys(EXPORT_FORMATS).join(', ')}`,
  });
}

export interface ExportOptions {
  /** Replace what is there. */
  readonly force: boolean;
  /** When the report is dated. */
  readonly now: Date;
  /** Part of the run that a picture shows, ps; all of it when left out. */
  readonly from?: number;
  readonly to?: number;
  readonly signal?: AbortSignal;
  /** Told of every batch; a format that reads the events twice counts them twice. */
  onProgress?(done: number, total: number): void;
}

/** Columns of a picture of the timeline: one a pixel of its figure. */
const PICTURE_COLUMNS = 510;

/** Times that a format reads all events. */
const PASSES: Partial<Record<ExportFormat, number>> = { chrome: 2, perfetto: 2 };

/**
 * Writes a run to a file, whole or not at all; memory stays bounded for the tables, and takes 8 bytes an event for
 * the formats with arrows from causes to effects.
 * @returns the files written, the one asked for first
 * @throws InputError for a run or a folder that is not there, or a file that is; WriteFailure; Cancelled
 */
export async function exportRun(
  library: StoreClient,
  reference: string,
  format: ExportFormat,
  path: string,
  options: ExportOptions,
): Promise<string[]> {
  refuseExisting(path, options.force);
  const run = await library.getRun(reference);
  if (format === 'bundle') {
    await library.exportBundle([run.id], path, options.force);
    return [path];
  }
  if (format === 'md')
    return await writeMarkdown(await gatherReport(library, [run.id], options.now), path, options.force);
  await writeWholeFile(path, await content(library, run, format, options), options.force);
  return [path];
}

async function content(
  library: StoreClient,
  run: RunInfo,
  format: Exclude<ExportFormat, 'bundle' | 'md'>,
  options: ExportOptions,
): Promise<AsyncIterable<string | Uint8Array>> {
  const source = await sourceOf(library, run, format, options);
  switch (format) {
    case 'chrome':
      return chromeTrace(source);
    case 'perfetto':
      return perfettoTrace(source);
    case 'csv':
      return eventsCsv(source);
    case 'metrics':
      return once(metricsCsv(run.metrics));
    case 'json':
      return runJson(source);
    case 'parquet':
      return eventsParquet(source);
    case 'fio':
      return fioJson(source);
    case 'svg':
      return once(await timelineSvg(library, run, options));
    case 'html':
      return once(reportHtml(await gatherReport(library, [run.id], options.now)));
  }
}

async function sourceOf(
  library: StoreClient,
  run: RunInfo,
  format: ExportFormat,
  options: ExportOptions,
): Promise<ExportSource> {
  const total = run.events * (PASSES[format] ?? 1);
  let done = 0;
  return {
    run,
    documents: await library.documents(run.id),
    async *batches(columns) {
      for await (const batch of library.events(run.id, columns === undefined ? {} : { columns })) {
        if (options.signal?.aborted === true) throw new Cancelled();
        yield batch;
        done += batch.count;
        options.onProgress?.(done, total);
      }
    },
  };
}

/**
 * Writes a report in Markdown after its figures, so that it never points at what is not there.
 * @returns the files written, the report first
 */
export async function writeMarkdown(report: Report, path: string, force: boolean): Promise<string[]> {
  refuseExisting(path, force);
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

async function timelineSvg(library: StoreClient, run: RunInfo, options: ExportOptions): Promise<string> {
  if (run.events === 0) throw new InputError({ message: `run ${run.id} has no events to draw` });
  const extent = await library.extent(run.id);
  const from = options.from ?? extent.from;
  const to = options.to ?? Math.max(extent.to, from + PICTURE_COLUMNS);
  if (to <= from) throw new InputError({ message: 'the span to draw is empty', expected: '--to after --from' });
  const tile = await library.tile(run.id, { from, to, columns: PICTURE_COLUMNS });
  return `<?xml version="1.0" encoding="UTF-8"?>\n${timelineFigure(run, tile).svg}\n`;
}

// eslint-disable-next-line @typescript-eslint/require-await -- a file in one piece, as the others come in many
async function* once(text: string): Chunks {
  yield text;
}
