import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel, Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InputError } from '#model/problem';
import { StoreFailure } from '#store/failures';
import { Library } from '#store/library';
import { StoreClient } from '#workers/store-client';
import { sampleBatches, sampleDocument, sampleRun } from '../support/sample-run.ts';

const entry = new URL('../../src-main/workers/store.ts', import.meta.url);
let folder: string;
let worker: Worker;
let client: StoreClient;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-worker-'));
  worker = new Worker(entry);
  client = await StoreClient.open(worker, join(folder, 'library.db'));
});
afterEach(async () => {
  await client.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the store behind its thread', () => {
  it('saves, lists and reads as the library itself does', async () => {
    const document = sampleDocument('machine', '{}');
    const { id } = await client.saveRun(sampleRun('a'), [document], sampleBatches(150_000));
    expect((await client.getRun(id)).events).toBe(150_000);
    expect((await client.listRuns()).total).toBe(1);
    expect(await client.documents(id)).toEqual([document]);
    const original = [...sampleBatches(150_000)];
    let i = 0;
    for await (const batch of client.events(id))
      expect([...batch.time.subarray(0, 99)]).toEqual([...original[i++].time.subarray(0, 99)]);
    expect(i).toBe(3);
    const { from, to } = await client.extent(id);
    const direct = Library.open(join(folder, 'library.db'));
    expect(await client.tile(id, { from, to, columns: 300 })).toEqual(direct.tile(id, { from, to, columns: 300 }));
    direct.close();
  });

  it('takes batches without copying them', async () => {
    const token = await client.beginRun();
    const [batch] = sampleBatches(1000);
    const stored = client.append(token, batch);
    expect(batch.time.length).toBe(0);
    await stored;
    await client.commit(token, sampleRun('a'), []);
  });

  it('answers with errors of the same kind', async () => {
    await expect(client.getRun('missing')).rejects.toThrow(InputError);
    await expect(client.append(77, [...sampleBatches(5)][0])).rejects.toThrow('no run is being saved');
    const worker = new Worker(entry);
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    await expect(StoreClient.open(worker, folder)).rejects.toThrow(StoreFailure);
    // A thread without a library would keep the program alive.
    expect(await ended).toBe(0);
  });

  it('serves a second port', async () => {
    const { port1, port2 } = new MessageChannel();
    client.connect(port1);
    const second = new StoreClient(port2);
    await client.saveRun(sampleRun('a'), [], []);
    expect((await second.listRuns()).total).toBe(1);
  });

  it('fails what comes after its end, in words', async () => {
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    await client.close();
    // Whether the thread has ended already or is just about to.
    await expect(client.listRuns()).rejects.toThrow('the store is closed');
    await ended;
    await expect(client.listRuns()).rejects.toThrow('the store is closed');
  });
});
