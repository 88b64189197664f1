import type { Table } from '#model/quantity';

const MS = 1e9;

/**
 * Seek time by distance, one entry a cylinder, in ps: linear between the points of the table, and
 * along its last (first) stretch beyond them. Entry 0 is 0.
 * @param table columns distance (cylinders, ascending) and time (ms)
 * @param cylinders cylinders of the disk; the longest seek is one less
 */
export function seekTimes(table: Table, cylinders: number): Float64Array {
  const times = new Float64Array(cylinders);
  const rows = table.rows;
  let above = 0;
  for (let distance = 1; distance < cylinders; distance++) {
    while (above < rows.length - 1 && rows[above][0] < distance) above++;
    const [x1, y1] = rows[above];
    const [x0, y0] = rows[above === 0 ? Math.min(1, rows.length - 1) : above - 1];
    const ms = x1 === x0 ? y1 : y1 + ((distance - x1) * (y1 - y0)) / (x1 - x0);
    times[distance] = Math.max(0, ms * MS);
  }
  return times;
}
