/** What a person sets into a run's timeline: a marked span or moment, a note with words, a flag to come back to. */
export const MARK_KINDS = ['mark', 'note', 'flag'] as const;
export type MarkKind = (typeof MARK_KINDS)[number];

/** Belongs to a run as its notes do: not part of its hash. */
export interface RunMark {
  /** Made once, kept for good, the same in every library: lower-case letters, digits and hyphens. */
  readonly id: string;
  readonly kind: MarkKind;
  /** ps */
  readonly from: number;
  /** ps; equal to `from` for a moment. */
  readonly to: number;
  /** Index of the event it was set on, -1 for none. */
  readonly event: number;
  readonly text: string;
}

/** As a library keeps it and a bundle carries it: of two versions the later stays, and what was removed stays removed. */
export interface KeptMark {
  readonly id: string;
  /** ISO time of the last change. */
  readonly changedAt: string;
  /** null once it was removed. */
  readonly mark: RunMark | null;
}

/** Bounds, so that nothing that is opened can fill a library. */
export const MOST_MARKS = 2_000;
export const LONGEST_MARK_TEXT = 10_000;
export const MARK_ID = /^[a-z0-9-]{1,64}$/;
