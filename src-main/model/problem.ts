/**
 * What goes wrong with what people give us: one clear sentence, where it is, and what was expected.
 * A `Problem` is data; `InputError` carries it through code that throws. Anything else that is
 * thrown is a defect of ours, not of the input.
 */
export interface Problem {
  /** File the input came from, as the user named it. */
  readonly file?: string;
  /** 1-based line in that file. */
  readonly line?: number;
  /** Byte offset in that file, for binary formats. */
  readonly byte?: number;
  /** Path of the offending field, such as `threads[0].steps[2].every`. */
  readonly path?: string;
  /** What is wrong, in one sentence. */
  readonly message: string;
  /** What would have been right. */
  readonly expected?: string;
}

/** Bad input. The command line turns it into one line and exit code 2. */
export class InputError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(formatProblem(problem));
    this.name = 'InputError';
    this.problem = problem;
  }
}

/** One line for people: `seed.json: files[0].size: must not be negative (expected a size such as "16 KiB")`. */
export function formatProblem(problem: Problem): string {
  let where = problem.file ?? '';
  if (problem.line !== undefined) where += `:${problem.line}`;
  if (problem.byte !== undefined) where += ` at byte ${problem.byte}`;
  const parts = [where, problem.path ?? '', problem.message].filter((part) => part !== '');
  const expected = problem.expected === undefined ? '' : ` (expected ${problem.expected})`;
  return parts.join(': ') + expected;
}
