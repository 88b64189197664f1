import { existsSync, statSync } from 'node:fs';
import type { Aggregate } from '#model/aggregate';
import type { EventBatch, EventColumn } from '#model/events';
import type { Annotation, LibrarySize, NewRun, RunDocument, RunExtent, RunPage, RunQuery } from '#model/library';
import type { KeptMark, RunMark } from '#model/mark';
import type { ReportTemplate } from '#model/report';
import type { RunInfo } from '#model/run';
import type { EventCriteria, SearchProgress } from '#model/search';
import type { FaultHandler } from '#model/handler';
import type { EventRow, Tile, TileRequest } from '#model/tile';
import { readBundle, writeBundle, type BundledRun } from './bundle.ts';
import { openDatabase, type Db, type OpenOptions } from './database.ts';
import type { EventListRequest, NearRequest } from './event-queries.ts';
import { EventStore } from './event-store.ts';
import { translated } from './failures.ts';
import { EventReader, type EventRange } from './event-reader.ts';
import { keptMarksOf, marksIn, mergeMarks, putMark, removeMark } from './run-marks.ts';
import { annotationOf, cleanTags, type RunRow } from './run-rows.ts';
import { RunSaver } from './run-saver.ts';
import { RunTable, type Saved } from './run-table.ts';
import { readTemplates, removeTemplate, writeTemplate } from './templates.ts';

/**
 * The library of runs, in one file. All calls are synchronous: in the product they happen in the store's worker
 * thread. A run whose saving has returned is on the disk. Runs are named by id, by a unique beginning of an id or
 * hash (at least 4 characters), or by hash.
 */
export class Library {
  readonly path: string;
  private readonly db: Db;
  private readonly now: () => Date;
  private readonly runs: RunTable;
  private readonly reader: EventReader;
  private readonly saver: RunSaver;

  private constructor(path: string, db: Db, options: OpenOptions) {
    this.path = path;
    this.db = db;
    this.now = options.now ?? ((): Date => new Date());
    const store = new EventStore(db, path);
    this.runs = new RunTable(db, path);
    this.reader = new EventReader(store);
    this.saver = new RunSaver(db, store, this.runs, this.now);
  }

  /**
   * Opens the library at `path`, making it where there is none.
   * @throws StoreFailure when the file is newer, damaged, locked, not a library, or cannot be written
   */
  static open(path: string, options: OpenOptions = {}): Library {
    const db = openDatabase(path, options);
    try {
      const library = new Library(path, db, options);
      library.saver.removeAbandoned();
      return library;
    } catch (error) {
      db.close();
      throw translated(error, path);
    }
  }

  /** Unfinished saves are dropped. */
  close(): void {
    this.saver.abortAll();
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
    return this.guard(() => this.saver.begin());
  }

  /** The next events of a run being saved; the batch belongs to the library from then on. */
  append(token: number, batch: EventBatch): void {
    this.guard(() => this.saver.append(token, batch));
  }

  /**
   * Makes the run visible and durable, all at once.
   * @throws InputError when a hash is not one, or is not that of its document
   */
  commit(token: number, run: NewRun, documents: readonly RunDocument[]): Saved {
    return this.guard(() => this.saver.commit(token, run, documents));
  }

  /** Drops a run being saved. Never fails: what cannot be removed now is removed at a later opening. */
  abort(token: number): void {
    this.saver.abort(token);
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
    return this.guard(() => this.runs.ofPlan(planHash));
  }

