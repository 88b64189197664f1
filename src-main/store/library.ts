import { randomUUID } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import type { Aggregate } from '#model/aggregate';
import type { EventBatch, EventColumn } from '#model/events';
import type { Annotation, LibrarySize, NewRun, RunDocument, RunExtent, RunPage, RunQuery } from '#model/library';
import type { KeptMark, RunMark } from '#model/mark';
import { InputError } from '#model/problem';
import type { ReportTemplate } from '#model/report';
import type { RunInfo } from '#model/run';
import { canonicalJson } from '#model/validate';
import type { EventCriteria, SearchProgress } from '#model/search';
import type { EventRow, Tile, TileRequest } from '#model/tile';
import { FULL_BATCH, rowOf, sliceBatch } from '#model/batch';
import { buildTile } from '#stream/tile';
import { readBundle, writeBundle, type BundledRun } from './bundle.ts';
import { openDatabase, type Db, type OpenOptions } from './database.ts';
import { EventStore, batchOf } from './event-store.ts';
import {
  aggregate,
  effectsOf,
  listEvents,
  nearestEvents,
  type EventListRequest,
  type NearRequest,
} from './event-queries.ts';
import { EventSearch } from './event-search.ts';
import { translated } from './failures.ts';
import { hashOfText } from './hashes.ts';
import { isHash } from './ids.ts';
import { annotationOf, cleanTags, type RunRow } from './run-rows.ts';
import { keptMarksOf, marksIn, mergeMarks, putMark, removeMark } from './run-marks.ts';
import { Recent } from './recent.ts';
import { RunTable, type Saved } from './run-table.ts';
import { RunWriter } from './run-writer.ts';

import { isAlive, ownerOfThisProcess } from './owners.ts';
import { readTemplates, removeTemplate, writeTemplate } from './templates.ts';

/** Most columns of a tile: no screen is wider. */
const MOST_COLUMNS = 16_384;

/** Batches that a step of a search looks through: some tens of milliseconds. */
const SEARCHED_AT_ONCE = 6;
/** Searches that are remembered, each a bit an event and its summaries. */
const SEARCHES_KEPT = 4;

/**
 * The library of runs, in one file. All calls are synchronous: in the product they happen in the store's worker
 * thread. A run whose saving has returned is on the disk. Runs are named by id, by a unique beginning of an id or
 * hash (at least 4 characters), or by hash.
 */
export class Library {
  readonly path: string;
  private readonly db: Db;
  private readonly now: () => Date;
  private readonly store: EventStore;
  private readonly runs: RunTable;
  private readonly searches = new Recent<EventSearch>(SEARCHES_KEPT);
  private readonly writers = new Map<number, RunWriter>();
  private readonly owner = `${ownerOfThisProcess()}:${randomUUID()}`;

  private constructor(path: string, db: Db, options: OpenOptions) {
    this.path = path;
    this.db = db;
    this.now = options.now ?? ((): Date => new Date());
    this.store = new EventStore(db, path);
    this.runs = new RunTable(db, path);
  }

  /**
   * Opens the library at `path`, making it where there is none.
   * @throws StoreFailure when the file is newer, damaged, locked, not a library, or cannot be written
   */
  static open(path: string, options: OpenOptions = {}): Library {
    const db = openDatabase(path, options);
    try {
      const library = new Library(path, db, options);
      library.sweepAbandoned();
      return library;
    } catch (error) {
      db.close();
      throw translated(error, path);
    }
  }

  /** Unfinished saves are dropped. */
  close(): void {
    for (const token of [...this.writers.keys()]) this.abort(token);
    this.db.close();
  }

  // --- saving ---

  /** Saves a run in one call. The same hash is kept once. */
  saveRun(run: NewRun, documents: readonly RunDocument[], batches: Iterable<EventBatch>): Saved {
    const known = this.runs.existing(run.hash);
    if (known !== undefined) return known;
    const token = this.beginRun();
    try {
      for (const batch of batches) this.append(token, batch);
      return this.commit(token, run, documents);
    } catch (error) {
      this.abort(token);
      throw error;
    }
  }

