/** What a run came to. The names are part of `--json` output and stay. */
export interface Metrics {
  readonly faults: {
    /** Loads of an absent page. */
    readonly read: number;
    /** Stores to an absent page. */
    readonly write: number;
    /** Stores to a page mapped read-only. */
    readonly writeProtect: number;
    readonly minor: number;
    /** Faults that found no page in the cache (Linux counts a hole's, though no I/O is done). */
    readonly major: number;
    readonly sigbus: number;
  };
  readonly blocks: {
    /** Data blocks the run gave to holes, freed ones included. */
    readonly instantiatedKiB: number;
    /** Data blocks that hold at least one stored-to byte. */
    readonly neededKiB: number;
    /** instantiated - needed. */
    readonly needlessKiB: number;
  };
  readonly pages: {
    /** Pages that became dirty at least once. */
    readonly dirtied: number;
    /** Pages that the program stored to at least once. */
    readonly storedTo: number;
  };
  readonly io: {
    readonly requests: number;
    readonly reads: number;
    readonly writes: number;
    readonly flushes: number;
    readonly readKiB: number;
    readonly writtenKiB: number;
    /** Requests by cause, keys of `IO_CAUSES`; zero entries are left out. */
    readonly byCause: Readonly<Record<string, number>>;
  };
  readonly time: {
    readonly simulatedNs: number;
    /** Core time by cause in ns, keys of `CYCLE_CAUSES`; adds up to cores x simulated time. */
    readonly byCauseNs: Readonly<Record<string, number>>;
  };
  /** Counters of the memory path, keys of `CPU_COUNTERS`. */
  readonly cpu: Readonly<Record<string, number>>;
  /** Bytes stored by the program that never reached the disk and never will. */
  readonly lostBytes: number;
  /** TLB shootdowns, throttling and reclaim. */
  readonly kernel: {
    readonly throttledNs: number;
    readonly directReclaims: number;
    readonly pagesReclaimed: number;
    readonly pagesWrittenByReclaim: number;
  };
}

/** What one step of one thread came to: the same figures, as differences over the step. */
export interface PhaseMetrics {
  readonly thread: number;
  readonly step: number;
  readonly name: string;
  readonly startNs: number;
  readonly endNs: number;
  readonly minor: number;
  readonly major: number;
  readonly sigbus: number;
  readonly instantiatedKiB: number;
  /** Dirty pages of all files when the step ended. */
  readonly dirtyPages: number;
}

/** How a run ended. */
export const VERDICTS = ['finished', 'deadlock', 'livelock', 'out of memory', 'cancelled'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** How a run stands while it goes on. */
export interface LiveFigures {
  readonly simulatedNs: number;
  readonly minorFaults: number;
  readonly majorFaults: number;
  readonly cachedPages: number;
  readonly dirtyPages: number;
  readonly instantiatedKiB: number;
  readonly requests: number;
  readonly events: number;
}
