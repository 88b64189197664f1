import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readVitest } from '../../src-main/bootstrap/test-results.mjs';

let folder = '';
let record = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-results-'));
  record = join(folder, 'unit.json');
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Writes a record of one file with tests of these names and states. */
function recordOf(tests: Readonly<Record<string, string>>, status = 'passed'): void {
  const assertionResults = Object.entries(tests).map(([fullName, state]) => ({ fullName, status: state }));
  writeFileSync(record, JSON.stringify({ testResults: [{ name: 'a.test.ts', status, assertionResults }] }));
}

describe('counting tests', () => {
  it('sums what passed, failed and was left out, and names the reasons', () => {
    recordOf({ one: 'passed', two: 'failed', 'three [needs root]': 'skipped', four: 'todo' }, 'failed');
    expect(readVitest(record, 'unit', 1, false)).toEqual({
      passed: 1,
      failed: 1,
      skipped: 2,
      failures: ['two'],
      leftOut: ['three [needs root]', 'four (no reason given)'],
    });
  });

  it('counts a left-out test as failed in CI, unless it lacks only root or the shared material', () => {
    recordOf({
      'a [needs shared]': 'skipped',
      'b [needs root] c': 'skipped',
      'd [needs valgrind]': 'skipped',
      e: 'pending',
    });
    const tally = readVitest(record, 'unit', 0, true);
    expect(tally).toMatchObject({ passed: 0, failed: 2, skipped: 2 });
    expect(tally.failures.join('\n')).toMatch(/d \[needs valgrind\].*\ne .*no reason/);
  });

  it('counts a file that failed before its first test', () => {
    recordOf({}, 'failed');
    expect(readVitest(record, 'unit', 1, false)).toMatchObject({ passed: 0, failed: 1 });
  });

  it('counts an error outside any test', () => {
    recordOf({ one: 'passed' });
    expect(readVitest(record, 'unit', 1, false)).toMatchObject({ passed: 1, failed: 1 });
  });

  it('counts a run that left no record', () => {
    expect(readVitest(record, 'unit', 137, false)).toMatchObject({ passed: 0, failed: 1 });
  });
});
