import { relocated } from '#diff/place';
import type { RunEvents } from '#diff/columns';
import { firstEvents } from '#lab/compare';
import type { Documents } from '#lab/documents';
import { recorderSteps, scenarioOf } from '#lab/recorder-scenarios';
import { EventKind } from '#model/events';
import { InputError } from '#model/problem';
import type { RunInfo } from '#model/run';
import type { StoreClient } from '#workers/store-client';

const PAGE = 4096;
/** The machine, kernel and readahead that recordings of the recorder are emulated on unless the person chooses others. */
const MACHINE = 'zen3-vm-2026';
const KERNEL = 'linux-6.18';
const READ_AHEAD = '128 KiB';

/**
 * The experiment that emulates what a recorded run did: its scenario from the names of its phases, the file's size
 * from its mapping, the stride from where its stores faulted, the file system from its name.
 * @throws InputError saying what the recording does not tell
 */
export async function emulationOf(
  library: Pick<StoreClient, 'getRun' | 'events'>,
  reference: string,
  documents: Documents,
): Promise<Record<string, unknown>> {
  const run = await library.getRun(reference);
  if (run.source === 'emulated') throw refused(run, 'is an emulation itself', 'a recorded run');
  const scenario = scenarioOf(run.phases.map(({ name }) => name));
  if (scenario === null)
    throw refused(
      run,
      'does not tell what its program did',
      'phases as the recorder marks them (read_all, store_k, …)',
    );
  const filesystem = filesystemOf(run, documents);
  const events = await firstEvents(library, run.id);
  const pages = pagesOf(events);
  if (pages === null) throw refused(run, 'does not tell how large its file is', 'a mapping told by the program');
  const k = strideOf(events, run);
  if (k === null) throw refused(run, 'shows no stores', 'faults of stores into the file');
  return {
    format: 'faultline/experiment@1',
    name: `${run.experiment}, emulated`,
    question:
      `What recording ${run.experiment} did: scenario ${scenario} of the recorder on a hole of ${pages} pages, ` +
      `a store to every ${k === 1 ? '' : `${ordinal(k)} `}page. Does the emulator agree with the real kernel, step by step?`,
    seed: 1,
    machines: [MACHINE],
    kernels: [KERNEL],
    filesystems: [filesystem],
    policies: ['native'],
    memory: '8 GiB',
    readAhead: READ_AHEAD,
    files: [{ name: 'file', size: `${(pages * PAGE) / 1024} KiB` }],
    mappings: [{ name: 'map', file: 'file', sharing: 'shared', protection: 'read-write' }],
    threads: [{ name: 'main', steps: recorderSteps(scenario, k, pages) }],
  };
}

function refused(run: RunInfo, message: string, expected: string): InputError {
  return new InputError({ message: `run ${run.id} (${run.experiment}) ${message}`, expected });
}

function ordinal(k: number): string {
  const ending = k % 100 > 10 && k % 100 < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][k % 10] ?? 'th');
  return `${k}${ending}`;
}

/** The recorder names its files by the preset (`xfs-4k.A`); otherwise the file system with blocks of 4 KiB is taken. */
function filesystemOf(run: RunInfo, documents: Documents): string {
  const known = documents.ids('filesystem');
  const found = [run.experiment.split('.')[0], run.filesystem, `${run.filesystem}-4k`].find((id) => known.includes(id));
  if (found === undefined) throw refused(run, 'does not tell its file system', `one of ${known.join(', ')}`);
  return found;
}

/** Pages of the largest mapping. */
function pagesOf({ count, kind, c }: RunEvents): number | null {
  let pages = 0;
  for (let i = 0; i < count; i++) if (kind[i] === EventKind.mapped) pages = Math.max(pages, c[i]);
  return pages === 0 ? null : pages;
}

/** Distance of neighbouring stores, pages: the largest that leads from each faulting store to the next. */
function strideOf(events: RunEvents, run: RunInfo): number | null {
  const { page } = relocated(events, run.phases);
  const stored = new Set<number>();
  for (let i = 0; i < events.count; i++) {
    const isStore = events.kind[i] === EventKind.writeFault || events.kind[i] === EventKind.writeProtectFault;
    const at = isStore ? page(events.address[i]) : -1;
    if (at >= 0) stored.add(at);
  }
  if (stored.size === 0) return null;
  const sorted = [...stored].sort((x, y) => x - y);
  let stride = 0;
  for (let i = 1; i < sorted.length; i++) stride = greatestDivisor(stride, sorted[i] - sorted[i - 1]);
  return stride === 0 ? 1 : stride;
}

function greatestDivisor(x: number, y: number): number {
  return y === 0 ? x : greatestDivisor(y, x % y);
}
