import type { Progress } from './schemas.ts';

/** Progress messages an operation sends at most: one in 50 ms, and always the last of each run. */
const PROGRESS_INTERVAL_MS = 50;

/** What a long piece of work is given. */
export interface Operation {
  readonly signal: AbortSignal;
  readonly progress: (state: Omit<Progress, 'operation'>) => void;
}

/** Long operations under way, by the id the window gave them. */
export class Operations {
  private readonly running = new Map<string, AbortController>();
  private readonly clock: () => number;

  /** @param clock milliseconds, monotonic */
  constructor(clock: () => number) {
    this.clock = clock;
  }

  get count(): number {
    return this.running.size;
  }

  /**
   * Runs `work` as operation `id`.
   * @throws RangeError when an operation of that id is under way: ids are the window's to keep unique.
   */
  async run<T>(id: string, send: (progress: Progress) => void, work: (operation: Operation) => Promise<T>): Promise<T> {
    if (this.running.has(id)) throw new RangeError(`operation ${id} is already under way`);
    const controller = new AbortController();
    this.running.set(id, controller);
    let sentAt = -Infinity;
    try {
      return await work({
        signal: controller.signal,
        progress: (state) => {
          const now = this.clock();
          if (now - sentAt < PROGRESS_INTERVAL_MS && state.done < state.total) return;
          sentAt = now;
          send({ operation: id, ...state });
        },
      });
    } finally {
      this.running.delete(id);
    }
  }

  /** Asks an operation to end; one that is over or unknown is left alone. */
  cancel(id: string): void {
    this.running.get(id)?.abort();
  }

  cancelAll(): void {
    for (const controller of this.running.values()) controller.abort();
  }
}
