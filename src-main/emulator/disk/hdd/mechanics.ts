import type { DriveParameters } from './parameters.ts';
import type { Layout } from './layout.ts';

/** Below this part of a revolution (about 1 ns) a sector that just passed counts as the one under the head. */
const SAME_PLACE = 1e-7;

/**
 * Arm and platters: where the head is, and how long it takes to read or write. Every method works out
 * a whole stretch at once; times in ps. Its results are in its fields, so that nothing is allocated.
 */
export class Mechanics {
  /** When the last access ended; the head is then over the track of `cylinder` and `head`. */
  time = 0;
  cylinder = 0;
  head = 0;
  /** Next logical sector after those accessed. */
  position = 0;

  /** Parts of the time since `resetParts`, ps. */
  seekTime = 0;
  rotationTime = 0;
  transferTime = 0;

  /** When the bus has passed on what was read so far; set it before a read, see `readRequest`. */
  busTime = 0;
  /** First logical sector that the last `readRequest` found on its first track, its own first or one before it. */
  firstKept = 0;

  private readonly layout: Layout;
  private readonly seek: Float64Array;
  private readonly revolution: number;
  private readonly headSwitch: number;
  private readonly writeSettle: number;
  private readonly trackSettle: number;
  /** Whether the arm last moved for a write. */
  private wrote = false;

  constructor(layout: Layout, parameters: DriveParameters) {
    this.layout = layout;
    this.seek = parameters.seek;
    this.revolution = parameters.revolution;
    this.headSwitch = parameters.headSwitch;
    this.writeSettle = parameters.writeSettle;
    this.trackSettle = parameters.trackSettle;
  }

  resetParts(): void {
    this.seekTime = 0;
    this.rotationTime = 0;
    this.transferTime = 0;
  }

  /** Time from here to the track last located, without moving. */
  reachTime(write: boolean): number {
    const distance = this.layout.cylinder - this.cylinder;
    let time = this.seek[distance < 0 ? -distance : distance];
    if (this.layout.head !== this.head && this.headSwitch > time) time = this.headSwitch;
    if (write && time !== 0) {
      time += this.writeSettle;
      if (time < 0) time = 0;
    }
    return time;
  }

  /** Time from `at` until the angle (part of a revolution) comes under the head. */
  waitFor(angle: number, at: number): number {
    const revolution = this.revolution;
    let turn = angle - (at % revolution) / revolution;
    if (turn < 0) turn += 1;
    if (turn > 1 - SAME_PLACE) turn = 0;
    return turn * revolution;
  }

  /** Positioning time from `at` to a sector: for choosing among waiting requests. */
  positioningTime(lbn: number, at: number, write: boolean): number {
    this.layout.locate(lbn);
    const reach = this.reachTime(write);
    return reach + this.waitFor(this.layout.angle, at + reach);
  }

  /**
   * Moves to the track of `lbn`, setting out at `from`.
   * @param least the move takes at least this long
   */
  moveTo(lbn: number, from: number, write: boolean, least: number): void {
    const layout = this.layout;
    layout.locate(lbn);
    let move = this.reachTime(write);
    if (move < least) move = least;
    if (!write && move < this.trackSettle && (this.wrote || layout.head !== this.head)) move = this.trackSettle;
    this.wrote = write;
    this.cylinder = layout.cylinder;
    this.head = layout.head;
    this.seekTime += move;
    this.time = from + move;
    this.position = lbn;
  }

  /** When the sector under way at the last `readOn`'s deadline ends; the deadline itself when none was. */
  sectorEnd = 0;

  /**
   * Reads on from `position` at `time`, in order, up to `end` or until `deadline` is past. Ends with
   * the last sector read whole; a move to the next track once begun is ended.
   */
  readOn(end: number, deadline: number): void {
    const layout = this.layout;
    this.sectorEnd = deadline;
    while (this.position < end) {
      layout.locate(this.position);
      const sector = this.revolution / layout.perTrack;
      if (layout.cylinder !== this.cylinder || layout.head !== this.head) {
        if (this.time >= deadline) return;
        this.time += this.reachTime(false);
        this.cylinder = layout.cylinder;
        this.head = layout.head;
      }
      const start = this.time + this.waitFor(layout.angle, this.time);
      let count = end - this.position;
      if (count > layout.contiguous) count = layout.contiguous;
      if (start + count * sector > deadline) {
        const whole = Math.floor((deadline - start) / sector);
        if (whole >= 0) {
          if (whole > 0) this.time = start + whole * sector;
          this.position += whole;
          this.sectorEnd = start + (whole + 1) * sector;
        } else if (this.time > deadline) {
          this.sectorEnd = this.time;
        }
        return;
      }
      this.position += count;
      this.time = start + count * sector;
    }
  }

