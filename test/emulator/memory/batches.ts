import { AccessKind, AccessOrder, type AccessBatch } from '#emulator/cpu/access';
import { CpuCounter, StopReason, type Processor } from '#emulator/cpu/processor';
import { Pte } from '#emulator/mmu/page-table';

export const BASE = 0x4000_0000;
export const FLAGS = Pte.present | Pte.writable | Pte.user | Pte.accessed | Pte.dirty;

/** Loads of 8 bytes, one a line, but for what `over` says. */
export function batch(over: Partial<AccessBatch>): AccessBatch {
  return {
    order: AccessOrder.sequential, kind: AccessKind.load, storeShare: 1, base: BASE, offset: 0, stride: 64, slots: 64,
    count: 1000, width: 8, seed: 1, skew: 1, hotShare: 0.8, hotSlots: 8, ...over,
  }; // prettier-ignore
}

/** One space, on all cores, whose first `pages` pages are mapped to frames in a row. */
export function withPages<P extends Processor>(p: P, pages: number): P {
  const space = p.createSpace();
  for (let core = 0; core < p.coreCount; core++) p.switchTo(core, space);
  for (let i = 0; i < pages; i++) p.pageTable(space).set(BASE / 4096 + i, i, FLAGS);
  return p;
}

/** Runs a batch, giving absent pages a frame, in slices of `quantum` ps; returns how many faults there were. */
export function finish(p: Processor, core: number, b: AccessBatch, quantum = Infinity): number {
  let faults = 0;
  p.begin(core, b);
  for (;;) {
    const reason = p.run(core, p.now(core) + quantum);
    if (reason === StopReason.done) return faults;
    if (reason === StopReason.horizon) continue;
    faults += 1;
    const vpn = Math.floor(p.faultAddress(core) / 4096);
    p.pageTable(0).set(vpn, vpn % 1024, FLAGS);
  }
}

/** How much the counters rose while `work` was done, by name. */
export function counted(p: Processor, work: () => void): Record<keyof typeof CpuCounter, number> {
  const before = [...p.counters()];
  work();
  const rise = Object.entries(CpuCounter).map(([name, at]) => [name, p.counters()[at] - before[at]]);
  return Object.fromEntries(rise) as Record<keyof typeof CpuCounter, number>;
}
