import { resolve } from 'node:path';
import { defineCommand } from 'citty';
import { ElectronProcessPrinter } from '#cli/electron-printer';
import { interruptSignal, libraryArg, withLab } from '#cli/open-lab';
import { ProgressLine, printJson, printLine } from '#cli/output';
import { paperOption, spanOption } from '#cli/report-options';
import { EXPORT_FORMATS, exportFormat, exportRun, type ExportFormat } from '#lab/export';
import { InputError } from '#model/problem';
import { PAPERS } from '#model/report';
import { formatCount } from '#model/units';

/** Formats that can be of a part of the run's time. */
const SPANNED: readonly ExportFormat[] = ['svg', 'png', 'html', 'pdf', 'md'];

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
    from: { type: 'string', description: 'svg, png and reports: only of the time from here on', valueHint: 'TIME' },
    to: { type: 'string', description: 'svg, png and reports: only of the time up to here', valueHint: 'TIME' },
    paper: { type: 'string', description: 'sheets of a PDF', valueHint: PAPERS.join('|'), default: 'A4' },
    force: { type: 'boolean', description: 'replace the file if it exists' },
    json: { type: 'boolean', description: 'print one JSON document: the files written' },
    ...libraryArg,
  },
  async run({ args }) {
    const format = exportFormat(args.format);
    const from = spanOption('--from', args.from);
    const to = spanOption('--to', args.to);
    const paper = paperOption(args.paper);
    if (!SPANNED.includes(format) && (from ?? to) !== undefined)
      throw new InputError({
        message: `--from and --to were given with ${format}`,
        expected: `them with ${SPANNED.join(', ')} only`,
      });
    const progress = new ProgressLine();
    try {
      const files = await withLab(args.library, ({ library }) =>
        exportRun(library, args.run, format, resolve(args.out), {
          force: args.force === true,
          now: new Date(),
          paper,
          printer: new ElectronProcessPrinter(),
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
