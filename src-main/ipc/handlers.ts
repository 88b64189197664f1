import type { Worker } from 'node:worker_threads';
import { EXPLORER_POLICIES } from '#emulator/explorer/policies';
import { compareRuns } from '#lab/compare';
import { emulationOf } from '#lab/emulation-of';
import { clockOf } from '#lab/run-clock';
import { RunPairs } from '#lab/run-pairs';
import type { Lab } from '#lab/lab';
import { pageLifeOfEvent } from '#lab/page-life';
import { documentSchema } from '#lab/schemas';
import { workloadOf } from '#lab/workload';
import { experimentSchema } from '#model/experiment';
import { InputError } from '#model/problem';
import { problemsIn } from '#model/validate';
import { IMPORTERS } from '#recording/formats';
import type { Handlers, MessageTarget } from './register.ts';
import { chainOf, narrowed, seekEvent } from './event-queries.ts';
import type { TakenFile } from './import-schemas.ts';
import { MapMaker } from './address-map.ts';
import { reportHandlers, type ReportServices } from './report-handlers.ts';
import { explored, scenarioListings } from './explorations.ts';
import { sweepHandlers } from './sweep-handlers.ts';
import { documentFolder, listDocuments, saveDocument, sourceOf } from './document-handlers.ts';
import { takeFiles } from './take-files.ts';
import type { Operations } from './operations.ts';
import type { Contrast, MenuCommand, Theme, Zoom } from './schemas.ts';

/** What only the application itself can answer: dialogs, the menu, the clipboard, settings. */
export interface AppServices extends ReportServices {
  info(): { version: string; platform: string; theme: Theme; contrast: Contrast; library: string };
  setTheme(theme: Theme): void;
  setContrast(contrast: Contrast): void;
  zoom(zoom: Zoom): void;
  setMenu(commands: readonly MenuCommand[]): void;
  copyText(text: string): void;
  takeOpened(): string[];
  askForDocument(): Promise<{ file: string; document: unknown } | null>;
  /** Files to import; none when the person changed their mind. */
  askForFiles(): Promise<string[]>;
  /** ISO date. */
  today(): string;
  /** A thread that explores scenarios. */
  startExplorer(): Worker;
  /** Tells every window of ours that the library changed. */
  runsChanged(): void;
}

