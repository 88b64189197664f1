import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { EventBatch } from '#model/events';
import type { NewRun, RunDocument } from '#model/library';
import type { KeptMark } from '#model/mark';
import { openDatabase, openForReading, type Db, type OpenOptions } from './database.ts';
import { EventStore } from './event-store.ts';
import { StoreFailure, translated } from './failures.ts';
import { hashOfText } from './hashes.ts';
import { Library } from './library.ts';
import { annotationOf, checkFacts, unpackDetails, type RunRow } from './run-rows.ts';
import { keptMarksOf } from './run-marks.ts';
import { unpackBlob } from './codec.ts';
import { readTemplates } from './templates.ts';

/** What a repair came to. */
export interface Repair {
  /** The file as it was, untouched, under its new name. */
  readonly kept: string;
  /** Ids of the runs that are whole. */
  readonly whole: readonly string[];
  /** Runs of which a part could be saved, under a hash of their own: id before, id now, what is missing. */
  readonly partly: readonly { readonly id: string; readonly now: string; readonly missing: string }[];
  /** Runs of which nothing could be saved: id, or what is known instead, and why. */
  readonly lost: readonly { readonly id: string; readonly why: string }[];
}

/** Files that belong to a library. */
const COMPANIONS = ['', '-wal', '-shm'];

/**
 * Saves what can be read of a damaged library into a new one and puts that in its place; the damaged file is kept
 * beside it under another name, as it was. A library without damage comes through whole. Nobody else may have the
 * file open. Works on copies: until the exchange of names at its end nothing has changed.
 * @throws StoreFailure when the file is in use, or not even a beginning can be made
 */
export function repairLibrary(path: string, options: OpenOptions = {}): Repair {
  if (!existsSync(path)) throw new StoreFailure('io', { file: path, message: 'there is no such file' });
  const stamp = (options.now ?? ((): Date => new Date()))().toISOString().replaceAll(':', '-').replace(/\..*/, '');
  const copy = freeName(`${path}.copy-${stamp}`);
  const fresh = freeName(`${path}.repaired-${stamp}`);
  const kept = freeName(`${path}.damaged-${stamp}`);
  try {
    for (const end of COMPANIONS) if (end !== '-shm' && existsSync(path + end)) copyFileSync(path + end, copy + end);
    const outcome = salvage(copy, fresh, options);
    for (const end of COMPANIONS) if (existsSync(path + end)) renameSync(path + end, kept + end);
    renameSync(fresh, path);
    return { kept, ...outcome };
  } catch (error) {
    throw translated(error, path);
  } finally {
    for (const name of [copy, fresh]) for (const end of COMPANIONS) rmSync(name + end, { force: true });
  }
}

type Outcome = Omit<Repair, 'kept'>;

/** Reads the copy as it is and, where that gives less, with the first page of a new library, which has the same tables. */
function salvage(copy: string, fresh: string, options: OpenOptions): Outcome {
  const attempts: { file: string; outcome: Outcome }[] = [];
  const attempt = (name: string): boolean => {
    const file = `${fresh}-${name}`;
    const outcome = copyRuns(copy, file, options);
    if (outcome !== undefined) attempts.push({ file, outcome });
    return outcome?.lost.length === 0;
  };
  try {
    if (!attempt('as-is')) {
      // The log may hold a first page of its own that would win over the new one.
      rmSync(`${copy}-wal`, { force: true });
      if (graftFirstPage(copy, options)) attempt('grafted');
    }
    const best = attempts.sort((x, y) => worth(y.outcome) - worth(x.outcome))[0];
    if (best === undefined) {
      throw new StoreFailure('not-a-library', { message: 'nothing of this file can be read as a library' });
    }
    renameSync(best.file, fresh);
    return best.outcome;
  } finally {
    for (const name of ['as-is', 'grafted'])
      for (const end of COMPANIONS) rmSync(`${fresh}-${name}${end}`, { force: true });
  }
}

function worth({ whole, partly }: Outcome): number {
  return whole.length * 1000 + partly.length;
}

/** Copies every readable run into a new library; undefined when not even the list of runs can be read. */
function copyRuns(source: string, target: string, options: OpenOptions): Outcome | undefined {
  let db: Db | undefined;
  let rows: RunRow[];
  try {
    db = openForReading(source, options);
    rows = readableRows(db);
  } catch {
    db?.close();
    return undefined;
  }
  const library = Library.open(target, options);
  try {
    const events = new EventStore(db, source);
    const outcome = {
      whole: [] as string[],
      partly: [] as Repair['partly'][number][],
      lost: [] as Repair['lost'][number][],
    };
    for (const row of rows) copyRun(db, events, row, source, library, outcome);
    copyTemplates(db, library);
    return outcome;
  } finally {
    library.close();
    db.close();
  }
}

/** Templates of reports, as far as they can be read: an older library has none. */
function copyTemplates(db: Db, library: Library): void {
  try {
    for (const template of readTemplates(db)) library.keepTemplate(template);
  } catch {
    // Runs are what a repair is for; a lost template is made again.
  }
}

