import type { EventRow } from '#model/tile';

/** What comparing runs gives; the names are part of `faultline diff --json` and stay. */
export interface RunDiff {
  /** The first is what the others are compared with. */
  readonly runs: readonly DiffedRun[];
  /** False when a difference of the runs says nothing about what was meant to be compared. */
  readonly comparable: boolean;
  readonly warnings: readonly DiffWarning[];
  /** Fields that are not the same in all runs. */
  readonly documents: readonly DocumentChange[];
  /** Metrics that are not the same in all runs. */
  readonly metrics: readonly MetricChange[];
  /** Steps that are not the same in all runs. */
  readonly phases: readonly PhaseChange[];
  /** Of the first two runs. */
  readonly events: EventCounts;
  /** Of the first two runs; null when they are the same. */
  readonly firstDivergence: Divergence | null;
  /** Events of the first run against each of the others. */
  readonly pairs: readonly RunPair[];
}

export interface DiffedRun {
  readonly id: string;
  readonly hash: string;
  readonly experiment: string;
  readonly policy: string;
  readonly machine: string;
  readonly kernel: string;
  readonly filesystem: string;
  readonly name: string;
}

export interface DiffWarning {
  /** `workload` and `engine` make runs incomparable. */
  readonly kind: 'workload' | 'engine' | 'seed' | 'source' | 'verdict' | 'events';
  readonly message: string;
}

/** One field of a document that is not the same in all runs. */
export interface DocumentChange {
  /** 'run' for what the run itself says (policy, seed, ...). */
  readonly document: string;
  readonly path: string;
  /** One a run, in words; null where the field is not there. */
  readonly values: readonly (string | null)[];
  readonly text: string;
}

export interface MetricChange {
  /** Path in the metrics, such as `faults.writeProtect`. */
  readonly path: string;
  /** One a run. */
  readonly values: readonly number[];
  /** One for each run but the first: the change from the first. */
  readonly absolute: readonly number[];
  /** The change by the first's value; null where that is 0. */
  readonly relative: readonly (number | null)[];
  /** How far apart runs are that differ in nothing but the seed; null where there are none. */
  readonly spread: number | null;
  /** Whether each change is no more than the spread; null without one. */
  readonly withinSpread: readonly (boolean | null)[];
}

/** One step of one thread in each run; null where a run has it not. */
export interface PhaseChange {
  readonly thread: number;
  readonly step: number;
  readonly name: string;
  readonly values: readonly (PhaseValues | null)[];
}

export interface PhaseValues {
  readonly startNs: number;
  readonly durationNs: number;
  readonly minor: number;
  readonly major: number;
  readonly sigbus: number;
  readonly instantiatedKiB: number;
  readonly dirtyPages: number;
}

export interface EventCounts {
  readonly same: number;
  /** The same at another time, or for longer or shorter. */
  readonly moved: number;
  readonly onlyLeft: number;
  readonly onlyRight: number;
  /** At the same place in the program, with another kind, cause or outcome. */
  readonly changed: number;
}

export interface RunPair {
  readonly left: string;
  readonly right: string;
  readonly events: EventCounts;
  /** Kinds of which there is a difference, by name. */
  readonly byKind: Readonly<Record<string, EventCounts>>;
  readonly firstDivergence: Divergence | null;
}

export interface Divergence {
  readonly kind: 'changed' | 'onlyLeft' | 'onlyRight' | 'moved';
  readonly left: EventRow | null;
  readonly right: EventRow | null;
  /** In words. */
  readonly text: string;
}

/** How an event of one run stands to the other run. Numbers of {@link EventAlignment}'s states. */
export const EventState = { only: 0, same: 1, moved: 2, changed: 3, notCompared: 4 } as const;
export type EventState = (typeof EventState)[keyof typeof EventState];

/** Every event's partner in the other run, for views that follow one event through both. */
export interface EventAlignment {
  /** By index in the left run: index in the right, or -1. */
  readonly rightOf: Int32Array;
  readonly leftOf: Int32Array;
  readonly leftState: Uint8Array;
  readonly rightState: Uint8Array;
}
