/**
 * The timeline of a run of ten million events: how soon there is a picture, how many frames a second while it
 * is zoomed and panned at 1600 x 900, what each frame costs, and what memory the window takes. Figures are printed;
 * the bounds are those the project promises, the best of a few tries. Where none of them holds, it is measured how much
 * slower the machine is than the one of the promise, and the bound grows by that and no more: see `yardstick.ts`.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { screenshotPath } from '../support/electron.ts';
import { measureSlowness } from '../support/yardstick.ts';
import { makeLargeLibrary } from './large-run.ts';
import { boxOf, moved, TestWindow, within } from './support/window.ts';

const EVENTS = 10_000_000;
/** Promised: first picture, frames a second, memory of the window. */
const PROMISED = { pictureMs: 500, framesPerSecond: 50, bytes: 400e6 };

/** Others on the machine hold up one try, seldom each. */
const TRIES = 3;
/** A window without a picture by then will have none, ms. */
const PICTURE_MS = 30_000;

/** Processor time of the window's page so far, ms. */
function pageCpuMs(): Promise<number> {
  return lab.ask((application) =>
    application.evaluate(({ app, BrowserWindow }) => {
      const pid = BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId();
      const metric = app.getAppMetrics().find((candidate) => candidate.pid === pid);
      return (metric?.cpu.cumulativeCPUUsage ?? 0) * 1000;
    }),
  );
}

const lab = new TestWindow('large');
let page: Page;

interface Frames {
  readonly count: number;
  readonly perSecond: number;
  readonly p95: number;
  readonly worst: number;
  /** Of the page's process, ms a frame. */
  readonly cpuMs: number;
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
  const before = await pageCpuMs();
  await act();
  const cpu = (await pageCpuMs()) - before;
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
    cpuMs: cpu / gaps.length,
  };
}

/**
 * With its picture drawn by the processor of a machine that others keep busy, Chromium 130 (the stand-in's) was seen to
 * stop in the middle of a frame for ever, the page's main thread waiting for its own compositor. That is no figure of
 * ours: the window is opened anew.
 */
async function ifFrozen(error: unknown): Promise<number> {
  if (await lab.answers()) throw error;
  console.log('the page answers no more');
  return Infinity;
}

async function thaw(): Promise<void> {
  if (await lab.answers()) return;
  console.log('the page answers no more: the window is opened anew');
  await openLibrary();
  await firstPictureMs();
}

function isSmooth({ perSecond, cpuMs }: Frames): boolean {
  return perSecond > PROMISED.framesPerSecond && cpuMs < 1000 / PROMISED.framesPerSecond;
}

async function openLibrary(): Promise<void> {
  page = await lab.open();
  await lab.setSize(1600, 900);
  await lab.goTo('Library');
  await page.locator('[data-run]').first().waitFor();
}

/** Opens the run; ms until something of it is drawn. */
async function firstPictureMs(): Promise<number> {
  const drawn = page.evaluate<number>(`new Promise((resolve) => {
    const start = performance.now();
    document.querySelector('[data-run] .name').click();
    const look = () => {
      const state = document.querySelector('[data-drawn]')?.dataset.drawn;
      if (state === 'part' || state === 'whole') resolve(performance.now() - start);
      else requestAnimationFrame(look);
    };
    look();
  })`);
  const opened = await within(PICTURE_MS, 'the first picture', drawn);
  console.log(`first picture after ${opened.toFixed(0)} ms`);
  await page.locator('[data-drawn=whole]').waitFor();
  return opened;
}

