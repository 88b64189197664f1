/** What system calls on mappings bring about later. The figures of Linux 6.18 were counted on a real one. */
import { describe, expect, it } from 'vitest';
import { planOf, run } from './plan.ts';

const TODAY = { kernel: 'linux-6.18', filesystem: 'ext4-4k' } as const;
const IN_2005 = { kernel: 'linux-2.6.11', filesystem: 'plain-4k', policy: 'P2' } as const;

function phasesOf(mapping: object, steps: readonly object[], choice: Parameters<typeof planOf>[1]) {
  const experiment = {
    files: [{ name: 'f', size: '16 MiB' }],
    mappings: [{ name: 'm', file: 'f', ...mapping }],
    threads: [{ name: 'main', steps }],
  };
  return run(planOf(experiment, choice)).outcome.phases.map((phase) => ({
    name: phase.name,
    faults: phase.minor + phase.major,
    instantiatedKiB: phase.instantiatedKiB,
    statKiB: phase.statKiB,
  }));
}

describe('MAP_POPULATE of a shared writable mapping', () => {
  const steps = [
    { do: 'mmap', mapping: 'm' },
    { do: 'store', mapping: 'm', stride: '64 KiB' },
  ];

  it('only reads today: the stores after it fault, and give the holes their blocks', () => {
    expect(phasesOf({ populate: true, when: 'step' }, steps, TODAY)).toMatchObject([
      { name: 'mmap', faults: 133, statKiB: 0 },
      { name: 'store', faults: 256, statKiB: 16168 },
    ]);
  });

  it('stored in 2005: every hole has its block before the program runs', () => {
    expect(phasesOf({ populate: true, when: 'step' }, steps, IN_2005)).toMatchObject([
      { name: 'mmap', faults: 4096, instantiatedKiB: 16384 },
      { name: 'store', faults: 0, instantiatedKiB: 0 },
    ]);
  });
});

describe('mprotect to read-only and back', () => {
  const store = { do: 'store', mapping: 'm', stride: '4 KiB' };
  const thereAndBack = [
    { do: 'mprotect', mapping: 'm', protection: 'read' },
    { do: 'mprotect', mapping: 'm', protection: 'read-write' },
  ];

  it('costs no fault where the stores have been noticed already', () => {
    expect(phasesOf({}, [store, ...thereAndBack, store], TODAY).at(-1)).toMatchObject({ name: 'store', faults: 0 });
  });

  it('leaves clean pages to be trapped', () => {
    const steps = [store, { do: 'msync', mapping: 'm' }, ...thereAndBack, store];
    expect(phasesOf({}, steps, TODAY).at(-1)).toMatchObject({ name: 'store', faults: 4096 });
  });

  it('costs no fault for private copies of one process', () => {
    const steps = [store, ...thereAndBack, store];
    expect(phasesOf({ sharing: 'private' }, steps, TODAY).at(-1)).toMatchObject({ name: 'store', faults: 0 });
  });
});

describe('a hole punched into huge pages', () => {
  // A real Linux 6.18 (tmpfs, huge=always) took these many faults for a store to every k-th page of 6 MiB.
  it.each([
    [4, 103],
    [5, 84],
    [16, 29],
    [64, 9],
  ])('splits what stays around both ends: stores to every %dth page fault %d times', (k, faults) => {
    const store = { do: 'store', mapping: 'm', stride: `${k * 4} KiB` };
    const steps = [
      store,
      { do: 'truncate', file: 'f', size: '3 MiB' },
      { do: 'truncate', file: 'f', size: '6 MiB' },
      { do: 'load', mapping: 'm', from: '3 MiB', stride: '4 KiB' },
      { do: 'punch', file: 'f', from: '0', length: '1536 KiB' },
      store,
    ];
    const experiment = {
      files: [{ name: 'f', size: '6 MiB' }],
      mappings: [{ name: 'm', file: 'f' }],
      threads: [{ name: 'main', steps }],
    };
    const { phases } = run(planOf(experiment, { kernel: 'linux-6.18', filesystem: 'tmpfs-huge' })).outcome;
    expect(phases[5].minor + phases[5].major).toBe(faults);
  });
});

describe('threads at a barrier', () => {
  it('go on together, the one that came last among them', () => {
    const threads = [0, 1, 2, 3].map((i) => ({
      name: `t${i}`,
      steps: [
        { do: 'load', mapping: 'm', stride: '4 KiB', count: 1024 * (i + 1) },
        { do: 'barrier', barrier: 'b' },
        { do: 'store', mapping: 'm', stride: '4 KiB' },
      ],
    }));
    const { phases } = run(
      planOf({ files: [{ name: 'f', size: '16 MiB' }], mappings: [{ name: 'm', file: 'f' }], threads }, TODAY),
    ).outcome;
    const arrived = Math.max(...phases.filter(({ name }) => name === 'load').map(({ endNs }) => endNs));
    for (const { startNs, minor } of phases.filter(({ name }) => name === 'store')) {
      expect(startNs).toBeGreaterThanOrEqual(arrived);
      // Interrupts of the first shootdowns may hold one up.
      expect(startNs).toBeLessThan(arrived + 50_000);
      // Each has its share of the faults that all of them race for.
      expect(minor).toBeGreaterThan(512);
    }
  });
});

describe('what a step that never ended had stored', () => {
  it('is counted', () => {
    const plan = planOf(
      {
        memory: '4 MiB',
        files: [{ name: 'f', size: '64 MiB' }],
        mappings: [{ name: 'm', file: 'f' }],
        threads: [{ name: 'main', steps: [{ do: 'store', mapping: 'm', stride: '4 KiB' }] }],
      },
      { kernel: 'linux-6.18', filesystem: 'tmpfs' },
    );
    const { verdict, metrics } = run(plan).outcome;
    expect(verdict).toBe('out of memory');
    expect(metrics.pages.storedTo).toBeGreaterThan(512);
    expect(metrics.blocks.neededKiB).toBe(metrics.pages.storedTo * 4);
  });
});

describe('free space', () => {
  it('is plenty where the experiment does not say: a file larger than the volume of the recordings is filled', () => {
    const experiment = {
      memory: '1 GiB',
      files: [{ name: 'f', size: '640 MiB' }],
      mappings: [{ name: 'm', file: 'f' }],
      threads: [{ name: 'main', steps: [{ do: 'store', mapping: 'm', stride: '4 KiB' }] }],
    };
    const { metrics } = run(planOf(experiment, TODAY)).outcome;
    expect(metrics.faults.sigbus).toBe(0);
    expect(metrics.pages.storedTo).toBe(163_840);
  });
});
