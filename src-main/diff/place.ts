import { EventKind } from '#model/events';
import type { PhaseMetrics } from '#model/metrics';
import type { RunEvents } from './columns.ts';

/** x86-64's and everyone's base page: addresses in events fall into pages of this size. */
const PAGE_BYTES = 4096;

/** How the events of a run are placed in the program, so that they can be laid beside those of another run. */
export interface Place {
  /** The page of a virtual address, -1 for an address that the other run cannot have. */
  page(address: number): number;
  /** The step at a moment (ps), -1 between steps; null where events themselves say their step. */
  readonly stepAt: ((time: number) => number) | null;
}

/** Runs of one emulator: the same addresses, and every event knows its step. */
export const AS_IT_SAYS: Place = { page: (address) => Math.floor(address / PAGE_BYTES), stepAt: null };

/** Kinds whose address is a page of a file, and whose `b` says how many. */
const FILE_PAGES: readonly EventKind[] = [
  EventKind.folioAdded,
  EventKind.folioDirtied,
  EventKind.blocksReserved,
  EventKind.blocksInstantiated,
];
const FAULTS: readonly EventKind[] = [EventKind.readFault, EventKind.writeFault, EventKind.writeProtectFault];

/**
 * Where a run's events are, for a comparison with a run of another origin: a real kernel maps the file elsewhere, so
 * virtual addresses are taken as pages of the file; and a recording tells steps by time only.
 */
export function relocated(events: RunEvents, phases: readonly PhaseMetrics[]): Place {
  return { page: filePages(events), stepAt: phases.length === 0 ? null : stepsByTime(phases) };
}

/** Virtual page minus file page, as the faults tell that dirtied or gave a block to a single page. */
function filePages(events: RunEvents): (address: number) => number {
  const { count, kind, address, b, cause } = events;
  const found = new Map<number, number>();
  let highest = -1;
  for (let i = 0; i < count; i++) {
    if (!FILE_PAGES.some((wanted) => wanted === kind[i])) continue;
    const isPages = kind[i] === EventKind.folioAdded || kind[i] === EventKind.folioDirtied;
    const pages = isPages ? b[i] : Math.ceil(b[i] / 4);
    highest = Math.max(highest, address[i] + pages - 1);
    const from = cause[i];
    if (from < 0 || pages > 1 || !FAULTS.some((fault) => fault === kind[from])) continue;
    const offset = Math.floor(address[from] / PAGE_BYTES) - address[i];
    found.set(offset, (found.get(offset) ?? 0) + 1);
  }
  let offset = lowestPage(events);
  let most = 0;
  for (const [candidate, times] of found) {
    if (times <= most) continue;
    most = times;
    offset = candidate;
  }
  const last = most === 0 ? Infinity : highest;
  return (at) => {
    const page = Math.floor(at / PAGE_BYTES) - offset;
    return page >= 0 && page <= last ? page : -1;
  };
}

/** Lowest virtual page that faults, 0 when none does. */
function lowestPage(events: RunEvents): number {
  let lowest = Infinity;
  for (let i = 0; i < events.count; i++)
    if (FAULTS.some((fault) => fault === events.kind[i]) && events.address[i] < lowest) lowest = events.address[i];
  return lowest === Infinity ? 0 : Math.floor(lowest / PAGE_BYTES);
}

function stepsByTime(phases: readonly PhaseMetrics[]): (time: number) => number {
  const sorted = [...phases].sort((x, y) => x.startNs - y.startNs);
  return (time) => {
    let low = 0;
    let high = sorted.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (sorted[middle].startNs * 1000 <= time) low = middle;
      else high = middle - 1;
    }
    const phase = sorted[low];
    return time >= phase.startNs * 1000 && time <= phase.endNs * 1000 ? phase.step : -1;
  };
}
