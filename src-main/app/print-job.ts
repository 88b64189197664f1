import { readFile, writeFile } from 'node:fs/promises';
import { app } from 'electron';
import * as v from 'valibot';
import { printJobSchema } from '#lab/print-job';
import { ElectronPrinter } from './print.ts';

/** Does what the command line asks of Electron, without a window, and ends: exit code 0 when `out` was written. */
export async function runPrintJob(file: string): Promise<void> {
  // Else Electron ends with its first hidden page.
  app.on('window-all-closed', () => undefined);
  try {
    await app.whenReady();
    const job = v.parse(printJobSchema, JSON.parse(await readFile(file, 'utf8')));
    const content = await readFile(job.content, 'utf8');
    const printer = new ElectronPrinter();
    const bytes = job.make === 'pdf' ? await printer.pdf(content, job.paper) : await printer.png(content, job.scale);
    await writeFile(job.out, bytes);
    app.exit(0);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    app.exit(1);
  }
}
