#!/usr/bin/env node
/**
 * `npm test`: sets up what is missing, then every check of the project, step by step, and one closing line. All steps run,
 * whatever failed before. `npm test -- STEP...` runs only those named (for instance `npm test -- lint unit`).
 */
import { mkdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { ensureBuild } from './build.mjs';
import { capture, runInPlace } from './children.mjs';
import { DISPLAY_PACKAGES, ensureDebianPackages } from './debian.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { ensureElectron } from './electron.mjs';
import { appEnvironment, node24, root } from './paths.mjs';
import { runMain, SetupError } from './report.mjs';
import { addTally, emptyTally, leaveOut, readVitest } from './test-results.mjs';

/**
 * @typedef {object} Step
 * @property {string} id named on the command line
 * @property {string} title
 * @property {() => Promise<import('./test-results.mjs').Tally>} run
 */

const strict = process.env.CI === 'true';
const records = join(root, 'test-results');
/** What the tests of the windows saw: see test/support/electron.ts. */
const screenshots = join(records, 'screenshots');

/** @type {string | null} why the tests of the windows cannot run here */
let noElectron = null;
let buildFailed = false;

/**
 * A check that is one program: its output is shown when it fails.
 * @param {string} id
 * @param {string} title
 * @param {string} program path below node_modules
 * @param {readonly string[]} args
 * @returns {Step}
 */
function check(id, title, program, args) {
  return {
    id,
    title,
    run: async () => {
      const { code, output } = await capture(node24, [join(root, 'node_modules', program), ...args], { cwd: root });
      return verdict(title, code === 0, output);
    },
  };
}

/**
 * @param {string} title
 * @param {boolean} passed
 * @param {string} output shown when it failed
 * @returns {import('./test-results.mjs').Tally}
 */
function verdict(title, passed, output) {
  const tally = emptyTally();
  if (passed) tally.passed = 1;
  else {
    tally.failed = 1;
    tally.failures.push(title);
    const text = process.stdout.isTTY ? output : stripVTControlCharacters(output);
    process.stdout.write(`\n--- ${title} ---\n${text.trim()}\n---\n`);
  }
  return tally;
}

/**
 * @param {string} project of vitest.config.ts
 * @returns {Promise<import('./test-results.mjs').Tally>}
 */
async function vitest(project) {
  const record = join(records, `${project}.json`);
  rmSync(record, { force: true });
  const program = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const args = ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${record}`];
  const code = await runInPlace(node24, [program, ...args], appEnvironment());
  return readVitest(record, project, code, strict);
}

/** @type {Step[]} run beside each other */
const checks = [
  {
    id: 'electron',
    title: 'Electron for the tests of the windows',
    run: async () => {
      const title = 'Electron for the tests of the windows';
      try {
        await ensureElectron();
        if (!process.env.DISPLAY) await ensureDebianPackages(DISPLAY_PACKAGES, 'to test windows without a screen');
        return verdict(title, true, '');
      } catch (error) {
        if (!(error instanceof SetupError)) throw error;
        noElectron = error.message;
        const tally = emptyTally();
        leaveOut(tally, `${title}: ${error.message} [needs electron]`, strict);
        return tally;
      }
    },
  },
  check('lint', 'lint (eslint)', 'eslint/bin/eslint.js', ['.', '--max-warnings', '0']),
  check('types', 'types (tsc)', 'typescript/bin/tsc', ['--noEmit', '-p', 'tsconfig.json']),
  check('types-renderer', 'types of the window (vue-tsc)', 'vue-tsc/bin/vue-tsc.js', [
    '--noEmit',
    '-p',
    'tsconfig.renderer.json',
  ]),
  check('format', 'formatting (prettier)', 'prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '.']),
  check('boundaries', 'boundaries (dependency-cruiser)', 'dependency-cruiser/bin/dependency-cruiser.mjs', [
    'src-main',
    'src-renderer',
    'test',
  ]),
  check('unused', 'unused files, exports and dependencies (knip)', 'knip/bin/knip.js', ['--no-progress']),
];

/** @type {Step[]} run after each other: tests measure and use both cores */
const tests = [
  { id: 'unit', title: 'unit tests (vitest)', run: () => vitest('unit') },
  {
    id: 'build',
    title: 'build (electron-vite)',
    run: async () => {
      try {
        await ensureBuild();
        return verdict('build (electron-vite)', true, '');
      } catch (error) {
        if (!(error instanceof SetupError)) throw error;
        buildFailed = true;
        return verdict('build (electron-vite)', false, error.message);
      }
    },
  },
  {
    id: 'e2e',
    title: 'tests of the windows (vitest, Electron)',
    run: async () => {
      const tally = emptyTally();
      if (noElectron !== null) leaveOut(tally, 'tests of the windows [needs electron]', strict);
      else if (buildFailed) return verdict('tests of the windows', false, 'not run: the application was not built');
      else {
        // What an earlier run saw is not to be taken for what this one saw.
        rmSync(screenshots, { recursive: true, force: true });
        return vitest('e2e');
      }
      return tally;
    },
  },
];

/**
 * Runs steps, at most `width` at once, and says how each went.
 * @param {readonly Step[]} steps
 * @param {number} width
 * @param {import('./test-results.mjs').Tally} sum changed
 */
async function runAll(steps, width, sum) {
  const waiting = [...steps];
  const workers = Array.from({ length: width }, async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const started = performance.now();
      const tally = await step.run();
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      const word = tally.failed > 0 ? 'FAILED' : tally.passed === 0 ? 'left out' : 'ok';
      process.stdout.write(`${word.padEnd(8)} ${step.title} (${seconds} s)\n`);
      addTally(sum, tally);
    }
  });
  await Promise.all(workers);
}

/**
 * @param {readonly Step[]} steps
 * @returns {Step[]} those named on the command line; all where none is
 */
function chosen(steps) {
  const names = process.argv.slice(2);
  return steps.filter((step) => names.length === 0 || names.includes(step.id));
}

/** @throws {SetupError} on a name that is no step's */
function refuseUnknownSteps() {
  const known = [...checks, ...tests].map((step) => step.id);
  const unknown = process.argv.slice(2).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new SetupError(`unknown step ${unknown}; there are: ${known.join(', ')}`);
}

await runMain(async () => {
  refuseUnknownSteps();
  await ensureDependencies();
  mkdirSync(records, { recursive: true });
  // A log file is read as text.
  if (!process.stdout.isTTY && !process.env.FORCE_COLOR) process.env.NO_COLOR = '1';
  process.chdir(root);
  const sum = emptyTally();
  await runAll(chosen(checks), availableParallelism(), sum);
  await runAll(chosen(tests), 1, sum);
  for (const name of sum.leftOut) process.stdout.write(`left out: ${name}\n`);
  for (const name of sum.failures) process.stdout.write(`failed: ${name}\n`);
  process.stdout.write(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped\n`);
  return sum.failed === 0 ? 0 : 1;
});
