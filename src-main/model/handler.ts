/**
 * What a fault's handler did where no event tells it, called by its place among the steps that events tell: a name for
 * people, and what it is.
 */
export const HANDLER_WORK = {
  whole: { label: 'handler', meaning: 'no step of it is told' },
  entry: { label: 'entry', meaning: "look-up of VMA and page cache, the file system's hook" },
  contents: { label: 'contents', meaning: 'zeroes, or reads set up' },
  between: { label: 'between', meaning: 'between two steps' },
  exit: { label: 'exit', meaning: 'the PTE, and the return' },
  contentsExit: { label: 'contents, exit', meaning: 'zeroes, the PTE, and the return' },
  until: { label: 'until', meaning: 'of what follows only the moment is known' },
  rest: { label: 'rest', meaning: 'after the last moment that is known' },
} as const;
export type HandlerWork = keyof typeof HANDLER_WORK;

/** A part of a fault's time. The steps of a fault follow one another without a gap, from its start to its end. */
export interface HandlerStep {
  /** Start and duration, ps of the run's time. */
  readonly time: number;
  readonly duration: number;
  /** The event that tells it; of other work the fault itself, of `until` what it ends with. */
  readonly event: number;
  /** Kind of that event. */
  readonly kind: number;
  /** Null where the event is the step. */
  readonly work: HandlerWork | null;
}

/** The steps of one fault's handler, in order. */
export interface FaultHandler {
  readonly fault: number;
  readonly steps: readonly HandlerStep[];
}
