import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openForReading } from '#store/database';
import { StoreFailure } from '#store/failures';
import { Library } from '#store/library';
import { hasTool, isRoot, itWhen } from '../support/requirement.ts';
import { sampleBatches, sampleRun } from '../support/sample-run.ts';

const actor = fileURLToPath(new URL('../support/store-actor.ts', import.meta.url));
/** The account without rights, on Linux. */
const NOBODY = 65_534;
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-hard-'));
  path = join(folder, 'library.db');
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
});

interface Report {
  readonly saved: string[];
  readonly failure: { trouble: string; message: string } | null;
}

function report(output: { stdout: string; stderr: string }): Report {
  expect(output.stderr).toBe('');
  return JSON.parse(output.stdout) as Report;
}

/** Every run said to be saved is there and whole; nothing else is. */
function expectExactly(saved: readonly string[]): void {
  const library = Library.open(path);
  expect(
    library
      .listRuns({ limit: 1000 })
      .runs.map((run) => run.id)
      .sort(),
  ).toEqual([...saved].sort());
  for (const id of saved) library.verifyRun(id);
  library.close();
}

describe('a disk that is full', () => {
  itWhen(hasTool('bash'), 'bash', 'is named, and every run said to be saved is there', () => {
    Library.open(path).close();
    // Files may not grow beyond 2 MiB: writes then fail as on a full disk.
    const script = `trap '' XFSZ; ulimit -f 2048; exec "$0" "$@"`;
    const { saved, failure } = report(
      spawnSync('bash', ['-c', script, process.execPath, actor, path, 'save'], { encoding: 'utf8' }),
    );
    expect(saved.length).toBeGreaterThan(2);
    expect(failure?.trouble).toBe('full');
    expect(failure?.message).toMatch(/the disk is full or failing; what was not said to be saved is not saved/);
    expectExactly(saved);
  });

  it('leaves the library usable once there is room', () => {
    const library = Library.open(path);
    const { id } = library.saveRun(sampleRun('before'), [], sampleBatches(1000));
    const db = (library as unknown as { db: { pragma(text: string, options?: object): number } }).db;
    db.pragma(`max_page_count = ${db.pragma('page_count', { simple: true }) + 4}`);
    const save = (): unknown => library.saveRun(sampleRun('big'), [], sampleBatches(200_000));
    expect(save).toThrow(/disk is full/);
    expect(library.getRun(id).events).toBe(1000);
    db.pragma('max_page_count = 1000000');
    save();
    library.close();
    const after = Library.open(path);
    expect(after.listRuns().total).toBe(2);
    expect(after.unfinished()).toBe(0);
    after.close();
  });
});

describe('a folder that may not be written', () => {
  itWhen(process.platform !== 'win32', 'POSIX', 'is named, and nothing is made there', () => {
    Library.open(path).close();
    chmodSync(folder, 0o555);
    chmodSync(path, 0o444);
    const other = join(folder, 'new', 'library.db');
    for (const file of [path, other]) {
      const identity = isRoot() ? { uid: NOBODY, gid: NOBODY } : {};
      const { saved, failure } = report(
        spawnSync(process.execPath, [actor, file, 'save'], { encoding: 'utf8', ...identity }),
      );
      expect(saved).toEqual([]);
      expect(['read-only', 'io']).toContain(failure?.trouble);
      expect(failure?.message).toMatch(/cannot be (written|opened)/);
    }
    expect(readdirSync(folder)).toEqual(['library.db']);
  });
});

describe('a second program', () => {
  it('that holds the library for long is named, and nothing is lost', () => {
    const library = Library.open(path, { busyTimeoutMs: 50 });
    const { id } = library.saveRun(sampleRun('a'), [], sampleBatches(100));
    const holder = openForReading(path);
    holder.exec('BEGIN IMMEDIATE');
    expect(() => library.saveRun(sampleRun('b'), [], sampleBatches(100))).toThrow(/another program holds the library/);
    expect(() => library.annotate(id, { name: 'x' })).toThrow(StoreFailure);
    // Reading goes on.
    expect(library.getRun(id).name).toBe('');
    holder.exec('ROLLBACK');
    holder.close();
    library.saveRun(sampleRun('b'), [], sampleBatches(100));
    expect(library.listRuns().total).toBe(2);
    library.close();
  });

  it('saves at the same time into the same library', async () => {
    const { spawn } = await import('node:child_process');
    const outputs = await Promise.all(
      [0, 1].map(
        () =>
          new Promise<string>((resolve) => {
            const child = spawn(process.execPath, [actor, path, 'save'], { stdio: ['ignore', 'pipe', 'inherit'] });
            let text = '';
            child.stdout.on('data', (data: Buffer) => (text += data.toString()));
            child.on('close', () => resolve(text));
          }),
      ),
    );
    const reports = outputs.map((stdout) => report({ stdout, stderr: '' }));
    expect(reports.map(({ failure }) => failure)).toEqual([null, null]);
    expect(new Set(reports[0].saved)).toEqual(new Set(reports[1].saved));
    expectExactly(reports[0].saved);
  });

  it('does not lose the save of the first when it opens the library', () => {
    const first = Library.open(path);
    const token = first.beginRun();
    for (const batch of sampleBatches(100_000)) first.append(token, batch);
    const { failure } = report(spawnSync(process.execPath, [actor, path, 'list'], { encoding: 'utf8' }));
    expect(failure).toBeNull();
    const { id } = first.commit(token, sampleRun('a'), []);
    first.verifyRun(id);
    first.close();
  });
});
