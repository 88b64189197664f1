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
    words: { text: 'note run' },
    'all 10 000 on one page': { limit: 10_000 },
  };
  many.close();
  for (const [label, query] of Object.entries(queries)) {
    const cold = Library.open(join(folder, 'many.db'));
    started = performance.now();
    const page = cold.listRuns(query);
    console.log(`list of 10 000 runs, ${label}: ${(performance.now() - started).toFixed(1)} ms (${page.total} found)`);
    cold.close();
  }

  const extent = Library.open(path).extent(id);
  const length = extent.to - extent.from;
  for (let zoom = 1; length / zoom > 2000; zoom *= 4) {
    const times: number[] = [];
    const cpu: number[] = [];
    let shown = 0;
    for (let n = 0; n < 15; n++) {
      // A library just opened has nothing decoded.
      const cold = Library.open(path);
      const from = extent.from + Math.floor((n / 14) * (length - length / zoom));
      const used = process.cpuUsage();
      started = performance.now();
      const tile = cold.tile(id, { from, to: from + length / zoom, columns: 2000 });
      times.push(performance.now() - started);
      const { user, system } = process.cpuUsage(used);
      cpu.push((user + system) / 1000);
      shown = tile.cells.count + tile.spans.count;
      cold.close();
    }
    console.log(
      `tile of 2000 columns, 1/${zoom} of the run, nothing kept: median ${median(times)}, worst ${Math.max(...times).toFixed(1)} ms (processor: median ${median(cpu)} ms); ${shown} cells and spans`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
