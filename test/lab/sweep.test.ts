import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labelOf, sweepGrid } from '#lab/sweep-grid';
import { surprise } from '#lab/sweep-results';
import type { ExperimentInput } from '#model/experiment';
import { InputError } from '#model/problem';
import type { SweepGrid } from '#model/sweep';
import { faultline } from '../support/cli.ts';

const experiment: ExperimentInput = {
  format: 'faultline/experiment@1',
  name: 'small',
  machines: ['workstation-2005'],
  kernels: ['linux-2.6.11'],
  filesystems: ['plain-4k'],
  policies: ['P1', 'P5'],
  memory: '64 MiB',
  files: [{ name: 'f', size: '1 MiB' }],
  mappings: [{ name: 'm', file: 'f' }],
  threads: [{ name: 't', steps: [{ do: 'store', mapping: 'm', stride: '4 KiB' }] }],
};
const sweep = {
  format: 'faultline/sweep@1',
  name: 'strides',
  experiment,
  vary: [{ field: 'threads[0].steps[0].stride', name: 'stride', values: ['4 KiB', '16 KiB', '64 KiB'] }],
  measure: 'blocks.instantiatedKiB',
};
const none = new Map<string, ExperimentInput>();

describe('a grid', () => {
  it('has a cell for every combination; lists that are not varied are axes too', () => {
    const grid = sweepGrid(sweep, none);
    expect(grid.axes.map((axis) => axis.name)).toEqual(['stride', 'policies']);
    expect(grid.cells).toHaveLength(6);
    const [first, , , fourth] = grid.cells;
    expect([first.document.policies, fourth.document.policies]).toEqual([['P1'], ['P5']]);
    expect(fourth.document.threads[0].steps[0]).toMatchObject({ stride: '16 KiB' });
    expect(grid.cells.map((cell) => cell.position.join(''))).toEqual(['00', '01', '10', '11', '20', '21']);
  });

  it('refuses fields, values, experiments and sizes that cannot be', () => {
    const refused = (change: object, message: RegExp): void => {
      expect(() => sweepGrid({ ...sweep, ...change }, none, 'sweep.json')).toThrow(InputError);
      expect(() => sweepGrid({ ...sweep, ...change }, none, 'sweep.json')).toThrow(message);
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

describe('a surprise', () => {
  const grid = (lengths: readonly number[]): SweepGrid =>
    sweepGrid(
      {
        ...sweep,
        experiment: { ...experiment, policies: ['P1'] },
        vary: lengths.map((length) => ({ field: 'seed', values: Array.from({ length }, (_, i) => i) })),
      },
      none,
    );

  it('is the cell furthest from the mean of those beside it', () => {
    expect(surprise(grid([5]), [1, 2, 9, 4, 5])).toBe(2);
    expect(surprise(grid([3, 3]), [1, 2, 3, 2, 9, 4, 3, 4, 5])).toBe(4);
  });

  it('is none on a straight line, on a level, or without neighbours', () => {
    expect(surprise(grid([5]), [1, 2, 3, 4, 5])).toBeUndefined();
    expect(surprise(grid([4]), [7, 7, 7, 7])).toBeUndefined();
    expect(surprise(grid([2]), [1, 9])).toBeUndefined();
    expect(surprise(grid([3]), [1, undefined, 3])).toBeUndefined();
  });

  it('names values by their id where they are documents', () => {
    expect(labelOf({ id: 'x', more: 1 })).toBe('x');
    expect(labelOf(5)).toBe('5');
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
  }, 60_000);

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
  }, 60_000);

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
      expect(`${status} ${stderr}`).toBe('0 ');
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
  }, 60_000);
});
