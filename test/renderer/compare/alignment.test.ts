import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PhaseMetrics } from '#model/metrics';
import { ALIGNMENTS, alignRuns, type RunShape } from '../../../src-renderer/compare/alignment.ts';
import { placeText, ticksOf } from '../../../src-renderer/compare/ticks.ts';
import { toAxis, toRun } from '../../../src-renderer/timeline/placement.ts';

const phase = (step: number, startNs: number, endNs: number, thread = 0): PhaseMetrics => ({
  thread,
  step,
  name: `step ${step}`,
  startNs,
  endNs,
  minor: 0,
  major: 0,
  sigbus: 0,
  instantiatedKiB: 0,
  dirtyPages: 0,
});

/** Two steps: the first quick or slow, the second as long in both, with the recorder's own work before each. */
const QUICK: RunShape = { from: 0, to: 500e3, phases: [phase(0, 0, 100), phase(1, 100, 500)], firstStore: 100e3 };
const SLOW: RunShape = { from: 0, to: 900e3, phases: [phase(0, 50, 350), phase(1, 450, 850)], firstStore: 450e3 };

describe('runs aligned by step', () => {
  const axis = alignRuns('step', [QUICK, SLOW]);

  it('begin each step at one place', () => {
    const starts = axis.placements.map((placement, i) =>
      [QUICK, SLOW][i].phases.map(({ startNs }) => toAxis(placement, startNs * 1000)),
    );
    expect(starts[0]).toEqual(starts[1]);
    expect(axis.steps.map(({ from }) => from)).toEqual(starts[0]);
  });

  it('keep every length true, and give a step the room of the slowest', () => {
    expect(axis.steps.map(({ from, to }) => to - from)).toEqual([300e3, 400e3]);
    const [, slow] = axis.placements;
    expect(toAxis(slow, 350e3, 'end') - toAxis(slow, 50e3)).toBe(300e3);
  });

  it('name the steps', () => {
    expect(axis.steps.map(({ name }) => name)).toEqual(['step 0', 'step 1']);
    expect(placeText(axis, axis.steps[1].from + 2000, 1000)).toMatch(/^step 1, 2.ns$/);
  });

  it('count ticks from the start of each step', () => {
    const ticks = ticksOf(axis, axis.whole, 1200);
    for (const { from } of axis.steps) expect(ticks.find(({ time }) => time === from)?.label).toBe('0');
  });

  it('fall back on time where they have no step in common', () => {
    expect(alignRuns('step', [QUICK, { ...SLOW, phases: [phase(7, 0, 10)] }]).alignment).toBe('time');
  });

  it('begin together where one, a deadlock, never ended a step', () => {
    const stuck: RunShape = { from: 0, to: 5000e3, phases: [], firstStore: null };
    const aligned = alignRuns('step', [QUICK, stuck, SLOW]);
    expect(aligned.alignment).toBe('step');
    expect(toAxis(aligned.placements[1], 0)).toBe(0);
    expect(aligned.whole.to).toBe(5000e3);
  });

  it('draw a bounded number of stretches, however many turns a loop takes', () => {
    const turns = Array.from({ length: 5000 }, (_, i) => phase(0, i * 10, i * 10 + 10));
    const looped: RunShape = { from: 0, to: 50_000e3, phases: turns, firstStore: null };
    const { placements } = alignRuns('step', [looped, looped]);
    expect(placements[0].length).toBeLessThanOrEqual(130);
  });
});

describe('runs aligned by first store', () => {
  it('make it at one place, from which time is counted both ways', () => {
    const axis = alignRuns('store', [QUICK, SLOW]);
    expect(toAxis(axis.placements[0], 100e3)).toBe(toAxis(axis.placements[1], 450e3));
    expect(axis.origin).toBe(450e3);
    const labels = ticksOf(axis, axis.whole, 1200).map(({ label }) => label);
    expect(labels).toContain('0');
    expect(labels.some((label) => label.startsWith('−'))).toBe(true);
  });

  it('begin together where one makes none', () => {
    const axis = alignRuns('store', [QUICK, { ...SLOW, firstStore: null }]);
    expect(toAxis(axis.placements[1], 0)).toBe(0);
  });
});

describe('any alignment', () => {
  const shape = fc
    .array(fc.record({ gap: fc.integer({ min: 0, max: 500 }), length: fc.integer({ min: 1, max: 500 }) }), {
      minLength: 1,
      maxLength: 6,
    })
    .map((parts): RunShape => {
      let at = 0;
      const phases = parts.map(({ gap, length }, step) => {
        const start = at + gap;
        at = start + length;
        return phase(step, start, at);
      });
      return { from: 0, to: at * 1000, phases, firstStore: phases[0].startNs * 1000 };
    });

  it('keeps the order of moments, and finds the run again from the axis', () => {
    fc.assert(
      fc.property(
        fc.array(shape, { minLength: 2, maxLength: 8 }),
        fc.constantFrom(...ALIGNMENTS),
        fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 2, maxLength: 20 }),
        (runs, alignment, moments) => {
          const axis = alignRuns(alignment, runs);
          axis.placements.forEach((placement, i) => {
            const times = moments.map((ns) => Math.min(ns * 1000, runs[i].to - 1)).sort((x, y) => x - y);
            const places = times.map((time) => toAxis(placement, time));
            places.forEach((place, k) => {
              if (k > 0) expect(place).toBeGreaterThanOrEqual(places[k - 1]);
              expect(toRun(placement, place)).toBe(times[k]);
              expect(place).toBeGreaterThanOrEqual(axis.whole.from);
              expect(place).toBeLessThanOrEqual(axis.whole.to);
            });
          });
        },
      ),
      { numRuns: 200 },
    );
  });
});
