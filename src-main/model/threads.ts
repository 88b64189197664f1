import type { RunInfo } from './run.ts';

/** A thread of a run: its number in events and phases, its name, and its lane. */
export interface RunThread {
  readonly thread: number;
  readonly name: string;
  readonly lane: number;
}

type RunOfThreads = Pick<RunInfo, 'lanes' | 'phases' | 'source'>;

/**
 * The threads of a run, in the order of their lanes. Those of the experiment are numbered as their lanes are. Processes
 * that were forked follow in number after the kernel's own threads, of which there are no lanes: the first of them has
 * the lowest number that is not one of the experiment's.
 */
export function threadsOf({ lanes, phases, source }: RunOfThreads): RunThread[] {
  const first = lanes.findIndex(({ group }) => group !== 'thread' && group !== 'fault');
  const numbers = phases.map(({ thread }) => thread);
  let next = 0;
  let isForked = false;
  return lanes.flatMap(({ name, group }, lane) => {
    if (group !== 'thread') return [];
    // Lanes of an emulated run's forked processes stand behind all others.
    if (source === 'emulated' && !isForked && first >= 0 && lane > first) {
      isForked = true;
      const later = numbers.filter((thread) => thread >= next);
      next = later.length === 0 ? next : Math.min(...later);
    }
    return [{ thread: next++, name, lane }];
  });
}

/** What a thread is called, undefined where it has no lane. */
export function threadName(run: RunOfThreads, thread: number): string | undefined {
  return threadsOf(run).find((own) => own.thread === thread)?.name;
}
