import { EventKind, type EventBatch, type EventColumn } from '#model/events';

/** Columns that {@link Flows.read} needs. */
export const FLOW_COLUMNS: readonly EventColumn[] = ['kind', 'cause'];

const NONE = -1;

/**
 * What each event caused. A viewer's arrow starts at the cause, which is written long before its effects are
 * seen, so the causes are read once beforehand: 8 bytes an event, as lists linked through the effects.
 */
export class Flows {
  /** First effect of each event. */
  private readonly first: Int32Array;
  /** Next effect of the same cause. */
  private readonly next: Int32Array;

  private constructor(events: number) {
    this.first = new Int32Array(events).fill(NONE);
    this.next = new Int32Array(events).fill(NONE);
  }

  /** @param batches all the run's events; of their columns {@link FLOW_COLUMNS} */
  static async read(events: number, batches: AsyncIterable<EventBatch>): Promise<Flows> {
    const flows = new Flows(events);
    for await (const batch of batches) {
      for (let i = 0; i < batch.count; i++) {
        const effect = batch.first + i;
        const cause = batch.cause[i];
        // A counter's samples are no slices: nothing can point at them.
        if (batch.kind[i] === EventKind.counter) continue;
        if (cause < 0 || cause >= events || cause === effect || effect >= events) continue;
        flows.next[effect] = flows.first[cause];
        flows.first[cause] = effect;
      }
    }
    return flows;
  }

  /** An effect of the event, or -1: the last one it has. */
  effectOf(cause: number): number {
    return this.first[cause] ?? NONE;
  }

  /** The effect of the same cause before this one, or -1. */
  siblingOf(effect: number): number {
    return this.next[effect] ?? NONE;
  }
}
