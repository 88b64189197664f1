/**
 * Machines as a person works with them: figures followed to their sources, curves seen, a machine assembled, a disk
 * duplicated and changed, figures imported that another tool measured.
 */
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../support/shared.ts';
import { plain, TestWindow } from './support/window.ts';

const lab = new TestWindow('machines');
const own = (id: string): string => join(lab.folder, 'documents', `${id}.json`);
let page: Page;

const read = (id: string): Record<string, unknown> =>
  JSON.parse(readFileSync(own(id), 'utf8')) as Record<string, unknown>;
const detail = () => page.getByRole('article');

describe('machines', () => {
  beforeAll(async () => {
    page = await lab.open();
    await lab.goTo('Machines');
  });
  afterAll(() => lab.end());

  it('shows measured curves with their axes, and the figures behind them', async () => {
    await page.getByRole('button', { name: /P4800X/ }).click();
    const plot = detail()
      .getByRole('img', { name: /points/ })
      .first();
    await plot.locator('canvas').waitFor();
    await detail().locator('.entry.wide .method').first().click();
    await detail().locator('.told table').first().waitFor();
    await lab.shoot('machines-curve');
  });

  it('shows what a machine is made of and what is not known of it', async () => {
    await page.getByRole('searchbox', { name: 'Find a document' }).fill('Server of 2021');
    await page.getByRole('button', { name: /^Server of 2021 / }).click();
    await detail()
      .getByRole('button', { name: /Milan|Zen 3/ })
      .first()
      .click();
    await detail().getByRole('heading', { name: 'Part of' }).waitFor();
    await page.getByRole('searchbox', { name: 'Find a document' }).fill('');
    await lab.shoot('machines-processor');
  });

  it('compares processors: ticked, with Ctrl, and by keyboard', async () => {
    await page.getByRole('checkbox', { name: /^Compare .*Haswell/ }).check();
    const list = page.getByRole('region', { name: 'Documents' });
    await list.getByRole('button', { name: /Apple M1/ }).click({ modifiers: ['Control'] });
    const comparison = page.getByRole('article', { name: 'Comparison' });
    await comparison.getByRole('heading', { name: '2 processors side by side' }).waitFor();
    await page.getByRole('checkbox', { name: /^Compare .*Skylake/ }).focus();
    await page.keyboard.press('Space');
    await comparison.getByRole('heading', { name: '3 processors side by side' }).waitFor();

    const clock = comparison.getByRole('row', { name: /^differs: clock/ });
    const figures = (await clock.getByRole('cell').allInnerTexts()).map((text) => plain(text).split('\n')[0]);
    expect(figures).toHaveLength(3);
    for (const figure of figures) expect(figure).toMatch(/^\d\S* GHz/);
    expect(await comparison.getByRole('cell', { name: 'not given' }).count()).toBeGreaterThan(0);
    await clock.getByRole('button', { name: /Show the source of clock of Apple M1/ }).click();
    await comparison
      .getByRole('row', { name: /^where clock comes from/ })
      .getByText(/^3\s204\s000\s000/)
      .waitFor();

    const plot = comparison.getByRole('img', { name: /^core to core/ });
    await plot.locator('canvas').waitFor();
    const legend = comparison.getByRole('listitem').filter({ hasText: /Haswell|Apple M1|Skylake/ });
    expect(await legend.count()).toBeGreaterThanOrEqual(3);
    await lab.shoot('machines-compare');

    const rows = await comparison.getByRole('row').count();
    await comparison.getByRole('checkbox', { name: 'Only what differs' }).check();
    await expect.poll(() => comparison.getByRole('row').count()).toBeLessThan(rows);
    await comparison.getByRole('button', { name: /^Leave out .*Skylake/ }).click();
    await comparison.getByRole('heading', { name: '2 processors side by side' }).waitFor();
    await comparison.getByRole('button', { name: 'End comparison' }).click();
    await comparison.waitFor({ state: 'detached' });
  });

  it('assembles a machine, by keyboard too', async () => {
    await page.keyboard.press('Control+Shift+P');
    await page.getByRole('combobox', { name: 'Find a command' }).waitFor();
    await page.keyboard.type('assemble');
    await page.keyboard.press('Enter');
    const sheet = page.getByRole('dialog');
    await sheet.getByLabel('Name').fill('My desk');
    await sheet.getByLabel('Disk').selectOption({ index: 3 });
    await lab.shoot('machines-assemble');
    await sheet.getByRole('button', { name: 'Keep' }).click();
    await detail().getByRole('heading', { name: 'My desk', level: 1 }).waitFor();
    expect(read('my-desk')).toMatchObject({ format: 'faultline/machine@1', name: 'My desk', cores: 4 });
  });

  it('changes a figure of a duplicate, with its source', async () => {
    await page
      .getByRole('button', { name: /P4800X/ })
      .first()
      .click();
    await detail().getByRole('button', { name: 'Duplicate' }).click();
    await detail()
      .getByRole('heading', { name: /\(copy\)$/, level: 1 })
      .waitFor();
    await detail()
      .getByRole('button', { name: /^Change/ })
      .first()
      .click();
    const sheet = page.getByRole('dialog');
    await sheet.getByLabel('Value').fill('');
    await expect.poll(() => sheet.getByRole('status').innerText()).toMatch(/number/);
    await sheet.getByLabel('Value').fill('123');
    await sheet.getByLabel('Source').fill('measured at my desk');
    await sheet.getByLabel('Method').selectOption('measured');
    await lab.shoot('machines-figure');
    await sheet.getByRole('button', { name: 'Keep' }).click();
    await sheet.waitFor({ state: 'hidden' });
    const copy = JSON.stringify(read('intel-optane-p4800x-2017-copy'));
    expect(copy).toContain('"value":123');
    expect(copy).toContain('measured at my desk');
  });

  it('refuses text that does not fit, in words, and keeps the file', async () => {
    const before = readFileSync(own('my-desk'), 'utf8');
    await page.getByRole('button', { name: /^My desk/ }).click();
    await detail().getByRole('button', { name: 'Edit as text' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByRole('textbox').fill(before.replace('"cores": 4', '"cores": 0'));
    await sheet.getByRole('button', { name: 'Keep' }).click();
    await page.getByText('This document cannot be kept').waitFor();
    expect(readFileSync(own('my-desk'), 'utf8')).toBe(before);
    await sheet.getByRole('button', { name: 'Cancel' }).click();
  });

  it('imports figures that fio measured', async () => {
    const file = join(lab.folder, 'mix.json');
    copyFileSync(join(repositoryRoot, 'test/recording/fixtures/fio-json.txt'), file);
    await lab.answerDialog(file);
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await detail().getByRole('heading', { name: /mix/, level: 1 }).waitFor();
    await lab.shoot('machines-imported');
  });

  it('removes a document and brings it back', async () => {
    await page.getByRole('button', { name: /^My desk/ }).click();
    await detail().getByRole('button', { name: 'Remove' }).click();
    await expect.poll(() => existsSync(own('my-desk'))).toBe(false);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => existsSync(own('my-desk'))).toBe(true);
  });
});
