import { shallowRef, type ShallowRef } from 'vue';
import type { EventCriteria, SearchProgress } from '#model/search';
import type { EventRow, Tile } from '#model/tile';
import { ask } from '../bridge/lab.ts';

/** A search that goes on in a run: asked, found, gone through. */
export interface SearchSession {
  /** What is sought, null for nothing. */
  readonly criteria: ShallowRef<EventCriteria | null>;
  /** How far it has come, null before the first answer. */
  readonly progress: ShallowRef<SearchProgress | null>;
  /** What of the run is shown: the criteria once everything is found. */
  readonly shown: ShallowRef<EventCriteria | null>;
  /** Place of the hit that was gone to last among all, from 0. */
  readonly rank: ShallowRef<number | null>;
  /** Begins a search, or ends it with null. */
  seek(criteria: EventCriteria | null): Promise<void>;
  /** The hit beside an event; past the last one it begins again at the first. */
  hit(event: number, direction: 'next' | 'previous'): Promise<EventRow | null>;
  /** The whole run's tile of what is shown, for the overview. */
  readonly overview: ShallowRef<Tile | null>;
}

/**
 * @param overview asks for the whole run's tile
 * @param changed is told when what is shown changes
 */
export function useSearch(
  run: string,
  overview: (criteria: EventCriteria) => Promise<Tile>,
  changed: () => void,
  onError: (error: unknown) => void,
): SearchSession {
  const criteria = shallowRef<EventCriteria | null>(null);
  const progress = shallowRef<SearchProgress | null>(null);
  const shown = shallowRef<EventCriteria | null>(null);
  const rank = shallowRef<number | null>(null);
  const found = shallowRef<Tile | null>(null);
  let turn = 0;

  async function seek(next: EventCriteria | null): Promise<void> {
    const own = ++turn;
    criteria.value = next;
    progress.value = null;
    rank.value = null;
    if (next === null) {
      found.value = null;
      shown.value = null;
      changed();
      return;
    }
    try {
      for (let complete = false; !complete;) {
        const state = await ask('timeline.search', { run, criteria: next });
        if (own !== turn) return;
        progress.value = state;
        complete = state.complete;
      }
      const tile = await overview(next);
      if (own !== turn) return;
      found.value = tile;
      shown.value = next;
      changed();
    } catch (error) {
      if (own !== turn) return;
      criteria.value = shown.value;
      onError(error);
    }
  }

  async function hit(event: number, direction: 'next' | 'previous'): Promise<EventRow | null> {
    const sought = shown.value;
    if (sought === null) return null;
    const own = turn;
    const beside = (from: number): Promise<{ event: EventRow; rank: number } | null> =>
      ask('timeline.hit', { run, criteria: sought, event: from, direction });
    const end = direction === 'next' ? -1 : Number.MAX_SAFE_INTEGER;
    const answer = (await beside(event)) ?? (await beside(end));
    if (own !== turn || answer === null) return null;
    rank.value = answer.rank;
    return answer.event;
  }

  return { criteria, progress, shown, rank, seek, hit, overview: found };
}
