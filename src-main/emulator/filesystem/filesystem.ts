import { SECTOR_BYTES } from '#emulator/disk/disk';
import type { FilesystemDocument } from '#model/filesystem';
import { quantityPs } from '#model/quantity';
import { BlockMap, BlockState as BlockStates } from './block-map.ts';
import { DelayedExtents } from './delayed-extents.ts';
import { metadataBlocks } from './metadata.ts';

// What a module declares is compiled in; what it imports is fetched, and checked, at each use.
const BlockState = BlockStates;

const PAGE = 4096;

/** Sectors before the first file: superblock, group tables, log. */
const HEAD_SECTORS = 1 << 16;

/** What a file system keeps of one file. */
export interface FileBlocks {
  readonly map: BlockMap;
  /** First sector of the file's own stretch of the volume. */
  readonly base: number;
  readonly delayed: DelayedExtents | null;
  /** Blocks in use by cluster, when clusters are larger than blocks. */
  readonly clusters: Map<number, number> | null;
  /** Metadata blocks at the last count. */
  metadata: number;
  /** Extents may have changed since. */
  stale: boolean;
  /** Where a block lies when nothing is overwritten in place: sector by block. */
  readonly moved: Map<number, number> | null;
}

/**
 * A file system at run time: which blocks of which file are holes, reserved or allocated, and what is
 * left of the volume. It never waits; the kernel and the policies decide when to ask it.
 */
export class FileSystem {
  readonly doc: FilesystemDocument;
  readonly blockBytes: number;
  /** Blocks a page, at least 1; and pages a block, at least 1. */
  readonly blocksPerPage: number;
  readonly pagesPerBlock: number;
  readonly clusterBlocks: number;
  readonly hintBlocks: number;
  readonly minOrder: number;
  readonly maxOrder: number;
  readonly storeHookPs: number;
  readonly reservePs: number;
  readonly reserveNextPs: number;
  readonly allocatePs: number;
  /** Blocks free and not spoken for; data may take what is above `kept`. */
  free: number;
  readonly kept: number;
  private readonly blockSectors: number;
  private readonly sectors: number;
  private nextBase = HEAD_SECTORS;
  private logHead = 0;

  /**
   * @param freeBytes space that data may take; by default the whole volume, less what it keeps back
   * @param sectors of the disk
   * @param roomBytes the volume is at least as large, where `freeBytes` does not say how much is free
   */
  constructor(doc: FilesystemDocument, freeBytes: number | null, sectors: number, roomBytes: number) {
    this.doc = doc;
    this.blockBytes = doc.block;
    this.blocksPerPage = Math.max(1, PAGE / doc.block);
    this.pagesPerBlock = Math.max(1, doc.block / PAGE);
    this.clusterBlocks = Math.max(1, (doc.cluster ?? doc.block) / doc.block);
    this.hintBlocks = Math.max(1, (doc.extentHint ?? doc.block) / doc.block);
    this.minOrder = doc.folios.minOrder ?? 31 - Math.clz32(this.pagesPerBlock);
    this.maxOrder = doc.folios.large ? Math.max(doc.folios.maxOrder, this.minOrder) : this.minOrder;
    this.storeHookPs = quantityPs(doc.costs.storeHook);
    this.reservePs = quantityPs(doc.costs.reserve);
    this.reserveNextPs = quantityPs(doc.costs.reserveNext);
    this.allocatePs = quantityPs(doc.costs.allocate);
    const volume = Math.floor(Math.max(doc.space.size, roomBytes) / doc.block);
    const kept = Math.min(Math.floor(volume * doc.space.keptShare), doc.space.keptBlocks ?? Infinity);
    this.kept = freeBytes === null ? kept : 0;
    this.free = freeBytes === null ? volume : Math.floor(freeBytes / doc.block);
    this.blockSectors = doc.block / SECTOR_BYTES;
    this.sectors = sectors;
  }

  createFile(bytes: number): FileBlocks {
    const { doc } = this;
    const base = this.nextBase;
    const stretch = Math.ceil(bytes / doc.block) * this.blockSectors;
    this.nextBase = this.wrap(base + stretch + 2048);
    const fanout = doc.map.kind === 'extents' ? Math.floor((doc.block - doc.map.header) / doc.map.record) : 1;
    return {
      map: new BlockMap(),
      base,
      delayed: doc.space.delayedMetadata === 'worst-case' ? new DelayedExtents(doc.space.levels, fanout) : null,
      clusters: this.clusterBlocks > 1 ? new Map() : null,
      metadata: 0,
      stale: false,
      moved: doc.copyOnWrite ? new Map() : null,
    };
  }

