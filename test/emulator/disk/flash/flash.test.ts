import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DiskFlag, DiskOp } from '#emulator/disk/disk';
import { FlashDisk } from '#emulator/disk/flash/flash';
import { ALLOCATION_ORDERS } from '#model/disk';
import { processorMs } from '../../../support/work-time.ts';
import { MS, US, type Request, replay, sequence } from '../support.ts';
import { small } from './support.ts';

const { read, write, flush, discard } = DiskOp;
/** Sectors a page of the small drive, and pages it goes over before it is back at the first plane. */
const PAGE = 8;
const PLANES = 8;

/** What one page costs apart from the cells: link, command cycles, channel. */
const LINK_READ = (8 + 8 + 23 + 1248 + 11) * 1e3;
const LINK_WRITE = (8 + 8 + 23 + 8 + 1248 + 11) * 1e3;
const READ_COMMAND = 290e3;
const PROGRAM_COMMAND = 361e3;
const TRANSFER = 4096 * 2500;
const READ = LINK_READ + READ_COMMAND + 50 * US + TRANSFER;
const WRITE = LINK_WRITE + PROGRAM_COMMAND + TRANSFER + 500 * US;
/** Rounding of link times to whole nanoseconds is not modelled: up to 1 ns a message. */
const NEAR = 8e3;

const page = (at: number, op: DiskOp, number: number, pages = 1, flags = 0): Request => ({
  at,
  op,
  sector: number * PAGE,
  count: pages * PAGE,
  flags,
});
const run = (requests: readonly Request[], change = {}) => replay(new FlashDisk(small(change), 1), requests);
const near = (time: number, wanted: number) =>
  expect(Math.abs(time - wanted), `${time} ps, not ${wanted}`).toBeLessThanOrEqual(NEAR);

describe('one request on an idle drive', () => {
  it('reads a page: link, command, cells, channel, link', () => near(run([page(0, read, 0)])[0], READ));
  it('writes a page: link, command and data, cells, link', () => near(run([page(0, write, 0)])[0], WRITE));

  it('takes times by page type', () => {
    const times = run(
      [0, 1, 2, 3].map((i) => page(i * 10 * MS, write, i * PLANES)),
      { programPs: [300 * US, 900 * US] },
    );
    expect(times.map((t) => Math.round((t - WRITE + 500 * US) / US))).toEqual([300, 900, 300, 900]);
  });

  it('reads what a partial write must keep', () => {
    const half = (at: number, sector: number): Request => ({ at, op: write, sector, count: 4 });
    const [first, second, third] = run([half(0, 0), half(10 * MS, 4), half(20 * MS, 4)]);
    // The first finds nothing to keep; the other two keep four sectors.
    near(second - first, READ_COMMAND + 50 * US + TRANSFER / 2);
    expect(third).toBe(second);
  });

  it('adds the firmware’s time', () => {
    near(run([page(0, read, 0)], { readOverheadPs: 20 * US })[0], READ + 20 * US);
  });

  it('reads a mapping entry first when it is not cached', () => {
    const [first, second] = run([page(0, read, 0), page(10 * MS, read, 0)], { mappingCacheBytes: 64 });
    near(first - second, READ_COMMAND + 50 * US + 512 * 2500);
    near(second, READ);
  });
});

describe('parallelism', () => {
  it('spreads consecutive pages over channels and chips', () => {
    const [four] = run([page(0, read, 0, 4)]);
    // Two chips share a channel: the second page waits for the first one's transfer.
    expect(four).toBeLessThan(READ + 2 * TRANSFER + 4 * LINK_READ);
  });

  it('joins pages of the planes of one die in one command', () => {
    const disk = new FlashDisk(small(), 1);
    const [both] = replay(disk, [{ at: 0, op: write, sector: 0, count: PAGE * PLANES }]);
    expect(disk.ftl.backend.multiPlaneCommands).toBe(4);
    expect(both).toBeLessThan(2 * 500 * US);
  });

  it('has independent dies work at once, and dies of one chip otherwise in turn', () => {
    // Pages 0 and 4 are on the two dies of one chip.
    const two = [page(0, write, 0), page(0, write, 4)];
    const dies = { diesPerChip: 2, planesPerDie: 1 };
    const apart = run(two, { ...dies, independentDies: true });
    const together = run(two, { ...dies, independentDies: false });
    expect(Math.max(...apart)).toBeLessThan(WRITE + 2 * TRANSFER);
    expect(Math.max(...together)).toBeGreaterThan(2 * 500 * US);
  });

  it('lets a read that comes later go before writes that wait', () => {
    const onOneDie = (at: number, op: DiskOp, n: number) => page(at, op, n * PLANES);
    const times = run([
      onOneDie(0, write, 0),
      onOneDie(1 * US, write, 1),
      onOneDie(2 * US, write, 2),
      onOneDie(3 * US, read, 3),
    ]);
    expect(times[3]).toBeLessThan(times[1]);
  });
});

