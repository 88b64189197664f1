/**
 * The graph of all states: found breadth first, so a state's number grows with its distance from the
 * start, and the parent of a state lies on a shortest path to it.
 */
import { IntList, StateTable, TABLE_FULL } from './state-table.ts';
import type { Transitions } from './transitions.ts';

export const StateKind = {
  /** Has successors, all of them known. */
  inner: 0,
  /** Every thread has made all its stores. */
  final: 1,
  /** Not final, and nobody can take a step. */
  stuck: 2,
  /** The limit was reached: some successor is not in the table. */
  open: 3,
} as const;

/** Edges of a graph whose nodes are numbers. */
export interface Edges {
  /** Nodes, numbered from 0. */
  readonly states: number;
  /** Successors of state `i` are `edges[edgeStart[i]]` up to `edges[edgeStart[i + 1] - 1]`. */
  readonly edgeStart: Int32Array;
  readonly edges: Int32Array;
}

export interface StateGraph extends Edges {
  readonly table: StateTable;
  readonly kinds: Uint8Array;
  /** Number of the state each was first reached from; -1 for the first. */
  readonly parents: Int32Array;
  readonly truncated: boolean;
}

/**
 * Explores every interleaving.
 * @param limit states at most, at least 1. When it is reached, the states in the table are still all
 *   expanded, so that what is said of them is complete; only new ones are not followed.
 */
export function explore(transitions: Transitions, limit: number): StateGraph {
  const table = new StateTable(transitions.words, limit);
  const parents = new IntList(1024);
  const starts = new IntList(1024);
  const kinds = new IntList(1024);
  const edges = new IntList(4096);
  let truncated = false;
  table.add(transitions.initial(), 0);
  parents.push(-1);
  for (let state = 0; state < table.count; state++) {
    starts.push(edges.length);
    const successors = transitions.expand(table.data, state * transitions.words);
    let open = false;
    for (let i = 0; i < successors; i++) {
      const before = table.count;
      const to = table.add(transitions.successors, i * transitions.words);
      if (to === TABLE_FULL) {
        open = true;
        continue;
      }
      if (table.count > before) parents.push(state);
      edges.push(to);
    }
    truncated ||= open;
    if (transitions.allDone) kinds.push(StateKind.final);
    else if (successors === 0) kinds.push(StateKind.stuck);
    else kinds.push(open ? StateKind.open : StateKind.inner);
  }
  starts.push(edges.length);
  return {
    states: table.count,
    table,
    kinds: Uint8Array.from(kinds.data.subarray(0, kinds.length)),
    parents: parents.data.subarray(0, parents.length),
    edgeStart: starts.data.subarray(0, starts.length),
    edges: edges.data.subarray(0, edges.length),
    truncated,
  };
}

/** The same edges, backwards, in the same form. */
export interface ReverseEdges {
  readonly start: Int32Array;
  readonly from: Int32Array;
}

export function reverseEdges(graph: Edges): ReverseEdges {
  const states = graph.states;
  const start = new Int32Array(states + 1);
  for (const to of graph.edges) start[to + 1]++;
  for (let i = 0; i < states; i++) start[i + 1] += start[i];
  const fill = start.slice(0, states);
  const from = new Int32Array(graph.edges.length);
  for (let state = 0; state < states; state++) {
    for (let e = graph.edgeStart[state]; e < graph.edgeStart[state + 1]; e++) from[fill[graph.edges[e]]++] = state;
  }
  return { start, from };
}

/** Marks (1) every state from which a state of one of the kinds can be reached; those themselves too. */
export function canReach(graph: StateGraph, reverse: ReverseEdges, goals: readonly number[]): Uint8Array {
  const states = graph.states;
  const marks = new Uint8Array(states);
  const queue = new Int32Array(states);
  let tail = 0;
  for (let state = 0; state < states; state++) {
    if (!goals.includes(graph.kinds[state])) continue;
    marks[state] = 1;
    queue[tail++] = state;
  }
  for (let head = 0; head < tail; head++) {
    for (let e = reverse.start[queue[head]]; e < reverse.start[queue[head] + 1]; e++) {
      const from = reverse.from[e];
      if (marks[from] !== 0) continue;
      marks[from] = 1;
      queue[tail++] = from;
    }
  }
  return marks;
}

