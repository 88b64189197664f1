import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AccessKind, AccessOrder, type AccessBatch } from '#emulator/cpu/access';
import { Inclusion, Replacement, type ProcessorFigures } from '#emulator/cpu/figures';
import { CPU_COUNTERS, CYCLE_CAUSES, CycleCause, StopReason, type Processor } from '#emulator/cpu/processor';
import { FastProcessor } from '#emulator/memory/fast-processor';
import { Pte } from '#emulator/mmu/page-table';
import { cache, machine } from './machines.ts';
import { ReferenceProcessor } from './reference/reference.ts';

const FRAMES = 4096;
const BASE = 0x7f12_3400_0000;
const HUGE_BASE = BASE + 0x4000_0000;

/** One thing done to a machine; everything the kernel may do is among them. */
interface Action {
  readonly core: number;
  readonly batch: AccessBatch;
  readonly quantum: number;
  readonly then: Deed;
  /** What the kernel does at some of the stops at the horizon, with the batch half done. */
  readonly meanwhile: Deed;
}

type Deed = 'nothing' | 'invalidate one' | 'invalidate many' | 'switch' | 'fence' | 'protect';

/** Does the actions and writes down all that can be seen from outside. */
function play(p: Processor, actions: readonly Action[]): string[] {
  const log: string[] = [];
  const spaces = [p.createSpace(), p.createSpace()];
  const current: number[] = [];
  for (let core = 0; core < p.coreCount; core++) {
    current.push(spaces[core % 2]);
    p.switchTo(core, current[core]);
  }
  const act = (core: number, what: Deed, firstPage: number): void => {
    const table = p.pageTable(current[core]);
    if (what === 'invalidate one') p.invalidate(core, current[core], firstPage + 1, 2);
    if (what === 'invalidate many') p.invalidate(core, current[core], firstPage, 64);
    if (what === 'fence') p.fence(core);
    if (what === 'protect') {
      for (let i = 6; i < 40; i++) {
        if (table.flags(firstPage + i) !== 0) table.set(firstPage + i, 99 + i, Pte.present | Pte.user | Pte.accessed);
      }
      for (let i = 0; i < 5; i++) table.change(firstPage + i, Pte.writable | Pte.dirty, 0);
      table.clear(firstPage + 5);
      p.invalidate(core, current[core], firstPage, 40);
    }
    if (what === 'switch') {
      current[core] = spaces[1 - spaces.indexOf(current[core])];
      p.switchTo(core, current[core]);
    }
  };
  for (const { core, batch, quantum, then, meanwhile } of actions) {
    const firstPage = Math.floor(batch.base / 4096);
    p.begin(core, batch);
    let stops = 0;
    for (;;) {
      const reason = p.run(core, p.now(core) + quantum);
      const table = p.pageTable(current[core]);
      if (reason === StopReason.done) break;
      if (reason === StopReason.horizon) {
        stops += 1;
        if (stops % 4 === 0 && stops < 40) {
          act(core, meanwhile, firstPage);
          log.push(`${p.retired(core)} ${p.now(core)} ${p.counters().join(' ')}`);
        }
        continue;
      }
      const vpn = Math.floor(p.faultAddress(core) / 4096);
      log.push(`fault ${p.faultAddress(core)} ${p.faultIsWrite(core)} ${p.faultPresent(core)} ${p.retired(core)}`);
      p.charge(core, CycleCause.handler, 123456);
      if (p.faultPresent(core)) table.change(vpn, 0, Pte.writable);
      else if (batch.base >= HUGE_BASE)
        table.setHuge(
          vpn - (vpn % 512),
          512 * (vpn % 7),
          Pte.present | Pte.user | (p.faultIsWrite(core) ? Pte.writable : 0),
        );
      else
        table.set(
          vpn,
          (vpn * 37) % FRAMES,
          Pte.present | Pte.user | (vpn % 3 === 0 ? Pte.accessed : 0) | (p.faultIsWrite(core) ? Pte.writable : 0),
        );
    }
    const table = p.pageTable(current[core]);
    act(core, then, firstPage);
    log.push(`${p.now(core)} ${table.mapped} ${table.flags(firstPage)} ${table.frame(firstPage)}`);
  }
  for (let core = 0; core < p.coreCount; core++) {
    const time = p.timeByCause(core);
    log.push(CYCLE_CAUSES.map((cause, i) => `${cause} ${time[i]}`).join(' '));
    expect(time.reduce((a, b) => a + b, 0)).toBe(p.now(core));
  }
  const counters = p.counters();
  log.push(CPU_COUNTERS.map((counter, i) => `${counter} ${counters[i]}`).join(' '));
  return log;
}

