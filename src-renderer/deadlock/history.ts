import { EventKind } from '#model/events';
import type { RunInfo } from '#model/run';
import type { EventRow } from '#model/tile';
import type { WaitEdge, WaitForGraph, WaitNode } from '#model/wait-for';
import { lineOf } from '../timeline/describe.ts';
import { formatMoment } from '../timeline/time.ts';
import type { KnotStep } from './steps.ts';

/** Kinds of events from which it is told when each wait came about. */
export const HISTORY_KINDS: readonly number[] = [
  EventKind.step,
  EventKind.syscall,
  EventKind.folioAdded,
  EventKind.folioRemoved,
  EventKind.folioDirtied,
  EventKind.folioCleaned,
  EventKind.writeback,
  EventKind.directReclaim,
  EventKind.lockWait,
  EventKind.deadlock,
  EventKind.livelock,
];
/** Steps shown at most: what lies before belongs to the first. */
const MOST_STEPS = 80;
/** Numbers of what is waited for in a `lockWait`, argument `b`. */
const WAITED = { lock: 0, inode: 1, frames: 2, reservation: 3 } as const;

/**
 * The way to a run's knot, from its events: each wait of the graph came about with the last event that can have
 * brought it (a folio is in the cache since it was added, a lock is held since the page was taken, a thread waits since
 * its lock wait began). What began before the events that are given was there from the beginning.
 * @param events in the order of the run, those of {@link HISTORY_KINDS}
 */
export function historyOf(run: RunInfo, graph: WaitForGraph, events: readonly EventRow[]): KnotStep[] {
  const past = new Past(run, events);
  const since = new Map(graph.edges.map((edge) => [edge, past.sinceOf(edge)]));
  const moments = [...new Set(since.values())].filter((at) => at >= 0).sort((x, y) => x - y);
  const kept = moments.slice(-MOST_STEPS);
  const atOf = (edge: WaitEdge): number => since.get(edge) ?? -1;
  const steps = [(kept[0] ?? 0) - 1, ...kept].map((at, i): KnotStep => {
    const edges = graph.edges.filter((edge) => atOf(edge) <= at);
    const row = i === 0 ? null : events[at];
    const newest = edges.find((edge) => atOf(edge) === at);
    return {
      title: row === null ? 'Before' : past.titleOf(row, newest),
      event: row?.index ?? null,
      moment: row === null ? '' : formatMoment(row.time, Math.max(1000, row.time / 1e6)),
      graph: i === kept.length ? graph : { ...graph, nodes: past.nodesOf(graph, edges, at), edges, knot: [] },
    };
  });
  // Where everything was there from the beginning there is nothing to step through.
  return steps.length === 1 ? [{ ...steps[0], title: 'At the end', graph }] : steps;
}

/** What the events tell of the past. Positions are those in the list of events. */
class Past {
  private readonly run: RunInfo;
  private readonly events: readonly EventRow[];

  constructor(run: RunInfo, events: readonly EventRow[]) {
    this.run = run;
    this.events = events;
  }

  sinceOf({ from, to }: WaitEdge): number {
    const source = partsOf(from);
    const target = partsOf(to);
    const folio = source.page >= 0 ? source : target;
    switch (source.kind) {
      case 'frames':
        return target.kind === 'folio' ? this.added(folio) : this.lastFrameTaken();
      case 'folio':
        if (target.kind === 'frames') return Math.max(this.dirtied(folio), this.lastFrameTaken());
        return this.taken(folio);
      case 'lock':
        return this.taken(folio);
      case 'thread':
        return this.waiting(source.name, target);
      default:
        return -1;
    }
  }

  titleOf(row: EventRow, edge: WaitEdge | undefined): string {
    const line = lineOf(row, this.run);
    if (row.kind !== EventKind.lockWait || edge === undefined) return line;
    return `${partsOf(edge.from).name}: ${edge.label}`;
  }

  /** Nodes of some edges, called what they were at that moment. */
  nodesOf(graph: WaitForGraph, edges: readonly WaitEdge[], at: number): WaitNode[] {
    const named = new Set(edges.flatMap(({ from, to }) => [from, to]));
    const nodes = graph.nodes.filter(({ id, kind }) => named.has(id) || kind === 'thread');
    return nodes.map((node) => ({ ...node, label: this.labelAt(node, at) }));
  }

  private labelAt(node: WaitNode, at: number): string {
    if (node.kind === 'frames') {
      const later = this.events.slice(at + 1);
      const free = later.reduce(
        (sum, { kind, b }) => {
          if (kind === EventKind.folioAdded) return sum + b;
          return kind === EventKind.folioRemoved ? sum - b : sum;
        },
        Number.parseInt(node.label, 10),
      );
      return Number.isFinite(free) ? node.label.replace(/^\d+/, String(Math.max(0, free))) : node.label;
    }
    if (node.kind === 'folio' && node.label.startsWith('dirty') && this.dirtied(partsOf(node.id)) > at)
      return node.label.replace('dirty', 'clean');
    return node.label;
  }

  private last(matches: (row: EventRow) => boolean): number {
    return this.events.findLastIndex(matches);
  }

  private added(folio: Part): number {
    return this.last((row) => row.kind === EventKind.folioAdded && covers(row, folio));
  }

  private dirtied(folio: Part): number {
    return this.last((row) => row.kind === EventKind.folioDirtied && covers(row, folio));
  }

  /** A page is locked by who adds it for its own use, or begins to write it. */
  private taken(folio: Part): number {
    return this.last(
      ({ kind, ...row }) => (kind === EventKind.folioAdded || kind === EventKind.writeback) && covers(row, folio),
    );
  }

  private lastFrameTaken(): number {
    return this.last(({ kind }) => kind === EventKind.folioAdded);
  }

  /** The last wait of a thread that has not ended. */
  private waiting(thread: string, target: Part): number {
    const isOpen = (row: EventRow): boolean => row.kind === EventKind.lockWait && row.duration === 0;
    const own = (row: EventRow): boolean => this.run.lanes[row.lane]?.name === thread;
    const wanted = (row: EventRow): boolean => {
      if (target.kind === 'lock') return row.b === WAITED.lock && row.address === target.page;
      if (target.kind === 'frames') return row.b === WAITED.frames;
      if (target.kind === 'inode') return row.b === WAITED.inode;
      return row.b === WAITED.reservation;
    };
    const found = this.last((row) => isOpen(row) && wanted(row) && own(row));
    if (found >= 0) return found;
    const others = this.last((row) => isOpen(row) && wanted(row));
    if (others >= 0) return others;
    // Who retries has no wait that lasts: it is in reclaim over and over.
    return Math.max(
      this.last(({ kind }) => kind === EventKind.directReclaim),
      this.last(({ kind }) => kind === EventKind.deadlock || kind === EventKind.livelock),
    );
  }
}

/** A node's id taken apart: `folio:0:5` is page 5 of file 0. */
interface Part {
  readonly kind: string;
  readonly name: string;
  readonly file: number;
  readonly page: number;
}

function partsOf(id: string): Part {
  const [kind = '', ...rest] = id.split(':');
  const isPage = (kind === 'folio' || kind === 'lock') && rest.length === 2;
  return {
    kind,
    name: rest.join(':'),
    file: isPage ? Number(rest[0]) : -1,
    page: isPage ? Number(rest[1]) : -1,
  };
}

function covers({ address, a, b }: Pick<EventRow, 'address' | 'a' | 'b'>, { file, page }: Part): boolean {
  return a === file && address <= page && page < address + Math.max(1, b);
}
