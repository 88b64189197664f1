import type { Annotation, NewRun, RunDocument, RunPage, RunQuery } from '#model/library';
import { InputError } from '#model/problem';
import type { RunInfo } from '#model/run';
import { canonicalJson } from '#model/validate';
import { packBlob, unpackBlob } from './codec.ts';
import type { Db } from './database.ts';
import { damaged } from './failures.ts';
import { ID_LENGTH, idOf } from './ids.ts';
import {
  RUN_COLUMNS,
  annotationChecksum,
  annotationOf,
  checkFacts,
  cleanTags,
  conditionsOf,
  factsChecksum,
  factsOf,
  listingOf,
  packDetails,
  unpackDetails,
  type RunDetails,
  type RunRow,
} from './run-rows.ts';

/** Whether a run was new, and under which id it is in the library. */
export interface Saved {
  readonly id: string;
  /** The library had this very run already. */
  readonly existing: boolean;
}

/** The rows of runs: finding, listing, inserting, annotating, hiding and removing them. Events are elsewhere. */
export class RunTable {
  private readonly db: Db;
  private readonly path: string;

  /** @param path the library's file, for what is said of damage */
  constructor(db: Db, path: string) {
    this.db = db;
    this.path = path;
  }

  list(query: RunQuery): RunPage {
    const { where, order, parameters } = conditionsOf(query);
    const total =
      this.db
        .prepare<unknown[], number>(`SELECT count(*) FROM runs WHERE ${where}`)
        .pluck()
        .get(...parameters) ?? 0;
    const select = this.db.prepare<unknown[], RunRow>(
      `SELECT * FROM runs WHERE ${where} ORDER BY ${order} LIMIT ? OFFSET ?`,
    );
    const rows = select.all(...parameters, query.limit ?? 100, query.offset ?? 0);
    return { total, runs: rows.map((row) => listingOf(row, this.path)) };
  }

  /** A run as others know it. */
  info(row: RunRow): RunInfo {
    const {
      bytes: _b,
      minor: _m,
      major: _j,
      instantiatedKiB: _i,
      needlessKiB: _n,
      simulatedNs: _s,
      ...facts
    } = listingOf(row, this.path);
    const { documents: _d, ...details } = this.details(row);
    return { ...facts, planHash: row.plan_hash, ...details };
  }

  documents(row: RunRow): RunDocument[] {
    const text = this.db.prepare<[string], Buffer>('SELECT data FROM documents WHERE hash = ?').pluck();
    const { documents } = this.details(row);
    return documents.map(({ kind, hash }) => ({ kind, hash, json: this.documentText(hash, text.get(hash)) }));
  }

