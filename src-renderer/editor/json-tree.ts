/**
 * JSON text as a tree with places, also while it is being typed: what is broken is passed over, and everything that
 * can be read keeps its place.
 */

export type Key = string | number;

export interface JsonMember {
  readonly key: string;
  /** Of the key, its quotes included. */
  readonly from: number;
  readonly to: number;
  /** Behind the colon; `to` where there is none yet. */
  readonly colon: number;
  readonly value: JsonNode | null;
}

export interface JsonNode {
  readonly kind: 'object' | 'array' | 'scalar';
  readonly from: number;
  readonly to: number;
  readonly members: readonly JsonMember[];
  readonly items: readonly JsonNode[];
  /** Of a scalar that is whole. */
  readonly value: unknown;
}

const SPACE = /\s/;
const BARE_END = /[\s,:[\]{}"]/;

class TreeReader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  read(): JsonNode | null {
    return this.value();
  }

  private skip(): void {
    while (this.at < this.text.length && SPACE.test(this.text[this.at])) this.at++;
  }

  /** A string or a bare word, from here on. */
  private scalar(): { from: number; to: number; value: unknown } {
    const { text } = this;
    const from = this.at;
    if (text[from] === '"') {
      // A string that is not closed ends with its line.
      for (this.at++; this.at < text.length && text[this.at] !== '"' && text[this.at] !== '\n'; this.at++)
        if (text[this.at] === '\\') this.at++;
      this.at = Math.min(text.length, text[this.at] === '"' ? this.at + 1 : this.at);
    } else while (this.at < text.length && !BARE_END.test(text[this.at])) this.at++;
    const source = text.slice(from, this.at);
    let value: unknown;
    try {
      value = JSON.parse(source);
    } catch {
      value = undefined;
    }
    return { from, to: this.at, value };
  }

  private value(): JsonNode | null {
    this.skip();
    const sign = this.text[this.at] as string | undefined;
    if (sign === '{') return this.object();
    if (sign === '[') return this.array();
    if (sign === undefined || BARE_END.test(sign.replace('"', ''))) return null;
    return { kind: 'scalar', members: [], items: [], ...this.scalar() };
  }

  private object(): JsonNode {
    const from = this.at++;
    const members: JsonMember[] = [];
    for (;;) {
      this.skip();
      const sign = this.text[this.at] as string | undefined;
      if (sign === undefined || sign === ']') break;
      if (sign === '}') {
        this.at++;
        break;
      }
      if (BARE_END.test(sign.replace('"', ''))) {
        this.at++;
        continue;
      }
      const key = this.scalar();
      const name = typeof key.value === 'string' ? key.value : this.text.slice(key.from, key.to).replace(/^"|"$/g, '');
      this.skip();
      let colon = key.to;
      let value: JsonNode | null = null;
      if (this.text[this.at] === ':') {
        colon = ++this.at;
        value = this.value();
      }
      members.push({ key: name, from: key.from, to: key.to, colon, value });
    }
    return { kind: 'object', from, to: this.at, members, items: [], value: undefined };
  }

  private array(): JsonNode {
    const from = this.at++;
    const items: JsonNode[] = [];
    for (;;) {
      this.skip();
      const sign = this.text[this.at] as string | undefined;
      if (sign === undefined || sign === '}') break;
      if (sign === ']') {
        this.at++;
        break;
      }
      const item = this.value();
      if (item === null) this.at++;
      else items.push(item);
    }
    return { kind: 'array', from, to: this.at, members: [], items, value: undefined };
  }
}

/** The tree of a text; null where there is nothing, or it is nested deeper than can be followed. */
export function readTree(text: string): JsonNode | null {
  try {
    return new TreeReader(text).read();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Keys and indices of `threads[0].steps[2].every`. */
export function pathKeys(path: string): Key[] {
  return [...path.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, key]) =>
    index === undefined ? key : Number(index),
  );
}

/** The node that the keys lead to, or null. */
export function nodeOf(tree: JsonNode | null, keys: readonly Key[]): JsonNode | null {
  let node = tree;
  for (const key of keys) {
    if (node === null) return null;
    node =
      typeof key === 'number'
        ? (node.items[key] ?? null)
        : (node.members.find((member) => member.key === key)?.value ?? null);
  }
  return node;
}

/**
 * Where to show a problem of the field that the keys lead to: its value, or its name where the value is large or
 * missing, or the nearest of its parents that is there.
 */
export function rangeOf(tree: JsonNode | null, keys: readonly Key[]): { from: number; to: number } {
  let best = { from: tree?.from ?? 0, to: tree?.from === undefined ? 0 : tree.from + 1 };
  let node = tree;
  for (const key of keys) {
    if (node === null) break;
    if (typeof key === 'number') {
      node = node.items[key] ?? null;
      if (node !== null) best = node.kind === 'scalar' ? node : { from: node.from, to: node.from + 1 };
    } else {
      const member = node.members.find((other) => other.key === key);
      node = member?.value ?? null;
      if (member !== undefined) best = node?.kind === 'scalar' ? node : member;
    }
  }
  return { from: best.from, to: best.to };
}

/** What stands at a place of the text, or could be written there. */
export interface Place {
  readonly role: 'key' | 'value';
  /** To the object (role `key`), or to the value. */
  readonly keys: readonly Key[];
  /** The word there; empty range where there is none. */
  readonly from: number;
  readonly to: number;
  /** Of role `key`: the name there, else ''. */
  readonly name: string;
}

export function placeAt(tree: JsonNode | null, offset: number): Place {
  const here = { from: offset, to: offset, name: '' };
  let node = tree;
  const keys: Key[] = [];
  for (;;) {
    if (node === null || node.kind === 'scalar' || offset <= node.from)
      return { role: 'value', keys, ...here, ...(node?.kind === 'scalar' ? { from: node.from, to: node.to } : {}) };
    if (node.kind === 'array') {
      const index = node.items.findIndex((item) => offset <= item.to);
      const item = index < 0 ? undefined : node.items[index];
      if (item === undefined || offset < item.from)
        return { role: 'value', keys: [...keys, index < 0 ? node.items.length : index], ...here };
      keys.push(index);
      node = item;
      continue;
    }
    const inKey = node.members.find((member) => offset >= member.from && offset <= member.to);
    if (inKey !== undefined) return { role: 'key', keys, from: inKey.from, to: inKey.to, name: inKey.key };
    const member: JsonMember | undefined = node.members.find(
      ({ to, colon, value }) => colon > to && offset >= colon && (value === null || offset <= value.to),
    );
    if (member === undefined) return { role: 'key', keys, ...here };
    keys.push(member.key);
    if (member.value === null || offset < member.value.from) return { role: 'value', keys, ...here };
    node = member.value;
  }
}
