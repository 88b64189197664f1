import { InputError } from '#model/problem';

/** A block `type name { key = value, ... }`; the name is empty where the syntax has none. */
export interface Block {
  readonly type: string;
  readonly name: string;
  readonly values: ReadonlyMap<string, Value>;
  readonly file: string;
  readonly line: number;
}

/** `source NAME`: another file's text stands here. */
export interface Reference {
  readonly source: string;
  readonly file: string;
  readonly line: number;
}

/** A value and where it stands. */
export interface Value {
  readonly value: number | string | Block | Reference | readonly Value[];
  readonly file: string;
  readonly line: number;
}

/** `instantiate [ a, b ] as TYPE`. */
export interface Instance {
  readonly names: readonly string[];
  readonly type: string;
}

/** A component of the topology and what hangs below it. */
export interface TopologyNode {
  readonly type: string;
  readonly name: string;
  readonly below: readonly TopologyNode[];
}

/** A whole parameter file, with the files it names by `source` at the outermost level read in. */
export interface ParameterFile {
  readonly blocks: readonly Block[];
  readonly instances: readonly Instance[];
  readonly topology: TopologyNode | null;
}

/** Gives the text of a file that another one names; throws {@link InputError} when there is none. */
export type ReadSource = (name: string) => string;

/** Nesting beyond this is not a parameter file. */
const MAX_DEPTH = 32;

interface Token {
  readonly text: string;
  readonly line: number;
}

const PUNCTUATION = '{}[]=,';

function tokenize(text: string, file: string): Token[] {
  const tokens: Token[] = [];
  let line = 0;
  for (const raw of text.split('\n')) {
    line++;
    const hash = raw.indexOf('#');
    const content = (hash < 0 ? raw : raw.slice(0, hash)).trim();
    let word = '';
    const endWord = (): void => {
      if (word.trim() !== '') tokens.push({ text: word.trim(), line });
      word = '';
    };
    for (const c of content) {
      if (PUNCTUATION.includes(c)) {
        endWord();
        tokens.push({ text: c, line });
      } else if (c < ' ' && c !== '\t') {
        throw new InputError({ file, line, message: 'not text', expected: 'a DiskSim parameter file' });
      } else word += c;
    }
    endWord();
  }
  return tokens;
}

/** Reads one parameter file; `source` lines at the outermost level are followed through `read`. */
export function parseParameters(text: string, file: string, read: ReadSource): ParameterFile {
  const blocks: Block[] = [];
  const instances: Instance[] = [];
  let topology: TopologyNode | null = null;
  const parseFile = (content: string, name: string, depth: number): void => {
    if (depth > MAX_DEPTH) throw new InputError({ file: name, message: 'files name one another in a circle' });
    const parser = new Parser(tokenize(content, name), name);
    while (!parser.atEnd()) {
      const { text: head, line } = parser.next();
      const words = head.split(/\s+/);
      if (words[0] === 'source' && words.length === 2)
        parseFile(readAt(read, words[1], name, line), words[1], depth + 1);
      else if (words[0] === 'instantiate') instances.push(parser.instance(line));
      else if (words[0] === 'topology') topology = parser.topology(words.slice(1), line, 0);
      else if (words.length === 2) blocks.push(parser.block(words[0], words[1], line, 0));
      else
        throw new InputError({
          file: name,
          line,
          message: `cannot read "${clip(head)}"`,
          expected: 'a block such as "disksim_disk NAME {"',
        });
    }
  };
  parseFile(text, file, 0);
  return { blocks, instances, topology };
}

/** Reads a file that holds one block, such as a `.model`. */
export function parseBlockFile(text: string, file: string): Block {
  const parser = new Parser(tokenize(text, file), file);
  if (parser.atEnd()) throw new InputError({ file, message: 'the file is empty', expected: 'a block' });
  const { text: head, line } = parser.next();
  const words = head.split(/\s+/);
  if (words.length !== 2)
    throw new InputError({
      file,
      line,
      message: `cannot read "${clip(head)}"`,
      expected: 'a block such as "dm_disk NAME {"',
    });
  return parser.block(words[0], words[1], line, 0);
}

