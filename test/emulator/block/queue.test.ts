import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlockFlag } from '#emulator/block/queue';
import { DiskFlag, DiskOp } from '#emulator/disk/disk';
import { BLOCK_PRESETS } from '#emulator/block/parameters';
import { MS, drain, setUp } from './support.ts';

const { read, write, flush } = DiskOp;

describe('a block queue', () => {
  it('reports queue time and service time of each submission, with its cause', () => {
    const { queue, log } = setUp();
    const first = queue.submit(0, read, 0, 8, 0, 17, 3);
    const second = queue.submit(0, read, 800, 8, 0, 18, 4);
    drain(queue);
    expect(log.done).toEqual([
      { id: first, at: MS, queued: 0, service: MS },
      { id: second, at: 2 * MS, queued: MS, service: MS },
    ]);
    expect(log.requests.map((r) => [r.cause, r.ioCause, r.queued, r.service])).toEqual([
      [17, 3, 0, MS],
      [18, 4, MS, MS],
    ]);
  });

  it('is idle when nothing was submitted', () => {
    expect(setUp().queue.nextEvent()).toBe(Infinity);
  });

  it('sends the disk no more than its depth', () => {
    const { queue, disk } = setUp({}, 3);
    for (let i = 0; i < 8; i++) queue.submit(0, read, i * 100, 8, 0, -1, 0);
    expect(disk.asked).toHaveLength(3);
    expect(queue.inFlight).toBe(3);
    drain(queue);
    expect(disk.asked).toHaveLength(8);
  });

  it('refuses when full, except what merges', () => {
    const { queue } = setUp({ requests: 2 });
    queue.submit(0, write, 0, 8, 0, -1, 0);
    expect(queue.full(write)).toBe(false);
    queue.submit(0, write, 100, 8, 0, -1, 0);
    expect(queue.full(write)).toBe(true);
    expect(queue.submit(0, write, 200, 8, 0, -1, 0)).toBe(-1);
    expect(queue.submit(0, write, 108, 8, 0, -1, 0)).toBeGreaterThanOrEqual(0);
    queue.advance(MS);
    expect(queue.full(write)).toBe(false);
  });

  it('bounds reads and writes apart where the kernel did', () => {
    const { queue } = setUp({ requests: 1, boundPerDirection: true });
    queue.submit(0, write, 0, 8, 0, -1, 0);
    expect([queue.full(write), queue.full(read)]).toEqual([true, false]);
  });

  it('lets a listener submit from its completion', () => {
    const { queue, log } = setUp();
    let left = 3;
    const submit = (now: number): number => queue.submit(now, read, left * 100, 8, 0, -1, 0);
    log.completed = (_id, now) => {
      if (left-- > 0) submit(now);
    };
    submit(0);
    drain(queue);
    expect(log.requests.map((r) => r.at)).toEqual([MS, 2 * MS, 3 * MS, 4 * MS]);
  });
});

describe('merging', () => {
  it('joins neighbours behind, before and between, and completes each submission', () => {
    const { queue, disk, log } = setUp({ scheduler: 'mq-deadline' });
    queue.submit(0, write, 5000, 8, 0, -1, 0); // keeps the disk busy
    queue.submit(0, write, 100, 8, 0, -1, 0);
    queue.submit(0, write, 116, 8, 0, -1, 0);
    queue.submit(0, write, 92, 8, 0, -1, 0); // before the first
    queue.submit(0, write, 108, 8, 0, -1, 0); // fills the gap
    drain(queue);
    expect(disk.asked.map((r) => [r.sector, r.count])).toEqual([
      [5000, 8],
      [92, 32],
    ]);
    expect(log.done).toHaveLength(5);
    expect(log.requests[1]).toMatchObject({ submissions: 4 });
    expect([queue.backMerges, queue.frontMerges, queue.joins]).toEqual([1, 1, 1]);
  });

  it('never joins reads with writes, nor beyond the largest request', () => {
    const { queue, disk } = setUp({ maxSectors: 16 });
    queue.submit(0, write, 5000, 8, 0, -1, 0);
    queue.submit(0, write, 0, 8, 0, -1, 0);
    queue.submit(0, read, 8, 8, 0, -1, 0);
    queue.submit(0, write, 8, 8, 0, -1, 0);
    queue.submit(0, write, 16, 8, 0, -1, 0);
    drain(queue);
    expect(disk.asked.slice(1).map((r) => [r.op, r.sector, r.count])).toEqual([
      [write, 0, 16],
      [read, 8, 8],
      [write, 16, 8],
    ]);
  });

  it('splits what is larger, and completes it once, when its last piece is done', () => {
    const { queue, disk, log } = setUp({ maxSectors: 16 });
    queue.submit(0, write, 0, 40, 0, -1, 0);
    drain(queue);
    expect(disk.asked.map((r) => [r.sector, r.count])).toEqual([
      [0, 16],
      [16, 16],
      [32, 8],
    ]);
    expect(log.done.map((d) => d.at)).toEqual([3 * MS]);
  });
});

