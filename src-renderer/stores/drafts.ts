import { brokenLine } from '#model/broken-line';
import { defineStore } from 'pinia';
import { ref } from 'vue';
import type { Response } from '#ipc/contract';
import { ask } from '../bridge/lab.ts';

/** An experiment being written: its text is kept as it is typed, valid or not. */
export interface Draft {
  readonly id: string;
  readonly text: string;
}

/** What the lab says of a draft. */
export interface Verdict {
  /** Line of the text where it stops being JSON, 1-based; 0 where it is JSON. */
  readonly line: number;
  readonly problem: Response<'experiments.check'>['problem'];
  readonly runs: number | null;
  /** The text's document, or null while it is not JSON. */
  readonly document: unknown;
}

const KEY = 'faultline.drafts';

function readDrafts(): Draft[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    if (!Array.isArray(kept)) return [];
    return (kept as Draft[]).filter((draft) => typeof draft.id === 'string' && typeof draft.text === 'string');
  } catch {
    // Drafts of a broken store are lost either way; the window must open.
    return [];
  }
}

export const useDrafts = defineStore('drafts', () => {
  const drafts = ref<Draft[]>(readDrafts());

  function keep(): void {
    localStorage.setItem(KEY, JSON.stringify(drafts.value));
  }

  /** Starts a draft from a document; returns its id. */
  function start(document: unknown): string {
    const id = `draft:${crypto.randomUUID()}`;
    drafts.value = [{ id, text: JSON.stringify(document, null, 2) }, ...drafts.value];
    keep();
    return id;
  }

  function write(id: string, text: string): void {
    drafts.value = drafts.value.map((draft) => (draft.id === id ? { id, text } : draft));
    keep();
  }

  function drop(id: string): void {
    drafts.value = drafts.value.filter((draft) => draft.id !== id);
    keep();
  }

  /** Asks the lab what it thinks of a text. */
  async function check(text: string): Promise<Verdict> {
    let document: unknown;
    try {
      document = JSON.parse(text);
    } catch (error) {
      const message = error instanceof Error ? error.message : 'this is not JSON';
      return { line: brokenLine(text), problem: { message }, runs: null, document: null };
    }
    const { problem, runs } = await ask('experiments.check', document);
    return { line: 0, problem, runs, document };
  }

  return { drafts, start, write, drop, check };
});
