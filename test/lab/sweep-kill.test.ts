import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Library } from '#store/library';
import { faultline } from '../support/cli.ts';
import { randomFrom } from '../support/sample-run.ts';
import { SMALL_EXPERIMENT } from '../support/small-experiment.ts';

const MAIN = fileURLToPath(new URL('../../src-main/cli/main.ts', import.meta.url));
const KILLS = 12;
/** Cells that a sweep saves at most before it is killed in the midst of the next ones. */
const MOST_SAVED = 3;
const LOOK_MS = 4;

/** Cells of some tens of milliseconds, each with more than a batch of events. */
const sweep = {
  format: 'faultline/sweep@1',
  name: 'killed',
  experiment: { ...SMALL_EXPERIMENT, memory: '256 MiB', files: [{ name: 'f', size: '24 MiB' }] },
  vary: [
    { field: 'seed', values: Array.from({ length: 10 }, (_, i) => i + 1) },
    { field: 'memory', values: ['64 MiB', '256 MiB'] },
  ],
  measure: 'time.simulatedNs',
};
const CELLS = 40;
const TIMEOUT_MS = 240_000;

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-sweep-kill-'));
  file = join(folder, 'sweep.json');
  writeFileSync(file, JSON.stringify(sweep));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs of a library with the moment at which each was saved. */
function runsIn(path: string): Map<string, string> {
  const library = Library.open(path);
  try {
    const { runs } = library.listRuns({ limit: 10_000 });
    for (const { id } of runs) library.verifyRun(id);
    return new Map(runs.map((run) => [run.id, run.savedAt]));
  } finally {
    library.close();
  }
}

/**
 * Starts the sweep and kills it in the midst of its work, at whatever speed the machine works: once it has saved so many
 * cells more, after a part of the time that the last one took. Returns whether it was killed.
 */
function killedSweep(path: string, random: () => number): Promise<boolean> {
  const watcher = Library.open(path);
  const before = watcher.listRuns({ limit: 1 }).total;
  const wanted = 1 + Math.floor(random() * MOST_SAVED);
  const share = random();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, 'sweep', file, '--library', path, '--jobs', '2', '--json'], {
      stdio: 'ignore',
      env: { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compiled') },
      timeout: TIMEOUT_MS,
    });
    let seen = 0;
    let since = performance.now();
    const look = setInterval(() => {
      const saved = watcher.listRuns({ limit: 1 }).total - before;
      if (saved === seen) return;
      const took = performance.now() - since;
      // The first one is saved long after the start; how long a cell takes is seen from the second on.
      const delay = seen === 0 ? LOOK_MS : took;
      since += took;
      seen = saved;
      if (saved < wanted) return;
      clearInterval(look);
      setTimeout(() => child.kill('SIGKILL'), share * delay);
    }, LOOK_MS);
    child.once('error', reject);
    child.once('close', (_code, signal) => {
      clearInterval(look);
      watcher.close();
      resolve(signal === 'SIGKILL');
    });
  });
}

describe('a sweep killed with -9', () => {
  it(
    'goes on where it was: no finished cell is run again, and the table is the same',
    async () => {
      const library = join(folder, 'killed.db');
      const random = randomFrom(11);
      let known = new Map<string, string>();
      let killed = 0;
      let gained = 0;
      for (let n = 0; n < KILLS; n++) {
        if (await killedSweep(library, random)) killed++;
        const now = runsIn(library);
        for (const [id, savedAt] of known) expect(now.get(id)).toBe(savedAt);
        if (now.size > known.size) gained++;
        if (now.size === CELLS) break;
        known = now;
      }
      console.log(`killed ${killed} times, ${known.size} of ${CELLS} cells kept before the last`);
      // Otherwise the kills came too early or too late to prove anything.
      expect(killed).toBeGreaterThanOrEqual(4);
      expect(gained).toBeGreaterThanOrEqual(2);
      const resumed = await faultline(['sweep', file, '--library', library, '--json']);
      expect(resumed.code, resumed.err).toBe(0);
      const after = runsIn(library);
      for (const [id, savedAt] of known) expect(after.get(id)).toBe(savedAt);
      expect(after.size).toBe(CELLS);
      const undisturbed = await faultline(['sweep', file, '--library', join(folder, 'whole.db'), '--json']);
      expect(resumed.out).toBe(undisturbed.out);
      expect((JSON.parse(resumed.out) as { cells: unknown[] }).cells).toHaveLength(CELLS);
    },
    TIMEOUT_MS,
  );
});
