/** Tiles made by hand for tests of what draws and reads them. */
import { EventKind } from '../../../src-main/model/events.ts';
import type { Tile } from '../../../src-main/model/tile.ts';

export interface CellSpec {
  readonly column: number;
  readonly lane?: number;
  readonly kind?: number;
  readonly events?: number;
  readonly busy?: number;
  readonly example?: number;
  readonly value?: number;
}
export interface SpanSpec {
  readonly index: number;
  readonly time: number;
  readonly duration: number;
  readonly lane?: number;
  readonly kind?: number;
}

export function makeTile(
  range: { from: number; to: number; columns: number },
  cells: readonly CellSpec[],
  spans: readonly SpanSpec[] = [],
  before: Tile['before'] = [],
): Tile {
  const of = (pick: (cell: CellSpec) => number | undefined, otherwise: number): number[] =>
    cells.map((cell) => pick(cell) ?? otherwise);
  const values = of((cell) => cell.value, Number.NaN);
  return {
    ...range,
    cells: {
      count: cells.length,
      column: Uint32Array.from(of((c) => c.column, 0)),
      lane: Uint16Array.from(of((c) => c.lane, 0)),
      kind: Uint8Array.from(of((c) => c.kind, EventKind.readFault)),
      events: Uint32Array.from(of((c) => c.events, 1)),
      busy: Float64Array.from(of((c) => c.busy, 0)),
      longest: Float64Array.from(of((c) => c.busy, 0)),
      example: Int32Array.from(of((c) => c.example, 0)),
      values: { low: Float64Array.from(values), high: Float64Array.from(values), last: Float64Array.from(values) },
    },
    spans: {
      count: spans.length,
      index: Int32Array.from(spans.map((s) => s.index)),
      time: Float64Array.from(spans.map((s) => s.time)),
      duration: Float64Array.from(spans.map((s) => s.duration)),
      lane: Uint16Array.from(spans.map((s) => s.lane ?? 0)),
      kind: Uint8Array.from(spans.map((s) => s.kind ?? EventKind.io)),
    },
    before,
  };
}