  /** Begins a save whose events stream in; ends with `commit` or `abort` of the token returned. */
  beginRun(): number {
    return this.guard(() => {
      const { lastInsertRowid } = this.db
        .prepare('INSERT INTO streams (owner, touched_at) VALUES (?, ?)')
        .run(this.owner, this.now().toISOString());
      const token = Number(lastInsertRowid);
      this.writers.set(token, new RunWriter(this.db, this.store, token, this.now));
      return token;
    });
  }

  /** The next events of a run being saved; the batch belongs to the library from then on. */
  append(token: number, batch: EventBatch): void {
    this.guard(() => {
      // Nothing is promised before the commit, whose sync covers what came before it.
      this.db.pragma('synchronous = NORMAL');
      this.writer(token).append(batch);
    });
  }

  /**
   * Makes the run visible and durable, all at once.
   * @throws InputError when a hash is not one, or is not that of its document
   */
  commit(token: number, run: NewRun, documents: readonly RunDocument[]): Saved {
    refuseWrongHashes(run, documents);
    return this.guard(() => {
      const { events, bytes, heads } = this.writer(token).finish();
      const packed = this.store.packHeads(token, heads);
      this.db.pragma('synchronous = FULL');
      const saved = this.db
        .transaction((): Saved => {
          const known = this.runs.existing(run.hash);
          if (known !== undefined) {
            this.db.prepare('DELETE FROM streams WHERE key = ?').run(token);
            return known;
          }
          const total = bytes + packed.length;
          this.db
            .prepare('UPDATE streams SET owner = NULL, bytes = ?, heads = ? WHERE key = ?')
            .run(total, packed, token);
          const savedAt = run.savedAt ?? this.now().toISOString();
          const id = this.runs.insert(run, documents, { events, bytes: total, stream: token, savedAt });
          return { id, existing: false };
        })
        .immediate();
      this.writers.delete(token);
      return saved;
    });
  }

  /** Drops a run being saved. Never fails: what cannot be removed now is removed at a later opening. */
  abort(token: number): void {
    if (!this.writers.delete(token)) return;
    try {
      this.db.prepare('DELETE FROM streams WHERE key = ? AND owner IS NOT NULL').run(token);
    } catch {
      // The stream has no run, so nobody sees it.
    }
  }

  // --- reading ---

  listRuns(query: RunQuery = {}): RunPage {
    return this.guard(() => this.runs.list(query));
  }

  /** @throws InputError when no run, or more than one, is meant */
  getRun(reference: string): RunInfo {
    return this.guard(() => this.runs.info(this.find(reference)));
  }

  /** Bytes that a run's events take in the library. */
  bytesOf(reference: string): number {
    return this.guard(() => this.find(reference).bytes);
  }

  /** Id of the run that came of a plan, if the library has it. */
  findByPlan(planHash: string): string | undefined {
    return this.guard(() =>
      this.db
        .prepare<[string], string>('SELECT id FROM runs WHERE plan_hash = ? AND deleted_at IS NULL')
        .pluck()
        .get(planHash),
    );
  }

  /** Every tag in use with the number of its runs, by name. */
  tags(): { tag: string; runs: number }[] {
    const sql =
      'SELECT value AS tag, count(*) AS runs FROM runs, json_each(runs.tags) WHERE deleted_at IS NULL GROUP BY value ORDER BY value';
    return this.guard(() => this.db.prepare<[], { tag: string; runs: number }>(sql).all());
  }

  /** Templates of reports, by name. */
  templates(): ReportTemplate[] {
    return this.guard(() => readTemplates(this.db));
  }

  /** Keeps a template, in the place of one of the same name. @throws InputError when it is none */
  keepTemplate(template: ReportTemplate): void {
    this.guard(() => {
      this.db.pragma('synchronous = FULL');
      writeTemplate(this.db, template);
    });
  }

  /** Forgets a template. @throws InputError when there is none of that name */
  dropTemplate(name: string): void {
    this.guard(() => removeTemplate(this.db, name));
  }

  documents(reference: string): RunDocument[] {
    return this.guard(() => this.runs.documents(this.find(reference)));
  }

  extent(reference: string): RunExtent {
    return this.guard(() => {
      const { events, levels } = this.store.headsOf(this.find(reference).stream);
      const root = levels.at(-1)?.[0];
      if (root === undefined) return { events, from: 0, to: 0 };
      const [, minTime, maxTime, maxEnd] = root;
      return { events, from: minTime, to: Math.max(maxEnd, maxTime + 1) };
    });
  }