function agree(figures: ProcessorFigures, cores: number, actions: readonly Action[]): void {
  const fast = play(new FastProcessor(figures, cores, FRAMES), actions);
  const plain = play(new ReferenceProcessor(figures, { cores, frames: FRAMES }), actions);
  expect(fast).toEqual(plain);
}

const cacheShapes = fc.constantFrom<ProcessorFigures['caches']>(
  [
    cache(16, 4, 1200),
    cache(32, 8, 3600, { transfer: 600 }),
    cache(64, 11, 12000, { slices: 3, shared: true, transfer: 800 }),
  ],
  [
    cache(16, 8, 1200),
    cache(32, 8, 3600, { inclusion: Inclusion.inclusive }),
    cache(64, 16, 12000, { shared: true, inclusion: Inclusion.exclusive }),
  ],
  [
    cache(16, 4, 1200),
    cache(32, 8, 3600, { inclusion: Inclusion.inclusive }),
    cache(64, 12, 12000, { shared: true, inclusion: Inclusion.inclusive }),
  ],
  [
    cache(16, 8, 1200, { replacement: Replacement.treePlru }),
    cache(32, 16, 3600, { replacement: Replacement.treePlru, inclusion: Inclusion.inclusive }),
    cache(64, 16, 12000, { replacement: Replacement.treePlru, shared: true, inclusion: Inclusion.exclusive }),
  ],
  [cache(16, 8, 1200, { writeBack: false }), cache(64, 8, 5000)],
  [
    cache(16, 2, 1200, { replacement: Replacement.treePlru }),
    cache(16, 4, 3600, { inclusion: Inclusion.exclusive }),
    cache(32, 4, 9000),
  ],
  [cache(16, 4, 1200), cache(64, 8, 5000, { shared: true, inclusion: Inclusion.inclusive })],
  [cache(16, 3, 1200)],
  [
    cache(16, 4, 1200),
    cache(32, 8, 3600, { inclusion: Inclusion.inclusive }),
    cache(64, 12, 12000, { replacement: Replacement.random, shared: true, inclusion: Inclusion.exclusive }),
  ],
  [cache(16, 6, 1200, { replacement: Replacement.random }), cache(32, 8, 3600, { replacement: Replacement.random })],
);
const tlbShapes = fc.constantFrom<Partial<ProcessorFigures>>(
  {},
  { tlb1: { sets: 1, ways: 13 }, tlb1Huge: { sets: 2, ways: 2 }, walkers: 1 },
  { tlb2: null, taggedTlb: false, walkCaches: [1, 1, 1], walkers: 3 },
);
const coreShapes = fc.constantFrom<Partial<ProcessorFigures>>(
  {},
  { mergingStores: true, storeBuffer: 7, fillBuffers: 3, loadWindow: 12 },
  { prefetchNext: 2, prefetchStride: 3, memoryTransfer: 0 },
  { loadedBandwidth: [1e9, 2e9, 4e9], loadedLatency: [90000, 120000, 250000], storeBuffer: 1 },
);

const deeds = fc.constantFrom<Deed>(
  'nothing',
  'nothing',
  'invalidate one',
  'invalidate many',
  'switch',
  'fence',
  'protect',
);
const batches = fc
  .record({
    order: fc.constantFrom(...Object.values(AccessOrder)),
    kind: fc.constantFrom(...Object.values(AccessKind)),
    storeShare: fc.constantFrom(0, 0.3, 1),
    huge: fc.boolean(),
    page: fc.nat(6),
    offset: fc.nat(70),
    stride: fc.constantFrom(1, 8, 24, 64, 200, 4096),
    slots: fc.integer({ min: 1, max: 300 }),
    count: fc.nat(400),
    width: fc.constantFrom(1, 4, 8, 64),
    seed: fc.integer(),
    skew: fc.constantFrom(0.5, 1, 1.3),
    hotShare: fc.constantFrom(0.2, 0.9),
    hotSlots: fc.nat(50),
    dependent: fc.constantFrom(undefined, true, false),
  })
  .map(({ huge, page, dependent, ...rest }): AccessBatch => {
    const base = (huge ? HUGE_BASE : BASE) + page * 4096;
    const trace = Float64Array.from(
      { length: rest.count },
      (_, i) => (Math.imul(i, rest.seed | 1) >>> 0) % (rest.slots * rest.stride),
    );
    const traceKinds = Uint8Array.from({ length: rest.count }, (_, i) => (Math.imul(i, rest.seed | 1) >>> 9) & 1);
    return {
      ...rest,
      base,
      ...(dependent === undefined ? {} : { dependent }),
      ...(rest.order === AccessOrder.trace ? { trace, traceKinds } : {}),
    };
  });
