import { describe, expect, it } from 'vitest';
import { findKnot } from '#model/wait-for';
import type { WaitEdge, WaitNode } from '#model/wait-for';

const thread = (n: number): WaitNode => ({ id: `thread:${n}`, kind: 'thread', label: `thread ${n}` });
const lock = (n: number): WaitNode => ({ id: `lock:${n}`, kind: 'folio-lock', label: `lock of page ${n}` });
const folio = (n: number): WaitNode => ({ id: `folio:${n}`, kind: 'folio', label: `page ${n}` });
const frames: WaitNode = { id: 'frames', kind: 'frames', label: 'frames' };
const edge = (from: string, to: string): WaitEdge => ({ from, to, label: '' });

describe('findKnot', () => {
  it('finds ABBA: two threads, two locks, in a ring', () => {
    const nodes = [thread(1), thread(2), lock(0), lock(1)];
    const edges = [
      edge('thread:1', 'lock:1'),
      edge('lock:1', 'thread:2'),
      edge('thread:2', 'lock:0'),
      edge('lock:0', 'thread:1'),
    ];
    expect(findKnot(nodes, edges)).toEqual(['thread:1', 'thread:2', 'lock:0', 'lock:1']);
  });

  it('leaves out a thread that only queues behind the knot', () => {
    const nodes = [thread(1), thread(2), thread(3), lock(0), lock(1)];
    const edges = [
      edge('thread:1', 'lock:1'),
      edge('lock:1', 'thread:2'),
      edge('thread:2', 'lock:0'),
      edge('lock:0', 'thread:1'),
      edge('thread:3', 'lock:0'),
    ];
    expect(findKnot(nodes, edges)).not.toContain('thread:3');
  });

  it('a frame wait is served by any provider: one clean folio undoes the knot', () => {
    const nodes = [thread(1), frames, folio(1), folio(5)];
    const edges = [edge('thread:1', 'frames'), edge('frames', 'folio:1'), edge('frames', 'folio:5')];
    const stuck = [...edges, edge('folio:1', 'frames'), edge('folio:5', 'frames')];
    expect(findKnot(nodes, stuck)).toEqual(['frames', 'folio:1', 'folio:5']);
    expect(findKnot(nodes, [...edges, edge('folio:1', 'frames')])).toEqual([]);
  });

  it('a thread needs all it waits for: one free lock does not release it', () => {
    const nodes = [thread(1), lock(0), lock(1)];
    const edges = [edge('thread:1', 'lock:0'), edge('thread:1', 'lock:1'), edge('lock:1', 'thread:1')];
    expect(findKnot(nodes, edges)).toEqual(['thread:1', 'lock:1']);
  });

  it('refuses an edge to a node that is not there', () => {
    expect(() => findKnot([thread(1)], [edge('thread:1', 'lock:9')])).toThrow(/unknown node/);
  });
});
