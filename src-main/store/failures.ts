import { formatProblem, type Problem } from '#model/problem';

/** What kind of trouble the store met: callers act on it, people read the problem. */
export type StoreTrouble = 'full' | 'locked' | 'read-only' | 'newer' | 'damaged' | 'not-a-library' | 'invalid' | 'io';

/** The library could not do what was asked, through no fault in the words of the request. */
export class StoreFailure extends Error {
  readonly trouble: StoreTrouble;
  readonly problem: Problem;

  constructor(trouble: StoreTrouble, problem: Problem, cause?: unknown) {
    super(formatProblem(problem), { cause });
    this.name = 'StoreFailure';
    this.trouble = trouble;
    this.problem = problem;
  }
}

/** A piece of the file does not match its checksum or has no sense. */
export function damaged(file: string, what: string, cause?: unknown): StoreFailure {
  const message = `${what} is damaged`;
  const expected = 'what was written; "faultline runs repair" keeps this file aside and saves what can be read';
  return new StoreFailure('damaged', { file, message, expected }, cause);
}

/** What SQLite reports, in words; anything else as it came. */
export function translated(error: unknown, file: string): unknown {
  const code = codeOf(error);
  if (code === undefined) return error;
  const fail = (trouble: StoreTrouble, message: string, expected?: string): StoreFailure =>
    new StoreFailure(trouble, { file, message, ...(expected === undefined ? {} : { expected }) }, error);
  if (code.startsWith('SQLITE_FULL'))
    return fail('full', 'the disk is full; what was not said to be saved is not saved');
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return fail('locked', 'another program holds the library', 'it to finish; try again then');
  }
  if (code.startsWith('SQLITE_READONLY') || code === 'EACCES' || code === 'EROFS') {
    return fail('read-only', 'the library cannot be written', 'a file and folder you may write to, or --library FILE');
  }
  if (code === 'SQLITE_NOTADB')
    return fail(
      'not-a-library',
      'this is not a Faultline library, or its beginning is damaged ("faultline runs repair" tries to read the rest)',
    );
  // The statements are fixed: a table or column that SQLite does not find has been lost.
  if (
    code.startsWith('SQLITE_CORRUPT') ||
    code === 'SQLITE_ERROR' ||
    code === 'SQLITE_FORMAT' ||
    code === 'SQLITE_MISMATCH'
  ) {
    return damaged(file, 'the library', error);
  }
  if (code.startsWith('SQLITE_CANTOPEN') || code === 'ENOTDIR' || code === 'EISDIR') {
    return fail('io', 'the library cannot be opened', 'a file in a folder you may write to');
  }
  if (code === 'ENOSPC' || code.startsWith('SQLITE_IOERR_WRITE'))
    return fail('full', 'the disk is full or failing; what was not said to be saved is not saved');
  if (code.startsWith('SQLITE_IOERR') || code === 'EIO') return fail('io', `the disk reports an error (${code})`);
  return error;
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || error instanceof StoreFailure) return undefined;
  const { code } = error as Error & { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}
