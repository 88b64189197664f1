import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Metrics } from '#model/metrics';
import { faultline } from '../support/cli.ts';

interface PrintedRun {
  readonly id: string;
  readonly hash: string;
  readonly policy: string;
  readonly metrics: Metrics;
}

let folder: string;
let library: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-cli-'));
  library = join(folder, 'library.db');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function runSeed(into: string): Promise<PrintedRun[]> {
  const { code, out, err } = await faultline(['run', '2005-question', '--json', '--library', into]);
  // Progress every two seconds, so none where the machine is quick enough; nothing else.
  expect(err).toMatch(/^(?:run \d of 4 [^\n]*: \d+ %[^\n]*\n)*$/);
  expect(code).toBe(0);
  return (JSON.parse(out) as { runs: PrintedRun[] }).runs;
}

describe('the 2005 question', () => {
  let runs: PrintedRun[];
  beforeAll(async () => {
    runs = await runSeed(library);
  });

  const of = (policy: string): Metrics => runs.find((run) => run.policy === policy)!.metrics;

  it('is asked of four policies', () => expect(runs.map((run) => run.policy)).toEqual(['P1', 'P2', 'P5', 'tmpfs']));

  it('P1: 4096 faults fill the whole file', () => {
    expect(of('P1').faults).toMatchObject({ read: 4096, write: 0, writeProtect: 0 });
    expect(of('P1').blocks).toEqual({ instantiatedKiB: 16384, neededKiB: 1024, needlessKiB: 15360 });
  });

  it('P5: 4096 read faults and 256 write-protect faults fill what was stored to', () => {
    expect(of('P5').faults).toMatchObject({ read: 4096, write: 0, writeProtect: 256 });
    expect(of('P5').blocks).toEqual({ instantiatedKiB: 1024, neededKiB: 1024, needlessKiB: 0 });
  });

  it('tmpfs fills at reads, as P1 does', () => expect(of('tmpfs').blocks.instantiatedKiB).toBe(16384));

  it('has the same hashes again, in another library', async () => {
    const again = await runSeed(join(folder, 'again.db'));
    expect(again.map((run) => run.hash)).toEqual(runs.map((run) => run.hash));
  });

  it('is in the library once, however often it is run', async () => {
    await runSeed(library);
    const { out } = await faultline(['runs', '--json', '--library', library]);
    const listed = (JSON.parse(out) as { runs: PrintedRun[] }).runs;
    expect(listed.map((run) => run.hash).sort()).toEqual(runs.map((run) => run.hash).sort());
    expect(listed[0].metrics.faults.read).toBe(4096);
  });

  it('is reported in one file that needs nothing else', async () => {
    const path = join(folder, 'report.html');
    const { code, out } = await faultline([
      'report',
      ...runs.map((run) => run.id),
      '--out',
      path,
      '--library',
      library,
    ]);
    expect(code).toBe(0);
    expect(out.trim()).toBe(path);
    const html = readFileSync(path, 'utf8');
    expect(html).toContain('15\u202f360 KiB were never stored to');
    // The script that pans and zooms is in the file; nothing is fetched.
    expect(html).not.toMatch(/<script[^>]* src=|<link/);
    const again = await faultline(['report', runs[0].id, '--out', path, '--library', library]);
    expect(again).toMatchObject({ code: 2, out: '' });
    expect(again.err).toContain('exists already');
  });
});

describe('a bad experiment', () => {
  const seed = readFileSync(new URL('../../resources/experiments/2005-question.json', import.meta.url), 'utf8');

  it.each([
    ['an unknown field', '"seed": 1', '"sead": 1', 'sead: unknown field'],
    ['a negative size', '"size": "16 MiB"', '"size": "-16 MiB"', 'files[0].size'],
    ['a mapping beyond its file', '"file": "sparse",', '"file": "sparse", "length": "1 GiB",', 'mappings[0].length'],
    ['an unknown policy', '"P2"', '"P9"', 'policies[1]'],
    ['an unknown machine', '"workstation-2005"', '"abacus"', 'machines[0]'],
  ])('with %s is refused in one line, and nothing is saved', async (_, from, to, path) => {
    const file = join(folder, 'bad.json');
    const fresh = join(folder, 'fresh.db');
    writeFileSync(file, seed.replace(from, to));
    const { code, out, err } = await faultline(['run', file, '--library', fresh]);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(err).toContain(`${file}: ${path}`);
    expect(err).toContain('expected');
    const listed = await faultline(['runs', '--json', '--library', fresh]);
    expect(JSON.parse(listed.out)).toMatchObject({ runs: [] });
    rmSync(fresh, { force: true });
    expect(existsSync(fresh)).toBe(false);
  });
});

describe('other commands', () => {
  it('schema prints a JSON Schema of what a person writes', async () => {
    const { out } = await faultline(['schema', 'experiment']);
    const schema = JSON.parse(out) as { properties: Record<string, { type?: string }> };
    expect(schema.properties['memory']).toMatchObject({ type: 'string' });
  });

  it('machines shows every figure with its source', async () => {
    const { out } = await faultline(['machines', 'desktop-7200rpm-2005-average']);
    expect(out).toMatch(/latency\.read\s+12\.67 ms\s+derived\s+TechReport/);
  });

  it('policies explains each policy with its source', async () => {
    const { out } = await faultline(['policies', '--json']);
    const { policies } = JSON.parse(out) as { policies: { id: string; explanation: string; source: string }[] };
    expect(policies.map((policy) => policy.id)).toContain('P5');
    for (const policy of policies) {
      expect(policy.explanation).toMatch(/\..*\.$/s);
      expect(policy.source).not.toBe('');
    }
  });
});
