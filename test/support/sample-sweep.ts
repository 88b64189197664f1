import type { ExperimentInput } from '#model/experiment';
import type { CellResult, SweepAxis, SweepResults } from '#model/sweep';
import { positionOf } from '#model/sweep-results';
import { sampleRun } from './sample-run.ts';

/** A grid with made-up results: `figure` gives the needless KiB of a cell, undefined where it is not done. */
export function sampleSweep(
  axes: readonly SweepAxis[],
  figure: (position: readonly number[]) => number | undefined,
): SweepResults {
  const lengths = axes.map((axis) => axis.values.length);
  const total = lengths.reduce((product, length) => product * length, 1);
  const positions = Array.from({ length: total }, (_, index) => positionOf(index, lengths));
  const cells = positions.map((position, index): CellResult | undefined => {
    const value = figure(position);
    if (value === undefined) return undefined;
    const { hash, verdict, metrics } = sampleRun(`cell ${index}`);
    return {
      run: `run${index}`,
      hash,
      verdict,
      metrics: { ...metrics, blocks: { ...metrics.blocks, needlessKiB: value } },
    };
  });
  return {
    grid: {
      name: 'a, "sweep" <of> ours',
      measure: 'blocks.needlessKiB',
      axes,
      cells: positions.map((position, index) => ({ index, position, document: {} as ExperimentInput })),
    },
    cells,
  };
}
