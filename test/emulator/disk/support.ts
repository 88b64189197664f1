import { type Disk, type DiskOp, NO_TAG } from '#emulator/disk/disk';

export const US = 1e6;
export const MS = 1e9;

export interface Request {
  readonly at: number;
  readonly op: DiskOp;
  readonly sector: number;
  readonly count: number;
  readonly flags?: number;
}

/** Gives a disk its requests at their times and returns how long each took, ps. */
export function replay(disk: Disk, requests: readonly Request[]): number[] {
  const latency = new Array<number>(requests.length).fill(NaN);
  const step = () => {
    const time = disk.nextCompletion();
    const tag = disk.complete();
    if (tag !== NO_TAG) latency[tag] = time - requests[tag].at;
  };
  requests.forEach((request, i) => {
    while (disk.nextCompletion() <= request.at) step();
    disk.submit(request.at, request.op, request.sector, request.count, request.flags ?? 0, i);
  });
  while (disk.nextCompletion() !== Infinity) step();
  return latency;
}

/** A small deterministic sequence for tests, 0..1. */
export function sequence(seed: number): () => number {
  let x = seed >>> 0;
  return () => {
    x = (Math.imul(x, 1103515245) + 12345) >>> 0;
    return x / 2 ** 32;
  };
}
