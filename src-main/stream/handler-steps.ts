import { EventKind } from '#model/events';
import type { HandlerStep, HandlerWork } from '#model/handler';
import type { EventRow } from '#model/tile';

/** What is a step of the handler that caused it. Other effects of a fault (kswapd, requests) go on beside it. */
const IS_STEP = new Uint8Array(256);
for (const kind of [
  EventKind.ioWait,
  EventKind.lockWait,
  EventKind.directReclaim,
  EventKind.faultAround,
  EventKind.readahead,
  EventKind.folioAdded,
  EventKind.folioDirtied,
  EventKind.blocksReserved,
  EventKind.blocksInstantiated,
  EventKind.copyOnWrite,
  EventKind.shootdown,
  EventKind.sigbus,
])
  IS_STEP[kind] = 1;

/** Whether an event of this kind is a step of the fault that caused it. */
export function isHandlerStep(kind: number): boolean {
  return IS_STEP[kind] === 1;
}

/**
 * A fault's time cut into the steps of its handler: those that events tell, and what lies between them. A step within
 * a longer one (a folio added by readahead) is a part of that.
 * @param effects events caused by the fault, directly, in any order
 */
export function handlerSteps(fault: EventRow, effects: readonly EventRow[]): HandlerStep[] {
  const end = fault.time + fault.duration;
  const own = effects
    .filter((row) => IS_STEP[row.kind] === 1 && row.time >= fault.time && row.time <= end)
    .sort((x, y) => x.time - y.time || y.duration - x.duration || x.index - y.index);
  const steps: HandlerStep[] = [];
  let at = fault.time;
  let before: EventRow | null = null;
  const push = (to: number, row: EventRow, work: HandlerWork | null): void => {
    if (to <= at) return;
    steps.push({ time: at, duration: to - at, event: row.index, kind: row.kind, work });
    at = to;
  };
  for (const row of own) {
    if (row.time < at) continue;
    if (row.duration === 0) {
      // All that is known of what came before is that it ended with this.
      push(row.time, row, 'until');
    } else {
      push(row.time, fault, before === null ? 'entry' : before.kind === EventKind.folioAdded ? 'contents' : 'between');
      push(Math.min(end, row.time + row.duration), row, null);
    }
    before = row;
  }
  push(end, fault, lastWork(before));
  return steps;
}

/** What is left of a fault after the last step that is told. */
function lastWork(before: EventRow | null): HandlerWork {
  if (before === null) return 'whole';
  if (before.duration === 0) return 'rest';
  return before.kind === EventKind.folioAdded ? 'contentsExit' : 'exit';
}
