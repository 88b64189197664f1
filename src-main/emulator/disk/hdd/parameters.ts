import type { DriveDocument, Quantity } from '#model/drive';
import { quantityPs } from '#model/quantity';
import { seekTimes } from './seek.ts';

/** A drive's figures as plain numbers, times in ps. */
export interface DriveParameters {
  /** One revolution. */
  readonly revolution: number;
  /** By distance in cylinders. */
  readonly seek: Float64Array;
  readonly headSwitch: number;
  readonly writeSettle: number;
  readonly trackSettle: number;
  readonly minimumWriteSeek: number;

  readonly perRequest: number;
  /** Index 0 after a read, 1 after a write: what the previous command was. */
  readonly readHit: readonly [number, number];
  readonly readMiss: readonly [number, number];
  readonly writeHit: readonly [number, number];
  readonly writeMiss: readonly [number, number];
  readonly readDisconnect: readonly [number, number];
  readonly readCompletion: number;
  readonly writeCompletion: number;
  readonly dataPreparation: number;
  readonly reselectFirst: number;
  readonly reselectOther: number;
  readonly writeDisconnect: number;
  readonly extraDisconnect: ExtraDisconnect | null;

  readonly readSector: number;
  readonly writeSector: number;
  readonly holdForReads: boolean;

  readonly segments: number;
  readonly segmentSize: number;
  readonly writeSegments: number;
  readonly dedicatedWriteSegment: boolean;
  readonly cacheReads: boolean;
  readonly writeCache: boolean;
  readonly queueWrites: boolean;
  readonly hitsOnWrittenData: boolean;
  readonly combineWrites: boolean;
  readonly readWatermark: number;
  readonly watermarkOfRequest: boolean;
  readonly almostHits: boolean;
  readonly sendPartialHitsAtOnce: boolean;
  readonly readsBeforeRequest: boolean;
  readonly zeroLatencyRead: boolean;
  readonly zeroLatencyWrite: boolean;
  readonly readAhead: 'none' | 'track' | 'cylinder' | 'segment' | 'next-track';
  readonly readAheadMinimum: number;
  readonly readAheadMaximum: number;
  readonly readAheadOverRequested: boolean;
  readonly readAheadAfterHit: boolean;
  readonly stopsWithinSector: boolean;

  readonly queueDepth: number;
  readonly shortestFirst: boolean;
}

export interface ExtraDisconnect {
  readonly command: number;
  readonly disconnect: number;
  readonly between: number;
  readonly secondDisconnect: number;
  readonly seekDelta: number;
}

const MINUTE = 60e12;

/** Takes the figures out of a checked document. */
export function driveParameters(document: DriveDocument): DriveParameters {
  const { geometry, mechanics, overheads, bus, buffer, queue } = document;
  const ps = (q: Quantity | undefined): number => (q === undefined ? 0 : quantityPs(q));
  const extra = overheads.extraWriteDisconnect;
  return {
    revolution: MINUTE / mechanics.rotation.value,
    seek: seekTimes(mechanics.seek, geometry.cylinders.value),
    headSwitch: ps(mechanics.headSwitch),
    writeSettle: ps(mechanics.writeSettle),
    trackSettle: ps(mechanics.trackSettle),
    minimumWriteSeek: ps(mechanics.minimumWriteSeek),
    perRequest: ps(overheads.perRequest),
    readHit: [ps(overheads.readHitAfterRead), ps(overheads.readHitAfterWrite)],
    readMiss: [ps(overheads.readMissAfterRead), ps(overheads.readMissAfterWrite)],
    writeHit: [ps(overheads.writeHitAfterRead), ps(overheads.writeHitAfterWrite)],
    writeMiss: [ps(overheads.writeMissAfterRead), ps(overheads.writeMissAfterWrite)],
    readDisconnect: [ps(overheads.readDisconnectAfterRead), ps(overheads.readDisconnectAfterWrite)],
    readCompletion: ps(overheads.readCompletion),
    writeCompletion: ps(overheads.writeCompletion),
    dataPreparation: ps(overheads.dataPreparation),
    reselectFirst: ps(overheads.reselectFirst),
    reselectOther: ps(overheads.reselectOther),
    writeDisconnect: ps(overheads.writeDisconnect),
    extraDisconnect:
      extra === undefined || bus.neverDisconnect
        ? null
        : {
            command: ps(extra.command),
            disconnect: ps(extra.disconnect),
            between: ps(extra.between),
            secondDisconnect: ps(extra.secondDisconnect),
            seekDelta: ps(extra.seekDelta),
          },
    readSector: ps(bus.readSector),
    writeSector: ps(bus.writeSector),
    holdForReads: bus.holdForReads || bus.neverDisconnect,
    segments: buffer.segments.value,
    segmentSize: buffer.segmentSize.value,
    writeSegments: buffer.writeSegments.value,
    dedicatedWriteSegment: buffer.dedicatedWriteSegment,
    cacheReads: buffer.cacheReads,
    writeCache: buffer.writeCache !== 'off',
    queueWrites: buffer.queueWrites,
    hitsOnWrittenData: buffer.hitsOnWrittenData,
    combineWrites: buffer.combineWrites,
    readWatermark: buffer.readWatermark,
    watermarkOfRequest: buffer.watermarkOf === 'request',
    almostHits: buffer.almostHits,
    sendPartialHitsAtOnce: buffer.sendPartialHitsAtOnce,
    readsBeforeRequest: buffer.readsBeforeRequest,
    zeroLatencyRead: buffer.zeroLatencyRead,
    zeroLatencyWrite: buffer.zeroLatencyWrite,
    readAhead: buffer.readAhead.until,
    readAheadMinimum: buffer.readAhead.minimum.value,
    readAheadMaximum: buffer.readAhead.maximum.value,
    readAheadOverRequested: buffer.readAhead.overRequested,
    // What a hit has delivered may be overwritten, so reading ahead goes on into its place.
    readAheadAfterHit: buffer.readAhead.onIdleHit || buffer.readAhead.overRequested,
    stopsWithinSector: buffer.readAhead.stopsWithinSector,
    queueDepth: queue.depth.value,
    shortestFirst: queue.order === 'sptf',
  };
}
