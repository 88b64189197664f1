/** The same thing on both sides: what is selected in the drawing, and where it stands in the text. */
import type { Key } from '../editor/json-tree.ts';
import type { DraftDocument } from './document.ts';
import type { Selection, SettingField } from './session.ts';
import { infoOf } from './step-kinds.ts';
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

const SETTING_WORDS: Readonly<Record<SettingField, string>> = {
  machines: 'machines',
  kernels: 'kernels',
  filesystems: 'file systems',
  policies: 'policies',
  memory: 'memory',
};

/**
 * Where a problem is, as the drawing calls it: `step 2 of main, Every`; a field path that is about no part of the
 * drawing stays as it is.
 */
export function placeWords(document: DraftDocument, keys: readonly Key[]): string {
  const selection = selectionAt(document, keys);
  if (selection === null) return keys.join(', ');
  const inside = keys.slice(keysOf(selection).length).filter((key) => typeof key === 'string');
  return [thingWords(document, selection), ...inside.map((key) => fieldWords(document, selection, key))].join(', ');
}

function thingWords(document: DraftDocument, selection: Selection): string {
  switch (selection.kind) {
    case 'experiment':
      return 'experiment';
    case 'setting':
      return SETTING_WORDS[selection.field];
    case 'file':
    case 'mapping':
    case 'thread':
      return `${selection.kind} ${document[`${selection.kind}s`][selection.index].name}`;
    case 'step': {
      const [thread, ...places] = selection.path;
      return `step ${places.map((place) => place + 1).join('.')} of ${document.threads[thread].name}`;
    }
  }
}

function fieldWords(document: DraftDocument, selection: Selection, key: string): string {
  const step = selection.kind === 'step' ? stepAt(document, selection.path) : null;
  const known = step === null ? undefined : infoOf(step).fields.find(({ name }) => name === key);
  return known?.label ?? key;
}
