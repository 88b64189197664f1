import { describe, expect, it } from 'vitest';
import { EventKind } from '#model/events';
import type { KernelDocument } from '#model/kernel';
import type { RunPlan } from '#model/plan';
import { experimentJson, planOf, run } from './plan.ts';

const question = experimentJson('2005-question-today');
const ask = (filesystem: string): RunPlan => planOf(question, { kernel: 'linux-6.18', filesystem });

describe('the 2005 question, today', () => {
  it.each([
    ['ext4-4k', 16168],
    ['xfs-4k', 16168],
    ['xfs-64k', 16384],
    ['tmpfs', 16384],
    ['btrfs-4k', 1024],
  ])('%s instantiates %i KiB, as recorded', (filesystem, KiB) => {
    expect(run(ask(filesystem)).outcome.metrics.blocks.instantiatedKiB).toBe(KiB);
  });

  it('takes as many traps after a sync as before', () => {
    const { phases } = run(ask('ext4-4k')).outcome;
    expect(phases.map((phase) => phase.minor)).toEqual([132, 256, 0, 256, 0]);
    expect(phases[0].major).toBe(1);
  });
});

describe('a file of which a part was allocated before', () => {
  it('has that part in the counter from the start, and each step what it was given itself', () => {
    const plan = planOf(
      {
        files: [{ name: 'f', size: '1 MiB', extents: [{ at: '0 B', length: '256 KiB', state: 'written' }] }],
        mappings: [{ name: 'm', file: 'f' }],
        threads: [
          {
            name: 't',
            steps: [
              { do: 'load', mapping: 'm' },
              { do: 'store', mapping: 'm', from: '512 KiB', count: 1 },
            ],
          },
        ],
      },
      { kernel: 'linux-6.18', filesystem: 'xfs-4k', policy: 'P5' },
    );
    const { outcome, batches } = run(plan);
    const given = outcome.phases[1].instantiatedKiB;
    expect(outcome.phases[0].instantiatedKiB).toBe(0);
    expect(given).toBe(outcome.metrics.blocks.instantiatedKiB);
    const lane = outcome.lanes.findIndex(({ name }) => name === 'instantiated KiB');
    const values = batches.flatMap(({ kind, lane: lanes, address }) =>
      Array.from(address).filter((_, i) => kind[i] === EventKind.counter && lanes[i] === lane),
    );
    expect(values).toEqual([256, 256 + given]);
  });
});

describe('tmpfs with huge pages', () => {
  it('instantiates 2 MiB at a touch, and maps them as one', () => {
    const { outcome } = run(ask('tmpfs-huge'));
    expect(outcome.phases[0]).toMatchObject({ minor: 8, major: 0, statKiB: 16384 });
    expect(outcome.phases[1].minor).toBe(0);
  });
});

describe('memory', () => {
  const press = {
    files: [{ name: 'f', size: '64 MiB' }],
    mappings: [{ name: 'm', file: 'f' }],
    threads: [
      {
        name: 'main',
        steps: [
          { do: 'store', mapping: 'm' },
          { do: 'store', mapping: 'm' },
          { do: 'msync', mapping: 'm' },
        ],
      },
    ],
  };

  it('a control group of 16 MiB: nothing is written by reclaim, and the task is held up while flushers write', () => {
    const { metrics, verdict } = run(
      planOf({ ...press, cgroupLimit: '16 MiB' }, { kernel: 'linux-6.18', filesystem: 'ext4-4k' }),
    ).outcome;
    expect(verdict).toBe('finished');
    expect(metrics.kernel.pagesWrittenByReclaim).toBe(0);
    expect(metrics.kernel.throttledNs).toBeGreaterThan(0);
    expect(metrics.kernel.pagesReclaimed).toBeGreaterThan(16384 - 4096);
    expect(metrics.io.writtenKiB).toBeGreaterThanOrEqual(2 * 64 * 1024);
  });

  it('2005: a task that reclaims writes pages itself', () => {
    const { metrics, verdict } = run(
      planOf({ ...press, memory: '16 MiB' }, { kernel: 'linux-2.6.11', filesystem: 'plain-4k', policy: 'P5' }),
    ).outcome;
    expect(verdict).toBe('finished');
    expect(metrics.io.writtenKiB).toBeGreaterThanOrEqual(64 * 1024);
  });
});

describe('private mappings and fork', () => {
  const steps = [
    { do: 'load', mapping: 'm', name: 'read' },
    { do: 'store', mapping: 'm', stride: '64 KiB', name: 'copy' },
    { do: 'fork', name: 'child', steps: [{ do: 'store', mapping: 'm', stride: '64 KiB', name: 'child stores' }] },
    { do: 'sleep', time: '1 ms' },
    { do: 'store', mapping: 'm', stride: '64 KiB', name: 'parent stores' },
    { do: 'msync', mapping: 'm' },
  ];
  it('copies on write, and again after a fork; the file gets nothing', () => {
    const experiment = {
      files: [{ name: 'f', size: '1 MiB' }],
      mappings: [{ name: 'm', file: 'f', sharing: 'private' }],
      threads: [{ name: 'main', steps }],
    };
    const { phases, metrics } = run(planOf(experiment, { kernel: 'linux-6.18', filesystem: 'ext4-4k' })).outcome;
    const of = (name: string): number => phases.find((phase) => phase.name === name)!.minor;
    expect([of('copy'), of('child stores'), of('parent stores')]).toEqual([16, 16, 16]);
    expect(metrics.blocks.instantiatedKiB).toBe(0);
    expect(metrics.pages.storedTo).toBe(0);
  });
});

/** A named defect in the kernel must be noticed: with it, a recorded figure comes out otherwise. */
describe('defects are noticed', () => {
  const minor = (plan: RunPlan): number[] => run(plan).outcome.phases.map((phase) => phase.minor);
  const altered = (change: (kernel: KernelDocument) => KernelDocument): RunPlan => {
    const plan = ask('ext4-4k');
    return { ...plan, kernel: change(plan.kernel) };
  };

  it('a read fault that installs a writable PTE: stores are not seen', () => {
    expect(minor({ ...ask('ext4-4k'), policy: 'P2-writable' })[1]).not.toBe(256);
  });

  it('a folio of one page where it has more: fewer blocks', () => {
    const plan = altered((kernel) => ({ ...kernel, folios: { large: false, maxOrder: 0 } }));
    expect(run(plan).outcome.metrics.blocks.instantiatedKiB).not.toBe(16168);
  });

  it('no fault-around: more faults', () => {
    expect(minor(altered((kernel) => ({ ...kernel, faults: { ...kernel.faults, aroundPages: 1 } })))[0]).not.toBe(132);
  });

  it('part of a folio mapped where all of it is: more faults', () => {
    expect(minor(altered((kernel) => ({ ...kernel, faults: { ...kernel.faults, mapWholeFolio: false } })))[0]).not.toBe(
      132,
    );
  });
});
