import type { WaitForGraph, WaitKind } from './wait-for.ts';

/** All that is drawn in one place at any of the steps that share a drawing, with everything it is called. */
export interface NodeShape {
  readonly id: string;
  readonly kind: WaitKind;
  readonly labels: readonly string[];
  readonly column: number;
}

export interface EdgeShape {
  readonly from: NodeShape;
  readonly to: NodeShape;
  readonly labels: readonly string[];
}

/** Which way an edge goes from column to column; a corridor leads round the columns between. */
export interface Route {
  readonly exit: Side;
  readonly enter: Side;
  readonly corridor: 'none' | 'top' | 'bottom';
}

export type Side = 'left' | 'right';

/**
 * Edges that share a trunk: all from one node, or all into one node (the hub), on the same way. With a label that they
 * share it stands once, at the hub.
 */
export interface Net {
  readonly hub: 'from' | 'to';
  readonly route: Route;
  readonly edges: readonly EdgeShape[];
  readonly sharesLabel: boolean;
}

/** Who waits on the left, what is counted or held beside it, then the folios, and their locks on the right. */
const COLUMN: Readonly<Record<WaitKind, number>> = {
  thread: 0,
  frames: 1,
  reservation: 1,
  journal: 1,
  inode: 1,
  superblock: 1,
  io: 1,
  folio: 2,
  'folio-lock': 3,
};

/** Nodes and edges of all steps; columns without a node are left out. */
export function shapesOf(steps: readonly WaitForGraph[]): { nodes: NodeShape[]; edges: EdgeShape[] } {
  const named = new Map<string, { kind: WaitKind; labels: Set<string> }>();
  const joined = new Map<string, { from: string; to: string; labels: Set<string> }>();
  // The last step has everything that stays, in an order made for it.
  for (const { nodes, edges } of [...steps].reverse()) {
    for (const { id, kind, label } of nodes) {
      const known = named.get(id);
      if (known === undefined) named.set(id, { kind, labels: new Set([label]) });
      else known.labels.add(label);
    }
    for (const { from, to, label } of edges) {
      const known = joined.get(`${from} ${to}`);
      if (known === undefined) joined.set(`${from} ${to}`, { from, to, labels: new Set([label]) });
      else known.labels.add(label);
    }
  }
  const used = [...new Set([...named.values()].map(({ kind }) => COLUMN[kind]))].sort((x, y) => x - y);
  const nodes = [...named].map(([id, { kind, labels }]): NodeShape => ({
    id,
    kind,
    labels: [...labels],
    column: used.indexOf(COLUMN[kind]),
  }));
  nodes.sort((x, y) => x.column - y.column || byNumbers(x.id, y.id));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const edges = [...joined.values()].flatMap(({ from, to, labels }): EdgeShape[] => {
    const [source, target] = [byId.get(from), byId.get(to)];
    return source === undefined || target === undefined ? [] : [{ from: source, to: target, labels: [...labels] }];
  });
  return { nodes, edges };
}

/** By the numbers in two ids (`folio:0:13`), so that pages stand in the order of the file; what has none keeps its order. */
function byNumbers(x: string, y: string): number {
  const [a, b] = [x, y].map((id) => (id.match(/\d+/g) ?? []).map(Number));
  if (a.length !== b.length) return a.length - b.length;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i] - b[i];
  return 0;
}

/** The way from one column to another of `columns`. */
export function routeOf(from: number, to: number, columns: number): Route {
  if (to === from) return { exit: 'right', enter: 'right', corridor: 'none' };
  if (to === from + 1) return { exit: 'right', enter: 'left', corridor: 'none' };
  if (to === from - 1) return { exit: 'left', enter: 'right', corridor: 'none' };
  if (to > from) return { exit: 'right', enter: 'left', corridor: 'top' };
  // What goes back from the last column to the first goes round outside, where nothing else is.
  return { exit: from === columns - 1 ? 'right' : 'left', enter: to === 0 ? 'left' : 'right', corridor: 'bottom' };
}

/**
 * Puts edges together: first those that say the same at one node, the most first, then what is left at one node. The
 * labels of what stays alone stand on the side of the gutter where there are others, so that the other can be narrow.
 */
export function netsOf(edges: readonly EdgeShape[], columns: number): Net[] {
  const nets: Net[] = [];
  const alone: EdgeShape[] = [];
  const ways = groupBy(edges, ({ from, to }) => `${from.column} ${to.column}`);
  for (const way of ways) {
    const route = routeOf(way[0].from.column, way[0].to.column, columns);
    let left = way;
    const take = (hub: Net['hub'], group: readonly EdgeShape[], sharesLabel: boolean): void => {
      nets.push({ hub, route, edges: group, sharesLabel });
      left = left.filter((edge) => !group.includes(edge));
    };
    for (const saysSame of [true, false]) {
      for (;;) {
        const candidates = (['from', 'to'] as const).flatMap((hub) =>
          groupBy(left, (edge, i) => {
            if (!saysSame) return edge[hub].id;
            // What is called differently from step to step has its label to itself.
            return `${edge[hub].id} ${edge.labels.length === 1 ? edge.labels[0] : `#${i}`}`;
          }).map((group) => ({ hub, group })),
        );
        const best = candidates.reduce((x, y) => (y.group.length > x.group.length ? y : x), {
          hub: 'from',
          group: [] as EdgeShape[],
        });
        if (best.group.length < 2) break;
        take(best.hub, best.group, saysSame);
      }
    }
    alone.push(...left);
  }
  const labels = new Map<string, number>();
  const sideOf = (edge: EdgeShape, end: Net['hub']): string => {
    const others = [edge.from.column, edge.to.column].sort((x, y) => x - y);
    return `${others.join(' ')} ${edge[end].column}`;
  };
  for (const { hub, edges: own, sharesLabel } of nets) {
    const side = sideOf(own[0], sharesLabel ? hub : hub === 'from' ? 'to' : 'from');
    labels.set(side, (labels.get(side) ?? 0) + 1);
  }
  for (const edge of alone) {
    const [atFrom, atTo] = (['from', 'to'] as const).map((end) => labels.get(sideOf(edge, end)) ?? 0);
    const isForward = edge.from.column <= edge.to.column;
    const hub = atFrom > atTo || (atFrom === atTo && isForward) ? 'from' : 'to';
    nets.push({ hub, route: routeOf(edge.from.column, edge.to.column, columns), edges: [edge], sharesLabel: true });
  }
  return nets;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T, index: number) => string): T[][] {
  const groups = new Map<string, T[]>();
  items.forEach((item, i) => {
    const key = keyOf(item, i);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  });
  return [...groups.values()];
}
