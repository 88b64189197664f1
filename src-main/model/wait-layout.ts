/**
 * The drawing of a wait-for graph: nodes in columns, edges as lines with right angles in the gutters between them. By
 * construction nodes, labels and lines of different edges never lie on each other; lines cross only at right angles,
 * and never a label or a node. Pure, and without a font: sizes are on the safe side (`wait-text.ts`).
 */
import type { WaitForGraph } from './wait-for.ts';
import { netsOf, shapesOf, type EdgeShape, type Net, type NodeShape } from './wait-nets.ts';
import {
  isStraight,
  orderRails,
  placePorts,
  straighten,
  slotOf,
  untangle,
  type Port,
  type Rail,
} from './wait-rails.ts';
import { linesOf, widthOf } from './wait-text.ts';

/** A node's place: the middle of its box, in the drawing's own units. */
export interface PlacedNode {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedEdge {
  /** Ids of its nodes. */
  readonly from: string;
  readonly to: string;
  /** Corners of the line, from end to end. */
  readonly points: readonly Point[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A label, for one edge or for all that share it. Its box holds it at every step. */
export interface PlacedLabel {
  readonly edges: readonly { readonly from: string; readonly to: string }[];
  /** The middle of its box. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface WaitDrawing {
  readonly width: number;
  readonly height: number;
  /** Pixels that a unit of the drawing takes in the room that was given. */
  readonly scale: number;
  readonly nodes: readonly PlacedNode[];
  /** Edges in groups that share a trunk, and may lie on each other. */
  readonly nets: readonly (readonly PlacedEdge[])[];
  readonly labels: readonly PlacedLabel[];
  /** Widths at which the text of nodes and of labels is broken. */
  readonly wrap: Wrap;
}

export interface Wrap {
  readonly node: number;
  readonly label: number;
}

/** Room for a drawing, px. */
export interface Room {
  readonly width: number;
  /** `Infinity` where it may be as high as it needs to be; then it is no higher. */
  readonly height: number;
}

/** Type sizes and line heights, in the drawing's units. */
export const TYPE = {
  node: { size: 12, line: 14 },
  kind: { size: 10.5, line: 13 },
  label: { size: 11, line: 13 },
} as const;

/** From generous to narrow; the first of those that can be drawn largest is taken. */
const WRAPS: readonly Wrap[] = [
  { node: 190, label: 200 },
  { node: 150, label: 150 },
  { node: 130, label: 118 },
  { node: 112, label: 96 },
];
/** Between these, a drawing takes the size of its room; what needs more room is scrolled. */
const SCALE = { least: 0.85, most: 1.3 } as const;
/** A drawing of this scale is not broken into shorter lines to be larger. */
const ENOUGH = 0.95;
/** Between the text of a node and its border; between a node and its labels, where the arrow's tip is seen. */
const PADDING = { x: 12, y: 5 } as const;
const STUB = 16;
/** Between a label and the tracks beside it. */
const CLEAR = 8;
const TRACK = { least: 12, most: 26 } as const;
const ROW = { least: 12, most: 64 } as const;
const CORRIDOR = 14;
const MARGIN = 10;

/**
 * Lays out all that is there at any of the steps at once, so that everything stays in its place while one steps.
 * @param steps the graphs that are shown one after another; the last decides the order of what has no number
 */
export function layoutWaits(steps: readonly WaitForGraph[], room: Room): WaitDrawing {
  const { nodes, edges } = shapesOf(steps);
  const columns = Math.max(0, ...nodes.map(({ column }) => column + 1));
  const nets = netsOf(edges, columns);
  const plans = WRAPS.map((wrap) => new Plan(nodes, nets, columns, wrap));
  const scales = plans.map((plan) => plan.scaleIn(room));
  return plans[scales.indexOf(Math.max(...scales))].fill(room);
}

/** One try at a drawing, with text broken at some width. */
class Plan {
  private readonly ports: Port[] = [];
  private readonly rails: Rail[] = [];
  private readonly y = new Map<NodeShape, number>();
  private readonly sizes = new Map<NodeShape, { width: number; height: number }>();
  private readonly nodes: readonly NodeShape[];
  private readonly nets: readonly Net[];
  private readonly columns: number;
  private readonly wrap: Wrap;
  /** Least width, units. */
  readonly width: number;

  constructor(nodes: readonly NodeShape[], nets: readonly Net[], columns: number, wrap: Wrap) {
    this.nodes = nodes;
    this.nets = nets;
    this.columns = columns;
    this.wrap = wrap;
    for (const net of nets) this.addNet(net);
    for (const node of nodes) this.sizes.set(node, this.sizeOf(node));
    this.width = this.lefts(0).width;
  }

  /** How large it can be drawn, at most as large as it is: so much room is enough for everything. */
  scaleIn(room: Room): number {
    this.placeNodes(ROW.least);
    // What does not fit into the height is scrolled: then only the width counts.
    const height = Math.max(SCALE.least, room.height / this.extent().height);
    return Math.min(ENOUGH, room.width / this.width, height);
  }

  /** The drawing, spread over what room there is. */
  fill(room: Room): WaitDrawing {
    this.placeNodes(ROW.least);
    const least = this.extent().height;
    const wide = Math.min(SCALE.most, room.width / this.width);
    const fit = Math.min(wide, room.height / least);
    // What has to be scrolled downwards anyway is not made smaller for it.
    const scale = fit >= SCALE.least ? fit : Math.max(SCALE.least, Math.min(1, wide));
    const rows = Math.max(1, ...this.perColumn().map((column) => column.length - 1));
    const spare = Number.isFinite(room.height) ? room.height / scale - least : 0;
    this.placeNodes(ROW.least + Math.max(0, Math.min(ROW.most - ROW.least, spare / rows)));
    const { top, height } = this.extent();
    const { boxes, gutters, width } = this.lefts(Math.max(0, room.width / scale - this.width));

    const corridorOf = this.corridors(top, height);
    const placed = this.nodes.map((node): PlacedNode => {
      const box = boxes[node.column];
      return {
        id: node.id,
        x: box.x + box.width / 2,
        y: this.y.get(node)! - top,
        width: box.width,
        height: this.sizes.get(node)!.height,
      };
    });
    this.placeTracks(gutters);
    const edgeX = ({ node, side }: Port): number =>
      side === 'left' ? boxes[node.column].x : boxes[node.column].x + boxes[node.column].width;
    const labels = this.ports.flatMap((port): PlacedLabel[] => {
      if (port.labelled.length === 0) return [];
      const away = STUB + port.labelWidth / 2;
      return [
        {
          edges: port.labelled.map(({ from, to }) => ({ from: from.id, to: to.id })),
          x: port.side === 'left' ? edgeX(port) - away : edgeX(port) + away,
          y: port.y - top,
          width: port.labelWidth,
          height: port.labelHeight,
        },
      ];
    });
    const lines = this.nets.map((net) =>
      net.edges.map((edge): PlacedEdge => {
        const [start, end] = this.portsOf(net, edge);
        const [first, second] = [this.railOf(net, start), this.railOf(net, end)];
        const corridor = corridorOf.get(net);
        const from = { x: edgeX(start), y: start.y - top };
        const to = { x: edgeX(end), y: end.y - top };
        const corners = isStraight(first)
          ? []
          : corridor === undefined
            ? [
                { x: first.x, y: from.y },
                { x: first.x, y: to.y },
              ]
            : [
                { x: first.x, y: from.y },
                { x: first.x, y: corridor },
                { x: second.x, y: corridor },
                { x: second.x, y: to.y },
              ];
        return { from: edge.from.id, to: edge.to.id, points: [from, ...corners, to] };
      }),
    );
    return { width, height, scale, nodes: placed, nets: lines, labels, wrap: this.wrap };
  }

  private readonly boxOf = ({ node }: Port): { y: number; height: number } => ({
    y: this.y.get(node)!,
    height: this.sizes.get(node)!.height,
  });

  private addNet(net: Net): void {
    const far = net.hub === 'from' ? 'to' : 'from';
    const sideOf = (end: 'from' | 'to'): 'left' | 'right' => (end === 'from' ? net.route.exit : net.route.enter);
    const hub = this.addPort(net, net.edges[0][net.hub], sideOf(net.hub), true, net.sharesLabel ? net.edges : []);
    const ends = net.edges.map((edge) =>
      this.addPort(net, edge[far], sideOf(far), false, net.sharesLabel ? [] : [edge]),
    );
    const inGutters = new Map<number, { left: Port[]; right: Port[] }>();
    for (const port of [hub, ...ends]) {
      const gutter = gutterOf(port);
      const found = inGutters.get(gutter) ?? { left: [], right: [] };
      inGutters.set(gutter, found);
      // A port on a node's right side lies on the left of the gutter.
      (port.side === 'right' ? found.left : found.right).push(port);
    }
    for (const [gutter, { left, right }] of inGutters) {
      this.rails.push({ net, gutter, left, right, corridor: net.route.corridor, x: 0 });
    }
  }

  private addPort(
    net: Net,
    node: NodeShape,
    side: 'left' | 'right',
    isHub: boolean,
    labelled: readonly EdgeShape[],
  ): Port {
    const lines = labelled.flatMap(({ labels }) =>
      labels.map((label) => linesOf(label, this.wrap.label, TYPE.label.size)),
    );
    const labelWidth = Math.max(0, ...lines.flat().map((line) => widthOf(line, TYPE.label.size)));
    const labelHeight = Math.max(0, ...lines.map((all) => all.length * TYPE.label.line));
    const port: Port = { node, side, net, isHub, labelled, labelWidth, labelHeight, height: slotOf(labelHeight), y: 0 };
    this.ports.push(port);
    return port;
  }

  private sizeOf(node: NodeShape): { width: number; height: number } {
    const lines = node.labels.map((label) => linesOf(label, this.wrap.node, TYPE.node.size));
    const text = Math.max(...lines.map(({ length }) => length)) * TYPE.node.line + TYPE.kind.line;
    const kind = widthOf(node.kind, TYPE.kind.size);
    const width = Math.max(kind, ...lines.flat().map((line) => widthOf(line, TYPE.node.size)));
    const sides = (['left', 'right'] as const).map((side) =>
      this.ports.reduce((sum, port) => (port.node === node && port.side === side ? sum + port.height : sum), 0),
    );
    return { width: width + 2 * PADDING.x, height: Math.max(text + 2 * PADDING.y, ...sides.map((sum) => sum + 6)) };
  }

  private perColumn(): NodeShape[][] {
    return Array.from({ length: this.columns }, (_, c) => this.nodes.filter(({ column }) => column === c));
  }

  /** The tallest column from top to bottom; the others beside it, each node near those it has to do with. */
  private placeNodes(gap: number): void {
    this.y.clear();
    const columns = this.perColumn();
    const heightOf = (node: NodeShape): number => this.sizes.get(node)!.height;
    const heights = columns.map((column) => column.reduce((sum, node) => sum + heightOf(node) + gap, 0));
    const anchor = heights.indexOf(Math.max(...heights));
    const order = columns.map((_, c) => c).sort((x, y) => Math.abs(x - anchor) - Math.abs(y - anchor) || x - y);
    for (const c of order) {
      const column = columns[c];
      const goals = column.map((node) => (c === anchor ? 0 : this.neighbourhood(node)));
      const places = apart(
        goals,
        column.map((node) => heightOf(node) + gap),
      );
      column.forEach((node, i) => this.y.set(node, places[i]));
    }
    for (const node of this.nodes) {
      for (const side of ['left', 'right'] as const) {
        const own = this.ports.filter((port) => port.node === node && port.side === side);
        placePorts(own, this.y.get(node)!, (port) => this.goalOf(port));
      }
    }
    straighten(this.rails, this.ports, this.boxOf);
  }

  /** Middle of the places of a node's neighbours that have one already. */
  private neighbourhood(node: NodeShape): number {
    let sum = 0;
    let count = 0;
    for (const { edges } of this.nets) {
      for (const { from, to } of edges) {
        const other = from === node ? to : to === node ? from : null;
        const y = other === null ? undefined : this.y.get(other);
        if (y === undefined) continue;
        sum += y;
        count++;
      }
    }
    return count === 0 ? 0 : sum / count;
  }

  /** How far up or down a port leads. */
  private goalOf({ net, isHub }: Port): number {
    if (net.route.corridor === 'top') return -Infinity;
    if (net.route.corridor === 'bottom') return Infinity;
    const far = net.hub === 'from' ? 'to' : 'from';
    if (!isHub) return this.y.get(net.edges[0][net.hub])!;
    return net.edges.reduce((sum, edge) => sum + this.y.get(edge[far])!, 0) / net.edges.length;
  }

  private extent(): { top: number; height: number } {
    const corridors = (side: 'top' | 'bottom'): number =>
      this.nets.filter(({ route }) => route.corridor === side).length * CORRIDOR;
    let top = Infinity;
    let bottom = -Infinity;
    for (const node of this.nodes) {
      const y = this.y.get(node)!;
      const { height } = this.sizes.get(node)!;
      top = Math.min(top, y - height / 2);
      bottom = Math.max(bottom, y + height / 2);
    }
    if (this.nodes.length === 0) return { top: 0, height: 2 * MARGIN };
    top -= MARGIN + corridors('top');
    return { top, height: bottom + MARGIN + corridors('bottom') - top };
  }

  /** Height at which each net that needs one crosses the columns, the shortest nearest to the nodes. */
  private corridors(top: number, height: number): Map<Net, number> {
    const found = new Map<Net, number>();
    for (const side of ['top', 'bottom'] as const) {
      const nets = this.nets.filter(({ route }) => route.corridor === side);
      const length = ({ edges }: Net): number => Math.abs(edges[0].from.column - edges[0].to.column);
      nets.sort((a, b) => length(a) - length(b));
      nets.forEach((net, i) => {
        const inside = MARGIN / 2 + (nets.length - 1 - i) * CORRIDOR;
        found.set(net, side === 'top' ? inside : height - inside);
      });
    }
    return found;
  }

  /** Where columns and tracks stand, `spare` units spread over the gutters. */
  private lefts(spare: number): {
    boxes: { x: number; width: number }[];
    gutters: { x: number; step: number }[];
    width: number;
  } {
    const boxes: { x: number; width: number }[] = [];
    const gutters: { x: number; step: number }[] = [];
    const widths = this.perColumn().map((column) => Math.max(...column.map((node) => this.sizes.get(node)!.width)));
    let x = MARGIN;
    for (let g = 0; g <= this.columns; g++) {
      const inside = g > 0 && g < this.columns;
      const rails = this.rails.filter(({ gutter }) => gutter === g);
      const zone = (side: 'left' | 'right'): number => {
        const ports = this.ports.filter((port) => gutterOf(port) === g && port.side === side);
        if (ports.length === 0) return 0;
        const label = Math.max(...ports.map(({ labelWidth }) => labelWidth));
        return STUB + (label > 0 ? label + CLEAR : 0);
      };
      const tracks = Math.max(0, rails.length - 1);
      const own = inside ? spare / (this.columns - 1) : 0;
      const step = tracks === 0 ? 0 : Math.min(TRACK.most, TRACK.least + own / tracks);
      const rest = Math.min(60, Math.max(0, own - tracks * (step - TRACK.least)));
      x += zone('right') + rest / 2;
      gutters.push({ x, step });
      x += tracks * step + rest / 2 + zone('left') + (rails.length > 0 && !inside ? 4 : 0);
      if (inside && rails.length === 0) x += STUB;
      if (g < this.columns) {
        boxes.push({ x, width: widths[g] });
        x += widths[g];
      }
    }
    return { boxes, gutters, width: x + MARGIN };
  }

  private placeTracks(gutters: readonly { x: number; step: number }[]): void {
    gutters.forEach(({ x, step }, g) => {
      const rails = orderRails(this.rails.filter(({ gutter }) => gutter === g));
      untangle(rails, this.ports, this.boxOf);
      rails.forEach((rail, i) => (rail.x = x + i * step));
    });
  }

  /** The ports of an edge, at its start and at its end. */
  private portsOf(net: Net, edge: EdgeShape): readonly [Port, Port] {
    const own = this.ports.filter((port) => port.net === net);
    const hub = own[0];
    const far = own[1 + net.edges.indexOf(edge)];
    return net.hub === 'from' ? [hub, far] : [far, hub];
  }

  private railOf(net: Net, port: Port): Rail {
    return this.rails.find((rail) => rail.net === net && rail.gutter === gutterOf(port))!;
  }
}

/** The gutter left of a column has its number. */
function gutterOf({ node, side }: Port): number {
  return side === 'left' ? node.column : node.column + 1;
}

/**
 * Places as near to their goals as is possible in this order with so much room for each: neighbours that would lie on
 * each other are put together, about the mean of what they want (pool adjacent violators).
 */
function apart(goals: readonly number[], sizes: readonly number[]): number[] {
  interface Block {
    start: number;
    count: number;
    size: number;
    /** Sum of where its members would like the block to begin. */
    wanted: number;
  }
  const blocks: Block[] = [];
  const beginOf = ({ wanted, count }: Block): number => wanted / count;
  goals.forEach((goal, i) => {
    let block: Block = { start: i, count: 1, size: sizes[i], wanted: goal - sizes[i] / 2 };
    for (let above = blocks.at(-1); above !== undefined; above = blocks.at(-1)) {
      if (beginOf(above) + above.size <= beginOf(block)) break;
      blocks.pop();
      block = {
        start: above.start,
        count: above.count + block.count,
        size: above.size + block.size,
        wanted: above.wanted + block.wanted - above.size * block.count,
      };
    }
    blocks.push(block);
  });
  const places: number[] = [];
  for (const block of blocks) {
    let top = beginOf(block);
    for (let i = block.start; i < block.start + block.count; i++) {
      places.push(top + sizes[i] / 2);
      top += sizes[i];
    }
  }
  return places;
}

/** The line of an edge with round corners, as an SVG path. */
export function pathOf({ points }: PlacedEdge): string {
  const n = (value: number): string => String(Math.round(value * 10) / 10);
  const parts = [`M${n(points[0].x)} ${n(points[0].y)}`];
  for (let i = 1; i + 1 < points.length; i++) {
    const [before, at, after] = [points[i - 1], points[i], points[i + 1]];
    const r = Math.min(RADIUS, distance(before, at) / 2, distance(at, after) / 2);
    const start = toward(at, before, r);
    const end = toward(at, after, r);
    parts.push(`L${n(start.x)} ${n(start.y)}Q${n(at.x)} ${n(at.y)} ${n(end.x)} ${n(end.y)}`);
  }
  const last = points[points.length - 1];
  parts.push(`L${n(last.x)} ${n(last.y)}`);
  return parts.join('');
}

const RADIUS = 7;

function distance(a: Point, b: Point): number {
  return Math.abs(a.x - b.x) + Math.abs(a.y - b.y);
}

function toward(from: Point, to: Point, by: number): Point {
  const whole = distance(from, to);
  if (whole === 0) return from;
  return { x: from.x + ((to.x - from.x) * by) / whole, y: from.y + ((to.y - from.y) * by) / whole };
}
