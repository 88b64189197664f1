import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunDiff } from '#model/diff';
import { Library } from '#store/library';
import { faultline } from '../support/cli.ts';
import { sampleBatches, sampleDocument, sampleRun } from '../support/sample-run.ts';

let folder: string;
let path: string;
const ids: string[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-cli-runs-'));
  path = join(folder, 'library.db');
  const library = Library.open(path);
  for (let n = 0; n < 3; n++) {
    const run = sampleRun(`run ${n}`, { policy: `P${n}`, savedAt: `2020-01-0${n + 1}T00:00:00.000Z` });
    ids.push(library.saveRun(run, [sampleDocument('experiment', '{"memory":"1 GiB"}')], sampleBatches(1000, n)).id);
  }
  library.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a command on the library; its one JSON document. */
async function json(...words: string[]): Promise<Record<string, unknown>> {
  const { code, out, err } = await faultline([...words, '--json', '--library', path]);
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out) as Record<string, unknown>;
}
const listed = async (...words: string[]): Promise<string[]> =>
  ((await json('runs', ...words))['runs'] as { id: string }[]).map((run) => run.id);

describe('faultline runs', () => {
  it('lists newest first, also without a word, and searches', async () => {
    expect(await listed()).toEqual([...ids].reverse());
    expect(await listed('list', 'P1')).toEqual([ids[1]]);
  });

  it('lists by conditions, in an order, and refuses words that mean none', async () => {
    expect(await listed('list', '--policy', 'P2', '--source', 'emulated')).toEqual([ids[2]]);
    expect(await listed('list', '--tag', 'nosuch')).toEqual([]);
    expect(await listed('list', '--sort', 'policy')).toEqual(ids);
    for (const words of [
      ['--sort', 'size'],
      ['--verdict', 'lost'],
      ['--limit', 'all'],
    ]) {
      const { code, err } = await faultline(['runs', 'list', ...words, '--library', path]);
      expect([code, err]).toEqual([2, expect.stringContaining(words[0])]);
    }
  });

  it('give their workload as an experiment, to print or to write', async () => {
    expect(await json('runs', 'workload', ids[0])).toEqual({ memory: '1 GiB' });
    const out = join(folder, 'workload.json');
    const words = ['runs', 'workload', ids[0], '--out', out, '--library', path];
    expect((await faultline(words)).code).toBe(0);
    expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual({ memory: '1 GiB' });
    expect((await faultline(words)).code).toBe(2);
  });

  it('come in by import of a bundle too', async () => {
    const bundle = join(folder, 'handed-on.faultline');
    const made = Library.open(join(folder, 'made.db'));
    const { id } = made.saveRun(sampleRun('handed on', { source: 'recorded' }), [], sampleBatches(100, 1));
    made.exportBundle([id], bundle);
    made.close();
    const other = join(folder, 'other.db');
    const { code, out, err } = await faultline(['import', bundle, '--json', '--library', other]);
    expect([code, err]).toEqual([0, '']);
    expect(JSON.parse(out)).toMatchObject({ runs: [{ id, existing: false }], added: 1 });
  });

  it('tags, notes, names and stars', async () => {
    await json('runs', 'tag', ids[0].slice(0, 6), 'thrash', 'seed');
    await json('runs', 'tag', ids[0], 'seed', '--remove');
    expect(await json('runs', 'note', ids[0], 'two', 'words', '--name', 'First', '--star')).toEqual({
      id: ids[0],
      name: 'First',
      notes: 'two words',
      tags: ['thrash'],
      starred: true,
    });
    expect(await json('runs', 'note', ids[0], 'more', '--add')).toMatchObject({
      notes: 'two words\nmore',
      name: 'First',
    });
    expect(await json('runs', 'show', ids[0])).toMatchObject({
      id: ids[0],
      events: 1000,
      name: 'First',
      documents: [{ kind: 'experiment' }],
    });
  });

  it('deletes all that are named or none, and brings them back', async () => {
    const wrong = await faultline(['runs', 'delete', ids[1], 'nosuchrun', '--library', path]);
    expect(wrong.code).toBe(2);
    expect(wrong.err).toBe(
      'faultline: the library has no run "nosuchrun" (expected an id, a unique beginning of one (4 characters or more), or a hash)\n',
    );
    expect(await listed()).toHaveLength(3);
    await json('runs', 'delete', ids[1], ids[2]);
    expect(await listed()).toEqual([ids[0]]);
    await json('runs', 'undo');
    expect(await listed()).toHaveLength(3);
  });

  it('prunes only with --yes, and never a starred run', async () => {
    expect(await json('runs', 'prune', '--older-than', '30d')).toMatchObject({ pruned: false, runs: [ids[1], ids[2]] });
    expect(await listed()).toHaveLength(3);
    const wrong = await faultline(['runs', 'prune', '--older-than', 'yesterday', '--library', path]);
    expect([wrong.code, wrong.err]).toEqual([
      2,
      'faultline: --older-than: "yesterday" is no age (expected an age such as 30d, 8w, 6m or 1y)\n',
    ]);
    const copy = join(folder, 'copy.db');
    writeFileSync(copy, readFileSync(path));
    const { code } = await faultline(['runs', 'prune', '--keep-under', '1 B', '--yes', '--library', copy]);
    expect(code).toBe(0);
    const left = Library.open(copy);
    expect(left.listRuns().runs.map((run) => run.id)).toEqual([ids[0]]);
    expect(left.listRuns({ deleted: true }).total).toBe(0);
    left.close();
  });

  it('verifies, and repairs what is damaged with the file kept aside', async () => {
    expect(await json('runs', 'verify')).toMatchObject({ damaged: [] });
    const hurt = join(folder, 'hurt.db');
    const bytes = readFileSync(path).fill(0, 0, 4096);
    writeFileSync(hurt, bytes);
    const refused = await faultline(['runs', '--library', hurt]);
    expect(refused.code).not.toBe(0);
    expect(refused.err).toMatch(/^faultline: .*hurt\.db: this is not a Faultline library.*\n$/);
    const repaired = await faultline(['runs', 'repair', '--library', hurt]);
    expect(repaired.out).toMatch(/^3 runs are whole\nthe file as it was: /);
    const kept = readdirSync(folder).find((name) => name.startsWith('hurt.db.damaged'))!;
    expect(readFileSync(join(folder, kept)).equals(bytes)).toBe(true);
  });
});

