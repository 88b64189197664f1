/**
 * The Chrome trace in the hands of a viewer that others wrote: speedscope, offline in Chromium. What it exports
 * again in its own format says what it understood.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { expect } from 'vitest';
import { chromeTrace } from '#export/chrome';
import { EventKind } from '#model/events';
import { itWithTool } from '../support/requirement.ts';
import { rowsOf, sampleSource, textOf } from './support.ts';

const require = createRequire(import.meta.url);

interface SpeedscopeFile {
  readonly profiles: readonly {
    readonly name: string;
    readonly unit: string;
    readonly events: readonly { type: string }[];
  }[];
}

itWithTool('chromium', 'speedscope opens the Chrome trace, and has every slice of it that has a length', async () => {
  const source = sampleSource(3000);
  const folder = mkdtempSync(join(tmpdir(), 'faultline-speedscope-'));
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  try {
    const trace = Buffer.from(await textOf(chromeTrace(source))).toString('base64');
    const script = join(folder, 'trace.js');
    writeFileSync(script, `speedscope.loadFileFromBase64('trace.json', '${trace}')`);
    const manifest = require.resolve('speedscope/package.json');
    const page = await browser.newPage({ acceptDownloads: true });
    const index = pathToFileURL(join(dirname(manifest), 'dist/release/index.html'));
    await page.goto(`${index.href}#localProfilePath=${script}`);
    await page.getByText('lanes').or(page.getByText('thread 0')).first().waitFor();
    const download = page.waitForEvent('download');
    await page.getByText('Export').click();
    const file = JSON.parse(readFileSync(await (await download).path(), 'utf8')) as SpeedscopeFile;
    // Marks, slices without a length, are nothing to a flame graph: speedscope leaves them out.
    const slices = (await rowsOf(source)).filter((row) => row.kind !== EventKind.counter && row.duration > 0);
    const opened = file.profiles.flatMap(({ events }) => events.filter(({ type }) => type === 'O'));
    expect(opened.length).toBe(slices.length);
    expect(new Set(file.profiles.map(({ unit }) => unit))).toEqual(new Set(['microseconds']));
    expect(file.profiles.some(({ name }) => name.includes('thread 0'))).toBe(true);
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
