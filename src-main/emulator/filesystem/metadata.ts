import type { FilesystemDocument } from '#model/filesystem';
import type { BlockMap } from './block-map.ts';

type MapKind = FilesystemDocument['map'];

/** Blocks of an extent tree with `extents` records; tree blocks of `blockBytes`. */
function extentTreeBlocks(map: Extract<MapKind, { kind: 'extents' }>, extents: number, blockBytes: number): number {
  if (extents <= map.inline) return 0;
  const fanout = Math.floor((blockBytes - map.header) / map.record);
  let level = Math.ceil(extents / fanout);
  let blocks = level;
  while (level > map.rootPointers) {
    level = Math.ceil(level / fanout);
    blocks += level;
  }
  return blocks;
}

/** Blocks of single, double and triple indirection that the allocated blocks of `data` hang from. */
function indirectBlocks(map: Extract<MapKind, { kind: 'indirect' }>, data: BlockMap, blockBytes: number): number {
  const fanout = Math.floor(blockBytes / map.pointer);
  let blocks = 0;
  // The last block of each level that was counted: blocks come in ascending order.
  const seen = [-1, -1, -1, -1];
  data.eachAllocated((block) => {
    let rest = block - map.direct;
    if (rest < 0) return;
    let depth = 1;
    let span = fanout;
    while (rest >= span) {
      rest -= span;
      span *= fanout;
      depth++;
    }
    // From the leaf of pointers up to the block that the inode points to.
    for (let level = 1, unit = fanout; level <= depth; level++, unit *= fanout) {
      const id = depth * 1e12 + Math.floor(rest / unit);
      if (seen[level] === id) break;
      seen[level] = id;
      blocks++;
    }
  });
  return blocks;
}

/** Metadata blocks that are counted with the file. `extents` is how many it has now. */
export function metadataBlocks(map: MapKind, data: BlockMap, extents: number, blockBytes: number): number {
  switch (map.kind) {
    case 'extents':
      return extentTreeBlocks(map, extents, blockBytes);
    case 'indirect':
      return indirectBlocks(map, data, blockBytes);
    case 'none':
      return 0;
  }
}
