import { describe, expect, it } from 'vitest';
import { EventKind } from '#model/events';
import type { PolicyId } from '#model/policies';
import { experimentJson, planOf, run, type Ran } from './plan.ts';

const city = experimentJson('deadlock-city');
const enter = (policy: PolicyId): Ran => run(planOf(city, { kernel: 'linux-2.6.11', filesystem: 'plain-16k', policy }));

describe('Deadlock City: five stores, six frames, blocks of four pages', () => {
  it.each(['P3', 'P4'] as const)('%s stops for ever at the fifth store, and says who waits for whom', (policy) => {
    const { outcome } = enter(policy);
    expect(outcome.verdict).toBe('deadlock');
    expect(outcome.metrics.faults.write).toBe(5);
    expect(outcome.metrics.faults.major).toBe(4);
    const graph = outcome.waitFor!;
    expect(graph.knot).toContain('frames');
    expect(graph.knot).toContain('thread:main');
    for (const page of [1, 5, 9, 13]) expect(graph.knot).toContain(`folio:0:${page}`);
    expect(graph.edges).toContainEqual({ from: 'thread:main', to: 'frames', label: 'needs a frame for page 3' });
  });

  it('P4 that only tries retries for ever: found within a bound, with the retries as evidence', () => {
    const { outcome, batches } = enter('P4-nonblocking');
    expect(outcome.verdict).toBe('livelock');
    expect(outcome.waitFor!.verdict).toBe('livelock');
    expect(outcome.waitFor!.knot).toContain('frames');
    const [batch] = batches;
    const at = batch.kind.indexOf(EventKind.livelock);
    expect(at).toBeGreaterThan(0);
    expect(batch.b[at]).toBeGreaterThan(60);
  });

  it.each(['P1', 'P5', 'P5-delayed', 'P5-by-page', 'P6'] as const)('%s finishes', (policy) => {
    const { outcome } = enter(policy);
    expect(outcome.verdict).toBe('finished');
    expect(outcome.waitFor).toBeNull();
    expect(outcome.metrics.faults.major + outcome.metrics.faults.minor).toBe(5);
  });

  it('a larger reserve does not cure P3', () => {
    const plan = planOf(
      { ...city, memory: '28 KiB', reserve: '12 KiB', files: [{ name: 'sparse', size: '96 KiB' }] },
      { kernel: 'linux-2.6.11', filesystem: 'plain-64k', policy: 'P3' },
    );
    expect(run(plan).outcome.verdict).toBe('deadlock');
  });
});

describe('out of space', () => {
  const experiment = {
    freeSpace: '1 MiB',
    files: [{ name: 'f', size: '4 MiB' }],
    mappings: [{ name: 'm', file: 'f' }],
    threads: [
      {
        name: 'main',
        steps: [
          { do: 'store', mapping: 'm' },
          { do: 'msync', mapping: 'm' },
        ],
      },
    ],
  };
  const fill = (policy: PolicyId): Ran =>
    run(planOf(experiment, { kernel: 'linux-2.6.11', filesystem: 'plain-4k', policy }));

  it.each(['P1', 'P5', 'P5-delayed', 'tmpfs'] as const)('%s tells the store: SIGBUS, and nothing is lost', (policy) => {
    const { metrics } = fill(policy).outcome;
    expect(metrics.faults.sigbus).toBe(1);
    expect(metrics.lostBytes).toBe(0);
    expect(metrics.blocks.instantiatedKiB).toBe(1024);
  });

  it.each(['P3', 'P4', 'P6'] as const)('%s tells nobody: 3 MiB are lost at writeback, page by page', (policy) => {
    const { outcome, batches } = fill(policy);
    expect(outcome.metrics.faults.sigbus).toBe(0);
    expect(outcome.metrics.lostBytes).toBe(3 * 2 ** 20);
    let lost = 0;
    for (const batch of batches)
      for (let i = 0; i < batch.count; i++) if (batch.kind[i] === EventKind.dataLost) lost += batch.b[i];
    expect(lost).toBe(3 * 2 ** 20);
  });

  it('P0 fails the mapping', () => {
    const { metrics } = fill('P0').outcome;
    expect(metrics.faults).toMatchObject({ write: 0, sigbus: 0 });
    expect(metrics.blocks.instantiatedKiB).toBe(0);
  });
});

describe('two threads in little memory', () => {
  let state = 7;
  const below = (n: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % n;
  };
  const stores = (): number[] => Array.from({ length: 3 + below(3) }, () => below(24));
  const scenario = (frames: number, reserve: number): Record<string, unknown> => ({
    memory: `${frames * 4} KiB`,
    reserve: `${reserve * 4} KiB`,
    files: [{ name: 'f', size: '96 KiB' }],
    mappings: [{ name: 'm', file: 'f' }],
    threads: ['one', 'two'].map((name) => ({
      name,
      steps: stores().map((page) => ({ do: 'store', mapping: 'm', from: `${page * 4} KiB`, count: 1 })),
    })),
  });
  const policies: PolicyId[] = ['P1', 'P3', 'P4', 'P4-nonblocking', 'P5', 'P5-by-page', 'P6'];

  it('every run ends: finished, or with a knot that names the frames; P5 and P6 always finish', () => {
    const verdicts = new Map<string, number>();
    for (let i = 0; i < 40; i++) {
      const experiment = scenario(7 + below(4), 2 + below(2));
      for (const policy of policies) {
        const { outcome } = run(planOf(experiment, { kernel: 'linux-2.6.11', filesystem: 'plain-16k', policy }));
        verdicts.set(outcome.verdict, (verdicts.get(outcome.verdict) ?? 0) + 1);
        if (outcome.verdict === 'finished') continue;
        expect(['P5', 'P6'], `${policy}: ${JSON.stringify(experiment)}`).not.toContain(policy);
        expect(outcome.waitFor!.knot.length, `${policy}: ${JSON.stringify(experiment)}`).toBeGreaterThan(0);
      }
    }
    expect(verdicts.get('finished')).toBeGreaterThan(100);
    expect(verdicts.get('deadlock')).toBeGreaterThan(0);
  });
});
