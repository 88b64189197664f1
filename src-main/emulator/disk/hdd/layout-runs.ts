import type { DriveDocument, SparingScheme } from '#model/drive';
import { InputError } from '#model/problem';

/** More pieces than any real layout has; each takes 18 bytes. */
const MOST_RUNS = 2_000_000;

/** A zone of the document, checked. */
export interface Zone {
  readonly index: number;
  readonly firstCylinder: number;
  readonly cylinders: number;
  readonly sectorsPerTrack: number;
  readonly firstSectorOffset: number;
  readonly reserved: number;
  readonly trackSkew: number;
  readonly cylinderSkew: number;
  readonly spares: number;
  /** Ascending places of slipped sectors (or tracks). */
  readonly slips: readonly number[];
  readonly remaps: ReadonlyMap<number, number>;
}

/** Runs as they are found, in logical order. */
export class RunTable {
  readonly start: number[] = [];
  readonly physical: number[] = [];
  readonly zone: number[] = [];
  next = 0;

  add(zone: number, physical: number, length: number): void {
    if (length <= 0) return;
    const last = this.start.length - 1;
    const continues =
      last >= 0 && this.zone[last] === zone && this.physical[last] + (this.next - this.start[last]) === physical;
    if (!continues) {
      if (this.start.length >= MOST_RUNS) {
        throw new InputError({
          path: 'geometry',
          message: 'the layout breaks into too many pieces',
          expected: `at most ${MOST_RUNS}`,
        });
      }
      this.start.push(this.next);
      this.physical.push(physical);
      this.zone.push(zone);
    }
    this.next += length;
  }
}

/**
 * The zones of a document, in order.
 * @throws InputError for zones that overlap or leave the disk
 */
export function readZones(document: DriveDocument): Zone[] {
  const geometry = document.geometry;
  const cylinders = geometry.cylinders.value;
  let free = 0;
  return geometry.zones.rows.map((row, index) => {
    const [first, last, perTrack, offset, reserved, trackSkew, cylinderSkew, spares] = row;
    const path = `geometry.zones.rows[${index}]`;
    const whole = [first, last, perTrack, reserved, spares].every((x) => Number.isInteger(x) && x >= 0);
    if (!whole || perTrack < 1)
      throw new InputError({ path, message: 'not a zone', expected: 'whole, non-negative numbers' });
    if (first < free || last < first || last >= cylinders) {
      throw new InputError({
        path,
        message: 'cylinders out of order or beyond the disk',
        expected: `${free} to ${cylinders - 1}, ascending`,
      });
    }
    free = last + 1;
    const slips = (geometry.slipped?.rows ?? []).filter((r) => r[0] === index).map((r) => r[1]);
    slips.sort((a, b) => a - b);
    const remaps = new Map((geometry.remapped?.rows ?? []).filter((r) => r[0] === index).map((r) => [r[1], r[2]]));
    return {
      index,
      firstCylinder: first,
      cylinders: last - first + 1,
      sectorsPerTrack: perTrack,
      firstSectorOffset: offset,
      reserved,
      trackSkew,
      cylinderSkew,
      spares,
      slips,
      remaps,
    };
  });
}

/**
 * Lays all logical sectors out, zone by zone.
 * @throws InputError when a region has more slipped sectors than spares
 */
export function buildRuns(document: DriveDocument, zones: readonly Zone[]): RunTable {
  const { surfaces, sparing } = document.geometry;
  const runs = new RunTable();
  for (const zone of zones) addZoneRuns(runs, zone, sparing.scheme, sparing.rangeCylinders, surfaces.value);
  if (runs.next === 0) throw new InputError({ path: 'geometry.zones', message: 'no sector is left for data' });
  return runs;
}

