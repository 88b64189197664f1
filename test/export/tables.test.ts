import { parse } from 'csv-parse/sync';
import { parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { CSV_COLUMNS, eventsCsv, metricsCsv } from '#export/csv';
import { RUN_JSON_FORMAT, runJson } from '#export/json';
import { kindName } from '#export/names';
import { eventsParquet } from '#export/parquet';
import { EventKind } from '#model/events';
import { bytesOf, rowsOf, sampleInfo, sampleSource, sourceOfRows, textOf } from './support.ts';

/** More than a batch. */
const EVENTS = 70_000;

describe('events as CSV', () => {
  it('are read back by a CSV parser as they were', async () => {
    const source = sampleSource(EVENTS);
    const records: Record<string, string>[] = parse(await textOf(eventsCsv(source)), { columns: true });
    const read = records.map((record) => ({
      index: Number(record['index']),
      time: Number(record['time_ps']),
      duration: Number(record['duration_ps']),
      lane: source.run.lanes.findIndex((lane) => lane.name === record['lane']),
      kind: EventKind[record['kind'] as keyof typeof EventKind],
      address: Number(record['address']),
      a: Number(record['a']),
      b: Number(record['b']),
      c: Number(record['c']),
      cause: record['cause'] === '' ? -1 : Number(record['cause']),
    }));
    expect(read).toEqual(await rowsOf(source));
  });

  it('keep lane names with commas, quotes, line breaks and other scripts', async () => {
    const names = ['a,b', 'say "x"', 'two\r\nlines', '', 'Ωμέγα 漢字 🙂', ' spaces '];
    const lanes = names.map((name) => ({ name, group: 'thread' as const }));
    const text = await textOf(
      eventsCsv(
        sourceOfRows(
          names.map((_, lane) => ({ lane })),
          lanes,
        ),
      ),
    );
    const records: Record<string, string>[] = parse(text, { columns: true, record_delimiter: '\r\n' });
    expect(records.map((record) => record['lane'])).toEqual(names);
  });

  it('of an empty run are a header', async () =>
    expect(await textOf(eventsCsv(sampleSource(0)))).toBe(`${CSV_COLUMNS.join(',')}\r\n`));
});

it('metrics as CSV are a line each', () => {
  const records: string[][] = parse(metricsCsv(sampleInfo(0).metrics));
  expect(records).toContainEqual(['blocks.needlessKiB', '15360']);
  expect(records).toContainEqual(['io.byCause.sync', '1']);
});

describe('the run as JSON', () => {
  it('holds run, documents and every event', async () => {
    const source = sampleSource(EVENTS);
    const read = JSON.parse(await textOf(runJson(source))) as { columns: string[]; events: number[][] };
    expect(read).toMatchObject({ format: RUN_JSON_FORMAT, run: source.run, documents: source.documents });
    const rows = read.events.map((row, index) => ({
      index,
      ...Object.fromEntries(read.columns.map((column, i) => [column, row[i]])),
    }));
    expect(rows).toEqual(await rowsOf(source));
  });

  it('is JSON for an empty run too', async () =>
    expect(JSON.parse(await textOf(runJson(sampleSource(0))))).toMatchObject({ events: [] }));
});

describe('events as Parquet', () => {
  const open = async (bytes: Uint8Array): Promise<ArrayBuffer> => Promise.resolve(new Uint8Array(bytes).buffer);

  it('are read back by hyparquet as they were', async () => {
    const source = sampleSource(EVENTS);
    const file = await open(await bytesOf(eventsParquet(source)));
    const read = await parquetReadObjects({ file });
    const expected = (await rowsOf(source)).map((row) => ({
      index: row.index,
      time_ps: BigInt(row.time),
      duration_ps: BigInt(row.duration),
      lane: source.run.lanes[row.lane].name,
      group: source.run.lanes[row.lane].group,
      kind: kindName(row.kind),
      address: row.address,
      a: row.a,
      b: row.b,
      c: row.c,
      cause: row.cause < 0 ? null : row.cause,
    }));
    expect(read.length).toBe(EVENTS);
    expect(read).toEqual(expected);
  });

  it('carry the run, and a row group a batch', async () => {
    const source = sampleSource(EVENTS);
    const metadata = await parquetMetadataAsync(await open(await bytesOf(eventsParquet(source))));
    expect(metadata.row_groups.map((group) => Number(group.num_rows))).toEqual([65_536, EVENTS - 65_536]);
    const run = metadata.key_value_metadata?.find(({ key }) => key === 'faultline.run')?.value;
    expect(JSON.parse(run ?? '')).toEqual(source.run);
  });

  it('have as many lanes as there are, and causes that are not known', async () => {
    const lanes = Array.from({ length: 700 }, (_, i) => ({ name: `lane ${i % 600}`, group: 'thread' as const }));
    const source = sourceOfRows(
      lanes.map((_, lane) => ({ lane, time: 2 ** 52 + lane, cause: lane % 3 === 0 ? -1 : lane })),
      lanes,
    );
    const read = await parquetReadObjects({ file: await open(await bytesOf(eventsParquet(source))) });
    expect(read.map((row): unknown => row['lane'])).toEqual(lanes.map(({ name }) => name));
    expect(read.map((row): unknown => row['time_ps'])).toEqual(lanes.map((_, i) => BigInt(2 ** 52 + i)));
    expect(read.map((row): unknown => row['cause'])).toEqual(lanes.map((_, i) => (i % 3 === 0 ? null : i)));
  });

  it('of an empty run are an empty table', async () => {
    const file = await open(await bytesOf(eventsParquet(sampleSource(0))));
    expect(await parquetReadObjects({ file })).toEqual([]);
  });
});
