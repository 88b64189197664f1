import { createHash } from 'node:crypto';
import { EventKind, type EventBatch } from '#model/events';
import type { NewRun, RunDocument } from '#model/library';
import { FULL_BATCH, appendEvent, emptyBatch } from '#model/batch';

/** A small generator of numbers in [0, 1), the same for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

/** Lanes of {@link sampleBatches}. */
export const SAMPLE_LANES = [
  { name: 'thread 0', group: 'thread' },
  { name: 'thread 1', group: 'thread' },
  { name: 'handler 0', group: 'policy' },
  { name: 'handler 1', group: 'policy' },
  { name: 'page cache', group: 'page-cache' },
  { name: 'blocks', group: 'policy' },
  { name: 'disk', group: 'disk' },
  { name: 'dirty pages', group: 'counter' },
] as const;

/** What each handler does, and how long it takes, ps. */
const STEPS = [
  [EventKind.readahead, 30_000],
  [EventKind.faultAround, 80_000],
  [EventKind.lockWait, 120_000],
  [EventKind.blocksReserved, 50_000],
  [EventKind.ioWait, 200_000],
  [EventKind.folioDirtied, 40_000],
  [EventKind.shootdown, 30_000],
] as const;

/**
 * Events such as the emulator records: two threads that fault, each fault with its handler's steps, folios, blocks
 * and I/O it caused, and a counter; times and durations irregular as with a jittery machine.
 */
export function* sampleBatches(events: number, seed = 1, options: { random?: boolean } = {}): Generator<EventBatch> {
  const random = randomFrom(seed);
  let batch = emptyBatch(0, Math.min(FULL_BATCH, events));
  const full: EventBatch[] = [];
  const record = (
    kind: EventKind,
    lane: number,
    time: number,
    duration: number,
    address: number,
    a: number,
    b: number,
    c: number,
    cause: number,
  ): number => {
    const next = batch.first + batch.count;
    if (next >= events) return next;
    if (batch.count === batch.time.length) {
      full.push(batch);
      batch = emptyBatch(next, Math.min(FULL_BATCH, events - next));
    }
    return appendEvent(batch, kind, lane, time, duration, address, a, b, c, cause);
  };
  let time = 0;
  let page = 0;
  let block = 1000;
  for (let n = 0; batch.first + batch.count < events; n++) {
    const thread = n & 1;
    page = options.random === true ? Math.floor(random() * 4e6) : page + 1;
    time += Math.floor(200_000 + random() * 300_000);
    const major = random() < 0.3;
    const kind = random() < 0.7 ? EventKind.readFault : EventKind.writeFault;
    const fault = record(kind, thread, time, 1_000_000, 0x7f0000000000 + page * 4096, thread, 1, major ? 1 : 0, -1);
    for (let step = 0; step < STEPS.length; step++) {
      const [kindOfStep, usual] = STEPS[step];
      const duration = Math.floor(usual * (random() < 0.4 ? 1 + random() / 2 : 1));
      record(kindOfStep, 2 + thread, time, duration, page, thread, step, 0, fault);
      time += duration;
      if (step === 2 && major) record(EventKind.folioAdded, 4, time, 0, page, 0, 1, 0, fault);
      if (step === 4 && random() < 0.3) record(EventKind.blocksInstantiated, 5, time, 0, page, 0, 4, block++, fault);
    }
    if (random() < 0.2)
      record(
        EventKind.io,
        6,
        time,
        Math.floor(2e9 + random() * 8e9),
        block * 8,
        8,
        1 | (3 << 4),
        Math.floor(random() * 5e5),
        fault,
      );
    if (random() < 0.3) record(EventKind.counter, 7, time, 0, Math.floor(page / 10), 1, 0, 0, -1);
    while (full.length > 0) yield full.shift()!;
  }
  while (full.length > 0) yield full.shift()!;
  if (batch.count > 0) yield batch;
}

/** A hash that belongs to nothing but this text. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** A document as it is handed to the library. */
export function sampleDocument(kind: string, json: string): RunDocument {
  return { kind, hash: hashOf(json), json };
}

/** A run's record; `label` makes its hash. */
export function sampleRun(label: string, change: Partial<NewRun> = {}): NewRun {
  return {
    hash: hashOf(label),
    planHash: hashOf(`plan of ${label}`),
    source: 'emulated',
    experiment: 'sparse',
    policy: 'P1',
    machine: 'm2005',
    kernel: 'linux-2.6.14',
    filesystem: 'ext2-4k',
    engineVersion: '1',
    seed: 1,
    verdict: 'finished',
    lanes: SAMPLE_LANES,
    phases: [],
    metrics: {
      faults: { read: 10, write: 4, writeProtect: 2, minor: 6, major: 10, sigbus: 0 },
      blocks: { instantiatedKiB: 64, neededKiB: 16, needlessKiB: 48 },
      pages: { dirtied: 4, storedTo: 4 },
      io: {
        requests: 3,
        reads: 1,
        writes: 2,
        flushes: 0,
        readKiB: 4,
        writtenKiB: 16,
        byCause: { writeback: 2, read: 1 },
      },
      time: { simulatedNs: 12_345, byCauseNs: { compute: 12_345 } },
      cpu: {},
      lostBytes: 0,
      kernel: { throttledNs: 0, directReclaims: 0, pagesReclaimed: 0, pagesWrittenByReclaim: 0 },
    },
    waitFor: null,
    ...change,
  };
}
