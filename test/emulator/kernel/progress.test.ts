/** A run tells how it stands and can be stopped, also where one thread goes on alone for long; telling changes nothing. */
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { RunHasher } from '#model/run-hash';
import type { LiveFigures } from '#model/metrics';
import { simulate } from '#emulator/simulation';
import { planOf, run } from './plan.ts';

const ACCESSES = 3_000_000;
/** One step, served by the caches after its first pages. */
const plan = planOf(
  {
    files: [{ name: 'f', size: '1 MiB' }],
    mappings: [{ name: 'map', file: 'f' }],
    threads: [
      { name: 'main', steps: [{ do: 'store', mapping: 'map', stride: '64 B', count: ACCESSES }] },
      { name: 'other', steps: [{ do: 'load', mapping: 'map', pattern: { kind: 'random' }, count: 1000 }] },
    ],
  },
  { kernel: 'linux-6.18', filesystem: 'ext4-4k' },
);

function hashOf({ outcome, batches }: ReturnType<typeof run>): string {
  const hasher = new RunHasher('plan', createHash('sha256'));
  for (const batch of batches) hasher.batch(batch);
  return hasher.finish(outcome);
}

it('tells how far it is, never less than before, and how it stands', () => {
  const told: { done: number; live: LiveFigures }[] = [];
  const batches: ReturnType<typeof run>['batches'] = [];
  const outcome = simulate(plan, {
    batch: (batch) => batches.push(batch),
    progress: (done, _total, live) => told.push({ done, live: live() }),
  });
  const between = told.filter(({ done }) => done > ACCESSES * 0.1 && done < ACCESSES * 0.9);
  expect(between.length).toBeGreaterThan(5);
  told.slice(1).forEach(({ done, live }, i) => {
    expect(done).toBeGreaterThanOrEqual(told[i].done);
    expect(live.simulatedNs).toBeGreaterThanOrEqual(told[i].live.simulatedNs);
  });
  const last = told.at(-1);
  expect(last?.done).toBe(ACCESSES + 1000);
  expect(last?.live).toMatchObject({
    minorFaults: outcome.metrics.faults.minor,
    majorFaults: outcome.metrics.faults.major,
    requests: outcome.metrics.io.requests,
  });
  // Asked or not, the run is the same to the byte.
  expect(hashOf({ outcome, batches })).toBe(hashOf(run(plan)));
});

it('stops soon when it is told to', () => {
  let done = 0;
  const outcome = simulate(
    plan,
    { batch: () => undefined, progress: (now) => (done = now) },
    { cancelled: () => done > ACCESSES * 0.2 },
  );
  expect(outcome.verdict).toBe('cancelled');
  expect(done).toBeLessThan(ACCESSES * 0.5);
});

it('tells how far it is within a step that faults at each of its pages', () => {
  const told: number[] = [];
  const pages = 16_384;
  const faulting = planOf(
    {
      files: [{ name: 'f', size: '64 MiB' }],
      mappings: [{ name: 'map', file: 'f' }],
      threads: [{ name: 'main', steps: [{ do: 'store', mapping: 'map', stride: '4 KiB' }] }],
    },
    { kernel: 'linux-2.6.11', filesystem: 'plain-4k' },
  );
  const outcome = simulate(faulting, { batch: () => undefined, progress: (done) => told.push(done) });
  expect(outcome.metrics.faults.minor + outcome.metrics.faults.major).toBe(pages);
  expect(told.filter((done) => done > pages * 0.1 && done < pages * 0.9).length).toBeGreaterThan(2);
  expect(told.at(-1)).toBe(pages);
});
