import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AccessKind, AccessOrder } from '#emulator/cpu/access';
import { Inclusion, Replacement, type ProcessorFigures } from '#emulator/cpu/figures';
import { CpuCounter, CycleCause, StopReason } from '#emulator/cpu/processor';
import { FastProcessor } from '#emulator/memory/fast-processor';
import { Pattern } from '#emulator/memory/patterns';
import { Pte } from '#emulator/mmu/page-table';
import { BASE, batch, finish, FLAGS, withPages } from './batches.ts';
import { cache, machine } from './machines.ts';
import { ReferenceProcessor } from './reference/reference.ts';

const someBatch = fc
  .record({
    order: fc.constantFrom(
      AccessOrder.sequential,
      AccessOrder.random,
      AccessOrder.zipf,
      AccessOrder.hotCold,
      AccessOrder.chase,
    ),
    kind: fc.constantFrom(...Object.values(AccessKind)),
    storeShare: fc.constantFrom(0.3, 1),
    stride: fc.constantFrom(8, 64, 72),
    slots: fc.integer({ min: 1, max: 600 }),
    count: fc.integer({ min: 1, max: 3000 }),
    seed: fc.nat(),
  })
  .map(batch);

describe('the memory path', () => {
  it('counts and times the same whatever the slices it runs in', () => {
    fc.assert(
      fc.property(someBatch, fc.integer({ min: 1, max: 100_000 }), (b, quantum) => {
        const whole = new FastProcessor(machine(), 1, 1024);
        const sliced = new FastProcessor(machine(), 1, 1024);
        for (const p of [whole, sliced]) p.switchTo(0, p.createSpace());
        expect(finish(sliced, 0, b, quantum)).toBe(finish(whole, 0, b));
        expect([...sliced.counters()]).toEqual([...whole.counters()]);
        expect([...sliced.timeByCause(0)]).toEqual([...whole.timeByCause(0)]);
      }),
      { numRuns: 60 },
    );
  });

  it('counts and times the same whether accesses come as one pattern or as traces of whatever length', () => {
    fc.assert(
      fc.property(someBatch, fc.integer({ min: 1, max: 1000 }), (b, length) => {
        const pattern = new Pattern(b);
        const accesses = Array.from({ length: b.count }, (_, i) => pattern.next(i));
        const whole = new FastProcessor(machine(), 1, 1024);
        const cut = new FastProcessor(machine(), 1, 1024);
        for (const p of [whole, cut]) p.switchTo(0, p.createSpace());
        const faults = finish(whole, 0, b);
        let faultsOfParts = 0;
        for (let at = 0; at < accesses.length; at += length) {
          const part = accesses.slice(at, at + length);
          const dependent = b.order === AccessOrder.chase;
          const trace = Float64Array.from(part, (access) => access.address - b.base);
          const traceKinds = Uint8Array.from(part, (access) => (access.store ? 1 : 0));
          faultsOfParts += finish(cut, 0, {
            ...b, order: AccessOrder.trace, count: part.length, dependent, trace, traceKinds,
          }); // prettier-ignore
        }
        expect(faultsOfParts).toBe(faults);
        expect([...cut.counters()]).toEqual([...whole.counters()]);
        expect([...cut.timeByCause(0)]).toEqual([...whole.timeByCause(0)]);
      }),
      { numRuns: 60 },
    );
  });

  it('hits in a cycle through twice the cache when lines leave at random, and not with true LRU', () => {
    const hits = (replacement: Replacement): number => {
      const p = withPages(new FastProcessor(machine({ caches: [cache(16, 8, 1200, { replacement })] }), 1, 1024), 8);
      finish(p, 0, batch({ slots: 256, count: 256 * 40 }));
      return p.counters()[CpuCounter.l1Hits] / (256 * 40);
    };
    expect(hits(Replacement.lru)).toBeLessThan(0.01);
    // A line stays through 256 (1 - h) draws of one of 128 ways: h = exp(-2 (1 - h)).
    expect(hits(Replacement.random)).toBeGreaterThan(0.15);
    expect(hits(Replacement.random)).toBeLessThan(0.26);
  });

  it('books every picosecond under one cause', () => {
    fc.assert(
      fc.property(fc.array(someBatch, { minLength: 1, maxLength: 4 }), (list) => {
        const p = new FastProcessor(machine(), 1, 1024);
        p.switchTo(0, p.createSpace());
        for (const b of list) {
          finish(p, 0, b);
          p.charge(0, CycleCause.handler, 12.6);
          p.fence(0);
        }
        expect(p.timeByCause(0).reduce((sum, time) => sum + time, 0)).toBe(p.now(0));
      }),
      { numRuns: 60 },
    );
  });

  it('never makes a store stream slower with a longer store buffer', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 60 }),
        fc.constantFrom(8, 64, 4096),
        fc.integer({ min: 1, max: 2000 }),
        (a, b, stride, slots) => {
          const time = (storeBuffer: number): number => {
            const p = withPages(new FastProcessor(machine({ storeBuffer }), 1, 2048), 2048);
            finish(
              p,
              0,
              batch({ kind: AccessKind.store, stride, slots: Math.min(slots, (2048 * 4096) / stride), count: 3000 }),
            );
            p.fence(0);
            return p.now(0);
          };
          expect(time(Math.max(a, b))).toBeLessThanOrEqual(time(Math.min(a, b)));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('takes as many faults on independent cores whatever their quantum and order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1000, max: 5_000_000 }), fc.boolean(), someBatch, (quantum, reversed, b) => {
        const faults = (slice: number, order: readonly number[]): number[] => {
          const p = new FastProcessor(machine(), 2, 1024);
          const space = p.createSpace();
          const counts = [0, 0];
          const going = new Set(order);
          for (const core of order) {
            p.switchTo(core, space);
            p.begin(core, { ...b, base: BASE + core * 0x1000_0000 });
          }
          while (going.size > 0) {
            for (const core of order) {
              if (!going.has(core)) continue;
              const reason = p.run(core, p.now(core) + slice);
              if (reason === StopReason.done) going.delete(core);
              if (reason !== StopReason.fault) continue;
              counts[core] += 1;
              const vpn = Math.floor(p.faultAddress(core) / 4096);
              p.pageTable(space).set(vpn, (vpn % 512) + 512 * core, FLAGS);
            }
          }
          return counts;
        };
        expect(faults(quantum, reversed ? [1, 0] : [0, 1])).toEqual(faults(Infinity, [0, 1]));
      }),
      { numRuns: 40 },
    );
  });
});

