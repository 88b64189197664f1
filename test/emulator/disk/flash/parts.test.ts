import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventQueue, FlashEvent, Lane } from '#emulator/disk/flash/events';
import { countBits } from '#emulator/disk/flash/ftl';
import { Geometry } from '#emulator/disk/flash/geometry';
import { IntMap } from '#emulator/disk/flash/int-map';
import { HostLink } from '#emulator/disk/flash/link';
import { CacheState, MappingCache } from '#emulator/disk/flash/mapping-cache';
import { commandTimes } from '#emulator/disk/flash/onfi';
import { PageMap, UNMAPPED } from '#emulator/disk/flash/page-map';
import { TimedQueue } from '#emulator/disk/flash/timed-queue';
import { NONE, TransactionSource, TransactionTable, TransactionType } from '#emulator/disk/flash/transactions';
import { TranslationPages } from '#emulator/disk/flash/translation-pages';
import { WriteBufferSlots } from '#emulator/disk/flash/write-buffer';
import { ALLOCATION_ORDERS } from '#model/disk';
import { ONFI, small } from './support.ts';

describe('the map of small integers', () => {
  it('does what a Map does', () => {
    const operation = fc.tuple(fc.constantFrom('set', 'delete', 'get'), fc.integer({ min: 0, max: 40 }), fc.nat(1000));
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
        const map = new IntMap(41);
        const wanted = new Map<number, number>();
        for (const [what, key, value] of operations) {
          if (what === 'set') {
            map.set(key, value);
            wanted.set(key, value);
          } else if (what === 'delete') {
            map.delete(key);
            wanted.delete(key);
          }
          for (let k = 0; k <= 40; k++) expect(map.get(k)).toBe(wanted.get(k) ?? -1);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('the event queue', () => {
  const lanes = Object.values(Lane);
  const event = fc.record({ lane: fc.constantFrom(...lanes), time: fc.nat(60) });

  it('gives events in the order of time, then lane, then adding, while others are added', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(event, fc.constant('take')), { maxLength: 300 }), (steps) => {
        const queue = new EventQueue();
        const waiting: { lane: Lane; time: number; subject: number }[] = [];
        const take = () => {
          waiting.sort((a, b) => a.time - b.time || a.lane - b.lane || a.subject - b.subject);
          const wanted = waiting.shift()!;
          expect(queue.firstTime).toBe(wanted.time);
          expect(queue.take()).toBe(wanted.time);
          expect([queue.kind, queue.subject]).toEqual([FlashEvent.arrayDone, wanted.subject]);
        };
        steps.forEach((step, subject) => {
          if (typeof step === 'object') {
            queue.add(step.lane, step.time, FlashEvent.arrayDone, subject);
            waiting.push({ ...step, subject });
          } else if (waiting.length > 0) take();
        });
        while (waiting.length > 0) take();
        expect(queue.firstTime).toBe(Infinity);
      }),
    );
  });

  it('grows', () => {
    const queue = new EventQueue();
    for (let i = 2000; i > 0; i--) queue.add(Lane.read, i, 0, i);
    for (let i = 1; i <= 2000; i++) expect(queue.take()).toBe(i);
  });
});

describe('translation pages', () => {
  it('keep those that wait in order, and what is on the way', () => {
    const table = new TransactionTable();
    const pages = new TranslationPages(table, 3);
    const [a, b, c] = [1, 2, 3].map(() => table.allocate(TransactionType.read, TransactionSource.user));
    pages.wait(1, a);
    pages.wait(1, b);
    pages.wait(2, c);
    expect([pages.takeWaiting(1), pages.takeWaiting(1), pages.takeWaiting(1)]).toEqual([a, b, NONE]);
    expect([pages.takeWaiting(2), pages.takeWaiting(0)]).toEqual([c, NONE]);
    pages.arrives(1);
    expect([pages.isArriving(1), pages.isDeparting(1)]).toEqual([true, false]);
    pages.departs(1);
    pages.departs(1);
    pages.departed(1);
    pages.arrived(1);
    expect([pages.isArriving(1), pages.isDeparting(1)]).toEqual([false, true]);
    expect(pages.firstChanged(1)).toBe(NONE);
    pages.setFirstChanged(1, 0);
    expect(pages.firstChanged(1)).toBe(0);
  });
});

describe('the timed queue', () => {
  it('is first in, first out, over its ring’s end and while growing', () => {
    const queue = new TimedQueue();
    let next = 0;
    let taken = 0;
    for (let round = 0; round < 50; round++) {
      for (let i = 0; i < round; i++) queue.add(next, next++);
      while (queue.length > round / 2) {
        expect(queue.firstTime).toBe(taken);
        expect(queue.take()).toBe(taken++);
      }
    }
  });
});

describe('the page map', () => {
  it('knows what was touched and nothing else', () => {
    const map = new PageMap(4_000_000, true);
    expect(map.find(77_777)).toBe(-1);
    const entry = map.touch(77_777);
    expect([map.physical(entry), map.cached(entry), map.sectors(entry)]).toEqual([UNMAPPED, UNMAPPED, 0]);
    map.setPhysical(entry, 5);
    map.setCached(entry, 6);
    map.setSectors(entry, 0xffff);
    // More groups than its table has room for at first, and than it has entries for.
    for (let page = 0; page < 4_000_000; page += 23) map.setPhysical(map.touch(page), page);
    expect([map.physical(entry), map.cached(entry), map.sectors(entry)]).toEqual([5, 6, 0xffff]);
    expect(map.find(77_777)).toBe(entry);
    for (let page = 0; page < 4_000_000; page += 23 * 31) expect(map.physical(map.find(page))).toBe(page);
    expect(map.physical(map.touch(3_999_998))).toBe(UNMAPPED);
  });

  it('holds every page of a drive', () => {
    const map = new PageMap(1003, false);
    for (let page = 0; page < 1003; page++) map.setPhysical(map.touch(page), page + 9);
    for (let page = 0; page < 1003; page++) expect(map.physical(map.find(page))).toBe(page + 9);
  });
});

describe('the mapping cache', () => {
  it('names the least recently used as its victim, but none that waits', () => {
    const cache = new MappingCache(3);
    const [a, b, c] = [
      cache.add(1, 11, CacheState.waiting),
      cache.add(2, 12, CacheState.valid),
      cache.add(3, 13, CacheState.valid),
    ];
    expect(cache.full).toBe(true);
    expect(cache.victim()).toBe(b);
    cache.touch(b);
    expect(cache.victim()).toBe(c);
    cache.state[a] = CacheState.valid;
    expect(cache.victim()).toBe(a);
    cache.remove(a);
    expect(cache.used).toBe(2);
  });
});

describe('geometry', () => {
  it.each(ALLOCATION_ORDERS)('%s gives every plane one page in turn', (allocation) => {
    const g = new Geometry(small({ allocation, diesPerChip: 2 }));
    expect([...g.planeOf].sort((a, b) => a - b)).toEqual(Array.from({ length: g.planes }, (_, i) => i));
  });

  it('goes over channels first with CWDP', () => {
    const g = new Geometry(small({ channels: 2, chipsPerChannel: 2, diesPerChip: 1, planesPerDie: 2 }));
    const channel = (page: number) => g.channelOfUnit[g.unitOfPlane[g.planeOf[page]]];
    expect([0, 1, 2, 3].map(channel)).toEqual([0, 1, 0, 1]);
    expect(g.bitOfPlane[g.planeOf[0]]).not.toBe(g.bitOfPlane[g.planeOf[4]]);
  });
});

describe('the link', () => {
  it('cuts transfers into packets', () => {
    const link = new HostLink(small().link);
    expect(link.transferPs(128)).toBe((128 + 28) * 250);
    expect(link.transferPs(129)).toBe((129 + 56) * 250);
  });

  it('serves one transfer at a time in each direction', () => {
    const link = new HostLink(small().link);
    const first = link.sendCompletion(0, 4096);
    expect(link.sendCompletion(0, 4096)).toBe(2 * first);
  });
});

describe('ONFI commands', () => {
  it('take the cycles of the standard, per plane', () => {
    const times = commandTimes(ONFI, 2);
    expect(times.readPs).toEqual([290e3, 940e3]);
    expect(times.programPs[0]).toBe(361e3);
    expect(times.erasePs).toEqual([220e3, 920e3]);
  });
});

describe('write-buffer generations', () => {
  it('are durable when all their pages and those before are on flash', () => {
    const buffer = new WriteBufferSlots(8, 1);
    buffer.write(1, 1, 0);
    const first = buffer.closeGeneration();
    buffer.write(2, 1, 0);
    const second = buffer.closeGeneration();
    expect(buffer.isDurable(first)).toBe(false);
    const slot = buffer.takeForProgram(0);
    buffer.programmed(slot, 0);
    expect([buffer.isDurable(first), buffer.isDurable(second)]).toEqual([true, false]);
    buffer.programmed(buffer.takeForProgram(0), 0);
    expect(buffer.isDurable(second)).toBe(true);
  });

  it('may be many at once', () => {
    const buffer = new WriteBufferSlots(1000, 1);
    const generations = Array.from({ length: 500 }, (_, i) => {
      buffer.write(i, 1, 0);
      return buffer.closeGeneration();
    });
    expect(generations.some((g) => buffer.isDurable(g))).toBe(false);
    for (const g of generations) {
      buffer.programmed(buffer.takeForProgram(0), 0);
      expect(buffer.isDurable(g)).toBe(true);
    }
  });
});

describe('counting bits', () => {
  it('counts those of any word', () => {
    fc.assert(
      fc.property(fc.integer(), (word) => countBits(word) === (word >>> 0).toString(2).replaceAll('0', '').length),
    );
  });
});
