import { readFile, stat } from 'node:fs/promises';
import { isBundleFile } from '#lab/bundle-file';
import { importFile, UnknownFormat } from '#lab/import';
import type { Lab } from '#lab/lab';
import { formatProblem, InputError } from '#model/problem';
import { parseJson } from '#model/validate';
import type { TakenFile } from './import-schemas.ts';
import type { Operation } from './operations.ts';

/** A document of ours is text that people write; a larger file is a recording. */
const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

/** What taking files needs of the lab. */
export type Takers = Pick<Lab, 'library' | 'documents'>;

/**
 * Takes files of any kind the lab knows: a bundle of runs, an experiment document, or what another tool wrote, which
 * is imported. One file that cannot be taken does not stop the others; what is wrong with it is said in its answer.
 * @param date ISO date of the import
 */
export async function takeFiles(
  files: readonly string[],
  lab: Takers,
  operation: Operation,
  date: string,
): Promise<TakenFile[]> {
  const taken: TakenFile[] = [];
  for (const [run, file] of files.entries()) {
    if (operation.signal.aborted) break;
    try {
      taken.push(await takeFile(file, lab, operation, { run, runs: files.length }, date));
    } catch (error) {
      if (error instanceof Error && error.name === 'Cancelled') break;
      taken.push({ became: 'nothing', file, message: messageOf(error, file) });
    }
  }
  return taken;
}

/** What is wrong, for people who see the file's name beside it. */
function messageOf(error: unknown, taken: string): string {
  if (!(error instanceof InputError)) return error instanceof Error ? error.message : String(error);
  const { file, ...problem } = error.problem;
  if (file !== taken) return error.message;
  const words = formatProblem(problem).replace(/^:(\d+)/, 'line $1');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

async function takeFile(
  file: string,
  { library, documents }: Takers,
  operation: Operation,
  place: { run: number; runs: number },
  date: string,
): Promise<TakenFile> {
  if (await isBundleFile(file)) {
    const saved = await library.importBundle(file);
    return { became: 'bundle', file, runs: saved.map(({ id, existing }) => ({ run: id, existing })) };
  }
  const isJson = await isJsonFile(file);
  const document = isJson ? await experimentOf(file) : null;
  if (document !== null) return { became: 'experiment', file, document, format: '', leftAside: [] };
  const name = file.split(/[\\/]/).pop() ?? file;
  const imported = await importFile(file, () => Promise.resolve(library), {
    date,
    signal: operation.signal,
    onProgress: ({ done, total, events }) => {
      operation.progress({ ...place, name, done, total, events });
    },
  }).catch(async (error: unknown) => {
    // Named as a bundle, but no archive: cut off or changed on its way here, or another program's.
    if (error instanceof InputError && isJson && isNamedBundle(file) && !(await isJsonText(file)))
      throw new InputError({
        file,
        message: 'this is no bundle of runs, or a damaged one',
        expected: 'a .faultline file as Faultline writes it: copy it again, or export the runs again where they are',
      });
    // No format at all, but named as JSON: then what a person wants to know is where it stops being that.
    if (error instanceof InputError && isJson) parseJson(await readFile(file, 'utf8'), file);
    if (error instanceof UnknownFormat)
      throw new InputError({
        file,
        message: 'none of the formats that can be imported; the Recordings list them',
        expected: 'the output of one of these tools as the tool itself writes it, an experiment or a bundle of runs',
      });
    throw error;
  });
  const { label: format, id, existing, events, document: made } = imported;
  const leftAside = [...imported.leftAside];
  if (id !== null) return { became: 'run', file, format, run: id, existing, events, leftAside };
  if (made === null) throw new InputError({ file, message: 'nothing came of this file' });
  if (imported.kind === 'experiment') return { became: 'experiment', file, document: made, format, leftAside };
  if (documents.own === null) throw new InputError({ file, message: 'there is no folder to keep its figures in' });
  return { became: 'figures', file, format, id: documents.own.add(made).id, name: made.name };
}

/** Whether a file is named as JSON and small enough to be written by people; false for one that is not there. */
async function isJsonFile(file: string): Promise<boolean> {
  if (!/\.(?:json|faultline)$/i.test(file)) return false;
  try {
    return (await stat(file)).size <= MAX_DOCUMENT_BYTES;
  } catch {
    return false;
  }
}

const isNamedBundle = (file: string): boolean => /\.faultline$/i.test(file);

/** Whether a text file begins as a JSON document does. */
async function isJsonText(file: string): Promise<boolean> {
  return /^\ufeff?\s*[{[]/.test(await readFile(file, 'utf8'));
}

/** The file's JSON when it says of itself that it is an experiment, else null. */
async function experimentOf(file: string): Promise<unknown> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    const format = (value as { format?: unknown } | null)?.format;
    return typeof format === 'string' && format.startsWith('faultline/experiment') ? value : null;
  } catch {
    return null;
  }
}
