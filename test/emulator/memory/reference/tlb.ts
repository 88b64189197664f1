import type { ProcessorFigures, TlbFigures } from '#emulator/cpu/figures';

/** A cached translation. `page` is the virtual page number, of a 2 MiB page its first. */
export interface Translation {
  readonly space: number;
  readonly page: number;
  readonly huge: boolean;
  frame: number;
  writable: boolean;
  dirty: boolean;
}

/** One TLB: sets in recency order. */
export class Tlb {
  private readonly figures: TlbFigures;
  private readonly sets: Translation[][];

  constructor(figures: TlbFigures) {
    this.figures = figures;
    this.sets = Array.from({ length: figures.sets }, () => []);
  }

  private set(page: number, huge: boolean): Translation[] {
    return this.sets[(huge ? page / 512 : page) % this.figures.sets];
  }

  find(space: number, page: number, huge: boolean): Translation | null {
    return this.set(page, huge).find((t) => t.space === space && t.page === page && t.huge === huge) ?? null;
  }

  /** Finds and marks as used. */
  use(space: number, page: number, huge: boolean): Translation | null {
    const found = this.find(space, page, huge);
    if (found !== null) {
      const set = this.set(page, huge);
      set.unshift(...set.splice(set.indexOf(found), 1));
    }
    return found;
  }

  insert(t: Translation): void {
    const set = this.set(t.page, t.huge);
    set.unshift(t);
    if (set.length > this.figures.ways) set.pop();
  }

  drop(keep: (t: Translation) => boolean): void {
    this.sets.forEach((set, i) => (this.sets[i] = set.filter(keep)));
  }
}

/** Page-walk caches: the tables of level 1, 2 and 3 that were reached lately, each fully associative. */
export class WalkCaches {
  private readonly capacity: readonly number[];
  /** Keys `space:prefix`, newest first. */
  private lists: string[][] = [[], [], []];

  constructor(figures: ProcessorFigures) {
    this.capacity = figures.walkCaches;
  }

  private static key(space: number, vpn: number, level: number): string {
    return `${space}:${Math.floor(vpn / 512 ** level)}`;
  }

  /** Whether the table of `level` (1 to 3) that covers `vpn` is known; marks it as used. */
  use(space: number, vpn: number, level: number): boolean {
    const list = this.lists[level - 1];
    const i = list.indexOf(WalkCaches.key(space, vpn, level));
    if (i >= 0) list.unshift(...list.splice(i, 1));
    return i >= 0;
  }

  insert(space: number, vpn: number, level: number): void {
    const list = this.lists[level - 1];
    list.unshift(WalkCaches.key(space, vpn, level));
    if (list.length > this.capacity[level - 1]) list.pop();
  }

  flush(): void {
    this.lists = [[], [], []];
  }
}