describe('suspension', () => {
  const requests = [page(0, write, 0), page(100 * US, read, PLANES)];
  it('is not done where the drive cannot', () => {
    expect(run(requests)[1]).toBeGreaterThan(400 * US);
  });
  it('lets a read into a program, which takes as much longer', () => {
    const [written, readTime] = run(requests, { suspension: 'program-erase' });
    near(readTime, READ + 20 * US);
    expect(written).toBeGreaterThan(WRITE + 50 * US);
  });
  it('leaves an operation alone that is nearly through', () => {
    const disk = new FlashDisk(small({ suspension: 'program-erase' }), 1);
    replay(disk, [page(0, write, 0), page(505 * US, read, PLANES)]);
    expect(disk.ftl.backend.suspensions).toBe(0);
  });
});

describe('the write buffer', () => {
  const buffered = LINK_WRITE + 2 * US + 4096 * 100;

  it('completes a write before it is on flash', () =>
    near(run([page(0, write, 0)], { writeBuffer: 'volatile' })[0], buffered));

  it('makes a flush wait for what is in it, unless it survives a power loss', () => {
    const requests = [page(0, write, 0), { at: 10 * US, op: flush, sector: 0, count: 0 }];
    expect(run(requests, { writeBuffer: 'volatile' })[1]).toBeGreaterThan(480 * US);
    expect(run(requests, { writeBuffer: 'protected' })[1]).toBeLessThan(US);
    expect(run(requests, { writeBuffer: 'off' })[1]).toBeLessThan(US);
  });

  it('lets a flush pass what was written after it', () => {
    const many: Request[] = Array.from({ length: 6 }, (_, i) => page(20 * US, write, (i + 1) * PLANES));
    const requests = [page(0, write, 0), { at: 10 * US, op: flush, sector: 0, count: 0 }, ...many];
    expect(run(requests, { writeBuffer: 'volatile' })[1]).toBeLessThan(600 * US);
  });

  it('makes a FUA write wait for flash, unless the buffer survives a power loss', () => {
    const requests = [page(0, write, 0, 1, DiskFlag.fua)];
    expect(run(requests, { writeBuffer: 'volatile' })[0]).toBeGreaterThan(500 * US);
    near(run(requests, { writeBuffer: 'protected' })[0], buffered);
  });

  it('answers reads of what it holds', () => {
    const times = run([page(0, write, 0), page(20 * US, read, 0)], { writeBuffer: 'volatile' });
    expect(times[1]).toBeLessThan(10 * US);
  });

  it('makes writes wait when it is full', () => {
    const requests = Array.from({ length: 20 }, (_, i) => page(0, write, i * PLANES));
    const times = run(requests, { writeBuffer: 'volatile', writeBufferBytes: 4 * 4096 });
    expect(times[3]).toBeLessThan(100 * US);
    expect(times[19]).toBeGreaterThan(5 * MS);
  });

  it('merges writes of a page that still waits', () => {
    const requests = Array.from({ length: 30 }, (_, i) => page(i * US, write, i < 3 ? i * PLANES : 3 * PLANES));
    const disk = new FlashDisk(small({ writeBuffer: 'volatile' }), 1);
    replay(disk, requests);
    expect(disk.ftl.userPages).toBeLessThan(10);
  });
});

