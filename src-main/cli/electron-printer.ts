import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PRINT_SWITCH, type PrintJob } from '#lab/print-job';
import { PrinterMissing, type Printer } from '#lab/printer';
import type { Paper } from '#model/report';
import { appEnvironment, root } from '../bootstrap/paths.mjs';

/** A page that is not made by then will not be. */
const PATIENCE_MS = 120_000;

type Job = { make: 'pdf'; paper: Paper } | { make: 'png'; scale: number };

/** Prints in an Electron of its own, without a window and without a display: the engine that the lab's window has. */
export class ElectronProcessPrinter implements Printer {
  pdf(html: string, paper: Paper): Promise<Uint8Array> {
    return this.print(html, { make: 'pdf', paper });
  }

  png(svg: string, scale: number): Promise<Uint8Array> {
    return this.print(svg, { make: 'png', scale });
  }

  private async print(text: string, job: Job): Promise<Uint8Array> {
    const electron = await electronHere(job.make);
    const folder = await mkdtemp(join(tmpdir(), 'faultline-print-'));
    try {
      const content = join(folder, 'content');
      const out = join(folder, 'out');
      const file = join(folder, 'job.json');
      await writeFile(content, text);
      await writeFile(file, JSON.stringify({ ...job, content, out } satisfies PrintJob));
      const screen = process.platform === 'linux' ? ['--ozone-platform=headless'] : [];
      const switches = [...electron.args, ...screen, '--log-level=3', `--user-data-dir=${join(folder, 'user-data')}`];
      await run(electron.executablePath, [...switches, `--${PRINT_SWITCH}=${file}`, root], electron.env, job.make);
      return await readFile(out);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

/** The Electron that `npm start` would use, and the built application. @throws PrinterMissing */
async function electronHere(
  make: Job['make'],
): Promise<{ executablePath: string; args: string[]; env: Record<string, string> }> {
  try {
    // Loaded only here: most commands have nothing to print.
    const { ensureElectron } = await import('../bootstrap/electron.mjs');
    const { ensureBuild } = await import('../bootstrap/build.mjs');
    const electron = await ensureElectron();
    await ensureBuild();
    return electron;
  } catch (error) {
    throw new PrinterMissing(nameOf(make), reasonOf(error));
  }
}

function run(program: string, args: readonly string[], env: Record<string, string>, make: Job['make']): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], env: appEnvironment(env) });
    const patience = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4000)));
    child.once('error', (error) => {
      clearTimeout(patience);
      reject(new PrinterMissing(nameOf(make), error.message));
    });
    child.once('close', (code, signal) => {
      clearTimeout(patience);
      const last = said.trim().split('\n').at(-1) ?? '';
      if (code === 0) resolve();
      else
        reject(
          new PrinterMissing(
            nameOf(make),
            `it ended with ${signal ?? `code ${code ?? ''}`}${last === '' ? '' : ` (${last})`}`,
          ),
        );
    });
  });
}

const nameOf = (make: Job['make']): 'PDF' | 'PNG' => (make === 'pdf' ? 'PDF' : 'PNG');

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
