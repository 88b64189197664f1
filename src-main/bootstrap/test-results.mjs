/** Counting: vitest's own record of a run, read back, and what was left out and why. */
import { readFileSync } from 'node:fs';

/**
 * @typedef {object} Tally
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {string[]} failures names of what failed
 * @property {string[]} leftOut names of what did not run, each with its reason
 */

/** What a machine may lack even where every left-out test counts as failed (CI=true). */
const MAY_BE_MISSING = new Set(['shared', 'root']);

/** @returns {Tally} */
export function emptyTally() {
  return { passed: 0, failed: 0, skipped: 0, failures: [], leftOut: [] };
}

/**
 * @param {Tally} sum changed
 * @param {Tally} part
 */
export function addTally(sum, part) {
  sum.passed += part.passed;
  sum.failed += part.failed;
  sum.skipped += part.skipped;
  sum.failures.push(...part.failures);
  sum.leftOut.push(...part.leftOut);
}

/**
 * One thing that did not run.
 * @param {Tally} tally changed
 * @param {string} name ends in `[needs X]` where the reason is something this machine lacks
 * @param {boolean} strict whether only `shared` and `root` may be missing
 */
export function leaveOut(tally, name, strict) {
  const need = /\[needs ([^\]]+)\]/.exec(name)?.[1];
  if (strict && (need === undefined || !MAY_BE_MISSING.has(need))) {
    tally.failed += 1;
    tally.failures.push(`${name} (left out, which CI does not allow${need === undefined ? '; no reason given' : ''})`);
  } else {
    tally.skipped += 1;
    tally.leftOut.push(need === undefined ? `${name} (no reason given)` : name);
  }
}

/**
 * Reads vitest's JSON record.
 * @param {string} file
 * @param {string} project its name, for a run that left no record
 * @param {number} exitCode of the run: one that failed without a failed test still failed
 * @param {boolean} strict see leaveOut
 * @returns {Tally}
 */
export function readVitest(file, project, exitCode, strict) {
  const tally = emptyTally();
  /** @typedef {{ fullName: string, status: string }} TestRecord */
  /** @type {{ testResults: { name: string, status: string, assertionResults: TestRecord[] }[] }} */
  let record;
  try {
    record = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    tally.failed += 1;
    tally.failures.push(`${project} tests: the run left no record (exit code ${exitCode})`);
    return tally;
  }
  for (const { name, status, assertionResults } of record.testResults) {
    for (const test of assertionResults) {
      if (test.status === 'passed') tally.passed += 1;
      else if (test.status === 'failed') {
        tally.failed += 1;
        tally.failures.push(test.fullName);
      } else leaveOut(tally, test.fullName, strict);
    }
    if (status === 'failed' && !assertionResults.some((test) => test.status === 'failed')) {
      tally.failed += 1;
      tally.failures.push(`${name} (the file itself failed)`);
    }
  }
  if (exitCode !== 0 && tally.failed === 0) {
    tally.failed += 1;
    tally.failures.push(`${project} tests: an error outside any test (exit code ${exitCode})`);
  }
  return tally;
}
