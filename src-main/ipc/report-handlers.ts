import { EXPORT_FORMATS, exportFormat, exportRun, type ExportFormat } from '#lab/export';
import type { Lab } from '#lab/lab';
import type { Printer } from '#lab/printer';
import { gatherReport, type ReportChoice, type ReportSubject } from '#lab/report';
import { sweepSubject } from '#lab/report-sweep';
import { saveReport } from '#lab/save-report';
import type { Request } from './contract.ts';
import type { Operation, Operations } from './operations.ts';
import type { Handlers, MessageTarget } from './register.ts';

/** What reports and exports need of the application. */
export interface ReportServices {
  readonly printer: Printer;
  now(): Date;
  /** Asks where to, and whether a file that exists may be replaced; null when the person changed their mind. */
  askWhereToSave(suggestion: string, kind: string, extension: string): Promise<string | null>;
}

/** How files of each format are called. */
const EXTENSIONS: Readonly<Record<ExportFormat, string>> = {
  chrome: 'json',
  perfetto: 'pftrace',
  csv: 'csv',
  metrics: 'csv',
  json: 'json',
  parquet: 'parquet',
  fio: 'json',
  svg: 'svg',
  png: 'png',
  md: 'md',
  html: 'html',
  pdf: 'pdf',
  bundle: 'faultline',
};

type ReportChannel = Extract<keyof Handlers, `reports.${string}` | `exports.${string}`>;

/** The channels of reports and exports. */
export function reportHandlers(lab: Lab, app: ReportServices, operations: Operations): Pick<Handlers, ReportChannel> {
  const { library } = lab;

  /** Runs long work under the window's id, telling how far it is. */
  const under = <T>(
    id: string,
    sender: MessageTarget,
    name: string,
    work: (told: Pick<Operation, 'signal'> & { onProgress(done: number, total: number): void }) => Promise<T>,
  ): Promise<T> =>
    operations.run(
      id,
      (progress) => {
        if (!sender.isDestroyed()) sender.send('operations.progress', progress);
      },
      ({ signal, progress }) =>
        work({
          signal,
          onProgress: (done, total) => progress({ run: 0, runs: 1, name, done, total, events: done }),
        }),
    );

  return {
    'reports.make': async ({ subject, choice }) =>
      gatherReport(library, await subjectOf(lab, subject), choiceOf(choice), { now: app.now() }),
    'reports.save': async ({ operation, subject, choice, format, paper }, sender) => {
      const meant = await subjectOf(lab, subject);
      const name = fileName(choice.title ?? meant.sweep?.results.grid.name ?? (await titleOf(lab, meant)));
      const file = await app.askWhereToSave(`${name}.${format}`, format.toUpperCase(), format);
      if (file === null) return null;
      const { printer } = app;
      const files = await under(operation, sender, 'report', (told) =>
        saveReport(library, meant, choiceOf(choice), format, file, {
          ...told,
          force: true,
          paper,
          printer,
          now: app.now(),
        }),
      );
      return { files };
    },
    'reports.templates': () => library.templates(),
    'reports.keepTemplate': (template) => library.keepTemplate(template),
    'reports.dropTemplate': (name) => library.dropTemplate(name),

    'exports.formats': () =>
      Object.entries(EXPORT_FORMATS).map(([id, what]) => ({ id, what, extension: EXTENSIONS[id as ExportFormat] })),
    'exports.save': async ({ operation, run: id, format: word, span, paper }, sender) => {
      const format = exportFormat(word);
      const run = await library.getRun(id);
      const extension = EXTENSIONS[format];
      const name = fileName(
        `${run.name === '' ? run.experiment : run.name} ${run.policy} ${format === extension ? '' : format}`,
      );
      const file = await app.askWhereToSave(`${name}.${extension}`, format, extension);
      if (file === null) return null;
      const { printer } = app;
      const files = await under(operation, sender, format, (told) =>
        exportRun(library, id, format, file, { ...told, ...span, force: true, paper, printer, now: app.now() }),
      );
      return { files };
    },
  };
}

async function subjectOf(lab: Lab, { runs, span, sweep }: Request<'reports.make'>['subject']): Promise<ReportSubject> {
  if (sweep !== undefined) return await sweepSubject(lab, sweep);
  return { runs, ...(span === undefined ? {} : { span }) };
}

function choiceOf({ parts, title }: Request<'reports.make'>['choice']): ReportChoice {
  return { ...(parts === undefined ? {} : { parts }), ...(title === undefined ? {} : { title }) };
}

async function titleOf(lab: Lab, { runs }: ReportSubject): Promise<string> {
  return runs.length === 0 ? 'report' : (await lab.library.getRun(runs[0])).experiment;
}

/** A name that every file system takes. */
function fileName(title: string): string {
  const plain = title
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase();
  return plain.slice(0, 80) || 'faultline';
}
