/**
 * Runs laid beside each other: the seed experiment under two policies and under eight runs, and a recording of a real
 * kernel beside its emulation. Screenshots go to test-results/screenshots.
 */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { itWhen } from '../support/requirement.ts';
import { hasShared, sharedPath } from '../support/shared.ts';
import { boxOf, plain, TestWindow } from './support/window.ts';

const TRACE = ['ground-truth', 'traces', 'xfs-4k.A.trace'] as const;
const test = new TestWindow('compare');

const sideOf = (name: string): Locator => test.page.getByRole('combobox', { name });
const why = (): Locator => test.page.getByRole('region', { name: 'Why: the same store in both runs' });
const stepLink = (name: string): Locator =>
  test.page.getByRole('region', { name: 'Steps, figure by figure' }).getByRole('button', { name });
const lane = (): Locator => test.page.getByRole('group', { name: /^Difference between/ });
const windowBox = (): Promise<string> => test.page.locator('.axis .window').getAttribute('style').then(String);
const textOf = async (locator: Locator): Promise<string> => plain(await locator.innerText());

/** Runs stay chosen when one comes back to the library: a test begins with none. */
async function chooseNone(): Promise<void> {
  const link = test.page.getByRole('button', { name: 'Choose none' });
  if ((await link.count()) > 0) await link.click();
}

/** Chooses runs of the library, by what stands in their rows, and compares them. */
async function compare(...wanted: readonly string[]): Promise<void> {
  const { page } = test;
  await test.goTo('Library');
  const rows = page.getByRole('grid', { name: 'Runs' }).locator('[data-run]');
  await rows.first().waitFor();
  await chooseNone();
  for (const policy of wanted) {
    const cell = page.getByRole('gridcell', { name: policy, exact: true });
    await rows.filter({ hasText: 'The 2005 question' }).filter({ has: cell }).getByLabel('Choose run').check();
  }
  await page.getByRole('button', { name: `Compare ${wanted.length}` }).click();
  await page.getByRole('region', { name: 'Timelines on one axis' }).waitFor();
  await page
    .locator('[data-drawn=whole]')
    .nth(wanted.length - 1)
    .waitFor();
}

describe('runs beside each other', () => {
  beforeAll(async () => {
    await test.open();
    await test.run(/^The 2005 question \d+ runs/);
    await test.run(/^Deadlock City/);
  });

  afterAll(() => test.end());

  it('under P1 and P5 differ in faults, I/O and dirty pages, and each difference is found by keyboard', async () => {
    const { page } = test;
    await compare('P1', 'P5');
    await sideOf('First of the two runs').selectOption({ label: 'P1' });
    await expect.poll(() => sideOf('Second of the two runs').locator('option:checked').innerText()).toBe('P5');
    await expect.poll(() => page.locator('.axis .steps button').count()).toBeGreaterThanOrEqual(2);
    await test.shoot('compare-p1-p5');

    await page.keyboard.press(']');
    const spoken = lane().getByRole('status');
    await expect.poll(() => textOf(spoken)).toMatch(/against/);
    const first = await textOf(spoken);
    await page.keyboard.press(']');
    await expect.poll(() => textOf(spoken)).not.toBe(first);
    await page.keyboard.press('[');
    await expect.poll(() => textOf(spoken)).toBe(first);
  });

  it('tell figures of both sides and the difference under the pointer', async () => {
    const box = await boxOf(lane().locator('canvas'));
    await test.page.mouse.move(box.x + box.width * 0.4, box.y + 70);
    const card = lane().getByRole('tooltip');
    await expect
      .poll(() => textOf(card))
      .toMatch(/P1\s+P5\s+difference[\s\S]*Dirty pages\s+[\d ]+\s+[\d ]+\s+[−+\d ]+/);
    await test.page.mouse.move(10, 10);
  });

  it('are aligned by step, by first store and by time, and the axis says which', async () => {
    const { page } = test;
    const about = page.locator('.axis .about');
    // By step is what it begins with.
    const said = [await about.innerText()];
    for (const name of ['By first store', 'By time', 'By step']) {
      await page.getByRole('button', { name }).click();
      await expect.poll(() => about.innerText()).not.toBe(said.at(-1));
      said.push(await about.innerText());
    }
    expect(said[3]).toBe(said[0]);
    expect(new Set(said).size).toBe(3);
    const before = await windowBox();
    await stepLink('store into every 16th page').click();
    await expect.poll(windowBox).not.toBe(before);
  });

  it('lead from the first difference to why: the chains of the same store side by side', async () => {
    const { page } = test;
    await page.getByRole('button', { name: 'Show it' }).click();
    await expect.poll(() => textOf(why())).toMatch(/page 0 of the file[\s\S]*Fault[\s\S]*Block/);
    // A store that one run traps and the other does not: it could be stored to since it was read.
    await sideOf('First of the two runs').selectOption({ label: 'P5' });
    await stepLink('store into every 16th page').click();
    await page.keyboard.press('.');
    await expect.poll(() => textOf(why())).toMatch(/write-protect fault \(minor\)[\s\S]*writable since read all/);
    await test.shoot('compare-why');
  });

  it('have figures with bars and settings in words', async () => {
    const { page } = test;
    await page.getByRole('tab', { name: 'Figures' }).click();
    await page.getByRole('region', { name: 'The runs side by side: one row a run' }).waitFor();
    await page.getByRole('heading', { name: 'Every figure that differs' }).waitFor();
    await test.shoot('compare-figures');
    await page.getByRole('tab', { name: 'Settings' }).click();
    await expect.poll(() => textOf(page.locator('#compare-settings'))).toMatch(/policy\s+P1\s+P5/);
    await test.shoot('compare-settings');
  });

  it('may be eight', async () => {
    const { page } = test;
    await test.goTo('Library');
    const boxes = page.getByLabel('Choose run');
    await boxes.first().waitFor();
    await chooseNone();
    for (let i = 0; i < 8; i++) await boxes.nth(i).check();
    await page.getByRole('button', { name: 'Compare 8' }).click();
    await page.locator('.one').nth(7).waitFor();
    await page.getByRole('list', { name: /^What stands in the way/ }).waitFor();
    await test.shoot('compare-eight');
    await page.getByRole('tab', { name: 'Figures' }).click();
    await page.getByRole('heading', { name: 'Every figure that differs' }).waitFor();
    await test.shoot('compare-eight-figures');
  });

  itWhen(hasShared(...TRACE), 'shared', 'of a real kernel stand beside their emulation, step by step', async () => {
    const { page } = test;
    const file = join(test.folder, 'xfs-4k.A.trace');
    copyFileSync(sharedPath(...TRACE), file);
    await test.answerDialog(file);
    await test.goTo('Recordings');
    await page.getByRole('button', { name: 'Import files' }).click();
    await page.getByRole('button', { name: 'Emulate it and compare' }).click();
    const agreement = page.getByRole('region', { name: 'Agreement, step by step' });
    // 12 minor and 1 major fault, 808 KiB, 202 dirty pages: as the kernel had them.
    await expect.poll(() => textOf(agreement)).toMatch(/24 of 24 figures are exactly the same/);
    expect(await textOf(agreement)).toMatch(/store_k\s+16=\s+0=\s+808 KiB=\s+202=/);
    await page.locator('[data-drawn=whole]').nth(1).waitFor();
    await test.shoot('compare-recorded-emulated');
  });
});
