/** What of a file is allocated before the run, painted: extents, holes and unwritten ranges. */
import { formatSize } from '#model/units';
import { bytesOf, replaced, type DraftDocument, type DraftExtent, type DraftFile } from './document.ts';

export const PAINTS = ['written', 'unwritten', 'hole'] as const;
export type Paint = (typeof PAINTS)[number];

/** A range of a file, in bytes. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly state: Paint;
}

/** A size as a document writes it: nothing is `0`, not `0 B`. */
export function sizeText(bytes: number): string {
  return bytes === 0 ? '0' : formatSize(bytes);
}

function stateOf(extent: DraftExtent): Paint {
  return extent.state === 'unwritten' ? 'unwritten' : 'written';
}

/** The whole file from its begin to its end, holes included, neighbours of one state joined. */
export function stretchesOf(file: DraftFile): Stretch[] {
  const size = bytesOf(file.size);
  const allocated = (file.extents ?? [])
    .map((extent) => {
      const from = Math.min(bytesOf(extent.at), size);
      return { from, to: Math.min(from + bytesOf(extent.length), size), state: stateOf(extent) };
    })
    .sort((a, b) => a.from - b.from);
  const stretches: Stretch[] = [];
  const put = (from: number, to: number, state: Paint): void => {
    if (to <= from) return;
    const last = stretches.at(-1);
    if (last?.state === state) stretches[stretches.length - 1] = { ...last, to };
    else stretches.push({ from, to, state });
  };
  let end = 0;
  for (const { from, to, state } of allocated) {
    put(end, from, 'hole');
    put(Math.max(from, end), to, state);
    end = Math.max(end, to);
  }
  put(end, size, 'hole');
  return stretches;
}

/** The extents with [from, to) painted over; in order, without overlap, neighbours of one state joined. */
export function paintExtents(file: DraftFile, from: number, to: number, state: Paint): readonly DraftExtent[] {
  const size = bytesOf(file.size);
  const low = Math.max(0, Math.min(from, to));
  const high = Math.min(size, Math.max(from, to));
  if (high <= low) return file.extents ?? [];
  const parts: Stretch[] = [];
  for (const stretch of stretchesOf(file)) {
    if (stretch.from < low) parts.push({ ...stretch, to: Math.min(stretch.to, low) });
    if (stretch.to > high) parts.push({ ...stretch, from: Math.max(stretch.from, high) });
  }
  parts.push({ from: low, to: high, state });
  parts.sort((a, b) => a.from - b.from);
  const joined: Stretch[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (last?.state === part.state && last.to === part.from) joined[joined.length - 1] = { ...last, to: part.to };
    else joined.push(part);
  }
  return joined
    .filter((part) => part.state !== 'hole')
    .map((part) => ({
      at: sizeText(part.from),
      length: sizeText(part.to - part.from),
      ...(part.state === 'unwritten' ? { state: 'unwritten' } : {}),
    }));
}

/** The document with a range of one file painted. */
export function paint(document: DraftDocument, file: number, from: number, to: number, state: Paint): DraftDocument {
  const painted = document.files[file];
  const next = { ...painted, extents: paintExtents(painted, from, to, state) };
  return { ...document, files: replaced(document.files, file, next) };
}

/** Bytes that the mouse snaps to: a power of two of at least a page, at most `cells` of them in the file. */
export function grainOf(size: number, cells = 128): number {
  let grain = 4096;
  while (grain * cells < size) grain *= 2;
  return grain;
}
