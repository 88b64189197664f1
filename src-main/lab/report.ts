import { compareWarnings } from '#diff/warnings';
import type { RunDocument } from '#model/library';
import type { RunInfo } from '#model/run';
import type { Tile } from '#model/tile';
import { buildReport } from '#report/build';
import { LATENCY_COLUMNS, LatencyCounter, type LatencySeries } from '#report/latencies';
import type { Report } from '#report/model';
import type { StoreClient } from '#workers/store-client';

/** Columns of a report's timeline: one a pixel of its figure. */
const REPORT_COLUMNS = 510;

/**
 * The standard report of saved runs.
 * @throws InputError for a run that is not there
 */
export async function gatherReport(library: StoreClient, references: readonly string[], now: Date): Promise<Report> {
  const runs = await Promise.all(references.map((reference) => library.getRun(reference)));
  const tiles = await Promise.all(runs.map((run) => wholeTile(library, run)));
  const latencies = await Promise.all(runs.map((run) => latenciesOf(library, run)));
  const ofRuns = await Promise.all(runs.map((run) => library.documents(run.id)));
  const documents = new Map<string, RunDocument>();
  for (const document of ofRuns.flat()) documents.set(document.hash, document);
  const experiment = [...documents.values()].find((document) => document.kind === 'experiment');
  const question = experiment === undefined ? undefined : fieldOf(experiment, 'question');
  return buildReport({
    title: runs[0]?.experiment ?? 'Runs',
    question: question ?? '',
    runs: runs.map((run, i) => ({ run, tile: tiles[i] ?? null, latencies: latencies[i] })),
    warnings: compareWarnings(runs, ofRuns).map((warning) => warning.message),
    documents: [...documents.values()].map((document) => ({
      kind: document.kind,
      id: fieldOf(document, 'id') ?? fieldOf(document, 'name') ?? '',
      json: document.json,
    })),
    madeAt: now.toISOString(),
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

async function latenciesOf(library: StoreClient, run: RunInfo): Promise<LatencySeries[]> {
  const counter = new LatencyCounter();
  for await (const batch of library.events(run.id, { columns: LATENCY_COLUMNS })) counter.add(batch);
  return counter.result();
}

async function wholeTile(library: StoreClient, run: RunInfo): Promise<Tile | null> {
  if (run.events === 0) return null;
  const { from, to } = await library.extent(run.id);
  return await library.tile(run.id, { from, to: Math.max(to, from + REPORT_COLUMNS), columns: REPORT_COLUMNS });
}
