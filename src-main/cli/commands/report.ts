import { resolve } from 'node:path';
import { defineCommand } from 'citty';
import { libraryArg, withLab } from '#cli/open-lab';
import { printJson, printLine } from '#cli/output';
import { writeWhole } from '#cli/write-whole';
import { writeMarkdown } from '#lab/export';
import { gatherReport } from '#lab/report';
import { InputError } from '#model/problem';

const FORMATS = ['html', 'md'];

export default defineCommand({
  meta: { name: 'report', description: 'Write a report of saved runs: one self-contained page, or Markdown' },
  args: {
    run: { type: 'positional', required: true, description: 'run ids, prefixes or hashes ...' },
    format: {
      type: 'string',
      description: 'html: one file that needs nothing else; md: Markdown, its figures as SVG files beside it',
      valueHint: FORMATS.join('|'),
      default: 'html',
    },
    out: { type: 'string', description: 'file to write (default: faultline-report.html or .md)', valueHint: 'FILE' },
    force: { type: 'boolean', description: 'replace the file if it exists' },
    json: { type: 'boolean', description: 'print one JSON document: the path' },
    ...libraryArg,
  },
  async run({ args }) {
    const ids = args._.length > 0 ? args._ : [args.run];
    if (ids.length > 8) throw new InputError({ message: `${ids.length} runs were named`, expected: 'at most 8' });
    const { format } = args;
    if (!FORMATS.includes(format)) {
      const word = format === 'pdf' ? 'PDF is not written yet; print the html report from a browser' : null;
      const message = word ?? `there is no format "${format}"`;
      throw new InputError({ message, expected: FORMATS.join(' or ') });
    }
    const path = resolve(args.out ?? `faultline-report.${format}`);
    const force = args.force === true;
    await withLab(args.library, async (lab) => {
      if (format === 'html') writeWhole(path, await lab.report(ids), force);
      else await writeMarkdown(await gatherReport(lab.library, ids, new Date()), path, force);
    });
    if (args.json) printJson({ report: path });
    else printLine(path);
  },
});