/** State numbers on a shortest path from the first state to `goal`, both included. */
export function pathTo(graph: StateGraph, goal: number): number[] {
  const path: number[] = [];
  for (let state = goal; state >= 0; state = graph.parents[state]) path.push(state);
  return path.reverse();
}

/** State numbers on a shortest way from `state` back to itself, both ends included; empty if there is none. */
export function cycleFrom(graph: Edges, state: number): number[] {
  const parent = new Map<number, number>();
  const queue = [state];
  // The queue grows as it is read.
  for (const at of queue) {
    for (let e = graph.edgeStart[at]; e < graph.edgeStart[at + 1]; e++) {
      const to = graph.edges[e];
      if (to === state) {
        const back = [state];
        for (let s = at; s !== state; s = parent.get(s) ?? state) back.push(s);
        back.push(state);
        return back.reverse();
      }
      if (parent.has(to)) continue;
      parent.set(to, at);
      queue.push(to);
    }
  }
  return [];
}

/**
 * The first state of a trap: a set of states that reach each other and nothing else. Among the states
 * marked 1 in `within` (which must be closed under successors) there is one; the first in breadth-first
 * order is returned, -1 if nothing is marked.
 *
 * Tarjan's strongly connected components (SIAM J. Comput. 1(2), 1972), without recursion.
 */
export function firstTrap(graph: Edges, within: Uint8Array): number {
  const states = graph.states;
  /** Order of visit + 1; 0: not visited. */
  const visit = new Int32Array(states);
  const low = new Int32Array(states);
  /** Component + 1; 0: none yet. */
  const component = new Int32Array(states);
  const leaves = new IntList(16);
  leaves.push(0);
  const stack = new IntList(1024);
  const calls = new IntList(1024);
  const nextEdge = graph.edgeStart.slice();
  let visits = 0;
  for (let root = 0; root < states; root++) {
    if (within[root] === 0 || visit[root] !== 0) continue;
    calls.push(root);
    while (calls.length > 0) {
      const at = calls.data[calls.length - 1];
      if (visit[at] === 0) {
        visit[at] = low[at] = ++visits;
        stack.push(at);
      }
      if (nextEdge[at] < graph.edgeStart[at + 1]) {
        const to = graph.edges[nextEdge[at]++];
        if (visit[to] === 0) calls.push(to);
        else if (component[to] === 0) low[at] = Math.min(low[at], visit[to]);
        continue;
      }
      calls.length--;
      if (low[at] === visit[at]) closeComponent(at, stack, component, leaves);
      if (calls.length > 0) {
        const caller = calls.data[calls.length - 1];
        if (component[at] === 0) low[caller] = Math.min(low[caller], low[at]);
      }
    }
  }
  for (let state = 0; state < states; state++) {
    for (let e = graph.edgeStart[state]; component[state] !== 0 && e < graph.edgeStart[state + 1]; e++) {
      if (component[graph.edges[e]] !== component[state]) leaves.data[component[state]] = 1;
    }
  }
  for (let state = 0; state < states; state++) {
    if (component[state] !== 0 && leaves.data[component[state]] === 0) return state;
  }
  return -1;
}

/** Takes the component whose root is `root` off Tarjan's stack and numbers it. */
function closeComponent(root: number, stack: IntList, component: Int32Array, leaves: IntList): void {
  const number = leaves.length;
  leaves.push(0);
  for (let member = -1; member !== root;) {
    member = stack.data[--stack.length];
    component[member] = number;
  }
}
