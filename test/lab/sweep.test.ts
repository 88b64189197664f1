import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cellTitle } from '#lab/sweep';
import { sweepGrid as makeGrid } from '#lab/sweep-grid';
import { Documents } from '#lab/documents';
import { planRuns } from '#lab/plans';
import { planHash } from '#model/run-hash';
import { checkExperiment } from '#model/check-experiment';
import type { ExperimentInput } from '#model/experiment';
import { InputError } from '#model/problem';
import { labelOf, type SweepGrid } from '#model/sweep';
import { faultline } from '../support/cli.ts';
import { repositoryRoot } from '../support/shared.ts';
import { SMALL_EXPERIMENT } from '../support/small-experiment.ts';

const experiment = SMALL_EXPERIMENT;
const sweep = {
  format: 'faultline/sweep@1',
  name: 'strides',
  experiment,
  vary: [{ field: 'threads[0].steps[0].stride', name: 'stride', values: ['4 KiB', '16 KiB', '64 KiB'] }],
  measure: 'blocks.instantiatedKiB',
};
const documents = new Documents(join(repositoryRoot, 'resources'));
const sweepGrid = (document: unknown, file?: string): SweepGrid =>
  makeGrid(
    document,
    new Map<string, ExperimentInput>(),
    (kind, id, ...where) => documents.source(kind, id, ...where),
    file,
  );

