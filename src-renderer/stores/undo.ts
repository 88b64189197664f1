import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import { useNotices } from './notices.ts';

/** Something that was thrown away, and how it comes back. */
interface Thrown {
  readonly id: number;
  /** What happened, for people: `Draft discarded`. */
  readonly what: string;
  /** The notice that offers it. */
  readonly notice: number;
  back(): void;
}

/** What was thrown away in this window, kept until it is closed: the last is the first to come back. */
export const useUndo = defineStore('undo', () => {
  const thrown = ref<readonly Thrown[]>([]);
  const notices = useNotices();
  let next = 1;

  const last = computed(() => thrown.value.at(-1) ?? null);

  /** Says what was thrown away and offers to bring it back; after the offer has gone, {@link undo} still does. */
  function did(what: string, back: () => void): void {
    const id = next++;
    const notice = notices.offer(what, 'Undo', () => bringBack(id));
    thrown.value = [...thrown.value, { id, what, notice, back }];
  }

  function bringBack(id: number): void {
    const found = thrown.value.find((one) => one.id === id);
    thrown.value = thrown.value.filter((one) => one.id !== id);
    if (found === undefined) return;
    notices.dismiss(found.notice);
    found.back();
  }

  /** Brings back what was thrown away last. */
  function undo(): void {
    if (last.value !== null) bringBack(last.value.id);
  }

  return { last, did, undo };
});