/** The text of a file named at `file:line`. */
export function readAt(read: ReadSource, name: string, file: string, line: number): string {
  try {
    return read(name);
  } catch (error) {
    if (error instanceof InputError)
      throw new InputError({ file, line, message: `refers to ${name}, which cannot be read` });
    throw error;
  }
}

function clip(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}

class Parser {
  private readonly tokens: readonly Token[];
  private readonly file: string;
  private at = 0;

  constructor(tokens: readonly Token[], file: string) {
    this.tokens = tokens;
    this.file = file;
  }

  atEnd(): boolean {
    return this.at >= this.tokens.length;
  }

  next(): Token {
    if (this.atEnd()) {
      const line = this.tokens.length > 0 ? this.tokens[this.tokens.length - 1].line : 1;
      throw new InputError({ file: this.file, line, message: 'the file ends in the middle of a block' });
    }
    return this.tokens[this.at++];
  }

  /** After `type name`: `{ ... }`. */
  block(type: string, name: string, line: number, depth: number): Block {
    if (depth > MAX_DEPTH) throw this.wrong(line, 'blocks are nested too deep');
    this.expect('{');
    const values = new Map<string, Value>();
    for (;;) {
      const token = this.next();
      if (token.text === '}') break;
      if (token.text === ',') continue;
      if (PUNCTUATION.includes(token.text))
        throw this.wrong(token.line, `"${token.text}" where a parameter should stand`);
      this.expect('=');
      values.set(token.text.replace(/\s+/g, ' '), this.value(depth));
    }
    return { type, name, values, file: this.file, line };
  }

  instance(line: number): Instance {
    this.expect('[');
    const names: string[] = [];
    for (;;) {
      const token = this.next();
      if (token.text === ']') break;
      if (token.text !== ',') names.push(token.text);
    }
    const tail = this.next().text.split(/\s+/);
    if (tail.length !== 2 || tail[0] !== 'as')
      throw this.wrong(line, 'cannot read this instantiation', '"instantiate [ NAMES ] as TYPE"');
    return { names, type: tail[1] };
  }

  /** `TYPE NAME [ children ]`, whose first words were read already. */
  topology(words: readonly string[], line: number, depth: number): TopologyNode {
    if (words.length !== 2 || depth > MAX_DEPTH)
      throw this.wrong(line, 'cannot read the topology', '"TYPE NAME [ ... ]"');
    this.expect('[');
    const below: TopologyNode[] = [];
    for (;;) {
      const token = this.next();
      if (token.text === ']') break;
      if (token.text !== ',') below.push(this.topology(token.text.split(/\s+/), token.line, depth + 1));
    }
    return { type: words[0], name: words[1], below };
  }

  private value(depth: number): Value {
    const token = this.next();
    const where = { file: this.file, line: token.line };
    if (token.text === '[') {
      const items: Value[] = [];
      for (;;) {
        if (this.peek() === ']') {
          this.at++;
          return { value: items, ...where };
        }
        if (this.peek() === ',') {
          this.at++;
          continue;
        }
        items.push(this.value(depth + 1));
      }
    }
    if (PUNCTUATION.includes(token.text)) throw this.wrong(token.line, `"${token.text}" where a value should stand`);
    if (depth > MAX_DEPTH) throw this.wrong(token.line, 'lists are nested too deep');
    const words = token.text.split(/\s+/);
    if (this.peek() === '{') return { value: this.block(words[0], words[1] ?? '', token.line, depth + 1), ...where };
    if (words.length === 2 && words[0] === 'source') return { value: { source: words[1], ...where }, ...where };
    const number = Number(token.text);
    return { value: Number.isFinite(number) ? number : token.text, ...where };
  }

  private peek(): string | null {
    return this.atEnd() ? null : this.tokens[this.at].text;
  }

  private expect(text: string): void {
    const token = this.next();
    if (token.text !== text) throw this.wrong(token.line, `"${clip(token.text)}" where "${text}" should stand`);
  }

  private wrong(line: number, message: string, expected?: string): InputError {
    return new InputError({ file: this.file, line, message, ...(expected === undefined ? {} : { expected }) });
  }
}
