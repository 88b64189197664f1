/** Files of which the names are kept; others get numbers only. */
const MOST_NAMES = 1000;
/** Files told apart by number. */
const MOST_FILES = 200_000;
/** Folios of which the size is remembered. */
const MOST_FOLIOS = 400_000;
/** Pages of a file, so that (file, page) is one number: 64 TiB of 4 KiB pages. */
const FILE_STEP = 2 ** 34;

/** A part of memory that maps a file, as a mark in the trace tells it. */
export interface Mapping {
  readonly base: number;
  readonly length: number;
  readonly file: number;
}

/**
 * The files of a recording by device and inode number, and what is known of their folios: their sizes, and which
 * event dirtied them. Bounded: beyond the limits a folio counts as one page and has no cause.
 */
export class Files {
  readonly names: string[] = [];
  readonly mappings: Mapping[] = [];
  /** Dirty pages of each file. */
  readonly dirty = new Map<number, number>();
  private readonly numbers = new Map<string, number>();
  private readonly byInode = new Map<number, { readonly device: number; readonly number: number }[]>();
  private readonly pagesOf = new Map<number, number>();
  private readonly dirtiedBy = new Map<number, number>();
  private lastDevice = -1;
  private lastInode = -1;
  private lastNumber = -1;

  /** Number of a file. @param device major x 2^20 + minor */
  file(device: number, inode: number): number {
    if (device === this.lastDevice && inode === this.lastInode) return this.lastNumber;
    const number = this.numberOf(device, inode);
    this.lastDevice = device;
    this.lastInode = inode;
    this.lastNumber = number;
    return number;
  }

  /**
   * Number of a file that an event names by its backing device, which for a partition is the whole disk: the file
   * of that inode on the device itself, else on another of the same major number.
   */
  backed(device: number, inode: number): number {
    const exact = this.numbers.get(keyOf(device, inode));
    if (exact !== undefined) return exact;
    const major = Math.floor(device / 2 ** 20);
    const near = this.byInode.get(inode)?.find((file) => Math.floor(file.device / 2 ** 20) === major);
    return near?.number ?? this.numberOf(device, inode);
  }

  /** A file of btrfs: its events name no device, other events name an anonymous one. */
  anonymous(inode: number): number {
    const known = this.byInode.get(inode)?.find((file) => file.device < 2 ** 20);
    return known?.number ?? this.numberOf(0, inode);
  }

  map(base: number, length: number, file: number): void {
    if (this.mappings.length < 1000) this.mappings.push({ base, length, file });
  }

  /** The file that an address belongs to, and its page there; null when no mark told. */
  at(address: number): { file: number; page: number } | null {
    for (let i = this.mappings.length - 1; i >= 0; i--) {
      const { base, length, file } = this.mappings[i];
      if (address >= base && address < base + length) return { file, page: Math.floor((address - base) / 4096) };
    }
    return null;
  }

  added(file: number, page: number, order: number): void {
    if (this.pagesOf.size < MOST_FOLIOS && order > 0) this.pagesOf.set(this.key(file, page), 2 ** order);
  }

  removed(file: number, page: number): number {
    const key = this.key(file, page);
    const pages = this.pagesOf.get(key) ?? 1;
    this.pagesOf.delete(key);
    this.dirtiedBy.delete(key);
    return pages;
  }

  /** A folio became dirty. @returns its pages */
  dirtied(file: number, page: number, event: number): number {
    const key = this.key(file, page);
    if (this.dirtiedBy.size < MOST_FOLIOS) this.dirtiedBy.set(key, event);
    const pages = this.pagesOf.get(key) ?? 1;
    this.dirty.set(file, (this.dirty.get(file) ?? 0) + pages);
    return pages;
  }

  /** The event that dirtied a folio, -1 when it is not known. */
  dirtierOf(file: number, page: number): number {
    return this.dirtiedBy.get(this.key(file, page)) ?? -1;
  }

  /** Pages of a folio as far as known. */
  pages(file: number, page: number): number {
    return this.pagesOf.get(this.key(file, page)) ?? 1;
  }

  /** Pages of a file went to be written. @returns how many of them were known to be dirty */
  cleaned(file: number, pages: number): number {
    const before = this.dirty.get(file) ?? 0;
    const cleaned = Math.min(before, pages);
    if (cleaned > 0) this.dirty.set(file, before - cleaned);
    return cleaned;
  }

  key(file: number, page: number): number {
    return file * FILE_STEP + page;
  }

  private numberOf(device: number, inode: number): number {
    const key = keyOf(device, inode);
    let number = this.numbers.get(key);
    if (number === undefined) {
      if (this.numbers.size >= MOST_FILES) return MOST_FILES;
      number = this.numbers.size;
      this.numbers.set(key, number);
      const same = this.byInode.get(inode);
      if (same === undefined) this.byInode.set(inode, [{ device, number }]);
      else if (same.length < 100) same.push({ device, number });
      if (number < MOST_NAMES) this.names.push(key);
    }
    return number;
  }
}

function keyOf(device: number, inode: number): string {
  return `${Math.floor(device / 2 ** 20)}:${device % 2 ** 20} inode ${inode}`;
}
