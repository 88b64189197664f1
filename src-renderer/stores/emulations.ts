import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import { ask, listen } from '../bridge/lab.ts';
import { useNotices } from './notices.ts';
import { useWorkspace } from './workspace.ts';

/** Emulations of recorded runs: made from what the recording tells, and laid beside it. */
export const useEmulations = defineStore('emulations', () => {
  /** The recording that is being emulated. */
  const working = ref<string | null>(null);
  const progress = shallowRef<{ readonly operation: string; readonly share: number } | null>(null);
  const share = computed(() => progress.value?.share ?? 0);
  const notices = useNotices();
  const workspace = useWorkspace();

  listen('operations.progress', ({ operation, done, total }) => {
    if (operation === progress.value?.operation) progress.value = { operation, share: total > 0 ? done / total : 0 };
  });

  /** Emulates what a recorded run did and compares the two. */
  async function emulate(recording: string): Promise<void> {
    if (working.value !== null) return;
    working.value = recording;
    const operation = crypto.randomUUID();
    progress.value = { operation, share: 0 };
    try {
      const { document } = await ask('runs.emulation', recording);
      const [run] = await ask('experiments.run', { operation, document });
      workspace.compare([recording, run.id]);
    } catch (error) {
      notices.fail('This recording cannot be emulated', error);
    } finally {
      working.value = null;
      progress.value = null;
    }
  }

  async function cancel(): Promise<void> {
    if (progress.value !== null) await ask('operations.cancel', progress.value.operation);
  }

  return { working, share, emulate, cancel };
});
