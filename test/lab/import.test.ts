import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Documents } from '#lab/documents';
import { Cancelled } from '#lab/emulate';
import { importFile } from '#lab/import';
import { planRuns } from '#lab/plans';
import { checkExperiment } from '#model/check-experiment';
import { InputError } from '#model/problem';
import { StoreClient } from '#workers/store-client';
import { fixture, fixturePath } from '../recording/support.ts';
import { repositoryRoot } from '../support/shared.ts';

const DATE = '2026-11-23';
let folder: string;
let store: StoreClient;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-import-'));
  store = await StoreClient.open(
    new Worker(new URL('../../src-main/workers/store.ts', import.meta.url)),
    join(folder, 'library.db'),
  );
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const library = (): Promise<StoreClient> => Promise.resolve(store);
const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const trace = (): string => new TextDecoder().decode(fixture('ftrace.txt'));

describe('importing a file', () => {
  it('saves a recording as a run, hashed by its bytes, with what it came from', async () => {
    const result = await importFile(fixturePath('ftrace.txt'), library, { date: DATE });
    expect(result).toMatchObject({ format: 'ftrace', kind: 'run', existing: false, document: null });
    const hash = createHash('sha256').update(fixture('ftrace.txt')).digest('hex');
    const run = await store.getRun(result.id!);
    expect(run).toMatchObject({
      hash, planHash: hash, source: 'recorded', experiment: 'ftrace', filesystem: 'xfs', verdict: 'finished', events: result.events,
      metrics: { faults: { read: 2, major: 2 } },
    }); // prettier-ignore
    const [document] = await store.documents(run.id);
    expect(document.kind).toBe('recording');
    expect(JSON.parse(document.json)).toMatchObject({
      importer: 'ftrace',
      sha256: hash,
      leftAside: result.leftAside,
      name: 'ftrace.txt',
    });
    await expect(store.tile(run.id, { ...(await store.extent(run.id)), columns: 100 })).resolves.toBeDefined();
  });

  it('keeps the same recording once', async () => {
    const first = await importFile(fixturePath('strace.txt'), library, { date: DATE });
    const again = await importFile(fixturePath('strace.txt'), library, { date: DATE });
    expect(again).toMatchObject({ id: first.id, existing: true });
    expect((await store.listRuns()).total).toBe(1);
  });

  it('unpacks gzip', async () => {
    const path = file('trace.txt.gz', gzipSync(fixture('ftrace.txt')));
    const result = await importFile(path, library, { date: DATE });
    expect(result).toMatchObject({ format: 'ftrace', kind: 'run' });
    expect(await store.getRun(result.id!)).toMatchObject({ experiment: 'trace' });
  });

  it.each(['utf16le', 'utf16be'])('reads what the shell of Windows redirected (%s)', async (order) => {
    const bytes = Buffer.from(`\ufeff${fixture('mlc.txt').toString().replaceAll('\n', '\r\n')}`, 'utf16le');
    const path = file('mlc.txt', order === 'utf16le' ? bytes : bytes.swap16());
    expect(await importFile(path, library, { date: DATE })).toMatchObject({ format: 'mlc', kind: 'measurements' });
  });

  it('returns a document and leaves the library alone', async () => {
    const result = await importFile(fixturePath('lat_mem_rd.txt'), () => Promise.reject(new Error('not asked')), {
      date: DATE,
    });
    expect(result).toMatchObject({ kind: 'measurements', id: null, document: { id: 'lat-mem-rd' } });
  });

  it('makes of lackey an experiment that can be run', async () => {
    const { document } = await importFile(fixturePath('lackey.txt'), library, { date: DATE });
    const plans = planRuns(checkExperiment(document), new Documents(join(repositoryRoot, 'resources')));
    expect(plans).toHaveLength(1);
  });

  it('takes the format that it is told', async () => {
    await expect(importFile(fixturePath('strace.txt'), library, { date: DATE, as: 'ftrace' })).rejects.toThrow(
      'this is no line of a trace',
    );
    await expect(importFile(fixturePath('strace.txt'), library, { date: DATE, as: 'tea' })).rejects.toThrow(
      'there is no format "tea"',
    );
  });

  it('tells how far it is', async () => {
    const shares: number[] = [];
    await importFile(fixturePath('ftrace.txt'), library, {
      date: DATE,
      onProgress: ({ done, total }) => shares.push(done / total),
    });
    expect(shares.at(-1)).toBe(1);
  });

  it('stops when it is told to, with nothing saved', async () => {
    const signal = AbortSignal.abort();
    await expect(importFile(fixturePath('ftrace.txt'), library, { date: DATE, signal })).rejects.toThrow(Cancelled);
    expect((await store.listRuns()).total).toBe(0);
  });
});

describe('bad files', () => {
  const refused = async (path: string, message: string): Promise<void> => {
    const error = await importFile(path, library, { date: DATE }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).message).toContain(`${path}${message}`);
    expect((await store.listRuns()).total).toBe(0);
    expect(await store.size()).toMatchObject({ runs: 0 });
  };

  it('cut short', () => refused(file('cut.txt', trace().slice(0, -30)), ':43: the file ends in the middle of a line'));
  it('with a wrong line far behind events that were saved already', async () => {
    const line = '           a-1     [000] d....  1.000001: page_fault_user: address=0x1000 ip=0x0 error_code=0x4\n';
    await refused(file('long.txt', `${line.repeat(700_000)}x\n`), ':700001: this is no line of a trace');
  });
  it('with binary data', () => refused(file('nul.txt', trace().replace('editor', 'ed\0tor')), ':7: binary data'));
  it('of noise', () =>
    refused(
      file(
        'noise.bin',
        Uint8Array.from({ length: 5000 }, (_, i) => (i * i * 31) % 251),
      ),
      ': the format is not recognised',
    ));
  it('with a line of 1 GB', async () => {
    const path = file('line.txt', trace());
    truncateSync(path, 2 ** 30);
    await refused(path, ':44: the line is longer than 1 MiB');
  });
  it('empty', () => refused(file('empty.txt', ''), ': the file is empty'));
  it('that are not there', () => refused(join(folder, 'nothing'), ': there is no such file'));
  it('that are folders', () => refused(folder, ': is a folder'));
  it('packed and cut', () =>
    refused(
      file('cut.gz', gzipSync(fixture('ftrace.txt')).subarray(0, 300)),
      ': the compressed data is damaged or cut short',
    ));
  it('with Windows line ends are read', async () => {
    const path = file('crlf.txt', trace().replaceAll('\n', '\r\n'));
    const result = await importFile(path, library, { date: DATE });
    expect(result.events).toBe((await importFile(fixturePath('ftrace.txt'), library, { date: DATE })).events);
    expect(readFileSync(path, 'latin1')).toContain('\r\n');
  });
});
