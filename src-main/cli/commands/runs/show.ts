import { defineCommand } from 'citty';
import { comparisonTable } from '#cli/comparison';
import { libraryArg, withLab } from '#cli/open-lab';
import { formatTable, printJson, printLine, type Column } from '#cli/output';
import type { PhaseMetrics } from '#model/metrics';
import { formatCount, formatTime } from '#model/units';
import { bytesText } from './sizes.ts';

const STEP_COLUMNS: Column<PhaseMetrics>[] = [
  { title: 'thread', value: (phase) => String(phase.thread) },
  { title: 'step', value: (phase) => phase.name || String(phase.step) },
  { title: 'faults', value: (phase) => formatCount(phase.minor + phase.major), align: 'right' },
  { title: 'instantiated', value: (phase) => `${formatCount(phase.instantiatedKiB)} KiB`, align: 'right' },
  { title: 'time', value: (phase) => formatTime((phase.endNs - phase.startNs) * 1e3), align: 'right' },
];

export default defineCommand({
  meta: { name: 'show', description: 'Show one run: what it is, its figures, its steps' },
  args: {
    run: { type: 'positional', required: true, description: 'run id, prefix or hash' },
    json: { type: 'boolean', description: 'print one JSON document' },
    ...libraryArg,
  },
  async run({ args }) {
    const { run, documents, bytes } = await withLab(args.library, async ({ library }) => {
      const found = await library.getRun(args.run);
      return { run: found, documents: await library.documents(found.id), bytes: await library.bytesOf(found.id) };
    });
    if (args.json) {
      printJson({ ...run, bytes, documents: documents.map(({ kind, hash }) => ({ kind, hash })) });
      return;
    }
    printLine(`${run.id}${run.name === '' ? '' : `  ${run.name}`}${run.starred ? '  ★' : ''}`);
    printLine(`${run.experiment}: ${run.policy} on ${run.filesystem}, ${run.machine}, ${run.kernel}, seed ${run.seed}`);
    printLine(
      `${run.source}, ${run.verdict}, saved ${run.savedAt}, ${formatCount(run.events)} events, ${bytesText(bytes)}`,
    );
    printLine(`hash ${run.hash}, engine ${run.engineVersion}`);
    if (run.tags.length > 0) printLine(`tags: ${run.tags.join(', ')}`);
    if (run.notes !== '') printLine(`notes: ${run.notes}`);
    printLine();
    for (const line of comparisonTable([run])) printLine(line);
    if (run.phases.length === 0) return;
    printLine();
    for (const line of formatTable(run.phases, STEP_COLUMNS)) printLine(line);
  },
});
