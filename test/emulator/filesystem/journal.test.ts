import { describe, expect, it } from 'vitest';
import type { PolicyId } from '#model/policies';
import type { RunPlan } from '#model/plan';
import { EventKind } from '#model/events';
import { type Ran, planOf, run } from '../kernel/plan.ts';

/** The plan with a log of so many blocks, of which an operation may dirty `credits`. */
function journaled(plan: RunPlan, blocks: number, credits: number): RunPlan {
  return { ...plan, filesystem: { ...plan.filesystem, journal: { commitPeriod: 5e12, blocks, credits } } };
}

function commits(ran: Ran): number {
  let count = 0;
  for (const batch of ran.batches)
    for (let i = 0; i < batch.count; i++) if (batch.kind[i] === EventKind.journalCommit) count++;
  return count;
}

describe('credits of a transaction', () => {
  const stores = {
    memory: '4 MiB',
    files: [{ name: 'f', size: '256 KiB' }],
    mappings: [{ name: 'm', file: 'f' }],
    threads: [{ name: 'main', steps: [{ do: 'store', mapping: 'm' }] }],
  };
  const plan = planOf(stores, { kernel: 'linux-2.6.11', filesystem: 'plain-4k', policy: 'P5' });

  it('a log with room for all of them is not committed before its time', () => {
    expect(commits(run(journaled(plan, 4096, 2)))).toBe(0);
  });

  it('a full transaction is committed, and the store that needs credits waits for it', () => {
    const small = run(journaled(plan, 16, 4));
    expect(small.outcome.verdict).toBe('finished');
    expect(commits(small)).toBeGreaterThan(10);
    const large = run(journaled(plan, 4096, 4));
    expect(small.outcome.metrics.blocks).toEqual(large.outcome.metrics.blocks);
    expect(small.outcome.metrics.time.byCauseNs.wait).toBeGreaterThan(large.outcome.metrics.time.byCauseNs.wait);
  });
});

describe('a commit waits for open handles', () => {
  let state = 11;
  const below = (n: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % n;
  };
  /** Two threads that store and write back, and one that frees blocks and syncs. */
  const scenario = (): Record<string, unknown> => {
    const steps = (): unknown[] =>
      Array.from({ length: 8 }, (_, i) =>
        i % 4 === 3
          ? { do: 'msync', mapping: 'm' }
          : { do: 'store', mapping: 'm', from: `${below(24) * 4} KiB`, count: 1 },
      );
    return {
      memory: `${(9 + below(6)) * 4} KiB`,
      reserve: '8 KiB',
      files: [
        { name: 'f', size: '96 KiB' },
        { name: 'g', size: '64 KiB', extents: [{ at: '0', length: '64 KiB', state: 'written' }] },
      ],
      mappings: [{ name: 'm', file: 'f' }],
      threads: [
        { name: 'one', steps: steps() },
        { name: 'two', steps: steps() },
        {
          name: 'sync',
          steps: [48, 32, 16].flatMap((KiB) => [
            { do: 'truncate', file: 'g', size: `${KiB} KiB` },
            { do: 'fsync', file: 'g' },
          ]),
        },
      ],
    };
  };

  it('with pages locked before the transaction it can be in a knot; P5 whole and P6 never are', () => {
    const knots = new Map<PolicyId, number>();
    let journals = 0;
    for (let i = 0; i < 60; i++) {
      const experiment = scenario();
      for (const policy of ['P1', 'P3', 'P4', 'P5', 'P5-by-page', 'P6'] as const) {
        const plan = planOf(experiment, { kernel: 'linux-2.6.11', filesystem: 'plain-16k', policy });
        const { outcome } = run(journaled(plan, 64, 2));
        if (outcome.verdict === 'finished') continue;
        knots.set(policy, (knots.get(policy) ?? 0) + 1);
        expect(outcome.waitFor!.knot.length, `${policy}: ${JSON.stringify(experiment)}`).toBeGreaterThan(0);
        if (outcome.waitFor!.knot.includes('journal')) journals++;
      }
    }
    expect([knots.has('P5'), knots.has('P6')]).toEqual([false, false]);
    expect(knots.get('P3')).toBeGreaterThan(0);
    expect(journals).toBeGreaterThan(0);
  });
});

describe('space that only writing gives back', () => {
  it('btrfs waits for its dirty pages before SIGBUS, others do not', () => {
    const stores = {
      memory: '16 MiB',
      freeSpace: '1 MiB',
      files: [{ name: 'f', size: '4 MiB' }],
      mappings: [{ name: 'm', file: 'f' }],
      threads: [{ name: 'main', steps: [{ do: 'store', mapping: 'm' }] }],
    };
    const dirtyAtEnd = (filesystem: string): number => {
      const { phases, metrics } = run(planOf(stores, { kernel: 'linux-6.18', filesystem })).outcome;
      expect(metrics.faults.sigbus).toBe(1);
      return phases[0].dirtyPages;
    };
    expect(dirtyAtEnd('btrfs-4k')).toBe(0);
    expect(dirtyAtEnd('ext4-4k')).toBeGreaterThan(200);
  });
});
