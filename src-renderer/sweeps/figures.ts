/** What of a sweep's cells can be laid beside each other, and how measures are called. Without Vue. */
import { metricName } from '#model/metric-names';
import { metricUnit } from '#model/sweep-results';
import type { Look } from './store.ts';

/**
 * Figures by cell; undefined where there is none yet, and where the run did not finish: what a deadlocked run came to
 * says only when it was stuck.
 */
export function comparableFigures(look: Look): (number | undefined)[] {
  return look.cells.map((cell) => (cell?.verdict === 'finished' ? (cell.value ?? undefined) : undefined));
}

const UNITS = { KiB: 'KiB', ns: 'time', B: 'bytes', '': '' } as const;

/** A measure for a list to choose from: its name, with the unit where the name does not say it. */
export function measureLabel(path: string): string {
  const unit = UNITS[metricUnit(path)];
  const name = metricName(path);
  return unit === '' || name.includes('time') || name.includes('bytes') ? name : `${name}, ${unit}`;
}

/** Headings of a list of measures, by the first part of their path. */
const GROUPS: Readonly<Record<string, string>> = {
  faults: 'Faults',
  blocks: 'Blocks',
  pages: 'Pages',
  io: 'I/O',
  time: 'Time',
  cpu: 'Processor',
  kernel: 'Kernel',
  lostBytes: 'Failed',
};

/** Measures under headings, each in its order. */
export function measureGroups(paths: readonly string[]): { name: string; paths: string[] }[] {
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const name = GROUPS[path.split('.')[0] ?? ''] ?? 'Other';
    groups.set(name, [...(groups.get(name) ?? []), path]);
  }
  return [...groups].map(([name, own]) => ({ name, paths: own }));
}
