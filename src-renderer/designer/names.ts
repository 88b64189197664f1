/** Names that the fields of an experiment may take and its schema does not know. */
import { POLICIES } from '#model/policies';
import type { Key } from '../editor/json-tree.ts';
import type { KnownName } from '../editor/suggest.ts';
import type { DraftDocument } from './document.ts';
import { inOneLine } from './key-figures.ts';
import type { Document } from './session.ts';

const KINDS: Readonly<Record<string, Document['kind']>> = {
  machines: 'machine',
  kernels: 'kernel',
  filesystems: 'filesystem',
};

export function namesFor(
  keys: readonly Key[],
  document: DraftDocument,
  documents: readonly Document[],
): readonly KnownName[] {
  const last = keys.at(-1);
  if (last === 'mapping') return document.mappings.map(({ name, file }) => ({ name, means: `of ${file}` }));
  if (last === 'file') return document.files.map(({ name, size }) => ({ name, means: size }));
  if (keys.length !== 2 || typeof last !== 'number') return [];
  if (keys[0] === 'policies')
    return [
      { name: 'native', means: 'What each file system does by itself.' },
      ...POLICIES.map(({ id, name, explanation }) => ({ name: id, means: `${name}. ${explanation}` })),
    ];
  const kind = KINDS[keys[0]];
  return documents
    .filter((other) => other.kind === kind)
    .map((other) => ({ name: other.id, means: `${other.name}: ${inOneLine(other, documents)}` }));
}
