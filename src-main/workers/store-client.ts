import type { MessagePort, Transferable, Worker } from 'node:worker_threads';
import type { Aggregate } from '#model/aggregate';
import type { EventBatch, EventColumn } from '#model/events';
import type { FaultHandler } from '#model/handler';
import type { Annotation, LibrarySize, NewRun, RunDocument, RunExtent, RunPage, RunQuery } from '#model/library';
import type { RunMark } from '#model/mark';
import { InputError } from '#model/problem';
import type { ReportTemplate } from '#model/report';
import type { RunInfo } from '#model/run';
import type { EventCriteria, SearchProgress } from '#model/search';
import type { EventRow, Tile, TileRequest } from '#model/tile';
import { FULL_BATCH, buffersOf, clipBatch } from '#model/batch';
import type { EventListRequest, NearRequest } from '#store/event-queries';
import { StoreFailure } from '#store/failures';
import type { Library } from '#store/library';
import type { EventRange } from '#store/event-reader';
import type { Saved } from '#store/run-table';
import type { StoreMethod, StoreRequest, StoreResponse } from '#workers/store-protocol';

/** The store's thread, or a port to it. */
export type StoreEndpoint = Pick<Worker, 'postMessage' | 'on' | 'terminate'> | MessagePort;

export interface StoreOpenOptions {
  /** better-sqlite3's native module, where the prebuilt one does not fit the runtime. */
  readonly nativeBinding?: string;
  readonly busyTimeoutMs?: number;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The library behind a worker thread: the same calls as `Library`, as promises, with the same errors (InputError,
 * StoreFailure). Arrays travel without copying: a batch given to `append` is gone from the caller.
 */
export class StoreClient {
  private readonly endpoint: StoreEndpoint;
  private readonly waiting = new Map<number, Waiting>();
  private next = 1;
  private ended: Error | null = null;

  /** @param endpoint a worker running `workers/store.ts`, or a port that one was told to serve */
  constructor(endpoint: StoreEndpoint) {
    this.endpoint = endpoint;
    const listen = endpoint.on.bind(endpoint) as (event: string, listener: (value: never) => void) => unknown;
    listen('message', (response: StoreResponse) => this.settle(response));
    listen('error', (error: Error) => this.end(`the store's thread failed: ${error.message}`));
    listen('exit', () => this.end('the store is closed'));
    listen('close', () => this.end('the store is closed'));
  }

  /** Opens the library at `path` in the worker, making it where there is none; its errors as of `Library.open`. */
  static async open(worker: StoreEndpoint, path: string, options: StoreOpenOptions = {}): Promise<StoreClient> {
    const client = new StoreClient(worker);
    await client.send({ type: 'open', number: client.next++, path, options });
    return client;
  }

  /** Has the store serve another port; the other end gives a client of its own. */
  connect(port: MessagePort): void {
    this.endpoint.postMessage({ type: 'connect', port } satisfies StoreRequest, [port]);
  }

  /** Closes the library for all its ports and ends the thread. */
  async close(): Promise<void> {
    if (this.ended !== null) return;
    await this.send({ type: 'close', number: this.next++ });
  }

  /** Saves a run whose batches stream in; bounded memory, as each is awaited. */
  async saveRun(
    run: NewRun,
    documents: readonly RunDocument[],
    batches: Iterable<EventBatch> | AsyncIterable<EventBatch>,
  ): Promise<Saved> {
    const token = await this.beginRun();
    try {
      for await (const batch of batches) await this.append(token, batch);
      return await this.commit(token, run, documents);
    } catch (error) {
      await this.abort(token);
      throw error;
    }
  }

  beginRun(): Promise<number> {
    return this.call('beginRun', []);
  }

  append(token: number, batch: EventBatch): Promise<void> {
    return this.call('append', [token, batch], [...new Set(buffersOf(batch))]);
  }

  commit(token: number, run: NewRun, documents: readonly RunDocument[]): Promise<Saved> {
    return this.call('commit', [token, run, documents]);
  }

  abort(token: number): Promise<void> {
    return this.call('abort', [token]);
  }

  listRuns(query: RunQuery = {}): Promise<RunPage> {
    return this.call('listRuns', [query]);
  }

  getRun(reference: string): Promise<RunInfo> {
    return this.call('getRun', [reference]);
  }

  bytesOf(reference: string): Promise<number> {
    return this.call('bytesOf', [reference]);
  }

  findByPlan(planHash: string): Promise<string | undefined> {
    return this.call('findByPlan', [planHash]);
  }

  tags(): Promise<{ tag: string; runs: number }[]> {
    return this.call('tags', []);
  }

  templates(): Promise<ReportTemplate[]> {
    return this.call('templates', []);
  }

  keepTemplate(template: ReportTemplate): Promise<void> {
    return this.call('keepTemplate', [template]);
  }

  dropTemplate(name: string): Promise<void> {
    return this.call('dropTemplate', [name]);
  }

  documents(reference: string): Promise<RunDocument[]> {
    return this.call('documents', [reference]);
  }

  extent(reference: string): Promise<RunExtent> {
    return this.call('extent', [reference]);
  }