describe('collection', () => {
  const pages = Math.floor(8 * 32 * 16 * 0.6);
  const random = sequence(5);
  const overwrites = Array.from({ length: 6 * pages }, (_, i) =>
    page(i * 400 * US, write, Math.floor(random() * pages)),
  );

  it('keeps a drive writable for ever, at a price', () => {
    const disk = new FlashDisk(small(), 1);
    const times = replay(disk, overwrites);
    expect(times.every((t) => t > 0)).toBe(true);
    expect(disk.ftl.erasedBlocks).toBeGreaterThan(100);
    expect(disk.ftl.movedPages).toBeGreaterThan(0);
    expect(disk.ftl.transactions.used).toBe(0);
  });

  it('costs less with more spare room', () => {
    const moved = (overProvisioning: number) => {
      const disk = new FlashDisk(small({ overProvisioning }), 1);
      replay(
        disk,
        overwrites.map((r) => ({ ...r, sector: r.sector % disk.sectors })),
      );
      return disk.ftl.movedPages / disk.ftl.userPages;
    };
    expect(moved(0.6)).toBeLessThan(moved(0.4));
  });

  it('collects at once on a drive that was aged before the run', () => {
    const disk = new FlashDisk(small({ preconditionFill: 1, preconditionOverwrite: 1 }), 1);
    replay(disk, overwrites.slice(0, 2000));
    expect(disk.ftl.erasedBlocks).toBeGreaterThan(50);
  });

  it('has less to move after a discard', () => {
    const all: Request = { at: 0, op: discard, sector: 0, count: pages * PAGE };
    const moved = (first: Request[]) => {
      const disk = new FlashDisk(small({ preconditionFill: 1, preconditionOverwrite: 1 }), 1);
      replay(disk, [...first, ...overwrites.slice(0, 1500).map((r) => ({ ...r, at: r.at + MS }))]);
      return disk.ftl.movedPages;
    };
    expect(moved([all])).toBeLessThan(moved([]) / 4);
  });

  // In the urgent state collection goes before reads: suspended for one that had to wait, an erase was never resumed.
  it.each([1, 3, 4, 5])('goes on when reads suspend erases while blocks run out (%i)', (seed) => {
    const random = sequence(seed);
    const aged = { preconditionFill: 1, preconditionOverwrite: 1 };
    const disk = new FlashDisk(small({ suspension: 'program-erase', independentDies: false, ...aged }), seed);
    const list = Array.from({ length: 2500 }, (_, i): Request => {
      const op = random() < 0.2 ? read : write;
      const count = 1 + Math.floor(random() * 40);
      return { at: i * 100 * US, op, sector: Math.floor(random() * (disk.sectors - count)), count };
    });
    for (const time of replay(disk, list)) expect(time).toBeGreaterThan(0);
    expect(disk.ftl.backend.suspensions).toBeGreaterThan(100);
    expect(disk.ftl.transactions.used).toBe(0);
  });

  it('ages 4 GiB in seconds', () => {
    const shape = { blocksPerPlane: 1024, pagesPerBlock: 128, overProvisioning: 0.12 };
    const aged = { preconditionFill: 1, preconditionOverwrite: 1 };
    let sectors = 0;
    expect(processorMs(() => ({ sectors } = new FlashDisk(small({ ...shape, ...aged }), 1)))).toBeLessThan(10_000);
    expect(sectors).toBeGreaterThan(7e6);
  });
});

describe('whatever is asked of whatever drive', () => {
  const requests = fc.array(
    fc.record({
      gap: fc.integer({ min: 0, max: 300 }),
      op: fc.constantFrom(read, read, write, write, write, flush, discard),
      sector: fc.nat(100_000),
      count: fc.integer({ min: 1, max: 80 }),
      fua: fc.boolean(),
    }),
    { minLength: 1, maxLength: 250 },
  );
  const drives = fc.record({
    allocation: fc.constantFrom(...ALLOCATION_ORDERS),
    independentDies: fc.boolean(),
    diesPerChip: fc.constantFrom(1, 2),
    planesPerDie: fc.constantFrom(1, 2),
    pageBytes: fc.constantFrom(2048, 4096, 16384),
    suspension: fc.constantFrom('none' as const, 'erase' as const, 'program-erase' as const),
    mappingCacheBytes: fc.constantFrom(Infinity, 60, 2000),
    holdsChangedEntries: fc.boolean(),
    writeBuffer: fc.constantFrom('off' as const, 'volatile' as const, 'protected' as const),
    collectionPolicy: fc.constantFrom('greedy' as const, 'randomised-greedy' as const),
    fetchDepth: fc.constantFrom(1, 4, 64),
    preconditionFill: fc.constantFrom(0, 1),
    preconditionOverwrite: fc.constantFrom(0, 1),
    readOverheadPs: fc.constantFrom(0, 5 * US),
    // Everything takes a multiple of the same time, so that many events fall together.
    ties: fc.boolean(),
  });
  const TIED = {
    commands: { readPs: [0, 0], programPs: [0, 0], erasePs: [0, 0] },
    channelPsPerByte: (10 * US) / 4096,
    erasePs: 100 * US,
    programPs: [20 * US],
    readPs: [10 * US],
  };

  it('completes each request once, later than it came, and leaves nothing behind', () => {
    fc.assert(
      fc.property(requests, drives, (list, { ties, ...change }) => {
        const shape = { blocksPerPlane: 20, pagesPerBlock: 8 };
        const disk = new FlashDisk(small({ ...change, ...shape, ...(ties ? TIED : {}) }), 1);
        let at = 0;
        const asked = list.map((r) => {
          at += r.gap * US;
          const sector = r.sector % (disk.sectors - r.count);
          return r.op === flush
            ? { at, op: r.op, sector: 0, count: 0 }
            : { at, op: r.op, sector, count: r.count, flags: r.fua ? DiskFlag.fua : 0 };
        });
        const times = replay(disk, asked);
        for (const time of times) expect(time).toBeGreaterThan(0);
        expect(disk.ftl.transactions.used).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  it('gives the same times for the same seed', () => {
    const random = sequence(9);
    const list = Array.from({ length: 3000 }, (_, i) =>
      page(i * 100 * US, random() < 0.3 ? read : write, Math.floor(random() * 2000)),
    );
    const times = () =>
      run(list, { collectionPolicy: 'randomised-greedy', preconditionFill: 1, preconditionOverwrite: 1 });
    expect(times()).toEqual(times());
  });
});
