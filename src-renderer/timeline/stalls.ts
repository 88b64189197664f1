import { EventKind } from '#model/events';

/** A cause for which a thread stands still. */
export interface Stall {
  readonly kind: number;
  readonly meaning: string;
}

/** What runs record of threads that stand still, by cause: each has a row of its own in a thread's lane. */
export const STALLS: readonly Stall[] = [
  { kind: EventKind.ioWait, meaning: 'waits for the disk' },
  { kind: EventKind.lockWait, meaning: 'waits for a lock, a frame, a reservation or the journal' },
  { kind: EventKind.throttle, meaning: 'too much is dirty: held up until some is written' },
  { kind: EventKind.directReclaim, meaning: 'no free frame: it frees some itself' },
];

export function isStall(kind: number): boolean {
  return STALLS.some((stall) => stall.kind === kind);
}

/** Whether a thread does or suffers it for want of memory: the lane of reclaim shows it too. */
export function isOfMemory(kind: number): boolean {
  return kind === EventKind.directReclaim || kind === EventKind.throttle;
}
