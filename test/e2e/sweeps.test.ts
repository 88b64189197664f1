/**
 * Sweeps in the real window: designed from an experiment, run on all cores, paused, cancelled, taken up again after a
 * restart, read as small multiples and as a table, written as files. Screenshots go to test-results/screenshots.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultline } from '../support/cli.ts';
import { boxOf, plain, TestWindow } from './support/window.ts';

const lab = new TestWindow('sweeps');
let page: Page;

/** Stores into a sparse file: hundreds of milliseconds a run. */
const EXPERIMENT = {
  format: 'faultline/experiment@1',
  name: 'Sparse stores',
  machines: ['workstation-2005'],
  kernels: ['linux-2.6.11'],
  filesystems: ['plain-16k'],
  policies: ['P1', 'P5'],
  memory: '1 GiB',
  files: [{ name: 'f', size: '192 MiB' }],
  mappings: [{ name: 'm', file: 'f' }],
  threads: [{ name: 't', steps: [{ do: 'store', mapping: 'm', stride: '4 KiB' }] }],
};

const cells = (): Locator => page.getByRole('region', { name: 'Cells of the sweep' }).locator('tbody tr');
const finished = (): Locator => page.locator('tbody tr button.open');

async function fill(row: number, label: string, value: string): Promise<void> {
  const field = page.getByLabel(label, { exact: true }).nth(row);
  await field.fill(value);
  await field.press('Tab');
}

