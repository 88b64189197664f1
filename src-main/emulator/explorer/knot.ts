/** The wait-for graph of a state: who waits for what, and what could serve a wait for frames. */
import { findKnot } from '#model/wait-for';
import type { WaitEdge, WaitForGraph, WaitKind, WaitNode, WaitVerdict } from '#model/wait-for';
import { absentCompanions, countFrames, nameBlock, namePages } from './describe.ts';
import {
  PAGE_DIRTY,
  PAGE_OWNER_SHIFT,
  PAGE_PRESENT,
  PAGE_WRITEBACK,
  PHASE_CLEAN,
  THREAD_BYTES,
  THREAD_PC,
  THREAD_PHASE,
  THREAD_VICTIM,
  filePage,
} from './layout.ts';
import { Wait } from './transitions.ts';
import type { Transitions } from './transitions.ts';

/** Collects nodes once each, in the order they are first named. */
class GraphBuilder {
  readonly nodes: WaitNode[] = [];
  readonly edges: WaitEdge[] = [];

  node(id: string, kind: WaitKind, label: string): string {
    if (!this.nodes.some((node) => node.id === id)) this.nodes.push({ id, kind, label });
    return id;
  }

  edge(from: string, to: string, label: string): void {
    if (!this.edges.some((edge) => edge.from === from && edge.to === to)) this.edges.push({ from, to, label });
  }
}

/**
 * The wait-for graph of one state.
 * @param words holds the state at `words[at]`
 */
export function waitForGraph(
  transitions: Transitions,
  words: Uint32Array,
  at: number,
  verdict: WaitVerdict,
): WaitForGraph {
  transitions.load(words, at);
  const builder = new GraphBuilder();
  const threads = transitions.layout.programs.map((_, t) => t).filter((t) => transitions.look(t) !== Wait.done);
  for (const t of threads) builder.node(`thread:${t + 1}`, 'thread', threadLabel(transitions, t));
  let framesWanted = 0;
  for (const t of threads) framesWanted = Math.max(framesWanted, addWait(builder, transitions, t));
  if (framesWanted > 0) addProviders(builder, transitions, framesWanted);
  const { nodes, edges } = builder;
  return { nodes, edges, knot: findKnot(nodes, edges), verdict };
}

function threadLabel(transitions: Transitions, t: number): string {
  const { layout, state } = transitions;
  const at = layout.threadOffset + t * THREAD_BYTES;
  const page = filePage(layout, layout.programs[t][state[at + THREAD_PC]]);
  const label = `thread ${t + 1}, store to page ${page}`;
  if (state[at + THREAD_PHASE] !== PHASE_CLEAN) return label;
  return `${label}, cleaning page ${filePage(layout, state[at + THREAD_VICTIM])}`;
}

/** @returns how many frames the thread waits for, 0 if it does not */
function addWait(builder: GraphBuilder, transitions: Transitions, t: number): number {
  const thread = `thread:${t + 1}`;
  const wait = transitions.look(t);
  const page = transitions.lookPage;
  const frames = transitions.lookFrames;
  if (wait === Wait.lock) {
    builder.edge(
      thread,
      addLock(builder, transitions, page),
      `waits for the lock of ${namePages(transitions, [page])}`,
    );
    return 0;
  }
  if (wait !== Wait.frames && wait !== Wait.reserveFrame) return 0;
  const where = wait === Wait.frames ? 'outside the reserve' : 'reserve or not';
  const what = frames === 1 ? `a frame for ${namePages(transitions, [page])}` : `${countFrames(frames)} at once`;
  builder.edge(thread, addFrames(builder, transitions), `needs ${what}, ${where}`);
  return frames;
}

function addFrames(builder: GraphBuilder, transitions: Transitions): string {
  const { frames, reserve, freeOffset } = transitions.layout;
  const free = transitions.state[freeOffset];
  return builder.node('frames', 'frames', `frames: ${free} of ${frames} free, reserve ${reserve}`);
}

/** The lock of a page, and the edge to who holds it. */
function addLock(builder: GraphBuilder, transitions: Transitions, page: number): string {
  const name = namePages(transitions, [page]);
  const lock = builder.node(`lock:${filePage(transitions.layout, page)}`, 'folio-lock', `lock of ${name}`);
  const owner = transitions.state[page] >> PAGE_OWNER_SHIFT;
  if (owner !== 0) builder.edge(lock, `thread:${owner}`, `held by thread ${owner}`);
  return lock;
}

/** Everything that could give a frame back: whoever holds one locked, pages being written, clean and dirty pages. */
function addProviders(builder: GraphBuilder, transitions: Transitions, wanted: number): void {
  const { layout, state, rules } = transitions;
  const frames = addFrames(builder, transitions);
  const unit = rules.prepare === 'folio' ? layout.pagesPerBlock : 1;
  const held = layout.programs.map((): number[] => []);
  for (let page = 0; page < layout.pages; page++) {
    const owner = state[page] >> PAGE_OWNER_SHIFT;
    if (owner !== 0) held[owner - 1].push(page);
  }
  held.forEach((pages, t) => {
    if (pages.length > 0) builder.edge(frames, `thread:${t + 1}`, `holds ${namePages(transitions, pages)} locked`);
  });
  for (let page = 0; page < layout.pages; page += unit) {
    const flags = state[page];
    if ((flags & PAGE_PRESENT) === 0 || flags >> PAGE_OWNER_SHIFT !== 0) continue;
    const name = unit === 1 ? namePages(transitions, [page]) : nameBlock(transitions, page);
    const number = filePage(layout, page);
    if ((flags & PAGE_WRITEBACK) !== 0) {
      builder.edge(frames, builder.node(`io:${number}`, 'io', `write of ${name}`), 'when the write ends');
    } else if ((flags & PAGE_DIRTY) === 0) {
      builder.edge(frames, builder.node(`folio:${number}`, 'folio', `${name}, clean`), 'can be freed');
    } else {
      const folio = builder.node(`folio:${number}`, 'folio', `${name}, dirty`);
      builder.edge(frames, folio, `when ${name} is cleaned`);
      addNeeds(builder, transitions, page, folio);
    }
  }
  const outside = layout.frames - layout.reserve;
  if (wanted > outside) {
    builder.edge(frames, frames, `${countFrames(wanted)} wanted, only ${outside} exist outside the reserve`);
  }
}

/** What stands between a dirty page and clean. */
function addNeeds(builder: GraphBuilder, transitions: Transitions, page: number, folio: string): void {
  const { layout, state, rules } = transitions;
  if (transitions.needsNothing(page)) return;
  const base = transitions.baseOf(page);
  for (let p = base; p < base + layout.pagesPerBlock; p++) {
    if (state[p] >> PAGE_OWNER_SHIFT === 0) continue;
    builder.edge(folio, addLock(builder, transitions, p), `cleaning needs the lock of ${namePages(transitions, [p])}`);
  }
  const absent = rules.clean === 'collect' ? absentCompanions(transitions, page) : [];
  const free = state[layout.freeOffset];
  if (absent.length <= free) return;
  const needs = `${namePages(transitions, absent)}: ${countFrames(absent.length)}, ${free} left`;
  builder.edge(folio, addFrames(builder, transitions), `cleaning needs ${needs}`);
}
