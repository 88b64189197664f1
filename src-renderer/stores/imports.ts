import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type { Progress } from '#ipc/schemas';
import type { TakenFile } from '#ipc/import-schemas';
import { ask, LabError, listen } from '../bridge/lab.ts';
import { useExperiments } from './experiments.ts';
import { useNotices } from './notices.ts';
import { useWorkspace } from './workspace.ts';

/** Takes a workload that was imported; what it was made of, for people. */
export type WorkloadTaker = (document: unknown, about: string) => void;

/** Files on their way into the lab, and what became of the last ones. */
export const useImports = defineStore('imports', () => {
  const operation = ref<string | null>(null);
  const progress = ref<Progress | null>(null);
  const taken = ref<readonly TakenFile[]>([]);
  /** While a design is open, traces and recordings become part of it. */
  const taker = shallowRef<WorkloadTaker | null>(null);
  const notices = useNotices();
  const experiments = useExperiments();
  const workspace = useWorkspace();

  listen('operations.progress', (message) => {
    if (message.operation === operation.value) progress.value = message;
  });

  async function work(ask_: (id: string) => Promise<TakenFile[]>): Promise<void> {
    if (operation.value !== null) return;
    operation.value = crypto.randomUUID();
    progress.value = null;
    try {
      const found = await ask_(operation.value);
      if (found.length > 0) taken.value = found;
      await settle(found);
    } catch (error) {
      notices.fail('The files cannot be imported', error);
    } finally {
      operation.value = null;
    }
  }

  /** Shows what the files became. */
  async function settle(found: readonly TakenFile[]): Promise<void> {
    let goTo: 'experiments' | 'library' | 'machines' | 'recordings' | null = null;
    for (const file of found) {
      const name = file.file.split(/[\\/]/).pop() ?? file.file;
      if (file.became === 'experiment') {
        if (taker.value !== null && file.format !== '') taker.value(file.document, `${file.format}, ${name}`);
        else {
          experiments.add(file.file, file.document);
          goTo ??= 'experiments';
        }
      } else if (file.became === 'run') {
        if (taker.value !== null) await takeRun(file.run, `${file.format}, ${name}`);
        else goTo = 'recordings';
      } else if (file.became === 'bundle') {
        const n = file.runs.length;
        const fresh = file.runs.filter(({ existing }) => !existing).length;
        notices.say(
          `${name}: ${n} ${n === 1 ? 'run' : 'runs'}`,
          fresh === n ? 'In the library now.' : `${fresh} new, ${n - fresh} in the library already.`,
        );
        goTo ??= 'library';
      } else if (file.became === 'figures') {
        notices.say(`${name}: ${file.format}`, `Kept as “${file.name}” among the machines’ documents.`);
        goTo ??= 'machines';
      } else
        notices.fail(
          `${name} cannot be taken`,
          new LabError({ reason: 'input', message: file.message, details: file.file }),
        );
    }
    if (goTo !== null) workspace.goTo(goTo);
    // One run is what its bundle was made for: to be looked at.
    const [only] = found;
    if (found.length === 1 && only.became === 'bundle' && only.runs.length === 1) workspace.showRun(only.runs[0].run);
  }

  /** Gives the workload of a run to the design that is open. */
  async function takeRun(run: string, about: string): Promise<void> {
    try {
      const { document } = await ask('runs.workload', run);
      taker.value?.(document, about);
    } catch (error) {
      notices.fail('This run cannot be used as a workload', error);
    }
  }

  const take = (files: readonly string[]): Promise<void> =>
    work((id) => ask('files.take', { operation: id, files: [...files] }));
  const choose = (): Promise<void> => work((id) => ask('files.choose', id));

  /** Takes the files that the window was opened with, or told to open since. */
  async function takeOpened(): Promise<void> {
    try {
      const files = await ask('app.takeOpened', undefined);
      if (files.length > 0) await take(files);
    } catch (error) {
      notices.fail('The file cannot be opened', error);
    }
  }

  async function cancel(): Promise<void> {
    if (operation.value !== null) await ask('operations.cancel', operation.value);
  }

  return { operation, progress, taken, taker, take, takeRun, takeOpened, choose, cancel };
});
