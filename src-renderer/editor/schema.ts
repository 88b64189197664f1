/** A document's JSON Schema, asked what may stand where: for completion and for help. */
import { nodeOf, type JsonNode, type Key } from './json-tree.ts';

/** The part of JSON Schema that the lab's documents use. */
export interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema | readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
}

/** A field of an object, as one may write it. */
export interface Field {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly required: boolean;
}

/** Constants of an alternative that the node says otherwise of: it is another one that is meant. */
function contradicts(schema: JsonSchema, node: JsonNode | null): boolean {
  return Object.entries(schema.properties ?? {}).some(([name, { const: wanted }]) => {
    if (wanted === undefined) return false;
    const given = node?.members.find(({ key }) => key === name)?.value;
    return given?.value !== undefined && given.value !== wanted;
  });
}

/** The schema without references and alternatives: those that fit the node, all where none does. */
export function alternatives(root: JsonSchema, schema: JsonSchema, node: JsonNode | null): readonly JsonSchema[] {
  if (schema.$ref !== undefined) {
    const target = root.$defs?.[schema.$ref.replace('#/$defs/', '')];
    return target === undefined ? [] : alternatives(root, target, node);
  }
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices === undefined) return [schema];
  const all = choices.flatMap((choice) => alternatives(root, choice, node));
  const fitting = node?.kind === 'object' ? all.filter((choice) => !contradicts(choice, node)) : all;
  return fitting.length > 0 ? fitting : all;
}

/** What may stand where the keys lead, in the document as it is. */
export function schemasAt(root: JsonSchema, tree: JsonNode | null, keys: readonly Key[]): readonly JsonSchema[] {
  let found = alternatives(root, root, tree);
  keys.forEach((key, depth) => {
    const node = nodeOf(tree, keys.slice(0, depth + 1));
    found = found.flatMap((schema) => {
      const next = typeof key === 'string' ? schema.properties?.[key] : itemOf(schema, key);
      return next === undefined ? [] : alternatives(root, next, node);
    });
  });
  return found;
}

function itemOf({ items }: JsonSchema, index: number): JsonSchema | undefined {
  return Array.isArray(items) ? (items as readonly JsonSchema[])[index] : (items as JsonSchema | undefined);
}

/** Fields of the object that the keys lead to: each once, required ones first. */
export function fieldsAt(root: JsonSchema, tree: JsonNode | null, keys: readonly Key[]): readonly Field[] {
  const fields = new Map<string, Field>();
  for (const schema of schemasAt(root, tree, keys))
    for (const [name, field] of Object.entries(schema.properties ?? {}))
      if (!fields.has(name))
        fields.set(name, { name, schema: field, required: schema.required?.includes(name) === true });
  return [...fields.values()].sort((a, b) => Number(b.required) - Number(a.required));
}

/** A value that may be written. */
export interface Choice {
  readonly label: string;
  /** As JSON. */
  readonly json: string;
  readonly means: string;
}

/** Values that a schema names: constants, options, its default, examples; an object as its required fields. */
export function choicesOf(root: JsonSchema, schemas: readonly JsonSchema[]): readonly Choice[] {
  const choices = new Map<string, Choice>();
  const add = (value: unknown, means: string, label = textOf(value)): void => {
    if (value !== undefined && !choices.has(label)) choices.set(label, { label, json: JSON.stringify(value), means });
  };
  for (const schema of schemas) {
    const means = schema.description ?? '';
    if (schema.properties !== undefined) {
      const [kind] = Object.values(schema.properties);
      if (kind?.const !== undefined) add(skeletonOf(root, schema), kind.description ?? '', textOf(kind.const));
      else add(skeletonOf(root, schema), means, '{ }');
      continue;
    }
    add(schema.const, means);
    schema.enum?.forEach((value) => add(value, value === schema.default ? 'the default' : means));
    add(schema.default, 'the default');
    schema.examples?.forEach((value) => add(value, ''));
    if (schema.type === 'boolean') [true, false].forEach((value) => add(value, means));
    if (schema.type === 'array') add([], means, '[ ]');
  }
  return [...choices.values()];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The least that could be written for a schema: what is required, with the first value that comes to mind. */
export function skeletonOf(root: JsonSchema, schema: JsonSchema): unknown {
  const [first] = alternatives(root, schema, null);
  if (first === undefined) return null;
  const { const: constant, default: otherwise, enum: options, examples, type } = first;
  if (type === 'object')
    return Object.fromEntries(
      (first.required ?? []).map((name) => [name, skeletonOf(root, first.properties?.[name] ?? {})]),
    );
  return constant ?? otherwise ?? options?.[0] ?? examples?.[0] ?? EMPTY[type ?? ''] ?? '';
}

const EMPTY: Readonly<Record<string, unknown>> = { array: [], integer: 1, number: 1, boolean: true };

/** What a field is, for a tooltip: its meaning, then what may stand there. */
export function helpOf(schemas: readonly JsonSchema[]): { means: string; allowed: string } {
  const means = [...new Set(schemas.map(({ description }) => description ?? ''))]
    .filter((text) => text !== '')
    .join(' ');
  const [schema] = schemas;
  if (schema === undefined) return { means, allowed: '' };
  const parts: string[] = [];
  const options = [
    ...new Set(schemas.flatMap(({ const: one, enum: many }) => many ?? (one === undefined ? [] : [one]))),
  ];
  if (options.length > 0) parts.push(`one of ${options.map(textOf).join(', ')}`);
  else if (schema.examples !== undefined) parts.push(`such as ${textOf(schema.examples[0])}`);
  else if (schema.type === 'array') parts.push('a list');
  else if (schema.type === 'boolean') parts.push('true or false');
  if (schema.minimum !== undefined) parts.push(`at least ${schema.minimum}`);
  if (schema.maximum !== undefined) parts.push(`at most ${schema.maximum}`);
  if (schema.default !== undefined) parts.push(`${textOf(schema.default)} by default`);
  return { means, allowed: parts.join(', ') };
}