/** Each channel answered by a use case of the lab. */
export function makeHandlers(lab: Lab, app: AppServices, operations: Operations): Handlers {
  const { library } = lab;
  const maps = new MapMaker(library);
  const pairs = new RunPairs(library);
  const take = async (id: string, files: readonly string[], sender: MessageTarget): Promise<TakenFile[]> => {
    const tell = (progress: unknown): void => {
      send(sender, 'operations.progress', progress);
    };
    const taken = await operations.run(id, tell, (operation) => takeFiles(files, lab, operation, app.today()));
    if (taken.some(({ became }) => became === 'run' || became === 'bundle')) app.runsChanged();
    return taken;
  };
  return {
    'app.info': () => app.info(),
    'app.setTheme': (theme) => app.setTheme(theme),
    'app.setContrast': (contrast) => app.setContrast(contrast),
    'app.zoom': (zoom) => app.zoom(zoom),
    'app.setMenu': (commands) => app.setMenu(commands),
    'app.copyText': (text) => app.copyText(text),
    'app.takeOpened': () => app.takeOpened(),

    'experiments.list': () => lab.experiments(),
    'experiments.openFile': () => app.askForDocument(),
    'experiments.check': (document) => {
      try {
        return { problems: [], runs: lab.plan(document).length };
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        // Running stops at the first; who writes a document wants to see them all.
        const problems = problemsIn(experimentSchema, document);
        return { problems: problems.length > 0 ? problems : [error.problem], runs: null };
      }
    },
    'experiments.run': async ({ operation, document, file }, sender) => {
      const tell = (progress: unknown): void => send(sender, 'operations.progress', progress);
      try {
        return await operations.run(operation, tell, ({ signal, progress }) =>
          lab.run(document, {
            signal,
            onProgress: ({ live, ...state }) => progress({ ...state, live, events: live.events }),
            ...(file === undefined ? {} : { file }),
          }),
        );
      } finally {
        // Runs that ended before a failure or a cancel are kept, so the list may be longer in any case.
        app.runsChanged();
      }
    },
    'operations.cancel': (id) => operations.cancel(id),

    ...sweepHandlers(lab, app, operations),

    'runs.list': (query) => library.listRuns(defined(query)),
    'runs.get': (id) => library.getRun(id),
    'runs.workload': async (id) => {
      const { document, leftAside } = await workloadOf(library, id);
      return { document, leftAside: [...leftAside] };
    },
    'runs.tags': () => library.tags(),
    'runs.annotate': async ({ id, changes }) => {
      const annotation = await library.annotate(id, defined(changes));
      app.runsChanged();
      return annotation;
    },
    'runs.delete': async (ids) => {
      for (const id of ids) await library.deleteRun(id);
      app.runsChanged();
    },
    'runs.restore': async (ids) => {
      for (const id of ids) await library.restoreRun(id);
      app.runsChanged();
    },

    ...reportHandlers(lab, app, operations),

    'runs.compare': (ids) => compareRuns(library, ids),
    'runs.agreement': ({ left, right }) => pairs.agreement(left, right),
    'runs.why': ({ left, right, side, event }) => pairs.why(left, right, side, event),
    'runs.firstStore': (id) => pairs.firstStore(id),
    'runs.clock': (id) => clockOf(library, id),
    'runs.emulation': async (id) => ({ document: await emulationOf(library, id, lab.documents) }),

    'explore.scenarios': () => scenarioListings(lab.documents),
    'explore.run': ({ operation, scenario, limit }, sender) => {
      const tell = (progress: unknown): void => send(sender, 'operations.progress', progress);
      return operations.run(operation, tell, ({ signal, progress }) => {
        const runs = EXPLORER_POLICIES.length;
        const onPolicy = (name: string, run: number): void => {
          progress({ run, runs, name, done: 0, total: 1, events: 0 });
        };
        return explored(lab.documents.get('scenario', scenario), limit, {
          makeWorker: () => app.startExplorer(),
          signal,
          onPolicy,
        });
      });
    },

    'documents.list': () => listDocuments(lab.documents),
    'documents.source': ({ kind, id }) => sourceOf(lab.documents, kind, id),
    'documents.folder': () => documentFolder(lab.documents),
    'documents.save': (document) => {
      saveDocument(lab.documents, document);
    },
    'documents.remove': (id) => lab.documents.own?.remove(id) ?? null,
    'documents.schema': (format) => documentSchema(format),

    'files.take': ({ operation, files }, sender) => take(operation, files, sender),
    'files.choose': async (operation, sender) => take(operation, await app.askForFiles(), sender),
    'files.formats': () => IMPORTERS.map(({ id, label }) => ({ id, label })),

    'timeline.extent': (run) => library.extent(run),
    'timeline.tile': ({ run, ...request }) => library.tile(run, defined(request)),
    'timeline.event': ({ run, event }) => library.event(run, event),
    'timeline.events': async ({ run, filter, start, limit }) => {
      const { rows, next } = await library.eventList(run, { ...narrowed(filter), start, limit });
      return { events: rows, next };
    },
    'timeline.chain': ({ run, event, limit }) => chainOf(library, run, event, limit),
    'timeline.handlers': ({ run, faults }) => library.handlers(run, faults),
    'timeline.seek': ({ run, filter, time, direction }) => seekEvent(library, run, filter, time, direction),
    'timeline.search': ({ run, criteria }) => library.search(run, criteria),
    'timeline.hit': ({ run, criteria, event, direction }) => library.hit(run, criteria, event, direction),
    'timeline.map': (request) => maps.make(request),
    'timeline.pageLife': ({ run, event }) => pageLifeOfEvent(library, run, event),
    'marks.list': (run) => library.marks(run),
    'marks.put': ({ run, mark }) => library.putMark(run, mark),
    'marks.remove': ({ run, mark }) => library.removeMark(run, mark),
    'timeline.aggregate': ({ run, filter }) => library.aggregate(run, narrowed(filter)),
  };
}

/** Without the fields that are there but undefined: to the lab, absent and undefined are not the same. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

function send(target: MessageTarget, topic: string, message: unknown): void {
  if (!target.isDestroyed()) target.send(topic, message);
}
