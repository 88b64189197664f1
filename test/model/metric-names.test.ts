import { describe, expect, it } from 'vitest';
import { metricName } from '#model/metric-names';
import { METRIC_PATHS } from '#model/sweep-results';

describe('metrics in words', () => {
  it.each([
    ['faults.writeProtect', 'write-protect faults'],
    ['blocks.instantiatedKiB', 'blocks instantiated'],
    ['time.byCauseNs.faultEntry', 'core time, fault entry'],
    ['time.byCauseNs.l2', 'core time, L2'],
    ['io.byCause.journal', 'I/O requests for journal'],
    ['cpu.tlb1Misses', 'CPU: TLB1 misses'],
    ['cpu.l3Hits', 'CPU: L3 hits'],
    ['cpu.storeBufferStalls', 'CPU: store buffer stalls'],
  ])('%s is %s', (path, name) => {
    expect(metricName(path)).toBe(name);
  });

  it('names every metric that every run has, each differently', () => {
    const names = METRIC_PATHS.map(metricName);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).not.toMatch(/[.]|KiB|Ns/);
  });
});
