import { defineCommand } from 'citty';
import { comparisonTable } from '#cli/comparison';
import { libraryArg, withLab } from '#cli/open-lab';
import { printJson, printLine } from '#cli/output';
import { readExperiment, runWithProgress } from '#cli/run-experiment';

export default defineCommand({
  meta: { name: 'run', description: 'Run an experiment and keep its runs in the library' },
  args: {
    experiment: { type: 'positional', required: true, description: 'file, or id of a shipped experiment' },
    json: { type: 'boolean', description: 'print one JSON document' },
    ...libraryArg,
  },
  async run({ args }) {
    const experiment = readExperiment(args.experiment);
    const runs = await withLab(args.library, (lab) => runWithProgress(lab, experiment));
    if (args.json) printJson({ runs });
    else for (const line of comparisonTable(runs)) printLine(line);
  },
});
