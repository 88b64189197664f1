import { EventKind } from '#model/events';
import type { RunEvents } from './columns.ts';
import type { Place } from './place.ts';

/**
 * How a kind of event is paired: `family` stands for the kind, so that one kind may pair with another; `placed` are
 * the arguments that say where in the program it is; `outcome` those that say what came of it. Numbers of blocks and
 * sectors are neither: allocators may choose others.
 */
interface Rule {
  readonly family: number;
  readonly placed: readonly ('a' | 'b' | 'c')[];
  readonly outcome: readonly ('a' | 'b' | 'c')[];
  /** Place by the page of the event itself, else by that of the nearest event it follows from. */
  readonly page: 'own' | 'inherited' | 'none';
}

const rule = (
  family: number,
  page: Rule['page'],
  placed: Rule['placed'] = [],
  outcome: Rule['outcome'] = [],
): Rule => ({ family, page, placed, outcome });

/** The same access may fault in different ways: all faults are one family. */
const FAULT = rule(EventKind.readFault, 'own', [], ['c']);

/** Indexed by kind; kinds without a rule (counters: samples of state, not events) are not compared. */
const RULES: readonly (Rule | undefined)[] = (() => {
  const rules: (Rule | undefined)[] = [];
  rules[EventKind.step] = rule(EventKind.step, 'none', ['c']);
  rules[EventKind.readFault] = FAULT;
  rules[EventKind.writeFault] = FAULT;
  rules[EventKind.writeProtectFault] = FAULT;
  rules[EventKind.sigbus] = rule(EventKind.sigbus, 'own', [], ['c']);
  rules[EventKind.ioWait] = rule(EventKind.ioWait, 'own', ['a', 'b']);
  rules[EventKind.faultAround] = rule(EventKind.faultAround, 'own', ['a'], ['b']);
  rules[EventKind.readahead] = rule(EventKind.readahead, 'own', ['a'], ['b', 'c']);
  rules[EventKind.folioAdded] = rule(EventKind.folioAdded, 'own', ['a'], ['b']);
  rules[EventKind.folioDirtied] = rule(EventKind.folioDirtied, 'own', ['a'], ['b']);
  rules[EventKind.folioCleaned] = rule(EventKind.folioCleaned, 'own', ['a'], ['b']);
  rules[EventKind.folioRemoved] = rule(EventKind.folioRemoved, 'own', ['a'], ['b', 'c']);
  rules[EventKind.blocksReserved] = rule(EventKind.blocksReserved, 'own', ['a'], ['b']);
  rules[EventKind.blocksInstantiated] = rule(EventKind.blocksInstantiated, 'own', ['a'], ['b']);
  rules[EventKind.blocksFreed] = rule(EventKind.blocksFreed, 'own', ['a'], ['b']);
  rules[EventKind.writeback] = rule(EventKind.writeback, 'own', ['a'], ['b', 'c']);
  rules[EventKind.io] = rule(EventKind.io, 'inherited', ['b'], ['a']);
  rules[EventKind.journalCommit] = rule(EventKind.journalCommit, 'none', [], ['a']);
  rules[EventKind.throttle] = rule(EventKind.throttle, 'none', ['a'], ['b']);
  rules[EventKind.directReclaim] = rule(EventKind.directReclaim, 'none', ['a'], ['b', 'c']);
  rules[EventKind.kswapd] = rule(EventKind.kswapd, 'none', [], ['b', 'c']);
  rules[EventKind.lockWait] = rule(EventKind.lockWait, 'own', ['a', 'b'], ['c']);
  rules[EventKind.shootdown] = rule(EventKind.shootdown, 'own', ['a'], ['b']);
  rules[EventKind.copyOnWrite] = rule(EventKind.copyOnWrite, 'own');
  rules[EventKind.dataLost] = rule(EventKind.dataLost, 'own', ['a'], ['b']);
  rules[EventKind.phase] = rule(EventKind.phase, 'none', ['a']);
  rules[EventKind.deadlock] = rule(EventKind.deadlock, 'none', ['a']);
  rules[EventKind.livelock] = rule(EventKind.livelock, 'none', ['a'], ['b']);
  rules[EventKind.syscall] = rule(EventKind.syscall, 'own', ['a', 'b'], ['c']);
  rules[EventKind.diskPart] = rule(EventKind.diskPart, 'inherited', ['a']);
  rules[EventKind.note] = rule(EventKind.note, 'none', ['a']);
  return rules;
})();

/** Kinds whose address is a virtual one: it is divided into pages. */
const VIRTUAL: readonly EventKind[] = [
  EventKind.readFault,
  EventKind.writeFault,
  EventKind.writeProtectFault,
  EventKind.sigbus,
  EventKind.shootdown,
  EventKind.copyOnWrite,
];
/** Kinds whose arguments a and b are thread and step. */
const IN_STEP: readonly EventKind[] = [
  EventKind.step,
  EventKind.readFault,
  EventKind.writeFault,
  EventKind.writeProtectFault,
  EventKind.sigbus,
  EventKind.copyOnWrite,
];

