import * as v from 'valibot';
import {
  durationQuantitySchema,
  quantityPs,
  quantitySchema,
  tableSchema,
  type Quantity,
  type Table,
} from '#model/quantity';

/** The value of `format` in a drive document. */
export const DRIVE_FORMAT = 'faultline/drive@1';

/**
 * How spare space is laid out, named after what the spares protect. `slip-to-end` schemes push every
 * later sector back by one for each slipped sector instead of eating into the spares of its own region.
 */
export const SPARING_SCHEMES = [
  'none',
  'tracks-per-zone',
  'sectors-per-track',
  'sectors-per-cylinder',
  'sectors-per-cylinder-slip-to-end',
  'sectors-per-cylinder-front',
  'sectors-per-cylinder-front-slip-to-end',
  'sectors-per-range',
  'sectors-per-zone',
  'sectors-per-zone-slip-to-end',
  'sectors-at-end',
] as const;
export type SparingScheme = (typeof SPARING_SCHEMES)[number];

/** Columns of `geometry.zones`, in order. */
export const ZONE_COLUMNS = [
  'firstCylinder',
  'lastCylinder',
  'sectorsPerTrack',
  'firstSectorOffset',
  'reservedAtFront',
  'trackSkew',
  'cylinderSkew',
  'spares',
] as const;
const SLIPPED_COLUMNS = ['zone', 'location'] as const;
const REMAPPED_COLUMNS = ['zone', 'from', 'to'] as const;
const SEEK_COLUMNS = ['distance', 'time'] as const;

/** Far beyond any drive: keeps a slip of the pen from asking for all memory. */
const MOST = { sectors: 2 ** 48, cylinders: 4e6, heads: 256, segments: 65536, commands: 65536 } as const;

/** A quantity of one given unit; counts are whole and not negative. */
function countOf(unit: keyof typeof MOST, least = 0) {
  const most = MOST[unit];
  return v.pipe(
    quantitySchema,
    v.check((q) => q.unit === unit, `expected the unit "${unit}"`),
    v.check(
      (q) => Number.isInteger(q.value) && q.value >= least && q.value <= most,
      `expected a whole number from ${least} to ${most}`,
    ),
  );
}

function tableOf(columns: readonly string[]) {
  return v.pipe(
    tableSchema,
    v.check((table) => table.columns.join() === columns.join(), `expected the columns ${columns.join(', ')}`),
  );
}

/** A minute: nothing in a drive takes longer. */
const LONGEST_PS = 60e12;
const signedTime = v.pipe(
  durationQuantitySchema,
  v.check((q) => Math.abs(quantityPs(q)) <= LONGEST_PS, 'expected at most a minute'),
);
const time = v.pipe(
  signedTime,
  v.check((q) => q.value >= 0, 'expected a time that is not negative'),
);
const optionalTime = v.optional(time);
const flag = v.optional(v.boolean(), false);
const fraction = v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 0);

const geometrySchema = v.strictObject({
  surfaces: countOf('heads', 1),
  cylinders: countOf('cylinders', 1),
  /** How tracks follow one another: head 0 first in each cylinder, or alternately up and down (from the zone's or the disk's first cylinder). */
  numbering: v.picklist(['cylinder', 'serpentine-in-zone', 'serpentine']),
  sparing: v.strictObject({
    scheme: v.picklist(SPARING_SCHEMES),
    /** Cylinders a range, for `sectors-per-range`. */
    rangeCylinders: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 1),
  }),
  /** Cylinders without a zone hold no data. Skews and offsets in sectors of that zone. */
  zones: v.pipe(
    tableOf(ZONE_COLUMNS),
    v.check((table) => table.rows.length > 0, 'at least one zone is needed'),
  ),
  /** Places skipped when the disk was formatted: sector within the zone, or track for `tracks-per-zone`. */
  slipped: v.optional(tableOf(SLIPPED_COLUMNS)),
  /** Places found bad later, and where their data went instead. */
  remapped: v.optional(tableOf(REMAPPED_COLUMNS)),
});

const mechanicsSchema = v.strictObject({
  rotation: v.pipe(
    quantitySchema,
    v.check(
      (q) => q.unit === 'rpm' && q.value >= 1 && q.value <= 1e6,
      'expected revolutions a minute, unit "rpm", from 1 to 1000000',
    ),
  ),
  /** Seek time by distance in cylinders, read; linear between the points and beyond them. */
  seek: v.pipe(
    tableOf(SEEK_COLUMNS),
    v.check((table) => table.rows.length > 0, 'at least one seek time is needed'),
    v.check((table) => table.units[0] === 'cylinders', 'expected distances in cylinders'),
    v.check((table) => table.units[1] === 'ms', 'expected seek times in ms'),
    v.check(
      (table) => table.rows.every((r, i) => r[0] > (i === 0 ? 0 : table.rows[i - 1][0])),
      'distances must ascend from 1',
    ),
    v.check(
      (table) => table.rows.every((r) => r[1] >= 0 && r[1] <= 60_000),
      'seek times must lie between 0 and a minute',
    ),
  ),
  headSwitch: time,
  /**
   * A track reached without a seek, by another head or by turning from writing to reading, can be read
   * after this time at the earliest.
   */
  trackSettle: optionalTime,
  /** Added to any seek or head switch before a write; may be negative where the seek table was measured with writes. */
  writeSettle: signedTime,
  /** A write's seek takes at least this long. */
  minimumWriteSeek: optionalTime,
});

