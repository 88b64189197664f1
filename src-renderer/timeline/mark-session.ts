import { shallowRef, type ShallowRef } from 'vue';
import type { MarkKind, RunMark } from '#model/mark';
import { ask } from '../bridge/lab.ts';

/** The marks of one run, as the library has them. */
export interface MarkSession {
  /** By time. */
  readonly marks: ShallowRef<readonly RunMark[]>;
  /** The mark that was set or chosen last. */
  readonly chosen: ShallowRef<string | null>;
  /** Sets a mark and chooses it. @returns its id, null when it could not be kept */
  set(kind: MarkKind, from: number, to: number, event: number): Promise<string | null>;
  change(mark: RunMark): Promise<void>;
  remove(id: string): Promise<void>;
}

export function useMarks(run: string, onError: (error: unknown) => void): MarkSession {
  const marks = shallowRef<readonly RunMark[]>([]);
  const chosen = shallowRef<string | null>(null);

  async function answer(asked: Promise<RunMark[]>): Promise<boolean> {
    try {
      marks.value = await asked;
      return true;
    } catch (error) {
      onError(error);
      return false;
    }
  }
  void answer(ask('marks.list', run));

  return {
    marks,
    chosen,
    set: async (kind, from, to, event) => {
      const mark = { id: crypto.randomUUID(), kind, from: Math.max(0, from), to: Math.max(0, to), event, text: '' };
      if (!(await answer(ask('marks.put', { run, mark })))) return null;
      chosen.value = mark.id;
      return mark.id;
    },
    change: async (mark) => {
      await answer(ask('marks.put', { run, mark }));
    },
    remove: async (id) => {
      await answer(ask('marks.remove', { run, mark: id }));
      if (chosen.value === id) chosen.value = null;
    },
  };
}

/** The mark after or before a time, null for none. */
export function markBeside(marks: readonly RunMark[], time: number, direction: 'next' | 'previous'): RunMark | null {
  if (direction === 'next') return marks.find((mark) => mark.from > time) ?? null;
  return marks.filter((mark) => mark.from < time).at(-1) ?? null;
}
