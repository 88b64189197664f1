/**
 * Apache Parquet (parquet.apache.org, "File Format"), written a row group a batch. `hyparquet-writer` writes headers and
 * metadata and compresses; the pages are put together here, straight from the batch's columns: through its rows of
 * values ten million events took three times as long.
 */
import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';
import { writeMetadata } from 'hyparquet-writer/src/metadata.js';
import { snappyCompress } from 'hyparquet-writer/src/snappy.js';
import type { EventBatch } from '#model/events';
import { kindName, laneGroup, laneName } from './names.ts';
import type { Chunks, ExportSource } from './source.ts';

type ColumnType = 'INT64' | 'INT32' | 'DOUBLE' | 'BYTE_ARRAY';
type FileMetaData = Parameters<typeof writeMetadata>[1];
type ColumnChunk = FileMetaData['row_groups'][number]['columns'][number];

/** Columns of the table. Times in ps of simulated time; `cause` is an index, null when not known. */
const COLUMNS: readonly { readonly name: string; readonly type: ColumnType; readonly optional?: boolean }[] = [
  { name: 'index', type: 'INT32' },
  { name: 'time_ps', type: 'INT64' },
  { name: 'duration_ps', type: 'INT64' },
  { name: 'lane', type: 'BYTE_ARRAY' },
  { name: 'group', type: 'BYTE_ARRAY' },
  { name: 'kind', type: 'BYTE_ARRAY' },
  { name: 'address', type: 'DOUBLE' },
  { name: 'a', type: 'INT32' },
  { name: 'b', type: 'INT32' },
  { name: 'c', type: 'INT32' },
  { name: 'cause', type: 'INT32', optional: true },
];

/** First and last four bytes of every file: "PAR1". */
const MAGIC = 0x31524150;
const HALF = 2 ** 32;

const schema: FileMetaData['schema'] = [
  { name: 'root', num_children: COLUMNS.length },
  ...COLUMNS.map(({ name, type, optional }) => ({
    name,
    type,
    repetition_type: optional === true ? ('OPTIONAL' as const) : ('REQUIRED' as const),
    ...(type === 'BYTE_ARRAY' ? { converted_type: 'UTF8' as const } : {}),
  })),
];

/**
 * Every event a row of an Apache Parquet file, compressed with Snappy: a row group a batch. The run, with its metrics
 * and lanes, is in the file's metadata under `faultline.run`.
 */
export async function* eventsParquet(source: ExportSource): Chunks {
  const { run } = source;
  const bytes = new ByteWriter(1 << 20);
  const groups: FileMetaData['row_groups'] = [];
  const pages = new PageWriter(bytes);
  let rows = 0;
  bytes.appendUint32(MAGIC);
  /** What was written since the last time; the writer's offset in the file goes on. */
  const take = (): Uint8Array => {
    const written = bytes.getBytes().slice();
    bytes.index = 0;
    return written;
  };
  for await (const batch of source.batches()) {
    if (batch.count === 0) continue;
    const start = bytes.offset;
    const columns = [
      pages.integers('index', indices(batch)),
      pages.times('time_ps', batch.time, batch.count, true),
      pages.times('duration_ps', batch.duration, batch.count, false),
      pages.names('lane', batch.lane, batch.count, (lane) => laneName(run, lane)),
      pages.names('group', batch.lane, batch.count, (lane) => laneGroup(run, lane)),
      pages.names('kind', batch.kind, batch.count, kindName),
      pages.doubles('address', batch.address.subarray(0, batch.count)),
      pages.integers('a', batch.a.subarray(0, batch.count)),
      pages.integers('b', batch.b.subarray(0, batch.count)),
      pages.integers('c', batch.c.subarray(0, batch.count)),
      pages.known('cause', batch.cause, batch.count),
    ];
    groups.push({
      columns,
      num_rows: BigInt(batch.count),
      total_byte_size: columns.reduce((sum, { meta_data }) => sum + (meta_data?.total_uncompressed_size ?? 0n), 0n),
      total_compressed_size: BigInt(bytes.offset - start),
    });
    rows += batch.count;
    yield take();
  }
  const metadata = {
    version: 2,
    created_by: `faultline ${run.engineVersion}`,
    schema,
    num_rows: BigInt(rows),
    row_groups: groups,
    key_value_metadata: [{ key: 'faultline.run', value: JSON.stringify(run) }],
  };
  // The length is the writer's to find out.
  writeMetadata(bytes, metadata as FileMetaData);
  bytes.appendUint32(MAGIC);
  yield take();
}

