import { readFileSync } from 'node:fs';
import type { RunPlan } from '#model/plan';
import { checkExperiment } from '#model/check-experiment';
import { parseFilesystem } from '#model/filesystem';
import { parseKernel } from '#model/kernel';
import { parseKernelCosts } from '#model/kernel-costs';
import type { PolicyId } from '#model/policies';
import { processorSchema } from '#model/processor';
import { storageSchema } from '#model/storage';
import { validate } from '#model/validate';
import { type SimulationOutcome, simulate } from '#emulator/simulation';
import type { EventBatch } from '#model/events';

const RESOURCES = new URL('../../../resources/', import.meta.url);

function json(path: string): unknown {
  return JSON.parse(readFileSync(new URL(path, RESOURCES), 'utf8')) as unknown;
}

/** A run of documents that ship. The experiment's own lists of kernels and so on do not matter. */
export function planOf(
  experiment: Record<string, unknown>,
  choice: { kernel: string; filesystem: string; policy?: PolicyId; disk?: string },
): RunPlan {
  const filesystem = parseFilesystem(json(`filesystems/${choice.filesystem}.json`));
  const old = choice.kernel.startsWith('linux-2');
  return {
    engineVersion: 'test',
    experiment: checkExperiment({
      format: 'faultline/experiment@1',
      name: 'test',
      machines: ['x'],
      kernels: ['x'],
      filesystems: ['x'],
      ...experiment,
    }),
    policy: choice.policy ?? filesystem.policy,
    filesystem,
    kernel: parseKernel(json(`kernels/${choice.kernel}.json`)),
    machine: {
      id: 'test',
      name: 'test',
      cores: 2,
      processor: validate(
        processorSchema,
        json(`machines/processors/${old ? 'pentium4-prescott-2004' : 'zen3-milan-2021'}.json`),
      ),
      kernelCosts: parseKernelCosts(json(`machines/kernel-costs/${old ? 'linux-2005' : 'linux-6.18-zen3-vm'}.json`)),
      disk: validate(storageSchema, json(`machines/disks/${choice.disk ?? 'fixed-100us'}.json`)),
    },
    seed: 1,
  };
}

/** The shipped experiment of that name, as written. */
export function experimentJson(name: string): Record<string, unknown> {
  return json(`experiments/${name}.json`) as Record<string, unknown>;
}

export interface Ran {
  readonly outcome: SimulationOutcome;
  readonly batches: EventBatch[];
}

export function run(plan: RunPlan): Ran {
  const batches: EventBatch[] = [];
  const outcome = simulate(plan, { batch: (batch) => batches.push(batch), progress: () => undefined });
  return { outcome, batches };
}
