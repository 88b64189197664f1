import type { WaitEdge, WaitForGraph } from '#model/wait-for';

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

/** What an edge is known by: there is one at most between two nodes. */
export function keyOf({ from, to }: Pick<WaitEdge, 'from' | 'to'>): string {
  return `${from} ${to}`;
}

/** Edges of a step that were not there at the step before. */
export function newEdges(steps: readonly KnotStep[], at: number): ReadonlySet<string> {
  const before = new Set(at > 0 ? steps[at - 1].graph.edges.map(keyOf) : []);
  return new Set(steps[at].graph.edges.map(keyOf).filter((key) => at > 0 && !before.has(key)));
}
