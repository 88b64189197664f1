import * as v from 'valibot';
import { brokenLine } from '#model/broken-line';
import { InputError, type Problem } from '#model/problem';

/** `threads[0].steps[2].every` from keys and indices. */
export function formatPath(keys: readonly (string | number)[]): string {
  let path = '';
  for (const key of keys) path += typeof key === 'number' ? `[${key}]` : path === '' ? key : `.${key}`;
  return path;
}

type AnyIssue = v.BaseIssue<unknown>;

/** The issue that says most: of a union's alternatives, the one that got furthest into the value. */
function deepest(issue: AnyIssue): { issue: AnyIssue; keys: (string | number)[] } {
  const keys = (issue.path ?? []).map((item) => (typeof item.key === 'number' ? item.key : String(item.key)));
  let best = { issue, keys };
  for (const inner of issue.issues ?? []) {
    const found = deepest(inner);
    if (found.keys.length > 0 && keys.length + found.keys.length > best.keys.length)
      best = { issue: found.issue, keys: [...keys, ...found.keys] };
  }
  return best;
}

function problemOf(issue: AnyIssue, file: string | undefined): Problem {
  const found = deepest(issue);
  const path = formatPath(found.keys);
  const where = { ...(file === undefined ? {} : { file }), ...(path === '' ? {} : { path }) };
  const { type, expected, received, message } = found.issue;
  if (type === 'strict_object' && expected === 'never')
    return { ...where, message: 'unknown field', expected: 'one of the fields of the schema' };
  if (received === 'undefined') return { ...where, message: 'missing', expected: wanted(message, expected) };
  return { ...where, message: `${received ?? 'this value'} is not valid here`, expected: wanted(message, expected) };
}

/** valibot's own messages repeat the received value; ours are the expectation itself. */
function wanted(message: string, expected: string | null | undefined): string {
  return message.startsWith('Invalid ') ? (expected ?? message) : message;
}

/**
 * Checks `value` against a document's schema.
 * @param file the name to show in errors
 * @throws InputError naming the first offending field and what was expected
 */
export function validate<T>(schema: v.GenericSchema<unknown, T>, value: unknown, file?: string): T {
  const result = v.safeParse(schema, value, { abortPipeEarly: true });
  if (result.success) return result.output;
  throw new InputError(problemOf(result.issues[0], file));
}

/** Everything that a document's schema finds wrong with `value`, one problem a field, in the order of the schema. */
export function problemsIn(schema: v.GenericSchema, value: unknown): Problem[] {
  const result = v.safeParse(schema, value);
  const found = new Map<string, Problem>();
  for (const issue of result.issues ?? []) {
    const problem = problemOf(issue, undefined);
    if (!found.has(problem.path ?? '')) found.set(problem.path ?? '', problem);
  }
  return [...found.values()];
}

/**
 * Reads JSON text.
 * @throws InputError with the line of a syntax error
 */
export function parseJson(text: string, file?: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new InputError({
      ...(file === undefined ? {} : { file }),
      line: brokenLine(text),
      message: 'not valid JSON',
      expected: 'a JSON document',
    });
  }
}

/**
 * JSON with sorted keys and no white space: the same value always gives the same text, so that it can be hashed.
 * `undefined` fields are left out, as JSON does.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${fields.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}
