import { type KernelPhase, simulate } from '#emulator/simulation';
import type { Documents } from '#lab/documents';
import type { RecordedCase, RecordedPhase } from '#lab/kernel-recording';
import { recorderSteps } from '#lab/recorder-scenarios';
import { checkExperiment } from '#model/check-experiment';
import { EventKind } from '#model/events';
import { ENGINE_VERSION, type RunPlan } from '#model/plan';
import { InputError } from '#model/problem';

/** Metadata blocks may differ by this much, KiB; data may not. */
const METADATA_KiB = 20;
/** Share by which what was instantiated at SIGBUS may differ. */
const SPACE_SHARE = 0.05;
/** What an out-of-space recording leaves free by default, when it does not say: 12 MiB. */
const SMALL_FREE_KiB = 12 * 1024;
const PAGE = 4096;

export type ConformanceField = 'minflt' | 'majflt' | 'blocks' | 'dirty';
export const CONFORMANCE_FIELDS: readonly ConformanceField[] = ['minflt', 'majflt', 'blocks', 'dirty'];

/** One figure of one phase that the emulator gets otherwise than the recording. */
export interface ConformanceMismatch {
  readonly fs: string;
  readonly scen: string;
  readonly phase: string;
  readonly k: number;
  readonly npages: number;
  readonly read_ahead_kb: number;
  readonly field: ConformanceField;
  readonly recorded: number;
  readonly emulated: number;
}

/** How a table of recorded phases compares with the emulator. */
export interface KernelConformance {
  readonly phases: number;
  /** Phases exact in each figure. */
  readonly exact: Readonly<Record<ConformanceField, number>>;
  /** Phases exact in all four. */
  readonly allExact: number;
  readonly mismatches: readonly ConformanceMismatch[];
  /** When background writeback had cleaned everything, ms into the wait (scenario W). */
  readonly cleaning: readonly { fs: string; k: number; npages: number; recordedMs: number; emulatedMs: number }[];
  /** KiB instantiated when the store got SIGBUS, or when all was stored (scenario S). */
  readonly outOfSpace: readonly { fs: string; k: number; npages: number; recordedKiB: number; emulatedKiB: number }[];
}

/** The plan that emulates a recorded case. */
function planOf(recorded: RecordedCase, documents: Documents, file: string): RunPlan {
  const line = recorded.phases[0].line;
  const steps = recorderSteps(recorded.scen, recorded.k, recorded.pages);
  if (steps === null)
    throw new InputError({
      file,
      line,
      message: `no scenario is called "${recorded.scen}"`,
      expected: 'one of A, B, C, D, E, F, P, Q, S, T, W, X',
    });
  if (!documents.ids('filesystem').includes(recorded.fs)) {
    throw new InputError({
      file,
      line,
      message: `no file system is called "${recorded.fs}"`,
      expected: `one of ${documents.ids('filesystem').join(', ')}`,
    });
  }
  const filesystem = documents.get('filesystem', recorded.fs);
  const bytes = recorded.pages * PAGE;
  let freeSpace: number | null = null;
  if (recorded.scen.startsWith('S')) {
    const first = recorded.phases[0];
    const last = recorded.phases[recorded.phases.length - 1];
    // What was there before is what is left and what the file took; metadata that comes out of a part kept
    // back from data was never free to data. Clusters are taken whole, of which the extent map says nothing:
    // there it is what is counted before writeback adds metadata.
    const data = filesystem.cluster === undefined ? last.dataKiB : first.blocksKiB;
    const took = filesystem.space.keptShare > 0 && data > 0 ? data : last.blocksKiB;
    freeSpace = recorded.freeAfterKiB === null ? SMALL_FREE_KiB : recorded.freeAfterKiB + took;
  }
  const experiment = checkExperiment({
    format: 'faultline/experiment@1',
    name: 'conformance',
    machines: ['-'],
    kernels: ['-'],
    filesystems: ['-'],
    memory: '8 GiB',
    readAhead: `${recorded.readAheadKiB * 1024} B`,
    ...(freeSpace === null ? {} : { freeSpace: `${freeSpace * 1024} B` }),
    files: [{ name: 'file', size: `${bytes} B` }],
    mappings: [{ name: 'map', file: 'file' }],
    threads: [{ name: 'main', steps }],
  });
  return {
    engineVersion: ENGINE_VERSION,
    experiment,
    policy: filesystem.policy,
    filesystem,
    kernel: documents.get('kernel', 'linux-6.18'),
    machine: {
      id: 'conformance',
      name: 'conformance',
      cores: 1,
      processor: documents.get('processor', 'zen3-milan-2021'),
      kernelCosts: documents.get('kernelCosts', 'linux-6.18-zen3-vm'),
      disk: documents.get('storage', 'fixed-100us'),
    },
    seed: 1,
  };
}

