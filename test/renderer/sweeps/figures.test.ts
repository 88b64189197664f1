import { describe, expect, it } from 'vitest';
import { METRIC_PATHS } from '#model/sweep-results';
import { comparableFigures, measureGroups, measureLabel } from '../../../src-renderer/sweeps/figures.ts';
import type { Look } from '../../../src-renderer/sweeps/store.ts';

describe('figures of a sweep', () => {
  it('are those of runs that finished: a deadlock has no time to compare', () => {
    const cells: Look['cells'] = [
      { run: 'a', verdict: 'finished', value: 5 },
      { run: 'b', verdict: 'deadlock', value: 1 },
      null,
      { run: 'c', verdict: 'finished', value: null },
    ];
    const look: Look = { problem: null, axes: [], cells, measures: [], cores: 1 };
    expect(comparableFigures(look)).toEqual([5, undefined, undefined, undefined]);
  });
});

describe('measures', () => {
  it('go by their names, with the unit where the name has none', () => {
    expect(measureLabel('time.simulatedNs')).toBe('simulated time');
    expect(measureLabel('blocks.needlessKiB')).toBe('blocks needless, KiB');
    expect(measureLabel('faults.writeProtect')).toBe('write-protect faults');
  });

  it('stand under headings, none lost', () => {
    const groups = measureGroups([...METRIC_PATHS, 'cpu.tlb1Misses']);
    expect(groups.map(({ name }) => name)).toEqual([
      'Faults', 'Blocks', 'Pages', 'I/O', 'Time', 'Kernel', 'Failed', 'Processor',
    ]); // prettier-ignore
    expect(groups.flatMap(({ paths }) => paths)).toHaveLength(METRIC_PATHS.length + 1);
  });
});
