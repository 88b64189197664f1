import { brokenAt } from '#model/broken-line';
import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { Response } from '#ipc/contract';
import { ask } from '../bridge/lab.ts';
import { blankDocument, writeText } from '../designer/document.ts';
import type { History } from '../designer/history.ts';
import { useNotices } from './notices.ts';

/** An experiment being written: its text is kept as it is typed, valid or not. */
export interface Draft {
  readonly id: string;
  readonly text: string;
}

export type Problem = Response<'experiments.check'>['problems'][number];

/** What the lab says of a draft. */
export interface Verdict {
  /** The text that was looked at: what is said of it holds for no other. */
  readonly text: string;
  /** Offset in the text where it stops being JSON; -1 where it is JSON. */
  readonly broken: number;
  /** What is wrong, the first first; none where the draft can be run. */
  readonly problems: readonly Problem[];
  readonly runs: number | null;
}

const KEY = 'faultline.drafts';

/** Whether nothing was ever drawn or written in it. */
const isUntouched = ({ text }: Draft): boolean => text === writeText(blankDocument());

function readDrafts(): Draft[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    if (!Array.isArray(kept)) return [];
    const drafts = (kept as Draft[]).filter((draft) => typeof draft.id === 'string' && typeof draft.text === 'string');
    return drafts.filter((draft) => !isUntouched(draft));
  } catch {
    // Drafts of a broken store are lost either way; the window must open.
    return [];
  }
}

export const useDrafts = defineStore('drafts', () => {
  const drafts = ref<Draft[]>(readDrafts());

  /** The store of the window is small: a trace or two of a hundred thousand accesses fill it. */
  function keep(): void {
    try {
      localStorage.setItem(KEY, JSON.stringify(drafts.value));
    } catch (error) {
      useNotices().fail('The drafts no longer fit, and the last change is not kept: discard one', error);
    }
  }

  /** Starts a draft from a document; returns its id. */
  function start(document: unknown): string {
    const id = `draft:${crypto.randomUUID()}`;
    drafts.value = [{ id, text: writeText(document) }, ...drafts.value];
    keep();
    return id;
  }

  function write(id: string, text: string): void {
    drafts.value = drafts.value.map((draft) => (draft.id === id ? { id, text } : draft));
    keep();
  }

  /** Takes a draft away; what it returns brings it back, where it was and with its history. */
  function drop(id: string): () => void {
    const place = drafts.value.findIndex((draft) => draft.id === id);
    const draft = drafts.value[place] as Draft | undefined;
    const history = histories.get(id);
    drafts.value = drafts.value.filter((other) => other.id !== id);
    histories.delete(id);
    keep();
    return () => {
      if (draft === undefined || drafts.value.some((other) => other.id === id)) return;
      drafts.value = [...drafts.value.slice(0, place), draft, ...drafts.value.slice(place)];
      if (history !== undefined) histories.set(id, history);
      keep();
    };
  }

  /** What can be undone and redone in a draft, as long as the window is open: leaving the designer loses none of it. */
  const histories = new Map<string, History>();

  /** The designer is left: a draft in which nothing was done is not kept. */
  function leave(id: string, history: History): void {
    if (!drafts.value.some((other) => other.id === id)) return;
    const { text } = history.present;
    write(id, text);
    if (isUntouched({ id, text }) && history.past.length === 0 && history.future.length === 0) drop(id);
    else histories.set(id, history);
  }

  /** The history a draft was left with, if it is still that text. */
  function historyOf(id: string, text: string): History | null {
    const kept = histories.get(id);
    return kept?.present.text === text ? kept : null;
  }

  /** Asks the lab what it thinks of a text. */
  async function check(text: string): Promise<Verdict> {
    const broken = brokenAt(text);
    if (broken !== null) {
      const line = text.slice(0, broken.offset).split('\n').length;
      const problem = { line, message: 'This is no JSON here', expected: broken.expected };
      return { text, broken: broken.offset, problems: [problem], runs: null };
    }
    return { text, broken: -1, ...(await ask('experiments.check', JSON.parse(text))) };
  }

  return { drafts, start, write, drop, leave, historyOf, check };
});
