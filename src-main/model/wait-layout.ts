import type { WaitForGraph, WaitNode } from '#model/wait-for';

/** A node's place: the middle of its box, in the drawing's own units. */
export interface PlacedNode {
  readonly node: WaitNode;
  readonly x: number;
  readonly y: number;
  readonly inKnot: boolean;
}

export interface PlacedEdge {
  /** Ids of its nodes. */
  readonly from: string;
  readonly to: string;
  readonly path: string;
  readonly label: string;
  /** Where the label stands. */
  readonly x: number;
  readonly y: number;
  readonly inKnot: boolean;
}

export interface WaitDrawing {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

/** Size of a node's box. */
export const BOX_WIDTH = 128;
export const BOX_HEIGHT = 46;
const COLUMN = BOX_WIDTH + 44;
const ROW = BOX_HEIGHT + 40;

/**
 * Places the knot on an ellipse, in the order in which it goes round, and what merely waits for it in a column
 * to its left: so the circle of waiting is seen as one.
 */
export function layoutWaits(graph: WaitForGraph): WaitDrawing {
  const knot = inOrder(graph);
  const others = graph.nodes.filter((node) => !knot.includes(node));
  const rx = Math.max(COLUMN * 0.9, (knot.length * COLUMN) / 6.5);
  const ry = Math.max(ROW * 1.3, (knot.length * ROW) / 5);
  const rows = Math.max(1, Math.floor((2 * ry + BOX_HEIGHT) / ROW));
  const columns = Math.ceil(others.length / rows);
  const left = columns * COLUMN;
  const height = Math.max(2 * ry + BOX_HEIGHT, Math.min(others.length, rows) * ROW) + 40;
  const centre = { x: left + rx + BOX_WIDTH / 2 + 20, y: height / 2 };
  const nodes: PlacedNode[] = knot.map((node, i) => {
    const angle = (i / knot.length) * 2 * Math.PI - Math.PI / 2;
    return { node, x: centre.x + rx * Math.cos(angle), y: centre.y + ry * Math.sin(angle), inKnot: true };
  });
  others.forEach((node, i) => {
    const column = Math.floor(i / rows);
    const inColumn = Math.min(rows, others.length - column * rows);
    const y = height / 2 + ((i % rows) - (inColumn - 1) / 2) * ROW;
    nodes.push({ node, x: column * COLUMN + BOX_WIDTH / 2 + 20, y, inKnot: false });
  });
  const width = knot.length === 0 ? left + 40 : centre.x + rx + BOX_WIDTH / 2 + 20;
  const byId = new Map(nodes.map((placed) => [placed.node.id, placed]));
  const edges = graph.edges.flatMap((edge) => {
    const from = byId.get(edge.from);
    const to = byId.get(edge.to);
    return from === undefined || to === undefined ? [] : [placeEdge(from, to, edge.label)];
  });
  return { width, height, nodes, edges };
}

/** The knot's nodes along its edges as far as they go, so that neighbours on the ellipse wait for each other. */
function inOrder(graph: WaitForGraph): WaitNode[] {
  const left = new Set(graph.knot);
  const order: string[] = [];
  for (const start of graph.knot) {
    let at: string | undefined = start;
    while (at !== undefined && left.delete(at)) {
      order.push(at);
      const from: string = at;
      at = graph.edges.find((edge) => edge.from === from && left.has(edge.to))?.to;
    }
  }
  return order.flatMap((id) => graph.nodes.find((node) => node.id === id) ?? []);
}

function placeEdge(from: PlacedNode, to: PlacedNode, label: string): PlacedEdge {
  const start = border(from, to);
  const end = border(to, from);
  // Bent to one side, so that two that wait for each other have two lines.
  const bend = 0.14;
  const mx = (start.x + end.x) / 2 - (end.y - start.y) * bend;
  const my = (start.y + end.y) / 2 + (end.x - start.x) * bend;
  const round = (n: number): string => n.toFixed(1);
  return {
    from: from.node.id,
    to: to.node.id,
    path: `M${round(start.x)} ${round(start.y)}Q${round(mx)} ${round(my)} ${round(end.x)} ${round(end.y)}`,
    label,
    x: (start.x + 2 * mx + end.x) / 4,
    y: (start.y + 2 * my + end.y) / 4,
    inKnot: from.inKnot && to.inKnot,
  };
}

/** Where the line from one box to another leaves it. */
function border(from: PlacedNode, to: PlacedNode): { x: number; y: number } {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  if (dx === 0 && dy === 0) return { x: from.x, y: from.y - BOX_HEIGHT / 2 };
  const scale = Math.min(
    dx === 0 ? Infinity : (BOX_WIDTH / 2 + 5) / Math.abs(dx),
    dy === 0 ? Infinity : (BOX_HEIGHT / 2 + 5) / Math.abs(dy),
  );
  return { x: from.x + dx * scale, y: from.y + dy * scale };
}

/** A label in at most two lines that fit a box, broken between words; what does not fit ends in an ellipsis. */
export function linesOf(label: string): string[] {
  const most = 20;
  const lines: string[] = [''];
  for (const word of label.split(' ')) {
    const last = lines[lines.length - 1];
    const longer = last === '' ? word : `${last} ${word}`;
    if (longer.length <= most || last === '') lines[lines.length - 1] = longer;
    else if (lines.length < 2) lines.push(word);
    else return [lines[0], `${last}…`];
  }
  return lines;
}
