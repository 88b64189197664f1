import { EVENT_KINDS, EventKind, FAULT_OUTCOMES, IO_CAUSES, IO_OPERATIONS } from '#model/events';
import type { RunInfo } from '#model/run';

/** Bits of an I/O request's argument `b` below its cause. */
const OPERATION_BITS = 4;

/** Operation of an I/O request, from its argument `b`. */
export function ioOperation(b: number): string {
  return IO_OPERATIONS[b & 0xf] ?? `operation ${b & 0xf}`;
}

/** Cause of an I/O request, from its argument `b`. */
export function ioCause(b: number): string {
  return IO_CAUSES[b >> OPERATION_BITS] ?? `cause ${b >> OPERATION_BITS}`;
}

/** What a viewer writes on the event: its kind, or what sets it apart within the kind. */
export function eventName(kind: number, b: number): string {
  if (kind === EventKind.io) return `${ioOperation(b)} (${ioCause(b)})`;
  return EVENT_KINDS[kind]?.label ?? `kind ${kind}`;
}

/** Name of the kind, a key of `EventKind`. */
export function kindName(kind: number): string {
  return EVENT_KINDS[kind]?.name ?? `kind ${kind}`;
}

/** Whether argument `c` of this kind is the outcome of a fault. */
export function hasOutcome(kind: number): boolean {
  return kind === EventKind.readFault || kind === EventKind.writeFault || kind === EventKind.writeProtectFault;
}

/** Outcome of a fault, from its argument `c`. */
export function outcomeName(c: number): string {
  return FAULT_OUTCOMES[c] ?? String(c);
}

/** What the columns `address`, `a`, `b` and `c` are for a kind; `''` where it does not use them. */
export interface ArgumentNames {
  readonly address: string;
  readonly a: string;
  readonly b: string;
  readonly c: string;
}

const NO_NAMES: ArgumentNames = { address: '', a: '', b: '', c: '' };

/** Names of a kind's arguments; all empty for a kind that is not known. */
export function argumentNames(kind: number): ArgumentNames {
  return EVENT_KINDS[kind] ?? NO_NAMES;
}

/** The run in one line, such as `mmap of a sparse file: P1 on plain-4k, workstation-2005, linux-2.6.14`. */
export function runTitle(run: RunInfo): string {
  const what = [`${run.policy} on ${run.filesystem}`, run.machine, run.kernel].filter((part) => part !== '');
  return `${run.experiment}: ${what.join(', ')}`;
}

/** Name of a lane; lanes that the run does not list are called by their number. */
export function laneName(run: RunInfo, lane: number): string {
  return run.lanes[lane]?.name ?? `lane ${lane}`;
}

/** Group of a lane, empty when not known. */
export function laneGroup(run: RunInfo, lane: number): string {
  return run.lanes[lane]?.group ?? '';
}
