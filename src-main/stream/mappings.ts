import { EventKind, type EventBatch } from '#model/events';

/** Addresses in events fall into pages of this size: x86-64's and everyone's base page. */
export const PAGE_BYTES = 4096;

/** A stretch of virtual pages that shows a stretch of a file, from event `event` on. */
interface Mapping {
  readonly event: number;
  readonly first: number;
  readonly pages: number;
  readonly file: number;
  readonly page: number;
}

/** A page of a file. */
export interface FilePage {
  readonly file: number;
  readonly page: number;
}

/** Which virtual page shows which page of which file, as a run's events of kind `mapped` tell. */
export class Mappings {
  private readonly list: Mapping[] = [];

  /** Takes what a batch tells; batches in order. */
  add(batch: EventBatch): void {
    for (let i = 0; i < batch.count; i++) {
      if (batch.kind[i] !== EventKind.mapped) continue;
      this.list.push({
        event: batch.first + i,
        first: Math.floor(batch.address[i] / PAGE_BYTES),
        pages: batch.c[i],
        file: batch.a[i],
        page: batch.b[i],
      });
    }
  }

  /** The page of a file behind an address when event `event` happened, null where the run does not tell. */
  at(address: number, event: number): FilePage | null {
    const virtual = Math.floor(address / PAGE_BYTES);
    for (let i = this.list.length - 1; i >= 0; i--) {
      const { event: since, first, pages, file, page } = this.list[i];
      if (since <= event && virtual >= first && virtual < first + pages) return { file, page: page + virtual - first };
    }
    return null;
  }

  /** Whether a virtual page shows the page of the file when event `event` happened. */
  shows(address: number, event: number, { file, page }: FilePage): boolean {
    const there = this.at(address, event);
    return there !== null && there.file === file && there.page === page;
  }

  /** Addresses at which a page was ever mapped, each once, in the order of mapping. */
  addressesOf({ file, page }: FilePage): number[] {
    const addresses = new Set<number>();
    for (const mapping of this.list) {
      const offset = page - mapping.page;
      if (mapping.file === file && offset >= 0 && offset < mapping.pages)
        addresses.add((mapping.first + offset) * PAGE_BYTES);
    }
    return [...addresses];
  }
}
