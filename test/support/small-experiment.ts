import type { ExperimentInput } from '#model/experiment';

/** Stores into each page of a small sparse file, on one machine under two policies: some milliseconds a run. */
export const SMALL_EXPERIMENT: ExperimentInput = {
  format: 'faultline/experiment@1',
  name: 'small',
  machines: ['workstation-2005'],
  kernels: ['linux-2.6.11'],
  filesystems: ['plain-4k'],
  policies: ['P1', 'P5'],
  memory: '64 MiB',
  files: [{ name: 'f', size: '1 MiB' }],
  mappings: [{ name: 'm', file: 'f' }],
  threads: [{ name: 't', steps: [{ do: 'store', mapping: 'm', stride: '4 KiB' }] }],
};
