import { createHash } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import * as v from 'valibot';
import { RunHasher } from '#model/run-hash';
import { runInfoSchema } from '#model/run-schema';
import { EVENT_KINDS, type EventBatch } from '#model/events';
import type { RunDocument } from '#model/library';
import type { KeptMark } from '#model/mark';
import { InputError } from '#model/problem';
import type { RunInfo } from '#model/run';
import { parseJson, validate } from '#model/validate';
import { FULL_BATCH, makeBatch } from '#model/batch';
import { packBatch, unpackBatch } from '#stream/batch-codec';
import { hashOfText } from './hashes.ts';
import { keptMarksSchema } from './run-marks.ts';
import { ZipReader, ZipWriter } from './zip.ts';

/**
 * A `.faultline` bundle: a zip archive of runs with their documents, notes and events, for handing on. `manifest.json`
 * names every entry with its SHA-256; documents are named by theirs. The hash of an emulated run is recomputed from
 * its events and result when it is read.
 */
export const BUNDLE_FORMAT = 'faultline/bundle@1';

/** Bounds of what a bundle may hold, in bytes unpacked. */
const MOST_MANIFEST = 32 * 2 ** 20;
const MOST_JSON = 64 * 2 ** 20;
/** Nine columns of at most 8 bytes an event, and their headers. */
const MOST_BATCH = FULL_BATCH * 72 + 1024;

const README = `This is a Faultline bundle (${BUNDLE_FORMAT}): runs of the page-fault lab, with their documents and events.
manifest.json lists everything with its SHA-256. runs/HASH.json is a run's result and notes, documents/HASH.json a
document that went into it, events/HASH/N.bin 65 536 events as packed columns (src-main/stream/batch-codec.ts).
Open it with: faultline runs merge FILE
`;

const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'a SHA-256'));
const manifestSchema = v.object({
  format: v.literal(BUNDLE_FORMAT),
  madeAt: v.string(),
  runs: v.pipe(v.array(v.object({ hash, events: v.pipe(v.number(), v.integer(), v.minValue(0)) })), v.minLength(1)),
  /** SHA-256 of every other entry, by name. */
  entries: v.record(v.string(), hash),
});
const recordSchema = v.object({
  run: runInfoSchema,
  annotatedAt: v.string(),
  /** Absent where there are none, and in bundles of before there were any. */
  marks: v.optional(keptMarksSchema),
  documents: v.array(v.object({ kind: v.string(), hash })),
});

/** Entries that a bundle may have. */
const ENTRY_NAME =
  /^(?:README\.txt|runs\/[0-9a-f]{64}\.json|documents\/[0-9a-f]{64}\.json|events\/[0-9a-f]{64}\/\d{1,6}\.bin)$/;

/** A run as it travels. */
export interface BundledRun {
  readonly run: RunInfo;
  /** When its notes were last changed, '' for never. */
  readonly annotatedAt: string;
  readonly marks: readonly KeptMark[];
  readonly documents: readonly RunDocument[];
  readonly batches: () => Iterable<EventBatch>;
}

/** Writes a bundle, whole or not at all. @throws InputError when the file exists and is not to be replaced */
export function writeBundle(file: string, runs: readonly BundledRun[], madeAt: string, replace: boolean): void {
  if (existsSync(file) && !replace) {
    throw new InputError({ file, message: 'exists already', expected: 'a new name, or --force to replace it' });
  }
  const half = `${file}.${process.pid}.part`;
  rmSync(half, { force: true });
  const zip = new ZipWriter(half);
  const entries: Record<string, string> = {};
  const add = (name: string, bytes: Uint8Array): void => {
    if (entries[name] !== undefined) return;
    entries[name] = createHash('sha256').update(bytes).digest('hex');
    zip.add(name, bytes);
  };
  try {
    add('README.txt', Buffer.from(README, 'utf8'));
    for (const { run, annotatedAt, marks, documents, batches } of runs) {
      for (const { hash: name, json } of documents) add(`documents/${name}.json`, Buffer.from(json, 'utf8'));
      let number = 0;
      for (const batch of batches()) add(`events/${run.hash}/${number++}.bin`, packBatch(batch));
      const record = {
        run,
        annotatedAt,
        ...(marks.length === 0 ? {} : { marks }),
        documents: documents.map(({ kind, hash: name }) => ({ kind, hash: name })),
      };
      add(`runs/${run.hash}.json`, Buffer.from(JSON.stringify(record, null, 1), 'utf8'));
    }
    const manifest = {
      format: BUNDLE_FORMAT,
      madeAt,
      runs: runs.map(({ run }) => ({ hash: run.hash, events: run.events })),
      entries,
    };
    zip.add('manifest.json', Buffer.from(JSON.stringify(manifest, null, 1), 'utf8'));
    zip.finish();
    renameSync(half, file);
  } catch (error) {
    try {
      zip.abandon();
    } catch {
      // Closed already.
    }
    rmSync(half, { force: true });
    throw error;
  }
}

/**
 * Opens a bundle and checks everything in it: nothing of a bundle that lies in one place is used.
 * @throws InputError naming what is wrong
 */
