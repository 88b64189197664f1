import { EventKind } from '#model/events';
import { packColumn as packShared, unpackColumn, type Numbers } from './pack.ts';
import type { Summary } from './summary.ts';
import type { SummaryCells, SummarySpans } from './tables.ts';

/** What is kept of a summary beside its packed tables. */
export type SummaryScalars = Omit<Summary, 'cells' | 'spans' | 'base'>;

const VERSION = 1;
/** Set when `busy` is stored as what it exceeds `longest` by: mostly 0. */
const EXCESS = 1;
const HAS_VALUES = 2;
/** Columns of cells, which stand before those of spans. */
const CELL_COLUMNS = 7;

/** A column of its own: all are put together once all are packed. */
const packColumn: typeof packShared = (...column) => packShared(...column).slice();

/**
 * Cells and spans as bytes: version, flags, number of cells, of spans, of counter cells (4 bytes each, little
 * endian), then each packed column after its length.
 */
export function packSummary(summary: Summary): Uint8Array {
  const { cells, spans } = summary;
  const excess = excessOf(cells);
  const counters = counterCells(cells);
  const columns: Uint8Array[] = [
    packColumn(cells.bucket, cells.count, { delta: true }),
    packColumn(cells.lane, cells.count),
    packColumn(cells.kind, cells.count),
    packColumn(cells.events, cells.count),
    packColumn(cells.longest, cells.count, { kinds: cells.kind }),
    packColumn(excess ?? cells.busy, cells.count),
    packColumn(cells.example, cells.count, { delta: true }),
    packColumn(spans.index, spans.count, { delta: true }),
    packColumn(spans.time, spans.count, { delta: true }),
    packColumn(spans.duration, spans.count),
    packColumn(spans.lane, spans.count),
    packColumn(spans.kind, spans.count),
  ];
  if (cells.values !== null) {
    for (const values of [cells.values.low, cells.values.high, cells.values.last]) {
      columns.push(
        packColumn(
          counters.map((i) => values[i]),
          counters.length,
          { delta: true },
        ),
      );
    }
  }
  const flags = (excess === null ? 0 : EXCESS) | (cells.values === null ? 0 : HAS_VALUES);
  return join([VERSION, flags, cells.count, spans.count, counters.length], columns);
}

/** The reverse of {@link packSummary}; throws a RangeError for bytes that it did not make. */
export function unpackSummary(scalars: SummaryScalars, bytes: Uint8Array): Summary {
  const reader = new Reader(bytes);
  const { flags, cellCount, spanCount, counterCount } = readHead(reader);
  const bucket = reader.column(new Uint32Array(cellCount));
  const lane = reader.column(new Uint16Array(cellCount));
  const kind = reader.column(new Uint8Array(cellCount));
  const events = reader.column(new Uint32Array(cellCount));
  const longest = reader.column(new Float64Array(cellCount), kind);
  const busy = reader.column(new Float64Array(cellCount));
  if ((flags & EXCESS) !== 0) for (let i = 0; i < cellCount; i++) busy[i] += longest[i];
  const example = reader.column(new Int32Array(cellCount));
  const spans = readSpans(reader, spanCount);
  const cells: SummaryCells = { count: cellCount, bucket, lane, kind, events, busy, longest, example, values: null };
  const values = (flags & HAS_VALUES) === 0 ? null : readValues(reader, cells, counterCount);
  return { ...scalars, base: Math.floor(scalars.minTime / 2 ** scalars.exponent), cells: { ...cells, values }, spans };
}

/** Only the spans, without unpacking the cells before them. */
export function unpackSpans(bytes: Uint8Array): SummarySpans {
  const reader = new Reader(bytes);
  const { spanCount } = readHead(reader);
  for (let column = 0; column < CELL_COLUMNS; column++) reader.skip();
  return readSpans(reader, spanCount);
}

function readHead(reader: Reader): { flags: number; cellCount: number; spanCount: number; counterCount: number } {
  if (reader.word() !== VERSION) throw new RangeError('packed summary is of another version');
  return { flags: reader.word(), cellCount: reader.word(), spanCount: reader.word(), counterCount: reader.word() };
}

function readSpans(reader: Reader, count: number): SummarySpans {
  return {
    count,
    index: reader.column(new Int32Array(count)),
    time: reader.column(new Float64Array(count)),
    duration: reader.column(new Float64Array(count)),
    lane: reader.column(new Uint16Array(count)),
    kind: reader.column(new Uint8Array(count)),
  };
}

function readValues(reader: Reader, cells: SummaryCells, counterCount: number): NonNullable<SummaryCells['values']> {
  const [low, high, last] = [0, 1, 2].map(() => {
    const packed = reader.column(new Float64Array(counterCount));
    const values = new Float64Array(cells.count);
    let n = 0;
    for (let i = 0; i < cells.count; i++) if (cells.kind[i] === EventKind.counter) values[i] = packed[n++];
    return values;
  });
  return { low, high, last };
}

function counterCells(cells: SummaryCells): Float64Array {
  const found: number[] = [];
  if (cells.values !== null)
    for (let i = 0; i < cells.count; i++) if (cells.kind[i] === EventKind.counter) found.push(i);
  return Float64Array.from(found);
}

/** busy - longest, or null where that would not give busy back exactly. */
function excessOf(cells: SummaryCells): Float64Array | null {
  const excess = new Float64Array(cells.count);
  for (let i = 0; i < cells.count; i++) {
    excess[i] = cells.busy[i] - cells.longest[i];
    if (excess[i] + cells.longest[i] !== cells.busy[i]) return null;
  }
  return excess;
}

function join(words: readonly number[], columns: readonly Uint8Array[]): Uint8Array {
  const size = columns.reduce((sum, column) => sum + 4 + column.length, words.length * 4);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let at = 0;
  const word = (value: number): void => {
    view.setUint32(at, value, true);
    at += 4;
  };
  words.forEach(word);
  for (const column of columns) {
    word(column.length);
    bytes.set(column, at);
    at += column.length;
  }
  return bytes;
}

class Reader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  word(): number {
    const value = this.view.getUint32(this.at, true);
    this.at += 4;
    return value;
  }

  skip(): void {
    const length = this.word();
    this.at += length;
  }

  column<T extends Numbers>(into: T, kinds?: Uint8Array): T {
    const length = this.word();
    unpackColumn(this.bytes.subarray(this.at, this.at + length), into, kinds);
    this.at += length;
    return into;
  }
}