describe('plugging', () => {
  it('holds a task’s submissions back until its end, so that neighbours meet', () => {
    const { queue, disk } = setUp();
    queue.plug();
    for (let i = 0; i < 4; i++) queue.submit(0, write, i * 8, 8, 0, -1, 0);
    expect(disk.asked).toHaveLength(0);
    queue.unplug(5);
    expect(disk.asked).toEqual([{ at: 5, op: write, sector: 0, count: 32, flags: 0 }]);
  });

  it('nests', () => {
    const { queue, disk } = setUp();
    queue.plug();
    queue.plug();
    queue.submit(0, write, 0, 8, 0, -1, 0);
    queue.unplug(1);
    expect(disk.asked).toHaveLength(0);
    queue.unplug(2);
    expect(disk.asked).toHaveLength(1);
  });

  it('gives way to many requests', () => {
    const { queue, disk } = setUp({ plugRequests: 4 }, 64);
    queue.plug();
    for (let i = 0; i < 4; i++) queue.submit(0, write, i * 100, 8, 0, -1, 0);
    expect(disk.asked).toHaveLength(4);
  });

  it('of the device (2005) ends after 3 ms, after four requests, or when somebody waits', () => {
    const options = { ...BLOCK_PRESETS['linux-2.6.11'] };
    const timed = setUp(options);
    timed.queue.submit(0, write, 0, 8, 0, -1, 0);
    expect(timed.queue.nextEvent()).toBe(3 * MS);
    drain(timed.queue);
    expect(timed.disk.asked[0].at).toBe(3 * MS);

    const four = setUp(options);
    for (let i = 0; i < 4; i++) four.queue.submit(i, write, i * 100, 8, 0, -1, 0);
    expect(four.disk.asked[0]).toMatchObject({ at: 3 });

    const awaited = setUp(options);
    awaited.queue.submit(0, read, 0, 8, BlockFlag.sync, -1, 0);
    expect(awaited.disk.asked[0]).toMatchObject({ at: 0 });
  });
});

