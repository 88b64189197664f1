import type { FileBlocks } from '#emulator/filesystem/filesystem';
import type { AddressSpace, Vma } from './address-space.ts';
import { NOBODY } from './folios.ts';
import { PageIndex } from './page-index.ts';

/** State of readahead of an open file (Linux `file_ra_state`). Units are pages. */
export interface ReadaheadState {
  start: number;
  size: number;
  asyncSize: number;
  order: number;
  /** Misses less hits of its mappings. */
  mmapMiss: number;
  /** Page of the last byte read by `read`, -1 at first. */
  previous: number;
  /** Largest window; 0 turns readahead off. */
  pages: number;
}

/** A mapping that has a file, seen from the file. */
export interface Mapped {
  readonly space: AddressSpace;
  readonly vma: Vma;
}

/** A file, opened once: its size, its cached pages, its blocks, its mappings. */
export class KernelFile {
  readonly id: number;
  readonly name: string;
  private bytes = 0;
  /** Pages up to the end of the file. */
  pages = 0;
  readonly blocks: FileBlocks;
  readonly index = new PageIndex();
  readonly readahead: ReadaheadState;
  /** `fadvise(RANDOM)`: reads take what they ask for and no more. */
  random = false;
  mappings: Mapped[] = [];
  /** Task that holds the inode lock. */
  inodeOwner = NOBODY;
  /** When its first dirty page became dirty, ps; Infinity when it is clean. */
  dirtySince = Infinity;
  /** A write failed and nobody was told. */
  writeError = false;

  constructor(id: number, name: string, size: number, blocks: FileBlocks, readaheadPages: number) {
    this.id = id;
    this.name = name;
    this.size = size;
    this.blocks = blocks;
    this.readahead = { start: 0, size: 0, asyncSize: 0, order: 0, mmapMiss: 0, previous: -1, pages: readaheadPages };
  }

  /** Bytes. */
  get size(): number {
    return this.bytes;
  }
  set size(bytes: number) {
    this.bytes = bytes;
    this.pages = Math.ceil(bytes / 4096);
  }
}
