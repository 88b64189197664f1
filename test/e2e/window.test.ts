/**
 * The window as a person meets it: runs the seed experiment, sees its faults on the timeline, closes, opens
 * again and finds the run. Screenshots of every view go to test-results/screenshots.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { screenshotPath } from '../support/electron.ts';
import { repositoryRoot } from '../support/shared.ts';
import { measureSlowness } from '../support/yardstick.ts';
import { boxOf, plain, TestWindow } from './support/window.ts';

const SEED = 'resources/experiments/2005-question.json';

/** What `strace -f -ttt -T` writes of a program that stores into a mapped file. */
const STRACE = `1000 1700000000.000100 openat(AT_FDCWD, "a", O_RDWR) = 3 <0.000020>
1000 1700000000.000200 ftruncate(3, 65536) = 0 <0.000015>
1000 1700000000.000300 mmap(NULL, 65536, PROT_READ|PROT_WRITE, MAP_SHARED, 3, 0) = 0x7f0000000000 <0.000018>
1000 1700000000.000900 msync(0x7f0000000000, 65536, MS_SYNC) = 0 <0.004000>
1000 1700000000.005200 +++ exited with 0 +++
`;

const lab = new TestWindow('window');
const { folder } = lab;
let page: Page;

const shoot = (name: string): Promise<void> => lab.shoot(name);

