import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { StoreFailure, damaged, translated } from './failures.ts';
import { APPLICATION_ID, MIGRATIONS, type Migration } from './migrations.ts';

export interface OpenOptions {
  /** better-sqlite3's native module, where the prebuilt one does not fit the runtime. */
  readonly nativeBinding?: string;
  /** How long to wait for another program that writes, ms. */
  readonly busyTimeoutMs?: number;
  /** The present time, for dates in the library. */
  readonly now?: () => Date;
  /** For tests of the migrations themselves. */
  readonly migrations?: readonly Migration[];
}

export type Db = Database.Database;

/** Blobs of tens of KiB are the bulk of the file: larger pages than SQLite's own 4 KiB keep their chains short. */
const PAGE_BYTES = 16_384;

const BUSY_TIMEOUT_MS = 10_000;

/**
 * Opens the library's file, makes it where there is none, and brings an older one up to date after a backup
 * beside it. A file that is newer, damaged or not ours is left as it is.
 * @throws StoreFailure
 */
export function openDatabase(path: string, options: OpenOptions = {}): Db {
  let db: Db | undefined;
  try {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
    const settings: Database.Options = { timeout: options.busyTimeoutMs ?? BUSY_TIMEOUT_MS };
    if (options.nativeBinding !== undefined) settings.nativeBinding = options.nativeBinding;
    db = new Database(path, settings);
    const isNew = refuseForeign(db, path);
    if (isNew) {
      db.pragma(`page_size = ${PAGE_BYTES}`);
      db.pragma('auto_vacuum = INCREMENTAL');
      switchToWal(db, options.busyTimeoutMs ?? BUSY_TIMEOUT_MS);
    }
    db.pragma('foreign_keys = ON');
    db.pragma('synchronous = FULL');
    db.pragma('cell_size_check = ON');
    db.pragma('trusted_schema = OFF');
    db.pragma('cache_size = -16000');
    db.pragma('journal_size_limit = 67108864');
    migrate(db, path, isNew, options.migrations ?? MIGRATIONS, options.now ?? ((): Date => new Date()));
    if (!isNew) checkTables(db, path);
    return db;
  } catch (error) {
    db?.close();
    throw translated(error, path);
  }
}

/** SQLite does not wait by itself here when another instance is making the same new file. */
function switchToWal(db: Db, timeoutMs: number): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0; ; waited += 10) {
    try {
      db.pragma('journal_mode = WAL');
      return;
    } catch (error) {
      if (waited >= timeoutMs || (error as { code?: string }).code?.startsWith('SQLITE_BUSY') !== true) throw error;
      Atomics.wait(pause, 0, 0, 10);
    }
  }
}

/** Opens a file to read from it what can be read, without a look at its version or soundness. */
export function openForReading(path: string, options: OpenOptions = {}): Db {
  const settings: Database.Options = { timeout: options.busyTimeoutMs ?? BUSY_TIMEOUT_MS };
  if (options.nativeBinding !== undefined) settings.nativeBinding = options.nativeBinding;
  return new Database(path, settings);
}

/** Whether the file is still empty. */
function refuseForeign(db: Db, path: string): boolean {
  const tables = db.prepare<[], number>('SELECT count(*) FROM sqlite_schema').pluck().get();
  const id = db.pragma('application_id', { simple: true });
  if (tables !== 0 && id !== APPLICATION_ID) {
    throw new StoreFailure('not-a-library', { file: path, message: 'this SQLite file is not a Faultline library' });
  }
  return tables === 0;
}

/** Tables whose rows could go missing without a trace; small, so that each opening can afford it. Blobs carry checksums. */
const CHECKED_TABLES = ['runs', 'run_details', 'streams', 'documents', 'marks'];

function checkTables(db: Db, path: string): void {
  for (const table of CHECKED_TABLES) {
    if (db.pragma(`quick_check('${table}')`, { simple: true }) !== 'ok') throw damaged(path, `table "${table}"`);
  }
}

function versionOf(db: Db): number {
  return db.pragma('user_version', { simple: true }) as number;
}

function migrate(db: Db, path: string, isNew: boolean, migrations: readonly Migration[], now: () => Date): void {
  const known = migrations.length;
  const found = versionOf(db);
  if (found === known) return;
  if (found > known) {
    throw new StoreFailure('newer', {
      file: path,
      message: `the library was written by a newer Faultline (version ${found})`,
      expected: `at most version ${known}; update Faultline, or name another file with --library`,
    });
  }
  if (found === 0 && !isNew) throw damaged(path, 'the version of the library');
  if (found > 0) backup(db, path, found, now());
  db.transaction(() => {
    // Another instance may have been quicker.
    for (let version = versionOf(db); version < known; version++) {
      db.exec(migrations[version].sql);
      db.pragma(`user_version = ${version + 1}`);
    }
    db.pragma(`application_id = ${APPLICATION_ID}`);
  }).immediate();
}

/** A whole copy beside the file, as of before the migration; never written over. */
function backup(db: Db, path: string, version: number, now: Date): void {
  const stamp = now.toISOString().replaceAll(':', '-').replace(/\..*/, '');
  let target = `${path}.version-${version}.${stamp}.backup`;
  for (let n = 2; existsSync(target); n++) target = `${path}.version-${version}.${stamp}-${n}.backup`;
  db.prepare('VACUUM INTO ?').run(target);
}
