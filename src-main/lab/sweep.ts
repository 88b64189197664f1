import { createHash } from 'node:crypto';
import type { Lab } from '#lab/lab';
import type { PauseSwitch } from '#lab/pause';
import { planHash } from '#model/run-hash';
import { Stopwatch } from '#lab/stopwatch';
import { sweepGrid } from '#lab/sweep-grid';
import { InputError } from '#model/problem';
import type { RunInfo } from '#model/run';
import { labelOf, type CellResult, type SweepGrid } from '#model/sweep';

/** A cell being run. */
export interface CellUnderWay {
  readonly cell: number;
  /** Work done and to do, in the emulator's units. */
  readonly done: number;
  readonly total: number;
}

export interface SweepProgress {
  readonly done: number;
  readonly total: number;
  /** Of the cells done, those that the library had already. */
  readonly found: number;
  readonly underWay: readonly CellUnderWay[];
  /** Of the work that had to be done this time, 0 to 1. */
  readonly fraction: number;
  /** Milliseconds, were the rest as quick as what was done; null while nothing is known. */
  readonly remainingMs: number | null;
  readonly paused: boolean;
}

export interface SweepOptions {
  /** Cells run at once. */
  readonly jobs: number;
  readonly signal?: AbortSignal;
  readonly pause?: PauseSwitch;
  /** Time at work, for the time left; one of its own when left out. */
  readonly watch?: Stopwatch;
  onProgress?(progress: SweepProgress): void;
  /** Told of every cell that has a result: first of those found, then of each as it ends. */
  onCell?(cell: number, result: CellResult): void;
}

/** Less than this share of the work tells nothing about the rest. */
const LEAST_SHARE = 0.002;

/** The grid of a sweep document, with the lab's own experiments and documents. @throws InputError */
export function openSweep(lab: Lab, document: unknown, file?: string): SweepGrid {
  const presets = new Map(lab.experiments().map((preset) => [preset.id, preset.document]));
  return sweepGrid(document, presets, (kind, id, ...where) => lab.documents.source(kind, id, ...where), file);
}

/** Lists of the experiment that a run is listed by anyway. */
const LISTED = ['policies', 'filesystems', 'machines', 'kernels'];

/**
 * What a cell's run is called in the library: the values that no column there tells, in front because they tell cells
 * apart, and its experiment, such as `memory 24 KiB, Deadlock City`. Empty where there are none.
 */
export function cellTitle(grid: SweepGrid, cell: number): string {
  const { position, document } = grid.cells[cell];
  const values = grid.axes.flatMap(({ field, name, values: all }, i) =>
    LISTED.includes(field) ? [] : [`${name} ${labelOf(all[position[i]])}`],
  );
  return values.length === 0 ? '' : [...values, document.name].join(', ').slice(0, MOST_TITLE);
}
/** Signs of a run's name at most. */
const MOST_TITLE = 200;

/** Hashes of a grid's plans, which do not change: thousands of cells are planned once. */
const hashesOf = new WeakMap<SweepGrid, readonly string[]>();

/** Hash of the plan of each cell. @throws InputError for a cell that cannot be run */
function planHashes(lab: Lab, grid: SweepGrid): readonly string[] {
  let hashes = hashesOf.get(grid);
  if (hashes === undefined) {
    hashes = hashCells(lab, grid);
    hashesOf.set(grid, hashes);
  }
  return hashes;
}

function hashCells(lab: Lab, grid: SweepGrid): string[] {
  return grid.cells.map((cell) => {
    const plans = lab.plan(cell.document);
    if (plans.length !== 1)
      throw new InputError({
        path: 'vary',
        message: `cell ${cell.index} makes ${plans.length} runs`,
        expected: 'values of which each is one entry of its list',
      });
    return planHash(plans[0], createHash('sha256'));
  });
}

function resultOf({ id, hash, verdict, metrics }: RunInfo): CellResult {
  return { run: id, hash, verdict, metrics };
}

/** What the library knows of a grid's cells. */
export async function findCells(lab: Lab, grid: SweepGrid): Promise<(CellResult | undefined)[]> {
  return await findByPlans(lab, planHashes(lab, grid));
}

async function findByPlans(lab: Lab, hashes: readonly string[]): Promise<(CellResult | undefined)[]> {
  const known = new Map<string, CellResult | undefined>();
  for (const hash of hashes) {
    if (known.has(hash)) continue;
    const id = await lab.library.findByPlan(hash);
    known.set(hash, id === undefined ? undefined : resultOf(await lab.library.getRun(id)));
  }
  return hashes.map((hash) => known.get(hash));
}

/**
 * Runs every cell of a grid that the library has not; each is saved as it ends, so that a sweep that was stopped goes
 * on where it was, in whatever way it was stopped. Cells that are the same run are run once.
 * @throws InputError before anything runs; Cancelled, with the finished cells kept
 */
export async function runSweep(lab: Lab, grid: SweepGrid, options: SweepOptions): Promise<CellResult[]> {
  const hashes = planHashes(lab, grid);
  const cells = await findByPlans(lab, hashes);
  /** Cells still to be run, those of one plan together. */
  const waiting = new Map<string, number[]>();
  cells.forEach((cell, index) => {
    if (cell !== undefined) options.onCell?.(index, cell);
    else waiting.set(hashes[index], [...(waiting.get(hashes[index]) ?? []), index]);
  });
  const found = cells.filter((cell) => cell !== undefined).length;
  const missing = [...waiting.values()];
  const underWay = new Map<number, CellUnderWay>();
  const watch = options.watch ?? new Stopwatch(() => performance.now());
  let done = found;
  let finished = 0;
  const tell = (): void => {
    let work = finished;
    for (const { done: part, total } of underWay.values()) work += total > 0 ? part / total : 0;
    const fraction = missing.length === 0 ? 1 : work / missing.length;
    options.onProgress?.({
      done,
      total: grid.cells.length,
      found,
      underWay: [...underWay.values()],
      fraction,
      remainingMs: fraction > LEAST_SHARE ? (watch.elapsed * (1 - fraction)) / fraction : null,
      paused: options.pause?.paused === true,
    });
  };
  const stopListening = options.pause?.onChange(() => {
    watch.set(options.pause?.paused !== true);
    tell();
  });
  tell();
  let next = 0;
  let broken = false;
  const work = async (): Promise<void> => {
    while (!broken && next < missing.length) {
      const same = missing[next++];
      const [cell] = same;
      try {
        const [run] = await lab.run(grid.cells[cell].document, {
          onProgress: (state) => {
            underWay.set(cell, { cell, done: state.done, total: state.total });
            tell();
          },
          ...(options.signal === undefined ? {} : { signal: options.signal }),
          ...(options.pause === undefined ? {} : { pause: options.pause }),
        });
        const title = cellTitle(grid, cell);
        if (run.name === '' && title !== '') await lab.library.annotate(run.id, { name: title });
        const result = resultOf(run);
        for (const index of same) {
          cells[index] = result;
          options.onCell?.(index, result);
        }
      } catch (error) {
        broken = true;
        throw error;
      } finally {
        underWay.delete(cell);
      }
      done += same.length;
      finished++;
      tell();
    }
  };
  try {
    const lines = await Promise.allSettled(Array.from({ length: Math.max(1, options.jobs) }, work));
    const failed = lines.find((line) => line.status === 'rejected');
    if (failed !== undefined) throw failed.reason instanceof Error ? failed.reason : new Error(String(failed.reason));
  } finally {
    stopListening?.();
  }
  return cells as CellResult[];
}
