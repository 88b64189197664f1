import { DISK_FORMAT, diskSchema, type DiskInput, type RecordedOperation } from '#model/disk';
import type { Distribution, Quantity } from '#model/quantity';
import { validate } from '#model/validate';
import type { ImportContext, Imported } from './importer.ts';

/** One measured latency: its conditions and its distribution, in ns. */
export interface MeasuredLatency {
  readonly operation: RecordedOperation;
  /** Bytes of a request; 0 for flush. */
  readonly bytes: number;
  readonly queueDepth: number;
  readonly samples: number;
  /** Pairs of ns and count, ascending; or quantiles. */
  readonly histogram?: [number, number][];
  readonly quantiles?: [number, number][];
}

export interface RecordedDisk {
  readonly name: string;
  readonly year: number;
  readonly description: string;
  /** The tool with its version. */
  readonly tool: string;
  readonly date: string;
  readonly latencies: readonly MeasuredLatency[];
  /** Bytes of the file or disk that was measured; 0 when it is not told. */
  readonly capacity: number;
  /** Bytes a second that the measurement reached, 0 where there was none. */
  readonly readRate: number;
  readonly writeRate: number;
}

const GIB = 1024 ** 3;

/**
 * A disk document of measured latencies. What the lab needs of a disk and the tool did not measure is filled in,
 * marked as estimated with its reason, and listed under `missing`.
 */
export function recordedDisk(context: ImportContext, disk: RecordedDisk): Imported {
  const source = `${disk.tool}, recording ${context.title}`;
  const measured = { source, method: 'measured' as const, date: disk.date };
  const estimated = (note: string) => ({ source, method: 'estimated' as const, date: disk.date, note });
  const missing: string[] = [
    'what the device does without a file system',
    'whether its write cache survives a power loss',
  ];
  const latencies: { operation: RecordedOperation; bytes: number; queueDepth: number; latency: Distribution }[] =
    disk.latencies.map((l) => ({
      operation: l.operation,
      bytes: l.bytes,
      queueDepth: l.queueDepth,
      latency: {
        unit: 'ns',
        ...(l.histogram === undefined ? { quantiles: l.quantiles ?? [] } : { histogram: l.histogram }),
        samples: l.samples,
        ...measured,
      },
    }));
  const standIn = (operation: 'read' | 'write', other: 'read' | 'write'): void => {
    if (latencies.some((l) => l.operation === operation)) return;
    const from = latencies.find((l) => l.operation === other);
    if (from === undefined) context.fail('neither reads nor writes were measured', 'latencies of reads or writes');
    missing.push(`latency of ${operation}s`);
    latencies.push({
      ...from,
      operation,
      latency: { ...from.latency, ...estimated(`no ${operation}s were measured; those of ${other}s stand in`) },
    });
  };
  standIn('read', 'write');
  standIn('write', 'read');
  if (!latencies.some((l) => l.operation === 'flush')) missing.push('latency of flushes');
  if (disk.capacity === 0) missing.push('capacity');
  const rate = (own: number, other: number, what: string): Quantity => {
    const value = own > 0 ? own : other > 0 ? other : 100e6;
    const note =
      own > 0
        ? 'what the measured requests reached at their own size and depth: at least this'
        : `no rate of ${what}s was measured${other > 0 ? '; the other direction stands in' : ''}`;
    if (own <= 0) missing.push(`rate of ${what}s`);
    return {
      value: Math.max(1, Math.round(value)),
      unit: 'bytes/s',
      ...(own > 0 ? { ...measured, method: 'derived' as const, note } : estimated(note)),
    };
  };
  const deepest = Math.max(1, ...disk.latencies.map((l) => l.queueDepth));
  const document: DiskInput = {
    format: DISK_FORMAT,
    id: context.documentId(),
    kind: 'recorded',
    name: disk.name,
    year: disk.year,
    description: disk.description,
    queueDepth: {
      value: Math.max(deepest, 32),
      unit: 'requests',
      ...estimated(`not told by the tool; the deepest measured is ${deepest}`),
    },
    writeCache: { kind: 'volatile', fua: false, source: 'assumed: the tool does not tell' },
    missing,
    capacity:
      disk.capacity > 0
        ? {
            value: disk.capacity,
            unit: 'bytes',
            ...estimated('the extent that was measured; the device may be larger'),
          }
        : { value: 64 * GIB, unit: 'bytes', ...estimated('not told; it does not enter the latencies') },
    latencies,
    bandwidth: {
      read: rate(disk.readRate, disk.writeRate, 'read'),
      write: rate(disk.writeRate, disk.readRate, 'write'),
    },
  };
  for (const l of disk.latencies) context.taken.add(`latencies: ${l.operation}`, l.samples);
  return { kind: 'device', document: validate(diskSchema, document, context.file) };
}

/** A histogram of single values, ascending. */
export class ValueHistogram {
  private readonly counts = new Map<number, number>();
  samples = 0;

  add(value: number, count = 1): void {
    this.counts.set(value, (this.counts.get(value) ?? 0) + count);
    this.samples += count;
  }
  /** Different values so far. */
  get size(): number {
    return this.counts.size;
  }
  entries(): [number, number][] {
    return [...this.counts].sort((x, y) => x[0] - y[0]);
  }
}
