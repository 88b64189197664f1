/** Documents of one kind side by side: every figure that one of them has, figure for figure. */
import type { ListedDocument } from '#ipc/schemas';
import { type Entry, gapsOf, sectionsOf } from './figures.ts';
import { type NamedCurve, type Plot, plotOf } from './plot.ts';
import { converted, readable, readableUnit, rounded, unitName } from './readable.ts';

/** How many are seen beside each other. */
export const MOST_COMPARED = 8;

export interface Row {
  /** Where it stands, unlike any other. */
  readonly key: string;
  readonly name: string;
  /** One a document; null where it has no such figure. */
  readonly cells: readonly (Entry | null)[];
  /** The unit that all its figures are told in, empty where they have none in common. */
  readonly unit: string;
  /** Whether what the documents say is not the same. A gap is no difference: nothing is known there. */
  readonly differs: boolean;
}

export interface RowGroup {
  readonly title: string;
  readonly rows: readonly Row[];
}

export interface ComparedPlot {
  readonly name: string;
  readonly plot: Plot;
  /** Of each curve, whose it is: place among the documents. */
  readonly owners: readonly number[];
}

export interface Comparison {
  readonly groups: readonly RowGroup[];
  readonly plots: readonly ComparedPlot[];
  /** What each document says it does not know. */
  readonly gaps: readonly (readonly string[])[];
}

/** Parts of a machine: what it is made of is told figure for figure too. */
const PARTS = [
  ['processor', 'processor', 'Processor'],
  ['disk', 'storage', 'Disk'],
  ['kernelCosts', 'kernelCosts', 'Kernel costs'],
] as const;

interface Placed {
  readonly title: string;
  readonly entry: Entry;
}

function entriesOf(item: ListedDocument, all: readonly ListedDocument[]): Placed[] {
  const own = sectionsOf(item.document).flatMap(({ title, entries }) => entries.map((entry) => ({ title, entry })));
  if (item.kind !== 'machine') return own;
  const fields = item.document as Readonly<Record<string, unknown>>;
  const parts = PARTS.map(([field, kind, label]) => ({
    field,
    label,
    part: all.find((other) => other.kind === kind && other.id === fields[field]),
  }));
  const named = own.map(({ title, entry }): Placed => {
    const part = parts.find(({ field }) => entry.path.length === 1 && entry.path[0] === field)?.part;
    return { title, entry: part !== undefined && entry.kind === 'choice' ? { ...entry, text: part.name } : entry };
  });
  const inside = parts.flatMap(({ label, part }) =>
    part === undefined
      ? []
      : sectionsOf(part.document).flatMap(({ title, entries }) =>
          entries.map((entry) => ({ title: title === 'general' ? label : `${label}: ${title}`, entry })),
        ),
  );
  return [...named, ...inside];
}

/** @param all every document there is: a machine's parts are among them */
export function compareDocuments(items: readonly ListedDocument[], all: readonly ListedDocument[]): Comparison {
  const byTitle = new Map<string, Map<string, (Entry | null)[]>>();
  items.forEach((item, column) => {
    for (const { title, entry } of entriesOf(item, all)) {
      const rows = byTitle.get(title) ?? new Map<string, (Entry | null)[]>();
      byTitle.set(title, rows);
      const cells = rows.get(entry.name) ?? items.map(() => null);
      rows.set(entry.name, cells);
      cells[column] = entry;
    }
  });
  const groups = [...byTitle].map(([title, rows]) => ({
    title,
    rows: [...rows].map(([name, cells]) => rowOf(`${title}/${name}`, name, cells)),
  }));
  const plots = groups.flatMap(({ title, rows }) =>
    rows.flatMap((row) => {
      const found = plotOfRow(row, items);
      return found === null ? [] : [{ ...found, name: title === 'general' ? row.name : `${title}: ${row.name}` }];
    }),
  );
  return { groups, plots, gaps: items.map(({ document }) => gapsOf(document)) };
}

function rowOf(key: string, name: string, cells: readonly (Entry | null)[]): Row {
  const unit = commonUnit(cells);
  const told = new Set(cells.filter((cell) => cell !== null).map((cell) => comparable(cell, unit)));
  // Where a choice comes from is told, but is no figure.
  const isSource = cells.some((cell) => cell?.kind === 'choice' && cell.path.at(-1) === 'source');
  return { key, name, cells, unit, differs: told.size > 1 && !isSource };
}

/** The unit in which the smallest figure of the row reads best, so that all can be read against each other. */
function commonUnit(cells: readonly (Entry | null)[]): string {
  let best: { readonly size: number; readonly unit: string } | null = null;
  let first = '';
  for (const cell of cells) {
    if (cell?.kind !== 'quantity') continue;
    first ||= unitName(cell.unit);
    const size = converted(Math.abs(cell.value), cell.unit, first);
    if (size === null) return '';
    if (best === null || (size > 0 && (best.size === 0 || size < best.size)))
      best = { size, unit: readableUnit(cell.value, cell.unit) };
  }
  return best?.unit ?? '';
}

/** What a cell says, the same for the same however it was written. */
function comparable(cell: Entry, unit: string): string {
  if (cell.kind === 'choice') return cell.text;
  if (cell.kind === 'curve') return JSON.stringify([cell.columns, cell.units, cell.rows]);
  const value = unit === '' ? null : converted(cell.value, cell.unit, unit);
  return value === null ? `${cell.value} ${unitName(cell.unit)}` : value.toPrecision(12);
}

function plotOfRow(row: Row, items: readonly ListedDocument[]): Omit<ComparedPlot, 'name'> | null {
  const curves: NamedCurve[] = [];
  const owners: number[] = [];
  row.cells.forEach((cell, column) => {
    if (cell?.kind !== 'curve' || cell.columns.length !== 2 || cell.rows.length === 0) return;
    curves.push({ name: items[column].name, curve: cell });
    owners.push(column);
  });
  const plot = plotOf(curves);
  return plot === null ? null : { plot, owners };
}

/** A figure in the row's unit; exact for hovering. */
export function figureText(cell: Entry & { kind: 'quantity' }, unit: string): { text: string; exact: string } {
  const { figure, unit: told, exact } = readable(cell.value, cell.unit, unit === '' ? undefined : unit);
  return { text: told === '' ? figure : `${figure}\u00a0${told}`, exact };
}

/** Ratio of the largest of the row's figures to the smallest, `1.8×`; empty where there are no two above 0. */
export function spreadText(row: Row): string {
  const values = row.cells.flatMap((cell) =>
    cell?.kind === 'quantity' ? [converted(cell.value, cell.unit, row.unit) ?? Number.NaN] : [],
  );
  const low = Math.min(...values);
  const high = Math.max(...values);
  if (values.length < 2 || !(low > 0) || high === low) return '';
  return `${rounded(Number((high / low).toPrecision(2)))}×`;
}
