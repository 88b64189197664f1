/** Starting other programs: with their output kept for the case of failure, or in this process's place. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { SetupError } from './report.mjs';

const isWindows = process.platform === 'win32';

/**
 * Starts a program and waits for it.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<{ code: number, output: string, stdout: string }>} exit code (128 + signal where one ended it), both
 *   streams in order of arrival, and standard output alone; a program that is not there has code 127
 */
export function capture(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // npm is a batch file on Windows, which only a shell runs.
      shell: isWindows && command === 'npm',
    });
    let output = '';
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      output += text;
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      output += text;
    });
    child.on('error', (error) => resolve({ code: 127, output: error.message, stdout }));
    child.on('close', (code, signal) => resolve({ code: exitCode(code, signal), output, stdout }));
  });
}

/**
 * Like capture, but failure throws one line followed by the end of what the program said.
 * @param {string} what the step in words, for the message
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<string>} standard output
 */
export async function must(what, command, args, options = {}) {
  const { code, output, stdout } = await capture(command, args, options);
  if (code !== 0) {
    const lines = output.trimEnd().split('\n');
    // npm says the cause first, compilers and bundlers last.
    const shown = lines.length <= 40 ? lines : [...lines.slice(0, 15), '...', ...lines.slice(-20)];
    const tail = shown.join('\n  ');
    throw new SetupError(`${what} failed (${command} ${args.join(' ')}: exit code ${code}):\n  ${tail}`);
  }
  return stdout;
}

/**
 * Runs a program in this one's place: same standard streams, signals passed on.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>} its exit code
 */
export function runInPlace(command, args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', env });
    /** @type {NodeJS.Signals[]} */
    const signals = isWindows ? ['SIGINT', 'SIGTERM'] : ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'];
    for (const signal of signals) {
      // A Ctrl+C reaches the whole process group anyway; a second SIGINT would read as impatience.
      process.on(signal, () => {
        if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
      });
    }
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(exitCode(code, signal)));
  });
}

/**
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signal
 * @returns {number} the shell's way of saying it
 */
function exitCode(code, signal) {
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}
