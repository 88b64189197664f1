import { ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue';
import { EVENT_KINDS } from '#model/events';
import type { PageLife } from '#model/page-life';
import type { EventRow } from '#model/tile';
import { ask } from '../bridge/lab.ts';

/** The life of the page that the selected event is about. */
export interface PageSession {
  /** Whether it is wanted. */
  readonly open: Ref<boolean>;
  readonly life: ShallowRef<PageLife | null>;
  /** Why there is none to show: nothing selected, an event about no page, or still being read. */
  readonly state: Ref<'none' | 'reading' | 'no page' | 'shown'>;
}

/** Whether events of a kind are about a page of a file. */
export function isAboutPage(kind: number): boolean {
  const info = EVENT_KINDS[kind];
  return info?.address === 'virtual address' || (info?.address === 'file page' && info.a === 'file');
}

export function usePageLife(
  run: string,
  selected: ShallowRef<EventRow | null>,
  onError: (error: unknown) => void,
): PageSession {
  const open = ref(false);
  const life = shallowRef<PageLife | null>(null);
  const state = ref<'none' | 'reading' | 'no page' | 'shown'>('none');
  let turn = 0;

  async function read(event: EventRow | null): Promise<void> {
    const own = ++turn;
    if (!open.value) return;
    if (event === null) {
      // The strip stays while one looks around; without a page it says what to do.
      state.value = life.value === null ? 'none' : 'shown';
      return;
    }
    if (!isAboutPage(event.kind)) {
      state.value = life.value === null ? 'no page' : 'shown';
      return;
    }
    // Another event of the page that is shown already.
    if (life.value?.marks.some((mark) => mark.event === event.index) === true) return;
    state.value = 'reading';
    try {
      const found = await ask('timeline.pageLife', { run, event: event.index });
      if (own !== turn) return;
      life.value = found;
      state.value = found === null ? 'no page' : 'shown';
    } catch (error) {
      if (own !== turn) return;
      state.value = 'no page';
      onError(error);
    }
  }

  watch([selected, open], () => void read(selected.value), { immediate: true });
  return { open, life, state };
}
