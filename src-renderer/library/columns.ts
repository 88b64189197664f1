/** The columns of the library's table. */
import type { RunListing, RunSortField } from '#model/library';
import { formatCount, formatDate, formatKiB, formatNs } from '../ui/format.ts';

export interface Column {
  readonly field: RunSortField;
  readonly label: string;
  readonly numeric: boolean;
  /** How wide a window must be to have room for it: narrower ones tell it beside the table. */
  readonly room?: 'wide' | 'widest';
  /** What the column holds, for hovering over its head. */
  readonly about?: string;
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
    exact: (run) => [run.name === '' ? run.experiment : `${run.name}: ${run.experiment}`, ...run.tags].join(', '),
  },
  { field: 'policy', label: 'Policy', numeric: false, text: (run) => run.policy, exact: (run) => run.policy },
  {
    field: 'filesystem',
    label: 'File system',
    numeric: false,
    room: 'wide',
    text: (run) => run.filesystem,
    exact: (run) => run.filesystem,
  },
  {
    field: 'machine',
    label: 'Machine',
    numeric: false,
    room: 'widest',
    text: (run) => run.machine,
    exact: (run) => run.machine,
  },
  {
    field: 'minor',
    label: 'Minor faults',
    numeric: true,
    room: 'wide',
    about: 'Faults that found their page in the cache; beside the table they are told apart by the access',
    text: (run) => formatCount(run.minor),
  },
  {
    field: 'major',
    label: 'Major faults',
    numeric: true,
    room: 'wide',
    about: 'Faults that found no page in the cache: it was read, or a hole was met; beside the table by the access',
    text: (run) => formatCount(run.major),
  },
  {
    field: 'instantiatedKiB',
    label: 'Blocks instantiated',
    numeric: true,
    text: (run) => formatKiB(run.instantiatedKiB),
    exact: (run) => `${formatCount(run.instantiatedKiB)} KiB`,
  },
  {
    field: 'needlessKiB',
    label: 'Blocks needless',
    numeric: true,
    text: (run) => formatKiB(run.needlessKiB),
    exact: (run) => `${formatCount(run.needlessKiB)} KiB`,
  },
  {
    field: 'simulatedNs',
    label: 'Simulated time',
    numeric: true,
    text: (run) => formatNs(run.simulatedNs),
    exact: (run) => `${formatCount(run.simulatedNs)} ns${isWhole(run) ? '' : ` until it ended in ${run.verdict}`}`,
  },
  { field: 'events', label: 'Events', numeric: true, room: 'widest', text: (run) => formatCount(run.events) },
  {
    field: 'savedAt',
    label: 'Saved',
    numeric: true,
    text: (run, now) => formatDate(run.savedAt, now),
    exact: (run) => run.savedAt,
  },
];

/** Whether a run did all of its work: the time of one that did not says little. */
export function isWhole(run: Pick<RunListing, 'verdict'>): boolean {
  return run.verdict === 'finished';
}

/** A run in a few words, told apart from others: `Deadlock City, P3 on plain-16k, deadlock`. */
export function describeRun(run: RunListing): string {
  const [what] = COLUMNS;
  const words = [what?.text(run, new Date()), `${run.policy} on ${run.filesystem}`];
  return [...words, ...(isWhole(run) ? [] : [run.verdict])].join(', ');
}
