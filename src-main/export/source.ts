import type { EventBatch, EventColumn } from '#model/events';
import type { RunDocument } from '#model/library';
import type { RunInfo } from '#model/run';

/** What a writer is given: a run, what it was made from, and its events as often as it asks for them. */
export interface ExportSource {
  readonly run: RunInfo;
  readonly documents: readonly RunDocument[];
  /** The run's events in order, a batch at a time; columns that were not asked for are zero. */
  batches(columns?: readonly EventColumn[]): AsyncIterable<EventBatch>;
}

/** A piece of a file, good until the next is asked for: text is written as UTF-8. */
export type Chunk = string | Uint8Array;

/** A file in pieces. */
export type Chunks = AsyncGenerator<Chunk, void, undefined>;

/** Characters or bytes a piece is allowed to grow to, roughly: small enough that what it is put together from dies young. */
export const CHUNK_SIZE = 1 << 16;