  /** Part of a run, as a timeline shows it. */
  tile(reference: string, request: TileRequest): Tile {
    refuseBadTile(request);
    return this.guard(() => {
      const { stream } = this.find(reference);
      const { criteria } = request;
      const source = criteria === undefined ? this.store.tileSource(stream) : this.found(stream, criteria).tileSource();
      return buildTile(source, request);
    });
  }

  /** Number of batches of a run; each holds {@link FULL_BATCH} events, the last the rest. */
  batchCount(reference: string): number {
    return this.guard(() => this.store.headsOf(this.find(reference).stream).levels[0]?.length ?? 0);
  }

  /** One batch of a run, with the columns asked for (default all; `kind` always); the others are empty. */
  batch(reference: string, number: number, columns?: readonly EventColumn[]): EventBatch {
    return this.guard(() => this.store.readBatch(this.find(reference).stream, number, columns));
  }

  /** Events from..to (indices, to exclusive; default all) in order, a batch at a time. */
  *events(
    reference: string,
    range: { from?: number; to?: number; columns?: readonly EventColumn[] } = {},
  ): Generator<EventBatch> {
    const { stream, events } = this.guard(() => this.find(reference));
    const from = Math.max(0, range.from ?? 0);
    const to = Math.min(events, range.to ?? events);
    for (let number = batchOf(from); number * FULL_BATCH < to; number++) {
      const batch = this.guard(() => this.store.readBatch(stream, number, range.columns));
      const whole = batch.first >= from && batch.first + batch.count <= to;
      yield whole ? batch : sliceBatch(batch, Math.max(0, from - batch.first), Math.min(batch.count, to - batch.first));
    }
  }

  /** One event. @throws InputError when the run has no such event */
  event(reference: string, index: number): EventRow {
    return this.guard(() => {
      const { stream, events, id } = this.find(reference);
      if (!Number.isInteger(index) || index < 0 || index >= events) {
        throw new InputError({
          message: `run ${id} has no event ${index}`,
          expected: events === 0 ? 'a run with events' : `0 to ${events - 1}`,
        });
      }
      const batch = this.store.keptBatch(stream, batchOf(index));
      return rowOf(batch, index - batch.first);
    });
  }

  /** Events nearest to a time, nearest first: those that cover it, then by distance. */
  nearest(reference: string, request: NearRequest): EventRow[] {
    return this.guard(() => nearestEvents(this.store, this.find(reference).stream, request));
  }

  /**
   * What an event led to, directly or by way of others, in order of recording: at most `limit` events, sought among the
   * million that follow.
   */
  effects(reference: string, event: number, limit: number): EventRow[] {
    return this.guard(() => effectsOf(this.store, this.find(reference).stream, event, limit));
  }

  /** A page of the list of events, in order of recording. */
  eventList(reference: string, request: EventListRequest): { rows: EventRow[]; next: number | null } {
    return this.guard(() => {
      const { stream } = this.find(reference);
      const { criteria } = request;
      return listEvents(this.store, stream, request, criteria === undefined ? undefined : this.found(stream, criteria));
    });
  }

  /** What the events of a stretch come to, by kind and by page; exact up to two million of them. */
  aggregate(reference: string, request: Omit<EventListRequest, 'start' | 'limit'>): Aggregate {
    return this.guard(() => {
      const { stream } = this.find(reference);
      const { criteria } = request;
      return aggregate(this.store, stream, request, criteria === undefined ? undefined : this.found(stream, criteria));
    });
  }

  /** Looks for events a little further; to be called until it says that it is complete. */
  search(reference: string, criteria: EventCriteria): SearchProgress {
    return this.guard(() => {
      const search = this.searchOf(this.find(reference).stream, criteria);
      search.advance(SEARCHED_AT_ONCE);
      return search.progress;
    });
  }

  /**
   * The hit after event `event` or before it, and how many hits come before that one; null where there is none. For
   * the first or last of all begin with -1, or with the run's number of events.
   */
  hit(
    reference: string,
    criteria: EventCriteria,
    event: number,
    direction: 'next' | 'previous',
  ): { event: EventRow; rank: number } | null {
    return this.guard(() => {
      const { stream, events } = this.find(reference);
      const search = this.found(stream, criteria);
      const index = search.beside(Math.max(-1, Math.min(events, event)), direction);
      return index < 0 ? null : { event: this.event(reference, index), rank: search.rankOf(index) };
    });
  }

