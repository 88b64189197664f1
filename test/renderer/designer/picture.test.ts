import { describe, expect, it } from 'vitest';
import { AccessOrder } from '#emulator/cpu/access';
import { Pattern } from '#emulator/memory/patterns';
import { blankDocument, type DraftStep } from '#renderer/designer/document';
import { estimate } from '#renderer/designer/estimate';
import { addMappedFile, toggleChoice } from '#renderer/designer/parts';
import { pictureIn, shapeOf, spanInFile } from '#renderer/designer/picture';
import { groupSteps, insertStep } from '#renderer/designer/steps';

const MIB = 2 ** 20;
const PAGE = 4096;
const cells = (step: DraftStep, bytes: number, n: number): number[] => [...pictureIn(step, bytes, n).touched];

const ORDERS = {
  sequential: AccessOrder.sequential,
  random: AccessOrder.random,
  chase: AccessOrder.chase,
  zipf: AccessOrder.zipf,
  'hot-cold': AccessOrder.hotCold,
} as const;

/** Pages that the emulator's own pattern visits. */
function visited(step: DraftStep, bytes: number, seed: number): number {
  const { from, at, stride, slots, count } = shapeOf(step, bytes);
  const given = step['pattern'] as { kind: keyof typeof ORDERS; skew?: number; hotShare?: number } | undefined;
  const hotSlots = given?.kind === 'hot-cold' ? Math.floor(MIB / stride) : slots;
  const pattern = new Pattern({
    order: ORDERS[given?.kind ?? 'sequential'],
    kind: 1,
    storeShare: 1,
    base: from,
    offset: at,
    stride,
    slots,
    count,
    width: 1,
    seed,
    skew: given?.skew ?? 1,
    hotShare: given?.hotShare ?? 0,
    hotSlots,
  });
  const pages = new Set<number>();
  for (let i = 0; i < count; i++) pages.add(Math.floor(pattern.next(i).address / PAGE));
  return pages.size;
}

describe('the picture of a step', () => {
  it('shows the pages in turn', () => {
    expect(cells({ do: 'load', stride: '4 KiB' }, 16 * PAGE, 16)).toEqual(new Array(16).fill(1));
    const sparse = cells({ do: 'store', stride: '16 KiB', at: '7 B' }, 16 * PAGE, 16);
    expect(sparse).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]);
  });

  it('shows ranges, and only as far as the count goes', () => {
    const part = { do: 'store', from: '16 KiB', length: '16 KiB' };
    expect(cells(part, 16 * PAGE, 16)).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(cells({ do: 'load', count: 4 }, 16 * PAGE, 16).reduce((a, b) => a + b)).toBe(4);
    expect(pictureIn({ do: 'load', stride: '64 B' }, 16 * PAGE, 16)).toMatchObject({ accesses: 1024, pages: 16 });
  });

  it('shares out pages among cells where there are more', () => {
    expect(cells({ do: 'store', stride: '64 KiB' }, 16 * MIB, 64)).toEqual(new Array(64).fill(1 / 16));
  });

  it('shows where a zipf or a hot range is dense', () => {
    const zipf = cells({ do: 'store', pattern: { kind: 'zipf', skew: 1 }, count: 2000 }, 16 * MIB, 64);
    expect(zipf[0]).toBeGreaterThan(zipf[63] * 3);
    const hot = { do: 'load', pattern: { kind: 'hot-cold', hotShare: 0.9, hotLength: '1 MiB' }, count: 2000 };
    const [first, , , , fifth] = cells(hot, 16 * MIB, 64);
    expect(first).toBeGreaterThan(fifth * 4);
  });

  it('shows a trace page by page', () => {
    const trace = { do: 'mixed', pattern: { kind: 'trace', accesses: [[0, 'r'], [9000, 'w'], [9001, 'w']] } }; // prettier-ignore
    expect(cells(trace, 4 * PAGE, 4)).toEqual([1, 0, 1, 0]);
  });

  it('is nothing for an empty range', () => {
    expect(pictureIn({ do: 'load', from: '1 MiB' }, MIB, 8)).toMatchObject({ accesses: 0, pages: 0 });
  });

  it.each([
    { do: 'store', stride: '4 KiB' },
    { do: 'store', stride: '64 KiB', at: '7 B' },
    { do: 'load', stride: '64 B', count: 3000 },
    { do: 'load', stride: '10 KiB' },
    { do: 'store', pattern: { kind: 'random' }, stride: '4 KiB' },
    { do: 'store', pattern: { kind: 'random' }, stride: '256 B', count: 3000 },
    { do: 'load', pattern: { kind: 'chase' }, stride: '4 KiB', count: 1000 },
    { do: 'load', pattern: { kind: 'zipf', skew: 0.99 }, stride: '4 KiB', count: 3000 },
    { do: 'load', pattern: { kind: 'zipf', skew: 1.2 }, stride: '256 B', count: 5000 },
    { do: 'load', pattern: { kind: 'hot-cold', hotShare: 0.8, hotLength: '1 MiB' }, stride: '4 KiB', count: 4000 },
  ])('expects about as many pages as the emulator meets: %j', (step) => {
    const expected = pictureIn(step, 16 * MIB, 64).pages;
    const met = [1, 2, 3].map((seed) => visited(step, 16 * MIB, seed)).reduce((a, b) => a + b) / 3;
    expect(Math.abs(expected - met) / met).toBeLessThan(0.05);
  });
});

describe('the estimate', () => {
  const mapped = addMappedFile(blankDocument());
  const scan = insertStep(mapped, [0, 0], { do: 'load', mapping: 'map', stride: '4 KiB' });

  it('counts runs, accesses and pages', () => {
    expect(estimate(scan)).toMatchObject({ runs: 1, accesses: 4096, pages: 4096, cacheBytes: 16 * MIB, memoryBytes: 1024 * MIB }); // prettier-ignore
    expect(estimate(toggleChoice(scan, 'policies', 'P5')).runs).toBe(2);
  });

  it('counts what a loop repeats, but its pages once', () => {
    const looped = groupSteps(scan, [0, 0], 1, 10);
    expect(estimate(looped)).toMatchObject({ accesses: 40_960, pages: 4096 });
    expect(estimate(looped).seconds).toBeGreaterThan(estimate(scan).seconds);
  });

  it('joins the pages of several steps', () => {
    const low = insertStep(mapped, [0, 0], { do: 'load', mapping: 'map', length: '4 MiB' });
    const both = insertStep(low, [0, 1], { do: 'store', mapping: 'map', from: '2 MiB', length: '4 MiB' });
    expect(estimate(both).pages).toBe(6 * 256);
  });

  it('counts calls, a read by its chunks', () => {
    const read = insertStep(mapped, [0, 0], { do: 'read', file: 'data', chunk: '64 KiB' });
    expect(estimate(read)).toMatchObject({ calls: 256, accesses: 0, pages: 0 });
  });
});

describe('a mapping in its file', () => {
  it('lies where it says', () => {
    const mapping = { name: 'm', file: 'data', offset: '4 MiB', length: '8 MiB' };
    expect(spanInFile({ ...addMappedFile(blankDocument()), mappings: [mapping] }, mapping)).toEqual({ from: 0.25, to: 0.75 }); // prettier-ignore
  });
});
