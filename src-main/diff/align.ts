import { EVENT_KINDS, EventKind } from '#model/events';
import { EventState, type EventAlignment, type EventCounts } from '#model/diff';
import type { RunEvents } from './columns.ts';
import { isChanged, keysOf, type EventKeys } from './keys.ts';
import { AS_IT_SAYS, type Place } from './place.ts';

export interface Aligned extends EventAlignment {
  readonly leftKeys: EventKeys;
  readonly rightKeys: EventKeys;
}

/** A run's events and how they are placed in its program. */
export interface Side {
  readonly events: RunEvents;
  readonly place: Place;
}

/**
 * Pairs the events of two runs: those at the same place in the program (thread, step, page, what it is about), the
 * first with the first, the second with the second. Every event is looked at twice; nothing is sorted.
 * @param kinds kinds that are compared; all that can be, if not given
 */
export function alignSides(x: Side, y: Side, kinds: ReadonlySet<number> | null = null): Aligned {
  const left = x.events;
  const right = y.events;
  const leftKeys = keysOf(left, x.place, kinds);
  const rightKeys = keysOf(right, y.place, kinds);
  const rightOf = new Int32Array(left.count).fill(-1);
  const leftOf = new Int32Array(right.count).fill(-1);
  pair(left, leftKeys, right, rightKeys, rightOf, leftOf);

  const leftState = new Uint8Array(left.count);
  const rightState = new Uint8Array(right.count);
  for (let i = 0; i < left.count; i++) {
    const j = rightOf[i];
    if (leftKeys.compared[i] === 0) leftState[i] = EventState.notCompared;
    else if (j < 0) leftState[i] = EventState.only;
    else {
      const state = stateOf(left, i, right, j, kinds === null);
      leftState[i] = state;
      rightState[j] = state;
    }
  }
  for (let j = 0; j < right.count; j++) if (rightKeys.compared[j] === 0) rightState[j] = EventState.notCompared;
  return { rightOf, leftOf, leftState, rightState, leftKeys, rightKeys };
}

/** Pairs the events of two runs of one origin, whose events say their place themselves. */
export function alignEvents(left: RunEvents, right: RunEvents): Aligned {
  return alignSides({ events: left, place: AS_IT_SAYS }, { events: right, place: AS_IT_SAYS });
}

/**
 * What recordings tell in their own way: calls by other numbers, writeback folio by folio instead of pass by pass, of
 * fault-around the window instead of the pages mapped, of readahead neither place nor folio order.
 */
const TOLD_OTHERWISE: readonly EventKind[] = [
  EventKind.syscall,
  EventKind.writeback,
  EventKind.faultAround,
  EventKind.readahead,
  EventKind.step,
  EventKind.phase,
];

/** Kinds that both runs have: what one of them has none of, it may not have been asked to record. */
export function commonKinds(left: RunEvents, right: RunEvents): ReadonlySet<number> {
  const seen = (events: RunEvents): Set<number> => {
    const found = new Uint8Array(256);
    for (let i = 0; i < events.count; i++) found[events.kind[i]] = 1;
    return new Set([...found.keys()].filter((kind) => found[kind] === 1));
  };
  const theirs = seen(right);
  const kinds = new Set([...seen(left)].filter((kind) => theirs.has(kind)));
  // The same access may fault in different ways: faults are compared whichever kinds there are.
  for (const kind of FAULTS) kinds.add(kind);
  for (const kind of TOLD_OTHERWISE) kinds.delete(kind);
  return kinds;
}
const FAULTS: readonly EventKind[] = [EventKind.readFault, EventKind.writeFault, EventKind.writeProtectFault];

function stateOf(left: RunEvents, i: number, right: RunEvents, j: number, causes: boolean): EventState {
  if (isChanged(left, i, right, j, causes)) return EventState.changed;
  return left.time[i] === right.time[j] && left.duration[i] === right.duration[j] ? EventState.same : EventState.moved;
}

/** A hash table over the left events, chains in order of time of recording; each right event takes the head of its chain. */
function pair(
  left: RunEvents,
  leftKeys: EventKeys,
  right: RunEvents,
  rightKeys: EventKeys,
  rightOf: Int32Array,
  leftOf: Int32Array,
): void {
  let size = 16;
  while (size < left.count * 2) size *= 2;
  const mask = size - 1;
  /** By slot: first and last event of the chain, -1 for an empty slot. The first's key is the slot's. */
  const first = new Int32Array(size).fill(-1);
  const last = new Int32Array(size);
  const head = new Int32Array(size);
  const next = new Int32Array(left.count).fill(-1);
  const { high, low } = leftKeys;
  for (let i = 0; i < left.count; i++) {
    if (leftKeys.compared[i] === 0) continue;
    let slot = low[i] & mask;
    while (first[slot] >= 0 && (high[first[slot]] !== high[i] || low[first[slot]] !== low[i])) slot = (slot + 1) & mask;
    if (first[slot] < 0) {
      first[slot] = i;
      head[slot] = i;
    } else {
      next[last[slot]] = i;
    }
    last[slot] = i;
  }
  for (let j = 0; j < right.count; j++) {
    if (rightKeys.compared[j] === 0) continue;
    const x = rightKeys.high[j];
    const y = rightKeys.low[j];
    let slot = y & mask;
    while (first[slot] >= 0 && (high[first[slot]] !== x || low[first[slot]] !== y)) slot = (slot + 1) & mask;
    if (first[slot] < 0) continue;
    const i = head[slot];
    if (i < 0) continue;
    rightOf[i] = j;
    leftOf[j] = i;
    head[slot] = next[i];
  }
}

const NONE: EventCounts = { same: 0, moved: 0, onlyLeft: 0, onlyRight: 0, changed: 0 };

/** How many events stand how, in all and by the name of their kind (a changed one under its left kind). */
export function countStates(
  left: RunEvents,
  right: RunEvents,
  aligned: EventAlignment,
): { events: EventCounts; byKind: Record<string, EventCounts> } {
  const states = 5;
  const leftCounts = new Float64Array(256 * states);
  const rightOnly = new Float64Array(256);
  for (let i = 0; i < left.count; i++) leftCounts[left.kind[i] * states + aligned.leftState[i]] += 1;
  for (let j = 0; j < right.count; j++) if (aligned.rightState[j] === EventState.only) rightOnly[right.kind[j]] += 1;
  let events = NONE;
  const byKind: Record<string, EventCounts> = {};
  for (let kind = 0; kind < 256; kind++) {
    const of = (state: EventState): number => leftCounts[kind * states + state];
    const counts: EventCounts = {
      same: of(EventState.same),
      moved: of(EventState.moved),
      onlyLeft: of(EventState.only),
      onlyRight: rightOnly[kind],
      changed: of(EventState.changed),
    };
    events = add(events, counts);
    if (counts.moved + counts.onlyLeft + counts.onlyRight + counts.changed > 0)
      byKind[EVENT_KINDS[kind]?.name ?? String(kind)] = counts;
  }
  return { events, byKind };
}

function add(x: EventCounts, y: EventCounts): EventCounts {
  return {
    same: x.same + y.same,
    moved: x.moved + y.moved,
    onlyLeft: x.onlyLeft + y.onlyLeft,
    onlyRight: x.onlyRight + y.onlyRight,
    changed: x.changed + y.changed,
  };
}
