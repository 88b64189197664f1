/**
 * Figures of the store, printed: `node test/bench/store-figures.ts [millions of events]`. Saving with compression
 * and durable commit, bytes an event, tiles at every zoom from cold and from kept pieces.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventBatch } from '#model/events';
import type { RunQuery } from '#model/library';
import { Library } from '#store/library';
import { sampleBatches, sampleRun } from '../support/sample-run.ts';

/** Places along the run at which each zoom is tried, and how often each; the least is the figure, the rest is other work. */
const POSITIONS = 15;
const REPEATS = 3;

function median(values: readonly number[]): string {
  return [...values].sort((x, y) => x - y)[values.length >> 1].toFixed(1);
}

const millions = Number(process.argv[2] ?? 10);
const folder = mkdtempSync(join(tmpdir(), 'faultline-bench-'));
try {
  const path = join(folder, 'library.db');
  const library = Library.open(path);
  let saves = 0;
  for (const random of [false, true, false]) {
    for (let round = 0; round < 3; round++) {
      const batches: EventBatch[] = [...sampleBatches(1_000_000, round + 1, { random })];
      const used = process.cpuUsage();
      const started = performance.now();
      const { id } = library.saveRun(sampleRun(`million ${saves++}`), [], batches);
      const ms = performance.now() - started;
      const { user, system } = process.cpuUsage(used);
      const bytes = library.listRuns({ limit: 100 }).runs.find((run) => run.id === id)!.bytes;
      console.log(
        `save 1 M events (${random ? 'random' : 'sequential'} pages): ${ms.toFixed(0)} ms (processor: ${((user + system) / 1000).toFixed(0)} ms), ${(bytes / 1e6).toFixed(2)} bytes an event`,
      );
    }
  }
  let started = performance.now();
  const { id } = library.saveRun(sampleRun('long'), [], sampleBatches(millions * 1e6, 7));
  console.log(
    `save ${millions} M events as they are generated: ${(performance.now() - started).toFixed(0)} ms; memory ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB`,
  );
  library.close();

  const many = Library.open(join(folder, 'many.db'));
  const policies = ['P1', 'P2', 'P5', 'tmpfs'];
  for (let n = 0; n < 10_000; n++) {
    const run = sampleRun(`run ${n}`, {
      policy: policies[n % 4],
      name: `run ${n}`,
      notes: 'a note of some words',
      tags: n % 3 === 0 ? ['third', 'x'] : [],
    });
    many.saveRun(run, [], sampleBatches(20, n));
  }
  const queries: Record<string, RunQuery> = {
    'the first 100': {},
    'policy and tag, sorted by events': { policy: 'P1', tag: 'third', sort: 'events' },
    'policy P1 out of all, 2500 on one page': { policy: 'P1', limit: 10_000 },
    words: { text: 'note run' },
    'all 10 000 on one page': { limit: 10_000 },
  };
  many.close();
  for (const [label, query] of Object.entries(queries)) {
    const times: number[] = [];
    let found = 0;
    for (let n = 0; n < 5; n++) {
      const cold = Library.open(join(folder, 'many.db'));
      started = performance.now();
      found = cold.listRuns(query).total;
      times.push(performance.now() - started);
      cold.close();
    }
    console.log(
      `list of 10 000 runs, ${label}: median ${median(times)}, worst ${Math.max(...times).toFixed(1)} ms (${found} found)`,
    );
  }

  const opened = Library.open(path);
  const extent = opened.extent(id);
  opened.close();
  const length = extent.to - extent.from;
  const tileAt = (zoom: number, n: number): { wall: number; cpu: number } => {
    // A library just opened has nothing decoded.
    const cold = Library.open(path);
    const from = extent.from + Math.floor((n / (POSITIONS - 1)) * (length - length / zoom));
    const used = process.threadCpuUsage();
    const began = performance.now();
    cold.tile(id, { from, to: from + length / zoom, columns: 2000 });
    const wall = performance.now() - began;
    const { user, system } = process.threadCpuUsage(used);
    cold.close();
    return { wall, cpu: (user + system) / 1000 };
  };
  console.log(`first tile of the process, nothing compiled: ${tileAt(1, 0).wall.toFixed(1)} ms`);
  for (let zoom = 1; length / zoom > 2000; zoom *= 4) for (let n = 0; n < 4; n++) tileAt(zoom, n);
  let worst = { wall: 0, cpu: 0 };
  for (let zoom = 1; length / zoom > 2000; zoom *= 4) {
    const wall: number[] = [];
    const cpu: number[] = [];
    for (let n = 0; n < POSITIONS; n++) {
      const repeats = Array.from({ length: REPEATS }, () => tileAt(zoom, n));
      wall.push(Math.min(...repeats.map((each) => each.wall)));
      cpu.push(Math.min(...repeats.map((each) => each.cpu)));
    }
    worst = { wall: Math.max(worst.wall, ...wall), cpu: Math.max(worst.cpu, ...cpu) };
    console.log(
      `tile of 2000 columns, 1/${zoom} of the run, nothing kept: median ${median(wall)}, worst ${Math.max(...wall).toFixed(1)} ms (processor: ${median(cpu)}, ${Math.max(...cpu).toFixed(1)} ms)`,
    );
  }
  console.log(
    `tile of 2000 columns, worst of all zooms and places: ${worst.wall.toFixed(1)} ms (processor: ${worst.cpu.toFixed(1)} ms); memory ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