/** How many of the ascending `places` are below `limit`. */
export function countBelow(places: readonly number[], limit: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (places[middle] < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Takes a stretch of physical sectors for the next logical ones. */
type Place = (physical: number, length: number) => void;

/** Lays a zone's logical sectors out: region by region, around what is reserved, slipped or spare. */
function addZoneRuns(
  runs: RunTable,
  zone: Zone,
  scheme: SparingScheme,
  rangeCylinders: number,
  surfaces: number,
): void {
  const perTrack = zone.sectorsPerTrack;
  const perCylinder = perTrack * surfaces;
  const total = perCylinder * zone.cylinders;
  const place: Place = (physical, length) => addWithRemaps(runs, zone, physical, length, total);
  switch (scheme) {
    case 'tracks-per-zone': {
      addTracks(runs, zone, surfaces);
      return;
    }
    case 'none': {
      addRegion(place, zone, 0, total, zone.reserved, total - zone.reserved, []);
      return;
    }
    case 'sectors-per-zone': {
      // The slipped sectors take from the spares; in the next two they are counted besides them.
      addRegion(place, zone, 0, total, zone.reserved, total - zone.reserved - zone.spares, zone.slips);
      return;
    }
    case 'sectors-per-zone-slip-to-end': {
      addRegion(
        place,
        zone,
        0,
        total,
        zone.reserved,
        total - zone.reserved - zone.spares - zone.slips.length,
        zone.slips,
      );
      return;
    }
    case 'sectors-at-end': {
      addRegion(place, zone, 0, total, zone.reserved, total - zone.reserved - zone.slips.length, zone.slips);
      return;
    }
    case 'sectors-per-track': {
      addRegions(place, zone, total, perTrack, 0);
      return;
    }
    case 'sectors-per-range': {
      addRegions(place, zone, total, perCylinder * rangeCylinders, 0);
      return;
    }
    case 'sectors-per-cylinder': {
      addRegions(place, zone, total, perCylinder, 0);
      return;
    }
    case 'sectors-per-cylinder-front': {
      addRegions(place, zone, total, perCylinder, zone.spares);
      return;
    }
    case 'sectors-per-cylinder-slip-to-end': {
      addSlipToEnd(place, zone, perCylinder, 0);
      return;
    }
    case 'sectors-per-cylinder-front-slip-to-end': {
      addSlipToEnd(place, zone, perCylinder, zone.spares);
      return;
    }
  }
}

/** Regions of `region` sectors with spares of their own, behind the data or (`front` of them) before, less those that slips took. */
function addRegions(place: Place, zone: Zone, total: number, region: number, front: number): void {
  const usable = region - zone.spares;
  const regions = Math.floor(total / region);
  if (usable <= 0) return;
  // Reserved sectors are counted in logical places, spares of their regions left aside.
  let skip = zone.reserved;
  for (let r = 0; r < regions; r++) {
    const from = r * region;
    const slips = zone.slips.slice(countBelow(zone.slips, from), countBelow(zone.slips, from + region));
    const skipHere = Math.min(skip, usable);
    skip -= skipHere;
    const base = from + Math.max(0, front - slips.length);
    addRegion(place, zone, base, from + region, skipHere, usable - skipHere, slips);
  }
  // Cylinders that do not fill a range have no spares.
  const rest = regions * region;
  if (rest < total) {
    const slips = zone.slips.slice(countBelow(zone.slips, rest));
    addRegion(place, zone, rest, total, 0, total - rest - slips.length, slips);
  }
}

/** `count` logical sectors from `base` on and below `end`, the first `skip` places unused, slipped places left out. */
function addRegion(
  place: Place,
  zone: Zone,
  base: number,
  end: number,
  skip: number,
  count: number,
  slips: readonly number[],
): void {
  let physical = base + skip;
  let left = count;
  for (const slip of slips) {
    if (slip < physical) {
      // A slipped sector among the reserved ones moves all that follow.
      if (slip >= base) physical++;
      continue;
    }
    if (slip >= physical + left) break;
    place(physical, slip - physical);
    left -= slip - physical;
    physical = slip + 1;
  }
  if (left > 0 && physical + left > end) {
    throw new InputError({
      path: 'geometry.slipped',
      message: `zone ${zone.index} has more slipped sectors than spares at sector ${base}`,
      expected: 'no more than "spares" of the zone',
    });
  }
  place(physical, left);
}

/** Slipped sectors push all later data back; each region's spares stay where they are. */
function addSlipToEnd(place: Place, zone: Zone, region: number, front: number): void {
  const usable = region - zone.spares;
  const regions = usable > 0 ? zone.cylinders : 0;
  let left = regions * usable - zone.reserved - zone.slips.length;
  let skip = zone.reserved;
  let next = 0;
  for (let r = 0; r < regions && left > 0; r++) {
    let physical = r * region + front;
    const end = physical + usable;
    while (physical < end && left > 0) {
      while (next < zone.slips.length && zone.slips[next] < physical) next++;
      const slip = next < zone.slips.length ? zone.slips[next] : Infinity;
      const length = Math.min(end, slip) - physical;
      const skipped = Math.min(skip, length);
      skip -= skipped;
      const used = Math.min(length - skipped, left);
      place(physical + skipped, used);
      left -= used;
      physical += length;
      if (physical === slip) physical++;
    }
  }
}

function addTracks(runs: RunTable, zone: Zone, surfaces: number): void {
  const perTrack = zone.sectorsPerTrack;
  let left = zone.cylinders * surfaces * perTrack - zone.reserved - zone.spares * perTrack;
  let skip = zone.reserved;
  const slipped = new Set(zone.slips);
  for (let track = 0; left > 0 && track < zone.cylinders * surfaces; track++) {
    if (slipped.has(track)) continue;
    const skipped = Math.min(skip, perTrack);
    skip -= skipped;
    const used = Math.min(perTrack - skipped, left);
    const target = zone.remaps.get(track) ?? track;
    if (target >= zone.cylinders * surfaces) throw beyondZone(zone, target);
    runs.add(zone.index, target * perTrack + skipped, used);
    left -= used;
  }
}

function addWithRemaps(runs: RunTable, zone: Zone, physical: number, length: number, total: number): void {
  let from = physical;
  const end = physical + length;
  if (zone.remaps.size > 0) {
    const bad = [...zone.remaps.keys()].filter((p) => p >= physical && p < end).sort((a, b) => a - b);
    for (const p of bad) {
      const target = zone.remaps.get(p) ?? p;
      if (target >= total) throw beyondZone(zone, target);
      runs.add(zone.index, from, p - from);
      runs.add(zone.index, target, 1);
      from = p + 1;
    }
  }
  runs.add(zone.index, from, end - from);
}

function beyondZone(zone: Zone, place: number): InputError {
  return new InputError({
    path: 'geometry.remapped',
    message: `${place} is not in zone ${zone.index}`,
    expected: 'a place within the zone',
  });
}
