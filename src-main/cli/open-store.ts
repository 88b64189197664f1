import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { StoreClient } from '#workers/store-client';

/** The library, opened when it is first asked for: a command that fails before leaves nothing behind. */
export class LazyStore {
  private readonly path: string;
  private opened: Promise<StoreClient> | null = null;

  constructor(path: string) {
    this.path = path;
  }

  readonly get = (): Promise<StoreClient> => {
    this.opened ??= this.open();
    return this.opened;
  };

  async close(): Promise<void> {
    if (this.opened !== null) await (await this.opened).close();
  }

  private async open(): Promise<StoreClient> {
    mkdirSync(dirname(this.path), { recursive: true });
    return StoreClient.open(new Worker(new URL('../workers/store.ts', import.meta.url)), this.path);
  }
}
