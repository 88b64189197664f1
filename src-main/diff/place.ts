import { EventKind } from '#model/events';
import type { PhaseMetrics } from '#model/metrics';
import type { RunEvents } from './columns.ts';

/** x86-64's and everyone's base page: addresses in events fall into pages of this size. */
const PAGE_BYTES = 4096;

/** How the events of a run are placed in the program, so that they can be laid beside those of another run. */
export interface Place {
  /** The page of a virtual address, -1 for an address that the other run cannot have. */
  readonly page: (address: number) => number;
  /** The step at a moment (ps), -1 between steps; null where events themselves say their step. */
  readonly stepAt: ((time: number) => number) | null;
}

/** Runs of one emulator: the same addresses, and every event knows its step. */
export const AS_IT_SAYS: Place = { page: (address) => Math.floor(address / PAGE_BYTES), stepAt: null };

const FAULTS: readonly EventKind[] = [EventKind.readFault, EventKind.writeFault, EventKind.writeProtectFault];

/**
 * Where a run's events are, for a comparison with a run of another origin: a real kernel maps the file elsewhere, so
 * virtual addresses are taken as pages of the file; and a recording tells steps by time only.
 */
export function relocated(events: RunEvents, phases: readonly PhaseMetrics[]): Place {
  return { page: filePages(events, lowestPage(events)), stepAt: phases.length === 0 ? null : stepsByTime(phases) };
}

/**
 * Page of the file behind an address, by the mappings that the run tells. Without any, pages count from the lowest one
 * that faults.
 */
function filePages({ count, kind, address, b, c }: RunEvents, lowest: number): (address: number) => number {
  const mappings: { first: number; pages: number; page: number }[] = [];
  for (let i = 0; i < count; i++)
    if (kind[i] === EventKind.mapped)
      mappings.push({ first: Math.floor(address[i] / PAGE_BYTES), pages: c[i], page: b[i] });
  return (at) => {
    const virtual = Math.floor(at / PAGE_BYTES);
    if (mappings.length === 0) return virtual - lowest;
    const mapping = mappings.findLast(({ first, pages }) => virtual >= first && virtual < first + pages);
    return mapping === undefined ? -1 : mapping.page + virtual - mapping.first;
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
