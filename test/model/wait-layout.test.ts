import fc from 'fast-check';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explorePolicySteps } from '#emulator/explorer/explorer';
import { Documents } from '#lab/documents';
import type { WaitForGraph, WaitKind } from '#model/wait-for';
import { layoutWaits, pathOf, TYPE, type PlacedEdge, type Point, type WaitDrawing } from '#model/wait-layout';
import { linesOf, widthOf } from '#model/wait-text';
import { repositoryRoot } from '../support/shared.ts';

const ROOM = { width: 880, height: 460 };
const documents = new Documents(join(repositoryRoot, 'resources'));

type Kinds = Readonly<Record<string, WaitKind>>;

function graphOf(kinds: Kinds, edges: readonly (readonly [string, string, string])[]): WaitForGraph {
  const nodes = Object.entries(kinds).map(([id, kind]) => ({ id, kind, label: `${kind} ${id}` }));
  return {
    nodes,
    edges: edges.map(([from, to, label]) => ({ from, to, label })),
    knot: Object.keys(kinds),
    verdict: 'deadlock',
  };
}

/** One thread that holds a locked page, and wants a frame that only dirty pages could give back. */
const CITY = graphOf(
  {
    main: 'thread',
    flusher: 'thread',
    frames: 'frames',
    'page:0': 'folio',
    'page:1': 'folio',
    'page:5': 'folio',
    'page:13': 'folio',
    'lock:0': 'folio-lock',
    'lock:1': 'folio-lock',
  },
  [
    ['main', 'frames', 'needs a frame for page 3'],
    ['flusher', 'lock:1', 'needs the lock of page 1'],
    ...['page:0', 'page:1', 'page:5', 'page:13'].map((page) => ['frames', page, 'would be given back by'] as const),
    ...['page:5', 'page:13'].map((page) => [page, 'frames', 'cleaning it needs 3 more frames for its block'] as const),
    ['page:1', 'frames', 'cleaning it needs 1 more frame for its block'],
    ['page:0', 'lock:0', 'is locked'],
    ['page:1', 'lock:1', 'is locked'],
    ['lock:0', 'main', 'is held by it'],
    ['lock:1', 'main', 'is held by it'],
  ],
);

