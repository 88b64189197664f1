/** A library with one run of millions of events, made up but shaped like a real one: never committed, made for each test. */
import { FULL_BATCH, makeBatch } from '#model/batch';
import { EventKind, type EventBatch, type Lane } from '#model/events';
import { Library } from '#store/library';
import { randomFrom, sampleRun } from '../support/sample-run.ts';

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

/** One cycle of what happens: kind, lane, duration in ps, how many events back its cause is (0 for none). */
const CYCLE = [
  [EventKind.readFault, 1, 2_000_000, 0],
  [EventKind.folioAdded, 5, 400_000, 1],
  [EventKind.readFault, 3, 2_200_000, 0],
  [EventKind.writeProtectFault, 1, 4_400_000, 0],
  [EventKind.blocksInstantiated, 4, 600_000, 1],
  [EventKind.folioDirtied, 5, 100_000, 2],
  [EventKind.counter, 7, 0, 0],
  [EventKind.io, 6, 90_000_000, 2],
] as const;

function* batchesOf(events: number): Generator<EventBatch> {
  const random = randomFrom(20_050_101);
  let now = 0;
  for (let first = 0; first < events; first += FULL_BATCH) {
    const count = Math.min(FULL_BATCH, events - first);
    const batch = makeBatch(first, count);
    for (let i = 0; i < count; i++) {
      const at = (first + i) % CYCLE.length;
      const [kind, lane, duration, back] = CYCLE[at];
      // Bursts and pauses, so that no zoom looks uniform.
      now += Math.round(random() * 3_000_000 * (random() < 0.0005 ? 400 : 1));
      batch.time[i] = now;
      batch.duration[i] = Math.round(duration * (0.5 + random()));
      batch.lane[i] = lane;
      batch.kind[i] = kind;
      batch.address[i] =
        kind === EventKind.counter ? Math.floor(random() * 4096) : 0x7f0000000000 + Math.floor(random() * 1e6) * 4096;
      batch.cause[i] = back === 0 ? -1 : first + i - back;
    }
    yield batch;
  }
}

/** Saves the run at `path`; answers its id. */
export function makeLargeLibrary(path: string, events: number): string {
  const library = Library.open(path);
  try {
    const run = sampleRun(`large ${events}`, {
      source: 'imported',
      experiment: 'Ten million events',
      policy: 'P5',
      lanes: LANES,
    });
    return library.saveRun(run, [], batchesOf(events)).id;
  } finally {
    library.close();
  }
}
