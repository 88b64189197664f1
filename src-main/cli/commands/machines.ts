import { defineCommand } from 'citty';
import { formatTable, printJson, printLine, tell } from '#cli/output';
import { knownDocuments } from '#cli/open-lab';
import { InputError } from '#model/problem';
import type { Quantity } from '#model/quantity';

export default defineCommand({
  meta: { name: 'machines', description: 'List the machines, or show one with every figure and its source' },
  args: {
    id: {
      type: 'positional',
      required: false,
      description: 'machine, processor, disk or kernel-costs document to show',
    },
    json: { type: 'boolean', description: 'print one JSON document' },
  },
  run({ args }) {
    const documents = knownDocuments();
    if (args.id !== undefined) {
      const document = findAny(args.id);
      if (args.json) printJson(document);
      else for (const line of figureLines(document)) printLine(line);
      return;
    }
    const named = <K extends 'machine' | 'processor' | 'storage' | 'kernelCosts'>(kind: K) =>
      documents.ids(kind).flatMap((id) => {
        try {
          return [{ ...documents.get(kind, id), id }];
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          // One file of the user's that does not fit hides none of the others.
          tell(error.message);
          return [];
        }
      });
    const machines = named('machine');
    const parts = { processors: named('processor'), disks: named('storage'), kernelCosts: named('kernelCosts') };
    if (args.json) {
      printJson({ machines, ...parts });
      return;
    }
    for (const line of formatTable(machines, [
      { title: 'machine', value: (m) => m.id },
      { title: 'year', value: (m) => String(m.year), align: 'right' },
      { title: 'cores', value: (m) => String(m.cores), align: 'right' },
      { title: 'processor', value: (m) => m.processor },
      { title: 'disk', value: (m) => m.disk },
      { title: 'kernel costs', value: (m) => m.kernelCosts },
      { title: 'name', value: (m) => m.name },
    ])) printLine(line); // prettier-ignore
    for (const [title, list] of Object.entries(parts)) {
      printLine();
      for (const line of formatTable<{ id: string; name: string }>(list, [
        { title, value: (d) => d.id },
        { title: 'name', value: (d) => d.name },
      ])) printLine(line); // prettier-ignore
    }

    function findAny(id: string): object {
      for (const kind of ['machine', 'processor', 'storage', 'kernelCosts'] as const)
        if (documents.ids(kind).includes(id)) return documents.get(kind, id);
      return documents.get('machine', id);
    }
  },
});

/** Every figure of a document, one a line: path, value, unit, method, source. */
function figureLines(document: object): string[] {
  const rows: { path: string; figure: string; method: string; source: string }[] = [];
  const walk = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) {
      rows.push({ path, figure: String(value), method: '', source: '' });
      return;
    }
    if (isFigure(value)) {
      const figure =
        'value' in value
          ? `${(value as Quantity).value} ${(value as Quantity).unit}`
          : 'table or distribution (see --json)';
      rows.push({ path, figure, method: value.method, source: value.source });
      return;
    }
    for (const [key, inner] of Object.entries(value))
      walk(inner, Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`);
  };
  walk(document, '');
  return formatTable(rows, [
    { title: 'field', value: (r) => r.path },
    { title: 'figure', value: (r) => r.figure },
    { title: 'method', value: (r) => r.method },
    { title: 'source', value: (r) => r.source },
  ]);
}

function isFigure(value: object): value is { method: string; source: string } {
  return 'method' in value && 'source' in value;
}
