import { type Documents, kindOf } from '#lab/documents';
import { InputError } from '#model/problem';
import { MEASUREMENTS_FORMAT } from '#recording/measurements';
import type { DocumentFolder, ListedDocument } from './schemas.ts';

const KINDS = ['machine', 'processor', 'storage', 'kernelCosts', 'kernel', 'filesystem'] as const;
type Kind = ListedDocument['kind'];

/** Kinds that a person may keep: what a run is made of, and figures on their way to be that. */
function ownKind(document: Record<string, unknown>): Kind | null {
  if (document['format'] === MEASUREMENTS_FORMAT) return 'measurements';
  const kind = kindOf(document);
  return kind === null || kind === 'scenario' ? null : kind;
}

/** Every document by kind, as it was written; the user's own behind those that ship. */
export function listDocuments(documents: Documents): ListedDocument[] {
  const shipped = KINDS.flatMap((kind) =>
    documents.shipped(kind).map((id) => listed(kind, id, documents.get(kind, id), false, '')),
  );
  const own = (documents.own?.list() ?? []).flatMap(({ document }) => {
    const kind = document === null ? null : ownKind(document);
    if (document === null || kind === null || typeof document['id'] !== 'string') return [];
    const { id } = document;
    const problem = problemOf(documents, kind, id);
    const read = problem === '' && kind !== 'measurements' ? documents.get(kind, id) : document;
    return [listed(kind, id, read, true, problem)];
  });
  return [...shipped, ...own];
}

/** A document as it was written. @throws InputError when there is none */
export function sourceOf(documents: Documents, kind: Kind, id: string): Record<string, unknown> {
  const own = documents.own?.list().find(({ document }) => document?.['id'] === id)?.document;
  // What does not fit can still be shown, and mended.
  if (own !== undefined && own !== null && ownKind(own) === kind) return own;
  if (kind === 'measurements') throw new InputError({ message: `there are no measurements called "${id}"` });
  return documents.source(kind, id);
}

/** The user's folder, and the files in it that are no documents. */
export function documentFolder(documents: Documents): DocumentFolder {
  const broken = (documents.own?.list() ?? []).flatMap(({ file, document, problem }) => {
    if (document !== null && ownKind(document) !== null && typeof document['id'] === 'string') return [];
    return [{ file, problem: problem === '' ? 'is no document of a machine, a kernel or a file system' : problem }];
  });
  return { folder: documents.own?.folder ?? '', broken };
}

function listed(kind: Kind, id: string, document: unknown, own: boolean, problem: string): ListedDocument {
  const { name, year } = document as { name?: unknown; year?: unknown };
  const text = (value: unknown): string =>
    typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  return { kind, id, name: text(name) || id, year: text(year), own, problem, document };
}

function problemOf(documents: Documents, kind: Kind, id: string): string {
  if (kind === 'measurements') return '';
  try {
    documents.get(kind, id);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * Keeps a document of the user's.
 * @throws InputError when it is none of ours, when one that ships has its id, or when it is not what it should be:
 * then the file is as it was
 */
export function saveDocument(documents: Documents, document: Record<string, unknown> & { id: string }): void {
  const { own } = documents;
  if (own === null) throw new InputError({ message: 'there is no folder for documents' });
  const kind = ownKind(document);
  if (kind === null)
    throw new InputError({
      path: 'format',
      message: `"${String(document['format'])}" is no document of a machine`,
      expected: 'a machine, processor, disk, kernel-costs, kernel or file-system document',
    });
  if (kind !== 'measurements') {
    if (documents.shipped(kind).includes(document.id))
      throw new InputError({
        path: 'id',
        message: `"${document.id}" ships with the lab`,
        expected: 'an id of its own',
      });
    documents.resolve(kind, document);
    if (kind === 'machine') checkParts(documents, document);
  }
  own.save(document.id, document);
}

/** A machine is made of parts that there are. */
function checkParts(documents: Documents, machine: Record<string, unknown>): void {
  documents.get('processor', String(machine['processor']), undefined, 'processor');
  documents.get('kernelCosts', String(machine['kernelCosts']), undefined, 'kernelCosts');
  documents.get('storage', String(machine['disk']), undefined, 'disk');
}
