import { defineStore } from 'pinia';
import { ref } from 'vue';
import { ask } from '../bridge/lab.ts';
import { useNotices } from './notices.ts';
import { useWorkspace } from './workspace.ts';

/** Emulations of recorded runs: made from what the recording tells, and laid beside it. */
export const useEmulations = defineStore('emulations', () => {
  /** The recording that is being emulated. */
  const working = ref<string | null>(null);
  const notices = useNotices();
  const workspace = useWorkspace();

  /** Emulates what a recorded run did and compares the two. */
  async function emulate(recording: string): Promise<void> {
    if (working.value !== null) return;
    working.value = recording;
    try {
      const { document } = await ask('runs.emulation', recording);
      const [run] = await ask('experiments.run', { operation: crypto.randomUUID(), document });
      workspace.compare([recording, run.id]);
    } catch (error) {
      notices.fail('This recording cannot be emulated', error);
    } finally {
      working.value = null;
    }
  }

  return { working, emulate };
});
