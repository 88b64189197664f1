/** The same experiment in Electron's V8 and in Node's: the hashes cover every byte of every event. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultline } from '../support/cli.ts';
import { electronLaunch } from '../support/electron.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-determinism-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function hashesIn(library: string): Promise<string[]> {
  const { out } = await faultline(['runs', '--json', '--library', library]);
  return (JSON.parse(out) as { runs: { hash: string }[] }).runs.map((run) => run.hash).sort();
}

async function runInWindow(experiment: RegExp, library: string): Promise<void> {
  const launch = await electronLaunch([`--user-data-dir=${join(folder, 'user-data')}`], { FAULTLINE_LIBRARY: library });
  const application = await _electron.launch(launch);
  try {
    const page = await application.firstWindow();
    await page.getByRole('button', { name: experiment }).click();
    await page.getByRole('button', { name: /^Run \d+/ }).click();
    await page.getByRole('region', { name: /^Result of/ }).waitFor({ timeout: 60_000 });
  } finally {
    await application.close();
  }
}

describe('a run in the window and one on the command line', () => {
  it.each([
    ['2005-question', /^The 2005 question \d+ runs/, 4],
    ['database-random-update', /^Database, random update \d+ runs/, 3],
  ])(
    '%s: the same hashes',
    async (id, name, runs) => {
      const inWindow = join(folder, `${id}-window.db`);
      const inTerminal = join(folder, `${id}-terminal.db`);
      await runInWindow(name, inWindow);
      expect((await faultline(['run', id, '--library', inTerminal])).code).toBe(0);
      const hashes = await hashesIn(inWindow);
      expect(hashes).toHaveLength(runs);
      expect(await hashesIn(inTerminal)).toEqual(hashes);
    },
    120_000,
  );
});
