import { driveSchema, ZONE_COLUMNS, type DriveDocument, type DriveInput } from '#model/drive';
import type { Quantity } from '#model/quantity';
import { validate } from '#model/validate';

const from = { source: 'made up for a test', method: 'derived' } as const;
export const quantity = (value: number, unit: string): Quantity => ({ value, unit, ...from });

/** Overrides of the plain drive, section by section. */
export interface Overrides {
  readonly capacity?: number;
  readonly geometry?: Partial<DriveInput['geometry']>;
  readonly zones?: readonly (readonly number[])[];
  readonly mechanics?: Partial<DriveInput['mechanics']>;
  readonly overheads?: DriveInput['overheads'];
  readonly bus?: Partial<DriveInput['bus']>;
  readonly buffer?: Partial<DriveInput['buffer']>;
  readonly readAhead?: Partial<DriveInput['buffer']['readAhead']>;
  readonly queue?: Partial<DriveInput['queue']>;
}

/**
 * A drive with round figures: 6000 rpm (10 ms a revolution), 2 heads, 100 cylinders of 100 sectors a track
 * (0.1 ms a sector), seeks of 1 ms + 0.01 ms a cylinder, head switch 0.5 ms, bus 0.01 ms a sector, no
 * overheads, one buffer segment, no read-ahead, no write cache.
 */
export function plainDrive(over: Overrides = {}): DriveDocument {
  const zones = over.zones ?? [[0, 99, 100, 0, 0, 10, 20, 0]];
  const input: DriveInput = {
    format: 'faultline/drive@1',
    name: 'plain',
    capacity: quantity(over.capacity ?? 1e9, 'sectors'),
    geometry: {
      surfaces: quantity(2, 'heads'),
      cylinders: quantity(100, 'cylinders'),
      numbering: 'cylinder',
      sparing: { scheme: 'none' },
      zones: {
        columns: [...ZONE_COLUMNS],
        units: ZONE_COLUMNS.map(() => ''),
        rows: zones.map((row) => [...row]),
        ...from,
      },
      ...over.geometry,
    },
    mechanics: {
      rotation: quantity(6000, 'rpm'),
      seek: { columns: ['distance', 'time'], units: ['cylinders', 'ms'], rows: [[1, 1.01], [100, 2]], ...from }, // prettier-ignore
      headSwitch: quantity(0.5, 'ms'),
      writeSettle: quantity(0, 'ms'),
      ...over.mechanics,
    },
    overheads: over.overheads ?? {},
    bus: { readSector: quantity(0.01, 'ms'), writeSector: quantity(0.01, 'ms'), ...over.bus },
    buffer: {
      segments: quantity(2, 'segments'),
      segmentSize: quantity(200, 'sectors'),
      writeSegments: quantity(1, 'segments'),
      writeCache: 'off',
      readAhead: { until: 'none', minimum: quantity(0, 'sectors'), maximum: quantity(0, 'sectors'), ...over.readAhead },
      source: 'made up for a test',
      ...over.buffer,
    },
    queue: { depth: quantity(1, 'commands'), order: 'fcfs', ...over.queue },
  };
  return validate(driveSchema, input);
}
