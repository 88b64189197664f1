/** One figure of a step in two runs; null where a run does not tell it. */
export interface AgreedFigure {
  readonly left: number | null;
  readonly right: number | null;
}

/** Figures that are compared step by step: those that a real kernel tells of itself. */
export const STEP_FIGURES = ['minor', 'major', 'heldKiB', 'dirtyPages'] as const;
export type StepFigure = (typeof STEP_FIGURES)[number];

/** How one step came out in two runs; null for a step that a run has not. */
export interface AgreedStep {
  readonly thread: number;
  readonly step: number;
  readonly name: string;
  readonly inLeft: boolean;
  readonly inRight: boolean;
  /**
   * `minor`, `major`: faults in the step. `heldKiB`: blocks that the file's pages have when the step ends, given or
   * reserved, as st_blocks counts them. `dirtyPages`: dirty pages of the file when the step ends.
   */
  readonly figures: Readonly<Record<StepFigure, AgreedFigure>>;
}

/** How far two runs agree, step by step. */
export interface Agreement {
  readonly left: string;
  readonly right: string;
  readonly steps: readonly AgreedStep[];
  /** Figures that both runs tell, and how many of them are the same. */
  readonly compared: number;
  readonly same: number;
}
