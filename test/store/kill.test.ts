import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Library } from '#store/library';
import { randomFrom, sampleRun } from '../support/sample-run.ts';
import { victimEvents } from '../support/victim-events.ts';

const KILLS = 200;
/** Two at a time, each with a library of its own. */
const LANES = 2;
/** A victim says this many runs at most before it is killed in the midst of the next. */
const MOST_SAID = 2;
/** What a first save takes, about: a victim that is not to say anything is killed within it, ms. */
const FIRST_MS = 20;
/** Two hundred processes take 40 s on a machine of two cores. */
const TIMEOUT_MS = 600_000;
const victim = fileURLToPath(new URL('../support/store-victim.ts', import.meta.url));

/**
 * Starts a victim and kills it at a random moment of its work, at whatever speed the machine works: once it has said so
 * many runs, after a random part of the time that the last one took.
 * @returns the runs it said were saved
 */
function kill(path: string, first: number, random: () => number): Promise<Map<number, string>> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [victim, path, String(first)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // Two hundred starts: the sources are compiled once.
      env: { ...process.env, NODE_COMPILE_CACHE: join(dirname(path), 'compiled') },
      timeout: TIMEOUT_MS,
    });
    let said = '';
    let wrong = '';
    let left = Math.floor(random() * (MOST_SAID + 1));
    const share = random() * 1.5;
    let since = performance.now();
    child.stderr.on('data', (data: Buffer) => (wrong += data.toString()));
    child.stdout.on('data', (data: Buffer) => {
      const text = data.toString();
      const now = performance.now();
      // The first line says that it is at work; before, there is nothing to lose.
      if (said !== '') left -= text.split('\n').length - 1;
      if (left <= 0) setTimeout(() => child.kill('SIGKILL'), said === '' ? share * FIRST_MS : share * (now - since));
      since = now;
      said += text;
    });
    child.once('error', reject);
    child.on('close', (_code, signal) => {
      if (signal !== 'SIGKILL') {
        reject(new Error(`the victim ended by itself: ${wrong}`));
        return;
      }
      const lines = [...said.matchAll(/^saved (\d+) (\w+)\n/gm)];
      resolve(new Map(lines.map(([, n, id]) => [Number(n), id])));
    });
  });
}

async function killAgainAndAgain(
  path: string,
  kills: number,
  seed: number,
): Promise<{ saved: number; unsaid: number }> {
  const random = randomFrom(seed);
  const saved = new Map<number, string>();
  let next = 0;
  let unsaid = 0;
  for (let n = 0; n < kills; n++) {
    const said = await kill(path, next, random);
    const library = Library.open(path);
    for (const [number, id] of said) {
      saved.set(number, id);
      // Neither lost nor half there.
      expect(library.getRun(id)).toMatchObject({ hash: sampleRun(`run ${number}`).hash, events: victimEvents(number) });
      library.verifyRun(id);
      next = Math.max(next, number + 1);
    }
    const { total, runs } = library.listRuns({ limit: 10_000 });
    // At most the one that was saved but not yet said.
    expect(total - saved.size).toBeLessThanOrEqual(1);
    const known = new Set(saved.values());
    for (const { id, hash, events } of runs.filter((run) => !known.has(run.id))) {
      expect({ hash, events }).toEqual({ hash: sampleRun(`run ${next}`).hash, events: victimEvents(next) });
      library.verifyRun(id);
      saved.set(next, id);
      unsaid++;
    }
    // Another one begins, so that a long run is not tried for ever.
    next++;
    library.close();
  }
  const library = Library.open(path);
  expect(library.listRuns({ limit: 1 }).total).toBe(saved.size);
  for (const id of saved.values()) library.verifyRun(id);
  expect(library.unfinished()).toBe(0);
  library.close();
  return { saved: saved.size, unsaid };
}

describe('kill -9', () => {
  it(
    `at ${KILLS} random moments loses no run that was said to be saved and leaves none half there`,
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'faultline-kill-'));
      try {
        const lanes = Array.from({ length: LANES }, (_, lane) =>
          killAgainAndAgain(join(folder, `library-${lane}.db`), KILLS / LANES, lane + 1),
        );
        const results = await Promise.all(lanes);
        const saved = results.reduce((sum, result) => sum + result.saved, 0);
        // Otherwise the kills came too early to prove anything.
        expect(saved).toBeGreaterThan(KILLS / 2);
        console.log(
          `${saved} runs saved, ${results.reduce((sum, result) => sum + result.unsaid, 0)} of them not yet said`,
        );
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    TIMEOUT_MS,
  );
});
