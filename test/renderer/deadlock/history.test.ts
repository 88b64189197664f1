import { describe, expect, it } from 'vitest';
import { EventKind } from '#model/events';
import type { RunInfo } from '#model/run';
import type { EventRow } from '#model/tile';
import type { WaitForGraph } from '#model/wait-for';
import { historyOf } from '../../../src-renderer/deadlock/history.ts';
import { newEdges } from '../../../src-renderer/deadlock/steps.ts';

/** Of a run only what its events are named by. */
const RUN = {
  id: 'a',
  lanes: [
    { name: 'main', group: 'thread' },
    { name: 'page cache', group: 'page-cache' },
  ],
  phases: [],
} as unknown as RunInfo;

const GRAPH: WaitForGraph = {
  nodes: [
    { id: 'thread:main', kind: 'thread', label: 'main' },
    { id: 'frames', kind: 'frames', label: '0 of 2 frames free' },
    { id: 'folio:0:1', kind: 'folio', label: 'dirty page 1' },
    { id: 'folio:0:0', kind: 'folio', label: 'clean page 0' },
    { id: 'lock:0:0', kind: 'folio-lock', label: 'lock of page 0' },
  ],
  edges: [
    { from: 'frames', to: 'folio:0:1', label: 'would be given back by' },
    { from: 'folio:0:1', to: 'frames', label: 'cleaning it needs 1 more frame' },
    { from: 'frames', to: 'folio:0:0', label: 'would be given back by' },
    { from: 'folio:0:0', to: 'lock:0:0', label: 'is locked' },
    { from: 'lock:0:0', to: 'thread:main', label: 'is held by it' },
    { from: 'thread:main', to: 'frames', label: 'needs a frame for page 2' },
  ],
  knot: ['thread:main', 'frames', 'folio:0:1', 'folio:0:0', 'lock:0:0'],
  verdict: 'deadlock',
};

const row = (index: number, kind: EventKind, address: number, change: Partial<EventRow> = {}): EventRow => ({
  index,
  time: index * 1000,
  duration: 0,
  lane: 1,
  kind,
  address,
  a: 0,
  b: 1,
  c: 0,
  cause: -1,
  ...change,
});
const EVENTS = [
  row(10, EventKind.folioAdded, 1),
  row(11, EventKind.folioDirtied, 1),
  row(12, EventKind.directReclaim, 0, { lane: 0 }),
  row(13, EventKind.folioAdded, 0),
  row(14, EventKind.lockWait, 0, { lane: 0, b: 2 }),
];

describe('the way to a knot', () => {
  const steps = historyOf(RUN, GRAPH, EVENTS);

  it('begins without waits and ends with the knot', () => {
    expect(steps[0].graph.edges).toEqual([]);
    expect(steps.at(-1)?.graph).toBe(GRAPH);
  });

  it('has each wait since the event that brought it', () => {
    expect(steps.map(({ event, graph }) => [event, graph.edges.length])).toEqual([
      [null, 0],
      [10, 1],
      // The last frame is taken: now cleaning wants for one, and the page is held.
      [13, 5],
      [14, 6],
    ]);
  });

  it('calls nodes what they were then', () => {
    const labels = steps[1].graph.nodes.map(({ label }) => label);
    expect(labels).toContain('1 of 2 frames free');
    expect(labels).toContain('clean page 1');
  });

  it('says what happened, and of a wait who waits for what', () => {
    expect(steps.map(({ title }) => title)).toEqual([
      'Before',
      'folio added at page 1',
      'folio added at page 0',
      'main: needs a frame for page 2',
    ]);
  });

  it('has no knot before the last step', () => {
    expect(steps.map(({ graph }) => graph.knot.length)).toEqual([0, 0, 0, 5]);
  });

  it('is the knot alone where the events tell nothing', () => {
    const [only, ...others] = historyOf(RUN, GRAPH, []);
    expect(only.graph).toBe(GRAPH);
    expect(others).toEqual([]);
  });

  it('knows which waits a step brought', () => {
    expect([...newEdges(steps, 3)]).toEqual(['thread:main frames']);
    expect(newEdges(steps, 0).size).toBe(0);
  });
});
