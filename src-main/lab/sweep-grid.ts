import { checkExperiment } from '#model/check-experiment';
import type { ExperimentInput } from '#model/experiment';
import { InputError, type Problem } from '#model/problem';
import {
  LIST_FIELDS,
  MOST_CELLS,
  keysOf,
  labelOf,
  sweepSchema,
  type AxisValue,
  type ListField,
  type SweepAxis,
  type SweepCell,
  type SweepGrid,
} from '#model/sweep';
import { positionOf } from '#model/sweep-results';
import { validate } from '#model/validate';

/** Documents that an experiment names by id, as they were written. */
export type Sources = (
  kind: 'machine' | 'kernel' | 'filesystem',
  id: string,
  file?: string,
  path?: string,
) => Record<string, unknown>;

const KIND_OF = { machines: 'machine', kernels: 'kernel', filesystems: 'filesystem' } as const;

/**
 * Every combination of a sweep's values, the last axis first to change. Lists of the experiment with several entries
 * (policies, machines, ...) that are not varied become axes of their own, so that a cell is one run.
 * @param presets shipped experiments by id
 * @param sources where a document comes from of which a field is varied
 * @throws InputError for a field the experiment has not, or a cell that is no valid experiment
 */
export function sweepGrid(
  document: unknown,
  presets: ReadonlyMap<string, ExperimentInput>,
  sources: Sources,
  file?: string,
): SweepGrid {
  const sweep = validate(sweepSchema, document, file);
  const fail = (problem: Problem): never => {
    throw new InputError({ ...(file === undefined ? {} : { file }), ...problem });
  };
  const base =
    typeof sweep.experiment === 'string' ? presets.get(sweep.experiment) : (sweep.experiment as ExperimentInput);
  if (base === undefined)
    return fail({
      path: 'experiment',
      message: `no experiment is called "${typeof sweep.experiment === 'string' ? sweep.experiment : ''}"`,
      expected: `one of ${[...presets.keys()].join(', ')}`,
    });
  const axes: SweepAxis[] = sweep.vary.map(({ field, name, values }) => ({
    field: listFieldOf(field) ?? field,
    name: name ?? field,
    values,
  }));
  for (const field of LIST_FIELDS) {
    const values = base[field];
    if (values !== undefined && values.length > 1 && !axes.some((axis) => axis.field === field))
      axes.push({ field, name: field, values: values as AxisValue[] });
  }
  const total = axes.reduce((product, axis) => product * axis.values.length, 1);
  if (total > MOST_CELLS)
    fail({ path: 'vary', message: `the grid has ${total} cells`, expected: `at most ${MOST_CELLS}` });
  // What a cell runs on comes before what is changed of it.
  const order = axes
    .map((_, i) => i)
    .sort((x, y) => Number(isListAxis(axes[y])) - Number(isListAxis(axes[x])) || x - y);
  const lengths = axes.map((axis) => axis.values.length);
  const setter = new FieldSetter(sources, file);
  const cells = Array.from({ length: total }, (_, index): SweepCell => {
    const position = positionOf(index, lengths);
    const cell = structuredClone(base) as unknown as Record<string, unknown>;
    for (const i of order) setter.set(cell, axes[i].field, axes[i].values[position[i]], `vary[${i}].field`);
    const values = axes.map((axis, i) => `${axis.name} = ${labelOf(axis.values[position[i]])}`).join(', ');
    checkExperiment(cell, `${file ?? sweep.name} (${values})`);
    return { index, position, document: cell as unknown as ExperimentInput };
  });
  return { name: sweep.name, measure: sweep.measure, axes, cells };
}

/** The list that a path means as a whole: a cell has one entry of it, so `policies[0]` is `policies`. */
function listFieldOf(field: string): ListField | undefined {
  return LIST_FIELDS.find((list) => field === list || field === `${list}[0]`);
}

function isListAxis(axis: SweepAxis): boolean {
  return listFieldOf(axis.field) !== undefined;
}

/** Sets fields of experiments by their paths; all of a path but its last part must be there. */
class FieldSetter {
  private readonly sources: Sources;
  private readonly file: string | undefined;

  constructor(sources: Sources, file: string | undefined) {
    this.sources = sources;
    this.file = file;
  }

  set(document: Record<string, unknown>, field: string, value: AxisValue, path: string): void {
    const list = listFieldOf(field);
    if (list !== undefined) {
      document[list] = [structuredClone(value)];
      return;
    }
    const keys = keysOf(field);
    const last = keys.pop()!;
    let holder: unknown = document;
    for (const [depth, key] of keys.entries()) {
      const inner = own(holder, key);
      if (typeof inner === 'string' && depth === 1) {
        // A document named by its id: the cell has one of its own, changed.
        const kind = KIND_OF[keys[0] as keyof typeof KIND_OF];
        if (kind !== undefined) {
          const source = this.sources(kind, inner, this.file, field);
          (holder as Record<string | number, unknown>)[key] = source;
        }
      }
      holder = own(holder, key);
    }
    const inList = Array.isArray(holder) && !(Number(last) < holder.length);
    if (typeof holder !== 'object' || holder === null || inList)
      throw new InputError({
        ...(this.file === undefined ? {} : { file: this.file }),
        path,
        message: `the experiment has no "${field}"`,
        expected: 'a path into the experiment',
      });
    (holder as Record<string | number, unknown>)[last] = structuredClone(value);
    if (keys.length > 1 && Object.hasOwn(KIND_OF, keys[0])) rename(own(document[keys[0]], 0), last, value);
  }
}

function own(holder: unknown, key: string | number): unknown {
  return typeof holder === 'object' && holder !== null && Object.hasOwn(holder, key)
    ? (holder as Record<string | number, unknown>)[key]
    : undefined;
}

/** A changed document does not go by the name of the one that ships: `ext2-4k` becomes `ext2-4k.block-1kib`. */
function rename(document: unknown, key: string | number, value: AxisValue): void {
  const changed = document as { id?: unknown };
  if (typeof changed.id !== 'string' || key === 'id') return;
  const slug = (text: string): string =>
    text
      .toLowerCase()
      .replace(/[^a-z0-9.]+/g, '')
      .slice(0, 20);
  changed.id = `${changed.id}.${slug(String(key))}-${slug(labelOf(value))}`.slice(0, 80);
}
