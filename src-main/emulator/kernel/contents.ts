import type { BlockState } from '#emulator/filesystem/block-map';
import type { KernelFile } from './file.ts';
import type { Kernel } from './kernel.ts';

const PAGE = 4096;
const SECTOR = 512;

/**
 * What the bytes of files are, in the cache and on disk. A run does without; a test that checks that no
 * store is lost and no stale data shows through has one, and compares.
 */
export class Contents {
  private readonly cache = new Map<number, Map<number, Uint8Array>>();
  private readonly disk = new Map<number, Uint8Array>();

  /** A cached page of a file; undefined when it is not cached. */
  page(file: KernelFile, page: number): Uint8Array | undefined {
    return this.cache.get(file.id)?.get(page);
  }

  private pages(file: KernelFile): Map<number, Uint8Array> {
    let pages = this.cache.get(file.id);
    if (pages === undefined) {
      pages = new Map();
      this.cache.set(file.id, pages);
    }
    return pages;
  }

  /** Pages of the cache begin as zeros. */
  zeroPages(file: KernelFile, first: number, count: number): void {
    for (let page = first; page < first + count; page++) this.pages(file).set(page, new Uint8Array(PAGE));
  }

  dropPages(file: KernelFile, first: number, count: number): void {
    for (let page = first; page < first + count; page++) this.pages(file).delete(page);
  }

  /** Pages take what the disk has for their written blocks, and zeros for the rest. */
  readPages(k: Kernel, file: KernelFile, first: number, count: number): void {
    for (let page = first; page < first + count; page++) {
      const bytes = new Uint8Array(PAGE);
      for (let at = 0; at < PAGE; at += SECTOR) {
        const sector = this.sectorAt(k, file, page * PAGE + at);
        const data = sector < 0 ? undefined : this.disk.get(sector);
        if (data !== undefined) bytes.set(data, at);
      }
      this.pages(file).set(page, bytes);
    }
  }

  /** The disk takes what pages hold, where the block is at least in the state `least`. */
  writePage(k: Kernel, file: KernelFile, page: number, least: BlockState): void {
    const bytes = this.page(file, page);
    if (bytes === undefined) throw new RangeError(`page ${page} is written but not cached`);
    const { fs } = k;
    for (let at = 0; at < PAGE; at += SECTOR) {
      const position = page * PAGE + at;
      if (position >= file.size) break;
      const block = Math.floor(position / fs.blockBytes);
      if (file.blocks.map.state(block) < least) continue;
      const sector = fs.sector(file.blocks, block) + (position - block * fs.blockBytes) / SECTOR;
      const data = bytes.slice(at, at + SECTOR);
      // What lies behind the end of the file is written as zeros.
      if (position + SECTOR > file.size) data.fill(0, file.size - position);
      this.disk.set(sector, data);
    }
  }

  /** Zeros go straight to disk. */
  zeroSectors(first: number, count: number): void {
    for (let sector = first; sector < first + count; sector++) this.disk.delete(sector);
  }

  private sectorAt(k: Kernel, file: KernelFile, position: number): number {
    const { fs } = k;
    const block = Math.floor(position / fs.blockBytes);
    // Only what is written has data; 3 is BlockState.written.
    if (file.blocks.map.state(block) !== 3) return -1;
    return fs.sector(file.blocks, block) + (position - block * fs.blockBytes) / SECTOR;
  }
}
