import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '#model/problem';
import { importDiskSim } from '#recording/disksim/import';
import { parseSeekFile } from '#recording/disksim/seek-curve';
import { parseServiceTrace } from '#recording/disksim/trace';

const PARV = `
disksim_bus BUS1 {
Read block transfer time = 0.2,  # per block
Write block transfer time = 0.05
}
disksim_ctlr CTLR0 { Bulk sector transfer time = 0.0 }
source tiny.diskspecs
instantiate [ bus1 ] as BUS1
instantiate [ ctlr0 ] as CTLR0
instantiate [ disk0 ] as TINY_validate
topology disksim_ctlr ctlr0 [ disksim_bus bus1 [ disksim_disk disk0 [] ] ]
`;
const DISKSPECS = `
disksim_disk TINY_validate {
   Model = source tiny.model,
   Bulk sector transfer time = 0.1,
   Hold bus entire read xfer = 1,
   Hold bus entire write xfer = 0,
   Max queue length = 1,
   Number of buffer segments = 2,
   Maximum number of write segments = 1,
   Segment size (in blks) = 64,
   Use separate write segment = 1,
   Low (write) water mark = 0.5,
   High (read) water mark = 0.75,
   Set watermark by reqsize = 1,
   Enable caching in buffer = 1,
   Buffer continuous read = 3,
   Minimum read-ahead (blks) = 0,
   Maximum read-ahead (blks) = 32,
   Read-ahead over requested = 1,
   Fast write level = 2,
   Combine seq writes = 1,
   Stop prefetch in sector = 1,
   Immed transfer partial hit = 1,
   Read hit over. after read = 0.3,
   Minimum seek delay = 0.6
} # end
`;
const MODEL = `
dm_disk TINY_model {
   Number of data surfaces = 2,
   Number of cylinders = 20,
   Block count = 3920,
   Layout Model = dm_layout_g1 {
      LBN-to-PBN mapping scheme = 1,
      Sparing scheme used = 9,
      Rangesize for sparing = 1,
      Zones = [
         dm_layout_g1_zone {
            First cylinder number = 0, Last cylinder number = 19, Blocks per track = 100,
            Offset of first block = 3.0, Empty space at zone front = 30,
            Skew for track switch = 10, Skew for cylinder switch = 20, Number of spares = 50,
            slips = [ 7, 9 ], defects = [ 12, 3990 ]
         }
      ]
   },
   Mechanical Model = dm_mech_g1 {
      Access time type = trackSwitchPlusRotation,
      Seek type = extracted,
      Full seek curve = tiny.seek,
      Add. write settling delay = -0.2,
      Head switch time = 0.9,
      Rotation speed (in rpms) = 6000
   }
}
`;
const SEEK = 'Seek distances measured: 3\n1,\t1.0\n2, 1.5\n10,\t3.25\n';
const FILES: Readonly<Record<string, string>> = { 'tiny.diskspecs': DISKSPECS, 'tiny.model': MODEL, 'tiny.seek': SEEK };

function importTiny(files: Readonly<Record<string, string>> = {}, parv = PARV) {
  const all: Readonly<Record<string, string>> = { ...FILES, ...files };
  const read = (name: string): string => {
    if (all[name] === undefined) throw new InputError({ file: name, message: 'there is no such file' });
    return all[name];
  };
  return importDiskSim(parv, 'tiny.parv', read, { title: 'a test' });
}

