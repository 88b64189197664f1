import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { axisOf, clampView, fitRun, panView, timeAt, xOf, zoomView } from '../../../src-renderer/timeline/scale.ts';

const RUN = { from: 0, to: 1e12 };
const view = fc
  .tuple(fc.double({ min: 0, max: 9e11, noNaN: true }), fc.double({ min: 1e4, max: 1e11, noNaN: true }))
  .map(([from, span]) => ({ from, to: from + span }));

describe('scale', () => {
  it('turns times into pixels and back', () => {
    fc.assert(
      fc.property(view, fc.double({ min: 0, max: 1600, noNaN: true }), (v, x) => {
        expect(xOf(v, 1600, timeAt(v, 1600, x))).toBeCloseTo(x, 2);
      }),
    );
  });

  it('keeps the time under the pointer when it zooms inside the run', () => {
    const start = { from: 4e11, to: 5e11 };
    const before = timeAt(start, 1000, 250);
    expect(timeAt(zoomView(start, RUN, 0.25, 0.5), 1000, 250)).toBeCloseTo(before, 0);
  });

  it('never zooms beyond a nanosecond, nor further out than the run with its air', () => {
    let near = fitRun(RUN);
    for (let i = 0; i < 200; i++) near = zoomView(near, RUN, 0.5, 0.5);
    expect(near.to - near.from).toBeCloseTo(1000, 0);
    let far = near;
    for (let i = 0; i < 200; i++) far = zoomView(far, RUN, 0.5, 2);
    expect(far.to - far.from).toBeCloseTo(1.04e12, -6);
  });

  it('always shows some of the run', () => {
    fc.assert(
      fc.property(view, fc.double({ min: -50, max: 50, noNaN: true }), (v, fraction) => {
        const moved = panView(v, RUN, fraction);
        expect(moved.from).toBeLessThan(RUN.to);
        expect(moved.to).toBeGreaterThan(RUN.from);
        expect(moved.to - moved.from).toBeCloseTo(v.to - v.from, -3);
      }),
    );
  });

  it('accepts a run of no length', () => {
    const v = clampView({ from: -5, to: 5 }, { from: 7, to: 7 });
    expect(v.to).toBeGreaterThan(v.from);
  });
});

describe('axis', () => {
  it('has ticks in the view, rising, and not closer than asked', () => {
    fc.assert(
      fc.property(view, (v) => {
        const { ticks, step } = axisOf(v, 1200, 110);
        for (const [i, tick] of ticks.entries()) {
          expect(tick.time).toBeGreaterThanOrEqual(0);
          expect(tick.time).toBeLessThanOrEqual(v.to);
          if (i > 0) expect(tick.time - ticks[i - 1].time).toBeCloseTo(step, -1);
        }
        expect((step / (v.to - v.from)) * 1200).toBeGreaterThanOrEqual(109);
      }),
    );
  });

  it('counts from a base that is told once where full times would not fit', () => {
    const axis = axisOf({ from: 5.000_001e11, to: 5.000_002e11 }, 1200, 110);
    expect(axis.baseLabel).toContain('ms');
    expect(axis.ticks.every((tick) => tick.label.startsWith('+'))).toBe(true);
    expect(axis.base).toBeLessThanOrEqual(5.000_001e11);
  });

  it('uses the steps of clocks for minutes and hours', () => {
    expect(axisOf({ from: 0, to: 3600e12 }, 1200, 110).step).toBe(600e12);
  });
});

describe('an axis in cycles', () => {
  /** 3.2 GHz, ps. */
  const CYCLE = 312.5;
  const labels = (from: number, to: number): string[] =>
    axisOf({ from: from * CYCLE, to: to * CYCLE }, 1000, 100, CYCLE).ticks.map(({ label }) =>
      label.replace(/[\u202f\u00a0]/g, ' '),
    );

  it('counts in ones, twos and fives of whole cycles', () => {
    expect(labels(0, 10)).toEqual(['0', ...Array.from({ length: 10 }, (_, i) => `${i + 1} cycles`)]);
    expect(labels(0, 40_000).slice(0, 3)).toEqual(['0', '5 k cycles', '10 k cycles']);
    expect(labels(0, 2e10).slice(0, 3)).toEqual(['0', '2 G cycles', '4 G cycles']);
  });

  it('never has a tick between two cycles, however near the view is', () => {
    expect(labels(1.5, 4.5)).toEqual(['2 cycles', '3 cycles', '4 cycles']);
  });

  it('counts far from the start from a base', () => {
    const axis = axisOf({ from: 5_000_000 * CYCLE, to: 5_000_100 * CYCLE }, 1000, 100, CYCLE);
    expect(axis.baseLabel).toBe('5.000\u00a0M cycles');
    expect(axis.ticks[1].label).toMatch(/^\+\d+\u00a0cycles$/);
  });

  it('has all ticks on multiples of its step, told apart by their labels', () => {
    fc.assert(
      fc.property(view, (v) => {
        const { ticks, step } = axisOf(v, 1000, 100, CYCLE);
        expect(step / CYCLE).toBeGreaterThanOrEqual(1);
        expect(new Set(ticks.map(({ label }) => label)).size).toBe(ticks.length);
        for (const { time } of ticks) expect(Math.abs(time / step - Math.round(time / step))).toBeLessThan(1e-6);
      }),
    );
  });
});
