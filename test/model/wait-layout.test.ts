import { describe, expect, it } from 'vitest';
import type { WaitForGraph } from '#model/wait-for';
import { BOX_HEIGHT, BOX_WIDTH, layoutWaits, linesOf } from '#model/wait-layout';

const node = (id: string): WaitForGraph['nodes'][number] => ({ id, kind: 'thread', label: id });
const edge = (from: string, to: string): WaitForGraph['edges'][number] => ({ from, to, label: `${from} needs ${to}` });

const GRAPH: WaitForGraph = {
  nodes: ['a', 'b', 'c', 'd', 'onlooker'].map(node),
  edges: [edge('a', 'c'), edge('c', 'b'), edge('b', 'd'), edge('d', 'a'), edge('onlooker', 'a')],
  knot: ['a', 'b', 'c', 'd'],
  verdict: 'deadlock',
};

describe('the drawing of a wait-for graph', () => {
  const drawing = layoutWaits(GRAPH);

  it('goes round the knot in the order of its waiting', () => {
    expect(drawing.nodes.filter((n) => n.inKnot).map((n) => n.node.id)).toEqual(['a', 'c', 'b', 'd']);
  });

  it('keeps boxes inside and apart', () => {
    for (const [i, { x, y }] of drawing.nodes.entries()) {
      expect(x - BOX_WIDTH / 2).toBeGreaterThanOrEqual(0);
      expect(x + BOX_WIDTH / 2).toBeLessThanOrEqual(drawing.width);
      expect(y - BOX_HEIGHT / 2).toBeGreaterThanOrEqual(0);
      expect(y + BOX_HEIGHT / 2).toBeLessThanOrEqual(drawing.height);
      for (const other of drawing.nodes.slice(i + 1)) {
        expect(Math.abs(x - other.x) >= BOX_WIDTH || Math.abs(y - other.y) >= BOX_HEIGHT).toBe(true);
      }
    }
  });

  it('draws every edge, and tells those of the knot apart', () => {
    expect(drawing.edges).toHaveLength(5);
    expect(drawing.edges.filter((e) => e.inKnot)).toHaveLength(4);
  });

  it('can draw a graph without a knot', () => {
    expect(layoutWaits({ ...GRAPH, knot: [] }).nodes).toHaveLength(5);
  });
});

describe('labels', () => {
  it('are broken between words, into two lines at most', () => {
    expect(linesOf('lock of page 5')).toEqual(['lock of page 5']);
    expect(linesOf('0 of 6 frames free, 2 kept for reclaim')).toEqual(['0 of 6 frames free,', '2 kept for reclaim']);
    expect(linesOf('a label that is much longer than two lines can ever hold')).toHaveLength(2);
    expect(linesOf('')).toEqual(['']);
  });
});
