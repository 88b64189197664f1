import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeWhole } from '#lab/whole-file';
import { documentId } from '#model/document-id';
import { InputError } from '#model/problem';
import { parseJson } from '#model/validate';

/** A document is text that people write; a larger file is something else. */
const MOST_BYTES = 16 * 1024 * 1024;

/** A file of the user's documents folder. */
export interface OwnDocument {
  readonly file: string;
  /** As written; null where the file cannot be read as JSON, or says nothing of itself. */
  readonly document: Record<string, unknown> | null;
  /** What is wrong with it, empty for nothing. */
  readonly problem: string;
}

/** Folder of the user's own documents, beside the library. */
export function documentsFolder(libraryPath: string): string {
  return join(dirname(libraryPath), 'documents');
}

/** The user's own documents: one JSON file each, flat in a folder that may not be there yet. */
export class OwnDocuments {
  readonly folder: string;
  private readonly read = new Map<string, { readonly stamp: string; readonly own: OwnDocument }>();

  constructor(folder: string) {
    this.folder = folder;
  }

  /** All of them, by file name; a file that cannot be read is told of, never left out. */
  list(): OwnDocument[] {
    if (!existsSync(this.folder)) return [];
    const names = readdirSync(this.folder)
      .filter((name) => name.endsWith('.json'))
      .sort();
    return names.map((name) => this.one(join(this.folder, name)));
  }

  /**
   * Writes a document whole under its id, in place of its own earlier version.
   * @throws InputError when another document has the file's name, or the folder cannot be written
   */
  save(id: string, document: object): string {
    mkdirSync(this.folder, { recursive: true });
    const file = join(this.folder, `${id}.json`);
    if (existsSync(file)) {
      const there = this.one(file).document;
      if (there !== null && there['id'] !== id)
        throw new InputError({
          file,
          message: 'is another document',
          expected: 'an id that no other file is named by',
        });
    }
    writeWhole(file, `${JSON.stringify(document, null, 2)}\n`, true);
    return file;
  }

  /**
   * Adds a document that was imported: under its id, or one made of its name, with a number where another has it.
   * The same document again needs no second file.
   * @returns its file and the id it has now
   */
  add(document: { readonly id?: string; readonly name: string }): { file: string; id: string } {
    const base = document.id ?? (documentId(document.name) || 'imported');
    for (let i = 1; ; i++) {
      const id = i === 1 ? base : `${base}-${i}`;
      const named = { ...document, id };
      const file = join(this.folder, `${id}.json`);
      const there = existsSync(file) ? JSON.stringify(this.one(file).document) : null;
      if (there === JSON.stringify(named)) return { file, id };
      if (there === null) return { file: this.save(id, named), id };
    }
  }

  /** Removes the document of an id. @returns it as it was, null when there is none */
  remove(id: string): Record<string, unknown> | null {
    const own = this.list().find(({ document }) => document?.['id'] === id);
    if (own === undefined) return null;
    rmSync(own.file);
    return own.document;
  }

  private one(file: string): OwnDocument {
    const { mtimeMs, size } = statSync(file);
    const stamp = `${mtimeMs}:${size}`;
    const known = this.read.get(file);
    if (known?.stamp === stamp) return known.own;
    const own = size > MOST_BYTES ? { file, document: null, problem: 'larger than 16 MiB' } : parsed(file);
    this.read.set(file, { stamp, own });
    return own;
  }
}

function parsed(file: string): OwnDocument {
  try {
    const value = parseJson(readFileSync(file, 'utf8'), file);
    const whole = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!whole || typeof (value as { format?: unknown }).format !== 'string')
      return { file, document: null, problem: 'says no format of itself' };
    return { file, document: value as Record<string, unknown>, problem: '' };
  } catch (error) {
    return { file, document: null, problem: error instanceof Error ? error.message : String(error) };
  }
}