function indices({ first, count }: EventBatch): Int32Array {
  const whole = new Int32Array(count);
  for (let i = 0; i < count; i++) whole[i] = first + i;
  return whole;
}

/** The bytes of numbers in memory are those of the file: every machine that this runs on is little-endian. */
function bytesOf(values: Int32Array | Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

interface Page {
  readonly values: Uint8Array;
  readonly encoding: 'PLAIN' | 'RLE_DICTIONARY';
  readonly rows: number;
  readonly nulls?: number;
  /** Which of the rows have a value; only where the column is optional. */
  readonly levels?: Uint8Array;
  readonly dictionary?: { readonly bytes: Uint8Array; readonly count: number };
  readonly bounds?: { readonly low: bigint; readonly high: bigint };
}

/** Writes columns as one page each, with the dictionary of names before it. */
class PageWriter {
  private readonly out: ByteWriter;
  private readonly utf8 = new TextEncoder();
  /** Grows to the largest page; every column uses it anew. */
  private scratch = new Uint8Array(1 << 19);

  constructor(out: ByteWriter) {
    this.out = out;
  }

  integers(name: string, values: Int32Array): ColumnChunk {
    return this.column(name, 'INT32', { values: bytesOf(values), encoding: 'PLAIN', rows: values.length });
  }

  doubles(name: string, values: Float64Array): ColumnChunk {
    return this.column(name, 'DOUBLE', { values: bytesOf(values), encoding: 'PLAIN', rows: values.length });
  }

  /** Times as whole ps of 64 bits, put together from halves: a BigInt for each would be garbage by the gigabyte. */
  times(name: string, values: Float64Array, rows: number, bounded: boolean): ColumnChunk {
    const halves = new DataView(this.room(rows * 8).buffer);
    let low = Infinity;
    let high = -Infinity;
    for (let i = 0; i < rows; i++) {
      const value = Math.round(values[i]);
      const upper = Math.floor(value / HALF);
      halves.setUint32(i * 8, value - upper * HALF, true);
      halves.setInt32(i * 8 + 4, upper, true);
      if (value < low) low = value;
      if (value > high) high = value;
    }
    const page: Page = { values: this.scratch.subarray(0, rows * 8), encoding: 'PLAIN', rows };
    return this.column(name, 'INT64', bounded ? { ...page, bounds: { low: BigInt(low), high: BigInt(high) } } : page);
  }

  /** Numbers that stand for names: a dictionary of those that occur, and the numbers' places in it. */
  names(name: string, values: Uint8Array | Uint16Array, rows: number, nameOf: (value: number) => string): ColumnChunk {
    const places = new Map<number, number>();
    const texts = new Map<string, number>();
    for (let i = 0; i < rows; i++) {
      if (places.has(values[i])) continue;
      const text = nameOf(values[i]);
      const place = texts.get(text) ?? texts.size;
      texts.set(text, place);
      places.set(values[i], place);
    }
    const dictionary = new ByteWriter();
    for (const text of texts.keys()) {
      const bytes = this.utf8.encode(text);
      dictionary.appendUint32(bytes.length);
      dictionary.appendBytes(bytes);
    }
    const table = new Uint16Array(Math.max(...places.keys()) + 1);
    for (const [value, place] of places) table[value] = place;
    const width = Math.max(1, Math.ceil(Math.log2(texts.size)));
    const page = this.room(rows * 2 + 16);
    page[0] = width;
    const used = packBits(page, 1, rows, width, (i) => table[values[i]]);
    return this.column(name, 'BYTE_ARRAY', {
      values: page.subarray(0, used),
      encoding: 'RLE_DICTIONARY',
      rows,
      dictionary: { bytes: dictionary.getBytes(), count: texts.size },
    });
  }

  /** Indices of events; negative ones are not known, and null in the table. */
  known(name: string, values: Int32Array, rows: number): ColumnChunk {
    const kept = new Int32Array(rows);
    let count = 0;
    for (let i = 0; i < rows; i++) if (values[i] >= 0) kept[count++] = values[i];
    const levels = new Uint8Array((rows >> 3) + 16);
    const used = packBits(levels, 0, rows, 1, (i) => (values[i] >= 0 ? 1 : 0));
    return this.column(name, 'INT32', {
      values: bytesOf(kept.subarray(0, count)),
      encoding: 'PLAIN',
      rows,
      nulls: rows - count,
      levels: levels.subarray(0, used),
    });
  }

  private column(name: string, type: ColumnType, page: Page): ColumnChunk {
    const { out } = this;
    const { values, encoding, rows, nulls = 0, levels, dictionary, bounds } = page;
    const start = out.offset;
    let unpacked = 0;
    if (dictionary !== undefined) {
      const packed = snappyCompress(dictionary.bytes);
      const head = out.offset;
      writePageHeader(out, {
        type: 'DICTIONARY_PAGE',
        uncompressed_page_size: dictionary.bytes.length,
        compressed_page_size: packed.length,
        dictionary_page_header: { num_values: dictionary.count, encoding: 'PLAIN' },
      });
      unpacked += out.offset - head + dictionary.bytes.length;
      out.appendBytes(packed);
    }
    const packed = snappyCompress(values);
    const levelBytes = levels?.length ?? 0;
    const dataStart = out.offset;
    writePageHeader(out, {
      type: 'DATA_PAGE_V2',
      uncompressed_page_size: levelBytes + values.length,
      compressed_page_size: levelBytes + packed.length,
      data_page_header_v2: {
        num_values: rows,
        num_nulls: nulls,
        num_rows: rows,
        encoding,
        definition_levels_byte_length: levelBytes,
        repetition_levels_byte_length: 0,
        is_compressed: true,
      },
    });
    unpacked += out.offset - dataStart + levelBytes + values.length;
    if (levels !== undefined) out.appendBytes(levels);
    out.appendBytes(packed);
    return {
      file_offset: BigInt(start),
      meta_data: {
        type,
        encodings: dictionary === undefined ? [encoding] : ['PLAIN', encoding],
        path_in_schema: [name],
        codec: 'SNAPPY',
        num_values: BigInt(rows),
        total_compressed_size: BigInt(out.offset - start),
        total_uncompressed_size: BigInt(unpacked),
        data_page_offset: BigInt(dataStart),
        ...(dictionary === undefined ? {} : { dictionary_page_offset: BigInt(start) }),
        // Lowest and highest of each row group: for readers that look for a span of time.
        ...(bounds === undefined
          ? {}
          : { statistics: { min_value: bounds.low, max_value: bounds.high, null_count: 0n } }),
      },
    };
  }

  private room(bytes: number): Uint8Array {
    if (this.scratch.length < bytes) this.scratch = new Uint8Array(bytes * 2);
    return this.scratch;
  }
}

/**
 * Small numbers as one bit-packed run ("RLE/bit-packing hybrid"): groups of eight, least significant bit first.
 * @param width bits of each, 1 to 16
 * @returns where the run ends in `target`
 */
function packBits(
  target: Uint8Array,
  from: number,
  rows: number,
  width: number,
  valueOf: (i: number) => number,
): number {
  const groups = Math.ceil(rows / 8);
  let at = from;
  let header = groups * 2 + 1;
  for (; header > 127; header >>>= 7) target[at++] = (header & 127) | 128;
  target[at++] = header;
  let bits = 0;
  let held = 0;
  for (let i = 0; i < groups * 8; i++) {
    held |= (i < rows ? valueOf(i) : 0) << bits;
    bits += width;
    while (bits >= 8) {
      target[at++] = held & 255;
      held >>>= 8;
      bits -= 8;
    }
  }
  return at;
}
