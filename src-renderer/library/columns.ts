/** The columns of the library's table. */
import type { RunListing, RunSortField } from '#model/library';
import { formatCount, formatDate, formatKiB, formatNs } from '../ui/format.ts';

export interface Column {
  readonly field: RunSortField;
  readonly label: string;
  readonly numeric: boolean;
  text(run: RunListing, now: Date): string;
  /** What the rounded text stands for, for hovering. */
  exact?(run: RunListing): string;
}

export const COLUMNS: readonly Column[] = [
  {
    field: 'experiment',
    label: 'Experiment',
    numeric: false,
    text: (run) => (run.name === '' ? run.experiment : run.name),
    exact: (run) => (run.name === '' ? run.experiment : `${run.name}: ${run.experiment}`),
  },
  { field: 'policy', label: 'Policy', numeric: false, text: (run) => run.policy },
  { field: 'filesystem', label: 'File system', numeric: false, text: (run) => run.filesystem },
  { field: 'machine', label: 'Machine', numeric: false, text: (run) => run.machine },
  {
    field: 'minor',
    label: 'Minor',
    numeric: true,
    text: (run) => formatCount(run.minor),
    exact: () => 'Minor faults: no disk was read',
  },
  {
    field: 'major',
    label: 'Major',
    numeric: true,
    text: (run) => formatCount(run.major),
    exact: () => 'Major faults: the disk was read, or a hole was met',
  },
  {
    field: 'instantiatedKiB',
    label: 'Instantiated',
    numeric: true,
    text: (run) => formatKiB(run.instantiatedKiB),
    exact: (run) => `${formatCount(run.instantiatedKiB)} KiB`,
  },
  {
    field: 'needlessKiB',
    label: 'Needless',
    numeric: true,
    text: (run) => formatKiB(run.needlessKiB),
    exact: (run) => `${formatCount(run.needlessKiB)} KiB`,
  },
  {
    field: 'simulatedNs',
    label: 'Time',
    numeric: true,
    text: (run) => formatNs(run.simulatedNs),
    exact: (run) => `${formatCount(run.simulatedNs)} ns`,
  },
  { field: 'events', label: 'Events', numeric: true, text: (run) => formatCount(run.events) },
  {
    field: 'savedAt',
    label: 'Saved',
    numeric: true,
    text: (run, now) => formatDate(run.savedAt, now),
    exact: (run) => run.savedAt,
  },
];