interface Box {
  readonly what: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function boxOf(what: string, at: Point & { readonly width: number; readonly height: number }): Box {
  const { x, y, width, height } = at;
  return { what, left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 };
}

/** Boxes of nodes and of labels. */
function boxesOf({ nodes, labels }: WaitDrawing): { nodes: Box[]; labels: Box[] } {
  return {
    nodes: nodes.map((node) => boxOf(node.id, node)),
    labels: labels.map((label) => boxOf(label.edges.map(({ from, to }) => `${from} ${to}`).join(), label)),
  };
}

/** Straight parts of an edge, as boxes without a width. */
function partsOf({ from, to, points }: PlacedEdge): Box[] {
  return points.slice(1).map((b, i) => {
    const a = points[i];
    return {
      what: `${from} ${to}`,
      left: Math.min(a.x, b.x),
      right: Math.max(a.x, b.x),
      top: Math.min(a.y, b.y),
      bottom: Math.max(a.y, b.y),
    };
  });
}

/** Half a unit is no overlap. */
const overlap = (a: Box, b: Box, by = 0.5): boolean =>
  a.left + by < b.right && b.left + by < a.right && a.top + by < b.bottom && b.top + by < a.bottom;

/** Pairs that lie on each other although they must not, in words; none in a drawing that can be read. */
function faultsOf(drawing: WaitDrawing): string[] {
  const { nodes, labels } = boxesOf(drawing);
  const faults: string[] = [];
  const all = [...nodes, ...labels];
  all.forEach((box, i) => {
    if (box.left < 0 || box.top < 0 || box.right > drawing.width || box.bottom > drawing.height)
      faults.push(`${box.what} is outside`);
    for (const other of all.slice(i + 1)) if (overlap(box, other)) faults.push(`${box.what} lies on ${other.what}`);
  });
  drawing.nets.forEach((net, n) => {
    const own = new Set(net.map(({ from, to }) => `${from} ${to}`));
    for (const part of net.flatMap(partsOf)) {
      const wide = { ...part, left: part.left - 1, right: part.right + 1, top: part.top - 1, bottom: part.bottom + 1 };
      for (const node of nodes) if (overlap(wide, node, 2)) faults.push(`${part.what} goes behind ${node.what}`);
      for (const label of labels) {
        if (!label.what.split(',').some((key) => own.has(key)) && overlap(wide, label, 1))
          faults.push(`${part.what} strikes ${label.what}`);
      }
      for (const other of drawing.nets
        .slice(n + 1)
        .flat()
        .flatMap(partsOf)) {
        if (runTogether(part, other)) faults.push(`${part.what} runs on ${other.what}`);
      }
    }
  });
  return faults;
}

/** Two lines in the same direction that cannot be told from one. */
function runTogether(a: Box, b: Box): boolean {
  const lying = a.top === a.bottom && b.top === b.bottom && Math.abs(a.top - b.top) < 2;
  const standing = a.left === a.right && b.left === b.right && Math.abs(a.left - b.left) < 2;
  if (lying) return a.left + 1 < b.right && b.left + 1 < a.right;
  return standing && a.top + 1 < b.bottom && b.top + 1 < a.bottom;
}

const KINDS: readonly WaitKind[] = ['thread', 'frames', 'folio', 'folio-lock', 'journal', 'io'];

/** Graphs of 3 to 25 nodes that wait for each other in any way at all. */
const graphs = fc.array(fc.constantFrom(...KINDS), { minLength: 3, maxLength: 25 }).chain((kinds) => {
  const end = fc.nat({ max: kinds.length - 1 });
  const labels = ['is locked', 'would be given back by', 'cleaning it needs 3 more frames for its block'];
  return fc
    .uniqueArray(fc.tuple(end, end, fc.constantFrom(...labels)), {
      maxLength: 2 * kinds.length,
      selector: ([from, to]) => `${from} ${to}`,
    })
    .map((edges) => {
      const named = Object.fromEntries(kinds.map((kind, i) => [`n:${i}`, kind]));
      return graphOf(
        named,
        edges.map(([from, to, label]) => [`n:${from}`, `n:${to}`, label]),
      );
    });
});

describe('the drawing of a wait-for graph', () => {
  const drawing = layoutWaits([CITY], ROOM);
  const at = (id: string, from = drawing): Point => from.nodes.find((node) => node.id === id)!;

  it('goes from threads over frames and folios to locks', () => {
    const xs = ['main', 'frames', 'page:0', 'lock:0'].map((id) => at(id).x);
    expect(xs).toEqual([...xs].sort((a, b) => a - b));
    expect(new Set(xs).size).toBe(4);
  });

  it('has the pages of a file in their order', () => {
    const ys = ['page:0', 'page:1', 'page:5', 'page:13'].map((id) => at(id).y);
    expect(ys).toEqual([...ys].sort((a, b) => a - b));
  });

  it('draws every edge from its node to its node, with right angles', () => {
    const edges = drawing.nets.flat();
    expect(edges.map(({ from, to }) => `${from} ${to}`).sort()).toEqual(
      CITY.edges.map(({ from, to }) => `${from} ${to}`).sort(),
    );
    for (const { from, to, points } of edges) {
      const ends = [
        [from, points[0]],
        [to, points[points.length - 1]],
      ] as const;
      for (const [id, point] of ends) {
        const { x, y, width, height } = drawing.nodes.find((node) => node.id === id)!;
        expect(Math.abs(point.x - x)).toBeCloseTo(width / 2);
        expect(Math.abs(point.y - y)).toBeLessThan(height / 2);
      }
      points.slice(1).forEach((b, i) => expect(points[i].x === b.x || points[i].y === b.y).toBe(true));
    }
  });

  it('says once what edges of one node share', () => {
    const shared = drawing.labels.filter(({ edges }) => edges.length > 1);
    expect(shared.map(({ edges }) => edges.length).sort()).toEqual([2, 2, 4]);
    const labelled = drawing.labels.flatMap(({ edges }) => edges);
    expect(labelled).toHaveLength(CITY.edges.length);
  });

  it('has nothing on anything else, in any room', () => {
    for (const width of [300, 560, 880, 1400, 2400]) {
      for (const height of [0, 300, 700]) expect(faultsOf(layoutWaits([CITY], { width, height }))).toEqual([]);
    }
  });

  it('has nothing on anything else, whoever waits for whom', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        expect(faultsOf(layoutWaits([graph], ROOM))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('uses the room there is, and does not go below what can be read', () => {
    const wide = layoutWaits([CITY], { width: 1420, height: 700 });
    expect(wide.width * wide.scale).toBeGreaterThan(1420 * 0.9);
    expect(wide.width * wide.scale).toBeLessThanOrEqual(1421);
    expect(wide.scale).toBeGreaterThan(1);
    const narrow = layoutWaits([CITY], { width: 200, height: 100 });
    expect(narrow.scale).toBeGreaterThanOrEqual(0.85);
  });

  it('can draw a graph without edges, and none at all', () => {
    expect(layoutWaits([{ ...CITY, edges: [], knot: [] }], ROOM).nodes).toHaveLength(CITY.nodes.length);
    expect(layoutWaits([{ ...CITY, nodes: [], edges: [], knot: [] }], ROOM).nodes).toEqual([]);
    expect(layoutWaits([], ROOM).nets).toEqual([]);
  });

  it('draws a node that waits for itself', () => {
    const own = layoutWaits([graphOf({ frames: 'frames' }, [['frames', 'frames', '4 wanted, only 2 exist']])], ROOM);
    expect(faultsOf(own)).toEqual([]);
    expect(own.nets.flat()[0].points).toHaveLength(4);
  });
});

describe('steps that share a drawing', () => {
  const before = { ...CITY, nodes: CITY.nodes.slice(0, 5), edges: CITY.edges.slice(0, 1), knot: [] };

  it('have everything of all of them, each once', () => {
    const other = graphOf({ main: 'thread', 'page:9': 'folio' }, [['page:9', 'main', 'waits for it']]);
    const drawing = layoutWaits([other, before, CITY], ROOM);
    expect(drawing.nodes).toHaveLength(CITY.nodes.length + 1);
    expect(drawing.nets.flat()).toHaveLength(CITY.edges.length + 1);
  });

  it.each(['s1', 's3', 's4'])('of the scenario %s fit every name of every step into their boxes', (name) => {
    const scenario = documents.get('scenario', name);
    for (const policy of ['P1', 'P3', 'P4', 'P4-nonblocking', 'P5-by-page'] as const) {
      const { graphs: steps } = explorePolicySteps(scenario, policy, 100_000);
      const drawing = layoutWaits(steps, ROOM);
      expect(faultsOf(drawing)).toEqual([]);
      const boxes = new Map(drawing.nodes.map((node) => [node.id, node]));
      for (const { id, label } of steps.flatMap(({ nodes }) => nodes)) {
        const { width, height } = boxes.get(id)!;
        const lines = linesOf(label, drawing.wrap.node, TYPE.node.size);
        expect(Math.max(...lines.map((line) => widthOf(line, TYPE.node.size)))).toBeLessThan(width);
        expect(lines.length * TYPE.node.line + TYPE.kind.line).toBeLessThan(height);
      }
    }
  });

  it('keep a label to itself that changes from step to step', () => {
    const step = (free: number): WaitForGraph =>
      graphOf({ frames: 'frames', 'page:1': 'folio', 'page:2': 'folio' }, [
        ['page:1', 'frames', `needs 3, ${free} left`],
        ['page:2', 'frames', 'needs 3, 1 left'],
      ]);
    const drawing = layoutWaits([step(2), step(1)], ROOM);
    expect(drawing.labels.map(({ edges }) => edges.length)).toEqual([1, 1]);
  });
});

describe('a line', () => {
  it('has round corners, never larger than its parts', () => {
    const points = [
      { x: 0, y: 0 },
      { x: 40, y: 0 },
      { x: 40, y: 6 },
      { x: 90, y: 6 },
    ];
    expect(pathOf({ from: 'a', to: 'b', points })).toBe('M0 0L37 0Q40 0 40 3L40 3Q40 6 43 6L90 6');
  });
});

describe('labels', () => {
  it('are broken between words, into as many lines as they need', () => {
    expect(linesOf('lock of page 5', 150, 12)).toEqual(['lock of page 5']);
    expect(linesOf('0 of 6 frames free, 2 kept for reclaim', 150, 12)).toEqual([
      '0 of 6 frames free, 2',
      'kept for reclaim',
    ]);
    const words = 'a label that is much longer than two lines can ever hold';
    expect(linesOf(words, 120, 12).join(' ')).toBe(words);
    expect(linesOf('', 100, 12)).toEqual(['']);
  });

  it('give a word that is too long a line of its own', () => {
    expect(linesOf('an unpronounceableword here', 60, 12)).toEqual(['an', 'unpronounceableword', 'here']);
  });
});
