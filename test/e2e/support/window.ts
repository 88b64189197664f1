/** One window of the built application with a library of its own, as the tests of the windows open and look at it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { _electron, type ElectronApplication, type Locator, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { electronLaunch, screenshotPath } from '../../support/electron.ts';

/** The sizes every view is looked at in. */
const SIZES = [
  [1280, 800],
  [1920, 1080],
] as const;
const THEMES = ['light', 'dark'] as const;
/** For fonts, transitions and canvases to settle before a picture is taken, ms. */
const SETTLE_MS = 200;

/** For one step of a person in the window. Quiet machines take hundredths of it; none takes this long without a fault. */
const STEP_MS = 45_000;
/** For the application to start. */
const START_MS = 90_000;

/** Numbers and units are set with narrow spaces; tests are written with plain ones. */
export const plain = (text: string): string => text.replace(/[\u202f\u00a0]/g, ' ');

/** Where something is laid out. @throws when it is not */
export async function boxOf(
  locator: Locator,
): Promise<{ readonly x: number; readonly y: number; readonly width: number; readonly height: number }> {
  const box = await locator.boundingBox();
  if (box === null) throw new Error('not laid out');
  return box;
}

/** For it to close; one whose page answers no more does not close by itself. */
const CLOSE_MS = 30_000;

/** What the main process is asked comes back within this, or never, ms. */
const ANSWER_MS = 15_000;
const TIMES_ASKED = 3;
/** The page takes a movement of the mouse within this, ms. */
const MOVEMENT_MS = 2000;

/** Rejects when `work` takes longer than so many milliseconds. */
export async function within<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing came of it within ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Playwright has no time limit for these, and loses an answer of the main process when that collects garbage just then:
 * asked again, it comes. Only for what may be asked more than once.
 */
async function askAgain<T>(ask: () => Promise<T>): Promise<T> {
  for (let asked = 1; ; asked++) {
    try {
      return await within(ANSWER_MS, 'the main process was asked', ask());
    } catch (error) {
      const lost = error instanceof Error && /garbage collected|nothing came of it/.test(error.message);
      if (!lost || asked === TIMES_ASKED) throw error;
    }
  }
}

/** A movement of the mouse, which is made though nothing may acknowledge it where the page is busy drawing. */
export async function moved(movement: Promise<void>): Promise<void> {
  await within(MOVEMENT_MS, 'the mouse was moved', movement).catch((error: unknown) => {
    if (!(error instanceof Error && error.message.includes('nothing came of it'))) throw error;
  });
}

export class TestWindow {
  /** Gone after {@link end}. */
  readonly folder: string;
  private running: { readonly application: ElectronApplication; readonly page: Page } | null = null;

  constructor(name: string) {
    this.folder = mkdtempSync(join(tmpdir(), `faultline-${name}-`));
  }

  get application(): ElectronApplication {
    return this.started().application;
  }

  get page(): Page {
    return this.started().page;
  }

  get library(): string {
    return join(this.folder, 'library.faultline.db');
  }

  /** Opens the window, or closes and opens it again. @param files named on its command line */
  async open(...files: string[]): Promise<Page> {
    const page = await this.launch(...files);
    await page.getByRole('heading', { name: 'Experiments' }).waitFor();
    return page;
  }

  /** As {@link open}, without waiting for the experiments: what a file on the command line opens may stand over them. */
  async launch(...files: string[]): Promise<Page> {
    await this.close();
    const launch = await electronLaunch([`--user-data-dir=${join(this.folder, 'user-data')}`, ...files], {
      FAULTLINE_LIBRARY: this.library,
    });
    const application = await _electron.launch({ ...launch, timeout: START_MS });
    const page = await application.firstWindow({ timeout: START_MS });
    this.running = { application, page };
    page.setDefaultTimeout(STEP_MS);
    // Playwright pretends a light system unless told not to; the theme is Electron's here.
    await page.emulateMedia({ colorScheme: null });
    return page;
  }

  async end(): Promise<void> {
    await this.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async setTheme(theme: (typeof THEMES)[number] | 'system'): Promise<void> {
    await askAgain(() =>
      this.application.evaluate(({ nativeTheme }, source) => {
        nativeTheme.themeSource = source;
      }, theme),
    );
  }

  async setSize(width: number, height: number): Promise<void> {
    await askAgain(() =>
      this.application.evaluate(
        ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height),
        { width, height },
      ),
    );
    await this.page.waitForFunction(`innerWidth === ${width}`);
  }

