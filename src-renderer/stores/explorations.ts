import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { PolicyExploration, ScenarioListing } from '#ipc/explore-schemas';
import { ask, listen } from '../bridge/lab.ts';
import { useNotices } from './notices.ts';

/** The explorer's scenarios, and what every interleaving of them came to. Kept while the window is open. */
export const useExplorations = defineStore('explorations', () => {
  const scenarios = shallowRef<readonly ScenarioListing[]>([]);
  const chosen = ref<string | null>(null);
  const limit = ref(400_000);
  const results = ref(new Map<string, readonly PolicyExploration[]>());
  const work = shallowRef<{ operation: string; scenario: string } | null>(null);
  /** The policy at work, and how many are done. */
  const progress = shallowRef<{ name: string; run: number; runs: number } | null>(null);
  const notices = useNotices();

  const scenario = computed(() => scenarios.value.find(({ id }) => id === chosen.value) ?? scenarios.value[0] ?? null);
  const explored = computed(() => (scenario.value === null ? null : (results.value.get(scenario.value.id) ?? null)));

  listen('operations.progress', (message) => {
    if (message.operation === work.value?.operation) progress.value = message;
  });

  async function load(): Promise<void> {
    if (scenarios.value.length > 0) return;
    try {
      scenarios.value = await ask('explore.scenarios', undefined);
    } catch (error) {
      notices.fail('The scenarios cannot be read', error);
    }
  }

  async function explore(): Promise<void> {
    const wanted = scenario.value;
    if (wanted === null || work.value !== null) return;
    const operation = crypto.randomUUID();
    work.value = { operation, scenario: wanted.id };
    progress.value = null;
    try {
      const found = await ask('explore.run', { operation, scenario: wanted.id, limit: limit.value });
      results.value.set(wanted.id, found);
    } catch (error) {
      notices.fail('The scenario could not be explored', error);
    } finally {
      work.value = null;
    }
  }

  async function cancel(): Promise<void> {
    if (work.value !== null) await ask('operations.cancel', work.value.operation);
  }

  return { scenarios, scenario, chosen, limit, explored, work, progress, load, explore, cancel };
});
