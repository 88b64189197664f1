import type { Layout } from './layout.ts';
import type { DriveParameters } from './parameters.ts';

/**
 * Where reading ahead after a read of [first, end) may end, as the sector after its last.
 * @param heldFrom first sector in the segment that takes it
 */
export function readAheadLimit(
  p: DriveParameters,
  layout: Layout,
  heldFrom: number,
  first: number,
  end: number,
): number {
  const sectors = layout.sectors;
  let limit: number;
  if (p.readAhead === 'none' || !p.cacheReads) return end;
  if (p.readAhead === 'next-track') {
    if (end >= sectors) return sectors;
    const trackStart = layout.firstOnTrack(end);
    limit = layout.endOfTrack(end);
    if (heldFrom < trackStart) limit += layout.perTrack;
    return limit < sectors ? limit : sectors;
  }
  if (p.readAheadMaximum > 0) limit = end + p.readAheadMaximum;
  else if (p.readAheadOverRequested) limit = end + p.segmentSize;
  else limit = Math.max(first + p.segmentSize, end + p.readAheadMinimum);
  if (limit > sectors) limit = sectors;
  if (p.readAhead === 'track') {
    const track = layout.endOfTrack(end - 1);
    if (track < limit) limit = track;
  } else if (p.readAhead === 'cylinder') {
    layout.locate(end - 1);
    const cylinder = layout.cylinder;
    let stop = end - 1;
    do {
      stop = layout.endOfTrack(stop);
      if (stop >= limit) return limit;
      layout.locate(stop);
    } while (layout.cylinder === cylinder);
    limit = stop;
  }
  return limit;
}
