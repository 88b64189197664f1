/** The HTML report as a browser and axe see it. */
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';
import { expect } from 'vitest';
import { STANDARD_PARTS } from '#model/report';
import { buildReport } from '#report/build';
import { reportHtml } from '#report/html';
import { LatencyCounter } from '#report/latencies';
import { itWithTool } from '../support/requirement.ts';
import { sampleBatches } from '../support/sample-run.ts';
import { sampleInfo } from '../export/support.ts';

itWithTool(
  'chromium',
  'the HTML report has nothing that axe objects to, in light and dark, and asks the network for nothing',
  async () => {
    const latencies = new LatencyCounter();
    for (const batch of sampleBatches(5000)) latencies.add(batch);
    const run = sampleInfo(5000);
    const entry = { run, tile: null, latencies: latencies.result(), lives: [], inSpan: null };
    const estimate = { value: 1, unit: 'ns', source: 'a manual', method: 'estimated', note: 'a share' };
    const html = reportHtml(
      buildReport({
        title: 'A report',
        question: 'Why?',
        runs: [entry, { ...entry, run: { ...run, policy: 'P1' } }],
        comparison: null,
        sweep: null,
        span: null,
        parts: STANDARD_PARTS,
        warnings: ['the runs have different seeds'],
        documents: [{ kind: 'machine', id: 'm', json: JSON.stringify({ cost: estimate }) }],
        madeAt: '2026-01-01T00:00:00Z',
      }),
      'screen',
    );
    const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
    try {
      for (const colorScheme of ['light', 'dark'] as const) {
        // axe runs in the page, which the report's own policy forbids to scripts.
        const context = await browser.newContext({ bypassCSP: true, colorScheme });
        const page = await context.newPage();
        const asked: string[] = [];
        page.on('request', (request) => asked.push(request.url()));
        await page.setContent(html);
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id, nodes }) => ({ id, where: nodes.map((node) => node.html) }))).toEqual([]);
        expect(asked).toEqual([]);
        await context.close();
      }
    } finally {
      await browser.close();
    }
  },
);
