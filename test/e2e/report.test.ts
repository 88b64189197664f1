/**
 * Reports and exports in the real window: parts picked, ordered and written, templates kept over a restart, every form
 * and every format written where the person says, and read back by what others wrote.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { HtmlValidate } from 'html-validate';
import { parquetMetadataAsync } from 'hyparquet';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Library } from '#store/library';
import { readPerfetto } from '../export/perfetto-reader.ts';
import { screenshotPath } from '../support/electron.ts';
import { outlineOf, pdfText } from '../support/pdf.ts';
import { hasTool, itWhen } from '../support/requirement.ts';
import { sampleBatches, sampleRun } from '../support/sample-run.ts';
import { boxOf, plain, TestWindow } from './support/window.ts';

const lab = new TestWindow('report');
let page: Page;

/** Where the next save dialog leads; null is a person who changes their mind. */
async function willSaveAt(name: string | null): Promise<string> {
  const path = name === null ? null : join(lab.folder, name);
  await lab.answerSaveDialog(path);
  return path ?? '';
}

async function told(text: string | RegExp): Promise<void> {
  const notices = page.locator('.notices');
  await notices.getByText(text).first().waitFor();
  // Some go by themselves, just then perhaps.
  await page.evaluate(`document.querySelectorAll('.notices [aria-label="Dismiss"]').forEach((close) => close.click())`);
  await expect.poll(() => notices.locator('.notice').count()).toBe(0);
}

const part = (name: string) => page.locator('.parts li', { hasText: name });
const headings = async (): Promise<string[]> => page.locator('.paper h2').allInnerTexts();

describe('a report in the window', () => {
  beforeAll(async () => {
    page = await lab.open();
    await lab.run(/^The 2005 question \d+ runs/);
  });

  afterAll(() => lab.end());

  it('shows what will be written, and follows what is picked', async () => {
    await page.getByRole('button', { name: 'Report', exact: true }).click();
    const paper = page.getByRole('article', { name: 'The report as it will be written' });
    await paper.waitFor();
    expect(plain(await paper.innerText())).toContain(
      'P1 took 4 096 faults (4 096 read, 0 write, 0 write-protect) and allocated 16 384 KiB for 256 pages stored to: 15 360 KiB were never stored to.',
    );
    expect(await paper.getByRole('img', { name: /over simulated time/ }).count()).toBe(4);
    await lab.shoot('report');
    await part('What differs').getByRole('checkbox').uncheck();
    await page.getByRole('button', { name: 'Move Sources up' }).click();
    await page.getByRole('button', { name: 'Add text' }).click();
    await page.getByRole('textbox', { name: 'Heading of the text' }).fill('What I make of it');
    await page
      .getByRole('textbox', { name: 'Text', exact: true })
      .fill('P1 wastes blocks.\n\n- P2 does not\n- P5 neither');
    await expect.poll(async () => (await headings()).slice(0, 2)).toEqual(['Summary', 'What I make of it']);
    expect(await headings()).not.toContain('What differs');
    await expect.poll(() => paper.locator('li', { hasText: 'P5 neither' }).count()).toBe(1);
    await lab.shoot('report-own-text');
  });

  it('keeps the choice as a template, over a restart', async () => {
    await page.getByRole('textbox', { name: 'Keep these parts as' }).fill('For the list');
    await page.getByRole('button', { name: 'Keep', exact: true }).click();
    await told('Template kept');
    page = await lab.open();
    await lab.goTo('Library');
    await page.getByLabel('Choose run').first().check();
    await page.getByRole('button', { name: 'Report', exact: true }).click();
    await page.locator('.paper').waitFor();
    expect(await headings()).not.toContain('What I make of it');
    await page.getByLabel('Template', { exact: true }).selectOption('For the list');
    await expect.poll(async () => (await headings())[1]).toBe('What I make of it');
  });

  it('writes HTML that has no fault, and asks before nothing is lost', async () => {
    const path = await willSaveAt('report.html');
    await page.getByRole('button', { name: 'Save HTML' }).click();
    await told('Report saved');
    const html = readFileSync(path, 'utf8');
    expect(html).toContain('What I make of it');
    const { results } = await new HtmlValidate({ extends: ['html-validate:recommended'] }).validateString(html);
    expect(results.flatMap(({ messages }) => messages)).toEqual([]);
    await willSaveAt(null);
    await page.getByRole('button', { name: 'Save HTML' }).click();
    await page.getByRole('button', { name: 'Save HTML', disabled: false }).waitFor();
    expect(await page.locator('.notice').count()).toBe(0);
  });

  itWhen(hasTool('pdftotext') && hasTool('qpdf'), 'poppler-utils and qpdf', 'writes a tagged PDF', async () => {
    const path = await willSaveAt('report.pdf');
    await page.getByLabel('Paper').selectOption('Letter');
    await page.getByRole('button', { name: 'Save PDF' }).click();
    await told('Report saved');
    expect(pdfText(path)).toContain('What I make of it');
    expect(outlineOf(path)).toContain('What I make of it');
  });

  it('writes Markdown with its figures beside it', async () => {
    const path = await willSaveAt('report.md');
    await page.getByRole('button', { name: 'Save Markdown' }).click();
    await told('Report saved');
    expect(readFileSync(path, 'utf8')).toContain('## What I make of it');
    expect(readdirSync(join(lab.folder, 'report-figures')).length).toBeGreaterThan(1);
  });

  it('says in words what a file cannot be written to, and leaves none behind', async () => {
    await willSaveAt('nowhere/report.html');
    await page.getByRole('button', { name: 'Save HTML' }).click();
    await told('there is no such folder');
    expect(existsSync(join(lab.folder, 'nowhere'))).toBe(false);
  });
});

