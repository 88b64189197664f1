/**
 * The timeline of a run of ten million events: how soon there is a picture, how many frames a second while it
 * is zoomed and panned at 1600 x 900, and what memory the window takes. Figures are printed; the bounds
 * are those the project promises, with room for a busy machine where they are about speed.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { screenshotPath } from '../support/electron.ts';
import { makeLargeLibrary } from './large-run.ts';
import { TestWindow } from './support/window.ts';

const EVENTS = 10_000_000;
/** Promised: 500 ms, 50 frames a second, 400 MB. A shared test machine is given twice the time. */
const SLACK = 2;

const lab = new TestWindow('large');
let page: Page;

interface Frames {
  readonly count: number;
  readonly perSecond: number;
  readonly p95: number;
  readonly worst: number;
}

/** Counts the page's frames while `act` goes on. */
async function framesDuring(act: () => Promise<void>): Promise<Frames> {
  await page.evaluate(`{
    window.__frames = [];
    const tick = (now) => {
      if (window.__frames === undefined) return;
      window.__frames.push(now);
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }`);
  await act();
  const times = await page.evaluate<number[]>('{ const f = window.__frames; window.__frames = undefined; f }');
  const gaps = times
    .slice(1)
    .map((time, i) => time - times[i])
    .sort((a, b) => a - b);
  return {
    count: gaps.length,
    perSecond: (1000 * gaps.length) / (times[times.length - 1] - times[0]),
    p95: gaps[Math.floor(gaps.length * 0.95)],
    worst: gaps[gaps.length - 1],
  };
}

describe('a run of ten million events', () => {
  beforeAll(async () => {
    makeLargeLibrary(lab.library, EVENTS);
    page = await lab.open();
    page.setDefaultTimeout(20_000);
    await lab.setSize(1600, 900);
    await page.getByRole('button', { name: 'Library' }).click();
    await page.getByRole('grid', { name: 'Runs' }).waitFor();
  }, 300_000);

  afterAll(() => lab.end());

  it('has its first picture at once', async () => {
    const opened = await page.evaluate<number>(`new Promise((resolve) => {
      const start = performance.now();
      document.querySelector('[data-run] .name').click();
      const look = () => {
        const state = document.querySelector('[data-drawn]')?.dataset.drawn;
        if (state === 'part' || state === 'whole') resolve(performance.now() - start);
        else requestAnimationFrame(look);
      };
      look();
    })`);
    console.log(`first picture after ${opened.toFixed(0)} ms`);
    await page.locator('[data-drawn=whole]').waitFor();
    await page.screenshot({ path: screenshotPath('large-whole') });
    expect(opened).toBeLessThan(500 * SLACK);
  });

  it('zooms and pans smoothly', async () => {
    const stage = await page.locator('.scroller .stage').boundingBox();
    if (stage === null) throw new Error('the timeline is not laid out');
    await page.mouse.move(stage.x + stage.width / 2, stage.y + 150);
    const zoomed = await framesDuring(async () => {
      for (let i = 0; i < 60; i++) await page.mouse.wheel(0, i < 40 ? -100 : 100);
    });
    await page.locator('[data-drawn=whole]').waitFor();
    await page.screenshot({ path: screenshotPath('large-near') });
    const panned = await framesDuring(async () => {
      await page.mouse.down();
      for (let i = 0; i < 80; i++) await page.mouse.move(stage.x + stage.width / 2 - i * 6, stage.y + 150);
      await page.mouse.up();
    });
    for (const [name, frames] of Object.entries({ zoomed, panned })) {
      const { perSecond, p95, worst, count } = frames;
      console.log(
        `${name}: ${perSecond.toFixed(0)} frames/s over ${count} frames, p95 ${p95.toFixed(0)} ms, worst ${worst.toFixed(0)} ms`,
      );
      expect(perSecond).toBeGreaterThan(50 / SLACK);
    }
  });

  it('maps its faults, and says that it read a part', async () => {
    const cells = (): Promise<number> =>
      page
        .getByRole('img', { name: /^Faults by address/ })
        .getAttribute('data-cells')
        .then(Number);
    await page.keyboard.press('f');
    await expect.poll(cells, { timeout: 20_000 }).toBeGreaterThan(10_000);
    await page.getByText(/^1 in \d+ batches read$/).waitFor();
    await page.screenshot({ path: screenshotPath('large-map') });
  });

  it('keeps the window small', async () => {
    const bytes = await lab.application.evaluate(({ app, BrowserWindow }) => {
      const pid = BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId();
      const found = app.getAppMetrics().find((metric) => metric.pid === pid);
      return (found?.memory.workingSetSize ?? 0) * 1024;
    });
    console.log(`window: ${(bytes / 1e6).toFixed(0)} MB`);
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThan(400e6);
  });
});
