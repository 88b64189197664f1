import { EVENT_KINDS, EventKind, FAULT_OUTCOMES, IO_CAUSES, IO_OPERATIONS } from '#model/events';
import type { EventRow } from '#model/tile';

/** A time in ps as people read it. */
export function timeText(ps: number): string {
  for (const [unit, factor] of [
    ['s', 1e12],
    ['ms', 1e9],
    ['µs', 1e6],
    ['ns', 1e3],
  ] as const) {
    if (Math.abs(ps) >= factor) return `${Number((ps / factor).toPrecision(6))} ${unit}`;
  }
  return `${ps} ps`;
}

/** What an event is and came to, without time and place: "write-protect fault (minor)". */
export function eventText(row: EventRow): string {
  switch (row.kind) {
    case EventKind.readFault:
    case EventKind.writeFault:
    case EventKind.writeProtectFault:
      return `${labelOf(row)} (${FAULT_OUTCOMES[row.c] ?? `outcome ${row.c}`})`;
    case EventKind.blocksInstantiated:
    case EventKind.blocksReserved:
    case EventKind.blocksFreed:
      return `${labelOf(row)} (${row.b} KiB)`;
    case EventKind.faultAround:
    case EventKind.readahead:
      return `${labelOf(row)} (${row.b} ${row.b === 1 ? 'page' : 'pages'})`;
    case EventKind.io:
      return `${IO_OPERATIONS[row.b & 15] ?? 'I/O'} of ${row.a} sectors for ${IO_CAUSES[row.b >> 4] ?? 'other'}`;
    default:
      return labelOf(row);
  }
}

function labelOf(row: EventRow): string {
  return EVENT_KINDS[row.kind]?.label ?? `event of kind ${row.kind}`;
}
