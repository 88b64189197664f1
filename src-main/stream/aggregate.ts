import type { Aggregate, DurationFigures, PageFigures } from '#model/aggregate';
import { EVENT_KINDS, type EventBatch } from '#model/events';
import { PAGE_BYTES } from './mappings.ts';

/** Pages that are told. */
const MOST_PAGES = 200;
/** Pages of a file, so that (file, page) is one number; virtual pages are below it. */
const FILE_STEP = 2 ** 36;

/** By kind: 1 where the address is a virtual one, 2 where it is a page of the file in argument `a`. */
const PAGED = Uint8Array.from(EVENT_KINDS, ({ address, a }) =>
  address === 'virtual address' ? 1 : address === 'file page' && a === 'file' ? 2 : 0,
);

/** Adds up the durations of events by kind and by page. Takes 20 bytes an event until it is finished. */
export class Aggregator {
  /** Events taken. */
  count = 0;
  private durations = new Float64Array(4096);
  private places = new Float64Array(4096);
  private kinds = new Uint8Array(4096);
  private keys = new Float64Array(4096);

  /** Takes event `i` of a batch, of which it reads duration, kind, address and a. */
  add(batch: EventBatch, i: number): void {
    if (this.count === this.durations.length) this.grow();
    const n = this.count++;
    const kind = batch.kind[i];
    const place = batch.address[i];
    this.durations[n] = batch.duration[i];
    this.places[n] = place;
    this.kinds[n] = kind;
    const paged = PAGED[kind];
    this.keys[n] =
      paged === 1 ? Math.floor(place / PAGE_BYTES) : paged === 2 ? (batch.a[i] + 1) * FILE_STEP + place : -1;
  }

  finish(complete: boolean): Aggregate {
    const pages = this.pages();
    return { complete, kinds: this.byKind(), ...pages };
  }

  private byKind(): Aggregate['kinds'] {
    const totals = new Uint32Array(256);
    for (let n = 0; n < this.count; n++) totals[this.kinds[n]]++;
    const rows: Aggregate['kinds'][number][] = [];
    for (let kind = 0; kind < 256; kind++) {
      if (totals[kind] === 0) continue;
      const durations = new Float64Array(totals[kind]);
      const places = new Float64Array(totals[kind]);
      let k = 0;
      for (let n = 0; n < this.count; n++) {
        if (this.kinds[n] !== kind) continue;
        durations[k] = this.durations[n];
        places[k++] = this.places[n];
      }
      rows.push({ kind, ...figuresOf(durations), addresses: distinct(places) });
    }
    return rows;
  }

  private pages(): Pick<Aggregate, 'pages' | 'pageCount'> {
    const totals = new Map<number, { events: number; sum: number }>();
    for (let n = 0; n < this.count; n++) {
      const key = this.keys[n];
      if (key < 0) continue;
      const known = totals.get(key);
      if (known === undefined) totals.set(key, { events: 1, sum: this.durations[n] });
      else {
        known.events++;
        known.sum += this.durations[n];
      }
    }
    const order = [...totals].sort(([k, x], [l, y]) => y.events - x.events || y.sum - x.sum || k - l);
    const told = order.slice(0, MOST_PAGES);
    const own = new Map(told.map(([key, { events }]) => [key, { durations: new Float64Array(events), used: 0 }]));
    for (let n = 0; n < this.count; n++) {
      const page = own.get(this.keys[n]);
      if (page !== undefined) page.durations[page.used++] = this.durations[n];
    }
    const pages = told.map(([key]): PageFigures => {
      const file = Math.floor(key / FILE_STEP) - 1;
      const place =
        file < 0
          ? { of: 'virtual address' as const, page: key, file: -1 }
          : { of: 'file page' as const, page: key - (file + 1) * FILE_STEP, file };
      return { ...place, ...figuresOf(own.get(key)!.durations) };
    });
    return { pages, pageCount: totals.size };
  }

  private grow(): void {
    const wider = <T extends Float64Array | Uint8Array>(old: T, next: T): T => {
      next.set(old);
      return next;
    };
    const room = this.durations.length * 2;
    this.durations = wider(this.durations, new Float64Array(room));
    this.places = wider(this.places, new Float64Array(room));
    this.kinds = wider(this.kinds, new Uint8Array(room));
    this.keys = wider(this.keys, new Float64Array(room));
  }
}

/** Sorts them in place. @param durations at least one */
function figuresOf(durations: Float64Array): DurationFigures {
  durations.sort();
  const events = durations.length;
  let sum = 0;
  for (let n = 0; n < events; n++) sum += durations[n];
  const quantile = (q: number): number => durations[Math.min(events - 1, Math.ceil(q * events) - 1)];
  return { events, sum, mean: sum / events, p50: quantile(0.5), p99: quantile(0.99) };
}

function distinct(places: Float64Array): number {
  places.sort();
  let found = places.length === 0 ? 0 : 1;
  for (let n = 1; n < places.length; n++) if (places[n] !== places[n - 1]) found++;
  return found;
}
