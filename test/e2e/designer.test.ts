/**
 * The designer in the real window: one experiment drawn from nothing with the mouse only, one with the keyboard only,
 * both run, and found in the library after a restart. Screenshots go to test-results/screenshots.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { boxOf, plain, TestWindow } from './support/window.ts';

/** What valgrind's lackey writes. */
const LACKEY = `==99== Lackey, an example Valgrind tool
==99== Command: ./toy
I  00400000,3
 L 1ffe000100,8
 S 1ffe000108,8
I  00400003,4
 M 0060a010,4
 L 0060b000,16
`;
/** Two page faults as Linux' ftrace writes them. */
const FTRACE = `# tracer: nop
          editor-411     [002] d....   100.000020: page_fault_user: address=0x7f0000001000 ip=0x400100 error_code=0x4
          editor-411     [002] d....   100.000150: page_fault_user: address=0x7f0000004000 ip=0x400100 error_code=0x6
`;

const lab = new TestWindow('designer');
let page: Page;

const shoot = (name: string): Promise<void> => lab.shoot(name);

async function middleOf(locator: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await boxOf(locator);
  return { ...box, x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Presses, moves in steps and lets go, as a hand does. */
async function dragTo(from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 5 });
  await page.mouse.move(to.x, to.y, { steps: 5 });
  await page.mouse.up();
}

const verdict = (): Locator => page.locator('#design-verdict');
const steps = (): Locator => page.locator('[data-step]');
const undone = (): Promise<void> => page.getByRole('button', { name: 'Undo', exact: true }).click();
/** The document as the designer keeps it. */
async function written(): Promise<Record<string, unknown>> {
  const kept = await page.evaluate<string>(`localStorage.getItem('faultline.drafts')`);
  const [draft] = JSON.parse(kept) as { text: string }[];
  return JSON.parse(draft.text) as Record<string, unknown>;
}

