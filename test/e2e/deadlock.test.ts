/**
 * The wait-for graph at a knot, stepped back in time: of a run, and of a scenario that the explorer went through.
 * Screenshots go to test-results/screenshots.
 */
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plain, TestWindow } from './support/window.ts';

const test = new TestWindow('deadlock');

const knot = (): Locator => test.page.getByRole('region', { name: 'Who waits for whom' });
const waits = (): Locator => knot().locator('.side ul li');
const now = async (): Promise<string> => plain(await knot().getByRole('status').innerText());

/** Texts of the drawing that do not fit into their boxes in the font that is really used. */
const tooLong = (): Promise<string[]> =>
  test.page.evaluate(`[...document.querySelectorAll('.node, .on-edge')].flatMap((group) => {
    const box = group.querySelector('rect').getBoundingClientRect();
    return [...group.querySelectorAll('text')].flatMap((text) => {
      const { left, right, top, bottom } = text.getBoundingClientRect();
      const fits = left >= box.left - 1 && right <= box.right + 1 && top >= box.top - 3 && bottom <= box.bottom + 3;
      return fits ? [] : [text.textContent];
    });
  })`);

describe('a deadlock', () => {
  beforeAll(() => test.open());
  afterAll(() => test.end());

  it('of a run shows who waits for whom, each by what it is, and is stepped back by keys and buttons', async () => {
    const { page } = test;
    const table = await test.run(/^Deadlock City/);
    await table.getByRole('row').filter({ hasText: 'P3' }).getByRole('button').click();
    await knot().waitFor();
    await expect.poll(now).toMatch(/^(\d+) of \1 /);
    const text = plain(await knot().innerText());
    expect(text).toMatch(/main[\s\S]*0 of 6 frames free[\s\S]*dirty page 13[\s\S]*lock of page 1[\s\S]*flusher/);
    const atKnot = await waits().count();
    expect(await knot().locator('.node.knot').count()).toBeGreaterThan(5);
    await test.shoot('deadlock-city');
    expect(await tooLong()).toEqual([]);
    const tools = ['Fit', 'Zoom in', 'Zoom out', 'Set a mark', 'Search', 'Page'];
    for (const name of tools) expect(await page.getByRole('button', { name, exact: true }).count(), name).toBe(0);
    const box = knot().locator('.node rect').first();
    const placeOf = (): Promise<unknown> => Promise.all(['x', 'y'].map((name) => box.getAttribute(name)));
    const place = await placeOf();

    await knot().focus();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => waits().count()).toBeLessThan(atKnot);
    expect(await knot().locator('.node.knot').count()).toBe(0);
    expect(await placeOf(), 'nodes keep their places').toEqual(place);
    await knot().getByRole('button', { name: 'Step back' }).click();
    await test.shoot('deadlock-city-back');
    await knot().getByRole('button', { name: 'First' }).click();
    await expect.poll(() => waits().allInnerTexts()).toEqual(['Nobody waits for anything yet.']);
    await page.keyboard.press('ArrowRight');
    await expect.poll(now).toMatch(/^1 of \d+ folio added at page 1 at/);
    await knot().getByRole('button', { name: 'Show this event on the timeline' }).click();
    await page.locator('[data-drawn=whole]').waitFor();
    for (const name of tools) await page.getByRole('button', { name, exact: true }).waitFor();
    await expect
      .poll(() => page.getByRole('region', { name: 'The selected event' }).innerText())
      .toMatch(/folio added/i);
  });

  it('is found by the explorer in the window, and the shortest path to it is stepped through', async () => {
    const { page } = test;
    await page.keyboard.press('Control+4');
    await page.getByRole('heading', { name: 'Explorer' }).waitFor();
    await expect
      .poll(() => page.getByRole('navigation', { name: 'Scenarios' }).getByRole('button').count())
      .toBeGreaterThanOrEqual(4);
    await test.shoot('explorer-empty');
    await page.getByRole('button', { name: 'Explore', exact: true }).click();
    const row = (policy: string): Locator =>
      page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: policy, exact: true }) });
    await row('P3').waitFor();
    expect(await row('P3').innerText()).toMatch(/can deadlock, never finishes/);
    expect(await row('P4-nonblocking').innerText()).toMatch(/can go round for ever/);
    expect(await row('P5-folio').innerText()).toMatch(/always can finish/);
    await expect.poll(() => knot().locator('.node.knot').count()).toBeGreaterThan(3);
    await test.shoot('explorer');
    expect(await tooLong()).toEqual([]);
    await knot().focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await expect.poll(now).toMatch(/thread 1/);
    await test.shoot('explorer-back');
    await row('P4-nonblocking').getByRole('button').click();
    await expect.poll(() => knot().innerText()).toMatch(/And then, for ever/);
  });

  it('can be looked for in a scenario of hundreds of thousands of states, and given up', async () => {
    const { page } = test;
    await page.getByRole('button', { name: /^S2/ }).click();
    // Done in a second: the page itself cancels, in the moment that it can.
    const explore = page.getByRole('button', { name: 'Explore', exact: true });
    await test.clickAtOnce('Cancel', /policy \d of/, () => explore.click());
    await explore.waitFor();
    expect(await page.locator('.table').count()).toBe(0);
  });
});