  /** The view in both sizes and themes under test-results/screenshots, and what axe says about it in each theme. */
  async shoot(name: string): Promise<void> {
    for (const theme of THEMES) {
      await this.setTheme(theme);
      for (const [width, height] of SIZES) {
        await this.setSize(width, height);
        await this.page.waitForTimeout(SETTLE_MS);
        await this.page.screenshot({ path: screenshotPath(`${name}-${width}x${height}-${theme}`) });
      }
      await this.expectAccessible(`${name}, ${theme}`);
    }
  }

  /** Drops files from the system on the window, on whatever is in its middle. */
  async drop(...files: string[]): Promise<void> {
    await this.page.evaluate(
      `document.body.append(Object.assign(document.createElement('input'), { id: 'dropped', type: 'file', multiple: true, hidden: true }))`,
    );
    await this.page.setInputFiles('#dropped', files);
    await this.page.evaluate(`{
      const field = document.getElementById('dropped');
      const dataTransfer = new DataTransfer();
      for (const file of field.files) dataTransfer.items.add(file);
      const target = document.elementFromPoint(innerWidth / 2, innerHeight / 2);
      for (const type of ['dragenter', 'dragover', 'drop'])
        target.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true, composed: true }));
      field.remove();
    }`);
  }

  /** The next dialog of the system that asks for files is answered with these. */
  async answerDialog(...files: string[]): Promise<void> {
    await this.application.evaluate(({ dialog }, filePaths) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths });
    }, files);
  }

  /** The next dialog that asks where to save is answered with a file; null is a person who changes their mind. */
  async answerSaveDialog(file: string | null): Promise<void> {
    await this.application.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: filePath === '', filePath });
    }, file ?? '');
  }

  /** Goes to a place by the rail. */
  async goTo(place: string): Promise<void> {
    await this.page
      .getByRole('navigation', { name: 'Places' })
      .getByRole('button', { name: place, exact: true })
      .click();
  }

  /** Runs a shipped experiment under all its policies; what it came to is then shown. */
  async run(experiment: RegExp): Promise<Locator> {
    await this.goTo('Experiments');
    await this.page.getByRole('button', { name: experiment }).click();
    await this.page.getByRole('button', { name: /^Run( \d+ policies| all \d+)?$/ }).click();
    const result = this.page.getByRole('region', { name: /^Result of/ });
    await result.waitFor();
    return result;
  }

  /**
   * Does something, and has the page itself click a button in the very moment that it can be clicked and the window says
   * so. What passes by on a fast machine before a click comes from outside is not missed that way.
   * @param says what must stand in the window's text
   */
  async clickAtOnce(button: string, says: RegExp, act: () => Promise<void>): Promise<void> {
    const clicked = this.page.evaluate(`new Promise((resolve, reject) => {
      const end = () => { observer.disconnect(); clearTimeout(late); };
      const look = () => {
        const found = [...document.querySelectorAll('button:not(:disabled)')]
          .find((one) => one.textContent.trim() === ${JSON.stringify(button)});
        if (found === undefined || !${says}.test(document.body.textContent)) return;
        end();
        found.click();
        resolve();
      };
      const observer = new MutationObserver(look);
      const late = setTimeout(() => { end(); reject(new Error('no moment to click ' + ${JSON.stringify(button)})); }, ${STEP_MS});
      observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    })`);
    await Promise.all([clicked, act()]);
  }

  /** No violation of axe's rules in what is shown. */
  async expectAccessible(what: string): Promise<void> {
    const { violations } = await new AxeBuilder({ page: this.page }).setLegacyMode(true).analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
    expect(found, `axe on ${what}`).toEqual([]);
  }

  /** Asks the main process for something, which may be asked more than once. */
  async ask<T>(question: (application: ElectronApplication) => Promise<T>): Promise<T> {
    return await askAgain(() => question(this.application));
  }

  /** Whether the page still answers. */
  async answers(): Promise<boolean> {
    return await within(ANSWER_MS, 'the page was asked', this.page.evaluate('true')).then(
      () => true,
      () => false,
    );
  }

  private async close(): Promise<void> {
    const application = this.running?.application;
    this.running = null;
    if (application === undefined) return;
    const { pid } = application.process();
    await within(CLOSE_MS, 'the application was closed', application.close()).catch((error: unknown) => {
      console.log(`the application is ended by force: ${String(error)}`);
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
    });
  }

  private started(): { readonly application: ElectronApplication; readonly page: Page } {
    if (this.running === null) throw new Error('the window is not open');
    return this.running;
  }
}
