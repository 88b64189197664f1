import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DiskFlag, DiskOp } from '#emulator/disk/disk';
import { HardDrive } from '#emulator/disk/hdd/drive';
import { plainDrive, quantity, type Overrides } from './drives.ts';

const MS = 1e9;
const ms = (value: number) => quantity(value, 'ms');
const sectors = (value: number) => quantity(value, 'sectors');

/** A drive, and one command at a time: what it takes in ms. */
class Bench {
  readonly drive: HardDrive;
  now = 0;

  constructor(over: Overrides = {}) {
    this.drive = new HardDrive(plainDrive(over));
  }

  private command(op: DiskOp, first: number, count: number, flags: number = DiskFlag.none): number {
    this.drive.submit(this.now, op, first, count, flags, 7);
    const end = this.drive.nextCompletion();
    expect(this.drive.complete()).toBe(7);
    const taken = (end - this.now) / MS;
    this.now = end;
    return taken;
  }
  read = (first: number, count: number): number => this.command(DiskOp.read, first, count);
  write = (first: number, count: number, flags?: number): number => this.command(DiskOp.write, first, count, flags);
  flush = (): number => this.command(DiskOp.flush, 0, 0);
  /** Lets time pass. */
  wait(to: number): void {
    this.now = to * MS;
  }
}

describe('a read from the disk', () => {
  it('waits for the sector, reads it and passes it on', () => {
    // Sector 50 comes by after 5 ms; 4 sectors of 0.1 ms; the last one over the bus.
    expect(new Bench().read(50, 4)).toBeCloseTo(5 + 0.4 + 0.01, 9);
  });

  it('seeks first, and the platter turns meanwhile', () => {
    const bench = new Bench();
    // Cylinder 50: 1.5 ms; skew 50 x (10 + 20) sectors = 15 revolutions, so sector 0 is at the index mark: 10 ms.
    expect(bench.read(50 * 200, 1)).toBeCloseTo(10 + 0.1 + 0.01, 9);
    expect([...bench.drive.lastParts].map((t) => t / MS)[2]).toBeCloseTo(1.5, 9);
  });

  it('loses no revolution from track to track when the skew covers the switch', () => {
    // 200 sectors over two tracks: 20 ms of reading and 10 sectors of skew.
    expect(new Bench().read(0, 200)).toBeCloseTo(20 + 1 + 0.01, 9);
  });

  it('loses one when the skew is too small', () => {
    const bench = new Bench({ zones: [[0, 99, 100, 0, 0, 4, 20, 0]] });
    expect(bench.read(0, 200)).toBeCloseTo(20 + 0.4 + 10 + 0.01, 9);
  });

  it('is held up by a bus slower than the disk', () => {
    const bench = new Bench({ bus: { readSector: ms(0.3) } });
    expect(bench.read(50, 4)).toBeCloseTo(5 + 0.1 + 4 * 0.3, 9);
  });

  it('waits for the watermark before it takes the bus', () => {
    const bench = new Bench({ bus: { readSector: ms(0.3) }, buffer: { readWatermark: 0.5 } });
    expect(bench.read(50, 4)).toBeCloseTo(5 + 0.2 + 4 * 0.3, 9);
  });

  it('costs the overhead that fits the command before it', () => {
    const bench = new Bench({
      overheads: { readMissAfterRead: ms(1), readMissAfterWrite: ms(2), readCompletion: ms(0.25) },
    });
    expect(bench.read(50, 1)).toBeCloseTo(5 + 0.1 + 0.01 + 0.25, 9);
    bench.wait(20);
    bench.write(300, 1);
    bench.wait(40);
    // Sector 0 of cylinder 1, head 1 lies 40 sectors on; the arm sets out at 42 ms.
    expect(bench.read(250, 1)).toBeGreaterThan(2);
  });

  it('takes sectors as they pass when the drive can', () => {
    // The head lands on sector 20 of 0..49: 30 sectors, round, the other 20.
    const over: Overrides = { overheads: { readMissAfterRead: ms(2) }, buffer: { zeroLatencyRead: true } };
    expect(new Bench(over).read(0, 50)).toBeCloseTo(10 + 2 + 0.01 + 30 * 0.01, 9);
    expect(new Bench({ overheads: { readMissAfterRead: ms(2) } }).read(0, 50)).toBeCloseTo(10 + 5 + 0.01, 9);
  });
});

