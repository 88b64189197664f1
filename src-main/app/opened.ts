import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InputError } from '#model/problem';

/** An experiment document is text written by people; anything larger is some other file. */
const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

/** A file as it came, its JSON not yet looked at. */
export interface OpenedFile {
  readonly file: string;
  readonly document: unknown;
}

/**
 * The files a command line names: what is no switch, after the program and (not packaged) the application's
 * folder.
 */
export function filesOf(argv: readonly string[], packaged: boolean, workingDirectory: string): string[] {
  // Switches first: Chromium's own may stand before the application's folder.
  const named = argv.slice(1).filter((argument) => !argument.startsWith('-'));
  return named.slice(packaged ? 0 : 1).map((argument) => resolve(workingDirectory, argument));
}

/**
 * Reads an experiment document.
 * @throws InputError when the file cannot be read, is too large or is not JSON
 */
export async function readDocument(file: string): Promise<OpenedFile> {
  let text: string;
  try {
    const { size } = await stat(file);
    if (size > MAX_DOCUMENT_BYTES) {
      throw new InputError({ file, message: 'is too large for an experiment', expected: 'at most 16 MiB' });
    }
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError({ file, message: error instanceof Error ? error.message : 'cannot be read' });
  }
  try {
    return { file, document: JSON.parse(text) };
  } catch (error) {
    const message = error instanceof Error ? error.message : 'is not JSON';
    throw new InputError({ file, message, expected: 'a JSON document' });
  }
}
