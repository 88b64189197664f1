/** What the window is on its system: its contrast and motion, its size, its commands, the files it is given. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StoreClient } from '#workers/store-client';
import { electronLaunch, screenshotPath } from '../support/electron.ts';
import { sampleBatches, sampleRun } from '../support/sample-run.ts';
import { TestWindow } from './support/window.ts';

const lab = new TestWindow('shell');
let page: Page;

const PLACES = ['Library', 'Compare', 'Explorer', 'Machines', 'Recordings', 'Experiments'];

/** A bundle of one run, as another person hands it on. */
async function bundle(): Promise<string> {
  const worker = new Worker(new URL('../../src-main/workers/store.ts', import.meta.url));
  const store = await StoreClient.open(worker, join(lab.folder, 'other.db'));
  // An emulated run's hash is checked on the way in; a recording's is its file's.
  const run = { ...sampleRun('handed on', { experiment: 'Handed on' }), source: 'recorded' as const };
  const { id } = await store.saveRun(run, [], sampleBatches(2000));
  const file = join(lab.folder, 'handed on.faultline');
  await store.exportBundle([id], file);
  await store.close();
  return file;
}

describe('the window on its system', () => {
  beforeAll(async () => {
    page = await lab.open();
  });
  afterAll(() => lab.end());

  it('is where and as large as it was left', async () => {
    await lab.setSize(1444, 866);
    page = await lab.open();
    expect(await page.evaluate('[innerWidth, innerHeight]')).toEqual([1444, 866]);
  });

  it('offers every command in menu and palette, and every key in the sheet', async () => {
    await page.keyboard.press('Control+n');
    await page.locator('#design-verdict').waitFor();
    const menuItems = (): Promise<{ label: string; enabled: boolean; keys: string }[]> =>
      lab.application.evaluate(({ Menu }) =>
        (Menu.getApplicationMenu()?.items ?? []).flatMap((menu) =>
          (menu.submenu?.items ?? [])
            .filter((item) => item.type === 'normal' && typeof item.role !== 'string')
            .map((item) => ({ label: item.label, enabled: item.enabled, keys: item.accelerator?.toString() ?? '' })),
        ),
      );
    await expect.poll(async () => (await menuItems()).length).toBeGreaterThan(40);
    const inMenu = await menuItems();
    await page.keyboard.press('Control+Shift+P');
    const options = page.getByRole('listbox', { name: 'Commands' }).getByRole('option');
    await options.first().waitFor();
    const inPalette = (await options.allInnerTexts()).map((text) => text.split('\n')[1]);
    expect([...inPalette].sort()).toEqual(
      inMenu
        .filter(({ enabled }) => enabled)
        .map(({ label }) => label)
        .sort(),
    );
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Keys' }).click();
    const sheet = await page.getByRole('region', { name: 'All keys' }).innerText();
    for (const { label, keys } of inMenu) if (keys !== '') expect(sheet).toContain(label);
    await page.keyboard.press('Escape');
  });

  it('has a high contrast that is chosen and kept, without a violation in any view', async () => {
    await page.keyboard.press('Control+Shift+P');
    await page.getByRole('combobox', { name: 'Find a command' }).fill('high contrast');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate('document.documentElement.dataset.contrast')).toBe('more');
    page = await lab.open();
    await expect.poll(() => page.evaluate('document.documentElement.dataset.contrast')).toBe('more');
    await lab.setSize(1280, 800);
    for (const theme of ['light', 'dark'] as const) {
      await lab.setTheme(theme);
      for (const place of PLACES) {
        await lab.goTo(place);
        await page.getByRole('heading', { level: 1 }).first().waitFor();
        await lab.expectAccessible(`${place}, high contrast, ${theme}`);
        await page.screenshot({ path: screenshotPath(`contrast-${place.toLowerCase()}-${theme}`) });
      }
      await page.getByRole('button', { name: /^Fork and copy on write \d/ }).click();
      await page.getByRole('button', { name: 'Duplicate' }).click();
      await page.locator('#design-verdict').getByText('Ready to run').waitFor();
      await page.keyboard.press('Control+e');
      await page.getByRole('textbox', { name: /^The experiment as JSON/ }).waitFor();
      await lab.expectAccessible(`designer, high contrast, ${theme}`);
      await page.screenshot({ path: screenshotPath(`contrast-designer-${theme}`) });
    }
  });

  it('follows the system into its own colours, and shows what is chosen', async () => {
    await page.emulateMedia({ forcedColors: 'active' });
    expect(await page.evaluate(`getComputedStyle(document.querySelector('nav [aria-current]')).outlineStyle`)).toBe(
      'solid',
    );
    await page.screenshot({ path: screenshotPath('forced-colours-designer') });
    await lab.expectAccessible('designer, forced colours');
    await page.emulateMedia({ forcedColors: null });
  });

  it('moves nothing where the system asks for no motion', async () => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    for (const place of PLACES) {
      await lab.goTo(place);
      await page.keyboard.press('Control+Shift+P');
      await page.getByRole('combobox', { name: 'Find a command' }).waitFor();
      expect(await page.evaluate('document.getAnimations().length'), place).toBe(0);
      await page.keyboard.press('Escape');
    }
    await page.emulateMedia({ reducedMotion: null });
  });

  it('takes files dropped anywhere: a bundle, an experiment, and one that is nothing', async () => {
    await lab.goTo('Machines');
    const own = join(lab.folder, 'own.json');
    writeFileSync(
      own,
      JSON.stringify({ format: 'faultline/experiment@1', name: 'Dropped in', question: 'Is it taken?' }),
    );
    const words = join(lab.folder, 'words.txt');
    writeFileSync(words, 'nothing that the lab knows\n');
    await lab.drop(await bundle(), own, words);
    const told = page.getByRole('status').filter({ hasText: 'words.txt cannot be taken' });
    await told.waitFor();
    expect(await told.innerText()).toMatch(
      /handed on\.faultline: 1 run[\s\S]*None of the formats that can be imported[\s\S]*Copy details/,
    );
    await page.getByRole('heading', { name: 'Library' }).waitFor();
    await page.getByRole('grid', { name: 'Runs' }).getByText('Handed on').waitFor();
    await lab.goTo('Experiments');
    await page.getByRole('button', { name: /^Dropped in/ }).waitFor();
  });

  it('takes a file that is opened while it is open already', async () => {
    const file = join(lab.folder, 'second.json');
    writeFileSync(
      file,
      JSON.stringify({ format: 'faultline/experiment@1', name: 'Opened by the system', question: '' }),
    );
    const { executablePath, args, env } = await electronLaunch([
      `--user-data-dir=${join(lab.folder, 'user-data')}`,
      file,
    ]);
    await promisify(execFile)(executablePath, args, { env, timeout: 90_000 });
    await page.getByRole('heading', { name: 'Opened by the system' }).waitFor();
  });
});
