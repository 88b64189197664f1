/** The same experiment in Electron's V8 and in Node's: the hashes cover every byte of every event. */
import { join } from 'node:path';
import { expect, describe, it } from 'vitest';
import { faultline } from '../support/cli.ts';
import { TestWindow } from './support/window.ts';

async function hashesIn(library: string): Promise<string[]> {
  const { out } = await faultline(['runs', '--json', '--library', library]);
  return (JSON.parse(out) as { runs: { hash: string }[] }).runs.map((run) => run.hash).sort();
}

describe('a run in the window and one on the command line', () => {
  it.each([
    ['2005-question', /^The 2005 question \d+ runs/, 4],
    ['database-random-update', /^Database, random update \d+ runs/, 3],
  ])('%s: the same hashes', async (id, name, runs) => {
    const window = new TestWindow('determinism');
    try {
      await window.open();
      await window.run(name);
      const inTerminal = join(window.folder, 'terminal.db');
      expect((await faultline(['run', id, '--library', inTerminal])).code).toBe(0);
      const hashes = await hashesIn(window.library);
      expect(hashes).toHaveLength(runs);
      expect(await hashesIn(inTerminal)).toEqual(hashes);
    } finally {
      await window.end();
    }
  });
});
