import { EVENT_COLUMNS, EventKind, type EventBatch, type EventColumn } from '#model/events';
import type { CounterValue } from '#model/tile';
import { FULL_BATCH, makeBatch } from '#model/batch';
import { packNamed, unpackNamed } from '#stream/batch-codec';
import { unpackKind } from '#stream/pack';
import type { Summary } from '#stream/summary';
import { packSummary, unpackSpans, unpackSummary } from '#stream/summary-codec';
import type { SummarySpans } from '#stream/tables';
import type { SummaryHead, TileSource } from '#stream/tile';
import { packBlob, packJson, unpackBlob, unpackJson } from './codec.ts';
import type { Db } from './database.ts';
import { damaged, StoreFailure } from './failures.ts';
import { Recent } from './recent.ts';

/** What is known of a stream without opening its blobs: kept in one checked piece. */
export interface StreamHeads {
  readonly events: number;
  /** By level, then number: [exponent, minTime, maxTime, maxEnd, first, events]. */
  readonly levels: readonly (readonly HeadTuple[])[];
  /** Counter values when each batch began: [lane, value] pairs. */
  readonly counters: readonly (readonly (readonly [number, number])[])[];
}
export type HeadTuple = readonly [
  exponent: number,
  minTime: number,
  maxTime: number,
  maxEnd: number,
  first: number,
  events: number,
];

/** Columns that a timeline needs of every event; of counters it needs the value too, which is their address. */
const TILE_COLUMNS: readonly EventColumn[] = ['time', 'duration', 'lane'];

/** Decoded pieces kept for the next request: memory is bounded by these, whatever the run's length. */
const KEPT_BATCHES = 8;
const KEPT_SUMMARIES = 48;
const KEPT_HEADS = 16;

const NOTHING = makeBatch(0, 0);

/** Events of all streams: columns of batches and summaries, as blobs by stream key. */
export class EventStore {
  private readonly db: Db;
  private readonly file: string;
  private readonly putColumn;
  private readonly getColumn;
  private readonly putSummary;
  private readonly getSummary;
  private readonly getHeads;
  private readonly batches = new Recent<EventBatch>(KEPT_BATCHES);
  private readonly summaries = new Recent<Summary>(KEPT_SUMMARIES);
  private readonly spans = new Recent<SummarySpans>(KEPT_SUMMARIES);
  private readonly heads = new Recent<StreamHeads>(KEPT_HEADS);

  constructor(db: Db, file: string) {
    this.db = db;
    this.file = file;
    this.putColumn = db.prepare<[number, number, number, Buffer]>(
      'INSERT INTO event_columns (stream, batch, column, data) VALUES (?, ?, ?, ?)',
    );
    this.getColumn = db
      .prepare<[number, number, number], Buffer>(
        'SELECT data FROM event_columns WHERE stream = ? AND batch = ? AND column = ?',
      )
      .pluck();
    this.putSummary = db.prepare<[number, number, number, Buffer]>(
      'INSERT INTO summaries (stream, level, number, data) VALUES (?, ?, ?, ?)',
    );
    this.getSummary = db
      .prepare<[number, number, number], Buffer>(
        'SELECT data FROM summaries WHERE stream = ? AND level = ? AND number = ?',
      )
      .pluck();
    this.getHeads = db.prepare<[number], Buffer | null>('SELECT heads FROM streams WHERE key = ?').pluck();
  }

  /** Stores one full batch (or the last of a stream). Returns the bytes it takes. */
  writeBatch(stream: number, number: number, batch: EventBatch): number {
    let bytes = 0;
    for (const [column, name] of EVENT_COLUMNS.entries()) {
      const data = packBlob(packNamed(batch, name), columnPlace(stream, number, name));
      this.putColumn.run(stream, number, column, data);
      bytes += data.length;
    }
    return bytes;
  }

  writeSummary(stream: number, level: number, number: number, summary: Summary): number {
    const data = packBlob(packSummary(summary), summaryPlace(stream, level, number));
    this.putSummary.run(stream, level, number, data);
    return data.length;
  }

  /** The blob of a stream's heads, to be put into its row. */
  packHeads(stream: number, heads: StreamHeads): Buffer {
    return packJson(heads, headsPlace(stream));
  }

  headsOf(stream: number): StreamHeads {
    return this.heads.get(String(stream), () => {
      const blob = this.getHeads.get(stream);
      return this.checked('the index of a run', () => unpackJson(present(blob), headsPlace(stream)) as StreamHeads);
    });
  }

  /** A batch with the columns asked for; the others are empty. `kind` is always there. */
  readBatch(stream: number, number: number, columns: readonly EventColumn[] = EVENT_COLUMNS): EventBatch {
    const head = this.headsOf(stream).levels[0]?.[number];
    if (head === undefined) throw new RangeError(`there is no batch ${number}`);
    const [, , , , first, count] = head;
    const kind = this.readColumn(stream, number, 'kind', new Uint8Array(count), first, new Uint8Array(0));
    const wants = (name: EventColumn): boolean => columns.includes(name);
    const read = <T extends EventBatch[EventColumn]>(name: EventColumn, empty: T, make: () => T): T =>
      wants(name) ? this.readColumn(stream, number, name, make(), first, kind) : empty;
    return {
      first,
      count,
      time: read('time', NOTHING.time, () => new Float64Array(count)),
      duration: read('duration', NOTHING.duration, () => new Float64Array(count)),
      lane: read('lane', NOTHING.lane, () => new Uint16Array(count)),
      kind,
      address: read('address', NOTHING.address, () => new Float64Array(count)),
      a: read('a', NOTHING.a, () => new Int32Array(count)),
      b: read('b', NOTHING.b, () => new Int32Array(count)),
      c: read('c', NOTHING.c, () => new Int32Array(count)),
      cause: read('cause', NOTHING.cause, () => new Int32Array(count)),
    };
  }

