import type { Lane } from '#model/events';
import type { Experiment } from '#model/experiment';
import type { FilesystemDocument } from '#model/filesystem';
import type { KernelDocument } from '#model/kernel';
import type { KernelCostsDocument } from '#model/kernel-costs';
import type { Metrics, PhaseMetrics, Verdict } from '#model/metrics';
import type { PolicyId } from '#model/policies';
import type { ProcessorDocument } from '#model/processor';
import type { StorageDocument } from '#model/storage';
import type { WaitForGraph } from '#model/wait-for';

/**
 * Version of the emulator's behaviour. Raised by every change that changes any run's bytes: runs of
 * different engine versions are not compared without a warning.
 */
export const ENGINE_VERSION = '8';

/** Everything the emulator sees of one run; plain data, sent to a worker as it is. */
export interface RunPlan {
  readonly engineVersion: string;
  /** Workload, memory and options. Its lists of machines, kernels, file systems and policies are not looked at. */
  readonly experiment: Experiment;
  readonly policy: PolicyId;
  readonly filesystem: FilesystemDocument;
  readonly kernel: KernelDocument;
  readonly machine: {
    readonly id: string;
    readonly name: string;
    readonly cores: number;
    readonly processor: ProcessorDocument;
    readonly kernelCosts: KernelCostsDocument;
    readonly disk: StorageDocument;
  };
  readonly seed: number;
}

/** What a run came to, besides its events. */
export interface RunOutcome {
  readonly metrics: Metrics;
  readonly phases: readonly PhaseMetrics[];
  readonly lanes: readonly Lane[];
  readonly verdict: Verdict;
  /** The knot, when the verdict is deadlock or livelock. */
  readonly waitFor: WaitForGraph | null;
}
