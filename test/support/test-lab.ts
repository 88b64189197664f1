import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Lab } from '#lab/lab';
import { repositoryRoot } from './shared.ts';

const worker = (name: string): Worker => new Worker(new URL(`../../src-main/workers/${name}.ts`, import.meta.url));

/** A lab with a library of its own in a folder that is gone after `end`. */
export class TestLab {
  readonly folder = mkdtempSync(join(tmpdir(), 'faultline-lab-'));
  readonly libraryPath = join(this.folder, 'library.db');
  lab!: Lab;

  async open(): Promise<Lab> {
    this.lab = await Lab.open({
      makeEmulatorWorker: () => worker('emulator'),
      makeStoreWorker: () => worker('store'),
      libraryPath: this.libraryPath,
      resourcesPath: join(repositoryRoot, 'resources'),
      parallel: 2,
    });
    return this.lab;
  }

  /** Runs a shipped experiment, changed as said; ids of its runs in the order of the plan. */
  async run(id: string, change: object = {}): Promise<string[]> {
    const file = join(repositoryRoot, 'resources', 'experiments', `${id}.json`);
    const document = { ...(JSON.parse(readFileSync(file, 'utf8')) as object), ...change };
    return (await this.lab.run(document)).map((run) => run.id);
  }

  async end(): Promise<void> {
    await this.lab.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
