import { EVENT_KINDS, EventKind, type EventBatch, type EventColumn } from '#model/events';
import type { EventCriteria } from '#model/search';

/** Columns of a batch that `HitFinder` reads for some criteria; `kind` is always there. */
export function columnsFor(criteria: EventCriteria): EventColumn[] {
  const columns: EventColumn[] = [];
  if (criteria.lanes !== undefined) columns.push('lane');
  if (criteria.duration !== undefined) columns.push('duration');
  if (criteria.place !== undefined) columns.push('address', 'a', 'b');
  if (criteria.thread !== undefined) columns.push('a', 'cause');
  if (criteria.causedBy !== undefined) columns.push('cause');
  return [...new Set(columns)];
}

const NAMES_THREAD = Uint8Array.from(EVENT_KINDS, (kind) => (kind.a === 'thread' ? 1 : 0));
/** Of which argument the length of the place is, in units of `address`: 1 for `a`, 2 for `b`, 0 for none. */
const LENGTH_IN = Uint8Array.from(EVENT_KINDS, (kind) => {
  if (kind.name === 'io') return 1;
  return kind.address === 'file page' && kind.b.startsWith('pages') ? 2 : 0;
});

/**
 * Finds events, batch after batch in order. One bit an event says whether it was found; conditions on what an event
 * follows from take one or two bytes more an event while the search goes on.
 */
export class HitFinder {
  /** Bit i % 8 of byte i / 8 is event i. */
  readonly bits: Uint8Array;
  private readonly criteria: EventCriteria;
  private readonly kinds: Uint8Array;
  private readonly lanes: ReadonlySet<number> | null;
  /** 1 where the event is of the sought cause's kind or follows from one. */
  private readonly follows: Uint8Array;
  /** Thread of each event, -1 for none. */
  private readonly thread: Int16Array;

  /** @param events of the run */
  constructor(criteria: EventCriteria, events: number) {
    this.criteria = criteria;
    this.bits = new Uint8Array(Math.ceil(events / 8));
    this.kinds = kindsOf(criteria);
    this.lanes = criteria.lanes === undefined ? null : new Set(criteria.lanes);
    this.follows = new Uint8Array(criteria.causedBy === undefined ? 0 : events);
    this.thread = new Int16Array(criteria.thread === undefined ? 0 : events);
  }

  /** Looks through the next batch. @returns how many of its events are hits */
  add(batch: EventBatch): number {
    const { count, first, kind } = batch;
    const { kinds, bits } = this;
    if (this.thread.length > 0) this.followThreads(batch);
    if (this.follows.length > 0) this.followCauses(batch);
    let hits = 0;
    for (let i = 0; i < count; i++) {
      if (kinds[kind[i]] === 0 || !this.fits(batch, i)) continue;
      bits[(first + i) >> 3] |= 1 << ((first + i) & 7);
      hits++;
    }
    return hits;
  }

  private fits(batch: EventBatch, i: number): boolean {
    const { thread, causedBy, duration, place } = this.criteria;
    const index = batch.first + i;
    if (this.lanes !== null && !this.lanes.has(batch.lane[i])) return false;
    if (thread !== undefined && this.thread[index] !== thread) return false;
    if (causedBy !== undefined) {
      const cause = batch.cause[i];
      if (cause < 0 || cause >= index || this.follows[cause] === 0) return false;
    }
    if (duration !== undefined) {
      const took = batch.duration[i];
      if (took < (duration.least ?? 0) || took > (duration.most ?? Infinity)) return false;
    }
    if (place !== undefined) {
      const length = LENGTH_IN[batch.kind[i]];
      const covers = length === 0 ? 1 : Math.max(1, length === 1 ? batch.a[i] : batch.b[i]);
      if (batch.address[i] > place.to || batch.address[i] + covers <= place.from) return false;
    }
    return true;
  }

  private followThreads({ count, first, kind, a, cause }: EventBatch): void {
    const { thread } = this;
    for (let i = 0; i < count; i++) {
      const from = cause[i];
      const inherited = from >= 0 && from < first + i ? thread[from] : -1;
      // What a kernel thread does on another's behalf stays that one's: the cause knows better than the event.
      thread[first + i] = inherited >= 0 ? inherited : NAMES_THREAD[kind[i]] === 1 ? a[i] : -1;
    }
  }

  private followCauses({ count, first, kind, cause }: EventBatch): void {
    const { follows } = this;
    const sought = this.criteria.causedBy;
    for (let i = 0; i < count; i++) {
      const from = cause[i];
      follows[first + i] = kind[i] === sought || (from >= 0 && from < first + i && follows[from] === 1) ? 1 : 0;
    }
  }
}

/** By kind: 1 where events of it can be hits at all. Samples of counters are no events that anybody looks for. */
function kindsOf({ kinds, place }: EventCriteria): Uint8Array {
  const table = new Uint8Array(256);
  for (let kind = 0; kind < 256; kind++) {
    const asked = kinds === undefined || kinds.includes(kind);
    const placed = place === undefined || EVENT_KINDS[kind]?.address === place.of;
    table[kind] = asked && placed && kind !== EventKind.counter ? 1 : 0;
  }
  return table;
}

/** Whether event `index` was found. */
export function isHit(bits: Uint8Array, index: number): boolean {
  return (bits[index >> 3] & (1 << (index & 7))) !== 0;
}

/** Events of a batch, and which of the run's they are. */
export type PickedBatch = EventBatch & { readonly index: Int32Array };

/** The events of a batch that were found. Counters come along: they are the state in which things happen. */
export function pickHits(batch: EventBatch, bits: Uint8Array): PickedBatch {
  const places = new Int32Array(batch.count);
  let hits = 0;
  for (let i = 0; i < batch.count; i++)
    if (batch.kind[i] === EventKind.counter || isHit(bits, batch.first + i)) places[hits++] = i;
  const index = places.slice(0, hits);
  const pick = <T extends Float64Array | Uint16Array | Uint8Array | Int32Array>(column: T): T => {
    const picked = column.slice(0, column.length === 0 ? 0 : hits) as T;
    for (let k = 0; k < picked.length; k++) picked[k] = column[index[k]];
    return picked;
  };
  const { time, duration, lane, kind, address, a, b, c, cause } = batch;
  const picked = {
    index,
    first: batch.first,
    count: hits,
    time: pick(time),
    duration: pick(duration),
    lane: pick(lane),
    kind: pick(kind),
    address: pick(address),
    a: pick(a),
    b: pick(b),
    c: pick(c),
    cause: pick(cause),
  };
  for (let k = 0; k < hits; k++) index[k] += batch.first;
  return picked;
}