  /** How many hits each batch of a run has. */
  hitCounts(reference: string, criteria: EventCriteria): number[] {
    return this.guard(() => {
      const search = this.found(this.find(reference).stream, criteria);
      return Array.from({ length: this.batchCount(reference) }, (_, number) => search.hitsIn(number));
    });
  }

  /** Which events of a batch are hits: a bit each, the first event's lowest. */
  hitBits(reference: string, criteria: EventCriteria, number: number): Uint8Array {
    return this.guard(() => this.found(this.find(reference).stream, criteria).bitsIn(number));
  }

  // --- changing ---

  /** Changes what is given of a run's name, notes, tags and star. */
  annotate(reference: string, change: Partial<Annotation>): Annotation {
    return this.guard(() => {
      const row = this.find(reference);
      const next = { ...annotationOf(row, this.path), ...change };
      this.runs.putAnnotation(row.key, { ...next, tags: cleanTags(next.tags) }, this.now().toISOString());
      return annotationOf(this.find(row.id), this.path);
    });
  }

  /** What people set into a run's timeline, by time. */
  marks(reference: string): RunMark[] {
    return this.guard(() => marksIn(keptMarksOf(this.db, this.find(reference).key, this.path)));
  }

  /** Sets a mark, new or changed, and answers all. @throws InputError when it is not one, or there are too many */
  putMark(reference: string, mark: RunMark): RunMark[] {
    return this.guard(() => {
      this.db.pragma('synchronous = FULL');
      putMark(this.db, this.find(reference).key, mark, this.now().toISOString());
      return this.marks(reference);
    });
  }

  /** Removes a mark and answers those that are left. */
  removeMark(reference: string, id: string): RunMark[] {
    return this.guard(() => {
      this.db.pragma('synchronous = FULL');
      removeMark(this.db, this.find(reference).key, id, this.now().toISOString());
      return this.marks(reference);
    });
  }

  /** Takes in marks that were kept elsewhere; see {@link mergeMarks}. */
  mergeMarks(reference: string, marks: readonly KeptMark[]): void {
    this.guard(() => {
      const { key } = this.find(reference);
      this.db.transaction(() => mergeMarks(this.db, key, marks, this.path)).immediate();
    });
  }

  /** Hides a run; `restoreRun` brings it back until `purgeDeleted`. */
  deleteRun(reference: string): string {
    return this.guard(() => {
      const row = this.find(reference);
      this.db.prepare('UPDATE runs SET deleted_at = ? WHERE key = ?').run(this.now().toISOString(), row.key);
      return row.id;
    });
  }

  restoreRun(reference: string): string {
    return this.guard(() => {
      const row = this.find(reference, true);
      this.db.prepare('UPDATE runs SET deleted_at = NULL WHERE key = ?').run(row.key);
      return row.id;
    });
  }

  /** Removes deleted runs for good and gives their space back to the file system. Returns how many. */
  purgeDeleted(): number {
    return this.guard(() => {
      const purged = this.db
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
      this.store.forget();
      this.searches.clear();
      if (purged > 0) {
        this.db.pragma('incremental_vacuum');
        this.db.pragma('wal_checkpoint(TRUNCATE)');
      }
      return purged;
    });
  }

  // --- bundles ---

  /** Writes runs with all that belongs to them into one file for others. Returns their ids. */
  exportBundle(references: readonly string[], file: string, replace = false): string[] {
    return this.guard(() => {
      const rows = references.map((reference) => this.find(reference));
      const unique = rows.filter((row, i) => rows.findIndex((other) => other.key === row.key) === i);
      const runs = unique.map((row): BundledRun => {
        const batches = (): Iterable<EventBatch> => this.events(row.id);
        const marks = keptMarksOf(this.db, row.key, this.path);
        const documents = this.documents(row.id);
        return { run: this.getRun(row.id), annotatedAt: row.annotated_at, marks, documents, batches };
      });
      writeBundle(file, runs, this.now().toISOString(), replace);
      return unique.map((row) => row.id);
    });
  }