describe('flush and FUA', () => {
  it('cost nothing without a volatile cache', () => {
    const { queue, disk, log } = setUp({ writeCache: false });
    queue.submit(7, flush, 0, 0, 0, -1, 0);
    expect(queue.nextEvent()).toBe(7);
    queue.advance(7);
    expect(log.done).toEqual([{ id: 0, at: 7, queued: 0, service: 0 }]);
    queue.submit(8, write, 0, 8, BlockFlag.fua | BlockFlag.preflush, -1, 0);
    drain(queue);
    expect(disk.asked.map((r) => [r.op, r.flags])).toEqual([[write, 0]]);
  });

  it('order flush, data, flush where the disk has no FUA', () => {
    const { queue, disk, log } = setUp({ fua: false });
    queue.submit(0, write, 0, 8, BlockFlag.fua | BlockFlag.preflush, 5, 2);
    drain(queue);
    expect(disk.asked.map((r) => [r.at, r.op])).toEqual([
      [0, flush],
      [MS, write],
      [2 * MS, flush],
    ]);
    expect(log.done).toEqual([{ id: 0, at: 3 * MS, queued: 0, service: 3 * MS }]);
    expect(log.requests).toHaveLength(1);
  });

  it('use FUA where the disk has it', () => {
    const { queue, disk } = setUp({ fua: true });
    queue.submit(0, write, 0, 8, BlockFlag.fua | BlockFlag.preflush, -1, 0);
    drain(queue);
    expect(disk.asked.map((r) => [r.op, r.flags])).toEqual([
      [flush, 0],
      [write, DiskFlag.fua],
    ]);
  });

  it('go ahead of what the scheduler holds', () => {
    const { queue, disk } = setUp();
    queue.submit(0, read, 0, 8, 0, -1, 0);
    queue.submit(0, read, 100, 8, 0, -1, 0);
    queue.submit(0, flush, 0, 0, 0, -1, 0);
    drain(queue);
    expect(disk.asked.map((r) => r.op)).toEqual([read, flush, read]);
  });

  it('share one flush when they come while another runs', () => {
    const { queue, disk, log } = setUp({}, 8);
    queue.submit(0, flush, 0, 0, 0, -1, 0);
    for (let i = 1; i < 6; i++) queue.submit(i, flush, 0, 0, 0, -1, 0);
    drain(queue);
    expect(disk.asked.map((r) => [r.at, r.op])).toEqual([
      [0, flush],
      [MS, flush],
    ]);
    expect(queue.flushes).toBe(2);
    expect(log.done).toHaveLength(6);
  });

  it('put a flush off while data of another sequence is in flight', () => {
    const { queue, disk } = setUp({ fua: false }, 8);
    queue.submit(0, write, 0, 8, BlockFlag.fua, -1, 0);
    queue.submit(1, flush, 0, 0, 0, -1, 0);
    expect(disk.asked.map((r) => r.op)).toEqual([write]);
    drain(queue);
    expect(disk.asked.map((r) => [r.at, r.op])).toEqual([
      [0, write],
      [MS, flush],
    ]);
  });
});

describe('whatever is submitted', () => {
  const submission = fc.record({
    gap: fc.integer({ min: 0, max: 3 * MS }),
    op: fc.constantFrom(read, write, write, flush),
    sector: fc.integer({ min: 0, max: 400 }),
    count: fc.integer({ min: 1, max: 40 }),
    flags: fc.constantFrom(
      0,
      0,
      0,
      BlockFlag.fua,
      BlockFlag.preflush,
      BlockFlag.fua | BlockFlag.preflush,
      BlockFlag.sync,
    ),
    plug: fc.boolean(),
  });
  const setups = fc.record({
    scheduler: fc.constantFrom('none' as const, 'mq-deadline' as const, 'elevator-2005' as const),
    plugging: fc.constantFrom('task' as const, 'device' as const),
    fua: fc.boolean(),
    writeCache: fc.boolean(),
    maxSectors: fc.integer({ min: 8, max: 64 }),
    requests: fc.integer({ min: 1, max: 12 }),
  });

  it('completes exactly once, asks the disk for exactly those sectors, and frees every slot', () => {
    fc.assert(
      fc.property(
        fc.array(submission, { maxLength: 60 }),
        setups,
        fc.integer({ min: 1, max: 4 }),
        (submissions, options, depth) => {
          const { queue, disk, log } = setUp({ ...options, plugPs: 3 * MS, plugRequests: 4 }, depth);
          let now = 0;
          const accepted: { op: number; count: number }[] = [];
          for (const s of submissions) {
            now += s.gap;
            queue.advance(now);
            if (s.plug) queue.plug();
            const isFlush = s.op === flush;
            const id = queue.submit(now, s.op, isFlush ? 0 : s.sector, isFlush ? 0 : s.count, s.flags, -1, 0);
            if (id >= 0) accepted.push({ op: s.op, count: isFlush ? 0 : s.count });
            else expect(queue.full(s.op)).toBe(true);
            if (s.plug) queue.unplug(now);
          }
          drain(queue);
          expect(log.done).toHaveLength(accepted.length);
          for (const op of [read, write]) {
            const wanted = accepted.filter((a) => a.op === op).reduce((sum, a) => sum + a.count, 0);
            const asked = disk.asked.filter((a) => a.op === op).reduce((sum, a) => sum + a.count, 0);
            expect(asked).toBe(wanted);
          }
          for (const d of log.done) {
            expect(d.queued).toBeGreaterThanOrEqual(0);
            expect(d.service).toBeGreaterThanOrEqual(0);
          }
          expect([queue.held, queue.inFlight, queue.nextEvent()]).toEqual([0, 0, Infinity]);
        },
      ),
      { numRuns: 300 },
    );
  });
});
