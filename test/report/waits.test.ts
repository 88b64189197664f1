import { describe, expect, it } from 'vitest';
import type { RunInfo } from '#model/run';
import type { WaitForGraph } from '#model/wait-for';
import { waitBlocks } from '#report/waits';

const GRAPH: WaitForGraph = {
  nodes: [
    { id: 'thread:a<b', kind: 'thread', label: 'a<b' },
    { id: 'frames', kind: 'frames', label: '0 of 2 frames free' },
    { id: 'folio:0:1', kind: 'folio', label: 'dirty page 1' },
    { id: 'folio:0:2', kind: 'folio', label: 'dirty page 2' },
  ],
  edges: [
    { from: 'thread:a<b', to: 'frames', label: 'needs a frame' },
    { from: 'frames', to: 'folio:0:1', label: 'would be freed by' },
    { from: 'frames', to: 'folio:0:2', label: 'would be freed by' },
    { from: 'folio:0:1', to: 'frames', label: 'needs one more' },
  ],
  knot: ['frames', 'folio:0:1'],
  verdict: 'deadlock',
};

const stuck = (waitFor: WaitForGraph | null): RunInfo =>
  ({ policy: 'P3', filesystem: 'fs', verdict: 'deadlock', hash: 'f00d', waitFor }) as unknown as RunInfo;

const count = (text: string, part: string): number => text.split(part).length - 1;

describe('a report of a run that got stuck', () => {
  const blocks = waitBlocks([stuck(null), stuck(GRAPH)]);
  const figure = blocks.flatMap((block) => (block.type === 'figure' ? [block.figure.svg] : []))[0];

  it('has the graph and the same in words, only of the run that has one', () => {
    expect(blocks.map(({ type }) => type)).toEqual(['paragraph', 'figure', 'list']);
    expect(blocks[2]).toMatchObject({ items: { length: GRAPH.edges.length } });
  });

  it('draws every node by its name and every wait with its tip, and says once what waits share', () => {
    expect(count(figure, '<rect class="box"')).toBe(GRAPH.nodes.length);
    expect(count(figure, 'marker-end=')).toBe(GRAPH.edges.length);
    expect(count(figure, '>would be freed by<')).toBe(1);
    expect(figure).toContain('>a&lt;b<');
  });

  it('tells the knot by the weight of its lines', () => {
    expect(count(figure, 'stroke-width="2" marker-end=')).toBe(2);
    expect(count(figure, 'stroke-width="1.2" marker-end=')).toBe(2);
  });
});
