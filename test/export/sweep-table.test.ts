import { parse } from 'csv-parse/sync';
import { parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { sweepCsv, sweepParquet } from '#export/sweep-table';
import { METRIC_PATHS } from '#model/sweep-results';
import { sampleSweep } from '../support/sample-sweep.ts';

const results = sampleSweep(
  [
    { field: 'seed', name: 'seed', values: [1, 2] },
    { field: 'memory', name: 'a, "name"', values: ['64 MiB', '1 GiB'] },
    { field: 'policies', name: 'run', values: ['P1', { id: 'own' }] },
  ],
  ([seed, memory, policy]) =>
    seed === 1 && memory === 1 && policy === 1 ? undefined : seed * 100 + memory * 10 + policy,
);

describe('the table of a sweep', () => {
  it('is read back by a CSV parser: a line a cell, empty where one is not done', () => {
    const rows: Record<string, string>[] = parse(sweepCsv(results), { columns: true });
    expect(rows).toHaveLength(8);
    expect(rows[5]).toMatchObject({
      seed: '2',
      'a, "name"': '64 MiB',
      run: 'own',
      'run (2)': 'run5',
      verdict: 'finished',
      'blocks.needlessKiB': '101',
      'io.byCause.writeback': '2',
    });
    expect(rows[7]).toMatchObject({ seed: '2', 'run (2)': '', hash: '', 'blocks.needlessKiB': '' });
    for (const path of METRIC_PATHS) expect(rows[0]).toHaveProperty([path]);
  });

  it('is the same table as Parquet, numbers as numbers', async () => {
    const { buffer } = await sweepParquet(results);
    const file = buffer as ArrayBuffer;
    const rows = await parquetReadObjects({ file });
    expect(rows).toHaveLength(8);
    expect(rows[5]).toMatchObject({ seed: 2, 'a, "name"': '64 MiB', run: 'own', 'run (2)': 'run5' });
    expect(rows[5]).toMatchObject({ 'blocks.needlessKiB': 101, 'faults.major': 10 });
    expect(rows[7]?.['blocks.needlessKiB'] ?? null).toBeNull();
    const { key_value_metadata: kept } = await parquetMetadataAsync(file);
    const { axes } = JSON.parse(kept?.find(({ key }) => key === 'faultline.sweep')?.value ?? '') as { axes: unknown };
    expect(axes).toEqual(results.grid.axes);
  });
});
