import type { DriveDocument, SparingScheme } from '#model/drive';
import { InputError } from '#model/problem';

/** Fields of a zone in {@link Layout}'s tables. */
interface Zone {
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

/**
 * Where logical sectors lie. The whole disk is a table of runs: a run is a stretch of consecutive
 * logical sectors on consecutive physical ones, broken by slipped, spare and remapped sectors and by
 * zones. `locate` leaves its answer in the fields below (nothing is allocated).
 *
 * Physical sectors are numbered within a zone, track by track in the order in which the drive uses
 * them; "track" here is that running number, so that surfaces and cylinders follow from it.
 */
export class Layout {
  /** Logical sectors in all. */
  readonly sectors: number;
  readonly surfaces: number;
  readonly cylinders: number;

  // The answer of the last `locate`:
  cylinder = 0;
  head = 0;
  /** Sectors a track there. */
  perTrack = 1;
  /** Where the sector begins, as a part of a revolution, 0 <= angle < 1. */
  angle = 0;
  /** Sectors from here that follow without a gap on this track, in logical and physical order. */
  contiguous = 0;
  /** Number of the track within its zone. */
  track = 0;
  zone = 0;
  /** Physical sector within the zone. */
  physical = 0;

  /** First logical sector a run, ascending; one more entry at the end closes the last run. */
  private readonly runStart: Float64Array;
  private readonly runPhysical: Float64Array;
  private readonly runZone: Uint16Array;
  private runIndex = 0;
  private readonly zones: readonly Zone[];
  private readonly serpentine: 'cylinder' | 'serpentine-in-zone' | 'serpentine';
  /** Slipped sectors push the rotational position on in these schemes (see `skewOf`). */
  private readonly slipsSkew: boolean;
  private readonly slipsSkewByTrack: boolean;

  constructor(document: DriveDocument) {
    const geometry = document.geometry;
    this.surfaces = geometry.surfaces.value;
    this.cylinders = geometry.cylinders.value;
    this.serpentine = geometry.numbering;
    const scheme = geometry.sparing.scheme;
    this.slipsSkew = scheme.startsWith('sectors-per-cylinder') || scheme === 'sectors-per-track';
    this.slipsSkewByTrack = scheme === 'sectors-per-track';
    this.zones = readZones(document);
    const runs = new RunTable();
    for (const zone of this.zones) addZoneRuns(runs, zone, scheme, geometry.sparing.rangeCylinders, this.surfaces);
    this.sectors = Math.min(runs.next, document.capacity.value);
    this.runStart = Float64Array.from([...runs.start, runs.next]);
    this.runPhysical = Float64Array.from(runs.physical);
    this.runZone = Uint16Array.from(runs.zone);
  }

  /** Finds logical sector `lbn`, 0 <= lbn < sectors. */
  locate(lbn: number): void {
    const start = this.runStart;
    let index = this.runIndex;
    if (lbn < start[index] || lbn >= start[index + 1]) {
      let low = 0;
      let high = start.length - 2;
      while (low < high) {
        const middle = (low + high + 1) >>> 1;
        if (start[middle] <= lbn) low = middle;
        else high = middle - 1;
      }
      index = low;
      this.runIndex = low;
    }
    const zone = this.zones[this.runZone[index]];
    const physical = this.runPhysical[index] + (lbn - start[index]);
    const perTrack = zone.sectorsPerTrack;
    const track = Math.floor(physical / perTrack);
    const sector = physical - track * perTrack;
    this.setTrack(zone, track);
    const turns = (this.skewOf(zone, track) + sector) / perTrack;
    this.angle = turns - Math.floor(turns);
    this.physical = physical;
    const runLeft = start[index + 1] - lbn;
    const trackLeft = perTrack - sector;
    this.contiguous = runLeft < trackLeft ? runLeft : trackLeft;
  }

  /** First logical sector on the track of `lbn` (remapped sectors left aside). */
  firstOnTrack(lbn: number): number {
    this.locate(lbn);
    const trackStart = this.track * this.perTrack;
    const zone = this.zone;
    let index = this.runIndex;
    let first = lbn;
    while (index >= 0 && this.runZone[index] === zone) {
      const from = Math.max(this.runPhysical[index], trackStart);
      const to = this.runPhysical[index] + (this.runStart[index + 1] - this.runStart[index]);
      if (to <= trackStart || this.runPhysical[index] > this.physical) break;
      first = this.runStart[index] + (from - this.runPhysical[index]);
      index--;
    }
    return first;
  }