export function readBundle(file: string): { runs: BundledRun[]; close(): void } {
  if (!existsSync(file)) throw new InputError({ file, message: 'there is no such file' });
  const zip = new ZipReader(file);
  try {
    const manifest = readManifest(zip, file);
    const runs = manifest.runs.map((entry) => readRun(zip, file, manifest, entry));
    for (const run of runs) checkEvents(run, file);
    return { runs, close: () => zip.close() };
  } catch (error) {
    zip.close();
    throw error;
  }
}

type Manifest = v.InferOutput<typeof manifestSchema>;

function readManifest(zip: ZipReader, file: string): Manifest {
  const text = zip.read('manifest.json', MOST_MANIFEST).toString('utf8');
  const raw = parseJson(text, `${file}: manifest.json`);
  const format = (raw as { format?: unknown } | null)?.format;
  if (typeof format === 'string' && format.startsWith('faultline/bundle@') && format !== BUNDLE_FORMAT) {
    throw new InputError({
      file,
      path: 'format',
      message: `the bundle is of another version (${format})`,
      expected: BUNDLE_FORMAT,
    });
  }
  const manifest = validate(manifestSchema, raw, `${file}: manifest.json`);
  for (const name of zip.names) {
    if (name === 'manifest.json') continue;
    if (!ENTRY_NAME.test(name))
      throw new InputError({ file, message: `a bundle has no entry like "${name.slice(0, 100)}"` });
    if (!Object.hasOwn(manifest.entries, name))
      throw new InputError({ file, message: `"${name}" is not in its manifest` });
  }
  const unique = new Set(manifest.runs.map((run) => run.hash));
  if (unique.size !== manifest.runs.length) throw new InputError({ file, message: 'it has a run twice' });
  return manifest;
}

function readEntry(zip: ZipReader, file: string, manifest: Manifest, name: string, most: number): Buffer {
  const bytes = zip.read(name, most);
  const said = Object.hasOwn(manifest.entries, name) ? manifest.entries[name] : '';
  if (createHash('sha256').update(bytes).digest('hex') !== said)
    throw new InputError({ file, message: `"${name}" does not have the hash its manifest says` });
  return bytes;
}

function readRun(zip: ZipReader, file: string, manifest: Manifest, entry: Manifest['runs'][number]): BundledRun {
  const name = `runs/${entry.hash}.json`;
  const raw = parseJson(readEntry(zip, file, manifest, name, MOST_JSON).toString('utf8'), `${file}: ${name}`);
  const { annotatedAt, marks, documents } = validate(recordSchema, raw, `${file}: ${name}`);
  // As it was written: fields that the schema does not know are part of what the hash covers.
  const { run } = raw as { run: RunInfo };
  if (run.hash !== entry.hash || run.events !== entry.events)
    throw new InputError({ file, message: `"${name}" is not the run its manifest says` });
  if (Number.isNaN(Date.parse(run.savedAt)))
    throw new InputError({ file, path: `${name}: run.savedAt`, message: 'this is no time', expected: 'an ISO time' });
  return {
    run,
    annotatedAt,
    marks: marks ?? [],
    documents: documents.map(({ kind, hash: documentHash }) => {
      const json = readEntry(zip, file, manifest, `documents/${documentHash}.json`, MOST_JSON).toString('utf8');
      if (hashOfText(json) !== documentHash)
        throw new InputError({
          file,
          message: `document ${documentHash.slice(0, 12)} does not have the hash it is named by`,
        });
      return { kind, hash: documentHash, json };
    }),
    batches: function* (): Generator<EventBatch> {
      for (let first = 0, number = 0; first < run.events; first += FULL_BATCH, number++) {
        const count = Math.min(FULL_BATCH, run.events - first);
        const bytes = readEntry(zip, file, manifest, `events/${run.hash}/${number}.bin`, MOST_BATCH);
        const batch = makeBatch(first, count);
        try {
          unpackBatch(bytes, batch);
        } catch {
          throw new InputError({
            file,
            message: `events ${first} to ${first + count - 1} of run ${run.hash.slice(0, 12)} make no sense`,
          });
        }
        yield batch;
      }
    },
  };
}

/** Every event must be one that could be, and an emulated run's hash must follow from what it holds. */
function checkEvents({ run, batches }: BundledRun, file: string): void {
  const hasher = new RunHasher(run.planHash, createHash('sha256'));
  for (const batch of batches()) {
    for (let i = 0; i < batch.count; i++) {
      const end = batch.time[i] + batch.duration[i];
      const good =
        batch.time[i] >= 0 && batch.duration[i] >= 0 && end < Infinity && batch.lane[i] < run.lanes.length &&
        batch.kind[i] < EVENT_KINDS.length && batch.cause[i] >= -1 && batch.cause[i] < run.events; // prettier-ignore
      if (!good)
        throw new InputError({ file, message: `event ${batch.first + i} of run ${run.hash.slice(0, 12)} cannot be` });
    }
    hasher.batch(batch);
  }
  if (run.source !== 'emulated') return;
  const { metrics, phases, lanes, verdict, waitFor } = run;
  if (hasher.finish({ metrics, phases, lanes, verdict, waitFor }) !== run.hash) {
    throw new InputError({
      file,
      message: `run ${run.hash.slice(0, 12)} does not have the hash that its events and result give`,
    });
  }
}
