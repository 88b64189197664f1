import { resolve } from 'node:path';
import { defineCommand } from 'citty';
import { interruptSignal, libraryArg, withLab } from '#cli/open-lab';
import { ProgressLine, printJson, printLine } from '#cli/output';
import { EXPORT_FORMATS, exportFormat, exportRun } from '#lab/export';
import { InputError } from '#model/problem';
import { formatCount, parseTime } from '#model/units';

export default defineCommand({
  meta: { name: 'export', description: 'Write a saved run in a form that other programs read' },
  args: {
    run: { type: 'positional', required: true, description: 'run id, prefix or hash' },
    format: {
      type: 'string',
      required: true,
      description: Object.entries(EXPORT_FORMATS)
        .map(([name, what]) => `${name}: ${what}`)
        .join('; '),
      valueHint: 'FORMAT',
    },
    out: { type: 'string', required: true, description: 'file to write', valueHint: 'FILE' },
    from: { type: 'string', description: 'svg: where the picture begins', valueHint: 'TIME' },
    to: { type: 'string', description: 'svg: where the picture ends', valueHint: 'TIME' },
    force: { type: 'boolean', description: 'replace the file if it exists' },
    json: { type: 'boolean', description: 'print one JSON document: the files written' },
    ...libraryArg,
  },
  async run({ args }) {
    const format = exportFormat(args.format);
    const from = timeOption('--from', args.from);
    const to = timeOption('--to', args.to);
    if (format !== 'svg' && (from ?? to) !== undefined)
      throw new InputError({ message: `--from and --to were given with ${format}`, expected: 'them with svg only' });
    const progress = new ProgressLine();
    try {
      const files = await withLab(args.library, ({ library }) =>
        exportRun(library, args.run, format, resolve(args.out), {
          force: args.force === true,
          now: new Date(),
          signal: interruptSignal(),
          onProgress: (done, total) => progress.show(format, done, total, `${formatCount(done)} events read`),
          ...(from === undefined ? {} : { from }),
          ...(to === undefined ? {} : { to }),
        }),
      );
      if (args.json) printJson({ files });
      else printLine(files[0]);
    } finally {
      progress.end();
    }
  },
});

/** @throws InputError when the text is no time */
function timeOption(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ps = parseTime(text);
  if (ps === null)
    throw new InputError({ message: `${option} ${text} is no time`, expected: 'a time such as "30 ms"' });
  return ps;
}
