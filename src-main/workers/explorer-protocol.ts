import type { SteppedExploration } from '#emulator/explorer/explorer';
import type { ExplorerPolicy } from '#emulator/explorer/policies';
import type { Scenario } from '#model/scenario';

/** What the lab sends: one policy at a time; the next when the last is answered. */
export interface ExplorerRequest {
  readonly scenario: Scenario;
  readonly policy: ExplorerPolicy;
  /** States at most. */
  readonly limit: number;
}

export type ExplorerResponse =
  | { readonly type: 'done'; readonly exploration: SteppedExploration }
  /** The explorer broke: a defect of ours. */
  | { readonly type: 'failed'; readonly message: string; readonly detail: string };
