/** Reports of real runs: valid, complete, readable without their script, and enlarged with it. */
import { AxeBuilder } from '@axe-core/playwright';
import { HtmlValidate } from 'html-validate';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cancelled } from '#lab/emulate';
import { gatherReport, type ReportChoice, type ReportSubject } from '#lab/report';
import { sweepSubject } from '#lab/report-sweep';
import { openSweep } from '#lab/sweep';
import { InputError } from '#model/problem';
import type { Report } from '#model/report';
import { reportHtml } from '#report/html';
import { itWithTool } from '../support/requirement.ts';
import { TestLab } from '../support/test-lab.ts';

const SWEEP = {
  format: 'faultline/sweep@1',
  name: 'stride against policy',
  experiment: '2005-question',
  vary: [
    { field: 'threads[0].steps[1].stride', name: 'stride', values: ['16 KiB', '64 KiB', '256 KiB'] },
    { field: 'policies', values: ['P1', 'P5'] },
  ],
  measure: 'blocks.needlessKiB',
};

const now = new Date(Date.UTC(2026, 0, 1));
const test = new TestLab();
let seed: string[];
let knots: string[];
beforeAll(async () => {
  await test.open();
  seed = await test.run('2005-question');
  knots = await test.run('deadlock-city');
});
afterAll(() => test.end());

const make = (subject: ReportSubject, choice: ReportChoice = {}): Promise<Report> =>
  gatherReport(test.lab.library, subject, choice, { now });
const plain = (text: string): string => text.replace(/[\u202f\u00a0]/g, ' ');
const partsOf = (report: Report): unknown[] => report.sections.map(({ part }) => part);
const textOf = (report: Report): string => plain(JSON.stringify(report.sections));

/** What html-validate has against a page. */
async function faultsOf(html: string): Promise<string[]> {
  const { results } = await new HtmlValidate({ extends: ['html-validate:recommended'] }).validateString(html);
  return results.flatMap(({ messages }) => messages.map(({ line, ruleId, message }) => `${line} ${ruleId} ${message}`));
}

