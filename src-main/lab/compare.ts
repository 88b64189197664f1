import { MOST_RUNS, diffRuns, type DiffInput } from '#diff/diff';
import { joinBatches, type RunEvents } from '#diff/columns';
import { compareWarnings } from '#diff/warnings';
import type { EventBatch } from '#model/events';
import type { RunDiff } from '#model/diff';
import type { RunDocument } from '#model/library';
import type { Metrics } from '#model/metrics';
import { InputError } from '#model/problem';
import type { RunInfo } from '#model/run';
import type { StoreClient } from '#workers/store-client';

/** Events of each run that are compared: what two runs then take stays below 400 MB. */
const MOST_EVENTS = 5_000_000;
/** Runs of other seeds that are looked at for the spread. */
const MOST_SIBLINGS = 50;

type Source = Pick<StoreClient, 'getRun' | 'documents' | 'events' | 'listRuns'>;

/** A run, and the library it is in. */
export interface Reference {
  readonly library: Source;
  /** Id, unique beginning of an id or hash, or hash. */
  readonly reference: string;
}

/** Compares runs of one library; see {@link compareReferences}. */
export function compareRuns(library: Source, references: readonly string[]): Promise<RunDiff> {
  return compareReferences(references.map((reference) => ({ library, reference })));
}

/**
 * Compares runs, each with the first.
 * @throws InputError for a run that is not there, or for less than two or more than eight
 */
export async function compareReferences(references: readonly Reference[]): Promise<RunDiff> {
  if (references.length < 2 || references.length > MOST_RUNS) {
    throw new InputError({ message: `${references.length} runs were named`, expected: `2 to ${MOST_RUNS}` });
  }
  const found: { library: Source; run: RunInfo }[] = [];
  for (const { library, reference } of references) found.push({ library, run: await library.getRun(reference) });
  const inputs: DiffInput[] = [];
  for (const { library, run } of found) {
    const documents = await library.documents(run.id);
    const events = await firstEvents(library, run.id);
    inputs.push({ run, documents, events, siblings: await siblingsOf(library, run, documents) });
  }
  return diffRuns(inputs);
}

/** The events of a run that are compared: all, or the first ones of a very long run. */
export async function firstEvents(library: Pick<Source, 'events'>, run: string): Promise<RunEvents> {
  const batches: EventBatch[] = [];
  for await (const batch of library.events(run, { to: MOST_EVENTS })) batches.push(batch);
  return joinBatches(batches, MOST_EVENTS);
}

/** Metrics of the runs that differ from this one in nothing but the seed, its own first. */
async function siblingsOf(library: Source, run: RunInfo, documents: readonly RunDocument[]): Promise<Metrics[]> {
  const { experiment, policy, machine, kernel, filesystem, source } = run;
  const page = await library.listRuns({
    experiment,
    policy,
    machine,
    kernel,
    filesystem,
    source,
    limit: MOST_SIBLINGS,
  });
  const metrics = [run.metrics];
  const others = documents.filter((document) => document.kind !== 'experiment');
  for (const { id, seed, engineVersion } of page.runs) {
    if (id === run.id || seed === run.seed || engineVersion !== run.engineVersion) continue;
    const theirs = await library.documents(id);
    const sameDocuments = others.every((document) =>
      theirs.some((their) => their.kind === document.kind && their.hash === document.hash),
    );
    const sibling = await library.getRun(id);
    const sameWorkload = !compareWarnings([run, sibling], [documents, theirs]).some(
      (warning) => warning.kind === 'workload',
    );
    if (sameDocuments && sameWorkload) metrics.push(sibling.metrics);
  }
  return metrics;
}
