/** An experiment document in words, as far as it can be read: it has not been checked yet. */
export interface Summary {
  /** What it runs on: `Policies` -> `P1, P5`. */
  readonly choices: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly files: readonly string[];
  readonly threads: readonly { readonly name: string; readonly steps: readonly StepLine[] }[];
}

export interface StepLine {
  /** Loops and forks it is in. */
  readonly depth: number;
  readonly what: string;
  readonly name: string;
  readonly details: string;
}

type Fields = Record<string, unknown>;

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const fields = fieldsOf(value);
  return textOf(fields['name'] ?? fields['id'] ?? '');
}

const CHOICES = [
  ['policies', 'Policies'],
  ['filesystems', 'File systems'],
  ['kernels', 'Kernels'],
  ['machines', 'Machines'],
] as const;

export function summarise(document: unknown): Summary {
  const fields = fieldsOf(document);
  const choices: { name: string; values: string[] }[] = CHOICES.map(([field, name]) => ({
    name,
    values: listOf(fields[field]).map(textOf),
  }));
  if (typeof fields['memory'] === 'string') choices.push({ name: 'Memory', values: [fields['memory']] });
  const files = listOf(fields['files']).map((file) => {
    const { name, size, extents } = fieldsOf(file);
    const written = listOf(extents).length;
    return `${textOf(name)}, ${textOf(size)}, ${written === 0 ? 'all holes' : `${written} extents`}`;
  });
  const threads = listOf(fields['threads']).map((thread, i) => {
    const { name, steps } = fieldsOf(thread);
    return { name: textOf(name) || `thread ${i}`, steps: stepLines(steps, 0) };
  });
  return { choices: choices.filter((choice) => choice.values.length > 0), files, threads };
}

/** Steps in their order, what is inside a loop or a fork right behind it. */
function stepLines(steps: unknown, depth: number): StepLine[] {
  return listOf(steps).flatMap((step) => {
    const { do: what, name, steps: inside, ...rest } = fieldsOf(step);
    const details = Object.entries(rest)
      .filter(([, value]) => typeof value !== 'object')
      .map(([field, value]) => `${field} ${textOf(value)}`)
      .join(', ');
    return [{ depth, what: textOf(what), name: textOf(name), details }, ...stepLines(inside, depth + 1)];
  });
}
