import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { Request } from '#ipc/contract';
import type { RunListing } from '#model/library';
import { ask, listen } from '../bridge/lab.ts';
import { useNotices } from './notices.ts';
import { useUndo } from './undo.ts';

export type RunQuery = Request<'runs.list'>;

const PAGE = 500;
type Facet = 'policy' | 'filesystem' | 'machine';

/** The query as it is asked: words being typed end in spaces, and none of them is no condition. */
function trimmed({ text, ...rest }: RunQuery): RunQuery {
  const words = text?.trim() ?? '';
  return words === '' ? rest : { ...rest, text: words };
}

/** The library as the window shows it: the runs that match the query, all of them, in its order. */
export const useRuns = defineStore('runs', () => {
  const runs = ref<readonly RunListing[]>([]);
  const total = ref(0);
  const tags = ref<readonly { tag: string; runs: number }[]>([]);
  const query = ref<RunQuery>({ sort: 'savedAt', descending: true });
  const loaded = ref(false);
  /** Chosen to be compared, reported, exported or deleted; by id, kept while a filter hides them. */
  const chosen = ref<ReadonlyMap<string, RunListing>>(new Map());
  /** The run that is looked at. */
  const looked = ref<string | null>(null);
  /** What runs were seen to have, whatever is filtered for now: to choose from. */
  const known = ref<Readonly<Record<Facet, readonly string[]>>>({ policy: [], filesystem: [], machine: [] });
  const notices = useNotices();
  const undo = useUndo();
  let asked = 0;

  async function load(): Promise<void> {
    const turn = ++asked;
    try {
      const found: RunListing[] = [];
      for (let more = true; more;) {
        const page = await ask('runs.list', { ...trimmed(query.value), offset: found.length, limit: PAGE });
        // A later question has been asked meanwhile: this answer is stale.
        if (turn !== asked) return;
        found.push(...page.runs);
        total.value = page.total;
        more = page.runs.length > 0 && found.length < page.total;
        runs.value = [...found];
        learn(page.runs);
        loaded.value = true;
      }
      tags.value = await ask('runs.tags', undefined);
    } catch (error) {
      notices.fail('The library cannot be read', error);
    }
  }
  listen('runs.changed', () => void load());

  function learn(page: readonly RunListing[]): void {
    const all = (facet: Facet): string[] =>
      [...new Set([...known.value[facet], ...page.map((run) => run[facet])])].filter((name) => name !== '').sort();
    known.value = { policy: all('policy'), filesystem: all('filesystem'), machine: all('machine') };
  }

  async function setQuery(next: RunQuery): Promise<void> {
    query.value = next;
    await load();
  }

  async function annotate(id: string, changes: Request<'runs.annotate'>['changes']): Promise<void> {
    try {
      const annotation = await ask('runs.annotate', { id, changes });
      runs.value = runs.value.map((run) => (run.id === id ? { ...run, ...annotation } : run));
    } catch (error) {
      notices.fail('The note cannot be kept', error);
    }
  }

  /** Chooses a run, or no longer. */
  function toggle(run: RunListing): void {
    const next = new Map(chosen.value);
    if (!next.delete(run.id)) next.set(run.id, run);
    chosen.value = next;
  }

  function chooseNone(): void {
    chosen.value = new Map();
  }

  /** Deletes runs; they can be brought back until the lab starts the next time. */
  async function remove(ids: readonly string[]): Promise<void> {
    const gone = [...ids];
    try {
      await ask('runs.delete', gone);
      chosen.value = new Map([...chosen.value].filter(([id]) => !gone.includes(id)));
      undo.did(gone.length === 1 ? 'Run deleted' : `${gone.length} runs deleted`, () => void restore(gone));
    } catch (error) {
      notices.fail('The run cannot be deleted', error);
    }
  }

  async function restore(ids: readonly string[]): Promise<void> {
    try {
      await ask('runs.restore', [...ids]);
    } catch (error) {
      notices.fail('The runs cannot be brought back', error);
    }
  }

  return {
    runs,
    total,
    tags,
    known,
    query,
    loaded,
    load,
    setQuery,
    annotate,
    chosen,
    looked,
    toggle,
    chooseNone,
    remove,
  };
});
