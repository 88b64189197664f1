import { checkExperiment } from '#model/check-experiment';
import type { ExperimentInput } from '#model/experiment';
import { InputError } from '#model/problem';
import {
  LIST_FIELDS,
  MOST_CELLS,
  sweepSchema,
  type AxisValue,
  type SweepAxis,
  type SweepCell,
  type SweepGrid,
} from '#model/sweep';
import { validate } from '#model/validate';

/**
 * Every combination of a sweep's values, the last axis first to change. Lists of the experiment with several entries
 * (policies, machines, ...) that are not varied become axes of their own, so that a cell is one run.
 * @param presets shipped experiments by id
 * @throws InputError for a field the experiment has not, or a cell that is no valid experiment
 */
export function sweepGrid(document: unknown, presets: ReadonlyMap<string, ExperimentInput>, file?: string): SweepGrid {
  const sweep = validate(sweepSchema, document, file);
  const base =
    typeof sweep.experiment === 'string' ? presets.get(sweep.experiment) : (sweep.experiment as ExperimentInput);
  if (base === undefined) {
    throw new InputError({
      ...(file === undefined ? {} : { file }),
      path: 'experiment',
      message: `no experiment is called "${typeof sweep.experiment === 'string' ? sweep.experiment : ''}"`,
      expected: `one of ${[...presets.keys()].join(', ')}`,
    });
  }
  const axes: SweepAxis[] = sweep.vary.map(({ field, name, values }) => ({ field, name: name ?? field, values }));
  for (const field of LIST_FIELDS) {
    const values = base[field];
    if (values !== undefined && values.length > 1 && !axes.some((axis) => axis.field === field))
      axes.push({ field, name: field, values: values as AxisValue[] });
  }
  const total = axes.reduce((product, axis) => product * axis.values.length, 1);
  if (total > MOST_CELLS)
    throw new InputError({
      ...(file === undefined ? {} : { file }),
      path: 'vary',
      message: `the grid has ${total} cells`,
      expected: `at most ${MOST_CELLS}`,
    });
  const cells = Array.from({ length: total }, (_, index): SweepCell => {
    const position = positionOf(index, axes);
    const cell = structuredClone(base) as unknown as Record<string, unknown>;
    axes.forEach((axis, i) => setField(cell, axis.field, axis.values[position[i]], `vary[${i}].field`, file));
    const values = axes.map((axis, i) => `${axis.name} = ${labelOf(axis.values[position[i]])}`).join(', ');
    checkExperiment(cell, `${file ?? sweep.name} (${values})`);
    return { index, position, document: cell as unknown as ExperimentInput };
  });
  return { name: sweep.name, measure: sweep.measure, axes, cells };
}

function positionOf(index: number, axes: readonly SweepAxis[]): number[] {
  const position = new Array<number>(axes.length).fill(0);
  let rest = index;
  for (let i = axes.length - 1; i >= 0; i--) {
    position[i] = rest % axes[i].values.length;
    rest = Math.floor(rest / axes[i].values.length);
  }
  return position;
}

/** Sets a field by its path; all but its last part must be there. */
function setField(
  document: Record<string, unknown>,
  field: string,
  value: AxisValue,
  path: string,
  file: string | undefined,
): void {
  const keys = field.match(/[A-Za-z]+|\d+/g) ?? [];
  const last = keys.pop()!;
  let holder: unknown = document;
  for (const key of keys)
    holder = typeof holder === 'object' && holder !== null ? (holder as Record<string, unknown>)[key] : undefined;
  const inList = Array.isArray(holder) && !(Number(last) < holder.length);
  if (typeof holder !== 'object' || holder === null || inList) {
    throw new InputError({
      ...(file === undefined ? {} : { file }),
      path,
      message: `the experiment has no "${field}"`,
      expected: 'a path into the experiment',
    });
  }
  const isList = keys.length === 0 && (LIST_FIELDS as readonly string[]).includes(last);
  (holder as Record<string, unknown>)[last] = isList ? [value] : value;
}

/** An axis value as tables show it. */
export function labelOf(value: AxisValue): string {
  if (typeof value !== 'object') return String(value);
  const { id, name } = value as { id?: unknown; name?: unknown };
  return typeof id === 'string' ? id : typeof name === 'string' ? name : JSON.stringify(value);
}