describe('exports from the window', () => {
  let events = 0;

  beforeAll(async () => {
    page = await lab.open();
    await lab.run(/^The 2005 question \d+ runs/);
    await page.getByRole('button', { name: 'P5', exact: true }).click();
    await page.getByRole('grid', { name: 'Events in the visible span' }).waitFor();
  });

  afterAll(() => lab.end());

  async function exported(format: string, name: string): Promise<Buffer> {
    const path = await willSaveAt(name);
    await page.keyboard.press('Control+e');
    await page
      .getByRole('list', { name: 'Formats' })
      .getByRole('button', { name: new RegExp(`^${format} `) })
      .click();
    await told('Export saved');
    return readFileSync(path);
  }

  it('are chosen in a sheet', async () => {
    await page.keyboard.press('Control+e');
    await page.getByRole('list', { name: 'Formats' }).getByRole('button').first().waitFor();
    await lab.shoot('export');
    await page.keyboard.press('Escape');
    await page.getByRole('list', { name: 'Formats' }).waitFor({ state: 'detached' });
  });

  it('are the tables: CSV, metrics, Parquet and JSON', async () => {
    const rows: unknown[] = parse(await exported('csv', 'run.csv'), { columns: true });
    events = rows.length;
    expect(events).toBeGreaterThan(4352);
    expect((await exported('metrics', 'metrics.csv')).toString()).toContain('faults.writeProtect,256');
    const parquet = await exported('parquet', 'run.parquet');
    expect(Number((await parquetMetadataAsync(new Uint8Array(parquet).buffer)).num_rows)).toBe(events);
    const json = JSON.parse((await exported('json', 'run.json')).toString()) as { events: unknown[] };
    expect(json.events).toHaveLength(events);
  });

  it('are the traces: Chrome, Perfetto and fio', async () => {
    const chrome = JSON.parse((await exported('chrome', 'chrome.json')).toString()) as {
      traceEvents: { ph: string }[];
    };
    expect(chrome.traceEvents.filter(({ ph }) => ph === 'X' || ph === 'C')).toHaveLength(events);
    expect(readPerfetto(await exported('perfetto', 'run.pftrace')).rows).toHaveLength(events);
    const fio = JSON.parse((await exported('fio', 'fio.json')).toString()) as {
      jobs: { write: { total_ios: number } }[];
    };
    expect(fio.jobs[0].write.total_ios).toBe(256);
  });

  it('are the pictures: SVG and PNG', async () => {
    expect((await exported('svg', 'run.svg')).toString()).toContain('write-protect faults');
    const png = await exported('png', 'run.png');
    expect(png.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
    expect(png.readUInt32BE(16)).toBe(1520);
  });

  it('are the reports and the bundle', async () => {
    expect((await exported('html', 'run.html')).toString()).toContain('<!DOCTYPE html>');
    expect((await exported('md', 'run.md')).toString()).toContain('## Summary');
    expect((await exported('pdf', 'run.pdf')).subarray(0, 5).toString()).toBe('%PDF-');
    expect((await exported('bundle', 'run.faultline')).subarray(0, 2).toString()).toBe('PK');
  });

  it('are of the selected span where one is selected', async () => {
    const stage = await boxOf(page.locator('.scroller .stage'));
    await page.keyboard.down('Shift');
    await page.mouse.move(stage.x + 2, stage.y + 8);
    await page.mouse.down();
    await page.mouse.move(stage.x + stage.width / 2, stage.y + 8, { steps: 4 });
    await page.mouse.up();
    await page.keyboard.up('Shift');
    await page.getByRole('region', { name: 'The selected span' }).waitFor();
    expect((await exported('html', 'span.html')).toString()).toContain('The selected span');
    await page.keyboard.press('Control+r');
    await page.locator('.paper').waitFor();
    await expect.poll(headings).toContain('The selected span');
    await lab.shoot('report-span');
  });

  it('leaves no half files', () => {
    expect(readdirSync(lab.folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});

describe('a long export in the window', () => {
  const large = new TestWindow('long-export');

  beforeAll(async () => {
    const library = Library.open(large.library);
    library.saveRun(sampleRun('long'), [], sampleBatches(3_000_000));
    library.close();
    page = await large.open();
  });

  afterAll(() => large.end());

  it('tells how far it is and how long it will take, and cancelled leaves nothing', async () => {
    const path = join(large.folder, 'run.json');
    await large.answerSaveDialog(path);
    await large.goTo('Library');
    await page.getByLabel('Choose run').first().check();
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await page
      .getByRole('list', { name: 'Formats' })
      .getByRole('button', { name: /^perfetto / })
      .click();
    const work = page.getByRole('region', { name: 'File being written' });
    await expect.poll(() => work.innerText(), { interval: 20 }).toMatch(/Export[\s\S]*[1-9]\d* %[\s\S]* left/);
    await page.screenshot({ path: screenshotPath('export-progress') });
    await work.getByRole('button', { name: 'Cancel' }).click();
    await work.waitFor({ state: 'detached' });
    expect(readdirSync(large.folder).filter((name) => name.startsWith('run.json'))).toEqual([]);
    expect(await page.locator('.notice').count()).toBe(0);
  });
});