  /** Sector of a block of the file. Data lies along the file; a disk smaller than the file is wrapped round. */
  sector(file: FileBlocks, block: number): number {
    const moved = file.moved?.get(block);
    return this.wrap(moved ?? file.base + block * this.blockSectors);
  }

  /** Gives a block a new place, where nothing is overwritten. */
  relocate(file: FileBlocks, block: number): void {
    if (file.moved === null) return;
    file.moved.set(block, HEAD_SECTORS + this.logHead);
    this.logHead = (this.logHead + this.blockSectors) % Math.max(this.blockSectors, this.sectors - 2 * HEAD_SECTORS);
  }

  /** Space before the run starts: not counted as given to holes. */
  preallocate(file: FileBlocks, first: number, count: number, state: BlockStates): void {
    for (let block = first; block < first + count; block++) {
      file.map.preset(block, state);
      this.useCluster(file, block);
    }
    file.stale = true;
    this.settle(file);
  }

  /** Blocks of `[first, first + count)` that are holes. */
  holes(file: FileBlocks, first: number, count: number): number {
    let holes = 0;
    for (let block = first; block < first + count; block++) if (file.map.state(block) === BlockState.hole) holes++;
    return holes;
  }

  /**
   * Sets space aside for the holes of a range; which blocks is decided by `allocate`.
   * @returns blocks newly reserved, or -1 when there is not enough; then nothing is reserved, or what there
   *   was room for, as the document says
   */
  reserve(file: FileBlocks, first: number, count: number): number {
    const end = first + count;
    let reserved = 0;
    for (let block = first; block < end;) {
      if (file.map.state(block) !== BlockState.hole) {
        block++;
        continue;
      }
      let stop = block + 1;
      while (stop < end && file.map.state(stop) === BlockState.hole) stop++;
      if (file.delayed !== null) {
        // The worst case is asked for as if the extent stood alone; what merging saves comes back afterwards
        // (XFS `xfs_bmapi_reserve_delalloc`).
        if (stop - block + file.delayed.worst(stop - block) > this.available) return -1;
        this.free -= file.delayed.add(block, stop - block);
      } else if (!this.doc.space.partialReservation && this.newClusters(file, block, stop) > this.available) {
        return -1;
      }
      for (; block < stop; block++) {
        if (!this.take(file, block)) return -1;
        file.map.set(block, BlockState.reserved);
        reserved++;
      }
    }
    return reserved;
  }

  /**
   * Allocates the holes and reservations of a range.
   * @param state of newly allocated blocks
   * @param hinted whether the extent size hint rounds the range out; what is added is unwritten
   * @returns blocks newly allocated, -1 when there is not enough space (then nothing is allocated)
   */
  allocate(file: FileBlocks, first: number, count: number, state: BlockStates, hinted = false): number {
    let from = first;
    let to = first + count;
    if (hinted && this.hintBlocks > 1) {
      from = Math.floor(first / this.hintBlocks) * this.hintBlocks;
      to = Math.ceil(to / this.hintBlocks) * this.hintBlocks;
    }
    if (to - from === 1 && file.clusters === null && file.map.state(from) === BlockState.hole) {
      // What nearly every fault asks for.
      if (this.available < 1) return -1;
      this.free--;
      file.map.set(from, state);
      this.relocate(file, from);
      file.stale = true;
      return 1;
    }
    if (this.newClusters(file, from, to) > this.available) return -1;
    let given = 0;
    for (let block = from; block < to; block++) {
      const before = file.map.state(block);
      if (before >= BlockState.unwritten) continue;
      if (before === BlockState.hole) {
        this.take(file, block);
      } else if (file.delayed !== null) {
        let stop = block + 1;
        while (stop < to && file.map.state(stop) === BlockState.reserved) stop++;
        const kept = file.delayed.kept;
        file.delayed.remove(block, stop - block);
        this.free += kept - file.delayed.kept;
        for (let b = block; b < stop; b++) {
          file.map.set(b, state);
          this.relocate(file, b);
        }
        given += stop - block;
        block = stop - 1;
        file.stale = true;
        continue;
      }
      const inside = block >= first && block < first + count;
      file.map.set(block, inside || !this.doc.unwritten ? state : BlockState.unwritten);
      this.relocate(file, block);
      given++;
      file.stale = true;
    }
    return given;
  }

