import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import { ask, listen } from '../bridge/lab.ts';
import { formatRemaining } from '../ui/format.ts';
import { useNotices } from './notices.ts';

/** Something that takes a while and can be cancelled: a report or an export being written. */
export interface Work {
  readonly operation: string;
  readonly title: string;
  readonly done: number;
  readonly total: number;
  readonly cancelling: boolean;
}

/** Less than this share tells nothing about the rest. */
const LEAST_SHARE = 0.01;

/** The file being written, if any: one at a time. */
export const useWork = defineStore('work', () => {
  const work = ref<Work | null>(null);
  const seconds = ref(0);
  const notices = useNotices();
  let startedAt = 0;

  listen('operations.progress', ({ operation, done, total }) => {
    if (work.value?.operation !== operation) return;
    if (work.value.total === 0) startedAt = performance.now();
    seconds.value = (performance.now() - startedAt) / 1000;
    work.value = { ...work.value, done, total };
  });

  const share = computed(() =>
    work.value === null || work.value.total === 0 ? 0 : work.value.done / work.value.total,
  );
  const remaining = computed(() => {
    if (share.value < LEAST_SHARE) return 'estimating time left';
    return share.value >= 1 ? 'writing' : `${formatRemaining((seconds.value * (1 - share.value)) / share.value)} left`;
  });

  /** Runs what writes files, and says where they are or what went wrong. */
  async function save(title: string, act: (operation: string) => Promise<{ files: string[] } | null>): Promise<void> {
    if (work.value !== null) {
      notices.say('One file at a time', `${work.value.title} is still being written.`);
      return;
    }
    const operation = crypto.randomUUID();
    work.value = { operation, title, done: 0, total: 0, cancelling: false };
    seconds.value = 0;
    try {
      const saved = await act(operation);
      const more = saved === null ? 0 : saved.files.length - 1;
      if (saved !== null)
        notices.say(`${title} saved`, `${saved.files[0] ?? ''}${more > 0 ? `, and ${more} figures beside it` : ''}`);
    } catch (error) {
      notices.fail(`${title} cannot be saved`, error);
    } finally {
      work.value = null;
    }
  }

  async function cancel(): Promise<void> {
    if (work.value === null) return;
    work.value = { ...work.value, cancelling: true };
    await ask('operations.cancel', work.value.operation);
  }

  return { work, share, remaining, save, cancel };
});