describe('settling on a track', () => {
  const mechanics = { trackSettle: ms(0.8) };

  it('takes its time after a head switch', () => {
    const bench = new Bench({ mechanics });
    bench.read(0, 1);
    bench.wait(20);
    bench.read(150, 1);
    expect(bench.drive.lastParts[2] / MS).toBeCloseTo(0.8, 9);
  });

  it('takes its time after writing on the same track, not after reading', () => {
    const bench = new Bench({ mechanics });
    bench.write(0, 1);
    bench.wait(20);
    bench.read(50, 1);
    expect(bench.drive.lastParts[2] / MS).toBeCloseTo(0.8, 9);
    bench.wait(40);
    bench.read(70, 1);
    expect(bench.drive.lastParts[2]).toBe(0);
  });
});

describe('the buffer', () => {
  const ahead: Overrides = {
    readAhead: { until: 'segment', maximum: sectors(50) },
    overheads: { readHitAfterRead: ms(0.2) },
  };

  it('answers a read from what was read ahead', () => {
    const bench = new Bench(ahead);
    bench.read(0, 4);
    bench.wait(9);
    expect(bench.read(4, 10)).toBeCloseTo(0.2 + 10 * 0.01, 9);
    expect(bench.drive.lastParts[6] / MS).toBeCloseTo(0.1, 9);
  });

  it('sends what is there of a partial hit while the rest comes in', () => {
    const bench = new Bench(ahead);
    bench.read(0, 4);
    bench.wait(1); // sectors 0 to 9 are in, the disk reads on
    expect(bench.read(8, 6)).toBeCloseTo(0.4 + 0.01, 9);
  });

  it('does not read ahead beyond the limit', () => {
    const bench = new Bench(ahead);
    bench.read(0, 4);
    bench.wait(30);
    expect(bench.read(52, 4)).toBeGreaterThan(1); // 4 + 50 sectors are there: a part only
    bench.wait(60);
    expect(bench.read(3, 1)).toBeCloseTo(0.2 + 0.01, 9);
  });

  it('stops at the end of the track where the drive does', () => {
    const bench = new Bench({ readAhead: { until: 'track', maximum: sectors(150) } });
    bench.read(90, 4);
    bench.wait(30);
    expect(bench.read(99, 1)).toBeCloseTo(0.01, 9);
    bench.wait(60);
    expect(bench.read(100, 1)).toBeGreaterThan(0.5);
  });

  it('reads on to the minimum before it turns to another command', () => {
    const bench = new Bench({ readAhead: { until: 'segment', minimum: sectors(30), maximum: sectors(50) } });
    bench.read(0, 4);
    expect(bench.read(90, 1)).toBeCloseTo(9.1 + 0.01 - 0.41, 9); // on time all the same
    bench.wait(50);
    expect(bench.read(10, 4)).toBeCloseTo(0.04, 9);
  });

  it('misses the sector being read, unless the drive counts it as a hit', () => {
    const again = (almostHits: boolean): number => {
      const bench = new Bench({ ...ahead, buffer: { almostHits } });
      bench.read(0, 4);
      return bench.read(4, 4);
    };
    expect(again(false)).toBeGreaterThan(9);
    expect(again(true)).toBeLessThan(1);
  });

  it('keeps a read segment up to date through writes, where segments are kept', () => {
    const reread = (overRequested: boolean): number => {
      const bench = new Bench({
        readAhead: { until: 'segment', maximum: sectors(50), overRequested },
        buffer: { hitsOnWrittenData: true },
      });
      bench.read(0, 4);
      bench.wait(20);
      bench.write(10, 2);
      bench.wait(60);
      return bench.read(20, 2);
    };
    expect(reread(false)).toBeCloseTo(0.02, 9);
    expect(reread(true)).toBeGreaterThan(0.1);
  });

  it('ends up with the whole track where the drive keeps what passes', () => {
    const over: Overrides = {
      readAhead: { until: 'next-track', maximum: sectors(0) },
      buffer: { readsBeforeRequest: true },
    };
    const bench = new Bench(over);
    bench.read(60, 2);
    bench.wait(40);
    expect(bench.read(5, 2)).toBeCloseTo(0.02, 9);
  });
});

