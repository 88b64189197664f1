import type { MessagePort } from 'node:worker_threads';
import type { Problem } from '#model/problem';
import type { Library } from '#store/library';
import type { OpenOptions } from '#store/database';
import type { StoreTrouble } from '#store/failures';

/** What of the library is asked for over messages, by the names it has there. */
export const STORE_METHODS = [
  'beginRun',
  'append',
  'commit',
  'abort',
  'listRuns',
  'getRun',
  'bytesOf',
  'findByPlan',
  'tags',
  'templates',
  'keepTemplate',
  'dropTemplate',
  'documents',
  'extent',
  'tile',
  'batchCount',
  'batch',
  'event',
  'nearest',
  'effects',
  'handlers',
  'eventList',
  'aggregate',
  'search',
  'hit',
  'hitCounts',
  'hitBits',
  'annotate',
  'marks',
  'putMark',
  'removeMark',
  'deleteRun',
  'restoreRun',
  'purgeDeleted',
  'exportBundle',
  'importBundle',
  'size',
  'verifyRun',
] as const satisfies readonly (keyof Library)[];
export type StoreMethod = (typeof STORE_METHODS)[number];

/** To the store's thread. Every request but `connect` is answered once, by its number. */
export type StoreRequest =
  | {
      readonly type: 'open';
      readonly number: number;
      readonly path: string;
      readonly options: Pick<OpenOptions, 'nativeBinding' | 'busyTimeoutMs'>;
    }
  | { readonly type: 'call'; readonly number: number; readonly method: StoreMethod; readonly args: readonly unknown[] }
  /** Unfinished saves are dropped, the file is closed and the thread ends. */
  | { readonly type: 'close'; readonly number: number }
  /** Serves another port of the same library, whose requests come in between. */
  | { readonly type: 'connect'; readonly port: MessagePort };

/** From the store's thread. */
export type StoreResponse =
  | { readonly number: number; readonly type: 'done'; readonly value: unknown }
  /** What was asked for is wrong: an InputError there and here. */
  | { readonly number: number; readonly type: 'refused'; readonly problem: Problem }
  /** The library could not do it: a StoreFailure there and here. */
  | { readonly number: number; readonly type: 'failed'; readonly trouble: StoreTrouble; readonly problem: Problem }
  /** A defect of ours. */
  | { readonly number: number; readonly type: 'broken'; readonly message: string; readonly detail: string };
