import type { ReportDocument } from './model.ts';

/** A figure of a document, and where it comes from. */
export interface Sourced {
  /** Path in the document, such as `costs.vmaLookup`; empty for the document itself. */
  readonly path: string;
  readonly source: string;
  /** How it came about; empty where the document does not say. */
  readonly method: string;
  readonly note: string;
}

/** Everything in a document that names its source, in the order of the document. */
export function sourcedIn(document: ReportDocument): Sourced[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(document.json);
  } catch {
    return [];
  }
  const found: Sourced[] = [];
  walk(parsed, '', found);
  return found;
}

function walk(value: unknown, path: string, found: Sourced[]): void {
  if (Array.isArray(value)) {
    value.forEach((item: unknown, i) => walk(item, `${path}[${i}]`, found));
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const fields = value as Readonly<Record<string, unknown>>;
  const text = (name: string): string => (typeof fields[name] === 'string' ? fields[name] : '');
  if (text('source') !== '') found.push({ path, source: text('source'), method: text('method'), note: text('note') });
  for (const [name, inner] of Object.entries(fields)) walk(inner, path === '' ? name : `${path}.${name}`, found);
}

/** What a document's figures rest on: a source and a method, and how many figures share them. */
export interface SourceUse {
  readonly source: string;
  readonly method: string;
  readonly figures: number;
}

/** The sources of a document, each with its methods, most used first. */
export function sourceUses(sourced: readonly Sourced[]): SourceUse[] {
  const uses = new Map<string, { source: string; method: string; figures: number }>();
  for (const { source, method } of sourced) {
    const key = `${method}\n${source}`;
    const use = uses.get(key) ?? { source, method, figures: 0 };
    use.figures++;
    uses.set(key, use);
  }
  return [...uses.values()].sort((one, other) => other.figures - one.figures);
}