describe('writes', () => {
  it('complete when they are on the disk', () => {
    expect(new Bench().write(50, 4)).toBeCloseTo(5 + 0.4, 9);
  });

  it('lose a revolution when the bus does not keep up', () => {
    // 0.3 ms a sector: the second one is not there when its place comes.
    const bench = new Bench({ bus: { writeSector: ms(0.3) } });
    expect(bench.write(2, 2)).toBeCloseTo(10 + 0.2 + 0.2, 9);
  });

  const cached: Overrides = {
    buffer: { writeCache: 'on', hitsOnWrittenData: true },
    overheads: { writeHitAfterRead: ms(0.1), writeHitAfterWrite: ms(0.1) },
  };

  it('complete in the buffer with a write cache, and a flush waits for the disk', () => {
    const bench = new Bench(cached);
    expect(bench.write(50, 4)).toBeCloseTo(0.1 + 0.04, 9);
    expect(bench.flush()).toBeCloseTo(5.4 - 0.14, 9);
    expect(bench.flush()).toBeCloseTo(0.1, 9);
  });

  it('go through the cache when they must be durable', () => {
    expect(new Bench(cached).write(50, 4, DiskFlag.fua)).toBeCloseTo(5 + 0.4, 9);
  });

  it('hold up the next one until the disk has the first', () => {
    const bench = new Bench(cached);
    bench.write(50, 4);
    expect(bench.write(1000, 4)).toBeCloseTo(5.4 - 0.14 + 0.04, 9);
  });

  it('follow on without a lost revolution when they continue the one under way', () => {
    const bench = new Bench({ ...cached, buffer: { ...cached.buffer, combineWrites: true } });
    bench.write(50, 4);
    bench.write(54, 4);
    expect(bench.flush() + 0.28).toBeCloseTo(5.8, 9);
  });

  describe('that queue in the buffer', () => {
    const queued: Overrides = {
      ...cached,
      buffer: {
        ...cached.buffer,
        segments: quantity(4, 'segments'),
        writeSegments: quantity(3, 'segments'),
        queueWrites: true,
        combineWrites: true,
      },
    };

    it('do not wait for one another until the segments are full', () => {
      const bench = new Bench(queued);
      const taken = [50, 1050, 2050].map((first) => bench.write(first, 4));
      for (const time of taken) expect(time).toBeCloseTo(0.14, 9);
      expect(bench.write(3050, 4)).toBeGreaterThan(1);
    });

    it('are all on the disk after a flush', () => {
      const bench = new Bench(queued);
      for (const first of [50, 1050, 2050]) bench.write(first, 4);
      expect(bench.flush()).toBeGreaterThan(10);
      expect(bench.flush()).toBeCloseTo(0.1, 9);
    });

    it('are written while nobody asks for anything', () => {
      const bench = new Bench(queued);
      for (const first of [50, 1050, 2050]) bench.write(first, 4);
      bench.wait(1000);
      expect(bench.flush()).toBeCloseTo(0.1, 9);
    });

    it('grow together when they touch', () => {
      const bench = new Bench(queued);
      for (let i = 0; i < 20; i++) expect(bench.write(50 + i, 1)).toBeCloseTo(0.11, 9);
    });
  });
});

describe('the command queue', () => {
  const queue = { depth: quantity(4, 'commands') };

  it('serves commands in order, one after the other', () => {
    const drive = new HardDrive(plainDrive({ queue }));
    for (const [tag, first] of [90, 10, 50].entries()) drive.submit(0, DiskOp.read, first, 1, 0, tag);
    const order: number[] = [];
    const ends: number[] = [];
    while (drive.nextCompletion() < Infinity) {
      ends.push(drive.nextCompletion() / MS);
      order.push(drive.complete());
    }
    expect(order).toEqual([0, 1, 2]);
    expect(ends[0]).toBeCloseTo(9.11, 9);
    expect(ends[1]).toBeCloseTo(11.11, 9);
    expect(ends[2]).toBeCloseTo(15.11, 9);
  });

  it('takes the nearest first when the drive orders them itself', () => {
    const drive = new HardDrive(plainDrive({ queue: { ...queue, order: 'sptf' } }));
    for (const [tag, first] of [0, 90, 10, 50].entries()) drive.submit(0, DiskOp.read, first, 1, 0, tag);
    const order: number[] = [];
    while (drive.nextCompletion() < Infinity) order.push(drive.complete());
    expect(order).toEqual([0, 2, 3, 1]);
  });

  it('lets nothing overtake a flush', () => {
    const drive = new HardDrive(plainDrive({ queue: { ...queue, order: 'sptf' } }));
    drive.submit(0, DiskOp.read, 0, 1, 0, 0);
    drive.submit(0, DiskOp.read, 90, 1, 0, 1);
    drive.submit(0, DiskOp.flush, 0, 0, 0, 2);
    drive.submit(0, DiskOp.read, 10, 1, 0, 3);
    const order: number[] = [];
    while (drive.nextCompletion() < Infinity) order.push(drive.complete());
    expect(order).toEqual([0, 1, 2, 3]);
  });

  it('refuses more than it takes, what is not on the disk, and a completion of nothing', () => {
    const drive = new HardDrive(plainDrive());
    expect(() => drive.complete()).toThrow(RangeError);
    expect(() => drive.submit(0, DiskOp.read, drive.sectors, 1, 0, 0)).toThrow(RangeError);
    drive.submit(0, DiskOp.read, 0, 1, 0, 0);
    expect(() => drive.submit(0, DiskOp.read, 0, 1, 0, 0)).toThrow(RangeError);
  });
});

