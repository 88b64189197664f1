import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cycleFrom, firstTrap } from '#emulator/explorer/state-graph';
import type { Edges } from '#emulator/explorer/state-graph';
import { StateTable, TABLE_FULL } from '#emulator/explorer/state-table';

function edgesOf(successors: readonly (readonly number[])[]): Edges {
  const edgeStart = [0];
  for (const list of successors) edgeStart.push(edgeStart[edgeStart.length - 1] + list.length);
  return {
    states: successors.length,
    edgeStart: Int32Array.from(edgeStart),
    edges: Int32Array.from(successors.flat()),
  };
}

/** All that can be reached in one step or more. */
function reachable(successors: readonly (readonly number[])[], from: number): Set<number> {
  const seen = new Set<number>();
  const stack = [...successors[from]];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    stack.push(...successors[at]);
  }
  return seen;
}

const graph = fc.integer({ min: 1, max: 12 }).chain((n) =>
  fc.array(fc.array(fc.integer({ min: 0, max: n - 1 }), { minLength: 1, maxLength: 3 }), {
    minLength: n,
    maxLength: n,
  }),
);

describe('firstTrap', () => {
  it('finds the first state that everything reachable from it leads back to', () => {
    fc.assert(
      fc.property(graph, (successors) => {
        const naive = successors.findIndex((_, s) =>
          [...reachable(successors, s)].every((to) => reachable(successors, to).has(s)),
        );
        expect(firstTrap(edgesOf(successors), new Uint8Array(successors.length).fill(1))).toBe(naive);
      }),
      { numRuns: 300, seed: 3 },
    );
  });

  it('finds none where nothing is marked', () => {
    expect(firstTrap(edgesOf([[0]]), new Uint8Array(1))).toBe(-1);
  });
});

describe('cycleFrom', () => {
  it('is the shortest way round', () => {
    const edges = edgesOf([[1, 3], [2], [0], [0]]);
    expect(cycleFrom(edges, 0)).toEqual([0, 3, 0]);
    expect(cycleFrom(edges, 2)).toEqual([2, 0, 1, 2]);
  });

  it('is empty where there is no way back', () => {
    expect(cycleFrom(edgesOf([[1], []]), 0)).toEqual([]);
  });
});

describe('StateTable', () => {
  it('numbers states as a map would, in order of arrival', () => {
    const pairs = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 })), {
      maxLength: 3000,
    });
    fc.assert(
      fc.property(pairs, (states) => {
        const table = new StateTable(2, 100_000);
        const map = new Map<string, number>();
        for (const [a, b] of states) {
          const key = `${a},${b}`;
          if (!map.has(key)) map.set(key, map.size);
          expect(table.add(Uint32Array.of(7, a, b), 1)).toBe(map.get(key));
        }
        expect(table.count).toBe(map.size);
      }),
      { numRuns: 30, seed: 9 },
    );
  });

  it('is full at its limit, and still finds what it has', () => {
    const table = new StateTable(1, 2);
    expect([5, 6, 7, 5].map((n) => table.add(Uint32Array.of(n), 0))).toEqual([0, 1, TABLE_FULL, 0]);
    expect(table.count).toBe(2);
  });
});