/** Emulates every case and compares. */
export function conformKernel(
  cases: readonly RecordedCase[],
  documents: Documents,
  file: string,
  progress: (done: number, total: number) => void,
): KernelConformance {
  const exact: Record<ConformanceField, number> = { minflt: 0, majflt: 0, blocks: 0, dirty: 0 };
  const mismatches: ConformanceMismatch[] = [];
  const cleaning: KernelConformance['cleaning'][number][] = [];
  const outOfSpace: KernelConformance['outOfSpace'][number][] = [];
  let phases = 0;
  let allExact = 0;
  // Plans first: an unknown name is said before an hour of work, not after it.
  const plans = cases.map((recorded) => planOf(recorded, documents, file));
  cases.forEach((recorded, at) => {
    progress(at, cases.length);
    const { fs, scen, k, pages } = recorded;
    let lastCleaned = 0;
    const outcome = simulate(plans[at], {
      batch(batch) {
        for (let i = 0; i < batch.count; i++)
          if (batch.kind[i] === EventKind.folioCleaned) lastCleaned = Math.max(lastCleaned, batch.time[i]);
      },
      progress: () => undefined,
    });
    for (const phase of recorded.phases) {
      const emulated = outcome.phases.find((candidate) => candidate.name === phase.phase);
      if (emulated === undefined) {
        throw new InputError({
          file,
          line: phase.line,
          message: `scenario ${scen} has no phase "${phase.phase}"`,
          expected: `one of ${outcome.phases.map((p) => p.name).join(', ')}`,
        });
      }
      phases++;
      let all = true;
      for (const field of CONFORMANCE_FIELDS) {
        const [was, is, same] = compare(field, recorded, phase, emulated);
        if (same) {
          exact[field]++;
          continue;
        }
        all = false;
        mismatches.push({
          fs,
          scen,
          phase: phase.phase,
          k,
          npages: pages,
          read_ahead_kb: recorded.readAheadKiB,
          field,
          recorded: was,
          emulated: is,
        });
      }
      if (all) allExact++;
      if (phase.phase === 'wait_bg_writeback')
        cleaning.push({
          fs,
          k,
          npages: pages,
          recordedMs: phase.wallMs,
          emulatedMs: Math.round(lastCleaned / 1e6 - emulated.startNs / 1e3) / 1e3,
        });
      if (phase.phase === 'store_until_sigbus')
        outOfSpace.push({ fs, k, npages: pages, recordedKiB: phase.blocksKiB, emulatedKiB: emulated.statKiB });
    }
  });
  progress(cases.length, cases.length);
  return { phases, exact, allExact, mismatches, cleaning, outOfSpace };
}

/** Recorded figure, emulated figure, and whether they count as the same. */
function compare(
  field: ConformanceField,
  recorded: RecordedCase,
  phase: RecordedPhase,
  emulated: KernelPhase,
): [number, number, boolean] {
  switch (field) {
    case 'minflt':
      return [phase.minflt, emulated.minor, phase.minflt === emulated.minor];
    case 'majflt':
      return [phase.majflt, emulated.major, phase.majflt === emulated.major];
    case 'dirty':
      return [
        phase.dirty,
        emulated.dirtyPages,
        phase.dirty === -1 || recorded.fs.startsWith('tmpfs') || phase.dirty === emulated.dirtyPages,
      ];
    case 'blocks': {
      if (recorded.scen.startsWith('S')) {
        const near = Math.abs(phase.blocksKiB - emulated.statKiB) <= phase.blocksKiB * SPACE_SHARE;
        return [phase.blocksKiB, emulated.statKiB, near];
      }
      // The extent map tells data from metadata; it knows no clusters and nothing that is only in memory.
      const known = phase.dataKiB > 0;
      const data = !known || phase.dataKiB === emulated.mappedKiB;
      return [phase.blocksKiB, emulated.statKiB, data && Math.abs(phase.blocksKiB - emulated.statKiB) <= METADATA_KiB];
    }
  }
}