/** Per kind, for the loop over all events: no objects are looked at there. */
const family = new Int32Array(256).fill(-1);
const ownPage = new Uint8Array(256);
const inheritsPage = new Uint8Array(256);
const placedBits = new Uint8Array(256);
const outcomeBits = new Uint8Array(256);
const isVirtual = new Uint8Array(256);
const isInStep = new Uint8Array(256);
const BIT = { a: 1, b: 2, c: 4 } as const;
RULES.forEach((entry, kind) => {
  if (entry === undefined) return;
  family[kind] = entry.family;
  ownPage[kind] = entry.page === 'own' ? 1 : 0;
  inheritsPage[kind] = entry.page === 'inherited' ? 1 : 0;
  placedBits[kind] = entry.placed.reduce((bits, name) => bits | BIT[name], 0);
  outcomeBits[kind] = entry.outcome.reduce((bits, name) => bits | BIT[name], 0);
});
for (const kind of VIRTUAL) isVirtual[kind] = 1;
for (const kind of IN_STEP) isInStep[kind] = 1;

/** Where in the program each event is, as a pair of hashes, and what is found on the way. */
export interface EventKeys {
  /** Two independent 32-bit hashes of thread, step, family, page and placing arguments. */
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  /** Thread and step that the event follows from, -1 for none. */
  readonly thread: Int32Array;
  readonly step: Int32Array;
  /** Its page, or that of the nearest event it follows from, -1 for none. */
  readonly page: Float64Array;
  /** 1 for events that are compared, 0 for those that the other run cannot have. */
  readonly compared: Uint8Array;
}

/**
 * @param place how the run's events are placed in the program
 * @param kinds kinds that are compared; all that can be, if not given
 */
export function keysOf(events: RunEvents, place: Place, kinds: ReadonlySet<number> | null = null): EventKeys {
  const { count, time, kind, address, a, b, c, cause } = events;
  const high = new Uint32Array(count);
  const low = new Uint32Array(count);
  const thread = new Int32Array(count);
  const step = new Int32Array(count);
  const page = new Float64Array(count);
  const compared = new Uint8Array(count);
  const taken = Uint8Array.from(family, (own, k) => (own >= 0 && (kinds === null || kinds.has(k)) ? 1 : 0));
  const { stepAt } = place;
  for (let i = 0; i < count; i++) {
    const k = kind[i];
    const from = cause[i];
    const follows = from >= 0 && from < i;
    // The step event itself knows best; an event without one (a recording's) says it in its arguments.
    const known = follows && step[from] >= 0 && k !== EventKind.step;
    if (stepAt === null) {
      thread[i] = known ? thread[from] : isInStep[k] === 1 ? a[i] : -1;
      step[i] = known ? step[from] : isInStep[k] === 1 ? b[i] : -1;
    } else {
      thread[i] = -1;
      step[i] = stepAt(time[i]);
    }
    const own = isVirtual[k] === 1 ? place.page(address[i]) : address[i];
    page[i] = ownPage[k] === 1 ? own : follows ? page[from] : -1;
    if (taken[k] === 0 || (isVirtual[k] === 1 && own < 0)) continue;
    compared[i] = 1;
    const p = ownPage[k] === 1 || inheritsPage[k] === 1 ? page[i] : -1;
    const bits = placedBits[k];
    let x = mix(0x9e3779b9, family[k]);
    let y = mix(0x85ebca6b, family[k]);
    x = mix(x, thread[i]);
    y = mix(y, thread[i] ^ 0x5bd1e995);
    x = mix(x, step[i]);
    y = mix(y, step[i] + 0x27d4eb2f);
    // The page in two halves: virtual pages have more than 32 bits.
    const upper = Math.floor(p / 4294967296);
    x = mix(mix(x, p | 0), upper);
    y = mix(mix(y, upper), (p | 0) ^ 0x1b873593);
    if ((bits & 1) !== 0) {
      x = mix(x, a[i]);
      y = mix(y, a[i] + 1);
    }
    if ((bits & 2) !== 0) {
      x = mix(x, b[i] + 2);
      y = mix(y, b[i] + 3);
    }
    if ((bits & 4) !== 0) {
      x = mix(x, c[i] + 4);
      y = mix(y, c[i] + 5);
    }
    high[i] = x;
    low[i] = y;
  }
  return { high, low, thread, step, page, compared };
}

/**
 * Whether two paired events differ in kind, outcome, or the kind of what caused them.
 * @param causes false where one of the runs, a recording, does not tell causes as the other does
 */
export function isChanged(left: RunEvents, i: number, right: RunEvents, j: number, causes: boolean): boolean {
  const k = left.kind[i];
  if (k !== right.kind[j]) return true;
  const bits = outcomeBits[k];
  if ((bits & 1) !== 0 && left.a[i] !== right.a[j]) return true;
  if ((bits & 2) !== 0 && left.b[i] !== right.b[j]) return true;
  if ((bits & 4) !== 0 && left.c[i] !== right.c[j]) return true;
  if (!causes) return false;
  const x = left.cause[i];
  const y = right.cause[j];
  return (x < 0 ? -1 : left.kind[x]) !== (y < 0 ? -1 : right.kind[y]);
}

/** A step of MurmurHash3's 32-bit mixing. */
function mix(hash: number, value: number): number {
  let k = Math.imul(value, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  let h = hash ^ Math.imul(k, 0x1b873593);
  h = (h << 13) | (h >>> 19);
  return (Math.imul(h, 5) + 0xe6546b64) | 0;
}