describe('the window', () => {
  beforeAll(async () => {
    page = await lab.open();
  });

  afterAll(() => lab.end());

  it('shows the shipped experiments', async () => {
    await page.getByRole('button', { name: /^The 2005 question \d+ runs/ }).click();
    await shoot('experiments');
  });

  it('runs the seed experiment and shows what each policy came to', async () => {
    const table = await lab.run(/^The 2005 question \d+ runs/);
    const rowOf = async (policy: string): Promise<string[]> =>
      (await table.getByRole('row').filter({ hasText: policy }).first().locator('td').allInnerTexts()).map((text) =>
        plain(text).trim(),
      );
    // Figures of the seed question: 4096 pages read, one byte stored to every 16th.
    expect((await rowOf('P1')).slice(0, 6)).toEqual(['4 096', '0', '0', '16 MiB', '1 MiB', '15 MiB']);
    expect((await rowOf('P5')).slice(0, 6)).toEqual(['4 096', '0', '256', '1 MiB', '1 MiB', '0 B']);
    await shoot('results');
  });

  it('shows the faults on the timeline, by pointer and as a list', async () => {
    await page.getByRole('button', { name: 'P5', exact: true }).click();
    const list = page.getByRole('grid', { name: 'Events in the visible span' });
    await list.waitFor();
    const gutter = page.getByRole('group', { name: /^Lane / });
    await expect.poll(async () => (await gutter.allInnerTexts()).join(' ')).toContain('write-protect fault');
    await page.getByLabel('Kinds in the list').selectOption({ label: 'write-protect fault' });
    await page.getByText('256', { exact: true }).first().waitFor();
    const rows = list.getByRole('row');
    await expect.poll(() => rows.first().innerText()).toMatch(/write-protect[\s\S]*0x/);

    // The pointer over that row of the canvas tells the same.
    await rows.first().click();
    await page.keyboard.press('f');
    const label = page.locator('.gutter .row', { hasText: 'write-protect fault' }).first();
    await expect
      .poll(
        async () => {
          const [box, stage] = [await boxOf(label), await boxOf(page.locator('.scroller .stage'))];
          for (let x = 0; x < stage.width; x += 6) {
            await page.mouse.move(stage.x + x, box.y + box.height / 2);
            const card = page.locator('.stage [role=tooltip]');
            if ((await card.count()) === 0) continue;
            // What caused it comes a moment later.
            await card.getByText('caused by').waitFor({ timeout: 5000 });
            return plain(await card.innerText());
          }
          return '';
        },
        { timeout: 90_000 },
      )
      .toMatch(/write-protect fault[\s\S]*time[\s\S]*ns[\s\S]*address[\s\S]*0x[\s\S]*caused by/);
    await shoot('timeline-near');
    await page.keyboard.press('Escape');
    await page.mouse.move(10, 10);
    await page.keyboard.press('f');
    await shoot('timeline');
  });

  it('maps faults by address and requests by disk offset, and aggregates a selected span', async () => {
    const cells = (name: RegExp): Promise<number> =>
      page.getByRole('img', { name }).getAttribute('data-cells').then(Number);
    await expect.poll(() => cells(/^Faults by address/)).toBeGreaterThan(100);
    await page.getByRole('button', { name: /^Lanes and kinds/ }).click();
    await page.getByLabel('I/O by disk offset').check();
    await page.keyboard.press('Escape');
    await expect.poll(() => cells(/^I\/O by disk offset/)).toBeGreaterThan(50);
    const stage = await boxOf(page.locator('.scroller .stage'));
    await page.keyboard.down('Shift');
    await page.mouse.move(stage.x + 2, stage.y + 8);
    await page.mouse.down();
    await page.mouse.move(stage.x + stage.width - 4, stage.y + 8, { steps: 4 });
    await page.mouse.up();
    await page.keyboard.up('Shift');
    const figures = page.getByRole('region', { name: 'The selected span' });
    const fault = figures.getByRole('row', { name: /^write-protect fault/ });
    await fault.waitFor();
    expect((await fault.innerText()).split(/\s+/)).toContain('256');
    await shoot('timeline-span');
    await page.keyboard.press('Escape');
    await figures.waitFor({ state: 'detached' });
  });

  it('zooms and pans by keyboard, wheel and drag', async () => {
    const ruler = (): Promise<string> => page.locator('.strip .window').getAttribute('style').then(String);
    const stage = await boxOf(page.locator('.scroller .stage'));
    await page.locator('.overlay').focus();
    const positions = [await ruler()];
    const then = async (act: () => Promise<void>): Promise<void> => {
      await act();
      await expect.poll(ruler).not.toBe(positions.at(-1));
      positions.push(await ruler());
    };
    await then(() => page.keyboard.press('w'));
    await then(() => page.keyboard.press('w'));
    await then(() => page.keyboard.press('d'));
    await then(() => page.keyboard.press('a'));
    await page.mouse.move(stage.x + 300, stage.y + 100);
    await then(() => page.mouse.wheel(0, -240));
    await then(async () => {
      await page.mouse.down();
      await page.mouse.move(stage.x + 200, stage.y + 100, { steps: 4 });
      await page.mouse.up();
    });
    await then(() => page.keyboard.press('s'));
  });

  it('keeps the run: closed and opened again, the library has it', async () => {
    page = await lab.open();
    await lab.goTo('Library');
    const runs = page.getByRole('grid', { name: 'Runs' });
    await expect.poll(() => runs.locator('[data-run]').count()).toBeGreaterThanOrEqual(4);
    expect(await runs.innerText()).toContain('P5');
    await shoot('library');
    await page.getByLabel('Choose run').nth(0).check();
    await page.getByLabel('Choose run').nth(1).check();
    await page.getByRole('button', { name: 'Compare 2' }).click();
    await page.getByRole('region', { name: 'Timelines on one axis' }).waitFor();
    await page.locator('.stack .timeline').nth(1).waitFor();
  });

  it('opens a file named on the command line, runs its 50 million accesses, and never stutters', async () => {
    const seed = JSON.parse(readFileSync(join(repositoryRoot, SEED), 'utf8')) as Record<string, unknown>;
    const file = join(folder, 'large.json');
    // 64 MiB line by line, 48 times over: 50 331 648 stores.
    const stores = { do: 'store', mapping: 'map', stride: '64 B' };
    const threads = [{ name: 'main', steps: [{ do: 'loop', times: 48, steps: [stores] }] }];
    const files = [{ name: 'sparse', size: '64 MiB' }];
    const document = { ...seed, name: 'A large question', memory: '1 GiB', files, threads, policies: ['P5'] };
    writeFileSync(file, JSON.stringify(document));
    page = await lab.open(file);
    await page.getByRole('heading', { name: 'A large question' }).waitFor();
    const progress = page.getByRole('region', { name: 'Run under way' });
    /** Longest gap between two frames of the window from the beginning of the run to its end, ms. */
    const longestFrame = async (): Promise<number> => {
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await progress.waitFor();
      const seen = await page.evaluate<{ longest: number; frames: number; texts: string[] }>(`new Promise((resolve) => {
        let longest = 0, frames = 0, last = performance.now();
        const texts = new Set();
        const tick = (now) => {
          const progress = document.querySelector('[aria-label="Run under way"]');
          if (progress === null) return resolve({ longest, frames, texts: [...texts] });
          // Looked at now and then only: reading what is laid out costs time of its own.
          if (frames++ % 20 === 0) texts.add(progress.innerText);
          longest = Math.max(longest, now - last);
          last = now;
          requestAnimationFrame(tick);
        };
        requestAnimationFrame(tick);
      })`);
      const { longest, frames, texts } = seen;
      console.log(`50 million accesses: ${frames} frames, the longest ${longest.toFixed(0)} ms`);
      const told = texts
        .map(plain)
        .filter((text) => /[1-9]\d* %[\s\S]* left[\s\S]*events\/s[\s\S]*minor faults/.test(text));
      expect(told, 'progress that was told').not.toEqual([]);
      await page.getByRole('region', { name: /^Result of A large question/ }).waitFor();
      return longest;
    };
    // Another program may hold up the machine for a moment, which is not ours to answer for: once more, then.
    let longest = await longestFrame();
    for (let again = 0; again < 2 && longest >= 100; again++) longest = Math.min(longest, await longestFrame());
    // On a machine that is slower or held up throughout, by as much.
    expect(longest).toBeLessThan(longest < 100 ? 100 : 100 * (await measureSlowness()).wall);
  });

  it('cancels a run, and keeps nothing of it', async () => {
    await lab.goTo('Library');
    const count = page.locator('.actions .count');
    const before = await count.innerText();
    // Long enough to be still at work when it is cancelled, however fast the machine.
    const long = JSON.parse(readFileSync(join(folder, 'large.json'), 'utf8')) as { threads: { steps: object[] }[] };
    const steps = [{ ...long.threads[0].steps[0], times: 5000 }];
    const file = join(folder, 'longer.json');
    writeFileSync(file, JSON.stringify({ ...long, name: 'A longer question', threads: [{ name: 'main', steps }] }));
    await lab.drop(file);
    await page.getByRole('heading', { name: 'A longer question' }).waitFor();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    const progress = page.getByRole('region', { name: 'Run under way' });
    await expect.poll(async () => plain(await progress.innerText())).toMatch(/[1-9][\d.]*(?: [kM])? events\/s/);
    await page.screenshot({ path: screenshotPath('progress') });
    await page.getByRole('button', { name: 'Cancel' }).click();
    await progress.waitFor({ state: 'detached' });
    await lab.goTo('Library');
    await expect.poll(() => count.innerText()).toBe(before);
  });

  it('shows who waits for whom in a deadlock', async () => {
    const table = await lab.run(/^Deadlock City/);
    await table.getByRole('row').filter({ hasText: 'deadlock' }).first().getByRole('button').click();
    const graph = page.getByRole('region', { name: 'Who waits for whom' });
    await expect.poll(() => graph.innerText()).toMatch(/Nothing can go on[\s\S]*→/);
    await shoot('deadlock');
    await page.getByRole('button', { name: 'Timeline', exact: true }).click();
    await page.locator('[data-drawn=whole]').waitFor();
    await shoot('deadlock-timeline');
  });

  it('writes an experiment as text: told what is wrong as one types, kept over a restart', async () => {
    await page.keyboard.press('Control+1');
    await page.getByRole('button', { name: /^The 2005 question \d+ runs/ }).click();
    await page.getByRole('button', { name: 'Duplicate' }).click();
    await page.keyboard.press('Control+e');
    const text = page.getByRole('textbox', { name: /^The experiment as JSON/ });
    const status = page.locator('#design-verdict');
    await expect.poll(() => status.innerText()).toBe('Ready to run');
    const kept = async (): Promise<string> => {
      const drafts = await page.evaluate<string>(`localStorage.getItem('faultline.drafts')`);
      return (JSON.parse(drafts) as { text: string }[])[0].text;
    };
    const write = async (next: string): Promise<void> => {
      await text.click();
      await page.keyboard.press('Control+a');
      await page.keyboard.insertText(next);
      await expect.poll(kept).toBe(next);
    };
    const seed = await kept();
    await write(seed.replace('"P1"', '"P7"').replace('"16 MiB"', '"16 lots"'));
    await expect.poll(() => status.innerText()).toMatch(/policies:[\s\S]*P5[\s\S]*and 1 more/);
    // Each is underlined where it is written, with its sentence at hand.
    const marks = page.locator('.cm-lintRange-error');
    await expect.poll(() => marks.allInnerTexts()).toEqual(['"P7"', '"16 lots"']);
    await marks.nth(1).hover();
    await expect.poll(() => page.locator('.cm-diagnostic').innerText()).toMatch(/a size such as "16 KiB"/);
    await shoot('text-wrong');
    await write(seed.slice(0, 60));
    await expect.poll(() => status.innerText()).toMatch(/Line \d+/);
    await write(seed.replace('"16 MiB"', '"8 MiB"').replace('"seed": 1', '"seed": 2'));
    await expect.poll(() => status.innerText()).toBe('Ready to run');
    await page.keyboard.press('Control+Enter');
    const table = page.getByRole('region', { name: /^Result of/ });
    await expect.poll(async () => plain(await table.innerText())).toContain('2 048');
    await shoot('draft');
    page = await lab.open();
    await page.getByRole('button', { name: /^The 2005 question, changed/ }).click();
    await expect.poll(() => page.getByRole('button', { name: /^Run/ }).innerText()).toBe('Run 4 policies');
    expect(await kept()).toContain('8 MiB');
  });

  it('browses machines, every figure with its source', async () => {
    await lab.goTo('Machines');
    await page.getByRole('button', { name: /Prescott/ }).click();
    const figure = page.locator('.entry', { has: page.locator('.method') }).first();
    await figure.locator('.method').click();
    expect((await figure.locator('.told p').first().innerText()).length).toBeGreaterThan(5);
    await shoot('machines');
  });

  it('imports a recording that another tool wrote', async () => {
    await lab.goTo('Recordings');
    await page.getByRole('heading', { name: 'What can be imported' }).waitFor();
    const recording = join(folder, 'store.txt');
    writeFileSync(recording, STRACE);
    await lab.answerDialog(recording);
    await page.getByRole('button', { name: 'Import files' }).click();
    await page.getByRole('region', { name: 'Just imported' }).waitFor();
    await shoot('recordings');
    await page.getByRole('button', { name: 'Open its timeline' }).click();
    await page.getByRole('grid', { name: 'Events in the visible span' }).waitFor();
  });

  it('says what is wrong with a document, and where', async () => {
    const file = join(folder, 'wrong.json');
    const seed = JSON.parse(readFileSync(join(repositoryRoot, SEED), 'utf8')) as Record<string, unknown>;
    writeFileSync(file, JSON.stringify({ ...seed, name: 'A wrong question', policies: ['P9'], memory: 'much' }));
    page = await lab.open(file);
    await page.getByRole('heading', { name: 'A wrong question' }).waitFor();
    const said = page.getByRole('status').filter({ hasText: 'cannot be run' });
    await said.waitFor();
    const text = await said.innerText();
    expect(text).toMatch(/wrong\.json[\s\S]*policies\[0\]/);
    expect(text).toMatch(/memory/);
    expect(await page.getByRole('button', { name: 'Run', exact: true }).isDisabled()).toBe(true);
    await shoot('failure');
    // A name that only the lab knows to be wrong.
    const unknown = join(folder, 'unknown.json');
    writeFileSync(unknown, JSON.stringify({ ...seed, name: 'An unknown machine', machines: ['abacus'] }));
    await lab.drop(unknown);
    await page.getByRole('heading', { name: 'An unknown machine' }).waitFor();
    await expect.poll(() => said.innerText()).toMatch(/unknown\.json[\s\S]*abacus/);
    await page.getByRole('button', { name: 'Mend a copy in the designer' }).click();
    await page.getByRole('textbox', { name: 'Name of the experiment' }).waitFor();
    await lab.goTo('Experiments');
    await page.getByRole('button', { name: 'Discard draft' }).click();
    const draft = page.getByRole('button', { name: 'An unknown machine, changed' });
    await draft.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await draft.waitFor();
  });

  it('deletes runs and brings them back', async () => {
    await lab.goTo('Library');
    const rows = page.getByRole('grid', { name: 'Runs' }).locator('[data-run]');
    await rows.first().waitFor();
    const count = page.locator('.actions .count');
    const before = await count.innerText();
    await page.getByLabel('Choose run').first().check();
    await page.getByRole('button', { name: 'Delete the chosen runs' }).click();
    await expect.poll(() => count.innerText()).not.toBe(before);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => count.innerText()).toBe(before);
  });

  it('finds runs by machine, policy and word, and keeps tags and notes', async () => {
    const rows = page.getByRole('grid', { name: 'Runs' }).locator('[data-run]');
    await page.getByLabel('Policy', { exact: true }).selectOption('P1');
    await expect.poll(async () => (await rows.allInnerTexts()).every((text) => text.includes('P1'))).toBe(true);
    await page.getByLabel('Machine', { exact: true }).selectOption('workstation-2005');
    await rows.first().click();
    await page.getByLabel('Tags').fill('seed, first');
    await page.getByLabel('Notes').fill('Sixteen times too much.');
    await page.getByLabel('Tags').focus();
    await page.getByLabel('Policy', { exact: true }).selectOption('');
    await page.getByLabel('Machine', { exact: true }).selectOption('');
    await page.getByLabel('Find runs by word').fill('sixteen');
    await expect.poll(() => rows.count()).toBe(1);
    expect(await rows.first().innerText()).toMatch(/seed[\s\S]*P1/);
    await page.getByLabel('Find runs by word').fill('nothing of the kind');
    await page.getByRole('button', { name: 'Clear the filters' }).click();
    await page.getByLabel('Tag', { exact: true }).selectOption('first');
    await expect.poll(() => rows.count()).toBe(1);
    await shoot('library-filtered');
    await page.getByLabel('Tag', { exact: true }).selectOption('');
  });

  it('has a palette and a sheet of shortcuts', async () => {
    await page.keyboard.press('Control+Shift+P');
    await page.getByRole('combobox', { name: 'Find a command' }).fill('library');
    await shoot('palette');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Library' }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('heading', { name: 'Keys' }).waitFor();
    await shoot('shortcuts');
    await page.keyboard.press('Escape');
  });

  it('is sandboxed: no Node, no navigation, no new windows, no inline code', async () => {
    const inside = await page.evaluate(
      '[typeof require, typeof process, String(open("https://example.org")), location.origin]',
    );
    expect(inside).toEqual(['undefined', 'undefined', 'null', 'faultline://app']);
    await page.evaluate(`{
      const script = document.createElement('script');
      script.textContent = 'document.title = "injected"';
      document.head.append(script);
      location.href = 'https://example.org/';
    }`);
    await page.waitForTimeout(200);
    expect(await page.evaluate('[location.href, document.title]')).toEqual(['faultline://app/index.html', 'Faultline']);
  });
});
