/** One step from a version of the library to the next. Never changed once released: a new one is added. */
export interface Migration {
  readonly sql: string;
  /** For the log and the backup's name. */
  readonly what: string;
}

/** Marks the file as ours in SQLite's header: "Flt1". */
export const APPLICATION_ID = 0x466c7431;

/** Step n takes a library from version n to n + 1; an empty file is version 0. */
export const MIGRATIONS: readonly Migration[] = [
  {
    what: 'runs, documents, events and summaries',
    sql: `
      -- A saved sequence of events. While it is written it has an owner and no run.
      CREATE TABLE streams (
        key INTEGER PRIMARY KEY AUTOINCREMENT,
        owner TEXT,
        touched_at TEXT NOT NULL,
        bytes INTEGER NOT NULL DEFAULT 0,
        heads BLOB
      );
      CREATE TABLE event_columns (
        key INTEGER PRIMARY KEY,
        stream INTEGER NOT NULL REFERENCES streams ON DELETE CASCADE,
        batch INTEGER NOT NULL,
        column INTEGER NOT NULL,
        data BLOB NOT NULL,
        UNIQUE (stream, batch, column)
      );
      CREATE TABLE summaries (
        key INTEGER PRIMARY KEY,
        stream INTEGER NOT NULL REFERENCES streams ON DELETE CASCADE,
        level INTEGER NOT NULL,
        number INTEGER NOT NULL,
        data BLOB NOT NULL,
        UNIQUE (stream, level, number)
      );
      CREATE TABLE runs (
        key INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        hash TEXT NOT NULL UNIQUE,
        plan_hash TEXT NOT NULL,
        source TEXT NOT NULL,
        experiment TEXT NOT NULL,
        policy TEXT NOT NULL,
        machine TEXT NOT NULL,
        kernel TEXT NOT NULL,
        filesystem TEXT NOT NULL,
        engine_version TEXT NOT NULL,
        seed REAL NOT NULL,
        verdict TEXT NOT NULL,
        events INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        minor REAL NOT NULL,
        major REAL NOT NULL,
        instantiated_kib REAL NOT NULL,
        needless_kib REAL NOT NULL,
        simulated_ns REAL NOT NULL,
        stream INTEGER NOT NULL UNIQUE REFERENCES streams,
        checksum INTEGER NOT NULL,
        saved_at TEXT NOT NULL,
        name TEXT NOT NULL,
        notes TEXT NOT NULL,
        tags TEXT NOT NULL,
        starred INTEGER NOT NULL,
        annotated_at TEXT NOT NULL,
        annotation_checksum INTEGER NOT NULL,
        deleted_at TEXT
      );
      CREATE INDEX runs_by_plan ON runs (plan_hash);
      CREATE TABLE run_details (
        run INTEGER PRIMARY KEY REFERENCES runs ON DELETE CASCADE,
        data BLOB NOT NULL
      );
      CREATE TABLE documents (
        hash TEXT PRIMARY KEY,
        data BLOB NOT NULL
      );
      CREATE TABLE run_documents (
        run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
        position INTEGER NOT NULL,
        kind TEXT NOT NULL,
        document TEXT NOT NULL REFERENCES documents,
        PRIMARY KEY (run, position)
      ) WITHOUT ROWID;
      CREATE INDEX run_documents_by_document ON run_documents (document);
      CREATE VIRTUAL TABLE run_search USING fts5(
        name, notes, tags, experiment, policy, machine, kernel, filesystem,
        content='runs', content_rowid='key', tokenize='unicode61 remove_diacritics 2'
      );
      CREATE TRIGGER runs_inserted AFTER INSERT ON runs BEGIN
        INSERT INTO run_search (rowid, name, notes, tags, experiment, policy, machine, kernel, filesystem)
        VALUES (new.key, new.name, new.notes, new.tags, new.experiment, new.policy, new.machine, new.kernel, new.filesystem);
      END;
      CREATE TRIGGER runs_removed AFTER DELETE ON runs BEGIN
        INSERT INTO run_search (run_search, rowid, name, notes, tags, experiment, policy, machine, kernel, filesystem)
        VALUES ('delete', old.key, old.name, old.notes, old.tags, old.experiment, old.policy, old.machine, old.kernel, old.filesystem);
      END;
      CREATE TRIGGER runs_annotated AFTER UPDATE OF name, notes, tags ON runs BEGIN
        INSERT INTO run_search (run_search, rowid, name, notes, tags, experiment, policy, machine, kernel, filesystem)
        VALUES ('delete', old.key, old.name, old.notes, old.tags, old.experiment, old.policy, old.machine, old.kernel, old.filesystem);
        INSERT INTO run_search (rowid, name, notes, tags, experiment, policy, machine, kernel, filesystem)
        VALUES (new.key, new.name, new.notes, new.tags, new.experiment, new.policy, new.machine, new.kernel, new.filesystem);
      END;
    `,
  },
  {
    what: 'lists begin with the newest run without sorting all',
    sql: 'CREATE INDEX runs_by_date ON runs (saved_at, key)',
  },
  {
    what: 'marks, notes and flags in the timelines of runs',
    sql: `
      CREATE TABLE marks (
        run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
        id TEXT NOT NULL,
        data TEXT NOT NULL,
        changed_at TEXT NOT NULL,
        checksum INTEGER NOT NULL,
        PRIMARY KEY (run, id)
      ) WITHOUT ROWID;
    `,
  },
  {
    what: 'templates of reports',
    sql: 'CREATE TABLE report_templates (name TEXT PRIMARY KEY COLLATE NOCASE, json TEXT NOT NULL)',
  },
];
