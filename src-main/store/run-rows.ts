import type { Annotation, NewRun, RunDocument, RunListing, RunQuery } from '#model/library';
import type { RunInfo } from '#model/run';
import { InputError } from '#model/problem';
import { checksumOf, packJson, unpackJson } from './codec.ts';
import { damaged } from './failures.ts';

/** A row of table runs. */
export interface RunRow {
  readonly key: number;
  readonly id: string;
  readonly hash: string;
  readonly plan_hash: string;
  readonly source: string;
  readonly experiment: string;
  readonly policy: string;
  readonly machine: string;
  readonly kernel: string;
  readonly filesystem: string;
  readonly engine_version: string;
  readonly seed: number;
  readonly verdict: string;
  readonly events: number;
  readonly bytes: number;
  readonly minor: number;
  readonly major: number;
  readonly instantiated_kib: number;
  readonly needless_kib: number;
  readonly simulated_ns: number;
  readonly stream: number;
  readonly checksum: number;
  readonly saved_at: string;
  readonly name: string;
  readonly notes: string;
  readonly tags: string;
  readonly starred: number;
  readonly annotated_at: string;
  readonly annotation_checksum: number;
  readonly deleted_at: string | null;
}

/** What a run's row says of the run itself. */
export type RunFacts = Omit<RunRow, 'key' | 'checksum' | 'annotation_checksum' | 'deleted_at'>;

/** The part of a run that lists do not show, and which documents it used. */
export interface RunDetails extends Pick<RunInfo, 'lanes' | 'phases' | 'metrics' | 'waitFor'> {
  readonly documents: readonly Pick<RunDocument, 'kind' | 'hash'>[];
}

/** Columns of a new row, in the order of {@link factsOf}'s keys. */
export const RUN_COLUMNS = [
  'id',
  'hash',
  'plan_hash',
  'source',
  'experiment',
  'policy',
  'machine',
  'kernel',
  'filesystem',
  'engine_version',
  'seed',
  'verdict',
  'events',
  'bytes',
  'minor',
  'major',
  'instantiated_kib',
  'needless_kib',
  'simulated_ns',
  'stream',
  'saved_at',
  'name',
  'notes',
  'tags',
  'starred',
  'annotated_at',
] as const satisfies readonly (keyof RunFacts)[];

export function factsOf(
  run: NewRun,
  given: { id: string; events: number; bytes: number; stream: number; savedAt: string; annotatedAt: string },
): RunFacts {
  return {
    id: given.id,
    hash: run.hash,
    plan_hash: run.planHash,
    source: run.source,
    experiment: run.experiment,
    policy: run.policy,
    machine: run.machine,
    kernel: run.kernel,
    filesystem: run.filesystem,
    engine_version: run.engineVersion,
    seed: run.seed,
    verdict: run.verdict,
    events: given.events,
    bytes: given.bytes,
    minor: run.metrics.faults.minor,
    major: run.metrics.faults.major,
    instantiated_kib: run.metrics.blocks.instantiatedKiB,
    needless_kib: run.metrics.blocks.needlessKiB,
    simulated_ns: run.metrics.time.simulatedNs,
    stream: given.stream,
    saved_at: given.savedAt,
    name: run.name ?? '',
    notes: run.notes ?? '',
    tags: JSON.stringify(cleanTags(run.tags ?? [])),
    starred: run.starred === true ? 1 : 0,
    annotated_at: given.annotatedAt,
  };
}

/** Tags without blanks around them, each once, sorted. */
export function cleanTags(tags: readonly string[]): string[] {
  return [...new Set(tags.map((tag) => tag.trim()).filter((tag) => tag !== ''))].sort();
}

/** Over everything that never changes; the id and the stream are places, not facts. */
export function factsChecksum(row: RunFacts): number {
  return checksumOf(
    [
      row.id,
      row.hash,
      row.plan_hash,
      row.source,
      row.experiment,
      row.policy,
      row.machine,
      row.kernel,
      row.filesystem,
      row.engine_version,
      row.seed,
      row.verdict,
      row.events,
      row.bytes,
      row.minor,
      row.major,
      row.instantiated_kib,
      row.needless_kib,
      row.simulated_ns,
      row.stream,
      row.saved_at,
    ].join('\u0000'),
  );
}

export function annotationChecksum(row: Pick<RunRow, 'name' | 'notes' | 'tags' | 'starred' | 'annotated_at'>): number {
  return checksumOf([row.name, row.notes, row.tags, row.starred, row.annotated_at].join('\u0000'));
}

/** Throws a StoreFailure when a row does not match its checksum. */
export function checkFacts(row: RunRow, file: string): RunRow {
  if (row.checksum !== factsChecksum(row)) throw damaged(file, `the record of run ${row.id}`);
  return row;
}

