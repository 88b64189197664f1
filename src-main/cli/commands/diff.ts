import { defineCommand } from 'citty';
import { libraryArg, withLab } from '#cli/open-lab';
import { printJson, printLine } from '#cli/output';
import { diffMarkdown } from '#diff/markdown';
import { compareRuns } from '#lab/compare';
import { InputError } from '#model/problem';

export default defineCommand({
  meta: { name: 'diff', description: 'Compare saved runs: documents, metrics, steps and events, each with the first' },
  args: {
    run: { type: 'positional', required: true, description: 'two to eight run ids, prefixes or hashes ...' },
    json: { type: 'boolean', description: 'print one JSON document' },
    markdown: { type: 'boolean', description: 'print Markdown (the default)' },
    ...libraryArg,
  },
  async run({ args }) {
    if (args.json === true && args.markdown === true)
      throw new InputError({ message: '--json and --markdown were both given', expected: 'one of them' });
    const diff = await withLab(args.library, (lab) => compareRuns(lab.library, args._));
    if (args.json === true) printJson(diff);
    else printLine(diffMarkdown(diff));
  },
});
