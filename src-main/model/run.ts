import type { Lane } from '#model/events';
import type { Metrics, PhaseMetrics, Verdict } from '#model/metrics';
import type { WaitForGraph } from '#model/wait-for';

/** Where a run comes from. */
export const RUN_SOURCES = ['emulated', 'recorded', 'imported'] as const;
export type RunSource = (typeof RUN_SOURCES)[number];

/** What a run is, in short. */
export interface RunFacts {
  /** Short unique id, the one people type: lower-case letters and digits. */
  readonly id: string;
  readonly hash: string;
  readonly source: RunSource;
  readonly experiment: string;
  readonly policy: string;
  readonly machine: string;
  readonly kernel: string;
  readonly filesystem: string;
  readonly engineVersion: string;
  readonly seed: number;
  readonly verdict: Verdict;
  readonly events: number;
  /** ISO time at which the run was saved; not part of the hash. */
  readonly savedAt: string;
}

/**
 * A run in the library, without its events. `hash` is SHA-256 over engine version, documents,
 * seed, events and outcome (recordings: over the file): the same hash means the same bytes.
 */
export interface RunInfo extends RunFacts {
  /** SHA-256 over what the emulator was given; recordings: equal to `hash`. */
  readonly planHash: string;
  readonly lanes: readonly Lane[];
  readonly phases: readonly PhaseMetrics[];
  /** Recorded runs carry what the recording can tell; everything else is zero. */
  readonly metrics: Metrics;
  readonly waitFor: WaitForGraph | null;
  readonly name: string;
  readonly notes: string;
  readonly tags: readonly string[];
  readonly starred: boolean;
}
