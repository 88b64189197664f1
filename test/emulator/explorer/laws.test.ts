/** Laws that every reachable state of every scenario must keep. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explorePolicy } from '#emulator/explorer/explorer';
import { waitForGraph } from '#emulator/explorer/knot';
import {
  PAGE_DIRTY,
  PAGE_OWNER_SHIFT,
  PAGE_PRESENT,
  PAGE_WRITEBACK,
  PHASE_RUN,
  THREAD_BYTES,
  THREAD_PHASE,
} from '#emulator/explorer/layout';
import { EXPLORER_POLICIES } from '#emulator/explorer/policies';
import type { ExplorerPolicy } from '#emulator/explorer/policies';
import { StateKind } from '#emulator/explorer/state-graph';
import type { Scenario } from '#model/scenario';
import { allStates, scenario, shippedScenario } from './support.ts';

/** Small enough to be explored whole, or nearly, in no time. */
const LIMIT = 5000;
const smallScenario = fc
  .record({
    usable: fc.integer({ min: 1, max: 4 }),
    reserve: fc.integer({ min: 0, max: 3 }),
    pagesPerBlock: fc.integer({ min: 1, max: 3 }),
    stores: fc.array(fc.array(fc.integer({ min: 0, max: 8 }), { maxLength: 3 }), { minLength: 1, maxLength: 3 }),
  })
  .map((s) => scenario(s.usable + s.reserve, s.reserve, s.pagesPerBlock, ...s.stores));

/** The first broken law of a state, or null. */
function brokenLaw(of: Scenario, policy: ExplorerPolicy, limit = LIMIT): string | null {
  const { transitions, graph } = allStates(of, policy, limit);
  const { layout, rules, state } = transitions;
  const k = layout.pagesPerBlock;
  for (let s = 0; s < graph.states; s++) {
    transitions.load(graph.table.data, s * transitions.words);
    let present = 0;
    const locked = new Set<number>();
    for (let page = 0; page < layout.pages; page++) {
      const flags = state[page];
      const here = (flags & PAGE_PRESENT) !== 0;
      if (here) present++;
      if (!here && flags !== 0) return `state ${s}: page ${page} is absent and yet ${flags}`;
      if (flags >> PAGE_OWNER_SHIFT !== 0) locked.add(flags >> PAGE_OWNER_SHIFT);
      const dirty = (flags & PAGE_DIRTY) !== 0;
      if ((flags & PAGE_WRITEBACK) !== 0 && !transitions.backed(page)) return `state ${s}: ${page} written to a hole`;
      if (rules.clean === 'plain' && dirty && !transitions.backed(page)) return `state ${s}: ${page} dirty in a hole`;
      if (policy === 'P5-folio' && dirty) {
        const base = transitions.baseOf(page);
        for (let p = base; p < base + k; p++) {
          if ((state[p] & PAGE_PRESENT) === 0) return `state ${s}: page ${page} dirty without the frame of ${p}`;
        }
      }
      // A dirty page that is not backed may never be dropped; a clean one outside a collection was added by one.
      if (rules.clean === 'collect-present' && here && !dirty && !transitions.backed(page)) {
        return `state ${s}: P6 added page ${page}`;
      }
    }
    if (present + state[layout.freeOffset] !== layout.frames) return `state ${s}: frames are not conserved`;
    for (const owner of locked) {
      const phase = state[layout.threadOffset + (owner - 1) * THREAD_BYTES + THREAD_PHASE];
      if (phase === PHASE_RUN) return `state ${s}: thread ${owner} holds a lock and collects nothing`;
    }
    if (graph.kinds[s] === StateKind.final && locked.size > 0) return `state ${s}: finished with locks held`;
    if (graph.kinds[s] === StateKind.stuck) {
      const { knot } = waitForGraph(transitions, graph.table.data, s * transitions.words, 'deadlock');
      if (knot.length === 0) return `state ${s}: stuck without a knot`;
    }
  }
  return null;
}

describe.each(EXPLORER_POLICIES)('every state under %s', (policy) => {
  it('conserves frames, holds locks for a purpose, keeps the policy, and is stuck only in a knot: S1 to S4', () => {
    for (const name of ['s1', 's2', 's3', 's4']) {
      expect(brokenLaw(shippedScenario(name), policy, 100_000), name).toBeNull();
    }
  });

  it('and in scenarios nobody thought of', () => {
    fc.assert(
      fc.property(smallScenario, (of) => {
        expect(brokenLaw(of, policy)).toBeNull();
      }),
      { numRuns: 60, seed: 5 },
    );
  });
});

describe('what the policies promise, in scenarios nobody thought of', () => {
  const check = (law: (of: Scenario) => void): void => {
    fc.assert(fc.property(smallScenario, law), { numRuns: 120, seed: 11 });
  };
  const usable = (of: Scenario): number => of.frames - of.reserve;

  it('P5 by folio and P6 never knot, as long as a folio fits outside the reserve', () => {
    check((of) => {
      expect(explorePolicy(of, 'P6', LIMIT)).toMatchObject({ stuck: 0, livelocked: 0 });
      if (of.pagesPerBlock <= usable(of)) {
        expect(explorePolicy(of, 'P5-folio', LIMIT)).toMatchObject({ stuck: 0, livelocked: 0 });
      }
    });
  });

  it('blocks no larger than a page knot under no policy', () => {
    check((of) => {
      const small = { ...of, pagesPerBlock: 1 };
      for (const policy of EXPLORER_POLICIES) {
        expect(explorePolicy(small, policy, LIMIT), policy).toMatchObject({ stuck: 0, livelocked: 0 });
      }
    });
  });

  it('P4 non-blocking is never stuck: it can only go round', () => {
    check((of) => {
      expect(explorePolicy(of, 'P4-nonblocking', LIMIT).stuck).toBe(0);
    });
  });

  it('P4 does not knot when the reserve holds the companions of every reclaimer there can be', () => {
    check((of) => {
      const reserve = of.threads.length * (of.pagesPerBlock - 1);
      const ample = { ...of, reserve, frames: reserve + usable(of) };
      expect(explorePolicy(ample, 'P4', LIMIT).stuck).toBe(0);
    });
  });
});