describe('laws of every drive', () => {
  const drives = fc.record({
    writeCache: fc.constantFrom('off' as const, 'on' as const),
    queueWrites: fc.boolean(),
    until: fc.constantFrom(
      'none' as const,
      'track' as const,
      'cylinder' as const,
      'segment' as const,
      'next-track' as const,
    ),
    overRequested: fc.boolean(),
    anyOrder: fc.boolean(),
    before: fc.boolean(),
    dedicated: fc.boolean(),
    order: fc.constantFrom('fcfs' as const, 'sptf' as const),
  });
  const commands = fc.array(
    fc.record({
      op: fc.constantFrom(DiskOp.read, DiskOp.read, DiskOp.write, DiskOp.write, DiskOp.flush, DiskOp.discard),
      first: fc.oneof(fc.nat(300), fc.nat(19_000)),
      count: fc.integer({ min: 1, max: 260 }),
      think: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 30_000_000_000 })),
    }),
    { minLength: 1, maxLength: 60 },
  );
  const make = (d: {
    writeCache: 'off' | 'on';
    queueWrites: boolean;
    until: 'none' | 'track' | 'cylinder' | 'segment' | 'next-track';
    overRequested: boolean;
    anyOrder: boolean;
    before: boolean;
    dedicated: boolean;
    order: 'fcfs' | 'sptf';
  }): HardDrive =>
    new HardDrive(
      plainDrive({
        overheads: {
          readHitAfterRead: ms(0.1),
          readMissAfterRead: ms(0.3),
          readMissAfterWrite: ms(0.2),
          writeHitAfterRead: ms(0.1),
          writeMissAfterRead: ms(0.4),
        },
        mechanics: { trackSettle: ms(0.6), writeSettle: ms(0.1) },
        buffer: {
          segments: quantity(3, 'segments'),
          writeSegments: quantity(2, 'segments'),
          writeCache: d.writeCache,
          queueWrites: d.queueWrites,
          combineWrites: true,
          hitsOnWrittenData: true,
          dedicatedWriteSegment: d.dedicated,
          zeroLatencyRead: d.anyOrder,
          zeroLatencyWrite: d.anyOrder,
          readsBeforeRequest: d.before,
        },
        readAhead: { until: d.until, maximum: sectors(120), overRequested: d.overRequested },
        queue: { depth: quantity(4, 'commands'), order: d.order },
      }),
    );

  it('completes every command once, after it came, in whole picoseconds, and parts add up', () => {
    fc.assert(
      fc.property(drives, commands, (d, list) => {
        const drive = make(d);
        let now = 0;
        let done = 0;
        const arrived = new Map<number, number>();
        const finish = (): void => {
          const end = drive.nextCompletion();
          expect(Number.isSafeInteger(end)).toBe(true);
          expect(end).toBeGreaterThanOrEqual(now);
          now = end;
          const came = arrived.get(drive.complete());
          expect(came).toBeDefined();
          let sum = 0;
          for (const part of drive.lastParts) {
            expect(part).toBeGreaterThanOrEqual(0);
            sum += part;
          }
          expect(Math.abs(sum - (end - (came ?? 0)))).toBeLessThan(10);
        };
        list.forEach((command, tag) => {
          while (drive.nextCompletion() <= now + command.think || arrived.size - done >= 4) {
            finish();
            done++;
          }
          now += command.think;
          const flush = command.op === DiskOp.flush;
          drive.submit(now, command.op, flush ? 0 : command.first, flush ? 0 : command.count, 0, tag);
          arrived.set(tag, now);
        });
        while (drive.nextCompletion() < Infinity) {
          finish();
          done++;
        }
        expect(done).toBe(list.length);
      }),
      { numRuns: 300, seed: 1992 },
    );
  });
  it('does the same again', () => {
    fc.assert(
      fc.property(drives, commands, (d, list) => {
        const run = (): number[] => {
          const drive = make(d);
          let now = 0;
          return list.map((command) => {
            now += command.think;
            drive.submit(
              now,
              command.op,
              command.op === DiskOp.flush ? 0 : command.first,
              command.op === DiskOp.flush ? 0 : command.count,
              0,
              0,
            );
            now = drive.nextCompletion();
            drive.complete();
            return now;
          });
        };
        expect(run()).toEqual(run());
      }),
      { numRuns: 50, seed: 1992 },
    );
  });
});
