import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { simulate } from '#emulator/simulation';
import { POLICY_IDS } from '#model/policies';
import { InputError } from '#model/problem';
import type { RunPlan } from '#model/plan';
import { planOf } from './plan.ts';

/** Polls of a run that goes on for ever; the longest of those below takes a few dozen. */
const FOR_EVER = 4000;

const FILESYSTEMS = readdirSync(new URL('../../../resources/filesystems/', import.meta.url))
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -'.json'.length))
  .sort();

/** Experiments by chance: several threads, little memory, everything a step can do. */
class Chance {
  private state: number;

  constructor(seed: number) {
    this.state = (seed * 2654435761) >>> 0;
    this.below(2);
  }

  below(n: number): number {
    this.state = (Math.imul(this.state, 1103515245) + 12345) >>> 0;
    return (this.state >>> 8) % n;
  }

  pick<T>(of: readonly T[]): T {
    return of[this.below(of.length)];
  }

  steps(depth: number): unknown[] {
    return Array.from({ length: 1 + this.below(6) }, () => this.step(depth)).flat();
  }

  private step(depth: number): unknown[] {
    const from = `${this.below(60) * 4} KiB`;
    const mapping = this.pick(['m', 'm', 'p']);
    const file = this.pick(['f', 'g']);
    switch (this.below(15)) {
      case 0:
        return [{ do: 'load', mapping, from }];
      case 1:
        return [{ do: 'store', mapping, from, stride: this.pick(['64 B', '4 KiB', '20 KiB', '64 KiB']) }];
      case 2:
        return [
          { do: 'mixed', mapping, from, storeShare: 0.5, pattern: { kind: 'random' }, count: 1 + this.below(50) },
        ];
      case 3:
        return [{ do: 'read', file, from, length: '40 KiB' }];
      case 4:
        return [
          {
            do: 'write',
            file,
            from,
            length: this.pick(['1 KiB', '40 KiB', '200 KiB']),
            chunk: this.pick(['512 B', '4 KiB', '64 KiB']),
          },
        ];
      case 5:
        return [{ do: 'msync', mapping, mode: this.pick(['sync', 'async']) }];
      case 6:
        return [{ do: this.pick(['fsync', 'fdatasync']), file }];
      case 7:
        return [
          {
            do: 'madvise',
            mapping,
            advice: this.pick(['normal', 'random', 'sequential', 'populate-read', 'populate-write', 'dontneed']),
          },
        ];
      case 8:
        return [{ do: 'truncate', file, size: `${1 + this.below(500)} KiB` }];
      case 9:
        return [{ do: 'punch', file, from: `${this.below(200)} KiB`, length: `${1 + this.below(300)} KiB` }];
      case 10:
        return [{ do: 'sleep', time: this.pick(['1 ms', '6 s', '40 s']) }];
      case 11:
        return [
          { do: 'munmap', mapping },
          { do: 'mmap', mapping },
        ];
      case 12:
        return depth > 1
          ? []
          : [{ do: 'loop', times: 1 + this.below(3), steps: [{ do: 'load', mapping }, ...this.steps(2)] }];
      case 13:
        return depth > 0 ? [] : [{ do: 'fork', steps: [{ do: 'load', mapping }, ...this.steps(2)] }];
      default:
        return [{ do: 'store', mapping, from, count: 1 }];
    }
  }

  experiment(): Record<string, unknown> {
    return {
      memory: this.pick(['64 KiB', '96 KiB', '256 KiB', '1 MiB', '8 MiB']),
      ...(this.below(3) === 0 ? { freeSpace: this.pick(['64 KiB', '256 KiB', '1 MiB']) } : {}),
      ...(this.below(4) === 0 ? { cgroupLimit: '128 KiB' } : {}),
      ...(this.below(3) === 0 ? { reserve: '8 KiB' } : {}),
      files: [
        {
          name: 'f',
          size: '512 KiB',
          extents: [{ at: '64 KiB', length: '128 KiB', state: this.pick(['written', 'unwritten']) }],
        },
        { name: 'g', size: '256 KiB' },
      ],
      mappings: [
        { name: 'm', file: 'f' },
        { name: 'p', file: 'g', sharing: this.pick(['shared', 'private']) },
      ],
      threads: Array.from({ length: 1 + this.below(3) }, (_, i) => ({
        name: `t${i}`,
        steps: [{ do: 'load', mapping: 'm' }, ...this.steps(0)],
      })),
    };
  }

  plan(): RunPlan | null {
    const kernel = this.pick(['linux-2.6.11', 'linux-6.18']);
    const filesystem = this.pick(FILESYSTEMS);
    const policy = this.pick([...POLICY_IDS, null]);
    try {
      return planOf(this.experiment(), { kernel, filesystem, ...(policy === null ? {} : { policy }) });
    } catch (error) {
      // By chance a step reaches beyond its mapping: refused as it should be.
      if (error instanceof InputError) return null;
      throw error;
    }
  }
}

describe('experiments by chance', () => {
  it('every run comes to an end that is explained; what P5 whole, delayed and P6 promise holds', () => {
    const verdicts = new Map<string, number>();
    for (let seed = 1; seed <= 250; seed++) {
      const plan = new Chance(seed).plan();
      if (plan === null) continue;
      let polls = 0;
      const outcome = simulate(
        plan,
        { batch: () => undefined, progress: () => undefined },
        { cancelled: () => ++polls > FOR_EVER },
      );
      const { verdict } = outcome;
      const what = `seed ${seed}: ${verdict} of ${plan.policy} on ${plan.filesystem.id}, ${plan.kernel.id}`;
      verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
      expect(verdict, what).not.toBe('cancelled');
      if (verdict === 'deadlock') expect(outcome.waitFor!.knot, what).not.toEqual([]);
      if (['P5', 'P5-delayed', 'P6', 'tmpfs'].includes(plan.policy))
        expect(['finished', 'out of memory'], what).toContain(verdict);
      const { faults } = outcome.metrics;
      expect(faults.minor + faults.major + faults.sigbus, what).toBeLessThanOrEqual(
        faults.read + faults.write + faults.writeProtect,
      );
    }
    expect(verdicts.get('finished')).toBeGreaterThan(150);
    expect(verdicts.get('out of memory')).toBeGreaterThan(5);
  });
});
