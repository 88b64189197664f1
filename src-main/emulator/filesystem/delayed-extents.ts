/**
 * Extents whose allocation is delayed, and the blocks kept for the metadata they may need in the worst
 * case: a tree block at each level for a single block, fewer a block for longer extents (XFS
 * `xfs_bmap_worst_indlen`). Merging extents gives some of it back.
 */
export class DelayedExtents {
  private readonly ends = new Map<number, number>();
  private readonly starts = new Map<number, number>();
  private readonly levels: number;
  private readonly fanout: number;
  /** Blocks kept for metadata now. */
  kept = 0;

  constructor(levels: number, fanout: number) {
    this.levels = levels;
    this.fanout = fanout;
  }

  /** Worst case for an extent of `length` blocks. */
  worst(length: number): number {
    let blocks = 0;
    let rest = length;
    for (let level = 0; level < this.levels; level++) {
      rest = Math.ceil(rest / this.fanout);
      blocks += rest;
      if (rest === 1) return blocks + this.levels - level - 1;
    }
    return blocks;
  }

  /** Adds blocks, merged with their neighbours. @returns what `kept` has changed by, at most `worst(count)` */
  add(first: number, count: number): number {
    const start = this.starts.get(first) ?? first;
    const end = this.ends.get(first + count) ?? first + count;
    let change = this.worst(end - start);
    if (start < first) change -= this.worst(first - start);
    if (end > first + count) change -= this.worst(end - first - count);
    this.starts.delete(first);
    this.ends.delete(first + count);
    this.ends.set(start, end);
    this.starts.set(end, start);
    this.kept += change;
    return change;
  }

  /** Takes blocks out of the extent they are in; they must all be in one. */
  remove(first: number, count: number): void {
    let start = first;
    if (!this.ends.has(first)) {
      for (const candidate of this.ends.keys()) {
        if (candidate < first && this.ends.get(candidate)! > first) {
          start = candidate;
          break;
        }
      }
    }
    const end = this.ends.get(start);
    if (end === undefined) return;
    this.kept -= this.worst(end - start);
    this.ends.delete(start);
    this.starts.delete(end);
    if (start < first) this.put(start, first);
    if (first + count < end) this.put(first + count, end);
  }

  private put(start: number, end: number): void {
    this.ends.set(start, end);
    this.starts.set(end, start);
    this.kept += this.worst(end - start);
  }
}
