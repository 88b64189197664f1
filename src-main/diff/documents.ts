import type { DocumentChange } from '#model/diff';
import type { RunDocument } from '#model/library';
import type { RunInfo } from '#model/run';

/** What the run itself says, as if it were a document. */
const RUN_FIELDS = [
  'source',
  'experiment',
  'policy',
  'machine',
  'kernel',
  'filesystem',
  'engineVersion',
  'seed',
] as const;
/** A field list longer than this is a table: that it differs is said, not every figure. */
const LONGEST_LIST = 64;

/** Field by field, what is not the same in all runs' documents, in the order of the documents and their fields. */
export function compareDocuments(
  runs: readonly RunInfo[],
  documents: readonly (readonly RunDocument[])[],
): DocumentChange[] {
  const changes: DocumentChange[] = [];
  for (const field of RUN_FIELDS)
    push(
      changes,
      'run',
      field,
      runs.map((run) => String(run[field])),
    );
  const kinds = new Set(documents.flatMap((list) => list.map((document) => document.kind)));
  for (const kind of kinds) {
    const texts = documents.map((list) => list.find((document) => document.kind === kind)?.json);
    if (texts.every((text) => text === texts[0])) continue;
    const fields = texts.map((text) => (text === undefined ? null : flatten(text)));
    const paths = new Set(fields.flatMap((map) => [...(map?.keys() ?? [])]));
    for (const path of paths)
      push(
        changes,
        kind,
        path,
        fields.map((map) => map?.get(path) ?? null),
      );
  }
  return changes;
}

function push(changes: DocumentChange[], document: string, path: string, values: readonly (string | null)[]): void {
  if (values.every((value) => value === values[0])) return;
  const said = values.map((value) => value ?? 'not given');
  const text =
    said.length === 2
      ? `${document}: ${path} is ${said[1]} instead of ${said[0]}`
      : `${document}: ${path} is ${said.join(' | ')}`;
  changes.push({ document, path, values, text });
}

/** Every field of a document by its path; a figure is its value with its unit. */
function flatten(json: string): Map<string, string> {
  const fields = new Map<string, string>();
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    fields.set('text', json);
    return fields;
  }
  walk(value, '', fields);
  return fields;
}

function walk(value: unknown, path: string, into: Map<string, string>): void {
  if (Array.isArray(value)) {
    if (value.length > LONGEST_LIST) into.set(path, `a list of ${value.length}: ${shortened(JSON.stringify(value))}`);
    else if (value.every((item) => typeof item !== 'object' || item === null))
      into.set(path, value.map(String).join(', '));
    else value.forEach((item, i) => walk(item, `${path}[${i}]`, into));
  } else if (typeof value === 'object' && value !== null) {
    const { value: figure, unit, ...rest } = value as Record<string, unknown>;
    const isFigure = typeof figure === 'number' && typeof unit === 'string';
    if (isFigure) into.set(path, `${figure} ${unit}`);
    for (const [key, item] of Object.entries(isFigure ? rest : value))
      walk(item, path === '' ? key : `${path}.${key}`, into);
  } else {
    into.set(path, String(value));
  }
}

/** Long texts by their ends and a checksum, so that a difference inside still shows. */
function shortened(text: string): string {
  if (text.length <= 60) return text;
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum = (Math.imul(sum, 31) + text.charCodeAt(i)) | 0;
  return `${text.slice(0, 24)}…${text.slice(-24)} (checksum ${(sum >>> 0).toString(16)})`;
}
