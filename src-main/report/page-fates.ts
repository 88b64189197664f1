import { EVENT_KINDS, EventKind, type EventBatch, type EventColumn } from '#model/events';
import type { FilePage, Mappings } from '#stream/mappings';

/** A page that stands for all of which the same kinds of event tell. */
export interface PageFate extends FilePage {
  /** How many pages share it, itself included. */
  readonly pages: number;
}

/** Columns that {@link PageFates.add} needs. */
export const FATE_COLUMNS: readonly EventColumn[] = ['kind', 'address', 'a', 'b'];

/** What tells fates apart: whether a page had any event of the kind. */
const TELLING: readonly number[] = [
  EventKind.readFault,
  EventKind.writeFault,
  EventKind.writeProtectFault,
  EventKind.sigbus,
  EventKind.copyOnWrite,
  EventKind.blocksReserved,
  EventKind.blocksInstantiated,
  EventKind.folioDirtied,
  EventKind.folioCleaned,
  EventKind.dataLost,
];
const BIT = new Map(TELLING.map((kind, i) => [kind, 1 << i]));
/** By kind: 0 no telling kind, 1 by virtual address, 2 by file and page. */
const WAY = EVENT_KINDS.map(({ address, a }, kind) =>
  !BIT.has(kind) ? 0 : address === 'virtual address' ? 1 : address === 'file page' && a === 'file' ? 2 : 0,
);

/** Pages that are followed; in a larger run the first ones stand for all. */
const MOST_PAGES = 1 << 17;
/** Fates that a report shows. */
const MOST_FATES = 5;
const FILE_FACTOR = 2 ** 36;
const PAGE_KIB = 4;

/** Finds the different fates that a run's pages had, while its batches stream by. */
export class PageFates {
  private readonly mappings: Mappings;
  private readonly bits = new Map<number, number>();

  /** @param mappings of the whole run */
  constructor(mappings: Mappings) {
    this.mappings = mappings;
  }

  add({ first, count, kind, address, a, b }: EventBatch): void {
    for (let i = 0; i < count; i++) {
      const way = WAY[kind[i]];
      if (way === 0 || way === undefined) continue;
      if (way === 2) {
        // Blocks may be given to several pages at once; of folios the first page stands for all.
        const pages = kind[i] === EventKind.blocksInstantiated ? Math.max(1, Math.floor(b[i] / PAGE_KIB)) : 1;
        for (let p = 0; p < Math.min(pages, MOST_PAGES); p++) this.note(a[i], address[i] + p, kind[i]);
        continue;
      }
      const page = this.mappings.at(address[i], first + i);
      if (page !== null) this.note(page.file, page.page, kind[i]);
    }
  }

  /** One page of each fate, the fates that most pages share first. */
  chosen(): PageFate[] {
    const fates = new Map<number, { key: number; pages: number }>();
    for (const [key, bits] of this.bits) {
      const fate = fates.get(bits);
      if (fate === undefined) fates.set(bits, { key, pages: 1 });
      else fate.pages++;
    }
    return [...fates.values()]
      .sort((one, other) => other.pages - one.pages)
      .slice(0, MOST_FATES)
      .map(({ key, pages }) => ({ file: Math.floor(key / FILE_FACTOR), page: key % FILE_FACTOR, pages }));
  }

  private note(file: number, page: number, kind: number): void {
    const key = file * FILE_FACTOR + page;
    const before = this.bits.get(key);
    if (before === undefined && this.bits.size >= MOST_PAGES) return;
    this.bits.set(key, (before ?? 0) | (BIT.get(kind) ?? 0));
  }
}
