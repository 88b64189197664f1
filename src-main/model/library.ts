import type { RunFacts, RunInfo, RunSource } from '#model/run';
import type { Verdict } from '#model/metrics';

/** What a person adds to a run. Not part of its hash. */
export interface Annotation {
  readonly name: string;
  readonly notes: string;
  readonly tags: readonly string[];
  readonly starred: boolean;
}

/** A run to be saved: the store gives it its id, counts its events and dates it. */
export type NewRun = Omit<RunInfo, 'id' | 'events' | 'savedAt' | keyof Annotation> &
  Partial<Annotation> & { readonly savedAt?: string };

/** A document that went into a run, kept once by its hash. */
export interface RunDocument {
  /** 'experiment', 'machine', 'kernel', 'filesystem', 'recording', ... */
  readonly kind: string;
  /** SHA-256 of the UTF-8 bytes of `json`, lower-case hex. */
  readonly hash: string;
  readonly json: string;
}

/** What a list of runs shows: a run without lanes, phases and the full metrics. */
export interface RunListing extends RunFacts, Annotation {
  /** Bytes its events take in the library. */
  readonly bytes: number;
  readonly minor: number;
  readonly major: number;
  readonly instantiatedKiB: number;
  readonly needlessKiB: number;
  readonly simulatedNs: number;
}

export const RUN_SORT_FIELDS = [
  'savedAt',
  'name',
  'experiment',
  'policy',
  'machine',
  'kernel',
  'filesystem',
  'events',
  'bytes',
  'minor',
  'major',
  'instantiatedKiB',
  'needlessKiB',
  'simulatedNs',
] as const;
export type RunSortField = (typeof RUN_SORT_FIELDS)[number];

/** Which runs, in what order. Every given condition must hold. */
export interface RunQuery {
  /** Words sought in name, notes, tags, experiment, policy, machine, kernel and file system; the last may be a beginning. */
  readonly text?: string;
  readonly source?: RunSource;
  readonly experiment?: string;
  readonly policy?: string;
  readonly machine?: string;
  readonly kernel?: string;
  readonly filesystem?: string;
  readonly verdict?: Verdict;
  readonly tag?: string;
  readonly starred?: boolean;
  /** ISO times, inclusive from, exclusive to. */
  readonly savedFrom?: string;
  readonly savedTo?: string;
  /** Runs that were deleted and can still be brought back, instead of the others. */
  readonly deleted?: boolean;
  /** Default: savedAt, newest first. */
  readonly sort?: RunSortField;
  readonly descending?: boolean;
  readonly offset?: number;
  /** Default 100. */
  readonly limit?: number;
}

export interface RunPage {
  /** Runs that match, on all pages. */
  readonly total: number;
  readonly runs: readonly RunListing[];
}

/** Where a run's events lie in time, and how many there are. */
export interface RunExtent {
  readonly events: number;
  /** Start of the earliest event, ps. */
  readonly from: number;
  /** End of the last to end, beyond every start, ps. */
  readonly to: number;
}

export interface LibrarySize {
  readonly runs: number;
  readonly deleted: number;
  /** Of the file, its write-ahead log included. */
  readonly bytes: number;
  /** Of the file, free for new runs. */
  readonly freeBytes: number;
}
