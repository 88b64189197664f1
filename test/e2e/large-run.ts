/** A library with one run of millions of events, made up but shaped like a real one: never committed, made for each test. */
import { createHash } from 'node:crypto';
import { EventKind, type EventBatch, type Lane } from '../../src-main/model/events.ts';
import type { NewRun } from '../../src-main/model/library.ts';
import { Library } from '../../src-main/store/library.ts';

const BATCH = 65_536;
const LANES: readonly Lane[] = [
  { name: 'main', group: 'thread' },
  { name: 'main: faults', group: 'fault' },
  { name: 'second', group: 'thread' },
  { name: 'second: faults', group: 'fault' },
  { name: 'policy', group: 'policy' },
  { name: 'page cache', group: 'page-cache' },
  { name: 'block layer', group: 'block' },
  { name: 'dirty pages', group: 'counter' },
];

/** One cycle of what happens: kind, lane, duration in ps. Every fault is followed by what it causes. */
const CYCLE = [
  [EventKind.readFault, 1, 2_000_000],
  [EventKind.folioAdded, 5, 0],
  [EventKind.readFault, 3, 2_200_000],
  [EventKind.writeProtectFault, 1, 4_400_000],
  [EventKind.blocksInstantiated, 4, 0],
  [EventKind.folioDirtied, 5, 0],
  [EventKind.counter, 7, 0],
  [EventKind.io, 6, 90_000_000],
] as const;

/** A small generator of noise with a fixed course. */
function noise(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function* batchesOf(events: number): Generator<EventBatch> {
  const random = noise(20_050_101);
  let now = 0;
  for (let first = 0; first < events; first += BATCH) {
    const count = Math.min(BATCH, events - first);
    const batch = {
      first,
      count,
      time: new Float64Array(count),
      duration: new Float64Array(count),
      lane: new Uint16Array(count),
      kind: new Uint8Array(count),
      address: new Float64Array(count),
      a: new Int32Array(count),
      b: new Int32Array(count),
      c: new Int32Array(count),
      cause: new Int32Array(count),
    };
    for (let i = 0; i < count; i++) {
      const at = (first + i) % CYCLE.length;
      const [kind, lane, duration] = CYCLE[at];
      // Bursts and pauses, so that no zoom looks uniform.
      now += Math.round(random() * 3_000_000 * (random() < 0.0005 ? 400 : 1));
      batch.time[i] = now;
      batch.duration[i] = Math.round(duration * (0.5 + random()));
      batch.lane[i] = lane;
      batch.kind[i] = kind;
      batch.address[i] =
        kind === EventKind.counter ? Math.floor(random() * 4096) : 0x7f0000000000 + Math.floor(random() * 1e6) * 4096;
      batch.cause[i] = at === 0 || first + i === 0 ? -1 : first + i - 1;
    }
    yield batch;
  }
}

/** Saves the run at `path`; answers its id. */
export function makeLargeLibrary(path: string, events: number): string {
  const library = Library.open(path);
  try {
    const none = { read: 0, write: 0, writeProtect: 0, minor: 0, major: 0, sigbus: 0 };
    const hash = createHash('sha256').update(`large ${events}`).digest('hex');
    const run: NewRun = {
      hash,
      planHash: hash,
      source: 'imported',
      experiment: 'Ten million events',
      policy: 'P5',
      machine: 'made up',
      kernel: 'made up',
      filesystem: 'made up',
      engineVersion: '0',
      seed: 1,
      verdict: 'finished',
      lanes: LANES,
      phases: [],
      metrics: {
        faults: none,
        blocks: { instantiatedKiB: 0, neededKiB: 0, needlessKiB: 0 },
        pages: { dirtied: 0, storedTo: 0 },
        io: { requests: 0, reads: 0, writes: 0, flushes: 0, readKiB: 0, writtenKiB: 0, byCause: {} },
        time: { simulatedNs: 0, byCauseNs: {} },
        cpu: {},
        lostBytes: 0,
        kernel: { throttledNs: 0, directReclaims: 0, pagesReclaimed: 0, pagesWrittenByReclaim: 0 },
      },
      waitFor: null,
    };
    return library.saveRun(run, [], batchesOf(events)).id;
  } finally {
    library.close();
  }
}
