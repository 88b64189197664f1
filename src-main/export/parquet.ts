import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js';
import { ParquetWriter } from 'hyparquet-writer/src/parquet-writer.js';
import { kindName, laneGroup, laneName } from './names.ts';
import type { Chunks, ExportSource } from './source.ts';

type ColumnType = 'INT64' | 'INT32' | 'DOUBLE' | 'BYTE_ARRAY';

/** Columns of the table. Times in ps of simulated time; `cause` is an index, null when not known. */
const COLUMNS: readonly {
  readonly name: string;
  readonly type: ColumnType;
  readonly optional?: boolean;
  readonly encoding: 'PLAIN' | 'RLE_DICTIONARY';
  /** Lowest and highest of each row group: for readers that look for a span of time. */
  readonly statistics?: boolean;
}[] = [
  { name: 'index', type: 'INT32', encoding: 'PLAIN', statistics: true },
  { name: 'time_ps', type: 'INT64', encoding: 'PLAIN', statistics: true },
  { name: 'duration_ps', type: 'INT64', encoding: 'PLAIN' },
  { name: 'lane', type: 'BYTE_ARRAY', encoding: 'RLE_DICTIONARY' },
  { name: 'group', type: 'BYTE_ARRAY', encoding: 'RLE_DICTIONARY' },
  { name: 'kind', type: 'BYTE_ARRAY', encoding: 'RLE_DICTIONARY' },
  { name: 'address', type: 'DOUBLE', encoding: 'PLAIN' },
  { name: 'a', type: 'INT32', encoding: 'PLAIN' },
  { name: 'b', type: 'INT32', encoding: 'PLAIN' },
  { name: 'c', type: 'INT32', encoding: 'PLAIN' },
  { name: 'cause', type: 'INT32', encoding: 'PLAIN', optional: true },
];

const HALF = 2 ** 32;

/** Times as whole ps, put together from halves: a BigInt for each would be garbage by the gigabyte. */
function ps(values: Float64Array): BigInt64Array {
  const whole = new BigInt64Array(values.length);
  const halves = new DataView(whole.buffer);
  for (let i = 0; i < values.length; i++) {
    const value = Math.round(values[i]);
    const high = Math.floor(value / HALF);
    halves.setUint32(i * 8, value - high * HALF, true);
    halves.setInt32(i * 8 + 4, high, true);
  }
  return whole;
}

function indices(first: number, count: number): Int32Array {
  const whole = new Int32Array(count);
  for (let i = 0; i < count; i++) whole[i] = first + i;
  return whole;
}

/**
 * Every event a row of an Apache Parquet file, compressed with Snappy: a row group a batch. The run, with its metrics
 * and lanes, is in the file's metadata under `faultline.run`.
 */
export async function* eventsParquet(source: ExportSource): Chunks {
  const { run } = source;
  const bytes = new ByteWriter(1 << 20);
  const writer = new ParquetWriter({
    writer: bytes,
    createdBy: `faultline ${run.engineVersion}`,
    kvMetadata: [{ key: 'faultline.run', value: JSON.stringify(run) }],
    schema: [
      { name: 'root', num_children: COLUMNS.length },
      ...COLUMNS.map(({ name, type, optional }) => ({
        name,
        type,
        repetition_type: optional === true ? ('OPTIONAL' as const) : ('REQUIRED' as const),
        ...(type === 'BYTE_ARRAY' ? { converted_type: 'UTF8' as const } : {}),
      })),
    ],
  });
  /** What was written since the last time; the writer's offset in the file goes on. */
  const take = (): Uint8Array => {
    const written = bytes.getBytes().slice();
    bytes.index = 0;
    return written;
  };
  const lanes = run.lanes.map((_, lane) => laneName(run, lane));
  const groups = run.lanes.map((_, lane) => laneGroup(run, lane));
  for await (const batch of source.batches()) {
    const columns = [
      indices(batch.first, batch.count),
      ps(batch.time),
      ps(batch.duration),
      Array.from(batch.lane, (lane) => lanes[lane] ?? laneName(run, lane)),
      Array.from(batch.lane, (lane) => groups[lane] ?? ''),
      Array.from(batch.kind, kindName),
      batch.address,
      batch.a,
      batch.b,
      batch.c,
      Array.from(batch.cause, (cause) => (cause < 0 ? null : cause)),
    ];
    await writer.write({
      columnData: COLUMNS.map(({ name, encoding, statistics = false }, i) => ({
        name,
        data: columns[i],
        encoding,
        statistics,
      })),
      rowGroupSize: batch.count,
    });
    yield take();
  }
  await writer.finish();
  yield take();
}
