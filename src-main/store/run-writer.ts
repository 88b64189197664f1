import { EventKind, type EventBatch } from '#model/events';
import { LevelBuilder } from '#stream/levels';
import { Rebatcher } from '#stream/rebatch';
import type { Summary } from '#stream/summary';
import type { Db } from './database.ts';
import type { EventStore, HeadTuple, StreamHeads } from './event-store.ts';
import { StoreFailure } from './failures.ts';

/**
 * A stream of events being saved. Each full batch is written in a transaction of its own, so that neither memory
 * nor the write-ahead log grows with the run and others can write in between; no run points to the stream until
 * the library commits it, so nobody sees it before.
 */
export class RunWriter {
  readonly stream: number;
  private readonly db: Db;
  private readonly store: EventStore;
  private readonly rebatcher = new Rebatcher((batch) => this.write(batch));
  private readonly levels: LevelBuilder;
  private readonly heads: HeadTuple[][] = [];
  private readonly counters: (readonly [number, number])[][] = [];
  /** Last value of each counter lane so far. */
  private readonly values = new Map<number, number>();
  private readonly touch;
  private pending: { level: number; number: number; summary: Summary }[] = [];
  private batches = 0;
  private bytes = 0;

  constructor(db: Db, store: EventStore, stream: number, now: () => Date) {
    this.db = db;
    this.store = store;
    this.stream = stream;
    this.levels = new LevelBuilder((level, number, summary) => this.pending.push({ level, number, summary }));
    const update = db.prepare<[string, number, number]>('UPDATE streams SET touched_at = ?, bytes = ? WHERE key = ?');
    this.touch = (): void => void update.run(now().toISOString(), this.bytes, stream);
  }

  /** Events so far. */
  get events(): number {
    return this.rebatcher.count;
  }

  /** Takes the next batch; afterwards it belongs to the writer. @throws StoreFailure for times that are no times */
  append(batch: EventBatch): void {
    refuseBadTimes(batch);
    this.rebatcher.push(batch);
  }

  /** Writes what is left. Returns what the stream's row is to know. */
  finish(): { events: number; bytes: number; heads: StreamHeads } {
    this.rebatcher.end();
    this.db
      .transaction(() => {
        this.levels.end();
        this.writePending();
      })
      .immediate();
    return {
      events: this.events,
      bytes: this.bytes,
      heads: { events: this.events, levels: this.heads, counters: this.counters },
    };
  }

  private write(batch: EventBatch): void {
    this.counters.push([...this.values].sort((x, y) => x[0] - y[0]));
    for (let i = 0; i < batch.count; i++)
      if (batch.kind[i] === EventKind.counter) this.values.set(batch.lane[i], batch.address[i]);
    this.levels.push(batch);
    this.db
      .transaction(() => {
        this.bytes += this.store.writeBatch(this.stream, this.batches++, batch);
        this.writePending();
        this.touch();
      })
      .immediate();
  }

  private writePending(): void {
    for (const { level, number, summary } of this.pending) {
      this.bytes += this.store.writeSummary(this.stream, level, number, summary);
      const { exponent, minTime, maxTime, maxEnd, first, events } = summary;
      (this.heads[level] ??= [])[number] = [exponent, minTime, maxTime, maxEnd, first, events];
    }
    this.pending = [];
  }
}

function refuseBadTimes({ count, time, duration, first }: EventBatch): void {
  for (let i = 0; i < count; i++) {
    if (time[i] >= 0 && duration[i] >= 0 && time[i] + duration[i] < Infinity) continue;
    throw new StoreFailure('invalid', {
      message: `event ${first + i} starts at ${time[i]} ps and lasts ${duration[i]} ps`,
      expected: 'a start and a duration that are finite and not negative',
    });
  }
}