describe('the designer', () => {
  beforeAll(async () => {
    page = await lab.open();
  });

  afterAll(() => lab.end());

  it('takes an experiment from empty to its timeline with the mouse only', async () => {
    await page.getByRole('button', { name: 'New', exact: true }).click();
    await expect.poll(() => verdict().innerText()).toBe('Add a file to begin.');
    await shoot('designer-empty');
    await page.getByRole('button', { name: 'Add file' }).click();

    // The first half is written, an eighth behind it is only reserved.
    const strip = await middleOf(page.locator('.strip'));
    const left = strip.x - strip.width / 2;
    const at = (share: number): { x: number; y: number } => ({ x: left + share * strip.width, y: strip.y });
    await page.getByText('written', { exact: true }).first().click();
    await dragTo(at(0.001), at(0.498));
    await page.locator('.tools').getByText('unwritten', { exact: true }).click();
    await dragTo(at(0.502), at(0.623));
    await expect
      .poll(async () => (await written())['files'])
      .toEqual([
        {
          name: 'data',
          size: '16 MiB',
          extents: [
            { at: '0', length: '8 MiB' },
            { at: '8 MiB', length: '2 MiB', state: 'unwritten' },
          ],
        },
      ]);

    // A mapping drawn on it, of a part of the file; taken back.
    await page.locator('.tools').getByText('map', { exact: true }).click();
    await dragTo(at(0.502), at(0.748));
    await expect
      .poll(async () => ((await written())['mappings'] as object[])[1])
      .toMatchObject({ name: 'map 2', file: 'data', offset: '8 MiB', length: '4 MiB' });
    await undone();
    await page.locator('.tools').getByText('select', { exact: true }).click();

    // Steps dragged into the lane, the last dropped before the first, then put behind it.
    const lane = page.locator('.thread .list').first();
    await dragTo(await middleOf(page.getByRole('button', { name: 'Add step store' })), await middleOf(lane));
    await dragTo(await middleOf(page.getByRole('button', { name: 'Add step msync' })), await middleOf(lane));
    await expect.poll(() => steps().count()).toBe(2);
    const first = await middleOf(steps().nth(0));
    await dragTo(await middleOf(page.getByRole('button', { name: 'Add step load' })), { x: first.x - 40, y: first.y });
    const kinds = async (): Promise<string> =>
      (await steps().allInnerTexts()).map((text) => text.split('\n')[0]).join(' ');
    await expect.poll(kinds).toBe('load store msync');
    const last = await middleOf(steps().nth(2));
    await dragTo(await middleOf(steps().nth(0)), { x: last.x + 50, y: last.y });
    await expect.poll(() => steps().nth(2).innerText()).toMatch(/^load/);
    await undone();
    await expect.poll(() => steps().nth(0).innerText()).toMatch(/^load/);

    // Copied, repeated, grouped; and all of it taken back and done again.
    await steps().nth(1).click();
    await page.getByRole('button', { name: 'Copy', exact: true }).click();
    await page.getByRole('button', { name: 'Repeat', exact: true }).click();
    await expect.poll(() => page.getByRole('button', { name: /^loop/ }).innerText()).toMatch(/loop × 2/);
    for (let i = 0; i < 8; i++) await undone();
    await expect.poll(() => verdict().innerText()).toBe('Add a file to begin.');
    for (let i = 0; i < 8; i++) await page.getByRole('button', { name: 'Redo' }).click();
    await expect.poll(() => steps().count()).toBe(5);
    await expect.poll(() => verdict().innerText()).toBe('Ready to run');

    // Policies ticked beside the drawing.
    await page.getByRole('button', { name: /^Policies/ }).click();
    await page.getByRole('checkbox', { name: /^P1 / }).check();
    await page.getByRole('checkbox', { name: /^P5 / }).check();
    await shoot('designer-policies');
    await steps().nth(0).click();
    await shoot('designer-step');

    await page.getByRole('button', { name: 'Run all 3' }).click();
    const table = page.getByRole('region', { name: /^Result of New experiment/ });
    await expect.poll(async () => plain(await table.innerText())).toMatch(/P1[\s\S]*P5/);
  });

  it('takes an experiment from empty to its timeline with the keyboard only', async () => {
    const press = async (...keys: string[]): Promise<void> => {
      for (const key of keys) await page.keyboard.press(key);
    };
    /** Tab, until the thing of that name has the focus. */
    const tabTo = async (name: RegExp, back = false): Promise<void> => {
      for (let i = 0; i < 120; i++) {
        const focused = await page.evaluate<string>(
          `(() => { let e = document.activeElement; while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement; return (e?.getAttribute('aria-label') ?? e?.labels?.[0]?.textContent ?? e?.textContent ?? '').trim(); })()`,
        );
        if (name.test(focused)) return;
        await page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
      }
      throw new Error(`no way by Tab to ${name.source}`);
    };
    await press('Control+n');
    await expect.poll(() => verdict().innerText()).toBe('Add a file to begin.');
    await tabTo(/^Name of the experiment/);
    await press('Control+a');
    await page.keyboard.type('By keyboard');
    await press('Control+Shift+F');

    // The file's size is typed, wrong first: told at the field, and the drawing stays.
    await tabTo(/^Size/);
    await press('Control+a');
    await page.keyboard.type('1 lot');
    const size = page.getByLabel('Size');
    await expect.poll(() => size.getAttribute('aria-invalid')).toBe('true');
    await press('Control+a');
    await page.keyboard.type('1 MiB');
    await expect.poll(() => size.getAttribute('aria-invalid')).toBe('false');
    await tabTo(/^Blocks of file data/, true);
    await press('ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowRight', 'w');
    await expect
      .poll(async () => JSON.stringify((await written())['files']))
      .toContain('"extents":[{"at":"8 KiB","length":"24 KiB"}]');

    await tabTo(/^Add step store/);
    await press('Enter');
    await tabTo(/^Every/);
    await press('Control+a');
    await page.keyboard.type('16 KiB');
    // The palette knows the steps too.
    await press('Control+Shift+P');
    await page.getByRole('combobox', { name: 'Find a command' }).waitFor();
    await page.keyboard.type('add a step msync');
    await press('Enter');
    await expect.poll(() => steps().count()).toBe(2);
    await tabTo(/^msync/, true);
    await press('Alt+ArrowLeft');
    await expect.poll(() => steps().nth(0).innerText()).toMatch(/^msync/);
    await press('Alt+ArrowRight', 'Shift+ArrowLeft', 'Control+g');
    await expect.poll(() => page.getByRole('button', { name: /^loop/ }).innerText()).toMatch(/loop × 2/);
    await press('Control+z', 'Control+Shift+Z');
    await expect.poll(() => steps().count()).toBe(3);
    await expect.poll(() => verdict().innerText()).toBe('Ready to run');

    // The same as text: broken, the drawing stays; mended, both are in step.
    await press('Control+e');
    // The editor is loaded when it is first shown: it has to be there to be reached.
    await page.getByLabel(/^The experiment as JSON/).waitFor();
    await tabTo(/^The experiment as JSON/);
    await press('Control+Home');
    await page.keyboard.type('x');
    await expect.poll(() => verdict().innerText()).toMatch(/Line 1/);
    expect(await steps().count()).toBe(3);
    await shoot('designer-text-wrong');
    await press('Backspace');
    await expect.poll(() => verdict().innerText()).toBe('Ready to run');
    await shoot('designer-text');

    // The editor knows the schema: a field is offered, and the drawing follows what is chosen.
    await press('Control+Home', 'ArrowDown', 'End', 'Enter');
    await page.keyboard.type('"fre');
    await page.locator('.cm-tooltip-autocomplete li', { hasText: 'freeSpace' }).waitFor();
    await expect.poll(() => page.locator('.cm-completionInfo').innerText()).toMatch(/^Free space/);
    // The list takes no key in its first moment, lest it swallow what was meant for the text.
    await page.waitForTimeout(300);
    await press('Enter');
    await expect.poll(() => verdict().innerText()).toBe('Ready to run');
    await expect.poll(() => page.getByRole('button', { name: /^Memory/ }).innerText()).toMatch(/4 KiB free on disk/);
    // What is typed slowly is more than one step of undo.
    const isBack = async (): Promise<boolean> =>
      !(await page.locator('.cm-content').innerText()).includes('"fre') && !('freeSpace' in (await written()));
    for (let i = 0; i < 6 && !(await isBack().catch(() => false)); i++) await press('Control+z');
    await expect.poll(isBack).toBe(true);
    await expect.poll(() => verdict().innerText()).toBe('Ready to run');
    await page.locator('.cm-content').getByText('"seed"').hover();
    await expect
      .poll(() => page.locator('.cm-help').innerText())
      .toMatch(/same seed gives the same run[\s\S]*1 by default/);

    await press('Control+Enter');
    await page.getByRole('grid', { name: 'Events in the visible span' }).waitFor();
    await page.getByLabel('Kinds in the list').waitFor();
  });

  it('keeps both: their runs are in the library after a restart, and their drawings among the drafts', async () => {
    page = await lab.open();
    await lab.goTo('Library');
    const runs = page.getByRole('grid', { name: 'Runs' });
    await expect.poll(() => runs.locator('[data-run]').count()).toBe(4);
    const text = await runs.innerText();
    expect(text).toContain('By keyboard');
    expect(text).toContain('New experiment');
    await lab.goTo('Experiments');
    await page.getByRole('button', { name: /^By keyboard/ }).click();
    await page.getByRole('button', { name: 'Design', exact: true }).click();
    await expect.poll(() => steps().count()).toBe(3);
    await expect.poll(() => verdict().innerText()).toBe('Ready to run');
  });

  it('draws what ships, to start from', async () => {
    await page.getByLabel('Name of the experiment').click();
    for (const [name, shot] of [
      ['Fork and copy on write', 'designer-fork'],
      ['Append log', 'designer-log'],
    ] as const) {
      await page.getByRole('button', { name: new RegExp(`^${name}`) }).click();
      await expect.poll(() => verdict().innerText()).toBe('Ready to run');
      await shoot(shot);
    }
  });

  it('takes a trace as a workload: dropped on it, or chosen', async () => {
    await page.keyboard.press('Control+n');
    const trace = join(lab.folder, 'toy.txt');
    writeFileSync(trace, LACKEY);
    await lab.drop(trace);
    await expect.poll(() => steps().count()).toBe(2);
    expect(await page.getByLabel('Name of the experiment').inputValue()).toMatch(/toy \(lackey\)/);
    await expect.poll(() => verdict().innerText()).toBe('Ready to run');
    await steps().nth(0).click();
    await shoot('designer-trace');

    // A recording is kept as a run, and its faults come beside what is drawn.
    await page.keyboard.press('Control+Shift+I');
    await page.getByText('No recording yet.').waitFor();
    await shoot('designer-import');
    const recording = join(lab.folder, 'faults.txt');
    writeFileSync(recording, FTRACE);
    await lab.answerDialog(recording);
    await page.getByRole('button', { name: 'Choose a file' }).click();
    await expect.poll(() => steps().count()).toBe(3);
    await expect.poll(async () => (await written())['mappings']).toHaveLength(2);
    await expect.poll(() => verdict().innerText()).toBe('Ready to run');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('grid', { name: 'Events in the visible span' }).waitFor();
  });

  it('keeps what can be undone when it is left, and comes back when it is discarded', async () => {
    const draft = page.getByRole('region', { name: 'Experiments', exact: true }).getByRole('button', { name: /^Left/ });
    const undo = page.getByRole('button', { name: 'Undo', exact: true });
    await page.keyboard.press('Control+n');
    await page.getByLabel('Name of the experiment').fill('Left and found');
    await page.keyboard.press('Control+Shift+F');
    await page.getByRole('button', { name: 'Back to experiments' }).click();
    await page.getByRole('button', { name: 'Design', exact: true }).click();
    await expect.poll(() => undo.isEnabled()).toBe(true);
    await page.getByRole('button', { name: 'Back to experiments' }).click();
    await page.getByRole('button', { name: 'Discard draft' }).click();
    await draft.waitFor({ state: 'detached' });
    await undo.click();
    await draft.waitFor();
    await page.getByRole('button', { name: 'Design', exact: true }).click();
    await expect.poll(() => undo.isEnabled()).toBe(true);
  });

  it('has Run, and all that stands below, in a page zoomed to twice its size', async () => {
    await page.keyboard.press('Control+n');
    await verdict().waitFor();
    await lab.setSize(1280, 800);
    for (let step = 0; step < 5; step++) await page.keyboard.press('Control+=');
    await page.waitForFunction('innerWidth === 640');
    const inside = `['.designer .primary', '.designer > .foot', '.rail'].every((part) => {
      const { right, bottom } = document.querySelector(part).getBoundingClientRect();
      return right <= innerWidth && bottom <= innerHeight;
    })`;
    await expect.poll(() => page.evaluate(inside)).toBe(true);
    await page.keyboard.press('Control+0');
    await page.waitForFunction('innerWidth === 1280');
  });

  it('opens the graph of a deadlock', async () => {
    await lab.goTo('Experiments');
    await page.getByRole('button', { name: /^Deadlock City \d/ }).click();
    await page.getByRole('button', { name: 'Duplicate' }).click();
    await page.getByRole('button', { name: /^Policies/ }).click();
    for (const policy of ['P1', 'P4', 'P4-nonblocking', 'P5', 'P6'])
      await page.getByRole('checkbox', { name: new RegExp(`^${policy} `) }).uncheck();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    const graph = page.getByRole('region', { name: 'Who waits for whom' });
    await expect.poll(() => graph.innerText()).toMatch(/Nothing can go on/);
  });
});
