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
/** A victim works for at most this long: a handful of runs, some of several batches. */
const MOST_MS = 120;
const victim = fileURLToPath(new URL('../support/store-victim.ts', import.meta.url));

/** Starts a victim, kills it at a random moment, returns the runs it said were saved. */
function kill(path: string, first: number, afterMs: number): Promise<Map<number, string>> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [victim, path, String(first)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // Two hundred starts: the sources are compiled once.
      env: { ...process.env, NODE_COMPILE_CACHE: join(dirname(path), 'compiled') },
    });
    let said = '';
    let wrong = '';
    child.stderr.on('data', (data: Buffer) => (wrong += data.toString()));
    child.stdout.on('data', (data: Buffer) => {
      // The clock starts once it is at work; before, there is nothing to lose.
      if (said === '') setTimeout(() => child.kill('SIGKILL'), afterMs);
      said += data.toString();
    });
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
    const said = await kill(path, next, random() * MOST_MS);
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
  it(`at ${KILLS} random moments loses no run that was said to be saved and leaves none half there`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'faultline-kill-'));
    try {
      const lanes = Array.from({ length: LANES }, (_, lane) =>
        killAgainAndAgain(join(folder, `library-${lane}.db`), KILLS / LANES, lane + 1),
      );
      const results = await Promise.all(lanes);
      const saved = results.reduce((sum, result) => sum + result.saved, 0);
      // Otherwise the kills came too early to prove anything.
      expect(saved).toBeGreaterThan(KILLS / 4);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 240_000);
});
