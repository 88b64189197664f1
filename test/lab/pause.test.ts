import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pauseByKeys, type KeyInput } from '#cli/pause-keys';
import { withLab } from '#cli/open-lab';
import { PauseSwitch } from '#lab/pause';
import { Stopwatch } from '#lab/stopwatch';
import { openSweep, runSweep, type SweepProgress } from '#lab/sweep';
import { SMALL_EXPERIMENT } from '../support/small-experiment.ts';

const sweep = {
  format: 'faultline/sweep@1',
  name: 'paused',
  experiment: {
    ...SMALL_EXPERIMENT,
    policies: ['P1'],
    memory: '256 MiB',
    files: [{ name: 'f', size: '192 MiB' }],
    threads: [
      {
        name: 't',
        steps: [
          { do: 'store', mapping: 'm', stride: '4 KiB' },
          { do: 'load', mapping: 'm', pattern: { kind: 'random' }, count: 2_000_000 },
        ],
      },
    ],
  },
  vary: [{ field: 'seed', values: [1, 2, 3, 4] }],
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-pause-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a paused sweep', () => {
  it('stands still in the middle of its cells, says so, goes on, and comes to the same', async () => {
    const paused = await withLab(join(folder, 'library.db'), async (lab) => {
      const grid = openSweep(lab, sweep);
      const pause = new PauseSwitch();
      const seen: SweepProgress[] = [];
      let stood: SweepProgress | undefined;
      const results = runSweep(lab, grid, {
        jobs: 2,
        pause,
        onProgress: (progress) => {
          seen.push(progress);
          if (stood === undefined && progress.underWay.some(({ done }) => done > 0)) {
            stood = progress;
            pause.set(true);
          }
        },
      });
      while (stood === undefined) {
        const ended = await Promise.race([results.then(() => true), sleep(5, false)]);
        expect(ended, 'the sweep ended before it was seen in the middle of a cell').toBe(false);
      }
      // What was on its way arrives; then nothing more, for as long as nobody says so.
      let told: number;
      do {
        told = seen.length;
        await sleep(400);
      } while (seen.length > told);
      expect(seen.at(-1)?.paused).toBe(true);
      expect(seen.at(-1)?.done).toBeLessThan(4);
      pause.set(false);
      const cells = await results;
      expect(seen.at(-1)).toMatchObject({ done: 4, total: 4, found: 0, fraction: 1, paused: false });
      return cells.map((cell) => cell.hash);
    });
    const again = await withLab(join(folder, 'other.db'), async (lab) => {
      const cells = await runSweep(lab, openSweep(lab, sweep), { jobs: 1 });
      return cells.map((cell) => cell.hash);
    });
    expect(paused).toEqual(again);
  });

  it('can be cancelled while it stands still', async () => {
    await withLab(join(folder, 'cancelled.db'), async (lab) => {
      const pause = new PauseSwitch();
      const stop = new AbortController();
      const results = runSweep(lab, openSweep(lab, sweep), {
        jobs: 2,
        pause,
        signal: stop.signal,
        onProgress: ({ underWay, paused }) => {
          if (underWay.length === 0 || paused) return;
          pause.set(true);
          setTimeout(() => stop.abort(), 300);
        },
      });
      await expect(results).rejects.toThrow('cancelled');
      const { total } = await lab.library.listRuns();
      expect(total).toBeLessThan(4);
    });
  });
});

describe('the keys of a sweep at a terminal', () => {
  it('pause and continue with p, cancel with Ctrl+C, and leave the terminal as it was', () => {
    const pause = new PauseSwitch();
    const raw: boolean[] = [];
    let listener: ((data: Buffer) => void) | null = null;
    const input: KeyInput = {
      isTTY: true,
      setRawMode: (on) => raw.push(on),
      on: (_event, given) => (listener = given),
      off: () => (listener = null),
      resume: () => undefined,
      pause: () => undefined,
    };
    let cancelled = 0;
    const end = pauseByKeys(pause, new Stopwatch(() => 0), input, () => cancelled++);
    const press = (keys: string): void => listener?.(Buffer.from(keys));
    press('p');
    expect(pause.paused).toBe(true);
    press('x');
    expect(pause.paused).toBe(true);
    press('p');
    expect(pause.paused).toBe(false);
    press('\u0003');
    expect(cancelled).toBe(1);
    end();
    expect(listener).toBeNull();
    expect(raw).toEqual([true, false]);
  });
});

describe('time at work', () => {
  it('does not count what passes while paused, or while the process was stopped', () => {
    let now = 100;
    const watch = new Stopwatch(() => now);
    now = 150;
    expect(watch.elapsed).toBe(50);
    watch.set(false);
    now = 1000;
    expect(watch.elapsed).toBe(50);
    watch.set(true);
    now = 1030;
    expect(watch.elapsed).toBe(80);
    now = 2030;
    watch.lose(1000);
    expect(watch.elapsed).toBe(80);
  });
});
