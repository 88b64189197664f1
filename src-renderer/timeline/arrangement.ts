import { EVENT_KINDS, type Lane } from '#model/events';
import { NO_ARRANGEMENT, orderLanes, type Arrangement } from './lanes.ts';

/**
 * An arrangement as it is kept: lanes by group and name, kinds by name, so that what a person arranged in one run
 * holds for all that have such lanes.
 */
export interface KeptArrangement {
  readonly folded: readonly string[];
  readonly pinned: readonly string[];
  readonly hidden: readonly string[];
  readonly order: readonly string[];
  readonly hiddenKinds: readonly string[];
}

const FIELDS = ['folded', 'pinned', 'hidden', 'order', 'hiddenKinds'] as const;
/** A run has some dozens of lanes; more than this is not a preference but an accident. */
const MOST_NAMES = 1000;

function nameOf(lane: Lane): string {
  return `${lane.group}/${lane.name}`;
}

/**
 * The arrangement to keep. Lanes of other runs that `before` knew and this run does not have stay as they were.
 */
export function toKept(arrangement: Arrangement, lanes: readonly Lane[], before: KeptArrangement): KeptArrangement {
  const own = new Set(lanes.map(nameOf));
  const kinds = new Set<string>(EVENT_KINDS.map((kind) => kind.name));
  const names = (numbers: Iterable<number>): string[] =>
    [...numbers].flatMap((lane) => (lanes[lane] === undefined ? [] : [nameOf(lanes[lane])]));
  const merged = (now: readonly string[], then: readonly string[], known: ReadonlySet<string>): string[] =>
    [...new Set([...now, ...then.filter((name) => !known.has(name))])].slice(0, MOST_NAMES);
  return {
    folded: merged(names(arrangement.folded), before.folded, own),
    pinned: merged(names(arrangement.pinned), before.pinned, own),
    hidden: merged(names(arrangement.hidden), before.hidden, own),
    order: merged(names(arrangement.order), before.order, own),
    hiddenKinds: merged(
      [...arrangement.hiddenKinds].flatMap((kind) => EVENT_KINDS[kind]?.name ?? []),
      before.hiddenKinds,
      kinds,
    ),
  };
}

/** The arrangement of a run's lanes that was kept. */
export function fromKept(kept: KeptArrangement, lanes: readonly Lane[]): Arrangement {
  const numbers = new Map<string, number>();
  lanes.forEach((lane, i) => {
    if (!numbers.has(nameOf(lane))) numbers.set(nameOf(lane), i);
  });
  const known = (names: readonly string[]): number[] => names.flatMap((name) => numbers.get(name) ?? []);
  const kinds = kept.hiddenKinds.map((name) => EVENT_KINDS.findIndex((kind) => kind.name === name));
  return {
    folded: new Set(known(kept.folded)),
    pinned: new Set(known(kept.pinned)),
    hidden: new Set(known(kept.hidden)),
    order: known(kept.order),
    hiddenKinds: new Set(kinds.filter((kind) => kind >= 0)),
  };
}

const NOTHING_KEPT: KeptArrangement = { folded: [], pinned: [], hidden: [], order: [], hiddenKinds: [] };

/** What was kept, from its JSON; nothing where it is not readable: a preference is not worth an error. */
export function parseKept(json: string | null): KeptArrangement {
  try {
    const value: unknown = JSON.parse(json ?? '{}');
    const fields = Object.fromEntries(
      FIELDS.map((field) => {
        const names = (value as Record<string, unknown> | null)?.[field];
        return [field, Array.isArray(names) ? names.filter((name) => typeof name === 'string') : []];
      }),
    ) as unknown as KeptArrangement;
    return fields;
  } catch {
    return NOTHING_KEPT;
  }
}

/**
 * The order after a lane is moved to stand before the lane that is `place`th of those shown (their number: at the
 * end). Lanes that are not shown keep their neighbours above. A pinned lane stays among the pinned, others below them.
 */
export function moveLane(
  lanes: readonly Lane[],
  shown: readonly number[],
  arrangement: Arrangement,
  lane: number,
  place: number,
): Arrangement {
  if (!shown.includes(lane)) return arrangement;
  const pinned = shown.filter((other) => arrangement.pinned.has(other)).length;
  const lowest = arrangement.pinned.has(lane) ? 0 : pinned;
  const highest = arrangement.pinned.has(lane) ? pinned : shown.length;
  const before = shown[Math.min(Math.max(place, lowest), highest)];
  if (before === lane) return arrangement;
  const all = orderLanes(lanes, { ...arrangement, hidden: NO_ARRANGEMENT.hidden }).filter((other) => other !== lane);
  const last = shown.filter((other) => other !== lane).at(-1);
  const at = before !== undefined ? all.indexOf(before) : last === undefined ? 0 : all.indexOf(last) + 1;
  return { ...arrangement, order: [...all.slice(0, at), lane, ...all.slice(at)] };
}

const KEY = 'faultline.lanes';

/** What the person keeps for all runs. */
export function readArrangement(lanes: readonly Lane[]): Arrangement {
  return fromKept(parseKept(localStorage.getItem(KEY)), lanes);
}

export function keepArrangement(arrangement: Arrangement, lanes: readonly Lane[]): void {
  try {
    const before = parseKept(localStorage.getItem(KEY));
    localStorage.setItem(KEY, JSON.stringify(toKept(arrangement, lanes, before)));
  } catch {
    // A full or forbidden storage costs only the memory of it.
  }
}
