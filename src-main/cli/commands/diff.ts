import { defineCommand } from 'citty';
import { BundleRuns, isBundle } from '#cli/bundle-runs';
import { libraryArg, withLab } from '#cli/open-lab';
import { printJson, printLine } from '#cli/output';
import { diffMarkdown } from '#diff/markdown';
import { compareReferences, type Reference } from '#lab/compare';
import { InputError } from '#model/problem';

export default defineCommand({
  meta: { name: 'diff', description: 'Compare saved runs: documents, metrics, steps and events, each with the first' },
  args: {
    run: {
      type: 'positional',
      required: true,
      description: 'two to eight: run ids, prefixes, hashes, or bundles (FILE.faultline or FILE.faultline#RUN) ...',
    },
    json: { type: 'boolean', description: 'print one JSON document' },
    markdown: { type: 'boolean', description: 'print Markdown (the default)' },
    ...libraryArg,
  },
  async run({ args }) {
    if (args.json === true && args.markdown === true)
      throw new InputError({ message: '--json and --markdown were both given', expected: 'one of them' });
    const bundles = new BundleRuns();
    try {
      const diff = await withLab(args.library, async ({ library }) => {
        const references: Reference[] = [];
        for (const word of args._)
          references.push(isBundle(word) ? await bundles.open(word) : { library, reference: word });
        return compareReferences(references);
      });
      if (args.json === true) printJson(diff);
      else printLine(diffMarkdown(diff));
    } finally {
      await bundles.close();
    }
  },
});
