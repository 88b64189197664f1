import { Inclusion, Replacement, type CacheFigures, type ProcessorFigures } from '#emulator/cpu/figures';

/** A small cache with everything at its plainest. */
export function cache(sets: number, ways: number, latency: number, more: Partial<CacheFigures> = {}): CacheFigures {
  return {
    sets,
    ways,
    slices: 1,
    latency,
    transfer: 0,
    writeBack: true,
    replacement: Replacement.lru,
    inclusion: Inclusion.nonInclusive,
    shared: false,
    ...more,
  };
}

/** A small machine whose caches and TLBs overflow quickly. */
export function machine(more: Partial<ProcessorFigures> = {}): ProcessorFigures {
  return {
    cycle: 300,
    line: 64,
    caches: [
      cache(16, 4, 1200),
      cache(32, 8, 3600, { transfer: 600 }),
      cache(64, 11, 12000, { slices: 3, shared: true, transfer: 800 }),
    ],
    tlb1: { sets: 4, ways: 4 },
    tlb1Huge: null,
    tlb2: { sets: 16, ways: 6 },
    tlb2Penalty: 2100,
    walkCaches: [4, 3, 2],
    walkers: 2,
    walkOverhead: 700,
    taggedTlb: true,
    loadIssue: 150,
    storeIssue: 300,
    commit: 300,
    loadWindow: 40,
    storeBuffer: 20,
    mergingStores: false,
    forwardLatency: 1500,
    fillBuffers: 10,
    prefetchNext: 0,
    prefetchStride: 0,
    accessedAssist: 60000,
    dirtyAssist: 70000,
    exceptionEntry: 200000,
    exceptionExit: 100000,
    systemCall: 50000,
    contextSwitch: 1500000,
    shootdownSend: 2000000,
    shootdownReceive: 1000000,
    memoryLatency: 90000,
    memoryTransfer: 3000,
    loadedBandwidth: [],
    loadedLatency: [],
    coreToCore: 40000,
    ...more,
  };
}
