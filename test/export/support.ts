import type { EventBatch, Lane } from '#model/events';
import type { Metrics } from '#model/metrics';
import type { RunInfo } from '#model/run';
import type { Chunks, ExportSource } from '#export/source';
import { makeBatch } from '#model/batch';
import type { EventRow } from '#model/tile';
import { SAMPLE_LANES, sampleBatches } from '../support/sample-run.ts';

const METRICS: Metrics = {
  faults: { read: 4096, write: 0, writeProtect: 256, minor: 256, major: 4096, sigbus: 0 },
  blocks: { instantiatedKiB: 16384, neededKiB: 1024, needlessKiB: 15360 },
  pages: { dirtied: 4096, storedTo: 256 },
  io: { requests: 1, reads: 0, writes: 1, flushes: 0, readKiB: 0, writtenKiB: 16384, byCause: { sync: 1 } },
  time: { simulatedNs: 2e9, byCauseNs: { handler: 1e6 } },
  cpu: {},
  lostBytes: 0,
  kernel: { throttledNs: 0, directReclaims: 0, pagesReclaimed: 0, pagesWrittenByReclaim: 0 },
};

export function sampleInfo(events: number, lanes: readonly Lane[] = SAMPLE_LANES): RunInfo {
  return {
    id: 'abcdefghij',
    hash: 'f00d'.repeat(16),
    planHash: 'beef'.repeat(16),
    source: 'emulated',
    experiment: 'a "sparse" file',
    policy: 'P5',
    machine: 'workstation-2005',
    kernel: 'linux-2.6.11',
    filesystem: 'plain-4k',
    engineVersion: '1',
    seed: 1,
    verdict: 'finished',
    events,
    lanes,
    phases: [],
    metrics: METRICS,
    waitFor: null,
    savedAt: '2026-01-01T00:00:00Z',
    name: '',
    notes: '',
    tags: [],
    starred: false,
  };
}

/** A source of events such as the emulator records, several batches when there are many. */
export function sampleSource(events: number, seed = 1): ExportSource {
  return {
    run: sampleInfo(events),
    documents: [{ kind: 'experiment', hash: 'cafe', json: '{"name":"x"}' }],
    async *batches() {
      await Promise.resolve();
      yield* sampleBatches(events, seed);
    },
  };
}

/** A source of the rows given; what a row does not say is 0, and its cause none. */
export function sourceOfRows(rows: readonly Partial<EventRow>[], lanes: readonly Lane[] = SAMPLE_LANES): ExportSource {
  return {
    run: sampleInfo(rows.length, lanes),
    documents: [],
    async *batches() {
      await Promise.resolve();
      const batch = makeBatch(0, rows.length);
      rows.forEach((row, i) => {
        batch.time[i] = row.time ?? 0;
        batch.duration[i] = row.duration ?? 0;
        batch.lane[i] = row.lane ?? 0;
        batch.kind[i] = row.kind ?? 0;
        batch.address[i] = row.address ?? 0;
        batch.a[i] = row.a ?? 0;
        batch.b[i] = row.b ?? 0;
        batch.c[i] = row.c ?? 0;
        batch.cause[i] = row.cause ?? -1;
      });
      if (rows.length > 0) yield batch;
    },
  };
}

/** All of a source's events, as rows. */
export async function rowsOf(source: ExportSource): Promise<EventRow[]> {
  const rows: EventRow[] = [];
  for await (const batch of source.batches()) for (let i = 0; i < batch.count; i++) rows.push(row(batch, i));
  return rows;
}

function row(batch: EventBatch, i: number): EventRow {
  const { time, duration, lane, kind, address, a, b, c, cause } = batch;
  return {
    index: batch.first + i,
    time: time[i],
    duration: duration[i],
    lane: lane[i],
    kind: kind[i],
    address: address[i],
    a: a[i],
    b: b[i],
    c: c[i],
    cause: cause[i],
  };
}

/** A file's pieces, put together. */
export async function bytesOf(chunks: Chunks): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(Buffer.from(chunk as string));
  return Buffer.concat(parts);
}

export async function textOf(chunks: Chunks): Promise<string> {
  return Buffer.from(await bytesOf(chunks)).toString('utf8');
}
