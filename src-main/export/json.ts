import { EVENT_COLUMNS } from '#model/events';
import { CHUNK_SIZE, type Chunks, type ExportSource } from './source.ts';

/** Format that the file names itself by. */
export const RUN_JSON_FORMAT = 'faultline/run@1';

/** The whole run as one JSON document: what is known of it, its documents, and its events as rows of numbers. */
export async function* runJson(source: ExportSource): Chunks {
  const { run, documents } = source;
  const head = {
    format: RUN_JSON_FORMAT,
    run,
    documents: documents.map(({ kind, hash, json }) => ({ kind, hash, json })),
    units: { time: 'ps', duration: 'ps' },
    columns: EVENT_COLUMNS,
  };
  let text = `${JSON.stringify(head, null, 1).slice(0, -2)},\n "events": [`;
  let separator = '\n';
  for await (const batch of source.batches()) {
    const { time, duration, lane, kind, address, a, b, c, cause } = batch;
    for (let i = 0; i < batch.count; i++) {
      text += `${separator}[${time[i]},${duration[i]},${lane[i]},${kind[i]},${address[i]},${a[i]},${b[i]},${c[i]},${cause[i]}]`;
      separator = ',\n';
      if (text.length > CHUNK_SIZE) {
        yield text;
        text = '';
      }
    }
  }
  yield `${text}\n]}\n`;
}
