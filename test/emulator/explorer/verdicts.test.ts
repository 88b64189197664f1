import { describe, expect, it } from 'vitest';
import { explorePolicy } from '#emulator/explorer/explorer';
import { EXPLORER_POLICIES } from '#emulator/explorer/policies';
import { verdictInWords } from '#lab/explore';
import { processorMs } from '../../support/work-time.ts';
import { scenario, shippedScenario } from './support.ts';

/** The verdict table of the specification (SEMANTICS.md, section 4), column by column as it is printed there. */
const TABLE: Readonly<Record<string, readonly string[]>> = {
  s1: ['ok', 'stuck, never finishes', 'stuck, never finishes', 'live, never finishes', 'ok', 'ok', 'ok'],
  s2: ['stuck', 'stuck', 'stuck', 'ok', 'stuck', 'ok', 'ok'],
  s3: ['stuck', 'stuck', 'ok', 'ok', 'stuck', 'ok', 'ok'],
  s4: ['stuck', 'ok', 'ok', 'ok', 'stuck', 'ok', 'ok'],
};

describe.each(Object.keys(TABLE))('scenario %s', (name) => {
  it.each(EXPLORER_POLICIES.map((policy, i) => [policy, TABLE[name][i]] as const))('%s: %s', (policy, expected) => {
    const result = explorePolicy(shippedScenario(name), policy);
    expect(result.truncated).toBe(false);
    expect(verdictInWords(result)).toBe(expected);
    if (expected === 'ok') {
      expect(result).toMatchObject({ stuck: 0, doomed: 0, path: [], cycle: [], graph: null });
    } else {
      expect(result.path.length).toBeGreaterThan(0);
      expect(result.graph?.knot.length).toBeGreaterThan(0);
    }
  });
});

describe('the golden knot of S1', () => {
  it('P3 stops at the fifth store: page 1 is locked, two frames are left, three are needed', () => {
    const { path, graph } = explorePolicy(shippedScenario('s1'), 'P3');
    expect(path).toEqual([
      'thread 1: store to page 1 faults; takes a frame, page 1 dirty, 5 frames left',
      'thread 1: store to page 5 faults; takes a frame, page 5 dirty, 4 frames left',
      'thread 1: store to page 9 faults; takes a frame, page 9 dirty, 3 frames left',
      'thread 1: store to page 13 faults; takes a frame, page 13 dirty, 2 frames left',
      'thread 1: store to page 17 faults, no frame outside the reserve; reclaim locks page 1, needs pages 0 2 3, 2 frames left',
      'thread 1: cleaning page 1, adds page 0 to the cache and locks it, 1 frame left',
      'thread 1: cleaning page 1, adds page 2 to the cache and locks it, 0 frames left',
    ]);
    expect(graph).toMatchObject({
      verdict: 'deadlock',
      knot: ['thread:1', 'frames', 'folio:5', 'folio:9', 'folio:13'],
    });
  });

  it('P4 non-blocking goes round: the evidence is a cycle that begins and ends in the same state', () => {
    const { path, cycle, graph } = explorePolicy(shippedScenario('s1'), 'P4-nonblocking');
    expect(path).toHaveLength(4);
    expect(cycle.at(0)).toContain('reclaim picks page 1');
    expect(cycle.some((step) => step.includes('-ENOMEM'))).toBe(true);
    expect(graph?.verdict).toBe('livelock');
  });

  it('one more frame in the reserve lets P3 and P4 finish: it is the third companion that is missing', () => {
    for (const policy of ['P3', 'P4', 'P4-nonblocking'] as const) {
      expect(explorePolicy(scenario(7, 3, 4, [1, 5, 9, 13, 17]), policy).verdict).toBe('ok');
    }
  });
});

describe('S2 and S3, for the reason named', () => {
  it('S2: two reclaimers share the reserve, and the knot holds both', () => {
    for (const policy of ['P3', 'P4'] as const) {
      expect(explorePolicy(shippedScenario('s2'), policy).graph?.knot).toEqual(
        expect.arrayContaining(['thread:1', 'thread:2', 'frames']),
      );
    }
  });

  it('S2 does not depend on the stores chosen: other blocks, in another order', () => {
    const verdicts = EXPLORER_POLICIES.map(
      (policy) => explorePolicy(scenario(7, 3, 4, [1, 5, 9], [13, 2, 10]), policy).verdict,
    );
    expect(verdicts).toEqual(TABLE['s2']);
  });

  it('S3 under P3 is ABBA: two threads and two locks, no frames', () => {
    const { graph } = explorePolicy(shippedScenario('s3'), 'P3');
    expect([...(graph?.knot ?? [])].sort()).toEqual(['lock:0', 'lock:1', 'thread:1', 'thread:2']);
  });
});

describe('the limit of states', () => {
  it('is said when it is reached, and then nothing is called ok', () => {
    const result = explorePolicy(shippedScenario('s2'), 'P6', 100);
    expect(result).toMatchObject({ truncated: true, states: 100, verdict: 'undecided', neverFinishes: false });
  });

  it('never makes a state stuck or doomed that is not', () => {
    const whole = explorePolicy(shippedScenario('s2'), 'P1');
    for (const limit of [1, 10, 100, 1000, 5000, 10_000]) {
      const part = explorePolicy(shippedScenario('s2'), 'P1', limit);
      expect(part.stuck).toBeLessThanOrEqual(whole.stuck);
      expect(part.doomed).toBeLessThanOrEqual(whole.doomed);
      expect(explorePolicy(shippedScenario('s2'), 'P6', limit)).toMatchObject({ stuck: 0, doomed: 0 });
    }
  });

  it('is not reached by a scenario that just fits', () => {
    const whole = explorePolicy(shippedScenario('s3'), 'P4');
    expect(explorePolicy(shippedScenario('s3'), 'P4', whole.states)).toEqual(whole);
  });

  it('refuses a limit that is no count', () => {
    expect(() => explorePolicy(shippedScenario('s3'), 'P4', 0)).toThrow(RangeError);
  });
});

it('explores 400 000 states in less than 10 seconds', () => {
  const wide = scenario(7, 3, 4, [1, 5, 9], [13, 17, 21]);
  let states = 0;
  expect(processorMs(() => ({ states } = explorePolicy(wide, 'P4', 400_000)))).toBeLessThan(10_000);
  expect(states).toBe(400_000);
});

it('gives the same answer twice', () => {
  for (const policy of EXPLORER_POLICIES) {
    expect(JSON.stringify(explorePolicy(shippedScenario('s3'), policy))).toBe(
      JSON.stringify(explorePolicy(shippedScenario('s3'), policy)),
    );
  }
});
