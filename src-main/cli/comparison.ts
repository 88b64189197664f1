import { formatTable, type Column } from '#cli/output';
import type { RunInfo } from '#model/run';
import { formatCount, formatTime } from '#model/units';

const right = (title: string, value: (run: RunInfo) => string): Column<RunInfo> => ({ title, value, align: 'right' });
const left = (title: string, value: (run: RunInfo) => string): Column<RunInfo> => ({ title, value });

/** The comparison of policies as a table in plain text, a run a line. */
export function comparisonTable(runs: readonly RunInfo[]): string[] {
  const columns: Column<RunInfo>[] = [
    left('policy', (run) => run.policy),
    right('read', (run) => formatCount(run.metrics.faults.read)),
    right('write', (run) => formatCount(run.metrics.faults.write)),
    right('write-protect', (run) => formatCount(run.metrics.faults.writeProtect)),
    right('major', (run) => formatCount(run.metrics.faults.major)),
    right('SIGBUS', (run) => formatCount(run.metrics.faults.sigbus)),
    right('instantiated', (run) => `${formatCount(run.metrics.blocks.instantiatedKiB)} KiB`),
    right('needed', (run) => `${formatCount(run.metrics.blocks.neededKiB)} KiB`),
    right('needless', (run) => `${formatCount(run.metrics.blocks.needlessKiB)} KiB`),
    right('dirtied', (run) => formatCount(run.metrics.pages.dirtied)),
    right('stored to', (run) => formatCount(run.metrics.pages.storedTo)),
    right('I/O', (run) => formatCount(run.metrics.io.requests)),
    right('written', (run) => `${formatCount(run.metrics.io.writtenKiB)} KiB`),
    right('time', (run) => formatTime(run.metrics.time.simulatedNs * 1e3)),
    left('run', (run) => run.id),
  ];
  const several = (field: 'filesystem' | 'kernel' | 'machine'): boolean =>
    new Set(runs.map((run) => run[field])).size > 1;
  for (const field of ['machine', 'kernel', 'filesystem'] as const) {
    if (several(field))
      columns.splice(
        1,
        0,
        left(field === 'filesystem' ? 'file system' : field, (run) => run[field]),
      );
  }
  if (runs.some((run) => run.metrics.lostBytes > 0))
    columns.splice(
      -2,
      0,
      right('lost', (run) => `${formatCount(run.metrics.lostBytes)} B`),
    );
  if (runs.some((run) => run.verdict !== 'finished'))
    columns.splice(
      -1,
      0,
      left('verdict', (run) => run.verdict),
    );
  return formatTable(runs, columns);
}
