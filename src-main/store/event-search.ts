import type { EventColumn } from '#model/events';
import type { EventCriteria, SearchProgress } from '#model/search';
import { FULL_BATCH } from '#model/batch';
import { LEVEL_FAN_OUT } from '#stream/levels';
import { HitFinder, columnsFor, isHit, pickHits, type PickedBatch } from '#stream/search';
import { mergeSummaries, summarise, type Summary } from '#stream/summary';
import { packSummary, unpackSummary, type SummaryScalars } from '#stream/summary-codec';
import type { SummaryHead, TileSource } from '#stream/tile';
import type { EventStore } from './event-store.ts';
import { Recent } from './recent.ts';

/** What a timeline needs of the events that were found. */
const TILE_COLUMNS: readonly EventColumn[] = ['time', 'duration', 'lane', 'address'];
/** Unpacked summaries that are kept. */
const KEPT = 32;
/** Batches of hits that are kept. */
const KEPT_BATCHES = 4;

interface PackedSummary {
  readonly scalars: SummaryScalars;
  readonly bytes: Uint8Array;
}

/**
 * The events of a run that meet some criteria: found in steps, so that others are served in between, then shown at any
 * zoom as a run is, from summaries of their own. Takes a bit an event and the packed summaries.
 */
export class EventSearch {
  private readonly store: EventStore;
  private readonly stream: number;
  private readonly finder: HitFinder;
  private readonly columns: readonly EventColumn[];
  private readonly batches: number;
  private readonly events: number;
  private next = 0;
  /** Hits in each batch. */
  private readonly counts: number[] = [];
  /** By level, then number; undefined where nothing was found. */
  private readonly levels: (PackedSummary | undefined)[][] = [[]];
  private readonly unpacked = new Recent<Summary>(KEPT);
  private readonly picked = new Recent<PickedBatch>(KEPT_BATCHES);
  private hits = 0;

  constructor(store: EventStore, stream: number, criteria: EventCriteria) {
    const { events, levels } = store.headsOf(stream);
    this.store = store;
    this.stream = stream;
    this.events = events;
    this.batches = levels[0]?.length ?? 0;
    this.finder = new HitFinder(criteria, events);
    this.columns = [...new Set([...TILE_COLUMNS, ...columnsFor(criteria)])];
  }

  get progress(): SearchProgress {
    return {
      searched: Math.min(this.events, this.next * FULL_BATCH),
      events: this.events,
      hits: this.hits,
      complete: this.next >= this.batches,
    };
  }

  /** Looks through at most so many batches more. */
  advance(most: number): void {
    const end = Math.min(this.batches, this.next + most);
    if (this.next >= this.batches) return;
    for (; this.next < end; this.next++) {
      const batch = this.store.readBatch(this.stream, this.next, this.columns);
      const hits = this.finder.add(batch);
      this.counts.push(hits);
      this.hits += hits;
      const found = pickHits(batch, this.finder.bits);
      this.levels[0].push(found.count === 0 ? undefined : packed(summarise(found)));
    }
    if (this.next === this.batches) this.build();
  }

  /** Looks through all that is left. */
  finish(): void {
    this.advance(this.batches);
  }

  has(index: number): boolean {
    return isHit(this.finder.bits, index);
  }

  /** Hits before event `index`. */
  rankOf(index: number): number {
    const batch = Math.floor(index / FULL_BATCH);
    let rank = 0;
    for (let n = 0; n < batch; n++) rank += this.counts[n] ?? 0;
    for (let i = batch * FULL_BATCH; i < index; i++) if (this.has(i)) rank++;
    return rank;
  }

  /** The first hit after event `index`, or the last before it; -1 for none. */
  beside(index: number, direction: 'next' | 'previous'): number {
    const step = direction === 'next' ? 1 : -1;
    let i = index + step;
    while (i >= 0 && i < this.events) {
      const batch = Math.floor(i / FULL_BATCH);
      if ((this.counts[batch] ?? 0) === 0) {
        i = direction === 'next' ? (batch + 1) * FULL_BATCH : batch * FULL_BATCH - 1;
        continue;
      }
      if (this.has(i)) return i;
      i += step;
    }
    return -1;
  }

  /** Hits in a batch. */
  hitsIn(number: number): number {
    return this.counts[number] ?? 0;
  }

  /** Which events of a batch are hits: a bit each, as `isHit` reads them. */
  bitsIn(number: number): Uint8Array {
    const bytes = FULL_BATCH / 8;
    return this.finder.bits.slice(number * bytes, (number + 1) * bytes);
  }

  /** Where tiles of what was found are built from. */
  tileSource(): TileSource {
    const whole = this.store.tileSource(this.stream);
    return {
      root: () => this.head(this.levels.length - 1, 0),
      head: (level, number) => this.head(level, number),
      summary: (level, number) => this.summary(level, number),
      spans: (level, number) => this.summary(level, number).spans,
      batch: (number) => this.hitsOf(number),
      countersAt: (number) => whole.countersAt(number),
    };
  }

  private head(level: number, number: number): SummaryHead | undefined {
    const known = this.levels[level]?.[number];
    return known === undefined ? undefined : { level, number, ...known.scalars };
  }

  private summary(level: number, number: number): Summary {
    return this.unpacked.get(`${level}/${number}`, () => {
      const known = this.levels[level]?.[number];
      if (known === undefined) throw new RangeError(`there is no summary ${level}/${number}`);
      return unpackSummary(known.scalars, known.bytes);
    });
  }

  private hitsOf(number: number): PickedBatch {
    return this.picked.get(String(number), () => {
      const batch = this.store.readBatch(this.stream, number, TILE_COLUMNS);
      return pickHits(batch, this.finder.bits);
    });
  }

  /** The levels above the first: each summary is of up to {@link LEVEL_FAN_OUT} of the level below. */
  private build(): void {
    for (let level = 0; this.levels[level].length > 1; level++) {
      const above: (PackedSummary | undefined)[] = [];
      for (let first = 0; first < this.levels[level].length; first += LEVEL_FAN_OUT) {
        const parts: Summary[] = [];
        for (let child = first; child < first + LEVEL_FAN_OUT; child++) {
          if (this.levels[level][child] !== undefined) parts.push(this.summary(level, child));
        }
        above.push(parts.length === 0 ? undefined : packed(mergeSummaries(parts)));
      }
      this.levels.push(above);
    }
  }
}

function packed(summary: Summary): PackedSummary {
  const { exponent, minTime, maxTime, maxEnd, first, events } = summary;
  return { scalars: { exponent, minTime, maxTime, maxEnd, first, events }, bytes: packSummary(summary) };
}
