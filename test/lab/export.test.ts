import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cancelled } from '#lab/emulate';
import { exportRun } from '#lab/export';
import { StoreClient } from '#workers/store-client';
import { sampleBatches, sampleRun } from '../support/sample-run.ts';

const EVENTS = 200_000;
let folder: string;
let library: StoreClient;
let id: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-export-'));
  const worker = new Worker(new URL('../../src-main/workers/store.ts', import.meta.url));
  library = await StoreClient.open(worker, join(folder, 'library.db'));
  ({ id } = await library.saveRun(sampleRun('sample'), [], sampleBatches(EVENTS)));
});
afterAll(async () => {
  await library.close();
  rmSync(folder, { recursive: true, force: true });
});

const now = new Date(0);
/** Nothing here is printed. */
const printer = { pdf: unprinted, png: unprinted };
const common = { force: false, now, paper: 'A4', printer } as const;
function unprinted(): Promise<Uint8Array> {
  return Promise.reject(new Error('nothing was to be printed'));
}
/** What is left of an export, its own halves included. */
const left = (): string[] => readdirSync(folder).filter((name) => !name.startsWith('library.db'));

describe('an export', () => {
  it('tells how far it is', async () => {
    const told: number[] = [];
    await exportRun(library, id, 'csv', join(folder, 'told'), {
      ...common,
      onProgress: (done, total) => told.push(done / total),
    });
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.length).toBeGreaterThan(2);
    expect(told.at(-1)).toBe(1);
    rmSync(join(folder, 'told'));
  });

  it('that is cancelled leaves nothing', async () => {
    const controller = new AbortController();
    const onProgress = (): void => controller.abort();
    const options = { ...common, signal: controller.signal, onProgress };
    await expect(exportRun(library, id, 'chrome', join(folder, 'cancelled'), options)).rejects.toThrow(Cancelled);
    expect(left()).toEqual([]);
  });

  it('of a run that vanishes on the way leaves nothing and says so', async () => {
    const { id: doomed } = await library.saveRun(sampleRun('doomed'), [], sampleBatches(EVENTS, 2));
    let deleted: Promise<unknown> | undefined;
    const onProgress = (): void => {
      deleted ??= library.deleteRun(doomed).then(() => library.purgeDeleted());
    };
    const options = { ...common, onProgress };
    await expect(exportRun(library, doomed, 'csv', join(folder, 'gone'), options)).rejects.toThrow(doomed);
    await deleted;
    expect(left()).toEqual([]);
  });
});
