import { shallowRef, watch, type ShallowRef } from 'vue';
import type { FaultHandler } from '#model/handler';
import type { EventRow } from '#model/tile';
import { ask } from '../bridge/lab.ts';
import { HANDLED } from './kinds.ts';

/** Faults asked about at once, and handlers kept. */
const ASKED_AT_ONCE = 256;
const HANDLERS_KEPT = 4096;

/** The steps of fault handlers of one run, asked for as they come into view. */
export interface HandlerSession {
  /** The steps of a fault's handler, undefined while they are not here. */
  known(fault: number): FaultHandler | undefined;
  /** Says which faults are in view: those that are not known are asked about; those of earlier calls no more. */
  want(faults: readonly number[]): void;
  /** Whether everything last wanted is here. */
  readonly settled: boolean;
  /** The handler of the selected event, null where that is no fault or while it is not here. */
  readonly selected: ShallowRef<FaultHandler | null>;
}

/** @param arrived is told when more is known */
export function useHandlers(
  run: string,
  event: ShallowRef<EventRow | null>,
  arrived: () => void,
  onError: (error: unknown) => void,
): HandlerSession {
  const kept = new Map<number, FaultHandler>();
  const failed = new Set<number>();
  const selected = shallowRef<FaultHandler | null>(null);
  let wanted: readonly number[] = [];
  let asking = false;

  async function fetch(faults: readonly number[]): Promise<void> {
    try {
      for (const handler of await ask('timeline.handlers', { run, faults: [...faults] }))
        kept.set(handler.fault, handler);
      for (const oldest of kept.keys()) {
        if (kept.size <= HANDLERS_KEPT) break;
        kept.delete(oldest);
      }
    } catch (error) {
      for (const fault of faults) failed.add(fault);
      onError(error);
    }
  }

  async function pump(): Promise<void> {
    if (asking) return;
    const missing = wanted.filter((fault) => !kept.has(fault) && !failed.has(fault)).slice(0, ASKED_AT_ONCE);
    if (missing.length === 0) return;
    asking = true;
    await fetch(missing);
    asking = false;
    arrived();
    await pump();
  }

  watch(event, async (next) => {
    selected.value = null;
    if (next === null || !HANDLED.includes(next.kind)) return;
    if (!kept.has(next.index)) await fetch([next.index]);
    if (event.value?.index === next.index) selected.value = kept.get(next.index) ?? null;
  });

  return {
    known: (fault) => kept.get(fault),
    want: (faults) => {
      wanted = faults;
      void pump();
    },
    get settled() {
      return wanted.every((fault) => kept.has(fault) || failed.has(fault));
    },
    selected,
  };
}
