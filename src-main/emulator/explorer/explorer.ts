/**
 * Tries every interleaving of a scenario under a policy and says what can go wrong.
 * Start reading here; the rules are in transitions.ts.
 */
import type { Scenario } from '#model/scenario';
import type { WaitForGraph, WaitVerdict } from '#model/wait-for';
import { describeStep } from './describe.ts';
import { waitForGraph } from './knot.ts';
import { layoutOf } from './layout.ts';
import { POLICY_RULES } from './policies.ts';
import type { ExplorerPolicy } from './policies.ts';
import { StateKind, canReach, cycleFrom, explore, firstTrap, pathTo, reverseEdges } from './state-graph.ts';
import type { StateGraph } from './state-graph.ts';
import { Transitions } from './transitions.ts';

/** States at most unless told otherwise. */
export const DEFAULT_STATE_LIMIT = 400_000;

/**
 * `stuck`: some interleaving deadlocks. `live`: none does, but some can be doomed to retry for ever.
 * `ok`: neither. `undecided`: nothing was found before the limit of states was reached.
 */
export type ExplorerVerdict = 'ok' | 'stuck' | 'live' | 'undecided';

export interface Exploration {
  readonly policy: ExplorerPolicy;
  readonly verdict: ExplorerVerdict;
  /** No interleaving at all finishes. Only said of a complete exploration. */
  readonly neverFinishes: boolean;
  /** Distinct states found. */
  readonly states: number;
  /** Steps between them. */
  readonly transitions: number;
  /** States in which nobody can take a step though stores are left. */
  readonly stuck: number;
  /** States that are not stuck and from which no final state can be reached any more. */
  readonly doomed: number;
  /** Those of the doomed states that cannot even get stuck: they go round for ever. */
  readonly livelocked: number;
  /** States in which every thread has made all its stores. */
  readonly finals: number;
  /** The limit was reached: the counts are lower bounds. */
  readonly truncated: boolean;
  /** A shortest path to the first knot, in words; empty if there is none. */
  readonly path: readonly string[];
  /** Livelock only: the round that can be taken for ever from the end of `path`. */
  readonly cycle: readonly string[];
  /** Who waits for whom at the end of `path`. */
  readonly graph: WaitForGraph | null;
}

/** An exploration that can be stepped through. */
export interface SteppedExploration extends Exploration {
  /** Who waits for whom before the first step of `path` and after each of them; empty if there is no path. */
  readonly graphs: readonly WaitForGraph[];
}

/**
 * Explores one policy. The same scenario, policy and limit give the same answer.
 * @param limit states at most, at least 1
 * @throws RangeError for a limit that is not a positive integer
 */
export function explorePolicy(
  scenario: Scenario,
  policy: ExplorerPolicy,
  limit: number = DEFAULT_STATE_LIMIT,
): Exploration {
  const { graphs: _, ...exploration } = explorePolicySteps(scenario, policy, limit);
  return exploration;
}

/** The same with the wait-for graph at every step of the path. */
export function explorePolicySteps(
  scenario: Scenario,
  policy: ExplorerPolicy,
  limit: number = DEFAULT_STATE_LIMIT,
): SteppedExploration {
  if (!Number.isInteger(limit) || limit < 1) throw new RangeError(`limit of states: ${limit}`);
  const transitions = new Transitions(layoutOf(scenario), POLICY_RULES[policy]);
  const graph = explore(transitions, limit);
  const reverse = reverseEdges(graph);
  // An open state may reach anything: what is called doomed is doomed whatever lies beyond the limit.
  const finishes = canReach(graph, reverse, [StateKind.final, StateKind.open]);
  const ends = canReach(graph, reverse, [StateKind.final, StateKind.open, StateKind.stuck]);
  const livelocked = ends.map((mark) => 1 - mark);
  const stuck = count(graph.kinds, StateKind.stuck);
  const finals = count(graph.kinds, StateKind.final);
  const live = count(livelocked, 1);
  const result = {
    policy,
    verdict: verdictOf(stuck, live, graph.truncated),
    neverFinishes: finals === 0 && !graph.truncated,
    states: graph.states,
    transitions: graph.edges.length,
    stuck,
    doomed: count(finishes, 0) - stuck,
    livelocked: live,
    finals,
    truncated: graph.truncated,
  };
  if (stuck > 0)
    return { ...result, ...evidence(transitions, graph, graph.kinds.indexOf(StateKind.stuck), 'deadlock') };
  if (live > 0) return { ...result, ...evidence(transitions, graph, firstTrap(graph, livelocked), 'livelock') };
  return { ...result, path: [], cycle: [], graph: null, graphs: [] };
}

function verdictOf(stuck: number, livelocked: number, truncated: boolean): ExplorerVerdict {
  if (stuck > 0) return 'stuck';
  if (livelocked > 0) return 'live';
  return truncated ? 'undecided' : 'ok';
}

function count(values: Uint8Array, value: number): number {
  let found = 0;
  for (const each of values) if (each === value) found++;
  return found;
}

function evidence(
  transitions: Transitions,
  graph: StateGraph,
  state: number,
  verdict: WaitVerdict,
): Pick<SteppedExploration, 'path' | 'cycle' | 'graph' | 'graphs'> {
  const path = pathTo(graph, state);
  const graphs = path.map((at) => waitForGraph(transitions, graph.table.data, at * transitions.words, verdict));
  return {
    path: inWords(transitions, graph, path),
    cycle: verdict === 'livelock' ? inWords(transitions, graph, cycleFrom(graph, state)) : [],
    graph: graphs[graphs.length - 1],
    graphs,
  };
}

/** The steps between the states of a path: found again by expanding each, so that none need be stored. */
function inWords(transitions: Transitions, graph: StateGraph, path: readonly number[]): string[] {
  const { words } = transitions;
  const { data } = graph.table;
  const free = transitions.layout.freeOffset;
  const bytes = new Uint8Array(transitions.successors.buffer);
  return path.slice(1).map((to, i) => {
    const successors = transitions.expand(data, path[i] * words);
    for (let s = 0; s < successors; s++) {
      let w = 0;
      while (w < words && transitions.successors[s * words + w] === data[to * words + w]) w++;
      if (w === words) return describeStep(transitions, transitions.actions[s], bytes[s * words * 4 + free]);
    }
    throw new Error(`state ${to} does not follow state ${path[i]}`);
  });
}
