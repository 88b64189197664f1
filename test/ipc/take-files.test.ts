import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { takeFiles } from '../../src-main/ipc/take-files.ts';
import type { TakenFile } from '../../src-main/ipc/import-schemas.ts';
import { Documents } from '#lab/documents';
import { OwnDocuments } from '#lab/own-documents';
import { StoreClient } from '#workers/store-client';
import { fixturePath } from '../recording/support.ts';
import { sampleBatches, sampleRun } from '../support/sample-run.ts';
import { repositoryRoot } from '../support/shared.ts';

let folder: string;
let store: StoreClient;
let own: OwnDocuments;

const open = (name: string): Promise<StoreClient> =>
  StoreClient.open(new Worker(new URL('../../src-main/workers/store.ts', import.meta.url)), join(folder, name));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-take-'));
  store = await open('library.db');
  own = new OwnDocuments(join(folder, 'documents'));
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

async function take(...files: string[]): Promise<TakenFile[]> {
  const lab = { library: store, documents: new Documents(join(repositoryRoot, 'resources'), own) };
  const operation = { signal: new AbortController().signal, progress: () => undefined };
  return takeFiles(files, lab, operation, '2026-11-23');
}

const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

describe('a file dropped on the window', () => {
  it('is a run where it is a recording', async () => {
    const [taken] = await take(fixturePath('ftrace.txt'));
    expect(taken).toMatchObject({ became: 'run', existing: false });
    expect((await store.listRuns({ text: 'ftrace' })).total).toBe(1);
  });

  it('is an experiment where it holds one, or accesses to repeat', async () => {
    const [own, trace] = await take(
      file('own.json', '{ "format": "faultline/experiment@1", "name": "own" }'),
      fixturePath('lackey.txt'),
    );
    expect(own).toMatchObject({ became: 'experiment', format: '', document: { name: 'own' } });
    expect(trace).toMatchObject({
      became: 'experiment',
      format: 'valgrind lackey',
      document: { files: [{ name: 'memory' }] },
    });
  });

  it('is a document of one’s own where it holds figures, once however often it comes', async () => {
    const [first] = await take(fixturePath('lat_mem_rd.txt'));
    const [again] = await take(fixturePath('lat_mem_rd.txt'));
    expect(first).toMatchObject({ became: 'figures' });
    expect(again).toEqual(first);
    expect(own.list()).toHaveLength(1);
  });

  it('is merged where it is a bundle of runs', async () => {
    const other = await open('other.db');
    const token = await other.beginRun();
    for (const batch of sampleBatches(100)) await other.append(token, batch);
    // An emulated run's hash is checked on the way in; a recording's is its file's.
    const { id } = await other.commit(
      token,
      { ...sampleRun('bundled', { experiment: 'bundled' }), source: 'recorded' },
      [],
    );
    const bundle = join(folder, 'handed on.faultline');
    await other.exportBundle([id], bundle);
    await other.close();
    const [taken] = await take(bundle);
    expect(taken).toMatchObject({ became: 'bundle', runs: [{ existing: false }] });
    expect((await store.listRuns({ text: 'bundled' })).total).toBe(1);
    expect((await take(bundle))[0]).toMatchObject({ became: 'bundle', runs: [{ existing: true }] });
  });

  it('that is a bundle cut short, or none at all, is told as such, with the way out', async () => {
    const whole = join(folder, 'handed on.faultline');
    const cut = join(folder, 'cut.faultline');
    writeFileSync(cut, readFileSync(whole).subarray(0, 300));
    const taken = await take(cut, file('noise.faultline', '\u0001\u0002 not one of ours'));
    for (const one of taken) expect(one).toMatchObject({ became: 'nothing' });
    const [damaged, noise] = taken.map((one) => (one.became === 'nothing' ? one.message : ''));
    expect(damaged).toMatch(/bundle/);
    expect(noise).toMatch(/no bundle of runs, or a damaged one.*copy it again/);
  });

  it('is nothing, with the reason, and does not stop the others', async () => {
    const [text, broken, gone, good] = await take(
      file('words.txt', 'nothing we know\n'),
      file('broken.json', '{\n  "format": "faultline/experiment@1",\n}'),
      join(folder, 'gone'),
      fixturePath('strace.txt'),
    );
    expect(text).toMatchObject({
      became: 'nothing',
      message: expect.stringMatching(/^None of the formats that can be imported; the Recordings list them/) as string,
    });
    expect(broken).toMatchObject({
      became: 'nothing',
      message: expect.stringMatching(/^Line 3: not valid JSON/) as string,
    });
    expect(gone).toMatchObject({ became: 'nothing', message: expect.stringMatching(/no such file/) as string });
    expect(good.became).toBe('run');
  });
});
