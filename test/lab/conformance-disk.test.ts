import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HardDrive } from '#emulator/disk/hdd/drive';
import { conformDisk, distributionRms } from '#lab/conformance-disk';
import { Documents } from '#lab/documents';
import { importDiskSimFile, loadDrive } from '#lab/drives';
import { DRIVE_FORMAT } from '#model/drive';
import { InputError } from '#model/problem';
import { describeWithShared } from '../support/requirement.ts';
import { repositoryRoot, sharedPath } from '../support/shared.ts';

const documents = new Documents(join(repositoryRoot, 'resources'));
const clock = (): number => performance.now();

describe('the distance of two distributions', () => {
  it('is none between a distribution and itself in another order', () => {
    expect(distributionRms(Float64Array.of(3, 1, 2), Float64Array.of(1, 2, 3))).toBe(0);
  });

  it('is the shift between two shifted ones', () => {
    expect(distributionRms(Float64Array.of(1, 2, 3), Float64Array.of(3.5, 1.5, 2.5))).toBeCloseTo(0.5, 12);
  });
});

describe('drives that ship with the lab', () => {
  const drives = documents.all('storage').filter((document) => document.format === DRIVE_FORMAT);

  it('are at least six', () => {
    expect(drives.length).toBeGreaterThanOrEqual(6);
  });

  it.each(drives.map((drive) => [drive.name, drive] as const))('hold what they promise: %s', (_name, drive) => {
    expect(new HardDrive(drive).sectors).toBe(drive.capacity.value);
  });

  it('are found by id, and other disks refused', () => {
    expect(loadDrive('hp-c2247a-1992', documents).name).toContain('C2247A');
    expect(() => loadDrive('no-such-drive', documents)).toThrow(InputError);
    expect(() => loadDrive('fixed-100us', documents)).toThrow(/not a drive/);
    expect(() => loadDrive('no/such/file.json', documents)).toThrow(/no such file/);
  });
});

/**
 * DiskSim's own figures on the same streams, ms. The emulator is to stay at or below them, and below 5 % of the
 * real mean.
 */
const RECORDED = [
  ['hp_c2247a', 'hp-c2247a-1992', 0.089],
  ['hp_c2490a', 'hp-c2490a-1993', 0.254],
  ['hp_c3323a', 'hp-c3323a-1994', 0.305],
  ['barracuda', 'seagate-barracuda-4lp-1996', 0.348],
  ['cheetah4LP', 'seagate-cheetah-4lp-1997', 0.318],
  ['cheetah9LP', 'seagate-cheetah-9lp-1998', 0.107],
  ['atlas10k', 'quantum-atlas-10k-1999', 0.268],
] as const;

describeWithShared(
  'recorded drives',
  () => {
    it.each(RECORDED)('%s behaves like its recording', (name, id, disksimMs) => {
      const trace = sharedPath('hdd-recordings', `${name}.trace`);
      const text = readFileSync(trace, 'utf8');
      const imported = conformDisk(importDiskSimFile(sharedPath('hdd-recordings', `${name}.parv`)), text, trace, clock);
      expect(imported.rmsMs).toBeLessThanOrEqual(disksimMs);
      expect(imported.rmsMs).toBeLessThanOrEqual(0.05 * imported.realMeanMs);
      // The document that ships is the same drive.
      const shipped = conformDisk(loadDrive(id, documents), text, trace, clock);
      expect(shipped.rmsMs).toBe(imported.rmsMs);
    });

    it.each(['ibm18es', 'atlas_III', 'dec_rz26'])('%s is imported whole', (name) => {
      const drive = importDiskSimFile(sharedPath('hdd-recordings', `${name}.parv`));
      expect(new HardDrive(drive).sectors).toBe(drive.capacity.value);
    });
  },
  'hdd-recordings',
);
