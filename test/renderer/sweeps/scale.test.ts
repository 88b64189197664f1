import { describe, expect, it } from 'vitest';
import { planLabels, scaleOf } from '../../../src-renderer/sweeps/scale.ts';

describe('a linear scale', () => {
  it('goes from 0 over round ticks beyond the greatest figure', () => {
    const scale = scaleOf([3, 165], 'linear');
    expect(scale.ticks).toEqual([0, 50, 100, 150, 200]);
    expect([scale.at(0), scale.at(100), scale.at(200)]).toEqual([0, 0.5, 1]);
  });

  it('goes below 0 where a figure does, and is there for no figure and for zeros', () => {
    expect(scaleOf([-20, 60], 'linear').ticks).toEqual([-20, 0, 20, 40, 60]);
    for (const values of [[], [0, 0]]) {
      const { ticks, at } = scaleOf(values, 'linear');
      expect(ticks.length).toBeGreaterThan(1);
      expect(at(0)).toBe(0);
    }
  });

  it('holds every figure, however large or small', () => {
    for (const most of [1e-6, 0.3, 7, 12_345, 9.99e17]) {
      const { ticks, at } = scaleOf([most / 3, most], 'linear');
      expect(ticks.length).toBeLessThanOrEqual(6);
      expect(at(most)).toBeLessThanOrEqual(1 + 1e-9);
      expect(at(most)).toBeGreaterThan(0.5);
    }
  });
});

describe('a logarithmic scale', () => {
  it('goes over decades, the same factor the same distance', () => {
    const { ticks, at } = scaleOf([16, 1650], 'log');
    expect(ticks.map(Math.round)).toEqual([10, 100, 1000, 10_000]);
    expect(at(1000) - at(100)).toBeCloseTo(at(100) - at(10));
    expect([at(10), at(10_000)]).toEqual([0, 1]);
  });

  it('puts what is 0 at the bottom, below the least that is more', () => {
    const { ticks, at } = scaleOf([0, 1, 100], 'log');
    expect(at(0)).toBe(0);
    expect(at(1)).toBeGreaterThan(0);
    expect(ticks.map(Math.round)).toEqual([1, 10, 100]);
  });

  it('is linear where nothing is more than 0', () => {
    expect(scaleOf([0, 0], 'log').ticks).toEqual(scaleOf([0, 0], 'linear').ticks);
  });
});

describe('labels below an axis', () => {
  it('stand level while they have room', () => {
    expect(planLabels(40, 60, false)).toEqual({ every: 1, slanted: false });
  });

  it('of values in order are left out here and there, names are slanted', () => {
    expect(planLabels(40, 10, true)).toEqual({ every: 5, slanted: false });
    expect(planLabels(90, 40, false)).toEqual({ every: 1, slanted: true });
    expect(planLabels(90, 7, false)).toEqual({ every: 2, slanted: true });
  });
});