  /** A batch as tiles need it: addresses of counters only. */
  private readTileBatch(stream: number, number: number): EventBatch {
    const batch = this.readBatch(stream, number, TILE_COLUMNS);
    const address = new Float64Array(batch.count);
    this.unpackColumn(stream, number, 'address', batch.first, batch.count, (bytes) =>
      unpackKind(bytes, address, batch.kind, EventKind.counter),
    );
    return { ...batch, address };
  }

  /** All columns of a batch, kept for the next call; not to be changed or handed away. */
  keptBatch(stream: number, number: number): EventBatch {
    return this.batches.get(`${stream}/${number}/all`, () => this.readBatch(stream, number));
  }

  /** Where tiles of a stream are built from. */
  tileSource(stream: number): TileSource {
    const { levels, counters } = this.headsOf(stream);
    const head = (level: number, number: number): SummaryHead | undefined => {
      const tuple = levels[level]?.[number];
      if (tuple === undefined) return undefined;
      const [exponent, minTime, maxTime, maxEnd] = tuple;
      return { level, number, exponent, minTime, maxTime, maxEnd };
    };
    return {
      root: () => (levels.length === 0 ? undefined : head(levels.length - 1, 0)),
      head,
      summary: (level, number) => this.readSummary(stream, level, number, levels[level][number]),
      spans: (level, number) => this.readSpans(stream, level, number),
      batch: (number) => this.batches.get(`${stream}/${number}/tile`, () => this.readTileBatch(stream, number)),
      countersAt: (number) => (counters[number] ?? []).map(([lane, value]): CounterValue => ({ lane, value })),
    };
  }

  /** Reads and checks every blob of a stream. @throws StoreFailure at the first that is damaged */
  verify(stream: number): void {
    const { levels } = this.headsOf(stream);
    levels.forEach((heads, level) =>
      heads.forEach((head, number) => {
        this.loadSummary(stream, level, number, head);
        if (level === 0) this.readBatch(stream, number);
      }),
    );
  }

  /** Forgets what was kept of a stream. */
  forget(): void {
    this.batches.clear();
    this.summaries.clear();
    this.spans.clear();
    this.heads.clear();
  }

  private readSummary(stream: number, level: number, number: number, head: HeadTuple): Summary {
    return this.summaries.get(`${stream}/${level}/${number}`, () => this.loadSummary(stream, level, number, head));
  }

  private readSpans(stream: number, level: number, number: number): SummarySpans {
    const key = `${stream}/${level}/${number}`;
    const whole = this.summaries.peek(key);
    if (whole !== undefined) return whole.spans;
    return this.spans.get(key, () => {
      const blob = this.getSummary.get(stream, level, number);
      return this.checked('the summary of a run', () =>
        unpackSpans(unpackBlob(present(blob), summaryPlace(stream, level, number))),
      );
    });
  }

  private loadSummary(stream: number, level: number, number: number, head: HeadTuple): Summary {
    const [exponent, minTime, maxTime, maxEnd, first, events] = head;
    const blob = this.getSummary.get(stream, level, number);
    return this.checked('the summary of a run', () =>
      unpackSummary(
        { exponent, minTime, maxTime, maxEnd, first, events },
        unpackBlob(present(blob), summaryPlace(stream, level, number)),
      ),
    );
  }

  private readColumn<T extends EventBatch[EventColumn]>(
    stream: number,
    number: number,
    name: EventColumn,
    into: T,
    first: number,
    kind: Uint8Array,
  ): T {
    this.unpackColumn(stream, number, name, first, into.length, (bytes) => unpackNamed(bytes, name, into, first, kind));
    return into;
  }

  private unpackColumn(
    stream: number,
    number: number,
    name: EventColumn,
    first: number,
    count: number,
    unpack: (bytes: Uint8Array) => void,
  ): void {
    const blob = this.getColumn.get(stream, number, EVENT_COLUMNS.indexOf(name));
    this.checked(`column "${name}" of events ${first} to ${first + count - 1}`, () =>
      unpack(unpackBlob(present(blob), columnPlace(stream, number, name))),
    );
  }

  private checked<T>(what: string, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (error instanceof StoreFailure) throw error;
      throw damaged(this.file, what);
    }
  }
}

/** Number of the batch that holds an event: all but the last are full. */
export function batchOf(index: number): number {
  return Math.floor(index / FULL_BATCH);
}

function present(blob: Buffer | null | undefined): Buffer {
  if (!Buffer.isBuffer(blob)) throw new RangeError('blob is missing');
  return blob;
}

function columnPlace(stream: number, number: number, name: EventColumn): string {
  return `events/${stream}/${number}/${name}`;
}

function summaryPlace(stream: number, level: number, number: number): string {
  return `summary/${stream}/${level}/${number}`;
}

function headsPlace(stream: number): string {
  return `heads/${stream}`;
}
