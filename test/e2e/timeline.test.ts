/**
 * Reading a run in the real window, by keyboard and mouse: events sought and gone through, the life of a page, marks
 * and the order of lanes that are there again after the window was closed, figures of a span, and the page on paper.
 */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import { screenshotPath } from '../support/electron.ts';
import { boxOf, plain, TestWindow } from './support/window.ts';

const window = new TestWindow('timeline');
let page: Page;

const text = async (locator: Locator): Promise<string> => plain(await locator.innerText());
const found = (): Promise<string> => text(page.getByRole('search').locator('output'));
const laneNames = (): Promise<string[]> => page.locator('[data-lane] .fold').allInnerTexts();

async function openRun(policy: string): Promise<void> {
  await window.goTo('Library');
  await page.getByRole('grid', { name: 'Runs' }).waitFor();
  await page.getByRole('row').filter({ hasText: policy }).first().locator('.name').click();
  await page.locator('[data-drawn=whole]').waitFor();
}

describe('reading a run', () => {
  beforeAll(async () => {
    page = await window.open();
    await window.run(/^The 2005 question \d+ runs/);
    await openRun('P5');
  });

  afterAll(() => window.end());

  it('finds events, counts them, and goes from hit to hit', async () => {
    await page.keyboard.press('/');
    await page.getByRole('button', { name: 'Any kind' }).click();
    await page.locator('.search-kinds').getByLabel('write-protect fault').check();
    await page.keyboard.press('Escape');
    await expect.poll(found).toBe('256 events');
    await page.getByRole('button', { name: 'Next hit' }).click();
    await expect.poll(found).toBe('1 of 256');
    await page.locator('.overlay').focus();
    await page.keyboard.press('.');
    await page.keyboard.press('.');
    await expect.poll(found).toBe('3 of 256');
    await page.keyboard.press(',');
    await expect.poll(found).toBe('2 of 256');
    await page.keyboard.press('f');
    await page.keyboard.press('s');
    await page.keyboard.press('s');
    await page.keyboard.press('s');
    const list = page.getByRole('grid', { name: 'Events in the visible span' });
    await expect
      .poll(async () => {
        const rows = await list.getByRole('row').allInnerTexts();
        return rows.length > 0 && rows.every((row) => row.includes('write-protect'));
      })
      .toBe(true);
    await window.shoot('timeline-search');

    await page.getByLabel('Lasts at least').fill('1 h');
    await expect.poll(found).toBe('No event meets all of this.');
    await page.getByLabel('Lasts at least').fill('a while');
    await expect.poll(found).toBe('256 events');
    expect(await page.getByLabel('Lasts at least').getAttribute('aria-invalid')).toBe('true');
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByLabel('Follows from an event of this kind').selectOption({ label: 'write-protect fault' });
    await expect.poll(found).toMatch(/^[\d ]+ events$/);
    await page.getByRole('button', { name: 'Close the search' }).click();
    await page.getByLabel('Kinds in the list').waitFor();
  });

  it('shows the life of the page of an event', async () => {
    await page.locator('.overlay').focus();
    await page.keyboard.press('Escape');
    await page.keyboard.press('f');
    await page.getByLabel('Kinds in the list').selectOption({ label: 'write-protect fault' });
    const rows = page.getByRole('grid', { name: 'Events in the visible span' }).getByRole('row');
    await expect.poll(() => rows.first().innerText()).toMatch(/write-protect/);
    await rows.first().click();
    await page.locator('.overlay').focus();
    await page.keyboard.press('p');
    const life = page.getByRole('region', { name: 'Life of the page' });
    await expect
      .poll(() => life.locator('.state').allInnerTexts())
      .toEqual(['absent', 'cached', 'read-mapped', 'trapped', 'dirty', 'writeback', 'clean']);
    const strip = page.getByRole('img', { name: /^Life of the page over time/ });
    await expect.poll(() => strip.getAttribute('data-states')).toBe('7');
    await page.getByRole('button', { name: 'Fit its life' }).click();
    await page.locator('[data-drawn=whole]').waitFor();
    await window.shoot('timeline-page');
    await life.getByRole('button').filter({ hasText: 'trapped' }).click();
    await page.locator('[data-drawn=whole]').waitFor();
    await expect.poll(() => page.getByRole('navigation', { name: 'Ranges one came from' }).count()).toBe(1);
    await window.shoot('timeline-trapped');
    await page.getByRole('navigation', { name: 'Ranges one came from' }).getByRole('button').first().click();
    await page.getByRole('navigation', { name: 'Ranges one came from' }).waitFor({ state: 'detached' });
    await page.locator('.overlay').focus();
    await page.keyboard.press('p');
  });

  it('shows the steps of the handler of a fault that is wide enough for them', async () => {
    await page.locator('.overlay').focus();
    // With nothing selected, Escape would leave the run.
    if ((await page.getByRole('region', { name: 'The selected event' }).count()) > 0)
      await page.keyboard.press('Escape');
    await page.keyboard.press('f');
    await page.getByLabel('Kinds in the list').selectOption({ label: 'write-protect fault' });
    const rows = page.getByRole('grid', { name: 'Events in the visible span' }).getByRole('row');
    await expect.poll(() => rows.first().innerText()).toMatch(/write-protect/);
    await rows.first().click();
    const steps = page.getByRole('list', { name: 'Steps of the handler' });
    await steps.waitFor();
    const told = (await steps.getByRole('listitem').allInnerTexts()).map((item) => item.split('\n')[0]);
    expect(told).toEqual(['entry', 'blocks instantiated', 'folio dirtied', 'exit']);
    await page.locator('.overlay').focus();
    await page.keyboard.press('f');
    await page.locator('[data-drawn=whole]').waitFor();
    // The fault fills most of the width now: in its middle blocks are instantiated.
    const row = await boxOf(page.locator('[data-lane] .row').filter({ hasText: 'steps of the handler' }));
    const stage = await boxOf(page.locator('.overlay'));
    const card = page.getByRole('tooltip');
    await page.mouse.move(stage.x + stage.width / 2, row.y + row.height / 2);
    await expect.poll(() => text(card)).toMatch(/^blocks instantiated/);
    expect(await text(card)).toMatch(/step of the handler\s+3 µs, 68 % of it/);
    await window.shoot('timeline-handler');
    await page.mouse.move(stage.x + stage.width * 0.12, row.y + row.height / 2);
    await expect.poll(() => text(card)).toMatch(/^entry[\s\S]*part of\s+write-protect fault/);
    await page.mouse.move(stage.x + stage.width / 2, row.y + row.height / 2);
    await expect.poll(() => text(card)).toMatch(/^blocks instantiated/);
    await page.mouse.down();
    await page.mouse.up();
    const details = page.getByRole('region', { name: 'The selected event' });
    await expect.poll(() => details.getByRole('heading', { level: 2 }).innerText()).toBe('blocks instantiated');
    await page.locator('.overlay').focus();
    await page.keyboard.press('Escape');
    await page.keyboard.press('f');
  });

  it('takes marks, notes and flags, and adds up a span that was drawn on the axis', async () => {
    await page.locator('.overlay').focus();
    await page.keyboard.press('Shift+M');
    await page.keyboard.press('n');
    const marks = page.getByRole('region', { name: 'Marks, notes and flags' });
    const words = marks.getByLabel(/^Words of the note/);
    await words.waitFor();
    await page.keyboard.type('The store that is trapped.');
    await page.keyboard.press('Escape');
    const ruler = await boxOf(page.locator('.ruler'));
    await page.mouse.move(ruler.x + ruler.width * 0.3, ruler.y + 20);
    await page.mouse.down();
    await page.mouse.move(ruler.x + ruler.width * 0.6, ruler.y + 20, { steps: 4 });
    await page.mouse.up();
    const figures = page.getByRole('region', { name: 'The selected span' });
    await figures.locator('table').waitFor();
    await page.locator('.overlay').focus();
    await page.keyboard.press('m');
    await expect.poll(() => marks.getByRole('listitem').count()).toBe(3);
    await expect.poll(() => page.locator('.flags button').count()).toBe(3);
    await window.shoot('timeline-marks');
    await figures.getByLabel('Figures by').selectOption('page');
    await expect.poll(() => text(figures)).toMatch(/page \d+/);
    await window.shoot('timeline-span-pages');
  });

  it('tells time in cycles of the processor, and in seconds again', async () => {
    const list = page.getByRole('grid', { name: 'Events in the visible span' });
    await page.locator('.overlay').focus();
    await page.keyboard.press('Escape');
    await page.keyboard.press('f');
    await page.getByRole('button', { name: 'cycles' }).click();
    await expect.poll(() => list.getByRole('row').first().innerText()).toMatch(/cyc$/m);
    await page.getByLabel('Go to a time').fill('20 M cycles');
    expect(await page.getByLabel('Go to a time').getAttribute('aria-invalid')).toBe('false');
    await page.getByLabel('Go to a time').fill('');
    await page.locator('[data-lane]').filter({ hasText: 'free frames' }).scrollIntoViewIfNeeded();
    await window.shoot('timeline-cycles');
    await page.locator('.overlay').focus();
    await page.keyboard.press('y');
    await expect.poll(() => list.getByRole('row').first().innerText()).not.toMatch(/cyc$/m);
  });

  it('shows in the maps only what a search found', async () => {
    const map = page.getByRole('img', { name: /^Faults by address/ });
    const cells = async (): Promise<number> => Number(await map.getAttribute('data-cells'));
    await page.locator('.overlay').focus();
    await page.keyboard.press('f');
    // What it shows of an earlier span gives way to what it shows of the whole run.
    await expect
      .poll(async () => {
        const before = await cells();
        await page.waitForTimeout(500);
        return before > 0 && (await cells()) === before;
      })
      .toBe(true);
    const all = await cells();
    await page.keyboard.press('/');
    await page.getByRole('button', { name: 'Any kind' }).click();
    await page.locator('.search-kinds').getByLabel('write-protect fault').check();
    await page.keyboard.press('Escape');
    await expect.poll(cells).toBeLessThan(all);
    await page.getByRole('button', { name: 'Clear' }).click();
    await expect.poll(cells).toBe(all);
    await page.getByRole('button', { name: 'Close the search' }).click();
  });

  it('moves lanes by keyboard and by mouse', async () => {
    const before = await laneNames();
    expect(before.slice(0, 2)).toEqual(['main', 'main: faults']);
    await page.locator('[data-lane] .fold').nth(1).focus();
    await page.keyboard.press('Alt+ArrowUp');
    await expect.poll(laneNames).toEqual(['main: faults', 'main', ...before.slice(2)]);
    expect(await page.evaluate<string>('document.activeElement.textContent.trim()')).toBe('main: faults');
    const from = await boxOf(page.locator('[data-lane] .fold').nth(2));
    const to = await boxOf(page.locator('[data-lane] .fold').nth(0));
    await page.mouse.move(from.x + 60, from.y + 8);
    await page.mouse.down();
    await page.mouse.move(to.x + 60, to.y + 4, { steps: 5 });
    await page.screenshot({ path: screenshotPath('timeline-lane-dragged') });
    await page.mouse.up();
    await expect.poll(laneNames).toEqual([before[2], 'main: faults', 'main', ...before.slice(3)]);
  });

  it('has marks and lanes again after the window was closed', async () => {
    const lanes = await laneNames();
    page = await window.open();
    await openRun('P5');
    await expect.poll(laneNames).toEqual(lanes);
    const marks = page.getByRole('region', { name: 'Marks, notes and flags' });
    await expect.poll(() => marks.getByRole('listitem').count()).toBe(3);
    expect(await marks.getByRole('textbox').first().inputValue()).toBe('The store that is trapped.');
    await marks.getByRole('button', { name: /^Remove the flag/ }).click();
    await expect.poll(() => marks.getByRole('listitem').count()).toBe(2);
  });

  it('prints as a page', async () => {
    const pdf = await window.application.evaluate(async ({ BrowserWindow }) => {
      const bytes = await BrowserWindow.getAllWindows()[0].webContents.printToPDF({ landscape: true });
      return bytes.toString('base64');
    });
    writeFileSync(screenshotPath('timeline-print').replace('.png', '.pdf'), Buffer.from(pdf, 'base64'));
    // A page that shows no lanes is some kilobytes smaller: their rectangles are in it as such.
    expect(pdf.length).toBeGreaterThan(60_000);
  });
});
