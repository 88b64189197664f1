/** The gutters between the columns of a wait-for graph: where edges leave nodes, and on which track they go up or down. */
import type { EdgeShape, Net, NodeShape, Side } from './wait-nets.ts';

/** Where the edges of a net touch one side of a node. */
export interface Port {
  readonly node: NodeShape;
  readonly side: Side;
  readonly net: Net;
  readonly isHub: boolean;
  /** Edges whose label stands here; none where the label stands at another port. */
  readonly labelled: readonly EdgeShape[];
  /** Label's size; 0 without one. */
  readonly labelWidth: number;
  readonly labelHeight: number;
  /** Height that is kept free for it. */
  readonly height: number;
  /** Set once nodes have their places. */
  y: number;
}

/** The part of a net that lies in one gutter: a vertical track, and what joins it from both sides. */
export interface Rail {
  readonly net: Net;
  readonly gutter: number;
  /** On the right sides of the nodes left of the gutter, and the other way round. */
  readonly left: readonly Port[];
  readonly right: readonly Port[];
  /** Where it leaves for a corridor. */
  readonly corridor: Net['route']['corridor'];
  x: number;
}

/** Tracks and ports of the two sides of a gutter lie on rows of their own, so that no two lie on each other. */
const GRID = 6;

/** Height that a port keeps for a label of some height: so that ports which are put on the grid keep their distances. */
export function slotOf(labelHeight: number): number {
  return Math.ceil((labelHeight + 4) / (2 * GRID)) * 2 * GRID;
}

/** Sets the y of all ports of a side of a node, spread about its middle in the order of where they lead to. */
export function placePorts(ports: readonly Port[], middle: number, goalOf: (port: Port) => number): void {
  const order = ports.map((port, i) => ({ port, goal: goalOf(port), i }));
  order.sort((a, b) => (a.goal === b.goal ? a.i - b.i : a.goal - b.goal));
  const total = ports.reduce((sum, { height }) => sum + height, 0);
  let top = middle - total / 2;
  for (const { port } of order) {
    port.y = onGrid(top + port.height / 2, port.side);
    top += port.height;
  }
}

function onGrid(y: number, side: Side): number {
  const offset = side === 'right' ? 0 : GRID / 2;
  return Math.round((y - offset) / GRID) * GRID + offset;
}

/** Box of the node of a port, upright. */
export type BoxOf = (port: Port) => { readonly y: number; readonly height: number };

/** Between two ports of one side of a node, and between a port and the node's corners, at least. */
const PORT_GAP = 10;
const CORNER = 3;
/** An edge that goes less far up or down goes straight if it can. */
const ALMOST = 18;

/** Whether a port may be moved there: its line then keeps clear of the others of its side, and of their labels. */
function fits(port: Port, y: number, ports: readonly Port[], boxOf: BoxOf): boolean {
  const box = boxOf(port);
  if (Math.abs(y - box.y) > box.height / 2 - CORNER) return false;
  return ports.every(
    (one) =>
      one === port ||
      one.node !== port.node ||
      one.side !== port.side ||
      Math.abs(one.y - y) >= Math.max(PORT_GAP, one.labelWidth > 0 ? one.labelHeight / 2 + 4 : 0),
  );
}

/** An edge that has two ports to itself and almost goes straight does so. */
export function straighten(rails: readonly Rail[], ports: readonly Port[], boxOf: BoxOf): void {
  for (const { left, right, corridor } of rails) {
    if (corridor !== 'none' || left.length !== 1 || right.length !== 1) continue;
    const ends = [right[0], left[0]];
    ends.forEach((port, i) => {
      const { y } = ends[1 - i];
      if (port.labelWidth === 0 && Math.abs(y - port.y) <= ALMOST && fits(port, y, ports, boxOf)) port.y = y;
    });
  }
}

export function isStraight({ left, right, corridor }: Rail): boolean {
  return corridor === 'none' && left.length === 1 && right.length === 1 && left[0].y === right[0].y;
}

/** What the vertical part of a rail spans; a corridor lies beyond everything. */
function spanOf({ left, right, corridor }: Rail): readonly [number, number] {
  const ys = [...left, ...right].map(({ y }) => y);
  return [corridor === 'top' ? -Infinity : Math.min(...ys), corridor === 'bottom' ? Infinity : Math.max(...ys)];
}

/** Rails of one gutter from left to right, so that few cross: pairs that are better the other way round change. */
export function orderRails(rails: readonly Rail[]): Rail[] {
  const order = [...rails];
  // As many rounds as there are rails, so that it ends even where no order is the best for every pair.
  for (const _ of rails) {
    let changed = false;
    for (let i = 0; i + 1 < order.length; i++) {
      if (costOf(order[i], order[i + 1]) <= costOf(order[i + 1], order[i])) continue;
      [order[i], order[i + 1]] = [order[i + 1], order[i]];
      changed = true;
    }
    if (!changed) break;
  }
  return order;
}

/**
 * Moves ports off lines from the other side that run beside theirs and would be taken for one with them, where there
 * is room on their node.
 * @param rails of one gutter, ordered
 * @param ports all there are
 */
export function untangle(rails: readonly Rail[], ports: readonly Port[], boxOf: BoxOf): void {
  const crowd = (port: Port): Port[] => {
    const at = rails.findIndex(({ left, right }) => left.includes(port) || right.includes(port));
    const others = port.side === 'left' ? rails.slice(at + 1) : rails.slice(0, Math.max(0, at));
    return others
      .flatMap(({ left, right }) => (port.side === 'left' ? left : right))
      .filter((one) => isClose(one, port));
  };
  for (const port of rails.flatMap(({ left, right }) => [...right, ...left])) {
    if (port.labelWidth > 0 || rails.some((rail) => isStraight(rail) && rail.net === port.net)) continue;
    if (crowd(port).length === 0) continue;
    const { y } = port;
    for (const by of [-GRID, GRID, -2 * GRID, 2 * GRID]) {
      if (!fits(port, y + by, ports, boxOf)) continue;
      port.y = y + by;
      if (crowd(port).length === 0) break;
      port.y = y;
    }
  }
}

function isClose(one: Port, other: Port): boolean {
  return one.net !== other.net && Math.abs(one.y - other.y) < GRID;
}

/** More than any number of crossings: two lines so close that they are taken for one. */
const TOO_CLOSE = 1000;

/** Crossings of two rails, the first left of the second. */
function costOf(first: Rail, second: Rail): number {
  const crossed = (ports: readonly Port[], [from, to]: readonly [number, number]): number =>
    ports.filter(({ y }) => from <= y && y <= to).length;
  const close = second.left.some((one) => first.right.some((other) => isClose(one, other)));
  return crossed(first.right, spanOf(second)) + crossed(second.left, spanOf(first)) + (close ? TOO_CLOSE : 0);
}
