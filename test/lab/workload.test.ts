import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importFile } from '#lab/import';
import { workloadOf } from '#lab/workload';
import { checkExperiment } from '#model/check-experiment';
import { StoreClient } from '#workers/store-client';
import { fixturePath } from '../recording/support.ts';
import { sampleDocument, sampleRun } from '../support/sample-run.ts';

let folder: string;
let store: StoreClient;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-workload-'));
  const worker = new Worker(new URL('../../src-main/workers/store.ts', import.meta.url));
  store = await StoreClient.open(worker, join(folder, 'library.db'));
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function recorded(content: string): Promise<string> {
  const path = join(folder, 'trace.txt');
  writeFileSync(path, content);
  return (await importFile(path, () => Promise.resolve(store), { date: '2026-11-23' })).id ?? '';
}

const fault = (us: number, address: string, error: number, task = 'writer-7'): string =>
  `${task} [000] d.... 5.${String(us).padStart(6, '0')}: page_fault_user: address=0x${address} ip=0x400100 error_code=0x${error.toString(16)}\n`;
const call = (us: number, name: string, task = 'writer-7'): string =>
  `${task} [000] ..... 5.${String(us).padStart(6, '0')}: sys_${name}(start: 7f0000000000, len: 1000)\n${task} [000] ..... 5.${String(us + 1).padStart(6, '0')}: sys_${name} -> 0x0\n`;

describe('the workload of a recording', () => {
  it('is its faults in order, pages as far apart as they were, and what was written back between them', async () => {
    const id = await recorded(
      fault(10, '7f0000003000', 4) +
        fault(20, '7f0000007010', 6) +
        call(30, 'msync') +
        fault(40, '7f0000003000', 7) +
        fault(50, '7fff00005000', 6),
    );
    const { document, leftAside } = await workloadOf(store, id);
    const { threads, files } = checkExperiment(document);
    expect(leftAside).toEqual([]);
    const steps = threads[0].steps.map((step) =>
      'pattern' in step && step.pattern.kind === 'trace' ? step.pattern.accesses : step.do,
    );
    // The stack, far away, begins a new 64 KiB; each page keeps its place in it.
    const page = (n: number): number => n * 4096;
    expect(steps).toEqual([
      [[page(3), 'r'], [page(7), 'w']],
      'msync',
      [[page(3), 'w'], [page(16 + 5), 'w']],
    ]); // prettier-ignore
    expect(files[0].size).toBe(page(22));
  });

  it('gives each thread that faulted a lane of its own', async () => {
    const id = await recorded(fault(10, '1000', 4) + fault(20, '2000', 6, 'other-8') + call(30, 'msync', 'third-9'));
    const { document } = await workloadOf(store, id);
    expect(document.threads.map(({ name, steps }) => [name, steps.length])).toEqual([
      ['main', 1],
      ['thread 2', 1],
    ]);
  });

  it('is refused where nothing of it was recorded', async () => {
    const { id } = await importFile(fixturePath('blkparse.txt'), () => Promise.resolve(store), { date: '2026-11-23' });
    await expect(workloadOf(store, id ?? '')).rejects.toThrow(/no page faults to repeat/);
  });
});

describe('the workload of an emulated run', () => {
  it('is the experiment it was made of', async () => {
    const token = await store.beginRun();
    const { id } = await store.commit(token, sampleRun('one'), [sampleDocument('experiment', '{"name":"kept"}')]);
    expect((await workloadOf(store, id)).document).toEqual({ name: 'kept' });
  });
});
