/** The same thing on both sides: what is selected in the drawing, and where it stands in the text. */
import type { Key } from '../editor/json-tree.ts';
import type { DraftDocument } from './document.ts';
import type { Selection, SettingField } from './session.ts';
import { stepAt } from './steps.ts';

const SETTINGS: readonly SettingField[] = ['machines', 'kernels', 'filesystems', 'policies', 'memory'];

/** Keys of the field that what is selected was written in. */
export function keysOf(selection: Selection): readonly Key[] {
  switch (selection.kind) {
    case 'experiment':
      return [];
    case 'setting':
      return [selection.field];
    case 'file':
    case 'mapping':
    case 'thread':
      return [`${selection.kind}s`, selection.index];
    case 'step':
      return selection.path.flatMap((place, i) => [i === 0 ? 'threads' : 'steps', place]);
  }
}

/** What of the drawing a place of the text is about; null where it is about no part of it. */
export function selectionAt(document: DraftDocument, keys: readonly Key[]): Selection | null {
  const [field, index] = keys;
  const setting = SETTINGS.find((name) => name === field);
  if (setting !== undefined) return { kind: 'setting', field: setting };
  if (typeof index !== 'number') return null;
  if (field === 'files' && index < document.files.length) return { kind: 'file', index };
  if (field === 'mappings' && index < document.mappings.length) return { kind: 'mapping', index };
  if (field !== 'threads' || index >= document.threads.length) return null;
  const path = [index];
  for (let i = 2; keys[i] === 'steps'; i += 2) {
    const place = keys[i + 1];
    if (typeof place !== 'number' || stepAt(document, [...path, place]) === null) break;
    path.push(place);
  }
  return path.length === 1 ? { kind: 'thread', index } : { kind: 'step', path, count: 1 };
}
