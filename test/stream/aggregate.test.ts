import { describe, expect, it } from 'vitest';
import { EventKind } from '#model/events';
import { Aggregator } from '#stream/aggregate';
import { makeBatch } from '#model/batch';

function aggregateOf(events: readonly { kind: EventKind; duration: number; address: number; a?: number }[]) {
  const batch = makeBatch(0, events.length);
  events.forEach(({ kind, duration, address, a }, i) => {
    batch.kind[i] = kind;
    batch.duration[i] = duration;
    batch.address[i] = address;
    batch.a[i] = a ?? 0;
  });
  const sums = new Aggregator();
  for (let i = 0; i < events.length; i++) sums.add(batch, i);
  return sums.finish(true);
}

describe('aggregates', () => {
  it('count, add and rank durations by kind', () => {
    const { kinds, complete } = aggregateOf([
      { kind: EventKind.readFault, duration: 4e6, address: 4096 },
      { kind: EventKind.readFault, duration: 8e6, address: 8192 },
      { kind: EventKind.io, duration: 9e9, address: 100 },
    ]);
    expect(complete).toBe(true);
    expect(kinds).toEqual([
      { kind: EventKind.readFault, events: 2, sum: 12e6, mean: 6e6, p50: 4e6, p99: 8e6, addresses: 2 },
      { kind: EventKind.io, events: 1, sum: 9e9, mean: 9e9, p50: 9e9, p99: 9e9, addresses: 1 },
    ]);
  });

  it('tell pages of memory and of files apart, the busiest first, and leave sectors out', () => {
    const { pages, pageCount } = aggregateOf([
      { kind: EventKind.readFault, duration: 10, address: 0x7f0000001010 },
      { kind: EventKind.writeProtectFault, duration: 30, address: 0x7f0000001ff8 },
      { kind: EventKind.folioDirtied, duration: 0, address: 7, a: 2 },
      { kind: EventKind.folioDirtied, duration: 0, address: 7, a: 0 },
      { kind: EventKind.io, duration: 5, address: 7 },
    ]);
    expect(pageCount).toBe(3);
    expect(pages[0]).toEqual({
      of: 'virtual address', page: 0x7f0000001, file: -1, events: 2, sum: 40, mean: 20, p50: 10, p99: 30,
    }); // prettier-ignore
    expect(pages.slice(1).map(({ of, page, file }) => [of, page, file])).toEqual([
      ['file page', 7, 0],
      ['file page', 7, 2],
    ]);
  });

  it('stay exact over many events', () => {
    const events = Array.from({ length: 10_000 }, (_, i) => ({
      kind: EventKind.readFault,
      duration: i + 1,
      address: (i % 300) * 4096,
    }));
    const { kinds, pages, pageCount } = aggregateOf(events);
    expect(kinds[0]).toMatchObject({ events: 10_000, sum: 50_005_000, p50: 5000, p99: 9900, addresses: 300 });
    expect(pageCount).toBe(300);
    expect(pages).toHaveLength(200);
  });
});
