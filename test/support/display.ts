/**
 * A display for the tests of the windows: Xvfb on a free number where there is none. Vitest's global setup of the `e2e`
 * project: every test file then finds DISPLAY set.
 */
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { DISPLAY_PACKAGES, ensureDebianPackages } from '../../src-main/bootstrap/debian.mjs';

/** Larger than the lab's window, in the depth Chromium expects. */
const SCREEN = '1920x1200x24';

/** A server that is not up by then never will be, ms. */
const START_MS = 60_000;

/** Starts a display where none is set; vitest calls the returned function at the end. */
export default async function startDisplay(): Promise<() => void> {
  if (process.platform !== 'linux' || process.env['DISPLAY'] !== undefined) return () => undefined;
  await ensureDebianPackages(DISPLAY_PACKAGES, 'to test windows without a screen');
  // The server picks a free number itself and writes it to descriptor 3 once it takes connections.
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', SCREEN, '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const number = await new Promise<string>((resolve, reject) => {
    server.once('error', reject);
    const late = new Error(`Xvfb said nothing for ${START_MS / 1000} s`);
    setTimeout(() => reject(late), START_MS).unref();
    server.once('exit', (code) => {
      reject(new Error(`Xvfb ended with code ${code ?? 'none'}`));
    });
    (server.stdio[3] as Readable).setEncoding('utf8').once('data', (text: string) => {
      resolve(text.trim());
    });
  });
  process.env['DISPLAY'] = `:${number}`;
  return () => {
    delete process.env['DISPLAY'];
    server.kill();
  };
}
