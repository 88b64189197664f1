/** What an experiment will come to, told while it is drawn: live, so it looks at cells of pages, not at pages. */
import { bytesOf, mappingBytes, type DraftDocument, type DraftStep } from './document.ts';
import { chosenOf } from './parts.ts';
import { isAccess, pictureIn } from './picture.ts';

const PAGE = 4096;
const CELLS = 256;

/**
 * What the emulator needs, microseconds of processor time. Measured with `faultline run` on the two-core Zen 3 virtual
 * machine of resources/machines/zen3-vm-2026.json, 64 MiB mapped, ext4: 20 M random stores 6.0 s, 50 M sequential
 * stores 3.6 s, first stores to 131 072 pages 0.3 s, nothing to speak of 0.5 s. A guide, not a promise.
 */
const START_US = 500_000;
const IN_TURN_US = 0.075;
const SCATTERED_US = 0.3;
const FIRST_TOUCH_US = 2.5;
const PAGE_AGAIN_US = 1;
const CALL_US = 20;

export interface Estimate {
  /** Runs: machines times kernels times file systems times policies. */
  readonly runs: number;
  /** Loads and stores of one run. */
  readonly accesses: number;
  /** System calls of one run. */
  readonly calls: number;
  /** Different pages of files that one run touches through mappings. */
  readonly pages: number;
  /** Bytes of page cache these pages take, at least. */
  readonly cacheBytes: number;
  /** Bytes of memory that the experiment gives. */
  readonly memoryBytes: number;
  /** Wall clock for all runs, one after another, seconds. */
  readonly seconds: number;
}

/** Work of a list of steps: what loops repeat counts each time. */
interface Work {
  accesses: number;
  accessUs: number;
  calls: number;
  /** Steps that go over pages again: pages times times. */
  pageVisits: number;
}

export function estimate(document: DraftDocument): Estimate {
  /** Share of each cell not touched yet, by mapping. */
  const untouched = new Map<string, { missed: Float64Array; pagesPerCell: number; pages: number }>();
  const work: Work = { accesses: 0, accessUs: 0, calls: 0, pageVisits: 0 };
  const visit = (steps: readonly DraftStep[], times: number): void => {
    for (const step of steps) {
      if (step.steps !== undefined) {
        const turns = typeof step['times'] === 'number' ? Math.max(1, step['times']) : 1;
        visit(step.steps, step.do === 'loop' ? times * turns : times);
        continue;
      }
      const mapping = document.mappings.find(({ name }) => name === step['mapping']);
      if (!isAccess(step) || mapping === undefined) {
        work.calls += times * chunksOf(document, step);
        continue;
      }
      const length = mappingBytes(document, mapping);
      const picture = pictureIn(step, length, CELLS);
      work.accesses += times * picture.accesses;
      work.accessUs += times * picture.accesses * (isScattered(step) ? SCATTERED_US : IN_TURN_US);
      work.pageVisits += times * picture.pages;
      let kept = untouched.get(mapping.name);
      if (kept === undefined) {
        kept = {
          missed: new Float64Array(picture.touched.length).fill(1),
          pagesPerCell: picture.pagesPerCell,
          pages: Math.ceil(length / PAGE),
        };
        untouched.set(mapping.name, kept);
      }
      // Steps in turn over the same pages mostly meet the same ones: the largest share counts, not the product.
      for (let cell = 0; cell < kept.missed.length; cell++)
        kept.missed[cell] = Math.min(kept.missed[cell], 1 - picture.touched[cell]);
    }
  };
  for (const thread of document.threads) visit(thread.steps, 1);

  let pages = 0;
  for (const { missed, pagesPerCell, pages: all } of untouched.values())
    missed.forEach((share, cell) => (pages += (1 - share) * Math.min(pagesPerCell, all - cell * pagesPerCell)));
  pages = Math.round(pages);
  const runs = (['machines', 'kernels', 'filesystems', 'policies'] as const)
    .map((field) => chosenOf(document, field).length)
    .reduce((product, n) => product * n, 1);
  const oneRun =
    START_US + work.accessUs + pages * FIRST_TOUCH_US + work.pageVisits * PAGE_AGAIN_US + work.calls * CALL_US;
  return {
    runs,
    accesses: work.accesses,
    calls: work.calls,
    pages,
    cacheBytes: pages * PAGE,
    memoryBytes: bytesOf(document['memory'] ?? '1 GiB'),
    seconds: (runs * oneRun) / 1e6,
  };
}

function isScattered(step: DraftStep): boolean {
  const pattern = step['pattern'] as { kind?: unknown } | undefined;
  return pattern?.kind !== undefined && pattern.kind !== 'sequential';
}

/** Calls that a step makes: a read or a write goes chunk by chunk. */
function chunksOf(document: DraftDocument, step: DraftStep): number {
  if (step.do !== 'read' && step.do !== 'write') return 1;
  const size = bytesOf(document.files.find(({ name }) => name === step['file'])?.size);
  const from = bytesOf(step['from']);
  const length = step['length'] === undefined ? Math.max(0, size - from) : bytesOf(step['length']);
  return Math.max(1, Math.ceil(length / Math.max(1, bytesOf(step['chunk'], PAGE))));
}
