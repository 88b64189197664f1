import { availableParallelism } from 'node:os';
import type { Lab } from '#lab/lab';
import { PauseSwitch } from '#lab/pause';
import { findCells, openSweep, runSweep, type SweepProgress } from '#lab/sweep';
import { sweepFile } from '#lab/sweep-files';
import { writeWholeFile } from '#lab/whole-file';
import { InputError } from '#model/problem';
import type { CellResult, SweepGrid } from '#model/sweep';
import { figureAt, metricPaths } from '#model/sweep-results';
import type { Operations } from './operations.ts';
import type { Handlers } from './register.ts';
import type { ReportServices } from './report-handlers.ts';
import type { SweepLook, SweepProgressMessage } from './sweep-schemas.ts';

/** Messages of a sweep at most: one in 100 ms, and always the last and each change of pause. */
const PROGRESS_INTERVAL_MS = 100;

type SweepChannel = Extract<keyof Handlers, `sweeps.${string}`>;

/** What the handlers need of the application. */
export interface SweepServices extends Pick<ReportServices, 'askWhereToSave' | 'now'> {
  runsChanged(): void;
}

/** Opens sweeps, keeping the last: checking thousands of cells again for each question would be felt. */
class SweepDesk {
  private readonly lab: Lab;
  private text = '';
  private grid: SweepGrid | null = null;

  constructor(lab: Lab) {
    this.lab = lab;
  }

  /** @throws InputError */
  open(document: unknown): SweepGrid {
    const text = JSON.stringify(document) ?? '';
    if (this.grid === null || text !== this.text) {
      this.grid = openSweep(this.lab, document);
      this.text = text;
    }
    return this.grid;
  }
}

/** The channels of sweeps. */
export function sweepHandlers(lab: Lab, app: SweepServices, operations: Operations): Pick<Handlers, SweepChannel> {
  const desk = new SweepDesk(lab);
  const pauses = new Map<string, PauseSwitch>();

  return {
    'sweeps.look': async ({ document, measure }): Promise<SweepLook> => {
      const cores = availableParallelism();
      try {
        const grid = desk.open(document);
        const cells = await findCells(lab, grid);
        const metrics = cells.flatMap((cell) => (cell === undefined ? [] : [cell.metrics]));
        return {
          problem: null,
          axes: grid.axes.map(({ field, name, values }) => ({ field, name, values: [...values] })),
          cells: cells.map((cell) => (cell === undefined ? null : shown(cell, measure))),
          measures: metricPaths(metrics),
          cores,
        };
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        return { problem: error.problem, axes: [], cells: [], measures: [], cores };
      }
    },

    'sweeps.run': async ({ operation, document, jobs }, sender) => {
      const grid = desk.open(document);
      const pause = new PauseSwitch();
      pauses.set(operation, pause);
      let ended: SweepProgressMessage['ended'] = [];
      let toldAt = -Infinity;
      let told = { paused: false, done: -1 };
      const tell = (progress: SweepProgress): void => {
        const now = performance.now();
        const due = progress.paused !== told.paused || progress.done === progress.total;
        if ((!due && now - toldAt < PROGRESS_INTERVAL_MS) || sender.isDestroyed()) return;
        toldAt = now;
        told = progress;
        sender.send('sweeps.progress', { operation, ...progress, ended } satisfies Sent);
        ended = [];
      };
      try {
        await operations.run(
          operation,
          () => undefined,
          ({ signal }) =>
            runSweep(lab, grid, {
              jobs,
              signal,
              pause,
              onProgress: tell,
              onCell: (cell, { run, verdict, metrics }) => ended.push({ cell, run, verdict, metrics }),
            }),
        );
      } finally {
        pauses.delete(operation);
        // Cells that ended before a failure or a cancel are kept.
        app.runsChanged();
      }
    },
    'sweeps.pause': ({ operation, paused }) => {
      pauses.get(operation)?.set(paused);
    },

    'sweeps.save': async ({ document, measure, format }) => {
      const grid = desk.open(document);
      const file = await app.askWhereToSave(`${nameOf(grid)}.${format}`, format.toUpperCase(), format);
      if (file === null) return null;
      const results = { grid, cells: await findCells(lab, grid) };
      await writeWholeFile(file, once(await sweepFile(results, measure, format, app.now())), true);
      return { file };
    },
  };
}

/** As sent: arrays that are only read. */
type Sent = Omit<SweepProgressMessage, 'underWay'> & Pick<SweepProgress, 'underWay'>;

function shown({ run, verdict, metrics }: CellResult, measure: string): NonNullable<SweepLook['cells'][number]> {
  return { run, verdict, value: figureAt(metrics, measure) ?? null };
}

async function* once(content: string | Uint8Array): AsyncGenerator<string | Uint8Array> {
  yield await Promise.resolve(content);
}

/** A name that every file system takes. */
function nameOf({ name }: SweepGrid): string {
  const plain = name.normalize('NFKD').replace(/[^A-Za-z0-9]+/g, '-').replace(/^-+|-+$/g, ''); // prettier-ignore
  return plain.slice(0, 80).toLowerCase() || 'sweep';
}
