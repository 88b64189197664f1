import { InputError } from '#model/problem';
import { parseJson } from '#model/validate';

/** Reads JSON of unknown shape: every access says where it is, and refuses what is not as expected. */
export class JsonNode {
  readonly value: unknown;
  readonly path: string;
  readonly file: string;

  constructor(value: unknown, path: string, file: string) {
    this.value = value;
    this.path = path;
    this.file = file;
  }

  /**
   * Parses the document in a text that may have lines before it.
   * @param from where it begins and ends, where that is known
   * @throws InputError with the line
   */
  static parse(text: string, file: string, from?: number, to?: number): JsonNode {
    const start = from ?? /^[ \t]*[{[]/m.exec(text)?.index ?? 0;
    try {
      return new JsonNode(parseJson(text.slice(start, to), file), '', file);
    } catch (error) {
      if (!(error instanceof InputError) || start === 0) throw error;
      const before = text.slice(0, start).split('\n').length - 1;
      throw new InputError({ ...error.problem, line: (error.problem.line ?? 1) + before });
    }
  }

  get isObject(): boolean {
    return typeof this.value === 'object' && this.value !== null && !Array.isArray(this.value);
  }

  /** A field; its value is undefined where it is absent. */
  at(name: string): JsonNode {
    const path = this.path === '' ? name : `${this.path}.${name}`;
    const own = this.isObject && Object.hasOwn(this.value as object, name);
    return new JsonNode(own ? (this.value as Record<string, unknown>)[name] : undefined, path, this.file);
  }

  list(): JsonNode[] {
    if (!Array.isArray(this.value)) return this.fail('a list');
    return this.value.map((item: unknown, i) => new JsonNode(item, `${this.path}[${i}]`, this.file));
  }

  fields(): [string, JsonNode][] {
    if (!this.isObject) return this.fail('an object');
    return Object.keys(this.value as object).map((name) => [name, this.at(name)]);
  }

  /** A number within bounds; `otherwise` where the field is absent. */
  number(least: number, most: number, otherwise?: number): number {
    if (this.value === undefined && otherwise !== undefined) return otherwise;
    if (typeof this.value !== 'number' || !(this.value >= least && this.value <= most))
      return this.fail(`a number from ${least} to ${most}`);
    return this.value;
  }

  text(otherwise?: string): string {
    if (this.value === undefined && otherwise !== undefined) return otherwise;
    return typeof this.value === 'string' ? this.value : this.fail('a text');
  }

  fail(expected: string): never {
    throw new InputError({
      file: this.file,
      ...(this.path === '' ? {} : { path: this.path }),
      message: this.value === undefined ? 'missing' : 'this value is not valid here',
      expected,
    });
  }
}

/**
 * Where the objects of a text begin and end that are not within others: some tools print several, with lines of their own
 * before, between and after them. One that has no end goes on to the end of the text.
 */
export function objectsIn(text: string): [from: number, to: number][] {
  const found: [number, number][] = [];
  const begin = /^[ \t]*\{/gm;
  for (let match = begin.exec(text); match !== null; match = begin.exec(text)) {
    const from = match.index;
    const to = objectEnd(text, from);
    found.push([from, to]);
    begin.lastIndex = to;
  }
  return found;
}

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN = 123;
const CLOSE = 125;

function objectEnd(text: string, from: number): number {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === OPEN) depth++;
    else if (c === CLOSE) {
      if (--depth === 0) return i + 1;
    } else if (c === QUOTE) for (i++; i < text.length && text.charCodeAt(i) !== QUOTE; i++) if (text.charCodeAt(i) === BACKSLASH) i++; // prettier-ignore
  }
  return text.length;
}
