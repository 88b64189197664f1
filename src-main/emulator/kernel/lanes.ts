import { COUNTERS, type Lane } from '#model/events';
import { CounterId } from './counters.ts';

/** The tracks of a run's timeline. Threads get two each: what they do, and their faults. */
export class Lanes {
  readonly list: Lane[] = [];
  readonly policy: number;
  readonly pageCache: number;
  readonly reclaim: number;
  readonly writeback: number;
  readonly journal: number;
  readonly block: number;
  readonly disk: number;
  /** First of the counters' lanes. */
  readonly counters: number;

  constructor(threads: readonly string[]) {
    for (const name of threads) this.thread(name);
    this.policy = this.add('policy', 'policy');
    this.pageCache = this.add('page cache', 'page-cache');
    this.reclaim = this.add('reclaim', 'reclaim');
    this.writeback = this.add('writeback', 'writeback');
    this.journal = this.add('journal', 'journal');
    this.block = this.add('block layer', 'block');
    this.disk = this.add('disk', 'disk');
    this.counters = this.list.length;
    for (const name of COUNTERS) this.add(name, 'counter');
  }

  /** Adds a thread's lanes; its fault lane follows its own. */
  thread(name: string): number {
    const lane = this.add(name, 'thread');
    this.add(`${name}: faults`, 'fault');
    return lane;
  }

  /**
   * Keeps the zone watermarks with the counter of free frames (Linux mm/page_alloc.c, `min`, `low` and `high` of a
   * zone). Frames.
   */
  watermarks(min: number, low: number, high: number): void {
    const lane = this.counters + CounterId.freeFrames;
    const watermarks = [
      { name: 'min', value: min },
      { name: 'low', value: low },
      { name: 'high', value: high },
    ];
    this.list[lane] = { ...this.list[lane], watermarks };
  }

  private add(name: string, group: Lane['group']): number {
    this.list.push({ name, group });
    return this.list.length - 1;
  }
}
