import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { Progress } from '#ipc/schemas';
import type { TakenFile } from '#ipc/import-schemas';
import { ask, listen } from '../bridge/lab.ts';
import { useExperiments } from './experiments.ts';
import { useNotices } from './notices.ts';
import { useWorkspace } from './workspace.ts';

/** Files on their way into the lab, and what became of the last ones. */
export const useImports = defineStore('imports', () => {
  const operation = ref<string | null>(null);
  const progress = ref<Progress | null>(null);
  const taken = ref<readonly TakenFile[]>([]);
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
      settle(found);
    } catch (error) {
      notices.fail('The files cannot be imported', error);
    } finally {
      operation.value = null;
    }
  }

  /** Shows what the files became: an experiment is opened, recordings are listed. */
  function settle(found: readonly TakenFile[]): void {
    for (const file of found) {
      if (file.became === 'experiment') experiments.add(file.file, file.document);
      else if (file.became === 'nothing') notices.fail('This file cannot be taken', new Error(file.message));
      else if (file.became === 'figures')
        notices.say('Figures read', `${file.format}: they belong to a machine document.`);
    }
    const bundled = found.flatMap((file) => (file.became === 'bundle' ? file.runs : []));
    if (bundled.length > 0) {
      const fresh = bundled.filter(({ existing }) => !existing).length;
      notices.say('Bundle opened', `${bundled.length} runs, ${fresh} of them new to the library.`);
    }
    if (bundled.length === 1) workspace.showRun(bundled[0].run);
    else if (bundled.length > 0) workspace.goTo('library');
    else if (found.some(({ became }) => became === 'run')) workspace.goTo('recordings');
    else if (found.some(({ became }) => became === 'experiment')) workspace.goTo('experiments');
  }

  const take = (files: readonly string[]): Promise<void> =>
    work((id) => ask('files.take', { operation: id, files: [...files] }));
  const choose = (): Promise<void> => work((id) => ask('files.choose', id));

  async function cancel(): Promise<void> {
    if (operation.value !== null) await ask('operations.cancel', operation.value);
  }

  return { operation, progress, taken, take, choose, cancel };
});