  /** Adds a run whose events are there. Returns its id. */
  insert(
    run: NewRun,
    documents: readonly RunDocument[],
    given: { events: number; bytes: number; stream: number; savedAt: string },
  ): string {
    const id = this.freeId(run.hash);
    const annotatedAt = isAnnotated(run) ? given.savedAt : '';
    const facts = factsOf(run, { ...given, id, annotatedAt });
    const columns = [...RUN_COLUMNS, 'checksum', 'annotation_checksum'];
    const values = [...RUN_COLUMNS.map((column) => facts[column]), factsChecksum(facts), annotationChecksum(facts)];
    const insert = this.db.prepare(
      `INSERT INTO runs (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    );
    const key = Number(insert.run(...values).lastInsertRowid);
    this.db.prepare('INSERT INTO run_details (run, data) VALUES (?, ?)').run(key, packDetails(run, documents, id));
    this.putDocuments(key, documents);
    return id;
  }

  /** Lanes, phases, metrics and which documents. */
  details(row: RunRow): RunDetails {
    const data = this.db.prepare<[number], Buffer>('SELECT data FROM run_details WHERE run = ?').pluck().get(row.key);
    return unpackDetails(data, row.id, this.path);
  }

  /** The run that is meant. @throws InputError when none is, or more than one */
  find(reference: string, deleted = false): RunRow {
    const rows = this.candidates(reference, '', deleted);
    if (rows.length === 1) return checkFacts(rows[0], this.path);
    if (rows.length > 1) {
      const ids = rows.map((row) => row.id).join(', ');
      throw new InputError({ message: `"${reference}" means more than one run`, expected: `one of ${ids}` });
    }
    // An index that misses what the table has is damaged.
    if (this.candidates(reference, 'NOT INDEXED', deleted).length > 0) throw damaged(this.path, 'the index of runs');
    throw new InputError({
      message: `the library has no ${deleted ? 'deleted ' : ''}run "${reference}"`,
      expected: 'an id, a unique beginning of one (4 characters or more), or a hash',
    });
  }

  /** The run of exactly this id or hash, else up to five whose id or hash begins so. */
  private candidates(reference: string, hint: string, deleted: boolean): RunRow[] {
    const state = `deleted_at IS ${deleted ? 'NOT ' : ''}NULL`;
    const exact = this.db.prepare<string[], RunRow>(
      `SELECT * FROM runs ${hint} WHERE (id = ? OR hash = ?) AND ${state}`,
    );
    const found = exact.all(reference, reference);
    if (found.length > 0 || !/^[0-9a-z]{4,}$/.test(reference)) return found;
    const end = `${reference}~`;
    return this.db
      .prepare<string[], RunRow>(
        `SELECT * FROM runs ${hint} WHERE ((id >= ? AND id < ?) OR (hash >= ? AND hash < ?)) AND ${state} LIMIT 5`,
      )
      .all(reference, end, reference, end);
  }

  /** The run of this hash; one that was deleted is brought back. */
  existing(hash: string): Saved | undefined {
    const row = this.db
      .prepare<[string], { id: string; deleted_at: string | null }>('SELECT id, deleted_at FROM runs WHERE hash = ?')
      .get(hash);
    if (row === undefined) return undefined;
    if (row.deleted_at !== null) this.db.prepare('UPDATE runs SET deleted_at = NULL WHERE id = ?').run(row.id);
    return { id: row.id, existing: true };
  }

  /** Id of the run that came of a plan, if there is one. */
  ofPlan(planHash: string): string | undefined {
    return this.db
      .prepare<[string], string>('SELECT id FROM runs WHERE plan_hash = ? AND deleted_at IS NULL')
      .pluck()
      .get(planHash);
  }

  /** Every tag in use with the number of its runs, by name. */
  tags(): { tag: string; runs: number }[] {
    const sql =
      'SELECT value AS tag, count(*) AS runs FROM runs, json_each(runs.tags) WHERE deleted_at IS NULL GROUP BY value ORDER BY value';
    return this.db.prepare<[], { tag: string; runs: number }>(sql).all();
  }

  /** Hides a run since a moment, or with null shows it again. Returns its id. */
  setDeleted({ key, id }: RunRow, at: string | null): string {
    this.db.prepare('UPDATE runs SET deleted_at = ? WHERE key = ?').run(at, key);
    return id;
  }

  /** Removes hidden runs with their events, and documents that no run has. Returns how many. */
  removeDeleted(): number {
    return this.db
      .transaction(() => {
        const rows = this.db
          .prepare<[], { key: number; stream: number }>('SELECT key, stream FROM runs WHERE deleted_at IS NOT NULL')
          .all();
        for (const { key, stream } of rows) {
          this.db.prepare('DELETE FROM runs WHERE key = ?').run(key);
          this.db.prepare('DELETE FROM streams WHERE key = ?').run(stream);
        }
        this.db.exec('DELETE FROM documents WHERE hash NOT IN (SELECT document FROM run_documents)');
        return rows.length;
      })
      .immediate();
  }

  private freeId(hash: string): string {
    const taken = this.db.prepare<[string], number>('SELECT 1 FROM runs WHERE id = ?').pluck();
    let length = ID_LENGTH;
    while (taken.get(idOf(hash, length)) !== undefined) length++;
    return idOf(hash, length);
  }

  private putDocuments(run: number, documents: readonly RunDocument[]): void {
    const put = this.db.prepare<[string, Buffer]>(
      'INSERT INTO documents (hash, data) VALUES (?, ?) ON CONFLICT DO NOTHING',
    );
    const link = this.db.prepare<[number, number, string, string]>(
      'INSERT INTO run_documents (run, position, kind, document) VALUES (?, ?, ?, ?)',
    );
    documents.forEach(({ kind, hash, json }, position) => {
      put.run(hash, packBlob(Buffer.from(json, 'utf8'), `document/${hash}`));
      link.run(run, position, kind, hash);
    });
  }

  private documentText(hash: string, data: Buffer | undefined): string {
    try {
      if (data === undefined) throw new RangeError('document is missing');
      const bytes = unpackBlob(data, `document/${hash}`);
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
    } catch {
      throw damaged(this.path, `document ${hash.slice(0, 12)}`);
    }
  }

  /**
   * Of two annotations of one run the later stays, of equally late ones the greater text; the date of saving is the
   * earlier. So merging libraries gives the same, in whatever order and however often.
   */
  mergeAnnotation(id: string, run: RunInfo, annotatedAt: string): void {
    const row = this.find(id);
    const theirs = { name: run.name, notes: run.notes, tags: cleanTags(run.tags), starred: run.starred };
    const rank = (at: string, annotation: Annotation): string => `${at}\u0000${canonicalJson(annotation)}`;
    if (rank(annotatedAt, theirs) > rank(row.annotated_at, annotationOf(row, this.path)))
      this.putAnnotation(row.key, theirs, annotatedAt);
    if (run.savedAt < row.saved_at) {
      const earlier = { ...row, saved_at: run.savedAt };
      this.db
        .prepare('UPDATE runs SET saved_at = ?, checksum = ? WHERE key = ?')
        .run(run.savedAt, factsChecksum(earlier), row.key);
    }
  }

  putAnnotation(key: number, annotation: Annotation, at: string): void {
    const row = {
      name: annotation.name,
      notes: annotation.notes,
      tags: JSON.stringify(annotation.tags),
      starred: annotation.starred ? 1 : 0,
      annotated_at: at,
    };
    this.db.pragma('synchronous = FULL');
    this.db
      .prepare(
        'UPDATE runs SET name = ?, notes = ?, tags = ?, starred = ?, annotated_at = ?, annotation_checksum = ? WHERE key = ?',
      )
      .run(row.name, row.notes, row.tags, row.starred, row.annotated_at, annotationChecksum(row), key);
  }
}

function isAnnotated(run: NewRun): boolean {
  return (run.name ?? '') !== '' || (run.notes ?? '') !== '' || (run.tags ?? []).length > 0 || run.starred === true;
}
