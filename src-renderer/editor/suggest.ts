/** What can be written at a place of a document: fields and values, from its schema and from its own names. */
import type { JsonNode, Key, Place } from './json-tree.ts';
import { nodeOf } from './json-tree.ts';
import { choicesOf, fieldsAt, helpOf, schemasAt, skeletonOf, type JsonSchema } from './schema.ts';

/** A name that a field may take, which no schema knows: a document of the lab, a mapping of this one. */
export interface KnownName {
  readonly name: string;
  readonly means: string;
}

/** Names for the field that the keys lead to; none where its schema says all. */
export type NamesOf = (keys: readonly Key[]) => readonly KnownName[];

export interface Suggestion {
  readonly label: string;
  readonly kind: 'field' | 'value';
  /** Short, beside the label. */
  readonly detail: string;
  /** What it means. */
  readonly means: string;
  /** What is written in place of the word there. */
  readonly insert: string;
}

/** Writes a value as the designer does: by lines, from an indentation on. */
function written(value: unknown, indent: string): string {
  return JSON.stringify(value, null, 2).replaceAll('\n', `\n${indent}`);
}

/**
 * @param indent white space before the line, for what takes several lines
 * @param follows what stands behind the word, from the first sign on that is no space
 */
export function suggestionsAt(
  root: JsonSchema,
  tree: JsonNode | null,
  place: Place,
  names: NamesOf,
  indent: string,
  follows: string,
): readonly Suggestion[] {
  if (place.role === 'key') {
    const object = nodeOf(tree, place.keys);
    const there = new Set(object?.members.map(({ key }) => key));
    return fieldsAt(root, tree, place.keys)
      .filter(({ name }) => name === place.name || !there.has(name))
      .map(({ name, schema, required }) => {
        const { means, allowed } = helpOf(schemasAt(root, tree, [...place.keys, name]));
        const value = follows.startsWith(':') ? '' : `: ${written(skeletonOf(root, schema), indent)}`;
        const comma = value !== '' && follows.startsWith('"') ? ',' : '';
        return {
          label: name,
          kind: 'field',
          detail: required ? 'required' : allowed,
          means,
          insert: `${JSON.stringify(name)}${value}${comma}`,
        };
      });
  }
  const known = names(place.keys).map(({ name, means }): Suggestion => ({
    label: name,
    kind: 'value',
    detail: '',
    means,
    insert: JSON.stringify(name),
  }));
  const taken = new Set(known.map(({ label }) => label));
  const comma = /^["{[\d]/.test(follows) ? ',' : '';
  const choices = choicesOf(root, schemasAt(root, tree, place.keys))
    .filter(({ label, json }) => !taken.has(label) && json !== '""')
    .map(({ label, json, means }): Suggestion => {
      const insert = written(JSON.parse(json), indent);
      return { label, kind: 'value', detail: '', means, insert };
    });
  return [...known, ...choices].map((found) => ({ ...found, insert: `${found.insert}${comma}` }));
}

/** What stands at a place, in words; null where nothing can be said. */
export function helpAt(
  root: JsonSchema,
  tree: JsonNode | null,
  place: Place,
  names: NamesOf,
): { title: string; means: string; allowed: string } | null {
  const keys = place.role === 'key' ? [...place.keys, place.name] : place.keys;
  if (place.from === place.to || keys.length === 0) return null;
  const field = [...keys].reverse().find((key) => typeof key === 'string') ?? '';
  const value = nodeOf(tree, keys)?.value;
  const known = place.role === 'value' ? names(keys).find(({ name }) => name === value) : undefined;
  if (known !== undefined) return { title: known.name, means: known.means, allowed: '' };
  const help = helpOf(schemasAt(root, tree, keys));
  if (help.means === '' && help.allowed === '') return null;
  return { title: field, ...help };
}