describe('sweeps in the window', () => {
  beforeAll(async () => {
    const file = join(lab.folder, 'sparse.json');
    writeFileSync(file, JSON.stringify(EXPERIMENT));
    page = await lab.open(file);
    await page.getByRole('heading', { name: 'Sparse stores' }).waitFor();
  });

  afterAll(() => lab.end());

  it('are designed from an experiment: fields and values, checked as they are typed', async () => {
    await page.getByRole('button', { name: 'Sweep', exact: true }).click();
    await expect.poll(() => cells().count()).toBe(2);
    await page.getByRole('button', { name: 'Vary another field' }).click();
    await fill(1, 'Field', 'threads[0].steps[0].stride');
    await expect.poll(() => page.getByLabel('Values', { exact: true }).nth(1).inputValue()).toBe('4 KiB');
    await fill(1, 'Values', '4 KiB, 8 KiB, 16 KiB, 32 KiB, 64 KiB');
    await page.getByRole('button', { name: 'Vary another field' }).click();
    await fill(2, 'Field', 'filesystems[0].block');
    await fill(2, 'Values', '4 KiB, much');
    await expect.poll(() => page.getByRole('alert').innerText()).toContain('filesystems[0]');
    await page.getByRole('button', { name: 'Run 20 cells' }).waitFor({ state: 'detached' });
    await fill(2, 'Values', '4 KiB, 16 KiB');
    await expect.poll(() => cells().count()).toBe(20);
    await lab.shoot('sweep-design');
  });

  it('are paused, go on, are cancelled with what is done kept, and taken up after a restart', async () => {
    // A machine of many cores would have begun them all by the time that it is paused.
    const atOnce = page.getByLabel('at once');
    if ((await atOnce.locator('option').count()) > 2) await atOnce.selectOption('2');
    const go = page.getByRole('button', { name: 'Run 20 cells' });
    await lab.clickAtOnce('Pause', /[1-9]\d* of 20 cells/, () => go.click());
    await page.getByText('paused', { exact: true }).waitFor();
    // A cell whose last events were on their way may still arrive, at most one a core; then nothing moves.
    let stood = -1;
    await expect
      .poll(async () => {
        const before = stood;
        stood = await finished().count();
        await page.waitForTimeout(500);
        return stood === before && (await finished().count()) === stood;
      })
      .toBe(true);
    expect(stood).toBeGreaterThan(0);
    expect(stood).toBeLessThan(20);
    await lab.shoot('sweep-paused');
    expect(await finished().count()).toBe(stood);
    await lab.clickAtOnce('Cancel', /(\d\s\w+|estimating time) left/, () =>
      page.getByRole('button', { name: 'Continue' }).click(),
    );
    await page.getByRole('button', { name: /^Continue: \d+ cells? left|^All cells are done/ }).waitFor();
    const kept = await finished().count();
    expect(kept).toBeGreaterThanOrEqual(stood);
    expect(kept).toBeLessThan(20);

    page = await lab.open();
    await page.getByRole('button', { name: /^Sparse stores, swept/ }).click();
    await expect.poll(() => finished().count()).toBe(kept);
    await page.getByRole('button', { name: `Continue: ${20 - kept}` }).click();
    await page.getByRole('button', { name: 'All cells are done' }).waitFor();
    expect(await finished().count()).toBe(20);
  });

  it('show small multiples, the table and the cell that surprises', async () => {
    await page.getByLabel('Measure').selectOption('time.simulatedNs');
    const panels = page.locator('figure');
    await expect.poll(() => panels.count()).toBe(4);
    expect(await panels.first().locator('circle').count()).toBe(5);
    const odd = page.locator('tbody tr.odd');
    expect(await odd.count()).toBe(1);
    // With blocks of 16 KiB a stride up to the block costs the same under P1: the knee stands out.
    expect(plain(await odd.innerText())).toMatch(/16 KiB\s+16 KiB/);
    await lab.shoot('sweep-results');
    // The last cell is where the table ends, with rows out of sight left out.
    const table = page.getByRole('region', { name: 'Cells of the sweep' });
    await page.evaluate(`{
      const table = document.querySelector('[aria-label="Cells of the sweep"]');
      table.scrollTo(0, table.scrollHeight);
    }`);
    const ends = async (): Promise<number> => {
      const [row, frame] = [await boxOf(table.locator('tr[aria-rowindex="21"]')), await boxOf(table)];
      return frame.y + frame.height - (row.y + row.height);
    };
    await expect.poll(async () => Math.abs(await ends())).toBeLessThan(4);
    await page.getByLabel('Scale').first().selectOption('log');
    await page.getByLabel('Whose scale').selectOption({ label: 'each panel by itself' });
    await expect.poll(() => page.getByText('each panel on a scale of its own, logarithmic').count()).toBe(1);
  });

  it('are written as CSV and Parquet', async () => {
    const csv = join(lab.folder, 'out.csv');
    await lab.answerSaveDialog(csv);
    await page.getByLabel('Export the results').selectOption('csv');
    await page.getByText('Results saved').first().waitFor();
    const lines = readFileSync(csv, 'utf8').trim().split('\r\n');
    expect(lines).toHaveLength(21);
    expect(lines[0]).toMatch(/^policies,stride,block,run,hash,verdict,faults\.read/);
    const parquet = join(lab.folder, 'out.parquet');
    await lab.answerSaveDialog(parquet);
    await page.getByLabel('Export the results').selectOption('parquet');
    await expect.poll(() => readIfThere(parquet)).toBe('PAR1');
  });

  it("open a cell's run in the timeline, and come back to the sweep", async () => {
    await finished().first().click();
    await page.getByRole('grid', { name: 'Events in the visible span' }).waitFor();
    await lab.goTo('Experiments');
    await expect.poll(() => cells().count()).toBe(20);
    await page.getByRole('button', { name: 'Experiments' }).last().click();
    await page.getByRole('heading', { name: 'Sweeps' }).waitFor();
    await lab.shoot('experiments-with-sweeps');
  });

  it('leave runs in the library, deleted ones come back by undo until the next start', async () => {
    await lab.goTo('Library');
    const runs = page.getByRole('grid', { name: 'Runs' });
    await expect.poll(() => runs.locator('[data-run]').count()).toBeGreaterThan(5);
    const first = await runs.locator('[data-run]').first().getAttribute('data-run');
    const row = runs.locator(`[data-run="${first ?? ''}"]`);
    const remove = async (): Promise<void> => {
      await row.getByLabel('Choose run').check();
      await page.getByRole('button', { name: 'Delete' }).click();
      await row.waitFor({ state: 'detached' });
    };
    await remove();
    await page.getByRole('button', { name: 'Undo' }).click();
    await row.waitFor();
    await remove();
    page = await lab.open();
    await page.getByRole('button', { name: /^Sparse stores, swept/ }).click();
    // The deleted run is gone for good: its cell is to be run again.
    await page.getByRole('button', { name: 'Continue: 1 cell left' }).waitFor();
  });
});

describe('a bundle', () => {
  const other = new TestWindow('bundle');
  afterAll(() => other.end());

  it('named on the command line opens: its run is shown and is in the library', async () => {
    const made = join(other.folder, 'made.db');
    const bundle = join(other.folder, 'one.faultline');
    const ran = await faultline(['run', '2005-question', '--json', '--library', made]);
    const [{ id }] = (JSON.parse(ran.out) as { runs: { id: string }[] }).runs;
    const { code, err } = await faultline(['runs', 'export', id, '--out', bundle, '--library', made]);
    expect(code, err).toBe(0);
    const shown = await other.launch(bundle);
    await shown.getByRole('grid', { name: 'Events in the visible span' }).waitFor();
    await shown.getByRole('navigation', { name: 'Places' }).getByRole('button', { name: 'Library' }).click();
    await expect.poll(() => shown.getByRole('grid', { name: 'Runs' }).locator('[data-run]').count()).toBe(1);
  });
});

function readIfThere(file: string): string {
  try {
    return readFileSync(file).subarray(0, 4).toString('latin1');
  } catch {
    return '';
  }
}
