import type { WaitEdge, WaitForGraph, WaitNode } from '#model/wait-for';

/** One moment on the way to the knot. */
export interface KnotStep {
  /** What happened, in words. */
  readonly title: string;
  /** Index of the event, where the step is one of a run. */
  readonly event: number | null;
  /** When, in words; empty where there is no time. */
  readonly moment: string;
  /** Who waited for whom after it. */
  readonly graph: WaitForGraph;
}

/**
 * All that is there at any step, as one graph: laid out once, so that nodes stay in their places while one steps. Its
 * knot is that of the last step; a node is called what it was called last.
 */
export function unionOf(steps: readonly KnotStep[]): WaitForGraph {
  const nodes = new Map<string, WaitNode>();
  const edges = new Map<string, WaitEdge>();
  for (const { graph } of steps) {
    for (const node of graph.nodes) nodes.set(node.id, node);
    for (const edge of graph.edges) edges.set(keyOf(edge), edge);
  }
  const last = steps[steps.length - 1]?.graph;
  return {
    nodes: [...nodes.values()],
    edges: [...edges.values()],
    knot: last?.knot ?? [],
    verdict: last?.verdict ?? 'deadlock',
  };
}

/** What an edge is known by: there is one at most between two nodes. */
export function keyOf({ from, to }: Pick<WaitEdge, 'from' | 'to'>): string {
  return `${from} ${to}`;
}

/** Edges of a step that were not there at the step before. */
export function newEdges(steps: readonly KnotStep[], at: number): ReadonlySet<string> {
  const before = new Set(at > 0 ? steps[at - 1].graph.edges.map(keyOf) : []);
  return new Set(steps[at].graph.edges.map(keyOf).filter((key) => at > 0 && !before.has(key)));
}
