import { describe, expect, it } from 'vitest';
import { AccessKind, AccessOrder, type AccessBatch } from '#emulator/cpu/access';
import type { ProcessorFigures } from '#emulator/cpu/figures';
import { CycleCause, type Processor } from '#emulator/cpu/processor';
import { FastProcessor } from '#emulator/memory/fast-processor';
import { Pte } from '#emulator/mmu/page-table';
import { BASE, batch, counted, finish, FLAGS, withPages } from './batches.ts';
import { cache, machine } from './machines.ts';
import { ReferenceProcessor } from './reference/reference.ts';

// Both say the same; each case is small enough to be followed by hand.
const KINDS: [string, (figures: ProcessorFigures, cores: number) => Processor][] = [
  ['the WebAssembly memory path', (figures, cores) => new FastProcessor(figures, cores, 1024)],
  ['the plain reference', (figures, cores) => new ReferenceProcessor(figures, { cores, frames: 1024 })],
];

const LINE = 64;
const loads = (lines: number, first = 0): AccessBatch =>
  batch({ offset: first * LINE, slots: lines, count: lines, dependent: true });
const stores = (lines: number, first = 0): AccessBatch =>
  batch({ kind: AccessKind.store, offset: first * LINE, slots: lines, count: lines });
/** Eight stores of eight bytes a line. */
const wholeLines = (kind: AccessKind, lines: number): AccessBatch =>
  batch({ kind, stride: 8, slots: 8 * lines, count: 8 * lines });

describe.each(KINDS)('non-temporal stores on %s', (_, make) => {
  const around = (lines: number): AccessBatch => wholeLines(AccessKind.ntStore, lines);
  /** The page is in the TLB: what is counted are the stores alone. */
  function ready(cores = 1): Processor {
    const p = withPages(make(machine(), cores), 1);
    for (let core = 0; core < cores; core++) finish(p, core, loads(1, 63));
    return p;
  }

  it('go to memory without a look into the caches, and without reading the line first', () => {
    const p = ready();
    const { stores, memoryWrites, l1Hits, l1Misses, l2Misses, l3Misses } = counted(p, () => finish(p, 0, around(4)));
    expect({ stores, memoryWrites, l1Hits, l1Misses, l2Misses, l3Misses }).toEqual({
      stores: 32, memoryWrites: 4, l1Hits: 0, l1Misses: 0, l2Misses: 0, l3Misses: 0,
    }); // prettier-ignore
  });

  it('leave no line behind in any cache', () => {
    const p = ready();
    finish(p, 0, around(4));
    p.fence(0);
    expect(counted(p, () => finish(p, 0, loads(4)))).toMatchObject({ l1Misses: 4, l2Misses: 4, l3Misses: 4 });
  });

  it('are combined as long as they go to one line', () => {
    const p = ready();
    const trace = Float64Array.from([0, 8, 16, 64, 72, 24, 80]);
    const b = batch({
      order: AccessOrder.trace, kind: AccessKind.ntStore, count: trace.length, trace, traceKinds: new Uint8Array(7).fill(1),
    }); // prettier-ignore
    expect(counted(p, () => finish(p, 0, b)).memoryWrites).toBe(4);
  });

  it('are not combined across a fence', () => {
    const p = ready();
    const one = batch({ kind: AccessKind.ntStore, slots: 1, count: 1 });
    expect(
      counted(p, () => {
        for (let k = 0; k < 3; k++) {
          finish(p, 0, one);
          p.fence(0);
        }
      }).memoryWrites,
    ).toBe(3);
  });

  it('take a clean line out of the caches, and nothing is written for it', () => {
    const p = ready();
    finish(p, 0, loads(1));
    expect(counted(p, () => finish(p, 0, around(1)))).toMatchObject({ writebacks: 0, memoryWrites: 1 });
    p.fence(0);
    expect(counted(p, () => finish(p, 0, loads(1)))).toMatchObject({ l1Misses: 1, l2Misses: 1, l3Misses: 1 });
  });

  it('write a dirty line back before they take it out of the caches', () => {
    const p = ready();
    finish(p, 0, stores(1));
    p.fence(0);
    expect(counted(p, () => finish(p, 0, around(1)))).toMatchObject({ writebacks: 1, memoryWrites: 2 });
  });

  it('take a line from the other core, too', () => {
    const p = ready(2);
    finish(p, 1, stores(1));
    p.fence(1);
    expect(counted(p, () => finish(p, 0, around(1)))).toMatchObject({ writebacks: 1, memoryWrites: 2 });
    p.fence(0);
    expect(counted(p, () => finish(p, 1, loads(1)))).toMatchObject({ l1Misses: 1, ownershipTransfers: 0 });
  });

  it('take less time than stores that read their lines first', () => {
    const time = (kind: AccessKind): number => {
      const p = withPages(make(machine(), 1), 8);
      finish(p, 0, wholeLines(kind, 512));
      p.fence(0);
      return p.now(0);
    };
    expect(time(AccessKind.ntStore)).toBeLessThan(time(AccessKind.store));
  });
});

