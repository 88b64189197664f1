import { EventKind, IO_OPERATIONS } from '#model/events';
import { LatencyHistogram } from './latency-histogram.ts';
import { runTitle } from './names.ts';
import type { Chunks, ExportSource } from './source.ts';

const SECTOR_BYTES = 512;

/** What one operation came to. */
interface Direction {
  readonly queued: LatencyHistogram;
  readonly served: LatencyHistogram;
  readonly total: LatencyHistogram;
  bytes: number;
}

/**
 * The disk's latencies in the form of fio's `--output-format=json+` (fio's HOWTO, "JSON+ output"), for tools that
 * plot those. `slat_ns` is the time that a request waited in the queue, `clat_ns` the time that the disk served it,
 * `lat_ns` both.
 */
export async function* fioJson(source: ExportSource): Chunks {
  const { run } = source;
  const directions = IO_OPERATIONS.map((): Direction => ({
    queued: new LatencyHistogram(),
    served: new LatencyHistogram(),
    total: new LatencyHistogram(),
    bytes: 0,
  }));
  for await (const batch of source.batches(['kind', 'duration', 'a', 'b', 'c'])) {
    const { kind, duration, a, b, c } = batch;
    for (let i = 0; i < batch.count; i++) {
      if (kind[i] !== EventKind.io) continue;
      const direction = directions[b[i] & 0xf];
      if (direction === undefined) continue;
      const served = Math.round(duration[i] / 1000);
      direction.queued.add(c[i]);
      direction.served.add(served);
      direction.total.add(c[i] + served);
      direction.bytes += a[i] * SECTOR_BYTES;
    }
  }
  const runtimeMs = run.metrics.time.simulatedNs / 1e6;
  const [read, write, flush, discard] = directions;
  const document = {
    'fio version': `faultline-${run.engineVersion}`,
    faultline: { run: run.id, hash: run.hash },
    time: run.savedAt,
    jobs: [
      {
        jobname: runTitle(run),
        groupid: 0,
        error: 0,
        elapsed: Math.ceil(runtimeMs / 1e3),
        job_runtime: Math.round(runtimeMs),
        read: figures(read, runtimeMs),
        write: figures(write, runtimeMs),
        trim: figures(discard, runtimeMs),
        sync: { total_ios: flush.total.count, lat_ns: flush.total.figures() },
      },
    ],
  };
  yield `${JSON.stringify(document, null, 2)}\n`;
}

function figures({ queued, served, total, bytes }: Direction, runtimeMs: number): object {
  const seconds = runtimeMs / 1e3;
  const rate = seconds > 0 ? bytes / seconds : 0;
  return {
    io_bytes: bytes,
    io_kbytes: Math.floor(bytes / 1024),
    bw_bytes: Math.round(rate),
    bw: Math.floor(rate / 1024),
    iops: seconds > 0 ? total.count / seconds : 0,
    runtime: Math.round(runtimeMs),
    total_ios: total.count,
    slat_ns: queued.summary(),
    clat_ns: served.figures(),
    lat_ns: total.summary(),
  };
}