const actions = fc.array(
  fc.record({
    core: fc.nat(2),
    batch: batches,
    quantum: fc.constantFrom(Infinity, 10_000, 777_777),
    then: deeds,
    meanwhile: deeds,
  }),
  { minLength: 1, maxLength: 8 },
);

/** Loads of one core; as they stand, one in each of 100 pages. */
const step = (over: Partial<AccessBatch>): Action => ({
  core: 0,
  quantum: Infinity,
  then: 'nothing',
  meanwhile: 'nothing',
  batch: {
    order: AccessOrder.sequential, kind: AccessKind.load, storeShare: 0, base: BASE, offset: 0, stride: 4096, slots: 100,
    count: 100, width: 8, seed: 1, skew: 0, hotShare: 0.9, hotSlots: 1, ...over,
  }, // prettier-ignore
});

describe('the WebAssembly memory path and the plain reference', () => {
  it('agree in every counter, every fault and every picosecond', () => {
    fc.assert(
      fc.property(
        cacheShapes,
        tlbShapes,
        coreShapes,
        fc.integer({ min: 1, max: 3 }),
        actions,
        (caches, tlbs, core, cores, list) => {
          agree(
            machine({ caches, ...tlbs, ...core }),
            cores,
            list.map((action) => ({ ...action, core: action.core % cores })),
          );
        },
      ),
      { numRuns: 250 },
    );
  });

  it('agree in long batches of loads, which are worked out ahead of their times', () => {
    const levels = fc.constantFrom<ProcessorFigures['caches']>(
      [cache(4, 4, 1200), cache(16, 8, 3600), cache(16, 16, 12000, { slices: 3, inclusion: Inclusion.inclusive })],
      [cache(8, 8, 1200), cache(16, 8, 3600), cache(32, 11, 12000, { transfer: 800, inclusion: Inclusion.inclusive })],
      [cache(8, 8, 1200), cache(8, 12, 3600, { transfer: 600 }), cache(32, 12, 12000, { slices: 5 })],
      [cache(4, 12, 1200), cache(16, 20, 3600, { shared: true })],
    );
    const long = fc
      .record({ batch: batches, quantum: fc.constantFrom(Infinity, 777_777, 4_000_000), then: deeds, meanwhile: deeds })
      .chain(({ batch, ...rest }) =>
        fc.integer({ min: 100, max: 1500 }).map((count): Action => {
          const slots = 20 * batch.slots;
          const kind = batch.slots % 5 === 0 ? batch.kind : AccessKind.load;
          const order = batch.order === AccessOrder.trace ? AccessOrder.hotCold : batch.order;
          return {
            ...rest,
            core: 0,
            batch: { ...batch, order, kind, slots, count, stride: 64 * (batch.stride % 5) + 8 },
          };
        }),
      );
    fc.assert(
      fc.property(levels, tlbShapes, fc.array(long, { minLength: 1, maxLength: 5 }), (caches, tlbs, list) => {
        agree(machine({ caches, ...tlbs }), 1, list);
      }),
      { numRuns: 120 },
    );
  });

  it('agree in streams of loads, which go a line at a time, over lines that are clean, dirty, near, far or pending', () => {
    const levels = fc.constantFrom<ProcessorFigures['caches']>(
      // Small sets, nested; the usual ways, nested; sets that are not nested; two levels; an exclusive last level.
      [cache(4, 4, 1200), cache(8, 5, 3600, { transfer: 600 }), cache(8, 6, 12000, { inclusion: Inclusion.inclusive })],
      [cache(4, 8, 1200), cache(8, 8, 3600), cache(8, 16, 12000, { slices: 3, inclusion: Inclusion.inclusive })],
      [cache(8, 8, 1200), cache(8, 8, 3600), cache(16, 16, 12000, { transfer: 2000 })],
      [cache(8, 4, 1200), cache(32, 8, 3600), cache(16, 9, 12000, { inclusion: Inclusion.inclusive })],
      [cache(8, 4, 1200), cache(32, 8, 3600)],
      [cache(8, 4, 1200), cache(8, 8, 3600), cache(32, 4, 12000, { inclusion: Inclusion.exclusive, shared: true })],
    );
    const pass = fc
      .record({
        store: fc.integer({ min: 0, max: 3 }),
        stride: fc.constantFrom(1, 4, 8, 16, 24, 32, 64),
        page: fc.nat(4),
        start: fc.constantFrom(0, 8, 60, 64, 200),
        lines: fc.integer({ min: 1, max: 400 }),
        rounds: fc.constantFrom(0.3, 1, 1.7),
        width: fc.constantFrom(1, 4, 8),
        quantum: fc.constantFrom(Infinity, 3_000, 100_000, 777_777),
        then: deeds,
        meanwhile: deeds,
      })
      .map(({ store, stride, page, start, lines, rounds, width, quantum, then, meanwhile }): Action => {
        const slots = Math.ceil((lines * 64) / stride);
        const kind = store === 0 ? AccessKind.store : AccessKind.load;
        const batch = {
          ...step({}).batch, base: BASE + 4096 * page + start, kind, storeShare: 0.6, stride, slots, width,
          count: Math.ceil(slots * rounds),
        }; // prettier-ignore
        return { core: 0, batch, quantum, then, meanwhile };
      });
    const windows = fc.constantFrom(1, 7, 12, 48, 500);
    fc.assert(
      fc.property(levels, windows, fc.array(pass, { minLength: 1, maxLength: 6 }), (caches, loadWindow, list) => {
        agree(machine({ caches, loadWindow }), 1, list);
      }),
      { numRuns: 120 },
    );
  });

  it('agree where one set of an inclusive last level takes all lines, and drops what is still in use nearer', () => {
    const caches = [
      cache(4, 4, 1200),
      cache(16, 8, 3600),
      cache(16, 16, 12000, { inclusion: Inclusion.inclusive, shared: true }),
    ];
    const list = [step({})];
    // Each time on lines no cache has: one is used again and again, the others push it out of the last level.
    for (let k = 0; k < 8; k++) {
      list.push(step({ order: AccessOrder.hotCold, stride: 1024, offset: 64 * k, slots: 400, count: 700, seed: k }));
    }
    agree(machine({ caches }), 1, list);
  });

  it('agree when the kernel maps pages elsewhere in the middle of what was worked out ahead', () => {
    const pages = 300;
    const remap = step({ order: AccessOrder.random, stride: 64, slots: 64 * pages, count: 4000 });
    agree(machine(), 1, [
      step({ slots: pages, count: pages }),
      { ...remap, quantum: 700_000, meanwhile: 'protect' },
      { ...remap, quantum: 1_900_000, meanwhile: 'protect' },
    ]);
  });

  it('agree over so many walks that the walk caches count their uses anew', () => {
    const far = { stride: 2 ** 19, slots: 300, hotSlots: 20, hotShare: 0.7 };
    const figures = machine({ tlb1: { sets: 1, ways: 4 }, tlb2: null });
    agree(figures, 1, [
      step({ ...far, order: AccessOrder.hotCold, count: 40_000 }),
      step({ ...far, order: AccessOrder.hotCold, count: 40_000, kind: AccessKind.store, storeShare: 0.3 }),
    ]);
  });

  it('agree over a trace of several chunks', () => {
    const count = 150_000;
    const trace = Float64Array.from({ length: count }, (_, i) => (Math.imul(i, 2654435761) >>> 0) % 500_000);
    const batch: AccessBatch = {
      order: AccessOrder.trace,
      kind: AccessKind.load,
      storeShare: 0,
      base: BASE,
      offset: 0,
      stride: 1,
      slots: 1,
      count,
      width: 8,
      seed: 0,
      skew: 0,
      hotShare: 0,
      hotSlots: 0,
      trace,
    };
    agree(machine(), 1, [{ core: 0, batch, quantum: Infinity, then: 'nothing', meanwhile: 'nothing' }]);
  });
});
