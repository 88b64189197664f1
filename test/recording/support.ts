import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EVENT_KINDS, EventKind, type EventBatch } from '#model/events';
import type { EventRow } from '#model/tile';
import { Feed } from '#recording/feed';
import { importerOf, recognise } from '#recording/formats';
import { ImportContext, headOf, type Imported } from '#recording/importer';
import { Recording, type RecordedRun } from '#recording/recording';
import { rowOf } from '#model/batch';

export const DATE = '2026-11-23';

/** Path of a file in fixtures/. */
export function fixturePath(name: string): string {
  return fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
}

export function fixture(name: string): Uint8Array {
  return readFileSync(fixturePath(name));
}

export interface Read {
  readonly imported: Imported;
  readonly batches: readonly EventBatch[];
  readonly taken: Readonly<Record<string, number>>;
  readonly leftAside: Readonly<Record<string, number>>;
}

/** Imports bytes as a format, in chunks of a size. */
export function readAs(format: string, bytes: Uint8Array, name = 'file.txt', chunk = 65_536): Read {
  const batches: EventBatch[] = [];
  const context = new ImportContext(
    name,
    name.replace(/\.[a-z]+$/, ''),
    DATE,
    new Recording((batch) => batches.push(batch)),
  );
  const feed = new Feed(importerOf(format).read(context), context);
  for (let at = 0; at < bytes.length; at += chunk) feed.push(bytes.subarray(at, at + chunk));
  const imported = feed.end();
  return {
    imported,
    batches,
    taken: Object.fromEntries(context.taken.entries()),
    leftAside: Object.fromEntries(context.leftAside.entries()),
  };
}

/** A recorded run of text, with its events. */
export function runOf(
  format: string,
  bytes: Uint8Array | string,
  name?: string,
): Read & { run: RecordedRun; events: EventRow[] } {
  const read = readAs(format, typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes, name);
  if (read.imported.kind !== 'run') throw new Error(`became a ${read.imported.kind}`);
  const events = read.batches.flatMap((batch) => Array.from({ length: batch.count }, (_, i) => rowOf(batch, i)));
  return { ...read, run: read.imported.run, events };
}

/** The document that text became. */
export function documentOf(format: string, bytes: Uint8Array | string, name?: string): unknown {
  const read = readAs(format, typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes, name);
  if (read.imported.kind === 'run') throw new Error('became a run');
  return read.imported.document;
}

export function ofKind(events: readonly EventRow[], kind: keyof typeof EventKind): EventRow[] {
  return events.filter((event) => event.kind === EventKind[kind]);
}

/** Format that bytes are recognised as. */
export function recognised(bytes: Uint8Array): string | null {
  return recognise(headOf(bytes.subarray(0, 65_536), bytes.length <= 65_536))?.id ?? null;
}

/** What the store and the timeline rely on; throws where a run breaks it. */
export function checkRun(run: RecordedRun, batches: readonly EventBatch[]): void {
  let next = 0;
  for (const batch of batches) {
    if (batch.first !== next) throw new Error(`batch begins at ${batch.first}, not ${next}`);
    next += batch.count;
    for (let i = 0; i < batch.count; i++) {
      const { time, duration, lane, kind, address, cause } = rowOf(batch, i);
      if (!(time >= 0 && duration >= 0 && time + duration < Infinity)) throw new Error(`time ${time} + ${duration}`);
      if (lane >= run.lanes.length) throw new Error(`lane ${lane} of ${run.lanes.length}`);
      if (kind >= EVENT_KINDS.length) throw new Error(`kind ${kind}`);
      if (!Number.isFinite(address)) throw new Error(`address ${address}`);
      if (cause < -1 || cause >= batch.first + i) throw new Error(`event ${batch.first + i} caused by ${cause}`);
    }
  }
  for (const phase of run.phases)
    if (!(phase.endNs >= phase.startNs)) throw new Error(`phase ${phase.name} ends before it begins`);
  for (const value of Object.values(run.metrics.faults))
    if (!Number.isFinite(value)) throw new Error('faults are no number');
  for (const [key, value] of Object.entries(run.metrics.io))
    if (key !== 'byCause' && !Number.isFinite(value)) throw new Error(`io.${key} is no number`);
}
