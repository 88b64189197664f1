import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { InputError } from '#model/problem';
import { StoreClient } from '#workers/store-client';

/** "FILE.faultline", or "FILE.faultline#RUN" where a bundle has several. */
const BUNDLE = /^(.+\.faultline)(?:#(.+))?$/;

/** Whether a word names a run in a bundle rather than one of the library. */
export function isBundle(word: string): boolean {
  return BUNDLE.test(word);
}

/** Bundles opened for one command, in a library of their own that is gone after it. */
export class BundleRuns {
  private readonly folder = mkdtempSync(join(tmpdir(), 'faultline-open-'));
  private store: StoreClient | null = null;

  /** The library that holds the bundle's runs, and the id meant. @throws InputError */
  async open(word: string): Promise<{ library: StoreClient; reference: string }> {
    const [, file, reference] = BUNDLE.exec(word) ?? [];
    const library = (this.store ??= await StoreClient.open(
      new Worker(new URL('../workers/store.ts', import.meta.url)),
      join(this.folder, 'library.db'),
    ));
    const ids = (await library.importBundle(resolve(file))).map(({ id }) => id);
    if (reference === undefined && ids.length !== 1) {
      const choice = ids.slice(0, 5).map((id) => `${file}#${id}`);
      throw new InputError({
        file,
        message: `the bundle has ${ids.length} runs`,
        expected: `one of them: ${choice.join(', ')}`,
      });
    }
    return { library, reference: reference ?? ids[0] };
  }

  async close(): Promise<void> {
    await this.store?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
