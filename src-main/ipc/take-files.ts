import { readFile, stat } from 'node:fs/promises';
import { isBundleFile } from '#lab/bundle-file';
import { importFile } from '#lab/import';
import { EXPERIMENT_FORMAT } from '#model/experiment';
import type { Lab } from '#lab/lab';
import type { TakenFile } from './import-schemas.ts';
import type { Operation } from './operations.ts';

/** A document of ours is text that people write; a larger file is a recording. */
const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

/**
 * Takes files of any kind the lab knows: an experiment document, a bundle of runs, or what another tool wrote, which is imported.
 * One file that cannot be taken does not stop the others; what is wrong with it is said in its answer.
 * @param now ISO date of the import
 */
export async function takeFiles(
  files: readonly string[],
  lab: Lab,
  operation: Operation,
  now: string,
): Promise<TakenFile[]> {
  const taken: TakenFile[] = [];
  for (const [run, file] of files.entries()) {
    if (operation.signal.aborted) break;
    try {
      taken.push(await takeFile(file, lab, operation, { run, runs: files.length }, now));
    } catch (error) {
      if (error instanceof Error && error.name === 'Cancelled') break;
      taken.push({ became: 'nothing', file, message: error instanceof Error ? error.message : String(error) });
    }
  }
  return taken;
}

async function takeFile(
  file: string,
  lab: Lab,
  operation: Operation,
  place: { run: number; runs: number },
  date: string,
): Promise<TakenFile> {
  if (await isBundleFile(file)) {
    const saved = await lab.library.importBundle(file);
    return { became: 'bundle', file, runs: saved.map(({ id, existing }) => ({ run: id, existing })) };
  }
  const document = await experimentOf(file);
  if (document !== null) return { became: 'experiment', file, document };
  const name = file.split(/[\\/]/).pop() ?? file;
  const imported = await importFile(file, () => Promise.resolve(lab.library), {
    date,
    signal: operation.signal,
    onProgress: ({ done, total, events }) => {
      operation.progress({ ...place, name, done, total, events });
    },
  });
  const { label, id, existing, events, leftAside } = imported;
  if (imported.document?.format === EXPERIMENT_FORMAT)
    return { became: 'experiment', file, document: imported.document };
  if (imported.document !== null) {
    const kept = lab.documents.own!.add(imported.document);
    return { became: 'figures', file, format: label, id: kept.id, name: imported.document.name };
  }
  if (id === null) throw new Error(`${name} became nothing`);
  return { became: 'run', file, format: label, run: id, existing, events, leftAside: [...leftAside] };
}

/** The file's JSON when it says of itself that it is an experiment, else null. */
async function experimentOf(file: string): Promise<unknown> {
  if (!/\.(?:json|faultline)$/i.test(file)) return null;
  const { size } = await stat(file);
  if (size > MAX_DOCUMENT_BYTES) return null;
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    const format = (value as { format?: unknown } | null)?.format;
    return typeof format === 'string' && format.startsWith('faultline/experiment') ? value : null;
  } catch {
    // Not JSON: the importers say what it is, or that it is nothing they know.
    return null;
  }
}
