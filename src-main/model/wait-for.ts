/**
 * Who waits for whom, at the moment nothing can go on: the wait-for graph, as data.
 *
 * The kernel model writes one when a run deadlocks, the explorer writes one at a knot, the views draw it.
 * An edge points from the one who waits to what must happen first: a thread to the lock or the frames it
 * needs, a lock to its owner, frames to everything that could give one back.
 */

/** What a node of the graph stands for. */
export type WaitKind =
  'thread' | 'folio-lock' | 'folio' | 'frames' | 'reservation' | 'journal' | 'inode' | 'superblock' | 'io';

/**
 * How much of what a node points at must happen before the node itself can go on.
 * `all`: a thread needs all it waits for, a dirty folio all it takes to clean it.
 * `any`: a counted resource is served by whichever of its holders gives back first.
 */
export const WAIT_MODE: Readonly<Record<WaitKind, 'all' | 'any'>> = {
  thread: 'all',
  'folio-lock': 'all',
  folio: 'all',
  frames: 'any',
  reservation: 'any',
  journal: 'all',
  inode: 'all',
  superblock: 'all',
  io: 'any',
};

export interface WaitNode {
  /** Unique in its graph, such as `thread:1`, `lock:5`, `frames`. */
  readonly id: string;
  readonly kind: WaitKind;
  /** For people, such as `thread 1`, `lock of page 5`, `2 frames left`. */
  readonly label: string;
}

export interface WaitEdge {
  /** Id of the node that waits. */
  readonly from: string;
  /** Id of the node that must give way first. */
  readonly to: string;
  /** For people, such as `needs a frame for page 3`. */
  readonly label: string;
}

/** Deadlock: nothing can move. Livelock: things move, and nothing is ever achieved. */
export type WaitVerdict = 'deadlock' | 'livelock';

export interface WaitForGraph {
  readonly nodes: readonly WaitNode[];
  readonly edges: readonly WaitEdge[];
  /** Ids of the nodes of the knot, in the order of `nodes`; see {@link findKnot}. */
  readonly knot: readonly string[];
  readonly verdict: WaitVerdict;
}

/**
 * Finds the knot of a wait-for graph: the nodes that wait for each other and can never be released.
 *
 * First everything that can go on is released, until nothing more follows: a node that waits for nothing
 * (a running thread, a free lock, a clean folio), an `all` node all of whose targets are released, an
 * `any` node one of whose targets is released. What remains waits for ever. Of that, the knot is what
 * lies on a cycle; the rest only queues behind it (a thread that waits for the lock of a deadlocked one).
 *
 * @returns ids in the order of `nodes`, empty when everything can be released
 * @throws RangeError when an edge names an unknown node (a defect of the caller)
 */
export function findKnot(nodes: readonly WaitNode[], edges: readonly WaitEdge[]): string[] {
  const index = new Map(nodes.map((node, i) => [node.id, i]));
  const targets: number[][] = nodes.map(() => []);
  for (const edge of edges) {
    const from = index.get(edge.from);
    const to = index.get(edge.to);
    if (from === undefined || to === undefined) {
      throw new RangeError(`wait-for edge ${edge.from} -> ${edge.to} names an unknown node`);
    }
    targets[from].push(to);
  }
  const waiting = unreleased(nodes, targets);
  return nodes.filter((_, i) => waiting[i] && reaches(i, i, targets, waiting)).map((node) => node.id);
}

function unreleased(nodes: readonly WaitNode[], targets: readonly number[][]): boolean[] {
  const waiting = nodes.map(() => true);
  for (let changed = true; changed;) {
    changed = false;
    for (let i = 0; i < nodes.length; i++) {
      if (!waiting[i]) continue;
      const any = WAIT_MODE[nodes[i].kind] === 'any' && targets[i].length > 0;
      const released = any ? targets[i].some((to) => !waiting[to]) : targets[i].every((to) => !waiting[to]);
      if (released) {
        waiting[i] = false;
        changed = true;
      }
    }
  }
  return waiting;
}

/** Whether `goal` can be reached from `start` in at least one step through nodes that wait. */
function reaches(start: number, goal: number, targets: readonly number[][], waiting: readonly boolean[]): boolean {
  const seen = new Set<number>();
  const stack = [start];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    for (const to of targets[at]) {
      if (to === goal) return true;
      if (!waiting[to] || seen.has(to)) continue;
      seen.add(to);
      stack.push(to);
    }
  }
  return false;
}
