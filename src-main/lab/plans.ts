import type { Documents } from '#lab/documents';
import type { Experiment } from '#model/experiment';
import { ENGINE_VERSION, type RunPlan } from '#model/plan';

/**
 * The runs of an experiment: one for each machine, kernel, file system and policy, in that order of nesting.
 * @param file where the experiment came from, for errors
 * @throws InputError for an id that no document has
 */
export function planRuns(experiment: Experiment, documents: Documents, file?: string): RunPlan[] {
  const plans: RunPlan[] = [];
  experiment.machines.forEach((machineRef, m) => {
    const machine = documents.resolve('machine', machineRef, file, `machines[${m}]`);
    const hardware: RunPlan['machine'] = {
      id: machine.id,
      name: machine.name,
      cores: machine.cores,
      processor: documents.get('processor', machine.processor, file, `machines[${m}].processor`),
      kernelCosts: documents.get('kernelCosts', machine.kernelCosts, file, `machines[${m}].kernelCosts`),
      disk: documents.get('storage', machine.disk, file, `machines[${m}].disk`),
    };
    experiment.kernels.forEach((kernelRef, k) => {
      const kernel = documents.resolve('kernel', kernelRef, file, `kernels[${k}]`);
      experiment.filesystems.forEach((filesystemRef, f) => {
        const filesystem = documents.resolve('filesystem', filesystemRef, file, `filesystems[${f}]`);
        for (const choice of experiment.policies) {
          const policy = choice === 'native' ? filesystem.policy : choice;
          plans.push({
            engineVersion: ENGINE_VERSION,
            experiment,
            policy,
            filesystem,
            kernel,
            machine: hardware,
            seed: experiment.seed,
          });
        }
      });
    });
  });
  return plans;
}