describe('a run of ten million events', () => {
  beforeAll(async () => {
    makeLargeLibrary(lab.library, EVENTS);
    await openLibrary();
  }, 300_000);

  beforeEach(thaw);
  afterAll(() => lab.end());

  it('has its first picture at once', async () => {
    let opened = Infinity;
    for (let tried = 0; tried < TRIES && opened >= PROMISED.pictureMs; tried++) {
      if (tried > 0) await openLibrary();
      opened = Math.min(opened, await firstPictureMs().catch(ifFrozen));
    }
    await thaw();
    await page.screenshot({ path: screenshotPath('large-whole') });
    const allowance = opened < PROMISED.pictureMs ? 1 : (await measureSlowness()).wall;
    expect(opened).toBeLessThan(PROMISED.pictureMs * allowance);
  });

  const zoom = async (): Promise<void> => {
    for (let i = 0; i < 60; i++) await moved(page.mouse.wheel(0, i < 40 ? -100 : 100));
  };
  const pan = async (): Promise<void> => {
    const stage = await boxOf(page.locator('.scroller .stage'));
    await page.mouse.down();
    for (let i = 0; i < 80; i++) await moved(page.mouse.move(stage.x + stage.width / 2 - i * 6, stage.y + 150));
    await page.mouse.up();
  };
  it.each([
    ['zooms', zoom],
    ['pans', pan],
  ])('%s smoothly', async (name, act) => {
    let best: Frames | undefined;
    for (let tried = 0; tried < TRIES && (best === undefined || !isSmooth(best)); tried++) {
      const stage = await boxOf(page.locator('.scroller .stage'));
      await page.mouse.move(stage.x + stage.width / 2, stage.y + 150);
      const frames = await framesDuring(act);
      const { perSecond, p95, worst, count, cpuMs } = frames;
      console.log(
        `${name}: ${perSecond.toFixed(0)} frames/s over ${count} frames, p95 ${p95.toFixed(0)} ms, worst ${worst.toFixed(0)} ms, processor ${cpuMs.toFixed(1)} ms a frame`,
      );
      if (best === undefined || perSecond > best.perSecond) best = frames;
      await page.locator('[data-drawn=whole]').waitFor();
    }
    await page.screenshot({ path: screenshotPath(`large-${name}`) });
    const { perSecond, cpuMs } = best!;
    expect(cpuMs).toBeGreaterThan(0);
    const { wall, processor } = isSmooth(best!) ? { wall: 1, processor: 1 } : await measureSlowness();
    expect(perSecond).toBeGreaterThan(PROMISED.framesPerSecond / wall);
    expect(cpuMs).toBeLessThan((1000 / PROMISED.framesPerSecond) * processor);
  });

  it('maps its faults, and says that it read a part', async () => {
    const cells = (): Promise<number> =>
      page
        .getByRole('img', { name: /^Faults by address/ })
        .getAttribute('data-cells')
        .then(Number);
    await page.keyboard.press('f');
    await expect.poll(cells).toBeGreaterThan(10_000);
    await page.getByText(/^1 in \d+ batches read$/).waitFor();
    await page.screenshot({ path: screenshotPath('large-map') });
  });

  it('finds events among them all', async () => {
    await page.keyboard.press('/');
    await page.getByRole('button', { name: 'Any kind' }).click();
    const began = performance.now();
    await page.locator('.search-kinds').getByLabel('write-protect fault').check();
    const found = page.getByRole('search').locator('output');
    await expect.poll(() => found.innerText(), { timeout: 60_000 }).toMatch(/^1\s250\s000 events$/u);
    await page.locator('[data-drawn=whole]').waitFor();
    console.log(`1.25 of 10 million found and drawn after ${(performance.now() - began).toFixed(0)} ms`);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Next hit' }).click();
    await expect.poll(() => found.innerText()).toMatch(/^1 of 1\s250\s000$/u);
    await page.screenshot({ path: screenshotPath('large-found') });
    await page.getByRole('button', { name: 'Close the search' }).click();
  });

  it('keeps the window small', async () => {
    const bytes = await lab.ask((application) =>
      application.evaluate(({ app, BrowserWindow }) => {
        const pid = BrowserWindow.getAllWindows()[0]?.webContents.getOSProcessId();
        const found = app.getAppMetrics().find((metric) => metric.pid === pid);
        return (found?.memory.workingSetSize ?? 0) * 1024;
      }),
    );
    console.log(`window: ${(bytes / 1e6).toFixed(0)} MB`);
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThan(PROMISED.bytes);
  });
});
