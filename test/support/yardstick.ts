/**
 * How fast the machine is just now, as a measure for bounds on time: a promise such as "a picture within 500 ms" is of a
 * machine like the one it was made on with nothing else to do. On a slower or busier one the bound grows with what a
 * fixed computation takes there, and only with that; on one as fast or faster it stands as promised.
 */
import { Worker } from 'node:worker_threads';

/** At once: an application with a window is several processes, and the display's own. */
const THREADS = 2;
/** What the computation takes on each of two threads of the development machine (two virtual cores, 2026), ms. */
const REFERENCE_MS = 300;

/** Scattered additions to a table that the second-level cache holds; the first round is for the compiler. */
const COMPUTATION = `
const { parentPort } = require('node:worker_threads');
const table = new Int32Array(1 << 16);
const compute = (rounds) => {
  let x = 1;
  for (let i = 0; i < rounds; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) | 0;
    table[x >>> 16] += x;
  }
};
compute(10e6);
const before = process.threadCpuUsage();
const began = performance.now();
compute(300e6);
const wall = performance.now() - began;
const { user, system } = process.threadCpuUsage(before);
parentPort.postMessage({ wall, processor: (user + system) / 1000 });
`;

interface Took {
  readonly wall: number;
  readonly processor: number;
}

/** Times as long as on the machine of the promises, 1 at least. */
export interface Slowness {
  /** By the clock on the wall: for what others on the machine hold up too. */
  readonly wall: number;
  /** By the processor's time alone. */
  readonly processor: number;
}

function compute(): Promise<Took> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(COMPUTATION, { eval: true });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

/** Takes {@link REFERENCE_MS} and some start-up, or as much longer as the machine is slower. */
export async function measureSlowness(): Promise<Slowness> {
  const took = await Promise.all(Array.from({ length: THREADS }, compute));
  const slowness = (which: keyof Took): number =>
    Math.max(1, took.reduce((sum, one) => sum + one[which], 0) / THREADS / REFERENCE_MS);
  return { wall: slowness('wall'), processor: slowness('processor') };
}
