import { checkExperiment } from '#model/check-experiment';
import { EventKind } from '#model/events';
import { EXPERIMENT_FORMAT, type ExperimentInput } from '#model/experiment';
import { InputError } from '#model/problem';
import { parseJson } from '#model/validate';
import { formatSize } from '#model/units';
import type { StoreClient } from '#workers/store-client';

const PAGE = 4096;
/** Accesses that a document carries; more would make it unwieldy. */
const MOST_ACCESSES = 100_000;
const PAGE_OF_EVENTS = 20_000;
/** Pages that lie further apart belong to different mappings: the gap between them is closed. 2 MiB, a page table's reach. */
const WIDEST_GAP = 512;
/** Areas begin at a multiple of this: where a page lies in its 64 KiB decides what fault-around maps. */
const AREA_ALIGNMENT = 16;

const FAULTS: ReadonlySet<number> = new Set([EventKind.readFault, EventKind.writeFault, EventKind.writeProtectFault]);
/** System calls of the events that write back, by their numbers (`recording/threads.ts`). */
const SYNCS: Readonly<Record<number, 'msync' | 'fsync' | 'fdatasync'>> = { 3: 'msync', 4: 'fsync', 5: 'fdatasync' };

/** A run's workload as an experiment of its own. */
export interface Workload {
  readonly document: ExperimentInput;
  /** What of the run it does not hold, and why. */
  readonly leftAside: readonly { readonly reason: string; readonly count: number }[];
}

interface RecordedStep {
  readonly sync: 'msync' | 'fsync' | 'fdatasync' | null;
  /** Pages of the address space, and whether each was stored to. */
  readonly accesses: [page: number, store: boolean][];
}

/**
 * The workload of a run of the library: the experiment that an emulated run was made of, or the faults of a recorded
 * one, in order, with the calls that wrote back between them.
 * @throws InputError for a recording without page faults: what the program accessed is not in it
 */
export async function workloadOf(library: StoreClient, reference: string): Promise<Workload> {
  const run = await library.getRun(reference);
  if (run.source !== 'recorded') {
    const kept = (await library.documents(reference)).find(({ kind }) => kind === 'experiment');
    if (kept === undefined) throw new InputError({ message: `run ${run.id} was saved without its experiment` });
    return { document: parseJson(kept.json, run.id) as ExperimentInput, leftAside: [] };
  }
  const { threads, faults, beyond } = await recordedSteps(library, reference);
  if (faults === 0)
    throw new InputError({
      message: `recording ${run.id} has no page faults to repeat`,
      expected: 'a recording of the faults of a program: ftrace, perf or bpftrace, or a lackey trace',
    });
  const document = experimentOf(run.experiment, threads);
  checkExperiment(document);
  return {
    document,
    leftAside: beyond === 0 ? [] : [{ reason: `faults beyond the first ${MOST_ACCESSES}`, count: beyond }],
  };
}

async function recordedSteps(
  library: StoreClient,
  reference: string,
): Promise<{ threads: Map<number, RecordedStep[]>; faults: number; beyond: number }> {
  const threads = new Map<number, RecordedStep[]>();
  const kinds = [...FAULTS, EventKind.syscall];
  let faults = 0;
  let beyond = 0;
  for (let start: number | null = 0; start !== null;) {
    const page = await library.eventList(reference, { kinds, start, limit: PAGE_OF_EVENTS });
    for (const { kind, address, a: thread, b: call } of page.rows) {
      const isFault = FAULTS.has(kind);
      const sync = isFault ? null : SYNCS[call];
      if (sync === undefined) continue;
      if (isFault && faults >= MOST_ACCESSES) {
        beyond++;
        continue;
      }
      let steps = threads.get(thread);
      if (steps === undefined) threads.set(thread, (steps = []));
      const last = steps.at(-1);
      if (isFault) {
        faults++;
        const access: [number, boolean] = [Math.floor(address / PAGE), kind !== EventKind.readFault];
        if (last?.sync === null) last.accesses.push(access);
        else steps.push({ sync: null, accesses: [access] });
      } else if (last !== undefined && last.sync !== sync) steps.push({ sync, accesses: [] });
    }
    start = page.next;
  }
  return { threads, faults, beyond };
}

/** Places of pages in one file: areas side by side, what lies within an area as far apart as it was. */
function placesOf(pages: readonly number[]): Map<number, number> {
  const places = new Map<number, number>();
  let next = 0;
  let before = -Infinity;
  for (const page of [...new Set(pages)].sort((a, b) => a - b)) {
    if (page - before > WIDEST_GAP) next = Math.ceil(next / AREA_ALIGNMENT) * AREA_ALIGNMENT + (page % AREA_ALIGNMENT);
    else next += page - before - 1;
    places.set(page, next);
    next++;
    before = page;
  }
  return places;
}

function experimentOf(name: string, threads: ReadonlyMap<number, readonly RecordedStep[]>): ExperimentInput {
  const withFaults = [...threads].filter(([, steps]) => steps.some(({ accesses }) => accesses.length > 0));
  const all = withFaults.flatMap(([, steps]) => steps.flatMap(({ accesses }) => accesses));
  const places = placesOf(all.map(([page]) => page));
  const size = (Math.max(...places.values()) + 1) * PAGE;
  return {
    format: EXPERIMENT_FORMAT,
    name: `Faults of ${name}`.slice(0, 120),
    question: `The ${all.length} page faults of recording "${name}" in their order, each as one access to its page. What the program accessed without a fault was not recorded and is not repeated.`,
    seed: 1,
    machines: ['zen3-vm-2026'],
    kernels: ['linux-6.18'],
    filesystems: ['ext4-4k'],
    policies: ['native'],
    files: [{ name: 'memory', size: formatSize(size) }],
    mappings: [{ name: 'map', file: 'memory' }],
    threads: withFaults.map(([, steps], i) => ({
      name: i === 0 ? 'main' : `thread ${i + 1}`,
      steps: steps.map(({ sync, accesses }) =>
        sync === null
          ? {
              do: 'mixed' as const,
              name: 'recorded faults',
              mapping: 'map',
              pattern: {
                kind: 'trace' as const,
                accesses: accesses.map(([page, store]): [number, 'r' | 'w'] => [
                  (places.get(page) ?? 0) * PAGE,
                  store ? 'w' : 'r',
                ]),
              },
              storeShare: 0,
              count: accesses.length,
            }
          : sync === 'msync'
            ? { do: 'msync' as const, mapping: 'map' }
            : { do: sync, file: 'memory' },
      ),
    })),
  };
}
