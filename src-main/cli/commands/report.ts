import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineCommand } from 'citty';
import { ElectronProcessPrinter } from '#cli/electron-printer';
import { interruptSignal, libraryArg, withLab } from '#cli/open-lab';
import { ProgressLine, printJson, printLine, tell } from '#cli/output';
import { paperOption, spanOption, wordOption } from '#cli/report-options';
import { choiceOf } from '#cli/report-choice';
import type { Lab } from '#lab/lab';
import type { ReportSubject } from '#lab/report';
import { sweepSubject } from '#lab/report-sweep';
import { saveReport } from '#lab/save-report';
import { InputError } from '#model/problem';
import { PAPERS, REPORT_FORMATS, SECTION_IDS, STANDARD_PARTS, TEMPLATE_FORMAT } from '#model/report';
import { formatCount } from '#model/units';
import { parseJson } from '#model/validate';

export default defineCommand({
  meta: { name: 'report', description: 'Write a report of saved runs, of a sweep, or of a span of their time' },
  args: {
    run: { type: 'positional', required: false, description: 'run ids, prefixes or hashes ...' },
    format: {
      type: 'string',
      description:
        'html: one file that needs nothing else; pdf: on paper, tagged; md: Markdown, its figures as SVG files beside it',
      valueHint: REPORT_FORMATS.join('|'),
      default: 'html',
    },
    out: { type: 'string', description: 'file to write (default: faultline-report.FORMAT)', valueHint: 'FILE' },
    force: { type: 'boolean', description: 'replace the file if it exists' },
    sweep: { type: 'string', description: 'the report is of this sweep, as far as it was run', valueHint: 'FILE' },
    from: { type: 'string', description: 'only of the time from here on', valueHint: 'TIME' },
    to: { type: 'string', description: 'only of the time up to here', valueHint: 'TIME' },
    title: { type: 'string', description: 'its title (default: the name of the experiment)', valueHint: 'TEXT' },
    sections: {
      type: 'string',
      description: `what it consists of, in order: ${SECTION_IDS.join(',')},text (default: all)`,
      valueHint: 'LIST',
    },
    text: {
      type: 'string',
      description: 'text of your own: behind the summary, or where --sections says "text"',
      valueHint: 'FILE',
    },
    template: { type: 'string', description: 'a choice that was kept, or a file with one', valueHint: 'NAME' },
    'keep-template': { type: 'string', description: 'keep this choice of parts in the library', valueHint: 'NAME' },
    'drop-template': { type: 'string', description: 'forget a choice that was kept', valueHint: 'NAME' },
    templates: { type: 'boolean', description: 'list the choices that are kept' },
    paper: { type: 'string', description: 'sheets of a PDF', valueHint: PAPERS.join('|'), default: 'A4' },
    json: { type: 'boolean', description: 'print one JSON document: the files written' },
    ...libraryArg,
  },
  async run({ args }) {
    const format = wordOption('--format', args.format, REPORT_FORMATS);
    const paper = paperOption(args.paper);
    const limits = { from: spanOption('--from', args.from), to: spanOption('--to', args.to) };
    const runs = args._.length > 0 ? args._ : args.run === undefined ? [] : [args.run];
    const json = args.json === true;
    const drop = args['drop-template'];
    if (drop !== undefined || args.templates === true) {
      await withLab(args.library, async ({ library }) => {
        if (drop !== undefined) await library.dropTemplate(drop);
        await listTemplates(library, json);
      });
      return;
    }
    if (runs.length === 0 && args.sweep === undefined)
      throw new InputError({ message: 'no run was named', expected: 'runs, or --sweep FILE' });
    const path = resolve(args.out ?? `faultline-report.${format}`);
    const progress = new ProgressLine();
    try {
      const files = await withLab(args.library, async (lab) => {
        const choice = await choiceOf(args, lab.library);
        const subject = await subjectOf(lab, runs, args.sweep, limits);
        const keep = args['keep-template'];
        if (keep !== undefined)
          await lab.library.keepTemplate({
            format: TEMPLATE_FORMAT,
            name: keep,
            parts: [...(choice.parts ?? STANDARD_PARTS)],
          });
        return await saveReport(lab.library, subject, choice, format, path, {
          force: args.force === true,
          paper,
          now: new Date(),
          printer: new ElectronProcessPrinter(),
          signal: interruptSignal(),
          onProgress: (done, total) => progress.show('report', done, total, `${formatCount(done)} events read`),
        });
      });
      if (json) printJson({ files });
      else printLine(files[0]);
    } finally {
      progress.end();
    }
  },
});

async function subjectOf(
  lab: Lab,
  runs: readonly string[],
  sweep: string | undefined,
  { from, to }: { from: number | undefined; to: number | undefined },
): Promise<ReportSubject> {
  if (sweep !== undefined) {
    if (runs.length > 0 || from !== undefined || to !== undefined)
      throw new InputError({ message: '--sweep was given with runs or a span', expected: 'it alone' });
    return await sweepSubject(lab, parseJson(readSweep(sweep), sweep), sweep);
  }
  if (from === undefined && to === undefined) return { runs };
  const extents = await Promise.all(runs.map((run) => lab.library.extent(run)));
  const whole = {
    from: Math.min(...extents.map((extent) => extent.from)),
    to: Math.max(...extents.map((extent) => extent.to)),
  };
  return { runs, span: { from: from ?? whole.from, to: to ?? whole.to } };
}

function readSweep(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new InputError({ file, message: 'cannot be read', expected: 'a sweep document' });
  }
}

async function listTemplates(library: Lab['library'], json: boolean): Promise<void> {
  const templates = await library.templates();
  if (json) {
    printJson(templates);
    return;
  }
  for (const { name, parts } of templates)
    printLine(`${name}: ${parts.map((part) => (typeof part === 'string' ? part : `"${part.title}"`)).join(', ')}`);
  if (templates.length === 0) tell('no templates are kept; --keep-template NAME keeps the choice of a report');
}
