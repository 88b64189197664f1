import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { Cancelled } from '#lab/emulate';
import { ImportSource } from '#lab/import-source';
import type { EventBatch } from '#model/events';
import type { RunDocument } from '#model/library';
import { ENGINE_VERSION } from '#model/plan';
import { InputError } from '#model/problem';
import { canonicalJson } from '#model/validate';
import { Feed } from '#recording/feed';
import { IMPORTERS, importerOf, recognise } from '#recording/formats';
import { ImportContext, type Importer, type Imported, type ImportedDocument } from '#recording/importer';
import { Recording, type RecordedRun } from '#recording/recording';
import type { StoreClient } from '#workers/store-client';

/** Where in the file an import is. */
export interface ImportProgress {
  /** Bytes of the file read so far, and in all. */
  readonly done: number;
  readonly total: number;
  /** Events so far. */
  readonly events: number;
  /** Label of the format. */
  readonly format: string;
}

export interface ImportOptions {
  /** Format by its id; else it is recognised. */
  readonly as?: string;
  /** ISO date of the import: the date of figures that have no other. */
  readonly date: string;
  readonly signal?: AbortSignal;
  onProgress?(progress: ImportProgress): void;
}

/** What an import came to. */
export interface ImportResult {
  readonly format: string;
  readonly label: string;
  readonly kind: Imported['kind'];
  /** Id of the run, where the file became one. */
  readonly id: string | null;
  /** The library had this run already. */
  readonly existing: boolean;
  /** The document, where the file became one. */
  readonly document: ImportedDocument | null;
  readonly events: number;
  readonly taken: Readonly<Record<string, number>>;
  readonly leftAside: readonly { readonly reason: string; readonly count: number }[];
}

/** Saves the batches of a run as they come, whole or not at all. */
class RunSaver {
  readonly batches: EventBatch[] = [];
  private readonly library: () => Promise<StoreClient>;
  private open: { store: StoreClient; token: number } | null = null;

  constructor(library: () => Promise<StoreClient>) {
    this.library = library;
  }

  async save(): Promise<void> {
    if (this.batches.length === 0) return;
    const { store, token } = await this.begun();
    for (const batch of this.batches.splice(0)) await store.append(token, batch);
  }

  async commit(
    run: RecordedRun,
    hash: string,
    title: string,
    document: RunDocument,
  ): Promise<{ id: string; existing: boolean }> {
    await this.save();
    const { store, token } = await this.begun();
    const saved = await store.commit(
      token,
      {
        hash,
        planHash: hash,
        source: 'recorded',
        experiment: title,
        policy: run.policy,
        machine: run.machine,
        kernel: run.kernel,
        filesystem: run.filesystem,
        engineVersion: ENGINE_VERSION,
        seed: 0,
        verdict: 'finished',
        lanes: run.lanes,
        phases: run.phases,
        metrics: run.metrics,
        waitFor: null,
      },
      [document],
    );
    this.open = null;
    return saved;
  }

  /** Drops what was saved of a run that was not committed. */
  async abort(): Promise<void> {
    if (this.open === null) return;
    await this.open.store.abort(this.open.token);
    this.open = null;
  }

  private async begun(): Promise<{ store: StoreClient; token: number }> {
    if (this.open === null) {
      const store = await this.library();
      this.open = { store, token: await store.beginRun() };
    }
    return this.open;
  }
}

/**
 * Imports a file that another tool wrote. A recording becomes a run of the library, saved whole or not at all;
 * figures become a document, which is returned. The file is read in pieces: memory does not grow with it.
 * @param library asked for when the file turns out to be a run
 * @throws InputError with line or byte; Cancelled, with nothing saved
 */
export async function importFile(
  path: string,
  library: () => Promise<StoreClient>,
  options: ImportOptions,
): Promise<ImportResult> {
  const wanted = options.as === undefined ? null : importerOf(options.as);
  const source = await ImportSource.open(path);
  const saver = new RunSaver(library);
  try {
    const importer = wanted ?? recognise(source.head);
    if (importer === null) throw unrecognised(path, source.head.bytes.length === 0);
    const title = titleOf(path);
    const recording = new Recording((batch) => saver.batches.push(batch));
    const context = new ImportContext(path, title, options.date, recording);
    const feed = new Feed(importer.read(context), context);
    for await (const chunk of source.chunks()) {
      if (options.signal?.aborted === true) throw new Cancelled();
      feed.push(chunk);
      await saver.save();
      options.onProgress?.({ done: source.read, total: source.size, events: recording.count, format: importer.label });
    }
    const imported = feed.end();
    const about = {
      format: importer.id,
      label: importer.label,
      kind: imported.kind,
      events: recording.count,
      taken: Object.fromEntries(context.taken.entries()),
      leftAside: context.leftAside.entries().map(([reason, count]) => ({ reason, count })),
    };
    if (imported.kind !== 'run') return { ...about, id: null, existing: false, document: imported.document };
    const { run } = imported;
    const hash = source.hash();
    const document = recordingDocument(path, importer, hash, { ...about, names: run.names, date: options.date });
    return { ...about, ...(await saver.commit(run, hash, title, document)), document: null };
  } finally {
    source.end();
    await saver.abort();
  }
}

/** Name of a file without folder and endings: the name of what becomes of it. */
function titleOf(path: string): string {
  const name = basename(path).replace(/\.gz$/i, '');
  return name.replace(/\.[A-Za-z0-9]{1,6}$/, '') || name || 'recording';
}

/** A file that no importer knows: what can be done about it is said where it was given, on a command line or a window. */
export class UnknownFormat extends InputError {
  constructor(file: string) {
    super({
      file,
      message: 'the format is not recognised',
      expected: `one of ${IMPORTERS.map((importer) => importer.id).join(', ')}; --as names it`,
    });
  }
}

function unrecognised(path: string, empty: boolean): InputError {
  return empty ? new InputError({ file: path, message: 'the file is empty' }) : new UnknownFormat(path);
}

/** What is kept with a recorded run: where it came from, what was taken, and the names behind its numbers. */
function recordingDocument(path: string, importer: Importer, hash: string, about: object): RunDocument {
  const json = canonicalJson({
    format: 'faultline/recording@1',
    name: basename(path),
    sha256: hash,
    importer: importer.id,
    ...about,
  });
  return { kind: 'recording', hash: createHash('sha256').update(json).digest('hex'), json };
}