  /** The logical sector after the last one on the track of `lbn`. */
  endOfTrack(lbn: number): number {
    this.locate(lbn);
    const trackEnd = (this.track + 1) * this.perTrack;
    const zone = this.zone;
    let index = this.runIndex;
    let end = lbn + 1;
    while (index < this.runZone.length && this.runZone[index] === zone && this.runPhysical[index] < trackEnd) {
      const length = this.runStart[index + 1] - this.runStart[index];
      end = this.runStart[index] + Math.min(length, trackEnd - this.runPhysical[index]);
      index++;
    }
    return end > this.sectors ? this.sectors : end;
  }

  private setTrack(zone: Zone, track: number): void {
    const within = Math.floor(track / this.surfaces);
    const place = track - within * this.surfaces;
    const cylinder = zone.firstCylinder + within;
    const down =
      this.serpentine === 'cylinder'
        ? false
        : this.serpentine === 'serpentine'
          ? (cylinder & 1) === 1
          : (within & 1) === 1;
    this.cylinder = cylinder;
    this.head = down ? this.surfaces - 1 - place : place;
    this.track = track;
    this.zone = zone.index;
    this.perTrack = zone.sectorsPerTrack;
  }

  /** Sectors by which the first physical sector of a track is turned against the index mark. */
  private skewOf(zone: Zone, track: number): number {
    const cylinder = Math.floor(track / this.surfaces);
    let skew = zone.firstSectorOffset + (track - cylinder) * zone.trackSkew + cylinder * zone.cylinderSkew;
    if (this.slipsSkew) {
      const before = (this.slipsSkewByTrack ? track : cylinder * this.surfaces) * zone.sectorsPerTrack;
      for (const slip of zone.slips) if (slip < before) skew++;
    }
    return skew;
  }
}

/** Runs as they are found, in logical order. */
class RunTable {
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
      this.start.push(this.next);
      this.physical.push(physical);
      this.zone.push(zone);
    }
    this.next += length;
  }
}

function readZones(document: DriveDocument): Zone[] {
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
  const place = (physical: number, length: number): void => addWithRemaps(runs, zone, physical, length);
  if (scheme === 'tracks-per-zone') {
    addTracks(runs, zone, surfaces);
    return;
  }
  if (scheme === 'none' || scheme.startsWith('sectors-per-zone') || scheme === 'sectors-at-end') {
    // The slipped sectors take from the spares, except where they are counted besides them.
    const spares = scheme === 'none' || scheme === 'sectors-at-end' ? 0 : zone.spares;
    const lost = scheme === 'sectors-per-zone' ? spares : scheme === 'none' ? 0 : spares + zone.slips.length;
    addRegion(place, 0, total - zone.reserved - lost, zone.reserved, scheme === 'none' ? [] : zone.slips);
    return;
  }
  const region =
    scheme === 'sectors-per-track'
      ? perTrack
      : scheme === 'sectors-per-range'
        ? perCylinder * rangeCylinders
        : perCylinder;
  const front = scheme.startsWith('sectors-per-cylinder-front');
  const toEnd = scheme.endsWith('slip-to-end');
  const usable = region - zone.spares;
  const regions = Math.floor(total / region);
  // Reserved sectors are counted in logical places, spares of their regions left aside.
  let skip = zone.reserved;
  if (toEnd) {
    addSlipToEnd(place, zone, region, regions, usable, front ? zone.spares : 0);
    return;
  }
  for (let r = 0; r < regions; r++) {
    const base = r * region + (front ? zone.spares : 0);
    const slips = zone.slips.filter((s) => s >= r * region && s < (r + 1) * region);
    const skipHere = Math.min(skip, usable);
    skip -= skipHere;
    addRegion(place, base, usable - skipHere, skipHere, slips);
  }
  // Cylinders that do not fill a range carry no spares of their own.
  const rest = total - regions * region;
  if (rest > 0)
    addRegion(
      place,
      regions * region,
      rest,
      0,
      zone.slips.filter((s) => s >= regions * region),
    );
}

/** `count` logical sectors from `base` on, the first `skip` places unused, slipped places left out. */
function addRegion(
  place: (physical: number, length: number) => void,
  base: number,
  count: number,
  skip: number,
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
  place(physical, left);
}

/** Slipped sectors push all later data back; each region's spares stay where they are. */
function addSlipToEnd(
  place: (physical: number, length: number) => void,
  zone: Zone,
  region: number,
  regions: number,
  usable: number,
  front: number,
): void {
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
    runs.add(zone.index, target * perTrack + skipped, used);
    left -= used;
  }
}

function addWithRemaps(runs: RunTable, zone: Zone, physical: number, length: number): void {
  let from = physical;
  const end = physical + length;
  if (zone.remaps.size > 0) {
    const bad = [...zone.remaps.keys()].filter((p) => p >= physical && p < end).sort((a, b) => a - b);
    for (const p of bad) {
      runs.add(zone.index, from, p - from);
      runs.add(zone.index, zone.remaps.get(p) ?? p, 1);
      from = p + 1;
    }
  }
  runs.add(zone.index, from, end - from);
}