describe('a report', () => {
  it('of the seed says in plain sentences what each policy came to', async () => {
    const report = await make({ runs: seed });
    expect(textOf(report)).toContain(
      'P1 took 4 096 faults (4 096 read, 0 write, 0 write-protect) and allocated 16 384 KiB for 256 pages stored to: 15 360 KiB were never stored to.',
    );
    expect(partsOf(report)).toEqual([
      'summary',
      'comparison',
      'metrics',
      'timeline',
      'page-life',
      'latencies',
      'sources',
      'reproduce',
    ]);
  });

  it('of one run shows single pages from the first touch on', async () => {
    const report = await make({ runs: [seed[2]] }, { parts: ['page-life'] });
    expect(textOf(report)).toMatch(
      /page 0 of sparse, and 255 like it.*absent.*cached.*read-mapped.*trapped.*dirty.*writeback.*clean/,
    );
    expect(textOf(report)).toContain('page 1 of sparse, and 3 839 like it');
  });

  it('of a deadlock draws who waits for whom', async () => {
    const report = await make({ runs: knots.slice(0, 4) }, { parts: ['waits'] });
    const blocks = report.sections[0].blocks;
    expect(blocks.some(({ type }) => type === 'figure')).toBe(true);
    expect(textOf(report)).toContain('ended in a deadlock');
    expect(textOf(report)).toContain('waits for');
  });

  it('of a sweep has its picture, its table and the runs that stand out', async () => {
    const never = { ...SWEEP, vary: [{ field: 'seed', values: [77, 78] }] };
    await expect(sweepSubject(test.lab, never)).rejects.toThrow('none of the 8 cells');
    for (const { document } of openSweep(test.lab, SWEEP).cells.slice(1)) await test.lab.run(document);
    const report = await make(await sweepSubject(test.lab, SWEEP));
    expect(report.title).toBe('stride against policy');
    expect(textOf(report)).toContain('5 of 6 cells are done');
    expect(textOf(report)).toContain('It runs from 0 KiB');
    expect(partsOf(report)).toContain('sweep');
    expect(partsOf(report)).toContain('metrics');
    expect(await faultsOf(reportHtml(report, 'screen'))).toEqual([]);
  });

  it('of a span counts what begins in it, and nothing else', async () => {
    const { from, to } = await test.lab.library.extent(seed[0]);
    const all = await make({ runs: [seed[0]], span: { from, to } }, { parts: ['summary', 'span'] });
    expect(textOf(all)).toContain('took 4 096 faults (4 096 read, 0 write, 0 write-protect), gave 16 384 KiB to holes');
    const none = await make({ runs: [seed[0]], span: { from: to + 1, to: to + 2 } }, { parts: ['span'] });
    expect(textOf(none)).toContain('nothing begins in the span');
    await expect(make({ runs: [seed[0]], span: { from: 5, to: 5 } })).rejects.toThrow(InputError);
  });

  it('has the parts that were chosen, in their order, with text between them', async () => {
    const note = { title: 'Why', text: 'One\nparagraph.\n\n- an item\n- another\n\nA second.' };
    const report = await make({ runs: [seed[0]] }, { title: 'Mine', parts: ['reproduce', note, 'summary'] });
    expect(report.title).toBe('Mine');
    expect(partsOf(report)).toEqual(['reproduce', null, 'summary']);
    expect(report.sections[1].blocks).toEqual([
      { type: 'paragraph', text: 'One paragraph.' },
      { type: 'list', items: ['an item', 'another'] },
      { type: 'paragraph', text: 'A second.' },
    ]);
  });

  it('tells runs of one policy apart', async () => {
    const [other] = await test.run('2005-question', { policies: ['P1'], machines: ['server-2014'] });
    const report = await make({ runs: [seed[0], other] }, { parts: ['metrics'] });
    expect(textOf(report)).toContain('P1 on plain-4k, workstation-2005');
  });

  it('of a run that vanished, or of too many, is refused in words', async () => {
    await expect(make({ runs: ['gone1234'] })).rejects.toThrow('the library has no run "gone1234"');
    await expect(make({ runs: new Array<string>(9).fill(seed[0]) })).rejects.toThrow('at most 8');
  });

  it('can be cancelled, and tells how far it is', async () => {
    const controller = new AbortController();
    const told: number[] = [];
    const work = gatherReport(
      test.lab.library,
      { runs: seed },
      {},
      {
        now,
        signal: controller.signal,
        onProgress: (done, total) => {
          told.push(done / total);
          controller.abort();
        },
      },
    );
    await expect(work).rejects.toThrow(Cancelled);
    expect(told).toHaveLength(1);
  });
});

describe('as HTML', () => {
  it.each(['screen', 'print'] as const)(
    'has no fault for html-validate: one run, a comparison, knots; for %s',
    async (form) => {
      for (const runs of [[seed[0]], seed, knots])
        expect(await faultsOf(reportHtml(await make({ runs }), form))).toEqual([]);
    },
  );

  itWithTool(
    'chromium',
    'is read without its script, and with it figures are enlarged by button and key; axe objects to nothing',
    async () => {
      const html = reportHtml(await make({ runs: seed }), 'screen');
      const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
      try {
        const still = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
        await still.setContent(html);
        expect(await still.getByRole('button').count()).toBe(0);
        expect(await still.getByRole('img').count()).toBeGreaterThan(8);

        // The report's own policy holds: what it does not name by its hash does not run.
        const page = await browser.newPage();
        const faults: string[] = [];
        page.on('console', (message) => faults.push(message.text()));
        await page.setContent(html);
        const view = (): Promise<string | null> => page.locator('figure svg').nth(1).getAttribute('viewBox');
        const whole = await view();
        await page.getByRole('button', { name: 'Enlarge' }).nth(1).click();
        const near = (await view())!.split(' ').map(Number);
        expect(near[2]).toBeLessThan(Number(whole!.split(' ')[2]));
        await page.locator('figure .frame').nth(1).focus();
        await page.keyboard.press('ArrowRight');
        expect(Number((await view())!.split(' ')[0])).toBeGreaterThan(near[0]);
        await page.keyboard.press('0');
        expect(await view()).toBe(whole);
        expect(faults).toEqual([]);

        for (const colorScheme of ['light', 'dark'] as const) {
          const context = await browser.newContext({ bypassCSP: true, colorScheme });
          const checked = await context.newPage();
          await checked.setContent(html);
          const { violations } = await new AxeBuilder({ page: checked }).analyze();
          expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`)).toEqual([]);
        }
      } finally {
        await browser.close();
      }
    },
  );
});
