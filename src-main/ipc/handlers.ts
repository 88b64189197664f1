import type { Lab } from '#lab/lab';
import type { Handlers, MessageTarget } from './register.ts';
import { aggregateEvents, chainOf, seekEvent } from './event-queries.ts';
import type { Operations } from './operations.ts';
import type { MenuCommand, Theme } from './schemas.ts';

/** What only the application itself can answer: dialogs, the menu, the clipboard, settings. */
export interface AppServices {
  info(): { version: string; platform: string; theme: Theme; library: string };
  setTheme(theme: Theme): void;
  setMenu(commands: readonly MenuCommand[]): void;
  copyText(text: string): void;
  takeOpened(): Promise<{ file: string; document: unknown }[]>;
  askForDocument(): Promise<{ file: string; document: unknown } | null>;
  /** Asks where to, writes, and says where; null when the person changed their mind. */
  saveText(suggestion: string, makeText: () => Promise<string>): Promise<{ file: string } | null>;
  /** Tells every window of ours that the library changed. */
  runsChanged(): void;
}

/** Each channel answered by a use case of the lab. */
export function makeHandlers(lab: Lab, app: AppServices, operations: Operations): Handlers {
  const { library } = lab;
  return {
    'app.info': () => app.info(),
    'app.setTheme': (theme) => app.setTheme(theme),
    'app.setMenu': (commands) => app.setMenu(commands),
    'app.copyText': (text) => app.copyText(text),
    'app.takeOpened': () => app.takeOpened(),

    'experiments.list': () => lab.experiments(),
    'experiments.openFile': () => app.askForDocument(),
    'experiments.run': async ({ operation, document, file }, sender) => {
      const tell = (progress: unknown): void => send(sender, 'operations.progress', progress);
      try {
        return await operations.run(operation, tell, ({ signal, progress }) =>
          lab.run(document, {
            signal,
            onProgress: (state) => progress(state),
            ...(file === undefined ? {} : { file }),
          }),
        );
      } finally {
        // Runs that ended before a failure or a cancel are kept, so the list may be longer in any case.
        app.runsChanged();
      }
    },
    'operations.cancel': (id) => operations.cancel(id),

    'runs.list': (query) => library.listRuns(defined(query)),
    'runs.get': (id) => library.getRun(id),
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
    'runs.saveReport': (ids) => app.saveText(`faultline-${ids[0] ?? 'report'}.html`, () => lab.report(ids)),

    'timeline.extent': (run) => library.extent(run),
    'timeline.tile': ({ run, from, to, columns }) => library.tile(run, { from, to, columns }),
    'timeline.event': ({ run, event }) => library.event(run, event),
    'timeline.events': async ({ run, filter, start, limit }) => {
      const { rows, next } = await library.eventList(run, { ...defined(filter), start, limit });
      return { events: rows, next };
    },
    'timeline.chain': ({ run, event, limit }) => chainOf(library, run, event, limit),
    'timeline.seek': ({ run, filter, time, direction }) => seekEvent(library, run, filter, time, direction),
    'timeline.aggregate': ({ run, filter }) => aggregateEvents(library, run, filter),
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
