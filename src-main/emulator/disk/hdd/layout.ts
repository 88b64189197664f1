import type { DriveDocument } from '#model/drive';
import { buildRuns, countBelow, readZones, type Zone } from './layout-runs.ts';

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
    const runs = buildRuns(document, this.zones);
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
      skew += countBelow(zone.slips, before);
    }
    return skew;
  }
}
