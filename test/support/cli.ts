import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** No command of a test takes a tenth of it: one that hangs is ended, and does not outlive its test, ms. */
const TIMEOUT_MS = 300_000;
const MAIN = fileURLToPath(new URL('../../src-main/cli/main.ts', import.meta.url));

/** What a command printed, and how it ended. */
export interface CliResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `faultline ...words` as its own process, as a user does. */
export function faultline(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
      timeout: TIMEOUT_MS,
    });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? -1, out, err }));
  });
}
