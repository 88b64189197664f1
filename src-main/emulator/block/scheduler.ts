/**
 * Decides which queued request goes to the disk next. Requests are slots of the queue's RequestTable;
 * a scheduler holds those inserted and not yet taken.
 */
export interface Scheduler {
  /** Requests held. */
  readonly length: number;
  /** Takes a request in. `now` in ps. */
  insert(request: number, now: number): void;
  /** Gives the next one up, NONE when empty. `now` in ps. */
  next(now: number): number;
  /** A held request of this operation that ends where a submission starts (back merge), or NONE. */
  endingAt(op: number, sector: number): number;
  /** A held request of this operation that starts where a submission ends (front merge), or NONE. */
  startingAt(op: number, sector: number): number;
  /** A front merge moves a held request's start: the scheduler changes `sector`, so that its order stays true. */
  moveStart(request: number, sector: number): void;
  /** Lets go of a held request that was merged into its neighbour. */
  remove(request: number): void;
}
