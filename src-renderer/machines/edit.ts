import { documentId } from '#model/document-id';
import type { Path } from './figures.ts';

type Fields = Record<string, unknown>;
/** A document of the user's, as far as all kinds are alike. */
export type OwnDocument = Fields & { format: string; id: string; name: string };

/** What a person may change of a figure. */
export interface FigureChange {
  readonly value: number;
  readonly unit: string;
  readonly source: string;
  readonly method: string;
  readonly date: string;
  readonly note: string;
}

/** A copy of the document with one figure changed; fields left empty are left out. */
export function withFigure<T extends Fields>(document: T, path: Path, change: FigureChange): T {
  const copy = structuredClone(document);
  const figure = at(copy, path);
  if (figure === null) return copy;
  const { value, unit, source, method, date, note } = change;
  Object.assign(figure, { value, unit, source, method });
  for (const [field, text] of [
    ['date', date],
    ['note', note],
  ] as const) {
    if (text.trim() === '') Reflect.deleteProperty(figure, field);
    else figure[field] = text;
  }
  return copy;
}

/** The object at a path of a document, null where there is none. */
function at(document: unknown, path: Path): Fields | null {
  let here: unknown = document;
  for (const step of path) {
    if (typeof here !== 'object' || here === null) return null;
    here = (here as Fields)[step];
  }
  return typeof here === 'object' && here !== null ? (here as Fields) : null;
}

/** A copy under a name and an id that nobody has. */
export function duplicateOf(document: Fields, taken: ReadonlySet<string>): OwnDocument {
  const copy = structuredClone(document);
  const id = typeof copy['id'] === 'string' ? copy['id'] : 'document';
  const name = typeof copy['name'] === 'string' ? copy['name'] : id;
  const format = typeof copy['format'] === 'string' ? copy['format'] : '';
  return { ...copy, format, id: freeId(`${id}-copy`, taken), name: `${name} (copy)` };
}

/** The id itself, or with the first number that makes it free. */
export function freeId(id: string, taken: ReadonlySet<string>): string {
  for (let i = 1; ; i++) {
    const candidate = i === 1 ? id : `${id}-${i}`;
    if (!taken.has(candidate)) return candidate;
  }
}

/** The parts that a person chose for a machine. */
export interface Assembly {
  readonly name: string;
  readonly year: number;
  readonly processor: string;
  readonly cores: number;
  readonly kernelCosts: string;
  readonly disk: string;
  /** GiB. */
  readonly memory: number;
}

/** The machine document of an assembly. @param today ISO date of the memory's figure */
export function machineOf(assembly: Assembly, taken: ReadonlySet<string>, today: string): OwnDocument {
  const { name, year, processor, cores, kernelCosts, disk, memory } = assembly;
  return {
    format: 'faultline/machine@1',
    id: freeId(documentId(name) || 'machine', taken),
    name: name.trim(),
    year,
    description: 'Assembled by hand.',
    processor,
    cores,
    kernelCosts,
    disk,
    memory: {
      value: memory,
      unit: 'GiB',
      source: 'chosen when the machine was assembled',
      method: 'reported',
      date: today,
    },
    missing: [],
  };
}
