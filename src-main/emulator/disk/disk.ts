/** What a disk is asked to do. Numbers, because they travel through typed arrays. */
export const DiskOp = { read: 0, write: 1, flush: 2, discard: 3 } as const;
export type DiskOp = (typeof DiskOp)[keyof typeof DiskOp];

/** Request flags, a bit set. */
export const DiskFlag = { none: 0, /** Durable before completion (force unit access). */ fua: 1 } as const;

/** What `complete` returns when no request completed: the time was one of the model's own steps. */
export const NO_TAG = -1;

/** Bytes a sector, the unit of every disk address here. */
export const SECTOR_BYTES = 512;

/**
 * A disk, seen from the block layer. All times are simulated picoseconds (integers in doubles) on the
 * engine's one clock; calls come with times that never go backwards.
 *
 * ```
 *   submit(now, ...) --> nextCompletion() --> at that time: complete() --> tag
 * ```
 *
 * A model may work out the completion on submission or keep events of its own: only `nextCompletion`
 * is asked, after each `submit` and each `complete`, and it may change with either. A model whose next
 * completion still depends on what may arrive before it (flash that lets reads go first) names the time of
 * its next own step instead and answers `NO_TAG` there.
 */
export interface Disk {
  /** Requests the disk takes at once (its command queue); the block layer holds the rest. At least 1. */
  readonly queueDepth: number;
  /** Addressable size in sectors. */
  readonly sectors: number;
  /**
   * Hands over a request.
   * @param now time of arrival, ps
   * @param sector first sector, 0 <= sector, sector + count <= sectors
   * @param count sectors; 0 only for flush
   * @param flags bit set of {@link DiskFlag}
   * @param tag the caller's name for the request, given back by `complete`
   */
  submit(now: number, op: DiskOp, sector: number, count: number, flags: number, tag: number): void;
  /** Time of the next completion (or own step) in ps, `Infinity` when nothing will happen by itself. */
  nextCompletion(): number;
  /**
   * Does what is due at `nextCompletion()`: returns the tag of the request that completed, or
   * {@link NO_TAG} when that was a step of the model's own. Throws when nothing is due ever.
   */
  complete(): number;
  /**
   * How the request last given back by `complete` spent its time, one entry a name in
   * `parts`, ps. The array is reused. Drives name seek, rotation, transfer and so on; may be empty.
   */
  readonly lastParts: Float64Array;
  /** Names of the entries of `lastParts`. */
  readonly parts: readonly string[];
}
