import type { EventBatch } from '#model/events';
import type { LiveFigures } from '#model/metrics';
import type { RunOutcome, RunPlan } from '#model/plan';
import type { Problem } from '#model/problem';

/** What the lab sends: one plan at a time; the next when the last is done. */
export interface EmulatorRequest {
  readonly plan: RunPlan;
  /** Cells of {@link CONTROL}, shared by both sides for this run. */
  readonly control: SharedArrayBuffer;
  /** One Int32, 1 while the run is to stand still; shared by all runs that pause together. */
  readonly pause?: SharedArrayBuffer;
}

/** Cells of the shared Int32Array. */
export const CONTROL = {
  /** 1 when the run is to stop. */
  cancel: 0,
  /** Batches sent and not yet stored; the worker waits while there are {@link MAX_OUTSTANDING}. */
  outstanding: 1,
} as const;
export const CONTROL_BYTES = 8;

/** Bounds the memory between an emulator that is quick and a store that is slow: 8 batches, 25 MB. */
export const MAX_OUTSTANDING = 8;

/** What the worker answers: any number of progress and batch messages, then done or failed. */
export type EmulatorResponse =
  | { readonly type: 'progress'; readonly done: number; readonly total: number; readonly live: LiveFigures }
  | { readonly type: 'batch'; readonly batch: EventBatch }
  | { readonly type: 'done'; readonly outcome: RunOutcome; readonly hash: string; readonly planHash: string }
  | { readonly type: 'cancelled' }
  /** What the run was given is wrong. */
  | { readonly type: 'refused'; readonly problem: Problem }
  /** The emulator broke. */
  | { readonly type: 'failed'; readonly message: string; readonly detail: string };
