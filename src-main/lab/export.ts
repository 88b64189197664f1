import { chromeTrace } from '#export/chrome';
import { eventsCsv, metricsCsv } from '#export/csv';
import { fioJson } from '#export/fio';
import { runJson } from '#export/json';
import { eventsParquet } from '#export/parquet';
import { perfettoTrace } from '#export/perfetto';
import type { ExportSource } from '#export/source';
import { Cancelled } from '#lab/emulate';
import type { Printer } from '#lab/printer';
import { tileOf } from '#lab/report';
import { once, saveReport } from '#lab/save-report';
import { refuseExisting, writeWholeFile } from '#lab/whole-file';
import { InputError } from '#model/problem';
import type { Paper } from '#model/report';
import type { RunInfo } from '#model/run';
import { timelinePicture } from '#report/figures';
import type { TimeSpan } from '#report/model';
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
  png: 'the timeline as a picture in pixels',
  md: 'report in Markdown, its figures as SVG files beside it',
  html: 'report as one self-contained page',
  pdf: 'report on paper: tagged, with outline and page numbers',
  bundle: 'the run with everything it needs, for another library',
} as const;
export type ExportFormat = keyof typeof EXPORT_FORMATS;

/** @throws InputError when there is no such format */
export function exportFormat(name: string): ExportFormat {
  if (Object.hasOwn(EXPORT_FORMATS, name)) return name as ExportFormat;
  throw new InputError({
    message: `there is no format "${name}"`,
    expected: `one of ${Object.keys(EXPORT_FORMATS).join(', ')}`,
  });
}

export interface ExportOptions {
  /** Replace what is there. */
  readonly force: boolean;
  /** When the report is dated. */
  readonly now: Date;
  /** Part of the run that a picture or report shows, ps; all of it when left out. */
  readonly from?: number;
  readonly to?: number;
  readonly paper: Paper;
  readonly printer: Printer;
  readonly signal?: AbortSignal;
  /** Told of every batch; a format that reads the events twice counts them twice. */
  onProgress?(done: number, total: number): void;
}

/** Pixels of a PNG for each of the figure's own: sharp on paper and on dense screens. */
const PNG_SCALE = 2;

/** Times that a format reads all events. */
const PASSES: Partial<Record<ExportFormat, number>> = { chrome: 2, perfetto: 2 };

/**
 * Writes a run to a file, whole or not at all; memory stays bounded for the tables, and takes 8 bytes an event for
 * the formats with arrows from causes to effects.
 * @returns the files written, the one asked for first
 * @throws InputError for a run or a folder that is not there, or a file that is; WriteFailure; PrinterMissing; Cancelled
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
  if (format === 'md' || format === 'html' || format === 'pdf') {
    const span = await spanOf(library, run, options);
    return await saveReport(library, { runs: [run.id], ...(span === null ? {} : { span }) }, {}, format, path, options);
  }
  await writeWholeFile(path, await content(library, run, format, options), options.force);
  return [path];
}

async function content(
  library: StoreClient,
  run: RunInfo,
  format: Exclude<ExportFormat, 'bundle' | 'md' | 'html' | 'pdf'>,
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
      return once(`<?xml version="1.0" encoding="UTF-8"?>\n${await timelineSvg(library, run, options)}\n`);
    case 'png':
      return once(await options.printer.png(await timelineSvg(library, run, options), PNG_SCALE));
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

/** The part of the run that was asked for; null for all of it. @throws InputError when it is empty */
async function spanOf(library: StoreClient, run: RunInfo, { from, to }: ExportOptions): Promise<TimeSpan | null> {
  if (from === undefined && to === undefined) return null;
  const whole = await library.extent(run.id);
  const span = { from: from ?? whole.from, to: to ?? whole.to };
  if (!(span.to > span.from)) throw new InputError({ message: 'the span is empty', expected: '--to after --from' });
  return span;
}

async function timelineSvg(library: StoreClient, run: RunInfo, options: ExportOptions): Promise<string> {
  const tile = await tileOf(library, run, await spanOf(library, run, options));
  if (tile === null) throw new InputError({ message: `run ${run.id} has no events to draw` });
  return timelinePicture(run, tile);
}
