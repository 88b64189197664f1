import { defineCommand } from 'citty';
import { comparisonTable } from '#cli/comparison';
import { libraryArg, withLab } from '#cli/open-lab';
import { printJson, printLine } from '#cli/output';
import { sizeText } from './sizes.ts';

/** Runs a list shows unless asked for more. */
const PAGE = 100;

export default defineCommand({
  meta: { name: 'list', description: 'List the runs of the library, newest first' },
  args: {
    text: { type: 'positional', required: false, description: 'words sought in names, notes, tags and documents ...' },
    limit: { type: 'string', description: `at most so many (default ${PAGE})`, valueHint: 'N' },
    json: { type: 'boolean', description: 'print one JSON document' },
    ...libraryArg,
  },
  async run({ args }) {
    const limit = args.limit === undefined ? PAGE : Number(args.limit);
    const text = args._.join(' ');
    const { total, runs, size } = await withLab(args.library, async (lab) => {
      const page = await lab.library.listRuns({ limit, ...(text === '' ? {} : { text }) });
      const full = await Promise.all(page.runs.map((run) => lab.library.getRun(run.id)));
      return { total: page.total, runs: full, size: await lab.library.size() };
    });
    if (args.json) {
      printJson({ total, runs });
      return;
    }
    if (runs.length === 0) {
      printLine(
        text === '' ? 'The library is empty: "faultline run 2005-question" makes the first runs.' : 'No run matches.',
      );
      return;
    }
    for (const line of comparisonTable(runs)) printLine(line);
    if (total > runs.length) printLine(`${runs.length} of ${total} runs; --limit shows more`);
    printLine(sizeText(size));
  },
});
