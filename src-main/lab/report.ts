import { compareDocuments } from '#diff/documents';
import { compareMetrics } from '#diff/metrics';
import { compareWarnings } from '#diff/warnings';
import { Cancelled } from '#lab/emulate';
import type { EventColumn } from '#model/events';
import type { RunDocument } from '#model/library';
import { LIFE_COLUMNS, mappingsOf } from '#lab/page-life';
import { InputError } from '#model/problem';
import { STANDARD_PARTS, type Report, type ReportPart } from '#model/report';
import type { RunInfo } from '#model/run';
import type { Tile } from '#model/tile';
import { buildReport } from '#report/build';
import { TIMELINE_COLUMNS } from '#report/figures';
import { LATENCY_COLUMNS, LatencyCounter } from '#report/latencies';
import { FATE_COLUMNS, PageFates, type PageFate } from '#report/page-fates';
import type { ReportedLife } from '#report/page-strips';
import type { ReportRun, ReportSweep, TimeSpan } from '#report/model';
import { SPAN_COLUMNS, SpanCounter } from '#report/span';
import type { Mappings } from '#stream/mappings';
import { PageLifeCollector } from '#stream/page-life';
import type { StoreClient } from '#workers/store-client';

/** Most runs in one report: beyond, its tables are wider than any page. */
export const MOST_REPORTED = 8;

/** What a report is about. */
export interface ReportSubject {
  /** Ids, unique beginnings of ids or hashes, or hashes; of a sweep the cells that stand out. */
  readonly runs: readonly string[];
  /** Part of the runs' time; all of it when left out. */
  readonly span?: TimeSpan;
  readonly sweep?: ReportSweep;
}

/** How a report is made up. */
export interface ReportChoice {
  /** What it consists of, in order; the standard parts when left out. */
  readonly parts?: readonly ReportPart[];
  /** The name of the experiment when left out. */
  readonly title?: string;
}

export interface ReportWork {
  /** When the report is dated. */
  readonly now: Date;
  readonly signal?: AbortSignal;
  /** Told of every batch of events read. */
  onProgress?(done: number, total: number): void;
}

/**
 * A report of saved runs.
 * @throws InputError for a run that is not there, too many runs, or a span that is empty; Cancelled
 */
export async function gatherReport(
  library: StoreClient,
  subject: ReportSubject,
  choice: ReportChoice,
  work: ReportWork,
): Promise<Report> {
  const { span = null, sweep = null } = subject;
  if (subject.runs.length > MOST_REPORTED)
    throw new InputError({ message: `${subject.runs.length} runs were named`, expected: `at most ${MOST_REPORTED}` });
  if (span !== null && !(span.to > span.from))
    throw new InputError({ message: 'the span is empty', expected: 'its end after its beginning' });
  const runs = await Promise.all(subject.runs.map((reference) => library.getRun(reference)));
  const reader = new EventReader(library, runs, work);
  const entries: ReportRun[] = [];
  for (const run of runs) entries.push(await entryOf(library, run, span, reader));
  const ofRuns = await Promise.all(runs.map((run) => library.documents(run.id)));
  const documents = new Map<string, RunDocument>();
  for (const document of ofRuns.flat()) documents.set(document.hash, document);
  const experiment = [...documents.values()].find((document) => document.kind === 'experiment');
  const question = experiment === undefined ? undefined : fieldOf(experiment, 'question');
  return buildReport({
    title: choice.title ?? sweep?.results.grid.name ?? runs[0]?.experiment ?? 'Runs',
    question: question ?? '',
    runs: entries,
    warnings: compareWarnings(runs, ofRuns).map((warning) => warning.message),
    comparison:
      runs.length < 2
        ? null
        : { documents: compareDocuments(runs, ofRuns), metrics: compareMetrics(runs.map((run) => run.metrics)) },
    sweep,
    span,
    parts: choice.parts ?? STANDARD_PARTS,
    documents: [...documents.values()].map((document) => ({
      kind: document.kind,
      id: fieldOf(document, 'id') ?? fieldOf(document, 'name') ?? '',
      json: document.json,
    })),
    madeAt: work.now.toISOString(),
  });
}

/** A text field of a document; undefined when it has none, or is not JSON. */
function fieldOf(document: RunDocument, field: string): string | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(document.json);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const value = (parsed as Readonly<Record<string, unknown>>)[field];
  return typeof value === 'string' ? value : undefined;
}

async function entryOf(
  library: StoreClient,
  run: RunInfo,
  span: TimeSpan | null,
  reader: EventReader,
): Promise<ReportRun> {
  const latencies = new LatencyCounter();
  const inSpan = span === null ? null : new SpanCounter(span);
  const columns = [...new Set([...LATENCY_COLUMNS, ...FATE_COLUMNS, ...(span === null ? [] : SPAN_COLUMNS)])];
  const mappings = await mappingsOf(library, run.id);
  const fates = new PageFates(mappings);
  for await (const batch of reader.read(run, columns)) {
    latencies.add(batch, span);
    inSpan?.add(batch);
    fates.add(batch);
  }
  const lives = await livesOf(library, run, fates.chosen(), mappings, reader);
  return { run, tile: await tileOf(library, run, span), latencies: latencies.result(), lives, inSpan };
}

/** The lives of some pages, all in one pass through the events. */
async function livesOf(
  library: StoreClient,
  run: RunInfo,
  fates: readonly PageFate[],
  mappings: Mappings,
  reader: EventReader,
): Promise<ReportedLife[]> {
  if (fates.length === 0) return [];
  const { from, to } = await library.extent(run.id);
  const collectors = fates.map((fate) => new PageLifeCollector(fate, mappings));
  for await (const batch of reader.read(run, LIFE_COLUMNS)) for (const collector of collectors) collector.add(batch);
  const names = fileNames(await library.documents(run.id));
  return fates.map(({ file, pages }, i) => ({
    life: collectors[i].finish(from, to),
    file: names[file] ?? `file ${file}`,
    pages,
  }));
}

/** Names of the experiment's files, in their order; none for a recording. */
function fileNames(documents: readonly RunDocument[]): (string | undefined)[] {
  const json = documents.find(({ kind }) => kind === 'experiment')?.json;
  if (json === undefined) return [];
  try {
    const { files } = JSON.parse(json) as { files?: readonly { name?: unknown }[] };
    return (files ?? []).map(({ name }) => (typeof name === 'string' ? name : undefined));
  } catch {
    return [];
  }
}

/** Reads runs' events, and tells how much of all of them is read. */
class EventReader {
  private readonly library: StoreClient;
  private readonly work: ReportWork;
  private readonly total: number;
  private done = 0;

  constructor(library: StoreClient, runs: readonly RunInfo[], work: ReportWork) {
    this.library = library;
    this.work = work;
    // Once for what is counted, once for the lives of pages.
    this.total = 2 * runs.reduce((sum, run) => sum + run.events, 0);
  }

  async *read(run: RunInfo, columns: readonly EventColumn[]) {
    for await (const batch of this.library.events(run.id, { columns })) {
      if (this.work.signal?.aborted === true) throw new Cancelled();
      yield batch;
      this.done += batch.count;
      this.work.onProgress?.(this.done, this.total);
    }
  }
}

/** A run, or a span of it, in the columns of its figure; null for a run without events. */
export async function tileOf(library: StoreClient, run: RunInfo, span: TimeSpan | null): Promise<Tile | null> {
  if (run.events === 0) return null;
  const { from, to } = span ?? (await library.extent(run.id));
  return await library.tile(run.id, { from, to: Math.max(to, from + TIMELINE_COLUMNS), columns: TIMELINE_COLUMNS });
}