describe('faultline runs export and merge', () => {
  it('hands emulated runs on, whose hashes are computed again on the other side', async () => {
    const [from, to, bundle] = ['from.db', 'to.db', 'b.faultline'].map((name) => join(folder, name));
    expect((await faultline(['run', '2005-question', '--library', from])).code).toBe(0);
    expect((await faultline(['runs', 'export', '--all', '--out', bundle, '--library', from])).out).toBe(
      `${bundle}: 4 runs\n`,
    );
    const merge = ['runs', 'merge', bundle, '--json', '--library', to];
    const first = await faultline(merge);
    expect([first.code, first.err]).toEqual([0, '']);
    expect(JSON.parse(first.out)).toMatchObject({ added: 4 });
    expect(JSON.parse((await faultline(merge)).out)).toMatchObject({ added: 0 });
    const several = await faultline(['diff', bundle, ids[0], '--library', path]);
    expect(several.err).toMatch(/the bundle has 4 runs \(expected one of them: /);
    const { runs } = JSON.parse(first.out) as { runs: { id: string }[] };
    const diff = await faultline([
      'diff',
      `${bundle}#${runs[0].id}`,
      `${bundle}#${runs[1].id}`,
      '--json',
      '--library',
      path,
    ]);
    expect((JSON.parse(diff.out) as RunDiff).runs.map((run) => run.id)).toEqual(runs.slice(0, 2).map((run) => run.id));
  });
});

describe('faultline diff', () => {
  it('of two runs names what differs, in JSON and in Markdown', async () => {
    const diff = (await json('diff', ids[0], ids[1])) as unknown as RunDiff;
    expect(diff.runs.map((run) => run.id)).toEqual(ids.slice(0, 2));
    expect(diff.documents.map(({ text }) => text)).toEqual(['run: policy is P1 instead of P0']);
    expect(diff.firstDivergence).not.toBeNull();
    const { out } = await faultline(['diff', ids[0], ids[1], ids[2], '--library', path]);
    expect(out).toContain('## First divergence');
  });

  it('of a run with itself is empty', async () => {
    const diff = (await json('diff', ids[0], ids[0])) as unknown as RunDiff;
    expect([diff.documents, diff.metrics, diff.phases, diff.firstDivergence, diff.warnings]).toEqual([
      [],
      [],
      [],
      null,
      [],
    ]);
    expect(diff.events).toMatchObject({ moved: 0, onlyLeft: 0, onlyRight: 0, changed: 0 });
  });

  it('of one run is refused', async () => {
    const { code, err } = await faultline(['diff', ids[0], '--library', path]);
    expect([code, err]).toEqual([2, 'faultline: 1 runs were named (expected 2 to 8)\n']);
  });
});