  /** Every tag in use with the number of its runs, by name. */
  tags(): { tag: string; runs: number }[] {
    return this.guard(() => this.runs.tags());
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

  /** Number of a run's events, and from when to when they go. */
  extent(reference: string): RunExtent {
    return this.guard(() => this.reader.extent(this.find(reference)));
  }

  /** Part of a run, as a timeline shows it. */
  tile(reference: string, request: TileRequest): Tile {
    return this.guard(() => this.reader.tile(this.find(reference), request));
  }

  /** Number of batches of a run; each holds {@link FULL_BATCH} events, the last the rest. */
  batchCount(reference: string): number {
    return this.guard(() => this.reader.batchCount(this.find(reference)));
  }

  /** One batch of a run, with the columns asked for (default all; `kind` always); the others are empty. */
  batch(reference: string, number: number, columns?: readonly EventColumn[]): EventBatch {
    return this.guard(() => this.reader.batch(this.find(reference), number, columns));
  }

  /** Events from..to (indices, to exclusive; default all) in order, a batch at a time. */
  *events(reference: string, range: EventRange = {}): Generator<EventBatch> {
    const batches = this.guard(() => this.reader.range(this.find(reference), range));
    for (;;) {
      const next = this.guard(() => batches.next());
      if (next.done === true) return;
      yield next.value;
    }
  }

  /** One event. @throws InputError when the run has no such event */
  event(reference: string, index: number): EventRow {
    return this.guard(() => this.reader.event(this.find(reference), index));
  }

  /** Events nearest to a time, nearest first: those that cover it, then by distance. */
  nearest(reference: string, request: NearRequest): EventRow[] {
    return this.guard(() => this.reader.nearest(this.find(reference), request));
  }

  /**
   * What an event led to, directly or by way of others, in order of recording: at most `limit` events, sought among the
   * million that follow.
   */
  effects(reference: string, event: number, limit: number): EventRow[] {
    return this.guard(() => this.reader.effects(this.find(reference), event, limit));
  }

  /** The steps of the handlers of some faults, given by their events. */
  handlers(reference: string, faults: readonly number[]): FaultHandler[] {
    return this.guard(() => this.reader.handlers(this.find(reference), faults));
  }

  /** A page of the list of events, in order of recording. */
  eventList(reference: string, request: EventListRequest): { rows: EventRow[]; next: number | null } {
    return this.guard(() => this.reader.list(this.find(reference), request));
  }

  /** What the events of a stretch come to, by kind and by page; exact up to two million of them. */
  aggregate(reference: string, request: Omit<EventListRequest, 'start' | 'limit'>): Aggregate {
    return this.guard(() => this.reader.aggregate(this.find(reference), request));
  }

  /** Looks for events a little further; to be called until it says that it is complete. */
  search(reference: string, criteria: EventCriteria): SearchProgress {
    return this.guard(() => this.reader.search(this.find(reference), criteria));
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
    return this.guard(() => this.reader.hit(this.find(reference), criteria, event, direction));
  }

  /** How many hits each batch of a run has. */
  hitCounts(reference: string, criteria: EventCriteria): number[] {
    return this.guard(() => this.reader.hitCounts(this.find(reference), criteria));
  }

  /** Which events of a batch are hits: a bit each, the first event's lowest. */
  hitBits(reference: string, criteria: EventCriteria, number: number): Uint8Array {
    return this.guard(() => this.reader.hitBits(this.find(reference), criteria, number));
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
    return this.guard(() => this.runs.setDeleted(this.find(reference), this.now().toISOString()));
  }

  restoreRun(reference: string): string {
    return this.guard(() => this.runs.setDeleted(this.find(reference, true), null));
  }

  /** Removes deleted runs for good and gives their space back to the file system. Returns how many. */
  purgeDeleted(): number {
    return this.guard(() => {
      const purged = this.runs.removeDeleted();
      this.reader.forget();
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
    return this.guard(() => this.saver.unfinished());
  }

  /** Reads everything of a run. @throws StoreFailure at the first piece that is damaged */
  verifyRun(reference: string): void {
    this.guard(() => {
      this.getRun(reference);
      this.documents(reference);
      this.marks(reference);
      this.reader.verify(this.find(reference));
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

  private find(reference: string, deleted = false): RunRow {
    return this.runs.find(reference, deleted);
  }
}

const NOT_ANNOTATED: Annotation = { name: '', notes: '', tags: [], starred: false };