describe('a grid', () => {
  it('has a cell for every combination; lists that are not varied are axes too', () => {
    const grid = sweepGrid(sweep);
    expect(grid.axes.map((axis) => axis.name)).toEqual(['stride', 'policies']);
    expect(grid.cells).toHaveLength(6);
    const [first, , , fourth] = grid.cells;
    expect([first.document.policies, fourth.document.policies]).toEqual([['P1'], ['P5']]);
    expect(fourth.document.threads[0].steps[0]).toMatchObject({ stride: '16 KiB' });
    expect(grid.cells.map((cell) => cell.position.join(''))).toEqual(['00', '01', '10', '11', '20', '21']);
  });

  it('names its runs by what the columns of the library do not tell', () => {
    const grid = sweepGrid(sweep);
    expect(cellTitle(grid, 2)).toBe(`stride 16 KiB, ${experiment.name}`);
    expect(cellTitle(sweepGrid({ ...sweep, vary: [{ field: 'policies', values: ['P1', 'P5'] }] }), 1)).toBe('');
  });

  it('refuses fields, values, experiments and sizes that cannot be', () => {
    const refused = (change: object, message: RegExp): void => {
      expect(() => sweepGrid({ ...sweep, ...change }, 'sweep.json')).toThrow(InputError);
      expect(() => sweepGrid({ ...sweep, ...change }, 'sweep.json')).toThrow(message);
    };
    refused(
      { vary: [{ field: 'threads[3].steps[0].stride', values: ['4 KiB'] }] },
      /sweep\.json: vary\[0\]\.field: the experiment has no "threads\[3\]/,
    );
    refused({ vary: [{ field: 'memroy', values: ['4 KiB'] }] }, /sweep\.json \(memroy = 4 KiB.*unknown field/);
    refused({ vary: [{ field: 'memory', values: ['-4 KiB'] }] }, /memory/);
    refused({ vary: [] }, /vary/);
    refused({ experiment: 'nosuch' }, /no experiment is called "nosuch"/);
    refused(
      { vary: [1, 2, 3].map(() => ({ field: 'seed', values: Array.from({ length: 30 }, (_, i) => i) })) },
      /the grid has 54000 cells/,
    );
    refused({ unknown: 1 }, /unknown/);
  });
});

describe('a field of a sweep', () => {
  /** Field, values, and what the emulator is given of it. */
  const fields: readonly [string, readonly unknown[], (plan: ReturnType<typeof planRuns>[number]) => unknown, readonly unknown[]][] = [
    ['policies', ['P1', 'P5'], (plan) => plan.policy, ['P1', 'P5']],
    ['policies[0]', ['P2', 'native'], (plan) => plan.policy, ['P2', 'P5']],
    ['filesystems', ['ext2-4k', 'xfs-4k'], (plan) => plan.filesystem.id, ['ext2-4k', 'xfs-4k']],
    ['filesystems[0].block', ['1 KiB', '2 KiB'], (plan) => plan.filesystem.block, [1024, 2048]],
    ['filesystems[0].block', ['1 KiB'], (plan) => plan.filesystem.id, ['plain-4k.block-1kib']],
    ['kernels', ['linux-2.6.11', 'linux-6.18'], (plan) => plan.kernel.id, ['linux-2.6.11', 'linux-6.18']],
    ['kernels[0].dirty.ratio', [0.1, 0.4], (plan) => plan.kernel.dirty.ratio, [0.1, 0.4]],
    ['machines', ['workstation-2005', 'server-2014'], (plan) => plan.machine.id, ['workstation-2005', 'server-2014']],
    ['machines[0].cores', [1, 2], (plan) => plan.machine.cores, [1, 2]],
    ['machines[0].disk', ['intel-p4500-2tb-2017', 'fixed-100us'], (plan) => (plan.machine.disk as { id: string }).id, ['intel-p4500-2tb-2017', 'fixed-100us']],
    ['memory', ['64 MiB', '1 GiB'], (plan) => plan.experiment.memory, [2 ** 26, 2 ** 30]],
    ['readAhead', ['32 KiB', '128 KiB'], (plan) => plan.experiment.readAhead, [32768, 131072]],
    ['seed', [1, 2, 3], (plan) => plan.seed, [1, 2, 3]],
    ['threads[0].steps[0].stride', ['4 KiB', '64 KiB'], (plan) => (plan.experiment.threads[0].steps[0] as { stride: number }).stride, [4096, 65536]],
    ['files[0].size', ['1 MiB', '2 MiB'], (plan) => plan.experiment.files[0].size, [2 ** 20, 2 ** 21]],
    ['mappings[0].sharing', ['shared', 'private'], (plan) => plan.experiment.mappings[0].sharing, ['shared', 'private']],
    ['mappings[0].populate', [false, true], (plan) => plan.experiment.mappings[0].populate, [false, true]],
    ['files[0].extents', [[], [{ at: '0', length: '4 KiB' }]], (plan) => plan.experiment.files[0].extents.length, [0, 1]],
  ]; // prettier-ignore

  it.each(fields)('%s reaches the run: %j', (field, values, read, expected) => {
    const grid = sweepGrid({
      ...sweep,
      experiment: { ...experiment, policies: ['P1'] },
      vary: [{ field, values }],
    });
    const plans = grid.cells.map((cell) => planRuns(checkExperiment(cell.document), documents));
    expect(plans.map((list) => list.length)).toEqual(values.map(() => 1));
    expect(plans.map(([plan]) => read(plan))).toEqual(expected);
    expect(new Set(plans.map(([plan]) => planHash(plan, createHash('sha256')))).size).toBe(values.length);
  });

  it('may be of a document that is varied itself', () => {
    const grid = sweepGrid({
      ...sweep,
      experiment: { ...experiment, policies: ['P1'] },
      vary: [
        { field: 'filesystems[0].block', values: ['1 KiB', '4 KiB'] },
        { field: 'filesystems', values: ['ext2-4k', 'plain-4k'] },
      ],
    });
    const of = (index: number): string => labelOf(grid.cells[index].document.filesystems[0]);
    expect([0, 1, 2, 3].map(of)).toEqual([
      'ext2-4k.block-1kib', 'plain-4k.block-1kib', 'ext2-4k.block-4kib', 'plain-4k.block-4kib',
    ]); // prettier-ignore
  });

  it('does not reach beyond the document', () => {
    for (const field of ['constructor.prototype', 'toString.name', 'threads[0].constructor', 'filesystems[0].nosuch'])
      expect(() => {
        const { cells } = sweepGrid({ ...sweep, vary: [{ field, values: ['4 KiB'] }] });
        for (const cell of cells) planRuns(checkExperiment(cell.document), documents);
      }).toThrow(InputError);
  });
});

describe('faultline sweep', () => {
  let folder: string;
  let file: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'faultline-sweep-'));
    file = join(folder, 'sweep.json');
    writeFileSync(file, JSON.stringify(sweep));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  interface Printed {
    readonly cells: readonly {
      readonly values: readonly string[];
      readonly run: string;
      readonly hash: string;
      readonly measure: number;
    }[];
  }
  const json = async (...words: string[]): Promise<Printed> => {
    const { code, out, err } = await faultline([...words, '--json']);
    // Progress may be told on standard error.
    expect(code, err).toBe(0);
    return JSON.parse(out) as Printed;
  };

  it('runs every cell once, and a second time none', async () => {
    const library = join(folder, 'library.db');
    const first = await json('sweep', file, '--library', library, '--csv', join(folder, 'out.csv'));
    // 256 pages; a stride of 64 KiB stores to every 16th.
    expect(first.cells.map(({ values, measure }) => [...values, measure])).toEqual([
      ['4 KiB', 'P1', 1024], ['4 KiB', 'P5', 1024], ['16 KiB', 'P1', 256], ['16 KiB', 'P5', 256], ['64 KiB', 'P1', 64], ['64 KiB', 'P5', 64],
    ]); // prettier-ignore
    const rows = readFileSync(join(folder, 'out.csv'), 'utf8').split('\r\n');
    expect(rows[0]).toMatch(/^stride,policies,run,hash,verdict,faults\.read,/);
    expect(rows).toHaveLength(8);
    const again = await json('sweep', file, '--library', library, '--jobs', '1');
    expect(again).toEqual(first);
    const { out } = await faultline(['runs', '--json', '--library', library]);
    expect((JSON.parse(out) as { total: number }).total).toBe(6);
  });

  it('goes on where a part was done, without doing finished cells again', async () => {
    const library = join(folder, 'half.db');
    const part = join(folder, 'part.json');
    writeFileSync(part, JSON.stringify({ ...sweep, vary: [{ ...sweep.vary[0], values: ['4 KiB', '16 KiB'] }] }));
    const before = await json('sweep', part, '--library', library);
    const saved = async (): Promise<Record<string, string>> => {
      const { out } = await faultline(['runs', '--json', '--library', library]);
      return Object.fromEntries(
        (JSON.parse(out) as { runs: { id: string; savedAt: string }[] }).runs.map((run) => [run.id, run.savedAt]),
      );
    };
    const dates = await saved();
    await json('sweep', file, '--library', library);
    const after = await saved();
    for (const { run } of before.cells) expect(after[run]).toBe(dates[run]);
    expect(Object.keys(after)).toHaveLength(6);
  });

  it('plans for other machines, whose bundles merge to the same runs', async () => {
    const here = await json('sweep', file, '--library', join(folder, 'library.db'));
    const plan = join(folder, 'plan');
    await json('sweep', file, '--plan', plan, '--library', join(folder, 'unused.db'));
    expect(readdirSync(join(plan, 'cells'))).toHaveLength(6);
    const main = fileURLToPath(new URL('../../src-main/cli/main.ts', import.meta.url));
    for (const cell of ['0', '3', '3']) {
      const { status, stderr } = spawnSync('sh', [join(plan, 'cell.sh'), cell], {
        encoding: 'utf8',
        env: { ...process.env, FAULTLINE: `${process.execPath} ${main}` },
      });
      // On a slow machine it tells there how far it is.
      expect(status, stderr).toBe(0);
    }
    expect(readdirSync(join(plan, 'results')).sort()).toEqual(['0.faultline', '3.faultline']);
    const merged = join(folder, 'merged.db');
    const { out } = await faultline([
      'runs',
      'merge',
      join(plan, 'results', '0.faultline'),
      join(plan, 'results', '3.faultline'),
      '--json',
      '--library',
      merged,
    ]);
    const { runs } = JSON.parse(out) as { runs: { id: string }[] };
    expect(runs.map((run) => run.id)).toEqual([here.cells[0].run, here.cells[3].run]);
    const twice = await faultline(['sweep', file, '--plan', plan, '--library', join(folder, 'unused.db')]);
    expect([twice.code, twice.err]).toEqual([
      2,
      `faultline: ${plan}: has a plan or other files already (expected a new or empty folder)\n`,
    ]);
    expect(existsSync(join(plan, 'slurm.sh'))).toBe(true);
  });
});
