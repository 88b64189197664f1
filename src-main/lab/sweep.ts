import type { Lab } from '#lab/lab';
import { planHash } from '#lab/run-hash';
import type { RunInfo } from '#model/run';
import type { SweepGrid } from '#model/sweep';

export interface SweepProgress {
  readonly done: number;
  readonly total: number;
  /** Of these, cells that the library had already. */
  readonly found: number;
}

/**
 * Runs every cell of a grid that the library has not; each is saved as it ends, so that a sweep that was stopped goes
 * on where it was, in whatever way it was stopped.
 * @throws InputError before anything runs; Cancelled, with the finished cells kept
 */
export async function runSweep(
  lab: Lab,
  grid: SweepGrid,
  options: { readonly jobs: number; readonly signal?: AbortSignal; onProgress?(progress: SweepProgress): void },
): Promise<RunInfo[]> {
  const plans = grid.cells.map((cell) => {
    const [plan] = lab.plan(cell.document);
    return planHash(plan);
  });
  const results = new Array<RunInfo>(grid.cells.length);
  const missing: number[] = [];
  for (const [index, hash] of plans.entries()) {
    const id = await lab.library.findByPlan(hash);
    if (id === undefined) missing.push(index);
    else results[index] = await lab.library.getRun(id);
  }
  const found = grid.cells.length - missing.length;
  let done = found;
  const tell = (): void => options.onProgress?.({ done, total: grid.cells.length, found });
  tell();
  let next = 0;
  let broken = false;
  const work = async (): Promise<void> => {
    while (!broken && next < missing.length) {
      const index = missing[next++];
      try {
        const [run] = await lab.run(
          grid.cells[index].document,
          options.signal === undefined ? {} : { signal: options.signal },
        );
        results[index] = run;
      } catch (error) {
        broken = true;
        throw error;
      }
      done++;
      tell();
    }
  };
  const lines = await Promise.allSettled(Array.from({ length: Math.max(1, options.jobs) }, work));
  const failed = lines.find((line) => line.status === 'rejected');
  if (failed !== undefined) throw failed.reason instanceof Error ? failed.reason : new Error(String(failed.reason));
  return results;
}