  tile(reference: string, request: TileRequest): Promise<Tile> {
    return this.call('tile', [reference, request]);
  }

  batchCount(reference: string): Promise<number> {
    return this.call('batchCount', [reference]);
  }

  batch(reference: string, number: number, columns?: readonly EventColumn[]): Promise<EventBatch> {
    return this.call('batch', [reference, number, columns]);
  }

  /** Events from..to (indices, to exclusive; default all) in order, a batch at a time. */
  async *events(reference: string, { from = 0, to = Infinity, columns }: EventRange = {}): AsyncGenerator<EventBatch> {
    const { events } = await this.getRun(reference);
    const end = Math.min(events, to);
    for (let number = Math.floor(Math.max(0, from) / FULL_BATCH); number * FULL_BATCH < end; number++)
      yield clipBatch(await this.batch(reference, number, columns), from, end);
  }

  event(reference: string, index: number): Promise<EventRow> {
    return this.call('event', [reference, index]);
  }

  nearest(reference: string, request: NearRequest): Promise<EventRow[]> {
    return this.call('nearest', [reference, request]);
  }

  effects(reference: string, event: number, limit: number): Promise<EventRow[]> {
    return this.call('effects', [reference, event, limit]);
  }

  handlers(reference: string, faults: readonly number[]): Promise<FaultHandler[]> {
    return this.call('handlers', [reference, faults]);
  }

  eventList(reference: string, request: EventListRequest): Promise<{ rows: EventRow[]; next: number | null }> {
    return this.call('eventList', [reference, request]);
  }

  aggregate(reference: string, request: Omit<EventListRequest, 'start' | 'limit'>): Promise<Aggregate> {
    return this.call('aggregate', [reference, request]);
  }

  search(reference: string, criteria: EventCriteria): Promise<SearchProgress> {
    return this.call('search', [reference, criteria]);
  }

  hit(
    reference: string,
    criteria: EventCriteria,
    event: number,
    direction: 'next' | 'previous',
  ): Promise<{ event: EventRow; rank: number } | null> {
    return this.call('hit', [reference, criteria, event, direction]);
  }

  hitCounts(reference: string, criteria: EventCriteria): Promise<number[]> {
    return this.call('hitCounts', [reference, criteria]);
  }

  hitBits(reference: string, criteria: EventCriteria, number: number): Promise<Uint8Array> {
    return this.call('hitBits', [reference, criteria, number]);
  }

  annotate(reference: string, change: Partial<Annotation>): Promise<Annotation> {
    return this.call('annotate', [reference, change]);
  }

  marks(reference: string): Promise<RunMark[]> {
    return this.call('marks', [reference]);
  }

  putMark(reference: string, mark: RunMark): Promise<RunMark[]> {
    return this.call('putMark', [reference, mark]);
  }

  removeMark(reference: string, id: string): Promise<RunMark[]> {
    return this.call('removeMark', [reference, id]);
  }

  deleteRun(reference: string): Promise<string> {
    return this.call('deleteRun', [reference]);
  }

  restoreRun(reference: string): Promise<string> {
    return this.call('restoreRun', [reference]);
  }

  purgeDeleted(): Promise<number> {
    return this.call('purgeDeleted', []);
  }

  exportBundle(references: readonly string[], file: string, replace = false): Promise<string[]> {
    return this.call('exportBundle', [references, file, replace]);
  }

  importBundle(file: string): Promise<Saved[]> {
    return this.call('importBundle', [file]);
  }

  size(): Promise<LibrarySize> {
    return this.call('size', []);
  }

  verifyRun(reference: string): Promise<void> {
    return this.call('verifyRun', [reference]);
  }

  private call<M extends StoreMethod>(
    method: M,
    args: Parameters<Library[M]>,
    transfer: readonly Transferable[] = [],
  ): Promise<ReturnType<Library[M]>> {
    return this.send({ type: 'call', number: this.next++, method, args }, transfer) as Promise<ReturnType<Library[M]>>;
  }

  private send(
    request: Exclude<StoreRequest, { type: 'connect' }>,
    transfer: readonly Transferable[] = [],
  ): Promise<unknown> {
    if (this.ended !== null) return Promise.reject(this.ended);
    return new Promise((resolve, reject) => {
      this.waiting.set(request.number, { resolve, reject });
      this.endpoint.postMessage(request, transfer);
    });
  }

  private settle(response: StoreResponse): void {
    const waiting = this.waiting.get(response.number);
    this.waiting.delete(response.number);
    switch (response.type) {
      case 'done':
        waiting?.resolve(response.value);
        return;
      case 'refused':
        waiting?.reject(new InputError(response.problem));
        return;
      case 'failed':
        waiting?.reject(new StoreFailure(response.trouble, response.problem));
        return;
      case 'broken':
        waiting?.reject(Object.assign(new Error(`the store failed: ${response.message}`), { detail: response.detail }));
        return;
    }
  }

  private end(message: string): void {
    this.ended ??= new StoreFailure('io', { message });
    for (const { reject } of this.waiting.values()) reject(this.ended);
    this.waiting.clear();
  }
}
