/** Another workload put into a design: its files, mappings and threads beside those that are there. */
import { drawable, freeName, type DraftDocument, type DraftThread } from './document.ts';
import { mapSteps } from './steps.ts';

/** New names for what is called as something that is there already. */
function renames(added: readonly { readonly name: string }[], there: readonly { readonly name: string }[]) {
  const taken = [...there];
  const names = new Map<string, string>();
  for (const { name } of added) {
    const free = freeName(name, taken);
    taken.push({ name: free });
    names.set(name, free);
  }
  return (name: unknown): string => names.get(String(name)) ?? String(name);
}

/**
 * The design with the workload of another experiment. The setting stays; threads without steps make room for the new
 * ones; a design that was empty takes over name and question too.
 * @returns null where the other is no experiment that can be drawn
 */
export function addWorkload(document: DraftDocument, other: unknown): DraftDocument | null {
  const added = drawable(other);
  if (added === null) return null;
  const isEmpty = document.files.length === 0 && document.threads.every(({ steps }) => steps.length === 0);
  const threads: readonly DraftThread[] = document.threads.filter(({ steps }) => steps.length > 0);
  const fileName = renames(added.files, document.files);
  const mappingName = renames(added.mappings, document.mappings);
  const threadName = renames(added.threads, threads);
  const next: DraftDocument = {
    ...document,
    files: [...document.files, ...added.files.map((file) => ({ ...file, name: fileName(file.name) }))],
    mappings: [
      ...document.mappings,
      ...added.mappings.map((mapping) => ({
        ...mapping,
        name: mappingName(mapping.name),
        file: fileName(mapping.file),
      })),
    ],
    threads: [
      ...threads,
      ...added.threads.map((thread) => ({
        name: threadName(thread.name),
        steps: mapSteps(thread.steps, (step) => ({
          ...step,
          ...(step['mapping'] === undefined ? {} : { mapping: mappingName(step['mapping']) }),
          ...(step['file'] === undefined ? {} : { file: fileName(step['file']) }),
        })),
      })),
    ],
  };
  return isEmpty ? { ...next, name: added.name, question: added['question'] ?? '' } : next;
}