/** A row as it is listed. @throws StoreFailure when it does not match its checksums */
export function listingOf(row: RunRow, file: string): RunListing {
  checkFacts(row, file);
  return {
    id: row.id,
    hash: row.hash,
    source: row.source as RunListing['source'],
    experiment: row.experiment,
    policy: row.policy,
    machine: row.machine,
    kernel: row.kernel,
    filesystem: row.filesystem,
    engineVersion: row.engine_version,
    seed: row.seed,
    verdict: row.verdict as RunListing['verdict'],
    events: row.events,
    savedAt: row.saved_at,
    bytes: row.bytes,
    minor: row.minor,
    major: row.major,
    instantiatedKiB: row.instantiated_kib,
    needlessKiB: row.needless_kib,
    simulatedNs: row.simulated_ns,
    ...annotationOf(row, file),
  };
}

export function annotationOf(row: RunRow, file: string): Annotation {
  if (row.annotation_checksum !== annotationChecksum(row)) throw damaged(file, `the notes of run ${row.id}`);
  return { name: row.name, notes: row.notes, tags: JSON.parse(row.tags) as string[], starred: row.starred === 1 };
}

export function packDetails(run: NewRun, documents: readonly RunDocument[], id: string): Buffer {
  const { lanes, phases, metrics, waitFor } = run;
  const details: RunDetails = {
    lanes,
    phases,
    metrics,
    waitFor,
    documents: documents.map(({ kind, hash }) => ({ kind, hash })),
  };
  return packJson(details, `run/${id}`);
}

export function unpackDetails(blob: Uint8Array | undefined, id: string, file: string): RunDetails {
  try {
    if (blob === undefined) throw new RangeError('blob is missing');
    return unpackJson(blob, `run/${id}`) as RunDetails;
  } catch {
    throw damaged(file, `the result of run ${id}`);
  }
}

/** Column by which each field sorts. */
const SORT_COLUMNS: Readonly<Record<NonNullable<RunQuery['sort']>, string>> = {
  savedAt: 'saved_at',
  name: 'name COLLATE NOCASE',
  experiment: 'experiment COLLATE NOCASE',
  policy: 'policy',
  machine: 'machine',
  kernel: 'kernel',
  filesystem: 'filesystem',
  events: 'events',
  bytes: 'bytes',
  minor: 'minor',
  major: 'major',
  instantiatedKiB: 'instantiated_kib',
  needlessKiB: 'needless_kib',
  simulatedNs: 'simulated_ns',
};

/** A query's WHERE and ORDER BY, and their parameters. */
export function conditionsOf(query: RunQuery): { where: string; order: string; parameters: (string | number)[] } {
  const where = [query.deleted === true ? 'deleted_at IS NOT NULL' : 'deleted_at IS NULL'];
  const parameters: (string | number)[] = [];
  const add = (condition: string, value: string | number | undefined): void => {
    if (value === undefined) return;
    where.push(condition);
    parameters.push(value);
  };
  add('source = ?', query.source);
  add('experiment = ?', query.experiment);
  add('policy = ?', query.policy);
  add('machine = ?', query.machine);
  add('kernel = ?', query.kernel);
  add('filesystem = ?', query.filesystem);
  add('verdict = ?', query.verdict);
  add('starred = ?', query.starred === undefined ? undefined : query.starred ? 1 : 0);
  add('saved_at >= ?', query.savedFrom);
  add('saved_at < ?', query.savedTo);
  add('EXISTS (SELECT 1 FROM json_each(runs.tags) WHERE json_each.value = ?)', query.tag);
  const words = matchExpression(query.text ?? '');
  add('key IN (SELECT rowid FROM run_search WHERE run_search MATCH ?)', words === '' ? undefined : words);
  const column = SORT_COLUMNS[query.sort ?? 'savedAt'];
  if (column === undefined)
    throw new InputError({
      path: 'sort',
      message: `runs cannot be sorted by "${String(query.sort)}"`,
      expected: `one of ${Object.keys(SORT_COLUMNS).join(', ')}`,
    });
  const direction = (query.descending ?? (query.sort === undefined || query.sort === 'savedAt')) ? 'DESC' : 'ASC';
  return { where: where.join(' AND '), order: `${column} ${direction}, key ${direction}`, parameters };
}

/** Words as FTS5 takes them: each quoted, the last a beginning. */
function matchExpression(text: string): string {
  const words = text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  return words.map((word, i) => `"${word.replaceAll('"', '""')}"${i === words.length - 1 ? '*' : ''}`).join(' ');
}
