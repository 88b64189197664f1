import fc from 'fast-check';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { conformSsd, parseSsdTrace, withWriteCache } from '#lab/conformance-ssd';
import { Documents } from '#lab/documents';
import { REFERENCE_DRIVE, loadFlashDrive, readTraceFile } from '#lab/flash-drives';
import { InputError } from '#model/problem';
import { describeWithShared } from '../support/requirement.ts';
import { repositoryRoot, sharedPath } from '../support/shared.ts';

const documents = new Documents(join(repositoryRoot, 'resources'));
const drive = loadFlashDrive(REFERENCE_DRIVE, documents);
const folder = mkdtempSync(join(tmpdir(), 'faultline-ssd-'));
afterAll(() => rmSync(folder, { recursive: true }));
let ticks = 0;
const clock = () => (ticks += 100);

function problem(action: () => unknown): InputError {
  try {
    action();
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('a stream of requests', () => {
  it('is read line by line', () => {
    const trace = parseSsdTrace('0 0 8 16 1\r\n\n1000 3 0 8 0\n', 'x');
    expect([trace.count, trace.arrival[1], trace.sector[0], trace.sectors[0], trace.op[0], trace.op[1]]).toEqual([
      2, 1e6, 8, 16, 0, 1,
    ]);
  });

  it.each([
    ['0 0 8 16', 1, 'not a request'],
    ['0 0 8 16 1\n0 0 8 16 2', 2, 'not a request'],
    ['0 0 8 -1 1', 1, 'not a request'],
    ['0 0 8 16 1\n5 0 8 16 1\n4 0 8 16 1', 3, 'arrives before'],
    ['0 0 8 0 1', 1, 'a request of 0 sectors'],
    ['99999999999999 0 8 8 1', 1, 'arrives too late'],
  ])('refuses %j with its line', (text, line, message) => {
    const { problem: p } = problem(() => parseSsdTrace(text, 'x.trace'));
    expect(p).toMatchObject({ file: 'x.trace', line });
    expect(p.message).toContain(message);
  });

  it('refuses a file without requests', () => {
    expect(problem(() => parseSsdTrace('\n', 'x')).problem.message).toBe('holds no requests');
  });

  it('never throws anything else, whatever the text', () => {
    const text = fc.stringMatching(/^[0-9 .\n-]{0,80}$/);
    fc.assert(
      fc.property(text, (t) => {
        try {
          parseSsdTrace(t, 'x');
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
    );
  });

  it('may be packed', () => {
    const path = join(folder, 'a.trace.gz');
    writeFileSync(path, gzipSync('0 0 8 16 1\n'));
    expect(readTraceFile(path)).toBe('0 0 8 16 1\n');
    writeFileSync(path, readFileSync(path).subarray(0, 15));
    expect(problem(() => readTraceFile(path)).problem).toMatchObject({ file: path });
  });
});

describe('conformance of a flash drive', () => {
  it('says how long requests took', () => {
    const result = conformSsd(drive, '0 0 0 8 1\n1000000 0 0 8 1\n2000000 0 0 8 0\n', 'x', clock);
    expect(result).toMatchObject({ requests: 3, folded: 0 });
    expect(result.minUs).toBeLessThan(result.p50Us);
    expect(result.maxUs).toBeGreaterThan(700);
    expect(result.requestsPerSecond).toBeGreaterThan(0);
  });

  it('folds requests beyond the drive, and counts them', () => {
    expect(conformSsd(drive, '0 0 99999999999 8 1\n', 'x', clock).folded).toBe(1);
  });

  it('completes writes early with the cache on', () => {
    const trace = '0 0 0 8 0\n';
    expect(conformSsd(withWriteCache(drive, true), trace, 'x', clock).maxUs).toBeLessThan(20);
    expect(conformSsd(withWriteCache(drive, false), trace, 'x', clock).maxUs).toBeGreaterThan(700);
  });

  it('refuses a document that is no flash drive', () => {
    expect(problem(() => loadFlashDrive('fixed-100us', documents)).message).toContain('not a flash drive');
  });
});

describeWithShared(
  'the reference streams of MQSim',
  () => {
    const run = (name: string) =>
      conformSsd(drive, readTraceFile(sharedPath('ssd-reference', `${name}.trace.gz`)), name, clock);
    /** Its answers are whole microseconds, cut off. */
    const within = (value: number, reference: number, share: number) => {
      expect(value).toBeGreaterThanOrEqual(reference * (1 - share));
      expect(value).toBeLessThanOrEqual((reference + 1) * (1 + share));
    };

    it.each([
      ['r4k', 88, 165, 165],
      ['w4k', 763, 840, 851],
    ])('%s unloaded: least and mean within 1 %%', (name, min, mean, max) => {
      const result = run(name);
      expect(result.requests).toBe(20000);
      within(result.minUs, min, 0.01);
      within(result.meanUs, mean, 0.01);
      within(result.maxUs, max, 0.01);
    });

    it('m4k loaded: mean within 5 %, most within 10 %', () => {
      const result = run('m4k');
      within(result.minUs, 88, 0.01);
      within(result.meanUs, 723, 0.05);
      within(result.maxUs, 4294, 0.1);
    });
  },
  'ssd-reference',
);
