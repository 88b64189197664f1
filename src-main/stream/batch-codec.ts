import { EVENT_COLUMNS, type EventBatch, type EventColumn } from '#model/events';
import { packCauses, packColumn, unpackCauses, unpackColumn } from './pack.ts';

/** Packs one column of a batch, as `unpackNamed` takes it; the bytes are good until the next one is packed. */
export function packNamed(batch: EventBatch, name: EventColumn): Uint8Array {
  switch (name) {
    case 'kind':
    case 'lane':
      return packColumn(batch[name], batch.count);
    case 'time':
      return packColumn(batch.time, batch.count, { delta: true });
    case 'cause':
      return packCauses(batch.cause, batch.first, batch.count);
    case 'duration':
    case 'address':
    case 'a':
    case 'b':
    case 'c':
      return packColumn(batch[name], batch.count, { kinds: batch.kind });
  }
}

/** Fills a column of the batch's length; `kind` must have been unpacked before. */
export function unpackNamed(
  bytes: Uint8Array,
  name: EventColumn,
  into: EventBatch[EventColumn],
  first: number,
  kind: Uint8Array,
): void {
  if (name === 'cause') unpackCauses(bytes, into as Int32Array, first);
  else unpackColumn(bytes, into, kind);
}

/** Columns of a packed batch in their order: the kinds first, as the others need them. */
const ORDER: readonly EventColumn[] = ['kind', ...EVENT_COLUMNS.filter((name) => name !== 'kind')];

/** A whole batch as bytes: each column after its length (4 bytes, little endian). */
export function packBatch(batch: EventBatch): Uint8Array {
  const columns = ORDER.map((name) => packNamed(batch, name).slice());
  const bytes = new Uint8Array(columns.reduce((sum, column) => sum + 4 + column.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const column of columns) {
    view.setUint32(at, column.length, true);
    bytes.set(column, at + 4);
    at += 4 + column.length;
  }
  return bytes;
}

/** Fills a batch of the right first index and count. Throws a RangeError for bytes that `packBatch` did not make. */
export function unpackBatch(bytes: Uint8Array, into: EventBatch): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  for (const name of ORDER) {
    const length = view.getUint32(at, true);
    if (at + 4 + length > bytes.length) throw new RangeError('packed batch is cut short');
    unpackNamed(bytes.subarray(at + 4, at + 4 + length), name, into[name], into.first, into.kind);
    at += 4 + length;
  }
  if (at !== bytes.length) throw new RangeError('packed batch is too long');
}
