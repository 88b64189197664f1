import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProgressLine } from '#cli/output';
import { interruptSignal } from '#cli/open-lab';
import { RESOURCES } from '#cli/resources';
import { jsonFiles } from '#lab/documents';
import type { Lab } from '#lab/lab';
import { InputError } from '#model/problem';
import type { RunInfo } from '#model/run';
import { formatCount } from '#model/units';
import { parseJson } from '#model/validate';

/** An experiment as a user names it: a file, or the id of one that ships. */
export interface NamedExperiment {
  readonly document: unknown;
  /** The name to show in errors. */
  readonly file: string;
}

/** @throws InputError when it is neither a file nor a shipped experiment, or no JSON */
export function readExperiment(name: string): NamedExperiment {
  const folder = join(RESOURCES, 'experiments');
  const presets = jsonFiles(folder);
  const path = existsSync(name) ? name : presets.includes(name) ? join(folder, `${name}.json`) : null;
  if (path === null)
    throw new InputError({
      file: name,
      message: 'no such experiment',
      expected: `a file, or one of ${presets.join(', ')}`,
    });
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new InputError({
      file: name,
      message: `cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      expected: 'a readable file',
    });
  }
  return { document: parseJson(text, name), file: name };
}

/** Runs an experiment with progress on standard error. Ctrl+C cancels; finished runs are kept. */
export async function runWithProgress(lab: Lab, experiment: NamedExperiment): Promise<RunInfo[]> {
  const progress = new ProgressLine();
  const shares: number[] = [];
  try {
    return await lab.run(experiment.document, {
      file: experiment.file,
      signal: interruptSignal(),
      onProgress({ run, runs, name, done, total, live }) {
        shares[run] = total > 0 ? done / total : 0;
        const sum = shares.reduce((all, share) => all + share, 0);
        progress.show(`run ${run + 1} of ${runs} (${name})`, sum, runs, `${formatCount(live.events)} events`);
      },
    });
  } finally {
    progress.end();
  }
}
