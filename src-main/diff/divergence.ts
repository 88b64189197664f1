import { EventKind } from '#model/events';
import { EventState, type Divergence } from '#model/diff';
import type { RunInfo } from '#model/run';
import { threadName } from '#model/threads';
import type { Aligned } from './align.ts';
import { eventAt, type RunEvents } from './columns.ts';
import { eventText, timeText } from './describe.ts';
import type { EventKeys } from './keys.ts';

/** Things an event brought about that are worth a word, at most. */
const MOST_CONSEQUENCES = 3;
const CONSEQUENCES: readonly EventKind[] = [
  EventKind.blocksInstantiated,
  EventKind.blocksReserved,
  EventKind.folioAdded,
  EventKind.folioDirtied,
  EventKind.io,
  EventKind.readahead,
  EventKind.copyOnWrite,
  EventKind.throttle,
  EventKind.directReclaim,
];

/** Pages from here on are of the address space (mappings lie high in it), those below of a file: 4 TiB of it. */
const FIRST_VIRTUAL = 2 ** 30;

interface Side {
  readonly run: RunInfo;
  readonly events: RunEvents;
  readonly keys: EventKeys;
}

/**
 * The earliest difference of two runs in simulated time: an event that the other has not, or has with another kind,
 * cause or outcome; where there is none, the first that came at another time. Null when there is no difference.
 */
export function firstDivergence(left: Side, right: Side, aligned: Aligned): Divergence | null {
  const structural = (state: number): boolean => state === EventState.only || state === EventState.changed;
  const moved = (state: number): boolean => state === EventState.moved;
  for (const wanted of [structural, moved]) {
    const i = earliest(left.events, aligned.leftState, wanted);
    const j = earliest(right.events, aligned.rightState, wanted);
    if (i < 0 && j < 0) continue;
    const leftFirst = j < 0 || (i >= 0 && comesBefore(left, i, right, j));
    const x = leftFirst ? i : aligned.leftOf[j];
    const y = leftFirst ? aligned.rightOf[i] : j;
    const state = leftFirst ? aligned.leftState[i] : aligned.rightState[j];
    return divergence(left, x, right, y, state);
  }
  return null;
}

function earliest(events: RunEvents, states: Uint8Array, wanted: (state: number) => boolean): number {
  let found = -1;
  for (let i = 0; i < events.count; i++) {
    if (wanted(states[i]) && (found < 0 || events.time[i] < events.time[found])) found = i;
  }
  return found;
}

/** By time; at the same time by what they are, so that it does not matter which run is called left. */
function comesBefore(left: Side, i: number, right: Side, j: number): boolean {
  const byTime = left.events.time[i] - right.events.time[j];
  const byKind = left.events.kind[i] - right.events.kind[j];
  return (byTime || byKind || left.keys.high[i] - right.keys.high[j] || left.keys.low[i] - right.keys.low[j]) <= 0;
}

function divergence(left: Side, i: number, right: Side, j: number, state: number): Divergence {
  const x = i < 0 ? null : eventAt(left.events, i);
  const y = j < 0 ? null : eventAt(right.events, j);
  const kind = y === null ? 'onlyLeft' : x === null ? 'onlyRight' : state === EventState.moved ? 'moved' : 'changed';
  const place = x === null ? placeText(right, j) : placeText(left, i);
  const [a, b] = namesApart(left.run, right.run);
  return { kind, left: x, right: y, text: `${place}: ${sideText(a, left, i)}; ${sideText(b, right, j)}` };
}

/** As little of both runs as tells them apart; their ids where nothing else does. */
function namesApart(left: RunInfo, right: RunInfo): readonly [string, string] {
  const names: readonly ((run: RunInfo) => string)[] = [
    (run) => (run.name === '' ? run.policy : run.name),
    (run) => `${run.policy} on ${run.filesystem}`,
    (run) => `${run.policy} on ${run.machine}`,
    (run) => `${run.policy} on ${run.kernel}`,
    (run) => `${run.policy}, seed ${run.seed}`,
  ];
  const apart = names.find((name) => name(left) !== name(right)) ?? ((run: RunInfo) => `${run.policy} (${run.id})`);
  return [apart(left), apart(right)];
}

/** "main, step 2 (load), page 16": steps counted from 1, pages as the event tells them. */
function placeText({ run, keys }: Side, i: number): string {
  const parts: string[] = [];
  const [thread, step, page] = [keys.thread[i], keys.step[i], keys.page[i]];
  if (thread >= 0) parts.push(threadName(run, thread) ?? `thread ${thread + 1}`);
  if (step >= 0) {
    const name = run.phases.find((phase) => (thread < 0 || phase.thread === thread) && phase.step === step)?.name ?? '';
    parts.push(name === '' ? `step ${step + 1}` : `step ${step + 1} (${name})`);
  }
  if (page >= 0) parts.push(`page ${page < FIRST_VIRTUAL ? page : `0x${page.toString(16)}`}`);
  return parts.length === 0 ? 'in the background' : parts.join(', ');
}

function sideText(name: string, side: Side, i: number): string {
  if (i < 0) return `${name} has nothing there`;
  const row = eventAt(side.events, i);
  const cause = row.cause >= 0 ? `, from ${eventText(eventAt(side.events, row.cause))}` : '';
  const follows = consequences(side.events, i);
  const then = follows.length === 0 ? '' : `, which brings ${follows.join(', ')}`;
  return `${name} has ${eventText(row)} at ${timeText(row.time)}${cause}${then}`;
}

/** What an event directly brought about, in words. Effects follow their cause closely: the search ends soon after. */
function consequences(events: RunEvents, index: number): string[] {
  const found = new Set<string>();
  const end = Math.min(events.count, index + 1000);
  for (let i = index + 1; i < end && found.size < MOST_CONSEQUENCES; i++) {
    if (events.cause[i] === index && (CONSEQUENCES as readonly number[]).includes(events.kind[i]))
      found.add(eventText(eventAt(events, i)));
  }
  return [...found];
}
