/** Undo and redo without limit. A state keeps the text too, so that not even text that is no JSON is lost. */
import type { DraftDocument } from './document.ts';

export interface DesignState {
  /** The last document that could be drawn. */
  readonly document: DraftDocument;
  /** What is in the text editor: the document's own text, or one that cannot be read yet. */
  readonly text: string;
}

export interface History {
  readonly past: readonly DesignState[];
  readonly present: DesignState;
  readonly future: readonly DesignState[];
  /** What the last change was about; the next about the same joins it. Null: it stands alone. */
  readonly topic: string | null;
  /** When the last change was made, ms. */
  readonly at: number;
}

/** Changes of one topic that follow each other within this time are one step of undo, ms. */
export const JOIN_MS = 1500;

export function startHistory(present: DesignState): History {
  return { past: [], present, future: [], topic: null, at: 0 };
}

/**
 * A change made now.
 * @param topic the field being typed in, or null for a change of its own
 * @param now ms, of any clock that does not run back
 */
export function record(history: History, next: DesignState, topic: string | null, now: number): History {
  if (next.text === history.present.text) return history;
  const joins = topic !== null && topic === history.topic && now - history.at < JOIN_MS;
  const past = joins ? history.past : [...history.past, history.present];
  return { past, present: next, future: [], topic, at: now };
}

export function undo(history: History): History {
  const before = history.past.at(-1);
  if (before === undefined) return history;
  const future = [history.present, ...history.future];
  return { past: history.past.slice(0, -1), present: before, future, topic: null, at: 0 };
}

export function redo(history: History): History {
  const [next, ...future] = history.future;
  if (next === undefined) return history;
  return { past: [...history.past, history.present], present: next, future, topic: null, at: 0 };
}