  /** Data of a range is on disk. */
  written(file: FileBlocks, first: number, count: number): void {
    for (let block = first; block < first + count; block++) {
      if (file.map.state(block) === BlockState.unwritten) {
        file.map.set(block, BlockState.written);
        file.stale = true;
      }
    }
  }

  /** Gives the blocks of a range back. @returns blocks freed */
  release(file: FileBlocks, first: number, end: number): number {
    let freed = 0;
    for (let block = file.map.nextUsed(first); block < end; block = file.map.nextUsed(block + 1)) {
      if (file.map.state(block) === BlockState.reserved && file.delayed !== null) {
        const kept = file.delayed.kept;
        file.delayed.remove(block, 1);
        this.free += kept - file.delayed.kept;
      }
      file.map.set(block, BlockState.hole);
      file.moved?.delete(block);
      this.put(file, block);
      freed++;
    }
    if (freed > 0) file.stale = true;
    return freed;
  }

  /** Blocks data may still take. */
  get available(): number {
    return this.free - this.kept;
  }

  /** Recounts metadata after a change, and takes or gives back its blocks. */
  settle(file: FileBlocks): void {
    if (!file.stale) return;
    file.stale = false;
    const unit = this.clusterBlocks;
    const now = metadataBlocks(this.doc.map, file.map, file.map.extents(), this.blockBytes) * unit;
    // Where a part of the volume is kept back from data, metadata comes out of that.
    if (this.doc.space.keptShare === 0) this.free -= now - file.metadata;
    file.metadata = now;
  }

  /** What `stat` calls the file's blocks, in KiB: data, reservations and metadata. */
  statKiB(file: FileBlocks): number {
    this.settle(file);
    return ((this.dataBlocks(file) + file.metadata) * this.blockBytes) / 1024;
  }

  /** Blocks of data, whole clusters counted, reserved ones too. */
  dataBlocks(file: FileBlocks): number {
    if (file.clusters !== null) return file.clusters.size * this.clusterBlocks;
    const { counts } = file.map;
    return counts[BlockState.reserved] + counts[BlockState.unwritten] + counts[BlockState.written];
  }

  private take(file: FileBlocks, block: number): boolean {
    if (file.clusters === null) {
      if (this.available < 1) return false;
      this.free--;
      return true;
    }
    const cluster = Math.floor(block / this.clusterBlocks);
    const used = file.clusters.get(cluster) ?? 0;
    if (used === 0) {
      if (this.available < this.clusterBlocks) return false;
      this.free -= this.clusterBlocks;
    }
    file.clusters.set(cluster, used + 1);
    return true;
  }

  private useCluster(file: FileBlocks, block: number): void {
    this.take(file, block);
  }

  private put(file: FileBlocks, block: number): void {
    if (file.clusters === null) {
      this.free++;
      return;
    }
    const cluster = Math.floor(block / this.clusterBlocks);
    const used = file.clusters.get(cluster)!;
    if (used > 1) {
      file.clusters.set(cluster, used - 1);
    } else {
      file.clusters.delete(cluster);
      this.free += this.clusterBlocks;
    }
  }

  /** Blocks that giving `[from, to)` would take from the volume. */
  private newClusters(file: FileBlocks, from: number, to: number): number {
    let blocks = 0;
    let last = -1;
    for (let block = from; block < to; block++) {
      if (file.map.state(block) !== BlockState.hole) continue;
      if (file.clusters === null) {
        blocks++;
        continue;
      }
      const cluster = Math.floor(block / this.clusterBlocks);
      if (cluster !== last && !file.clusters.has(cluster)) blocks += this.clusterBlocks;
      last = cluster;
    }
    return blocks;
  }

  private wrap(sector: number): number {
    const room = this.sectors - HEAD_SECTORS;
    if (room <= HEAD_SECTORS) return sector % this.sectors;
    return sector < this.sectors ? sector : HEAD_SECTORS + ((sector - HEAD_SECTORS) % room);
  }
}