  /**
   * Takes the runs of a bundle in; those that are here already get the later of the two annotations. The whole bundle
   * is checked before the first is taken.
   * @throws InputError for a bundle that is not what it says
   */
  importBundle(file: string): Saved[] {
    return this.guard(() => {
      const bundle = readBundle(file);
      try {
        return bundle.runs.map(({ run, annotatedAt, marks, documents, batches }) => {
          const saved = this.saveRun({ ...run, ...NOT_ANNOTATED }, documents, batches());
          this.runs.mergeAnnotation(saved.id, run, annotatedAt);
          this.mergeMarks(saved.id, marks);
          return saved;
        });
      } finally {
        bundle.close();
      }
    });
  }

  // --- the library itself ---

  size(): LibrarySize {
    return this.guard(() => {
      const count = (where: string): number =>
        this.db.prepare<[], number>(`SELECT count(*) FROM runs WHERE ${where}`).pluck().get() ?? 0;
      const pages = (name: string): number => this.db.pragma(name, { simple: true }) as number;
      const files = [this.path, `${this.path}-wal`].filter((file) => existsSync(file));
      return {
        runs: count('deleted_at IS NULL'),
        deleted: count('deleted_at IS NOT NULL'),
        bytes: files.reduce((sum, file) => sum + statSync(file).size, 0),
        freeBytes: pages('freelist_count') * pages('page_size'),
      };
    });
  }

  /** Saves under way, in this process and others, or left by one that was killed since the library was opened. */
  unfinished(): number {
    return this.guard(
      () => this.db.prepare<[], number>('SELECT count(*) FROM streams WHERE owner IS NOT NULL').pluck().get() ?? 0,
    );
  }

  /** Reads everything of a run. @throws StoreFailure at the first piece that is damaged */
  verifyRun(reference: string): void {
    this.guard(() => {
      this.getRun(reference);
      this.documents(reference);
      this.marks(reference);
      this.store.forget();
      this.store.verify(this.find(reference).stream);
    });
  }

  // --- inside ---

  /** Runs `work`, with SQLite's errors put into words. */
  private guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw translated(error, this.path);
    }
  }

  private searchOf(stream: number, criteria: EventCriteria): EventSearch {
    const key = `${stream} ${canonicalJson(criteria)}`;
    return this.searches.get(key, () => new EventSearch(this.store, stream, criteria));
  }

  /** A search that is complete. */
  private found(stream: number, criteria: EventCriteria): EventSearch {
    const search = this.searchOf(stream, criteria);
    search.finish();
    return search;
  }

  private find(reference: string, deleted = false): RunRow {
    return this.runs.find(reference, deleted);
  }

  private writer(token: number): RunWriter {
    const writer = this.writers.get(token);
    if (writer === undefined) throw new RangeError(`no run is being saved under token ${token}`);
    return writer;
  }

  /** Removes what saves that never ended have left: their process is gone. */
  private sweepAbandoned(): void {
    const rows = this.db
      .prepare<[], { key: number; owner: string; touched_at: string }>(
        'SELECT key, owner, touched_at FROM streams WHERE owner IS NOT NULL',
      )
      .all();
    const remove = this.db.prepare<[number]>('DELETE FROM streams WHERE key = ? AND owner IS NOT NULL');
    for (const { key, owner, touched_at } of rows) if (!isAlive(owner, touched_at, this.now())) remove.run(key);
  }
}

const NOT_ANNOTATED: Annotation = { name: '', notes: '', tags: [], starred: false };

function refuseWrongHashes(run: NewRun, documents: readonly RunDocument[]): void {
  if (!isHash(run.hash))
    throw new InputError({ path: 'hash', message: 'this is no hash', expected: 'a SHA-256 in lower-case hexadecimal' });
  for (const [i, { kind, hash, json }] of documents.entries()) {
    if (hashOfText(json) === hash) continue;
    throw new InputError({
      path: `documents[${i}].hash`,
      message: `the ${kind} document does not have the hash it is said to have`,
      expected: 'the SHA-256 of its text',
    });
  }
}

function refuseBadTile({ from, to, columns }: TileRequest): void {
  if (!(from < to) || !Number.isFinite(to - from))
    throw new InputError({ path: 'to', message: `a tile from ${from} to ${to} ps has no extent` });
  if (!Number.isInteger(columns) || columns < 1 || columns > MOST_COLUMNS) {
    throw new InputError({
      path: 'columns',
      message: `a tile cannot have ${columns} columns`,
      expected: `1 to ${MOST_COLUMNS}`,
    });
  }
}
