import { describe, expect, it } from 'vitest';
import type { RunInfo } from '#model/run';
import { namesOf } from '../../../src-renderer/compare/names.ts';

/** Of a run only what it is called by. */
const run = (change: Partial<RunInfo>): RunInfo =>
  ({
    id: 'a',
    source: 'emulated',
    experiment: 'question',
    policy: 'P1',
    machine: 'desktop',
    kernel: 'linux',
    filesystem: 'plain',
    engineVersion: '1',
    seed: 1,
    name: '',
    ...change,
  }) as RunInfo;

describe('runs that are compared', () => {
  it('are called by their policies', () => {
    expect(namesOf([run({ policy: 'P1' }), run({ policy: 'P5' })])).toEqual(['P1', 'P5']);
  });

  it('are told apart by the file system, the seed or at last the id', () => {
    const p5 = { policy: 'P5' };
    expect(namesOf([run({ ...p5, filesystem: 'ext4' }), run({ ...p5, filesystem: 'xfs' })])).toEqual([
      'P5 on ext4',
      'P5 on xfs',
    ]);
    expect(namesOf([run({ ...p5, seed: 1 }), run({ ...p5, seed: 2 })])).toEqual(['P5, seed 1', 'P5, seed 2']);
    expect(namesOf([run({ ...p5, id: 'x' }), run({ ...p5, id: 'y' })])).toEqual(['P5, run x', 'P5, run y']);
  });

  it('say where they come from when that differs', () => {
    const recorded = run({ source: 'recorded', policy: 'native', filesystem: 'xfs' });
    expect(namesOf([recorded, run({ policy: 'P5-delayed', filesystem: 'xfs-4k' })])).toEqual([
      'recorded on xfs',
      'emulated P5-delayed on xfs-4k',
    ]);
  });

  it('keep the names that a person gave', () => {
    expect(namesOf([run({ name: 'before' }), run({ policy: 'P5' })])).toEqual(['before', 'P5']);
  });
});
