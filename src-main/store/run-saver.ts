import { randomUUID } from 'node:crypto';
import type { EventBatch } from '#model/events';
import type { NewRun, RunDocument } from '#model/library';
import { InputError } from '#model/problem';
import type { Db } from './database.ts';
import type { EventStore } from './event-store.ts';
import { hashOfText } from './hashes.ts';
import { isHash } from './ids.ts';
import { isAlive, ownerOfThisProcess } from './owners.ts';
import type { RunTable, Saved } from './run-table.ts';
import { RunWriter } from './run-writer.ts';

/**
 * Runs on their way into the library. Each is a stream that says whose it is, and that no run points to before its
 * commit: nobody sees it, and what a process leaves behind that is gone is removed at a later opening.
 */
export class RunSaver {
  private readonly db: Db;
  private readonly store: EventStore;
  private readonly runs: RunTable;
  private readonly now: () => Date;
  private readonly writers = new Map<number, RunWriter>();
  private readonly owner = `${ownerOfThisProcess()}:${randomUUID()}`;

  constructor(db: Db, store: EventStore, runs: RunTable, now: () => Date) {
    this.db = db;
    this.store = store;
    this.runs = runs;
    this.now = now;
  }

  /** Returns the token of the save. */
  begin(): number {
    const { lastInsertRowid } = this.db
      .prepare('INSERT INTO streams (owner, touched_at) VALUES (?, ?)')
      .run(this.owner, this.now().toISOString());
    const token = Number(lastInsertRowid);
    this.writers.set(token, new RunWriter(this.db, this.store, token, this.now));
    return token;
  }

  append(token: number, batch: EventBatch): void {
    // Nothing is promised before the commit, whose sync covers what came before it.
    this.db.pragma('synchronous = NORMAL');
    this.writer(token).append(batch);
  }

  /** @throws InputError when a hash is not one, or is not that of its document */
  commit(token: number, run: NewRun, documents: readonly RunDocument[]): Saved {
    refuseWrongHashes(run, documents);
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
  }

  /** Never fails: what cannot be removed now is removed at a later opening. */
  abort(token: number): void {
    if (!this.writers.delete(token)) return;
    try {
      this.db.prepare('DELETE FROM streams WHERE key = ? AND owner IS NOT NULL').run(token);
    } catch {
      // The stream has no run, so nobody sees it.
    }
  }

  abortAll(): void {
    for (const token of [...this.writers.keys()]) this.abort(token);
  }

  /** Saves under way, in this process and others, or left by one that was killed since the library was opened. */
  unfinished(): number {
    return this.db.prepare<[], number>('SELECT count(*) FROM streams WHERE owner IS NOT NULL').pluck().get() ?? 0;
  }

  /** Removes what saves that never ended have left: their process is gone. */
  removeAbandoned(): void {
    const rows = this.db
      .prepare<[], { key: number; owner: string; touched_at: string }>(
        'SELECT key, owner, touched_at FROM streams WHERE owner IS NOT NULL',
      )
      .all();
    const remove = this.db.prepare<[number]>('DELETE FROM streams WHERE key = ? AND owner IS NOT NULL');
    for (const { key, owner, touched_at } of rows) if (!isAlive(owner, touched_at, this.now())) remove.run(key);
  }

  private writer(token: number): RunWriter {
    const writer = this.writers.get(token);
    if (writer === undefined) throw new RangeError(`no run is being saved under token ${token}`);
    return writer;
  }
}

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
