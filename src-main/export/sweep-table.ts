import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js';
import { ParquetWriter } from 'hyparquet-writer/src/parquet-writer.js';
import { labelOf, type AxisValue, type SweepResults } from '#model/sweep';
import { figureAt, metricPaths } from '#model/sweep-results';
import { csvField } from './csv.ts';

interface TableColumn {
  readonly name: string;
  /** By cell; null where a cell is not done, or its run has no such figure. */
  readonly values: readonly (string | number | null)[];
}

/** A row a cell: its value on each axis, its run, and every metric. */
function columnsOf({ grid, cells }: SweepResults): TableColumn[] {
  const paths = metricPaths(cells.flatMap((cell) => (cell === undefined ? [] : [cell.metrics])));
  const axes = grid.axes.map((axis, i): TableColumn => {
    const values = axis.values.map(axisValue);
    // One type a column: an axis of numbers stays numbers.
    const typed = values.every((value) => typeof value === 'number') ? values : axis.values.map(labelOf);
    return { name: axis.name, values: grid.cells.map((cell) => typed[cell.position[i]]) };
  });
  const ofRun = (name: string, key: 'run' | 'hash' | 'verdict'): TableColumn => ({
    name,
    values: grid.cells.map((cell) => cells[cell.index]?.[key] ?? null),
  });
  const metrics = paths.map((path): TableColumn => {
    const figure = (index: number): number | null => {
      const cell = cells[index];
      return cell === undefined ? null : (figureAt(cell.metrics, path) ?? null);
    };
    return { name: path, values: grid.cells.map((cell) => figure(cell.index)) };
  });
  return unique([...axes, ofRun('run', 'run'), ofRun('hash', 'hash'), ofRun('verdict', 'verdict'), ...metrics]);
}

/** A person may call an axis as a metric is called, or two axes the same: later ones are numbered. */
function unique(columns: readonly TableColumn[]): TableColumn[] {
  const seen = new Map<string, number>();
  return columns.map((column) => {
    const times = (seen.get(column.name) ?? 0) + 1;
    seen.set(column.name, times);
    return times === 1 ? column : { ...column, name: `${column.name} (${times})` };
  });
}

function axisValue(value: AxisValue): string | number {
  return typeof value === 'number' ? value : labelOf(value);
}

/** Comma-separated values (RFC 4180): a line a cell with its axes, its run and every metric. */
export function sweepCsv(results: SweepResults): string {
  const columns = columnsOf(results);
  const line = (fields: readonly string[]): string => `${fields.map(csvField).join(',')}\r\n`;
  const rows = results.grid.cells.map((_, i) => line(columns.map(({ values }) => String(values[i] ?? ''))));
  return line(columns.map(({ name }) => name)) + rows.join('');
}

/** The same table as an Apache Parquet file; the grid is in its metadata under `faultline.sweep`. */
export async function sweepParquet(results: SweepResults): Promise<Uint8Array> {
  const columns = columnsOf(results);
  const bytes = new ByteWriter(1 << 16);
  const { name, measure, axes } = results.grid;
  const types = columns.map(({ values }) =>
    values.some((value) => typeof value === 'string') ? ('BYTE_ARRAY' as const) : ('DOUBLE' as const),
  );
  const writer = new ParquetWriter({
    writer: bytes,
    createdBy: 'faultline',
    kvMetadata: [{ key: 'faultline.sweep', value: JSON.stringify({ name, measure, axes }) }],
    schema: [
      { name: 'root', num_children: columns.length },
      ...columns.map((column, i) => ({
        name: column.name,
        type: types[i],
        repetition_type: 'OPTIONAL' as const,
        ...(types[i] === 'BYTE_ARRAY' ? { converted_type: 'UTF8' as const } : {}),
      })),
    ],
  });
  await writer.write({
    columnData: columns.map((column) => ({ name: column.name, data: [...column.values] })),
    rowGroupSize: results.grid.cells.length,
  });
  await writer.finish();
  return bytes.getBytes().slice();
}
