import { describe, expect, it } from 'vitest';
import { Elevator2005 } from '#emulator/block/elevator-2005';
import { MqDeadline } from '#emulator/block/mq-deadline';
import { NoScheduler } from '#emulator/block/none';
import { DEADLINE_DEFAULTS } from '#emulator/block/parameters';
import { RequestTable } from '#emulator/block/requests';
import type { Scheduler } from '#emulator/block/scheduler';
import { DiskOp } from '#emulator/disk/disk';
import { MS } from './support.ts';

const { read, write } = DiskOp;

function fill(
  scheduler: Scheduler,
  table: RequestTable,
  requests: readonly (readonly [op: number, sector: number, at?: number])[],
): void {
  for (const [op, sector, at] of requests) {
    const r = table.allocate();
    table.op[r] = op;
    table.sector[r] = sector;
    table.count[r] = 8;
    scheduler.insert(r, at ?? 0);
  }
}

/** Sectors in the order the scheduler gives them up; writes are marked by a minus. */
function order(scheduler: Scheduler, table: RequestTable, now = 0): number[] {
  const out: number[] = [];
  while (scheduler.length > 0) {
    const r = scheduler.next(now);
    out.push(table.op[r] === read ? table.sector[r] : -table.sector[r]);
  }
  return out;
}

describe('none', () => {
  it('is first come, first served', () => {
    const table = new RequestTable(8);
    const s = new NoScheduler(table);
    fill(s, table, [[read, 300], [write, 100], [read, 200]]); // prettier-ignore
    expect(order(s, table)).toEqual([300, -100, 200]);
  });
});

describe.each([
  ['mq-deadline', MqDeadline],
  ['elevator of 2005', Elevator2005],
] as const)('%s', (_name, Kind) => {
  const make = () => {
    const table = new RequestTable(64);
    return { table, s: new Kind(table, 64, DEADLINE_DEFAULTS) };
  };

  it('goes up in sector order', () => {
    const { table, s } = make();
    fill(s, table, [[read, 300], [read, 100], [read, 200]]); // prettier-ignore
    s.next(0);
    expect(order(s, table).every((sector, i, all) => i === 0 || sector > all[i - 1])).toBe(true);
  });

  it('prefers reads, but lets a write go after two dispatches that passed it over', () => {
    const { table, s } = make();
    // Reads that never continue one another end every batch at once in the elevator of 2005;
    // mq-deadline gets its batches cut by fifo_batch.
    fill(s, table, [[read, 0]]);
    s.next(0);
    fill(s, table, [[write, 10_000]]);
    for (let i = 0; i < 60; i++) fill(s, table, [[read, 1000 - 16 * i]]);
    const dispatched = order(s, table);
    const at = dispatched.indexOf(-10_000);
    expect(at).toBeGreaterThan(1);
    expect(at).toBeLessThanOrEqual(3 * DEADLINE_DEFAULTS.fifoBatch);
  });

  it('serves an expired request before the nearest one', () => {
    const { table, s } = make();
    fill(s, table, [[read, 9000, 0], [read, 100, 400 * MS], [read, 200, 400 * MS]]); // prettier-ignore
    expect(order(s, table, 501 * MS)[0]).toBe(9000);
  });

  it('gives reads half a second and writes five', () => {
    const { table, s } = make();
    fill(s, table, [[read, 100], [write, 200]]); // prettier-ignore
    expect([table.deadline[0], table.deadline[1]]).toEqual([500 * MS, 5000 * MS]);
  });
});

describe('the elevator of 2005', () => {
  it('goes back to the lowest sector at the end of its sweep (C-LOOK)', () => {
    const table = new RequestTable(8);
    const s = new Elevator2005(table, 8, DEADLINE_DEFAULTS);
    fill(s, table, [[read, 500]]);
    s.next(0);
    fill(s, table, [[read, 300], [read, 700], [read, 100], [read, 600]]); // prettier-ignore
    expect(order(s, table)).toEqual([600, 700, 100, 300]);
  });
});

describe('mq-deadline', () => {
  it('takes the oldest when nothing lies ahead', () => {
    const table = new RequestTable(8);
    const s = new MqDeadline(table, 8, DEADLINE_DEFAULTS);
    fill(s, table, [[read, 500]]);
    s.next(0);
    fill(s, table, [[read, 300], [read, 100]]); // prettier-ignore
    expect(order(s, table)).toEqual([300, 100]);
  });

  it('does not interrupt a batch, not even for a deadline', () => {
    const table = new RequestTable(64);
    const s = new MqDeadline(table, 64, DEADLINE_DEFAULTS);
    fill(s, table, [[read, 1000]]);
    s.next(0);
    fill(s, table, [[read, 50]]); // behind, and the oldest
    for (let i = 1; i < 20; i++) fill(s, table, [[read, 1000 + 8 * i]]);
    expect(order(s, table, 10_000 * MS).indexOf(50)).toBe(DEADLINE_DEFAULTS.fifoBatch - 1);
  });
});
