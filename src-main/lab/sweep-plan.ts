import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '#model/problem';
import type { SweepGrid } from '#model/sweep';

/** Cells that a job file gives to one machine at a time; the schedulers divide the rest. */
const README = (
  name: string,
  cells: number,
): string => `Sweep "${name}": ${cells} cells, one document each (cells/N.json).

On one machine, with GNU parallel:   sh parallel.sh
On a cluster with Slurm:             sbatch slurm.sh
By hand:                             faultline run cells/0.json --library 0.db && faultline runs export --all --library 0.db --out results/0.faultline

Each cell leaves results/N.faultline. Back in one library, each run checked by its hash:
  faultline runs merge results/*.faultline
`;

const CELL = `#!/bin/sh
# Runs one cell: sh cell.sh N. A cell that is done is left alone.
set -eu
cd "$(dirname "$0")"
[ -e "results/$1.faultline" ] && exit 0
mkdir -p results
library="results/$1.$$.db"
trap 'rm -f "$library" "$library-wal" "$library-shm"' EXIT
\${FAULTLINE:-faultline} run "cells/$1.json" --library "$library" > /dev/null
\${FAULTLINE:-faultline} runs export --all --library "$library" --out "results/$1.faultline"
`;

/** Writes a folder from which other machines can run the sweep: a document a cell, and job files for what divides work. */
export function writeSweepPlan(grid: SweepGrid, folder: string): string[] {
  const last = grid.cells.length - 1;
  const files: [string, string][] = [
    ...grid.cells.map(({ index, document }): [string, string] => [
      join('cells', `${index}.json`),
      `${JSON.stringify(document, null, 2)}\n`,
    ]),
    ['cell.sh', CELL],
    [
      'parallel.sh',
      `#!/bin/sh\n# GNU parallel: one cell a core.\ncd "$(dirname "$0")"\nseq 0 ${last} | parallel sh cell.sh {}\n`,
    ],
    [
      'slurm.sh',
      `#!/bin/sh\n#SBATCH --job-name=faultline-sweep\n#SBATCH --array=0-${last}\n#SBATCH --cpus-per-task=2\ncd "\${SLURM_SUBMIT_DIR:-.}"\nsh cell.sh "$SLURM_ARRAY_TASK_ID"\n`,
    ],
    ['README.txt', README(grid.name, grid.cells.length)],
  ];
  try {
    mkdirSync(join(folder, 'cells'), { recursive: true });
    for (const [name, text] of files) writeFileSync(join(folder, name), text, { flag: 'wx' });
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === 'EEXIST';
    throw new InputError({
      file: folder,
      message: exists ? 'has a plan or other files already' : `cannot be written: ${String(error)}`,
      expected: 'a new or empty folder',
    });
  }
  return files.map(([name]) => name);
}
