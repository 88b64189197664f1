import { type DiskDocument, type FixedDocument, quantityBytesPerSecond } from '#model/disk';
import { DRIVE_FORMAT, type DriveDocument } from '#model/drive';
import { quantityBytes, quantityPs } from '#model/quantity';
import type { Disk } from './disk.ts';
import { FixedDisk, type FixedDiskParameters } from './fixed.ts';
import { FlashDisk } from './flash/flash.ts';
import { flashParameters } from './flash/parameters.ts';
import { HardDrive } from './hdd/drive.ts';
import { PmemDisk } from './pmem.ts';
import { RecordedDisk } from './recorded.ts';

/**
 * The disk a document describes.
 * @param seed of the disk's own random choices; disks without any ignore it
 * @throws InputError when the document's figures do not fit together
 */
export function makeDisk(document: DiskDocument | DriveDocument, seed: number): Disk {
  if (document.format === DRIVE_FORMAT) return new HardDrive(document);
  switch (document.kind) {
    case 'fixed':
      return new FixedDisk(fixedParameters(document));
    case 'recorded':
      return new RecordedDisk(document, seed);
    case 'pmem':
      return new PmemDisk(document);
    case 'flash':
      return new FlashDisk(flashParameters(document), seed);
  }
}

/** What the kernel learns of a disk's write cache: whether a flush means anything, and whether FUA is taken. */
export function writeCacheOf(document: DiskDocument | DriveDocument): {
  readonly writeCache: boolean;
  readonly fua: boolean;
} {
  if (document.format === DRIVE_FORMAT) return { writeCache: document.buffer.writeCache !== 'off', fua: false };
  return { writeCache: document.writeCache.kind === 'volatile', fua: document.writeCache.fua };
}

function fixedParameters(d: FixedDocument): FixedDiskParameters {
  return {
    sectors: Math.floor(quantityBytes(d.capacity) / 512),
    queueDepth: d.queueDepth.value,
    readPs: quantityPs(d.latency.read),
    writePs: quantityPs(d.latency.write),
    flushPs: quantityPs(d.latency.flush),
    discardPs: d.latency.discard === undefined ? 0 : quantityPs(d.latency.discard),
    transferPsPerByte: d.bandwidth === undefined ? 0 : 1e12 / quantityBytesPerSecond(d.bandwidth),
  };
}
