import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { Failure } from '#ipc/contract';
import { failureOf } from '../bridge/lab.ts';

/** Something to tell the person: a failure stays until it is dismissed, a confirmation goes by itself. */
export interface Notice {
  readonly id: number;
  readonly tone: 'alarm' | 'plain';
  readonly title: string;
  readonly text: string;
  /** For copying into a report; empty when there is nothing more to say. */
  readonly details: string;
  /** What can be done about it. */
  readonly action?: { readonly label: string; run(): void };
}

const CONFIRMATION_MS = 6000;
/** One with something to do about it stays longer. */
const OFFER_MS = 15_000;

export const useNotices = defineStore('notices', () => {
  const notices = ref<Notice[]>([]);
  let next = 1;

  function dismiss(id: number): void {
    notices.value = notices.value.filter((notice) => notice.id !== id);
  }

  function say(title: string, text = ''): void {
    const id = next++;
    notices.value.push({ id, tone: 'plain', title, text, details: '' });
    setTimeout(() => dismiss(id), CONFIRMATION_MS);
  }

  /** Says what was done, and offers to take it back. Returns the notice's id. */
  function offer(title: string, label: string, run: () => void): number {
    const id = next++;
    const act = (): void => {
      dismiss(id);
      run();
    };
    notices.value.push({ id, tone: 'plain', title, text: '', details: '', action: { label, run: act } });
    setTimeout(() => dismiss(id), OFFER_MS);
    return id;
  }

  /** Shows what went wrong; being cancelled is not a failure. The same failure is shown once. */
  function fail(title: string, error: unknown): void {
    const failure: Failure = failureOf(error);
    if (failure.reason === 'cancelled') return;
    if (notices.value.some((notice) => notice.title === title && notice.text === failure.message)) return;
    const details = failure.details ?? '';
    notices.value.push({ id: next++, tone: 'alarm', title, text: failure.message, details });
  }

  function dismissAll(): void {
    notices.value = [];
  }

  return { notices, say, offer, fail, dismiss, dismissAll };
});
