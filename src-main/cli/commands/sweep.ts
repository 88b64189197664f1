import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { defineCommand } from 'citty';
import { interruptSignal, libraryArg, withLab } from '#cli/open-lab';
import { ProgressLine, formatTable, printJson, printLine, type Column } from '#cli/output';
import { writeWhole } from '#cli/write-whole';
import { runSweep } from '#lab/sweep';
import { labelOf, sweepGrid } from '#lab/sweep-grid';
import { writeSweepPlan } from '#lab/sweep-plan';
import { metricAt, surprise, sweepCsv } from '#lab/sweep-results';
import { InputError } from '#model/problem';
import type { RunInfo } from '#model/run';
import type { SweepCell, SweepGrid } from '#model/sweep';
import { parseJson } from '#model/validate';

export default defineCommand({
  meta: {
    name: 'sweep',
    description: 'Run an experiment for every combination of values; a sweep that was stopped goes on where it was',
  },
  args: {
    file: { type: 'positional', required: true, description: 'the sweep document' },
    jobs: { type: 'string', description: 'cells run at once (default: one a core)', valueHint: 'N' },
    csv: { type: 'string', description: 'write the results with all metrics here', valueHint: 'FILE' },
    force: { type: 'boolean', description: 'replace the file if it exists' },
    plan: {
      type: 'string',
      description: 'run nothing: write a document a cell and job files for GNU parallel and Slurm',
      valueHint: 'DIR',
    },
    json: { type: 'boolean', description: 'print one JSON document' },
    ...libraryArg,
  },
  async run({ args }) {
    const jobs = args.jobs === undefined ? availableParallelism() : Number(args.jobs);
    if (!Number.isInteger(jobs) || jobs < 1)
      throw new InputError({
        path: '--jobs',
        message: `"${args.jobs ?? ''}" is no number of cells`,
        expected: '1 or more',
      });
    const document = parseJson(readText(args.file), args.file);
    const progress = new ProgressLine();
    const { grid, runs } = await withLab(args.library, async (lab) => {
      const presets = new Map(lab.experiments().map((preset) => [preset.id, preset.document]));
      const made = sweepGrid(document, presets, args.file);
      if (args.plan !== undefined) return { grid: made, runs: null };
      try {
        const onProgress = ({ done, total, found }: { done: number; total: number; found: number }): void =>
          progress.show('sweep', done - found, total - found, `${done} of ${total} cells`);
        return { grid: made, runs: await runSweep(lab, made, { jobs, signal: interruptSignal(), onProgress }) };
      } finally {
        progress.end();
      }
    });
    if (runs === null) {
      const folder = resolve(args.plan!);
      const files = writeSweepPlan(grid, folder);
      if (args.json) printJson({ plan: folder, cells: grid.cells.length, files });
      else printLine(`${folder}: ${grid.cells.length} cells; see README.txt there`);
      return;
    }
    if (args.csv !== undefined) writeWhole(resolve(args.csv), sweepCsv(grid, runs), args.force === true);
    show(grid, runs, args.json === true);
  },
});

function show(grid: SweepGrid, runs: readonly RunInfo[], json: boolean): void {
  const values = runs.map((run) => metricAt(run.metrics, grid.measure));
  if (values.every((value) => value === undefined))
    throw new InputError({
      path: 'measure',
      message: `no run has a metric "${grid.measure}"`,
      expected: 'a path such as blocks.needlessKiB',
    });
  const odd = surprise(grid, values);
  const labels = (cell: SweepCell): string[] => grid.axes.map((axis, i) => labelOf(axis.values[cell.position[i]]));
  if (json) {
    const cells = grid.cells.map((cell) => ({
      values: labels(cell),
      run: runs[cell.index].id,
      hash: runs[cell.index].hash,
      measure: values[cell.index] ?? null,
      surprise: cell.index === odd,
    }));
    printJson({
      name: grid.name,
      measure: grid.measure,
      axes: grid.axes.map(({ name, field }) => ({ name, field })),
      cells,
    });
    return;
  }
  const columns: Column<SweepCell>[] = [
    ...grid.axes.map((axis, i): Column<SweepCell> => ({ title: axis.name, value: (cell) => labels(cell)[i] })),
    { title: grid.measure, value: (cell) => String(values[cell.index] ?? '–'), align: 'right' },
    { title: 'run', value: (cell) => runs[cell.index].id },
    { title: '', value: (cell) => (cell.index === odd ? '← furthest from its neighbours' : '') },
  ];
  for (const line of formatTable(grid.cells, columns)) printLine(line);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new InputError({ file, message: 'cannot be read', expected: 'a sweep document' });
  }
}