describe.each(KINDS)('a fence on %s', (_, make) => {
  const ready = (): Processor => {
    const p = withPages(make(machine(), 1), 1);
    finish(p, 0, stores(1, 63));
    p.fence(0);
    return p;
  };

  it('costs nothing where no store waits', () => {
    const p = ready();
    const before = p.now(0);
    p.fence(0);
    expect(p.now(0)).toBe(before);
  });

  it('waits until the line of a store has come and the store has left the buffer, and books it as such', () => {
    const p = ready();
    const [before, fenced] = [p.now(0), p.timeByCause(0)[CycleCause.fence]];
    finish(p, 0, stores(1));
    const { storeIssue, memoryLatency } = machine();
    expect(p.now(0) - before).toBe(storeIssue);
    p.fence(0);
    expect(p.now(0) - before).toBe(storeIssue + memoryLatency);
    expect(p.timeByCause(0)[CycleCause.fence] - fenced).toBe(memoryLatency);
  });

  it('waits for all stores in the buffer, which leave it in order', () => {
    const p = ready();
    finish(p, 0, stores(1));
    p.fence(0);
    // One that misses, then three that hit: these leave after it, one a commit.
    const before = p.now(0);
    finish(p, 0, stores(1, 1));
    for (let k = 0; k < 3; k++) finish(p, 0, stores(1));
    p.fence(0);
    const { storeIssue, memoryLatency, commit } = machine();
    expect(p.now(0) - before).toBe(storeIssue + memoryLatency + 3 * commit);
  });

  it('leaves nothing in the buffer that a load could be given', () => {
    const p = ready();
    finish(p, 0, stores(1));
    expect(counted(p, () => finish(p, 0, loads(1))).forwards).toBe(1);
    p.fence(0);
    expect(counted(p, () => finish(p, 0, loads(1)))).toMatchObject({ forwards: 0, l1Hits: 1 });
  });
});

describe.each(KINDS)('a first store to a page on %s', (_, make) => {
  it('takes the assist that sets the dirty bit, and does not wait for the walk of another page', () => {
    const far = BASE + 2 ** 30;
    const p = make(machine(), 1);
    p.switchTo(0, p.createSpace());
    p.pageTable(0).set(BASE / 4096, 1, FLAGS & ~Pte.dirty);
    p.pageTable(0).set(far / 4096, 2, FLAGS);
    // Not the first line, whose set the walks' lines fill.
    finish(p, 0, loads(1, 5));
    const before = p.now(0);
    // The load of the far page waits for its walk; nothing waits for the load.
    finish(p, 0, batch({ base: far, kind: AccessKind.store, storeShare: 0, slots: 1, count: 1 }));
    finish(p, 0, stores(1, 5));
    p.fence(0);
    const { loadIssue, dirtyAssist, storeIssue, commit } = machine();
    expect(p.now(0) - before).toBe(loadIssue + dirtyAssist + storeIssue + commit);
    expect(p.pageTable(0).flags(BASE / 4096) & Pte.dirty).toBe(Pte.dirty);
  });
});

describe.each(KINDS)('a write-through first level on %s', (_, make) => {
  const caches = [cache(16, 4, 1200, { writeBack: false }), cache(16, 8, 5000)];
  const ready = (): Processor => {
    const p = withPages(make(machine({ caches }), 1), 16);
    finish(p, 0, loads(1, 63));
    return p;
  };

  it('passes every store on to the second level, also one that hits', () => {
    const p = ready();
    finish(p, 0, loads(1));
    const { l1Hits, l2Hits } = counted(p, () => finish(p, 0, { ...stores(1), count: 5 }));
    expect([l1Hits, l2Hits]).toEqual([5, 5]);
  });

  it('takes in no line for a store that misses; the second level does', () => {
    const p = ready();
    expect(counted(p, () => finish(p, 0, stores(1)))).toMatchObject({ l1Misses: 1, l2Misses: 1 });
    p.fence(0);
    expect(counted(p, () => finish(p, 0, loads(1)))).toMatchObject({ l1Misses: 1, l2Hits: 1, l2Misses: 0 });
  });

  it('writes nothing back when lines that were stored to leave it', () => {
    const p = ready();
    finish(p, 0, loads(40));
    finish(p, 0, stores(40));
    p.fence(0);
    // As many other lines as the first level holds; the second has room for all.
    expect(counted(p, () => finish(p, 0, loads(64, 64))).writebacks).toBe(0);
    expect(counted(p, () => finish(p, 0, loads(40)))).toMatchObject({ l1Misses: 40, l2Hits: 40 });
  });

  it('has what was stored written back once, by the second level, to memory', () => {
    const p = ready();
    const { writebacks, memoryWrites } = counted(p, () => {
      for (let k = 0; k < 3; k++) finish(p, 0, stores(100, 64));
      // Drives all that out of both.
      finish(p, 0, loads(256, 256));
    });
    expect([writebacks, memoryWrites]).toEqual([100, 100]);
  });
});

describe('a write-through first level', () => {
  it('never holds a dirty line, and one that writes back does', () => {
    const dirty = (writeBack: boolean): number => {
      const caches = [cache(16, 4, 1200, { writeBack }), cache(16, 8, 5000)];
      const p = withPages(new ReferenceProcessor(machine({ caches }), { cores: 1, frames: 1024 }), 4);
      finish(
        p,
        0,
        batch({ order: AccessOrder.random, kind: AccessKind.store, storeShare: 0.5, slots: 128, count: 500 }),
      );
      const l1 = p.hierarchy.caches[0][0];
      return l1.lines().filter((line) => l1.find(line)?.dirty).length;
    };
    expect(dirty(false)).toBe(0);
    expect(dirty(true)).toBeGreaterThan(10);
  });
});
