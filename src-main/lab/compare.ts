import { MOST_RUNS, diffRuns, type DiffInput } from '#diff/diff';
import { joinBatches } from '#diff/columns';
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

/**
 * Compares runs of the library, each with the first.
 * @param references ids, unique beginnings of ids or hashes, or hashes
 * @throws InputError for a run that is not there, or for less than two or more than eight
 */
export async function compareRuns(library: Source, references: readonly string[]): Promise<RunDiff> {
  if (references.length < 2 || references.length > MOST_RUNS) {
    throw new InputError({ message: `${references.length} runs were named`, expected: `2 to ${MOST_RUNS}` });
  }
  const runs: RunInfo[] = [];
  for (const reference of references) runs.push(await library.getRun(reference));
  const inputs: DiffInput[] = [];
  for (const run of runs) {
    const documents = await library.documents(run.id);
    const batches: EventBatch[] = [];
    for await (const batch of library.events(run.id, { to: MOST_EVENTS })) batches.push(batch);
    inputs.push({
      run,
      documents,
      events: joinBatches(batches, MOST_EVENTS),
      siblings: await siblingsOf(library, run, documents),
    });
  }
  return diffRuns(inputs);
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