describe('inclusion', () => {
  /** Lines of one level that are, or are not, in a level further out, in the reference (which the fast path equals). */
  function levels(inclusion: Inclusion, figures: Partial<ProcessorFigures> = {}): string[] {
    const caches = [
      cache(16, 4, 1200),
      cache(32, 4, 3600, { inclusion }),
      cache(64, 8, 12000, { shared: true, inclusion }),
    ];
    const p = withPages(new ReferenceProcessor(machine({ caches, ...figures }), { cores: 1, frames: 1024 }), 600);
    finish(
      p,
      0,
      batch({ order: AccessOrder.random, kind: AccessKind.store, storeShare: 0.4, slots: 3000, count: 6000 }),
    );
    const [l1, l2, l3] = p.hierarchy.caches[0].map((c) => new Set(c.lines()));
    const inside = (a: Set<number>, b: Set<number>): string => {
      const shared = [...a].filter((line) => b.has(line)).length;
      return shared === a.size ? 'all' : shared === 0 ? 'none' : 'some';
    };
    return [inside(l1, l2), inside(l2, l3)];
  }

  it('of an inclusive level: it holds all that the levels nearer hold', () =>
    expect(levels(Inclusion.inclusive)).toEqual(['all', 'all']));
  it('of an exclusive level: it holds nothing of them', () =>
    expect(levels(Inclusion.exclusive)).toEqual(['none', 'none']));
  it('of neither: they part ways', () => expect(levels(Inclusion.nonInclusive)).toContain('some'));
});

describe('stores', () => {
  it('fault precisely: the one before has happened, the one itself has not', () => {
    const p = new FastProcessor(machine(), 1, 1024);
    const space = p.createSpace();
    p.switchTo(0, space);
    p.pageTable(space).set(BASE / 4096, 5, FLAGS);
    p.pageTable(space).set(BASE / 4096 + 1, 6, Pte.present | Pte.user);
    p.begin(0, batch({ kind: AccessKind.store, stride: 2048, slots: 8, count: 8 }));
    expect(p.run(0, Infinity)).toBe(StopReason.fault);
    expect([p.retired(0), p.faultAddress(0), p.faultIsWrite(0), p.faultPresent(0)]).toEqual([
      2,
      BASE + 4096,
      true,
      true,
    ]);
    expect(p.counters()[CpuCounter.stores]).toBe(2);
    p.pageTable(space).change(BASE / 4096 + 1, 0, Pte.writable);
    expect(p.run(0, Infinity)).toBe(StopReason.fault);
    expect([p.retired(0), p.faultAddress(0), p.faultPresent(0)]).toEqual([4, BASE + 8192, false]);
    expect(p.pageTable(space).flags(BASE / 4096 + 1) & Pte.dirty).toBe(Pte.dirty);
  });

  it('of two cores to one line take it from each other', () => {
    const p = withPages(new FastProcessor(machine(), 2, 1024), 1);
    const one = batch({ kind: AccessKind.store, slots: 1, count: 1 });
    for (let k = 0; k < 5; k++) {
      finish(p, 0, one);
      finish(p, 1, one);
    }
    expect(p.counters()[CpuCounter.ownershipTransfers]).toBe(9);
  });

  it('that are invalidated on one core shoot down the other', () => {
    const p = withPages(new FastProcessor(machine(), 2, 1024), 1);
    p.invalidate(0, 0, BASE / 4096, 1);
    expect(p.counters()[CpuCounter.shootdowns]).toBe(1);
    expect([p.timeByCause(0)[CycleCause.shootdown], p.timeByCause(1)[CycleCause.shootdown]]).toEqual([
      2_000_000, 1_000_000,
    ]);
  });
});
