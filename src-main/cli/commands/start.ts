import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { defineCommand } from 'citty';
import { comparisonTable } from '#cli/comparison';
import { ElectronProcessPrinter } from '#cli/electron-printer';
import { libraryArg, libraryPathOf, withLab } from '#cli/open-lab';
import { printLine } from '#cli/output';
import { readExperiment, runWithProgress } from '#cli/run-experiment';
import { saveReport } from '#lab/save-report';
import { checkExperiment } from '#model/check-experiment';

/** The question the lab was made for. */
const SEED_EXPERIMENT = '2005-question';

export default defineCommand({
  meta: {
    name: 'start',
    description: 'What "npm start" does without a display: run an experiment, compare, report',
    hidden: true,
  },
  args: {
    experiment: { type: 'positional', required: false, description: 'file, or id of a shipped experiment' },
    ...libraryArg,
  },
  async run({ args }) {
    const experiment = readExperiment(args.experiment ?? SEED_EXPERIMENT);
    const { name, question } = checkExperiment(experiment.document, experiment.file);
    printLine(name);
    if (question !== '') printLine(question);
    printLine();
    const libraryPath = libraryPathOf(args.library);
    await withLab(args.library, async (lab) => {
      const runs = await runWithProgress(lab, experiment);
      for (const line of comparisonTable(runs)) printLine(line);
      const folder = join(dirname(libraryPath), 'reports');
      mkdirSync(folder, { recursive: true });
      const report = join(folder, `${runs.map((run) => run.id.slice(0, 6)).join('-')}.html`);
      const options = { force: true, paper: 'A4', now: new Date(), printer: new ElectronProcessPrinter() } as const;
      await saveReport(lab.library, { runs: runs.map((run) => run.id) }, {}, 'html', report, options);
      printLine();
      printLine(`library  ${libraryPath}`);
      printLine(`report   ${report}`);
    });
  },
});
