/** Files, mappings and the setting: added, renamed with all that names them, removed, chosen. */
import type { Reference } from '#model/experiment';
import { freeName, replaced, withField, without, type DraftDocument } from './document.ts';
import { sizeText } from './extents.ts';
import { mapSteps } from './steps.ts';

/** A file of holes, and a mapping of the whole of it: what most workloads here begin with. */
export function addMappedFile(document: DraftDocument, size = '16 MiB'): DraftDocument {
  const withFile = addFile(document, size);
  return addMapping(withFile, withFile.files.length - 1);
}

export function addFile(document: DraftDocument, size = '16 MiB'): DraftDocument {
  const name = freeName('data', document.files);
  return { ...document, files: [...document.files, { name, size, extents: [] }] };
}

/** @param range bytes of the file that are mapped; all of it where there is none */
export function addMapping(
  document: DraftDocument,
  file: number,
  range?: { readonly from: number; readonly to: number },
): DraftDocument {
  const target = document.files[file];
  if (target === undefined) return document;
  const name = freeName('map', document.mappings);
  const part = range === undefined ? {} : { offset: sizeText(range.from), length: sizeText(range.to - range.from) };
  const mapping = { name, file: target.name, ...part, sharing: 'shared', protection: 'read-write' };
  return { ...document, mappings: [...document.mappings, mapping] };
}

/** What steps call a mapping or a file changes with its name. */
function renamed(document: DraftDocument, field: 'file' | 'mapping', before: string, name: string): DraftDocument {
  const threads = document.threads.map((thread) => ({
    ...thread,
    steps: mapSteps(thread.steps, (step) => (step[field] === before ? { ...step, [field]: name } : step)),
  }));
  return { ...document, threads };
}

export function renameFile(document: DraftDocument, index: number, name: string): DraftDocument {
  const file = document.files[index];
  // Two of one name for a moment, while typing: what is renamed then can no longer be told apart.
  if (document.files.some((other, i) => i !== index && other.name === file.name))
    return { ...document, files: replaced(document.files, index, { ...file, name }) };
  const mappings = document.mappings.map((mapping) =>
    mapping.file === file.name ? { ...mapping, file: name } : mapping,
  );
  const next = { ...document, files: replaced(document.files, index, { ...file, name }), mappings };
  return renamed(next, 'file', file.name, name);
}

export function renameMapping(document: DraftDocument, index: number, name: string): DraftDocument {
  const mapping = document.mappings[index];
  const next = { ...document, mappings: replaced(document.mappings, index, { ...mapping, name }) };
  if (document.mappings.some((other, i) => i !== index && other.name === mapping.name)) return next;
  return renamed(next, 'mapping', mapping.name, name);
}

export function setFileField(document: DraftDocument, index: number, field: string, value: unknown): DraftDocument {
  return { ...document, files: replaced(document.files, index, withField(document.files[index], field, value)) };
}

export function setMappingField(document: DraftDocument, index: number, field: string, value: unknown): DraftDocument {
  const next = withField(document.mappings[index], field, value);
  return { ...document, mappings: replaced(document.mappings, index, next) };
}

/** Removes a file and its mappings; steps that named them are left to be mended, with the problem shown at them. */
export function removeFile(document: DraftDocument, index: number): DraftDocument {
  const gone = document.files[index]?.name;
  return {
    ...document,
    files: without(document.files, index),
    mappings: document.mappings.filter((mapping) => mapping.file !== gone),
  };
}

export function removeMapping(document: DraftDocument, index: number): DraftDocument {
  return { ...document, mappings: without(document.mappings, index) };
}

export function removeThread(document: DraftDocument, index: number): DraftDocument {
  return { ...document, threads: without(document.threads, index) };
}

export function renameThread(document: DraftDocument, index: number, name: string): DraftDocument {
  return { ...document, threads: replaced(document.threads, index, { ...document.threads[index], name }) };
}

export type Choosable = 'machines' | 'kernels' | 'filesystems' | 'policies';

export function chosenOf(document: DraftDocument, field: Choosable): readonly Reference[] {
  return document[field] ?? ['native'];
}

/** Adds the id to the list, or takes it away. */
export function toggleChoice(document: DraftDocument, field: Choosable, id: string): DraftDocument {
  const chosen = chosenOf(document, field);
  const next = chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id];
  return { ...document, [field]: next };
}

/** A field of the document itself, such as `memory`; empty takes it away, so that its default holds. */
export function setField(document: DraftDocument, field: string, value: unknown): DraftDocument {
  // Name and question are texts of their own: empty is a value there, and the checker says so.
  return field === 'name' || field === 'question' ? { ...document, [field]: value } : withField(document, field, value);
}
