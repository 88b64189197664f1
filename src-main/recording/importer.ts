import { InputError } from '#model/problem';
import type { Recording } from './recording.ts';
import { type RecordedRun } from './recording.ts';

/** The first part of a file, by which its format is recognised. */
export interface Head {
  readonly bytes: Uint8Array;
  readonly text: string;
  /** Whole lines of `text`, without their ends. */
  readonly lines: readonly string[];
  /** Whether this is the whole file. */
  readonly whole: boolean;
}

/** A document of the lab, ready to be written. */
export interface ImportedDocument {
  readonly format: string;
  readonly id?: string;
  readonly name: string;
}

/** What became of a file. */
export type Imported =
  | { readonly kind: 'run'; readonly run: RecordedRun }
  | { readonly kind: 'device' | 'measurements' | 'experiment'; readonly document: ImportedDocument };

/** Takes a file line by line, as bytes, or as one piece of text. */
export type Reader =
  | { readonly by: 'lines'; line(text: string): void; cut?(text: string): void; end(): Imported }
  | { readonly by: 'bytes'; bytes(chunk: Uint8Array): void; end(): Imported }
  | { readonly by: 'text'; text(whole: string): Imported };

/** A format that can be imported. */
export interface Importer {
  /** The name that `--as` takes. */
  readonly id: string;
  /** For people. */
  readonly label: string;
  recognises(head: Head): boolean;
  read(context: ImportContext): Reader;
}

/** A count with its reason or name, as the user is told it. */
export class Tally {
  private readonly counts = new Map<string, number>();
  add(name: string, count = 1): void {
    if (count > 0) this.counts.set(name, (this.counts.get(name) ?? 0) + count);
  }
  /** Most first; names that were counted equally often in order of appearance. */
  entries(): [string, number][] {
    return [...this.counts].sort((x, y) => y[1] - x[1]);
  }
  get size(): number {
    return this.counts.size;
  }
}

/** What a reader works with: where it is in the file, what it took and left aside, and the run it makes. */
export class ImportContext {
  /** The file as the user named it. */
  readonly file: string;
  /** Name of the file without folder and endings. */
  readonly title: string;
  /** ISO date of the import, for the provenance of figures. */
  readonly date: string;
  readonly taken = new Tally();
  readonly leftAside = new Tally();
  readonly recording: Recording;
  /** Line being read, where the format has lines. */
  line: number | undefined;
  /** Byte offset of the record being read, where it has not. */
  byte: number | undefined;

  constructor(file: string, title: string, date: string, recording: Recording) {
    this.file = file;
    this.title = title;
    this.date = date;
    this.recording = recording;
  }

  /** Refuses the input, at the line or byte being read. */
  fail(message: string, expected?: string): never {
    throw new InputError({
      file: this.file,
      ...(this.line === undefined ? {} : { line: this.line }),
      ...(this.byte === undefined ? {} : { byte: this.byte }),
      message,
      ...(expected === undefined ? {} : { expected }),
    });
  }

  /** A number that must lie within bounds. */
  within(value: number, least: number, most: number, what: string): number {
    if (value >= least && value <= most) return value;
    return this.fail(`${what} is out of range`, `a number from ${least} to ${most}`);
  }

  /** An id for a document made of this file. */
  documentId(suffix = ''): string {
    const slug = `${this.title}${suffix}`
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 60);
    return slug.length < 2 ? `imported-${slug}`.replace(/-$/, '') : slug;
  }
}

/** The first part of a file as importers look at it. */
export function headOf(bytes: Uint8Array, whole: boolean): Head {
  const text = new TextDecoder('utf-8').decode(bytes);
  const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  // The last piece is not a whole line.
  const last = lines.pop();
  if (lines.length === 0 && whole && last !== undefined && last !== '') lines.push(last);
  return { bytes, text, lines, whole };
}
