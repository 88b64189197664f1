/**
 * Figures of the store, printed: `node test/bench/store-figures.ts [millions of events]`. Saving with compression
 * and durable commit, bytes an event, tiles at every zoom from cold and from kept pieces.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventBatch } from '#model/events';
import { Library } from '#store/library';
import { sampleBatches, sampleRun } from '../support/sample-run.ts';

const millions = Number(process.argv[2] ?? 10);
const folder = mkdtempSync(join(tmpdir(), 'faultline-bench-'));
try {
  const path = join(folder, 'library.db');
  const library = Library.open(path);
  for (const random of [false, true]) {
    for (let round = 0; round < 3; round++) {
      const batches: EventBatch[] = [...sampleBatches(1_000_000, round + 1, { random })];
      const started = performance.now();
      const { id } = library.saveRun(sampleRun(`million ${round} ${random}`), [], batches);
      const ms = performance.now() - started;
      const bytes = library.listRuns({ limit: 100 }).runs.find((run) => run.id === id)!.bytes;
      console.log(
        `save 1 M events (${random ? 'random' : 'sequential'} pages): ${ms.toFixed(0)} ms, ${(bytes / 1e6).toFixed(2)} bytes an event`,
      );
    }
  }
  let started = performance.now();
  const { id } = library.saveRun(sampleRun('long'), [], sampleBatches(millions * 1e6, 7));
  console.log(
    `save ${millions} M events as they are generated: ${(performance.now() - started).toFixed(0)} ms; memory ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB`,
  );
  library.close();

  const extent = Library.open(path).extent(id);
  const length = extent.to - extent.from;
  for (let zoom = 1; length / zoom > 2000; zoom *= 4) {
    const times: number[] = [];
    let cells = 0;
    for (const at of [0, 0.37, 0.81]) {
      const cold = Library.open(path);
      cold.listRuns();
      const from = extent.from + Math.floor(at * (length - length / zoom));
      started = performance.now();
      const tile = cold.tile(id, { from, to: from + length / zoom, columns: 2000 });
      times.push(performance.now() - started);
      cells = tile.cells.count + tile.spans.count;
      cold.close();
    }
    console.log(
      `tile of 2000 columns, 1/${zoom} of the run: cold ${times.map((t) => t.toFixed(1)).join(', ')} ms (${cells} cells and spans)`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
