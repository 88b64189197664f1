import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { defineCommand } from 'citty';
import { interruptSignal, libraryArg, withLab } from '#cli/open-lab';
import { ProgressLine, formatLeft, formatTable, printJson, printLine, tell, type Column } from '#cli/output';
import { pauseByKeys } from '#cli/pause-keys';
import { Cancelled } from '#lab/emulate';
import type { Lab } from '#lab/lab';
import { PauseSwitch } from '#lab/pause';
import { Stopwatch } from '#lab/stopwatch';
import { openSweep, runSweep, type SweepProgress } from '#lab/sweep';
import { SWEEP_FILES, sweepFile, type SweepFileFormat } from '#lab/sweep-files';
import { writeSweepPlan } from '#lab/sweep-plan';
import { refuseExisting, writeWholeFile } from '#lab/whole-file';
import { InputError } from '#model/problem';
import { labelOf, type SweepCell, type SweepResults } from '#model/sweep';
import { figureAt, formatFigure, isMetricPath, METRIC_PATHS, shapesOf, surprise } from '#model/sweep-results';
import { parseJson } from '#model/validate';

const FORMATS = Object.keys(SWEEP_FILES) as SweepFileFormat[];

export default defineCommand({
  meta: {
    name: 'sweep',
    description:
      'Run an experiment for every combination of values; a sweep that was stopped, in whatever way, goes on where it was. At a terminal p pauses and continues, Ctrl+C stops',
  },
  args: {
    file: { type: 'positional', required: true, description: 'the sweep document' },
    jobs: { type: 'string', description: 'cells run at once (default: one a core)', valueHint: 'N' },
    measure: { type: 'string', description: "metric to show instead of the document's", valueHint: 'PATH' },
    csv: { type: 'string', description: SWEEP_FILES.csv, valueHint: 'FILE' },
    parquet: { type: 'string', description: SWEEP_FILES.parquet, valueHint: 'FILE' },
    svg: { type: 'string', description: SWEEP_FILES.svg, valueHint: 'FILE' },
    html: { type: 'string', description: SWEEP_FILES.html, valueHint: 'FILE' },
    force: { type: 'boolean', description: 'replace files that exist' },
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
    const files = FORMATS.flatMap((format) => {
      const path = args[format];
      return typeof path === 'string' ? [{ format, path: resolve(path) }] : [];
    });
    // Said before hours of work, not after.
    for (const { path } of files) refuseExisting(path, args.force === true);
    const document = parseJson(readText(args.file), args.file);
    const results = await withLab(args.library, async (lab): Promise<SweepResults | null> => {
      const made = openSweep(lab, document, args.file);
      const grid = args.measure === undefined ? made : { ...made, measure: args.measure };
      if (!isMetricPath(grid.measure))
        throw new InputError({
          ...(args.measure === undefined ? { file: args.file, path: 'measure' } : { path: '--measure' }),
          message: `no run has a metric "${grid.measure}"`,
          expected: `${METRIC_PATHS.join(', ')}, or a name in io.byCause, time.byCauseNs or cpu`,
        });
      if (args.plan === undefined) return await runWithProgress(lab, grid, jobs);
      const folder = resolve(args.plan);
      const written = writeSweepPlan(grid, folder);
      if (args.json) printJson({ plan: folder, cells: grid.cells.length, files: written });
      else printLine(`${folder}: ${grid.cells.length} cells; see README.txt there`);
      return null;
    });
    if (results === null) return;
    for (const { format, path } of files)
      await writeWholeFile(
        path,
        once(sweepFile(results, results.grid.measure, format, new Date())),
        args.force === true,
      );
    show(results, args.json === true);
  },
});

async function* once(content: Promise<string | Uint8Array>): AsyncGenerator<string | Uint8Array> {
  yield await content;
}

/** Runs the grid with progress on standard error. */
async function runWithProgress(lab: Lab, grid: SweepResults['grid'], jobs: number): Promise<SweepResults> {
  const line = new ProgressLine();
  const pause = new PauseSwitch();
  const watch = new Stopwatch(() => performance.now());
  const stopped = interruptSignal();
  let last: SweepProgress | null = null;
  const end = pauseByKeys(pause, watch, process.stdin, () => process.kill(process.pid, 'SIGINT'));
  const onProgress = (progress: SweepProgress): void => {
    line.line(inWords(progress), last !== null && progress.paused !== last.paused);
    last = progress;
  };
  try {
    return { grid, cells: await runSweep(lab, grid, { jobs, pause, watch, signal: stopped, onProgress }) };
  } catch (error) {
    line.end();
    if (error instanceof Cancelled && last !== null) {
      const { done, total } = last as SweepProgress;
      tell(`${done} of ${total} cells are done and kept; the same command goes on with the rest`);
    }
    throw error;
  } finally {
    line.end();
    end();
  }
}

function inWords({ done, total, found, underWay, fraction, remainingMs, paused }: SweepProgress): string {
  const left = paused
    ? ', paused: p continues'
    : remainingMs === null || fraction >= 1
      ? ''
      : `, ${formatLeft(remainingMs)} left`;
  const had = found > 0 ? ` (${found} were there)` : '';
  const running = paused || underWay.length === 0 ? '' : `, ${underWay.length} under way`;
  return `sweep: ${Math.floor(fraction * 100)} %${left}, ${done} of ${total} cells${had}${running}`;
}

function show({ grid, cells }: SweepResults, json: boolean): void {
  const values = cells.map((cell) => (cell === undefined ? undefined : figureAt(cell.metrics, grid.measure)));
  const odd = surprise(shapesOf(grid.axes), values);
  const labels = (cell: SweepCell): string[] => grid.axes.map((axis, i) => labelOf(axis.values[cell.position[i]]));
  if (json) {
    printJson({
      name: grid.name,
      measure: grid.measure,
      axes: grid.axes.map(({ name, field }) => ({ name, field })),
      cells: grid.cells.map((cell) => ({
        values: labels(cell),
        run: cells[cell.index]?.run ?? null,
        hash: cells[cell.index]?.hash ?? null,
        verdict: cells[cell.index]?.verdict ?? null,
        measure: values[cell.index] ?? null,
        surprise: cell.index === odd,
      })),
    });
    return;
  }
  const figure = (cell: SweepCell): string => {
    const value = values[cell.index];
    return value === undefined ? '–' : formatFigure(value, grid.measure);
  };
  const columns: Column<SweepCell>[] = [
    ...grid.axes.map((axis, i): Column<SweepCell> => ({ title: axis.name, value: (cell) => labels(cell)[i] })),
    { title: grid.measure, value: figure, align: 'right' },
    { title: 'run', value: (cell) => cells[cell.index]?.run ?? '–' },
    {
      title: '',
      value: (cell) => {
        const verdict = cells[cell.index]?.verdict;
        return [
          verdict === undefined || verdict === 'finished' ? '' : verdict,
          cell.index === odd ? '← furthest from its neighbours' : '',
        ]
          .filter((word) => word !== '')
          .join(' ');
      },
    },
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
