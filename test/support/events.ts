import { makeBatch } from '#model/batch';
import type { EventBatch, EventKind } from '#model/events';

/** An event as tests write it: what is not said is 0, the cause none. */
export interface SomeEvent {
  readonly kind: EventKind;
  readonly time: number;
  readonly duration?: number;
  readonly address?: number;
  readonly a?: number;
  readonly b?: number;
  readonly c?: number;
  readonly cause?: number;
}

export function eventsOf(list: readonly SomeEvent[]): EventBatch {
  const batch = makeBatch(0, list.length);
  list.forEach((event, i) => {
    batch.kind[i] = event.kind;
    batch.time[i] = event.time;
    batch.duration[i] = event.duration ?? 0;
    batch.address[i] = event.address ?? 0;
    batch.a[i] = event.a ?? 0;
    batch.b[i] = event.b ?? 0;
    batch.c[i] = event.c ?? 0;
    batch.cause[i] = event.cause ?? -1;
  });
  return batch;
}
