import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AccessKind, AccessOrder } from '#emulator/cpu/access';
import { processorFigures } from '#emulator/cpu/figures';
import { makeProcessor } from '#emulator/cpu/make-processor';
import { CpuCounter, StopReason } from '#emulator/cpu/processor';
import { Pte } from '#emulator/mmu/page-table';
import { conformMachine } from '#lab/conformance-machine';
import { parseProcessor, type ProcessorDocument } from '#model/processor';
import { repositoryRoot } from '../../support/shared.ts';

const FOLDER = join(repositoryRoot, 'resources/machines/processors');
const load = (id: string): ProcessorDocument =>
  parseProcessor(JSON.parse(readFileSync(join(FOLDER, `${id}.json`), 'utf8')), `${id}.json`);
const ids = readdirSync(FOLDER).map((name) => name.replace('.json', ''));
/** A copy with one figure changed. */
const changed = (id: string, change: (d: ProcessorDocument) => void): ProcessorDocument => {
  const copy = structuredClone(load(id));
  change(copy);
  return copy;
};

describe('processor documents', () => {
  it.each(ids)('%s can be emulated', (id) => {
    expect(load(id).id).toBe(id);
    expect(makeProcessor(load(id), { cores: 2, frames: 65_536 }).coreCount).toBe(2);
  });

  it('are at least the eight asked for', () => {
    expect(ids).toEqual(
      expect.arrayContaining([
        'pentium4-prescott-2004',
        'westmere-ep-2010',
        'skylake-sp-2017',
        'zen3-milan-2021',
        'goldencove-alderlake-2022',
        'graviton2-2020',
        'apple-m1-2020',
        'host-zen3-vm-2026',
      ]),
    );
  });

  it('are refused with the path of a figure without a known source', () => {
    const bad = changed('westmere-ep-2010', (d) => Object.assign(d.memory.latency, { source: 'hearsay' }));
    expect(() => parseProcessor(bad, 'x.json')).toThrow('a figure names a source that is not in "sources"');
    const noReason = changed('westmere-ep-2010', (d) =>
      Object.assign(d.memory.latency, { method: 'estimated', note: '' }),
    );
    expect(() => parseProcessor(noReason, 'x.json')).toThrow('x.json: memory.latency');
  });

  it('are refused when a cache is not ways x line x a power of two', () => {
    const bad = changed('westmere-ep-2010', (d) => Object.assign(d.caches[1].size, { value: 250_000 }));
    expect(() => processorFigures(bad)).toThrow(
      'caches[1].size: 250000 bytes are not 8 ways x 64 bytes x a power of two',
    );
  });
});

describe('prefetchers', () => {
  const streamed = (prefetch: object): { ns: number; prefetches: number } => {
    const document = changed('westmere-ep-2010', (d) =>
      Object.assign(d, {
        prefetch,
        sources: { ...d.sources, manual: { title: "Intel's optimization manual", read: '2026-11-22' } },
      }),
    );
    const p = makeProcessor(parseProcessor(document, 'x.json'), { cores: 1, frames: 1024 });
    const space = p.createSpace();
    p.switchTo(0, space);
    for (let page = 0; page < 1024; page++)
      p.pageTable(space).set(page, page, Pte.present | Pte.user | Pte.accessed | Pte.writable | Pte.dirty);
    const loads = { order: AccessOrder.sequential, kind: AccessKind.load, stride: 64, slots: 65_536, count: 65_536 };
    p.begin(0, {
      base: 0,
      offset: 0,
      width: 8,
      storeShare: 0,
      seed: 1,
      skew: 0,
      hotShare: 0,
      hotSlots: 0,
      ...loads,
      dependent: true,
    });
    expect(p.run(0, Infinity)).toBe(StopReason.done);
    return { ns: p.now(0) / 65_536_000, prefetches: p.counters()[CpuCounter.prefetches] };
  };
  const lines = (value: number) => ({ value, unit: 'lines', source: 'manual', method: 'reported' });

  it('are off unless the document switches them on, and then hide latency from a stream', () => {
    const off = streamed({});
    const next = streamed({ nextLine: lines(1) });
    const both = streamed({ nextLine: lines(1), stride: lines(4) });
    expect(off.prefetches).toBe(0);
    // The line after each, of 64 in a page.
    expect(next.prefetches).toBe(1024 * 63);
    expect(next.ns).toBeLessThan(off.ns);
    expect(both.ns).toBeLessThan(next.ns);
  });
});

describe('against recorded machines', () => {
  it.each(['westmere-ep-2010', 'zen3-milan-2021', 'host-zen3-vm-2026'])('%s: every recorded point agrees', (id) => {
    expect(conformMachine(load(id)).points.filter((point) => !point.agrees)).toEqual([]);
  });
});
