import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CompletionHeap } from '#emulator/disk/completion-heap';
import { DiskOp } from '#emulator/disk/disk';
import { FixedDisk } from '#emulator/disk/fixed';
import { US, replay } from './support.ts';

const { read, write, flush, discard } = DiskOp;
const make = (transferPsPerByte = 0) =>
  new FixedDisk({
    sectors: 1000,
    queueDepth: 8,
    readPs: 100 * US,
    writePs: 20 * US,
    flushPs: 5 * US,
    discardPs: US,
    transferPsPerByte,
  });

describe('a disk of fixed latency', () => {
  it('takes the time of the operation, whatever else is in flight', () => {
    const at = 7;
    const requests = [read, write, flush, discard].map((op) => ({ at, op, sector: 0, count: 8 }));
    expect(replay(make(), requests)).toEqual([100 * US, 20 * US, 5 * US, US]);
  });

  it('shares its link', () => {
    const requests = [0, 0, 0].map(() => ({ at: 0, op: read, sector: 0, count: 8 }));
    const transfer = 8 * 512 * 1000;
    expect(replay(make(1000), requests)).toEqual([
      100 * US + transfer,
      100 * US + 2 * transfer,
      100 * US + 3 * transfer,
    ]);
  });

  it('has nothing to complete when idle', () => {
    const disk = make();
    expect(disk.nextCompletion()).toBe(Infinity);
    expect(() => disk.complete()).toThrow(RangeError);
  });

  it('refuses more than its queue depth', () => {
    const disk = make();
    for (let i = 0; i < 8; i++) disk.submit(0, read, 0, 8, 0, i);
    expect(() => disk.submit(0, read, 0, 8, 0, 8)).toThrow(RangeError);
  });
});

describe('the completion heap', () => {
  it('gives completions in time order, ties in the order of arrival', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 40 }), (times) => {
        const heap = new CompletionHeap(40);
        times.forEach((time, i) => heap.add(time, i, 0));
        const out: [number, number][] = [];
        while (heap.length > 0) out.push([heap.first(), heap.take()]);
        const wanted = times.map((time, i): [number, number] => [time, i]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
        expect(out).toEqual(wanted);
      }),
    );
  });
});