function problemOf(action: () => unknown) {
  try {
    action();
  } catch (error) {
    if (error instanceof InputError) return error.problem;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('importing DiskSim parameters', () => {
  const drive = importTiny();

  it('takes the geometry', () => {
    expect(drive.name).toBe('TINY');
    expect(drive.geometry.zones.rows).toEqual([[0, 19, 100, 3, 30, 10, 20, 50]]);
    expect(drive.geometry.numbering).toBe('serpentine-in-zone');
    expect(drive.geometry.sparing.scheme).toBe('sectors-per-zone');
    expect(drive.geometry.slipped?.rows).toEqual([[0, 7], [0, 9]]); // prettier-ignore
    expect(drive.geometry.remapped?.rows).toEqual([[0, 12, 3990]]);
  });

  it('takes the mechanics', () => {
    expect(drive.mechanics.seek.rows).toEqual([[1, 1], [2, 1.5], [10, 3.25]]); // prettier-ignore
    expect(drive.mechanics.writeSettle.value).toBe(-0.2);
    expect(drive.mechanics.minimumWriteSeek?.value).toBe(0.6);
  });

  it('takes the slowest of drive and bus for each direction', () => {
    expect(drive.bus.readSector.value).toBe(0.2);
    expect(drive.bus.writeSector.value).toBe(0.1);
  });

  it('takes the buffer', () => {
    expect(drive.buffer).toMatchObject({ dedicatedWriteSegment: true, writeCache: 'on', readWatermark: 0.75 });
    expect(drive.buffer.readAhead).toMatchObject({ until: 'segment', overRequested: true, onIdleHit: false });
  });

  it('names the file each figure comes from, and marks the one that is estimated', () => {
    expect(drive.mechanics.headSwitch.source).toBe('a test, tiny.model');
    expect(drive.mechanics.seek.source).toBe('a test, tiny.seek');
    expect(drive.overheads.readHitAfterRead?.source).toBe('a test, tiny.diskspecs');
    expect(drive.mechanics.trackSettle).toMatchObject({ value: 0.62, method: 'estimated' });
  });

  it('says what it leaves aside', () => {
    expect(drive.missing).toBeUndefined();
    const preseek = DISKSPECS.replace('Max queue length = 1,', 'Max queue length = 1, Preseeking level = 2,');
    expect(importTiny({ 'tiny.diskspecs': preseek }).missing).toEqual([
      '"Preseeking level" of the parameter file is not modelled',
    ]);
  });

  it('writes seek equations out as points', () => {
    const hpl = MODEL.replace(
      'Seek type = extracted,',
      'Seek type = hplplus10, HPL seek equation values = [ 15, 2, 0.5, 4, 0.25, -1.0 ],',
    ).replace('Full seek curve = tiny.seek,', 'First ten seek times = [ 1,1.1,1.2,1.3,1.4,1.5,1.6,1.7,1.8,1.9 ],');
    const rows = importTiny({ 'tiny.model': hpl }).mechanics.seek.rows;
    expect(rows[2]).toEqual([3, 1.2]);
    expect(rows[11]).toEqual([12, 3.732051]); // 2 + 0.5 sqrt(12)
    expect(rows[15]).toEqual([16, 8]); // 4 + 0.25 * 16
  });
});

describe('bad DiskSim files', () => {
  it.each([
    [
      'a missing parameter',
      { 'tiny.diskspecs': DISKSPECS.replace('Number of buffer segments = 2,', '') },
      'tiny.diskspecs',
      2,
      'Number of buffer segments',
    ],
    [
      'a number that is none',
      { 'tiny.model': MODEL.replace('Head switch time = 0.9', 'Head switch time = fast') },
      'tiny.model',
      24,
      'Head switch time',
    ],
    [
      'an unknown sparing scheme',
      { 'tiny.model': MODEL.replace('Sparing scheme used = 9', 'Sparing scheme used = 99') },
      'tiny.model',
      8,
      'Sparing scheme used',
    ],
    ['a negative slip', { 'tiny.model': MODEL.replace('[ 7, 9 ]', '[ 7, -9 ]') }, 'tiny.model', 15, 'slips'],
    ['half a defect', { 'tiny.model': MODEL.replace('[ 12, 3990 ]', '[ 12 ]') }, 'tiny.model', 15, 'defects'],
  ])('says file, line and parameter of %s', (_what, files, file, line, path) => {
    expect(problemOf(() => importTiny(files))).toMatchObject({ file, line, path });
  });

  it('says which file refers to one that is not there', () => {
    const files = { 'tiny.model': MODEL.replace('tiny.seek', 'gone.seek') };
    expect(problemOf(() => importTiny(files))).toMatchObject({ file: 'tiny.model', line: 22 });
  });

  it('says where a file breaks off', () => {
    expect(problemOf(() => importTiny({ 'tiny.model': MODEL.slice(0, 300) }))).toMatchObject({ file: 'tiny.model' });
  });

  it('refuses files that name one another in a circle', () => {
    expect(problemOf(() => importTiny({ 'tiny.diskspecs': 'source tiny.diskspecs' })).message).toContain('circle');
  });

  it('refuses a file without a disk', () => {
    expect(problemOf(() => importTiny({}, 'disksim_bus B { type = 1 }')).message).toContain('no disk');
  });

  it('says line and expectation of a bad seek point', () => {
    expect(problemOf(() => parseSeekFile('1, 2.0\n2, fast\n', 'x.seek'))).toMatchObject({ file: 'x.seek', line: 2 });
    expect(problemOf(() => parseSeekFile('', 'x.seek')).message).toContain('no seek times');
  });

  it('never throws anything but its own error', () => {
    const mutation = fc.record({
      file: fc.constantFrom('tiny.diskspecs', 'tiny.model', 'tiny.seek', 'tiny.parv'),
      at: fc.nat(3000),
      cut: fc.nat(40),
      put: fc.string({ maxLength: 12 }),
    });
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
        const files: Record<string, string> = { ...FILES, 'tiny.parv': PARV };
        for (const { file, at, cut, put } of mutations) {
          const text = files[file];
          const place = at % (text.length + 1);
          files[file] = text.slice(0, place) + put + text.slice(place + cut);
        }
        try {
          importTiny(files, files['tiny.parv']);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 2000, seed: 1992 },
    );
  });
});

describe('recorded streams', () => {
  it('are read in columns', () => {
    const trace = parseServiceTrace('R Hit 10 4 663.5 45.25\r\nW Doub 20 8 100 0\n\n', 'x.trace');
    expect(trace.count).toBe(2);
    expect([...trace.write]).toEqual([0, 1]);
    expect([...trace.sector]).toEqual([10, 20]);
    expect([...trace.serviceUs]).toEqual([663.5, 100]);
    expect([...trace.nextUs]).toEqual([45.25, 0]);
  });

  it.each([
    ['a field too few', 'R Hit 10 4 663.5', 'five|5 fields'],
    ['neither read nor write', 'X Hit 10 4 663 45', 'neither'],
    ['a block that is none', 'R Hit ten 4 663 45', 'block number'],
    ['no blocks', 'R Hit 10 0 663 45', 'number of blocks'],
    ['no service time', 'R Hit 10 4 0 45', 'service time'],
    ['a service time that is none', 'R Hit 10 4 NaN 45', 'service time'],
    ['a negative think time', 'R Hit 10 4 663 -45', 'think time'],
    ['a think time beyond reason', 'R Hit 10 4 663 1e300', 'think time'],
    ['a block beyond the disk', 'R Hit 999 2 663 45', 'beyond'],
    ['binary', '\u0000\u0001\u0002', 'one field'],
    ['a line without an end', 'x'.repeat(100_000), 'too long'],
  ])('are refused with the line: %s', (_what, line, message) => {
    const problem = problemOf(() =>
      parseServiceTrace(`R Hit 10 4 663 45\n${line}\nR Hit 10 4 663 45\n`, 'x.trace', 1000),
    );
    expect(problem).toMatchObject({ file: 'x.trace', line: 2 });
    expect(problem.message).toMatch(new RegExp(message));
  });

  it('are refused when there is nothing in them', () => {
    expect(problemOf(() => parseServiceTrace('\n\n', 'x.trace')).message).toContain('no request');
  });
});