/** All rows that a scan gives, by key as far as they can be reached one by one. */
function readableRows(db: Db): RunRow[] {
  const rows = new Map<number, RunRow>();
  const add = (found: Iterable<RunRow>): void => {
    try {
      for (const row of found) rows.set(row.key, row);
    } catch {
      // The scan ends at a damaged page; the other direction may reach what is behind it.
    }
  };
  const forwards = db.prepare<[], RunRow>('SELECT * FROM runs NOT INDEXED ORDER BY key');
  add(forwards.iterate());
  add(db.prepare<[], RunRow>('SELECT * FROM runs NOT INDEXED ORDER BY key DESC').iterate());
  return [...rows.values()].sort((x, y) => x.key - y.key);
}

function copyRun(
  db: Db,
  events: EventStore,
  row: RunRow,
  file: string,
  library: Library,
  outcome: { whole: string[]; partly: Repair['partly'][number][]; lost: Repair['lost'][number][] },
): void {
  let run: NewRun;
  let documents: RunDocument[];
  try {
    checkFacts(row, file);
    ({ run, documents } = readRecord(db, row, file));
  } catch (error) {
    outcome.lost.push({ id: row.id, why: whyOf(error) });
    return;
  }
  let missing: string | undefined;
  const readable = function* (): Generator<EventBatch> {
    try {
      const count = events.headsOf(row.stream).levels[0]?.length ?? 0;
      for (let number = 0; number < count; number++) yield events.readBatch(row.stream, number);
    } catch (error) {
      missing = whyOf(error);
    }
  };
  const token = library.beginRun();
  for (const batch of readable()) library.append(token, batch);
  if (documents.some(({ json }) => json === '')) missing ??= 'a document is damaged';
  documents = documents.filter(({ json }) => json !== '');
  let saved: string;
  if (missing === undefined) {
    saved = library.commit(token, run, documents).id;
    outcome.whole.push(saved);
  } else {
    const notes = [run.notes ?? '', `Saved from a damaged library: ${missing}.`]
      .filter((text) => text !== '')
      .join('\n\n');
    const part: NewRun = {
      ...run,
      source: 'imported',
      hash: hashOfText(`part of ${run.hash}`),
      planHash: '',
      notes,
      tags: [...(run.tags ?? []), 'damaged'],
    };
    saved = library.commit(token, part, documents).id;
    outcome.partly.push({ id: row.id, now: saved, missing });
  }
  library.mergeMarks(saved, readableMarks(db, row.key, file));
  if (row.deleted_at !== null) library.deleteRun(run.hash);
}

/** A run's marks; damaged ones, and those of a library of before there were any, are given up. */
function readableMarks(db: Db, run: number, file: string): KeptMark[] {
  try {
    return keptMarksOf(db, run, file);
  } catch {
    return [];
  }
}

/** What is known of a run besides its events. Damaged notes are given up; a damaged document has no text. */
function readRecord(db: Db, row: RunRow, file: string): { run: NewRun; documents: RunDocument[] } {
  const data = db.prepare<[number], Buffer>('SELECT data FROM run_details WHERE run = ?').pluck().get(row.key);
  const { documents: used, ...details } = unpackDetails(data, row.id, file);
  const text = db.prepare<[string], Buffer>('SELECT data FROM documents WHERE hash = ?').pluck();
  const documents = used.map(({ kind, hash }) => {
    try {
      return {
        kind,
        hash,
        json: Buffer.from(unpackBlob(text.get(hash) ?? Buffer.alloc(0), `document/${hash}`)).toString('utf8'),
      };
    } catch {
      return { kind, hash, json: '' };
    }
  });
  let annotation: Partial<NewRun>;
  try {
    annotation = annotationOf(row, file);
  } catch {
    annotation = { notes: 'Name, notes and tags were lost with a damaged library.' };
  }
  const { plan_hash, engine_version, saved_at } = row;
  const facts = { planHash: plan_hash, engineVersion: engine_version, savedAt: saved_at };
  const { hash, experiment, policy, machine, kernel, filesystem, seed } = row;
  const source = row.source as NewRun['source'];
  const verdict = row.verdict as NewRun['verdict'];
  return {
    run: {
      hash,
      experiment,
      policy,
      machine,
      kernel,
      filesystem,
      seed,
      source,
      verdict,
      ...facts,
      ...details,
      ...annotation,
    },
    documents,
  };
}

/**
 * Puts the first page of a new library into a file whose own cannot be read. All libraries of a version have their
 * tables' roots on the same pages.
 */
function graftFirstPage(file: string, options: OpenOptions): boolean {
  const donor = `${file}-donor`;
  try {
    openDatabase(donor, options).close();
    const page = readFileSync(donor);
    const pageBytes = page.readUInt16BE(16);
    const pages = Math.floor(statSync(file).size / pageBytes);
    if (pages < 2) return false;
    const first = page.subarray(0, pageBytes);
    // Of the file format: number of pages at 28, first free page and number of free pages at 32 and 36.
    first.writeUInt32BE(pages, 28);
    first.writeUInt32BE(0, 32);
    first.writeUInt32BE(0, 36);
    const whole = readFileSync(file);
    whole.set(first, 0);
    writeFileSync(file, whole);
    return true;
  } finally {
    for (const end of COMPANIONS) rmSync(donor + end, { force: true });
  }
}

function whyOf(error: unknown): string {
  const known = translated(error, '');
  if (known instanceof StoreFailure) return known.problem.message;
  return known instanceof Error ? known.message : String(known);
}

function freeName(name: string): string {
  let free = name;
  for (let n = 2; COMPANIONS.some((end) => existsSync(free + end)); n++) free = `${name}-${n}`;
  return free;
}
