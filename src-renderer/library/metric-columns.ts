/** The columns of a result: what each run came to, in the words and units of the field. */
import type { RunInfo } from '#model/run';
import { formatCount, formatKiB, formatNs } from '../ui/format.ts';

export interface MetricColumn {
  readonly group: string;
  readonly label: string;
  /** Shown only where one of the runs has something to say there. */
  readonly ifAny?: boolean;
  /** Says nothing of a run that did not finish. */
  readonly ofWhole?: boolean;
  value(run: RunInfo): number;
  text(value: number): string;
  /** What the rounded text stands for, for hovering. */
  readonly exact?: (value: number) => string;
}

const exactKiB = (KiB: number): string => `${formatCount(KiB)} KiB`;
const exactNs = (ns: number): string => `${formatCount(ns)} ns`;

const COLUMNS: readonly MetricColumn[] = [
  { group: 'Faults', label: 'read', value: (run) => run.metrics.faults.read, text: formatCount },
  { group: 'Faults', label: 'write', value: (run) => run.metrics.faults.write, text: formatCount },
  { group: 'Faults', label: 'write-protect', value: (run) => run.metrics.faults.writeProtect, text: formatCount },
  { group: 'Blocks', label: 'instantiated', value: (run) => run.metrics.blocks.instantiatedKiB, text: formatKiB, exact: exactKiB }, // prettier-ignore
  { group: 'Blocks', label: 'needed', value: (run) => run.metrics.blocks.neededKiB, text: formatKiB, exact: exactKiB },
  { group: 'Blocks', label: 'needless', value: (run) => run.metrics.blocks.needlessKiB, text: formatKiB, exact: exactKiB }, // prettier-ignore
  { group: 'Failed', label: 'SIGBUS', ifAny: true, value: (run) => run.metrics.faults.sigbus, text: formatCount },
  { group: 'Failed', label: 'data lost', ifAny: true, value: (run) => run.metrics.lostBytes / 1024, text: formatKiB, exact: (KiB) => `${formatCount(KiB * 1024)} bytes` }, // prettier-ignore
  { group: 'Pages', label: 'dirtied', value: (run) => run.metrics.pages.dirtied, text: formatCount },
  { group: 'Pages', label: 'stored to', value: (run) => run.metrics.pages.storedTo, text: formatCount },
  { group: 'I/O', label: 'requests', value: (run) => run.metrics.io.requests, text: formatCount },
  { group: 'I/O', label: 'written', value: (run) => run.metrics.io.writtenKiB, text: formatKiB, exact: exactKiB },
  { group: 'Time', label: 'simulated', ofWhole: true, value: (run) => run.metrics.time.simulatedNs, text: formatNs, exact: exactNs }, // prettier-ignore
];

/**
 * The columns that these runs need.
 * @param copies pages copied on write by run id, where they were counted
 */
export function columnsFor(runs: readonly RunInfo[], copies: ReadonlyMap<string, number>): MetricColumn[] {
  const copied: MetricColumn = {
    group: 'Pages',
    label: 'copied',
    ifAny: true,
    value: (run) => copies.get(run.id) ?? 0,
    text: formatCount,
    exact: (pages) => `${formatCount(pages)} pages copied on write`,
  };
  const at = COLUMNS.findIndex(({ group }) => group === 'I/O');
  return COLUMNS.toSpliced(at, 0, copied).filter(
    (column) => column.ifAny !== true || runs.some((run) => column.value(run) > 0),
  );
}
