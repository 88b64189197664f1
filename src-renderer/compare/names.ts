import type { RunInfo } from '#model/run';

/** What may tell runs apart beyond policy and file system, in the order in which it is tried. */
const FURTHER: readonly ((run: RunInfo) => string)[] = [
  (run) => run.machine,
  (run) => run.kernel,
  (run) => run.experiment,
  (run) => `seed ${run.seed}`,
  (run) => `engine ${run.engineVersion}`,
  (run) => `run ${run.id}`,
];

/** What the runs of a comparison are called: as little as tells them apart; a name that a person gave comes first. */
export function namesOf(runs: readonly RunInfo[]): string[] {
  const differ = (of: (run: RunInfo) => string): boolean => new Set(runs.map(of)).size > 1;
  const sources = differ(({ source }) => source);
  const filesystems = differ(({ filesystem }) => filesystem);
  const names = runs.map((run) => {
    if (run.name !== '') return run.name;
    const recorded = run.source !== 'emulated';
    const parts = [sources ? run.source : '', recorded && sources ? '' : run.policy];
    return [...parts, filesystems ? `on ${run.filesystem}` : ''].filter((part) => part !== '').join(' ');
  });
  for (const further of FURTHER) {
    const same = names.map((name) => names.indexOf(name) !== names.lastIndexOf(name));
    if (!same.includes(true)) break;
    if (!differ(further)) continue;
    runs.forEach((run, i) => {
      if (same[i]) names[i] = `${names[i]}, ${further(run)}`;
    });
  }
  return names;
}