  /**
   * Reads a request's sectors from `position` to `end`, starting at `time` on the track of `position`,
   * and passes them over the bus in order as they come in: `busTime` says when the last one is over.
   * @param busSector bus time a sector
   * @param anyOrder sectors are taken in the order in which they pass, track by track
   * @param keepBefore what passes before the request on its first track is kept too (`firstKept`)
   */
  readRequest(end: number, busSector: number, anyOrder: boolean, keepBefore: boolean): void {
    const layout = this.layout;
    let keep = keepBefore;
    this.firstKept = this.position;
    let arrived = true;
    while (this.position < end) {
      layout.locate(this.position);
      const sector = this.revolution / layout.perTrack;
      if (layout.cylinder !== this.cylinder || layout.head !== this.head) {
        const move = this.reachTime(false);
        this.seekTime += move;
        this.time += move;
        this.cylinder = layout.cylinder;
        this.head = layout.head;
        arrived = true;
      }
      const wait = this.waitFor(layout.angle, this.time);
      let count = end - this.position;
      if (count > layout.contiguous) count = layout.contiguous;
      let late = 0;
      if (arrived && (anyOrder || keep)) {
        // Where the head landed, in sectors after the first wanted one: 0 <= landed < perTrack.
        const landed = layout.perTrack - wait / sector;
        if (keep) {
          this.firstKept = this.keptFrom(this.position, wait, sector);
          keep = false;
        }
        if (anyOrder && wait > 0) {
          const first = Math.ceil(landed - 1e-6);
          if (first < count) late = count - first;
        }
        layout.locate(this.position);
      }
      arrived = false;
      const start = this.time + wait;
      const inOrder = count - late;
      const finish = start + inOrder * sector;
      this.rotationTime += wait;
      this.transferTime += inOrder * sector;
      // The bus serves the sectors in order, each once it is there: the first or the last one decides.
      const steady = this.busTime + inOrder * busSector;
      const fromFirst = start + sector + inOrder * busSector;
      const fromLast = finish + busSector;
      let over = steady > fromFirst ? steady : fromFirst;
      if (fromLast > over) over = fromLast;
      this.busTime = over + late * busSector;
      this.position += count;
      this.time = finish;
    }
  }

  /**
   * Writes from `position` to `end`, starting at `time` on the track of `position`. A sector can be
   * written once the bus has brought it; if it has not when its place comes, a revolution is lost.
   * @param firstSector the request's first sector, whose bus transfer starts at `busStart`
   * @param head the first sector waits until this many sectors are there
   */
  writeRequest(
    end: number,
    firstSector: number,
    busStart: number,
    busSector: number,
    head: number,
    anyOrder: boolean,
  ): void {
    const layout = this.layout;
    const revolution = this.revolution;
    let arrived = true;
    let needed = head;
    while (this.position < end) {
      layout.locate(this.position);
      const sector = revolution / layout.perTrack;
      if (layout.cylinder !== this.cylinder || layout.head !== this.head) {
        const move = this.reachTime(true);
        this.seekTime += move;
        this.time += move;
        this.cylinder = layout.cylinder;
        this.head = layout.head;
        arrived = true;
      }
      let wait = this.waitFor(layout.angle, this.time);
      let count = end - this.position;
      if (count > layout.contiguous) count = layout.contiguous;
      const index = this.position - firstSector;
      const allThere = busStart + (index + count) * busSector;
      if (anyOrder && arrived && wait > 0 && allThere <= this.time) {
        const first = Math.ceil(layout.perTrack - wait / sector - 1e-6);
        if (first < count) {
          const inOrder = first;
          this.rotationTime += wait;
          this.transferTime += inOrder * sector;
          this.time += wait + inOrder * sector;
          this.position += count;
          arrived = false;
          continue;
        }
      }
      arrived = false;
      const there = busStart + (index + needed) * busSector;
      while (this.time + wait < there) wait += revolution;
      needed = 1;
      const start = this.time + wait;
      // The bus may fall behind the head: the first sector that is not there in time ends this stretch.
      if (busSector > sector) {
        const lead = start - (busStart + (index + 1) * busSector);
        const held = Math.floor(lead / (busSector - sector)) + 1;
        if (held < count) count = held;
      }
      this.rotationTime += wait;
      this.transferTime += count * sector;
      this.position += count;
      this.time = start + count * sector;
    }
  }

  /** First logical sector that passes whole between landing (`wait` before the sector `lbn`) and `lbn` itself, on its track. */
  private keptFrom(lbn: number, wait: number, sector: number): number {
    const layout = this.layout;
    const physical = layout.physical - layout.track * layout.perTrack;
    const passing = Math.floor(wait / sector + 1e-6);
    const first = layout.firstOnTrack(lbn);
    if (passing >= physical) return first;
    // Slipped sectors between are rare and only shorten what is kept.
    const from = lbn - passing;
    return from > first ? from : first;
  }
}
