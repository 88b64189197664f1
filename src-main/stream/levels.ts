import type { EventBatch } from '#model/events';
import { mergeSummaries, summarise, type Summary } from './summary.ts';

/** Summaries of one level that make one of the next. */
export const LEVEL_FAN_OUT = 4;

/**
 * Builds the tree of summaries while batches stream by: level 0 has one a batch, each further level one for
 * every {@link LEVEL_FAN_OUT} of the level below, up to a single root. Keeps at most that many a level.
 */
export class LevelBuilder {
  private readonly sink: (level: number, number: number, summary: Summary) => void;
  /** Not yet merged, by level. */
  private readonly waiting: Summary[][] = [];
  private readonly emitted: number[] = [];

  /** @param sink takes each summary with its level and its number in the level. */
  constructor(sink: (level: number, number: number, summary: Summary) => void) {
    this.sink = sink;
  }

  push(batch: EventBatch): Summary {
    const summary = summarise(batch);
    this.add(0, summary);
    return summary;
  }

  /** Completes the tree. Returns the root's level, -1 for a run without events. */
  end(): number {
    for (let level = 0; level < this.waiting.length; level++) {
      const isTop = level === this.waiting.length - 1;
      if (isTop && this.emitted[level] === 1) return level;
      if (this.waiting[level].length > 0) this.merge(level);
    }
    return -1;
  }

  private add(level: number, summary: Summary): void {
    const group = (this.waiting[level] ??= []);
    const number = this.emitted[level] ?? 0;
    this.emitted[level] = number + 1;
    this.sink(level, number, summary);
    group.push(summary);
    if (group.length === LEVEL_FAN_OUT) this.merge(level);
  }

  private merge(level: number): void {
    const group = this.waiting[level];
    this.waiting[level] = [];
    this.add(level + 1, mergeSummaries(group));
  }
}