/** What the drive's electronics need around the mechanical work; absent means nothing. */
const overheadsSchema = v.strictObject({
  perRequest: optionalTime,
  readHitAfterRead: optionalTime,
  readHitAfterWrite: optionalTime,
  readMissAfterRead: optionalTime,
  readMissAfterWrite: optionalTime,
  writeHitAfterRead: optionalTime,
  writeHitAfterWrite: optionalTime,
  writeMissAfterRead: optionalTime,
  writeMissAfterWrite: optionalTime,
  readCompletion: optionalTime,
  writeCompletion: optionalTime,
  dataPreparation: optionalTime,
  reselectFirst: optionalTime,
  reselectOther: optionalTime,
  readDisconnectAfterRead: optionalTime,
  readDisconnectAfterWrite: optionalTime,
  writeDisconnect: optionalTime,
  /** Some drives leave the bus once more when a write follows an unrelated write. */
  extraWriteDisconnect: v.optional(
    v.strictObject({
      command: time,
      disconnect: time,
      between: time,
      secondDisconnect: time,
      seekDelta: time,
    }),
  ),
});

const busSchema = v.strictObject({
  /** Bus time a sector, to the host and from the host. */
  readSector: time,
  writeSector: time,
  /** The drive keeps the bus while it waits for more data from the disk. */
  holdForReads: flag,
  holdForWrites: flag,
  neverDisconnect: flag,
});

const readAheadSchema = v.strictObject({
  /** Where reading ahead ends: not at all, with the track, the cylinder, the buffer segment, or the track after a run of reads. */
  until: v.picklist(['none', 'track', 'cylinder', 'segment', 'next-track']),
  minimum: countOf('sectors'),
  maximum: countOf('sectors'),
  /**
   * Read-ahead takes the place of what was read for the host: after a hit it goes on. Without it a
   * segment is a cache, which is kept until another one is needed and brought up to date when sectors
   * in it are written.
   */
  overRequested: flag,
  /** A read that the buffer answers in full starts reading ahead again. */
  onIdleHit: flag,
  /** A new command stops reading ahead at once, rather than at the end of the sector. */
  stopsWithinSector: flag,
});

const bufferSchema = v.strictObject({
  segments: countOf('segments', 1),
  segmentSize: countOf('sectors', 1),
  /** Segments that may hold data not yet written. */
  writeSegments: countOf('segments', 1),
  /** One segment holds all writes and nothing else. */
  dedicatedWriteSegment: flag,
  cacheReads: v.optional(v.boolean(), true),
  /** A write completes when the buffer holds it: never, always, or as `always` but only along a sequential run. */
  writeCache: v.picklist(['off', 'sequential', 'on']),
  /** Writes are taken into free write segments while the disk is busy with an earlier one. */
  queueWrites: flag,
  hitsOnWrittenData: flag,
  combineWrites: flag,
  /** Part of a request (or segment) that must be in the buffer before the drive reconnects. */
  readWatermark: fraction,
  writeWatermark: fraction,
  watermarkOf: v.optional(v.picklist(['request', 'segment']), 'request'),
  /** A read of the very sector being read ahead counts as a hit. */
  almostHits: flag,
  /** A partial hit starts sending at once what is there. */
  sendPartialHitsAtOnce: v.optional(v.boolean(), true),
  /** The drive keeps all it reads on a track, also what lies before the request. */
  readsBeforeRequest: flag,
  /** The sectors of a request are read (written) in the order in which they pass. */
  zeroLatencyRead: flag,
  zeroLatencyWrite: flag,
  readAhead: readAheadSchema,
  source: v.pipe(v.string(), v.nonEmpty()),
});

/** A disk drive with heads, platters and a buffer: all the emulator needs, each figure with its source. */
export const driveSchema = v.strictObject({
  format: v.literal(DRIVE_FORMAT),
  name: v.pipe(v.string(), v.nonEmpty()),
  description: v.optional(v.string()),
  year: v.optional(v.pipe(v.number(), v.integer())),
  capacity: countOf('sectors', 1),
  geometry: geometrySchema,
  mechanics: mechanicsSchema,
  overheads: overheadsSchema,
  bus: busSchema,
  buffer: bufferSchema,
  queue: v.strictObject({
    depth: countOf('commands', 1),
    /** First come first served, or shortest positioning time first. */
    order: v.picklist(['fcfs', 'sptf']),
  }),
  /** Figures nobody has found; what stands in for them is marked `estimated`. */
  missing: v.optional(v.array(v.string())),
});
export type DriveDocument = v.InferOutput<typeof driveSchema>;
/** As written, with defaults left out. */
export type DriveInput = v.InferInput<typeof driveSchema>;
export type { Quantity, Table };
