import { resolve } from 'node:path';
import { defineCommand } from 'citty';
import { libraryArg, withLab } from '#cli/open-lab';
import { printJson, printLine } from '#cli/output';
import { writeWhole } from '#cli/write-whole';
import { InputError } from '#model/problem';

export default defineCommand({
  meta: { name: 'report', description: 'Write a report of saved runs as one self-contained HTML file' },
  args: {
    run: { type: 'positional', required: true, description: 'run ids, prefixes or hashes ...' },
    out: { type: 'string', description: 'file to write', valueHint: 'FILE', default: 'faultline-report.html' },
    force: { type: 'boolean', description: 'replace the file if it exists' },
    json: { type: 'boolean', description: 'print one JSON document: the path' },
    ...libraryArg,
  },
  async run({ args }) {
    const ids = args._.length > 0 ? args._ : [args.run];
    if (ids.length > 8) throw new InputError({ message: `${ids.length} runs were named`, expected: 'at most 8' });
    const path = resolve(args.out);
    await withLab(args.library, async (lab) => writeWhole(path, await lab.report(ids), args.force === true));
    if (args.json) printJson({ report: path });
    else printLine(path);
  },
});
