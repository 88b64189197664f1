import { mkdirSync } from 'node:fs';
import { availableParallelism, homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { RESOURCES } from '#cli/resources';
import { Documents } from '#lab/documents';
import { Lab } from '#lab/lab';
import { OwnDocuments, documentsFolder } from '#lab/own-documents';
import { defaultLibraryPath } from '#store/location';

/** Option of every command that uses the library. */
export const libraryArg = {
  library: {
    type: 'string',
    description: "the library's file (default: FAULTLINE_LIBRARY, else the user's data folder)",
    valueHint: 'FILE',
  },
} as const;

/** Absolute path of the library that the option, the environment or custom names. */
export function libraryPathOf(library: string | undefined): string {
  if (library !== undefined) return resolve(library);
  return defaultLibraryPath({ env: process.env, platform: process.platform, home: homedir() });
}

/** The documents that ship, and the user's own beside the library that the environment names. */
export function knownDocuments(): Documents {
  return new Documents(RESOURCES, new OwnDocuments(documentsFolder(libraryPathOf(undefined))));
}

/** Opens the lab of the command line, and closes it when `use` is done, whatever happens. */
export async function withLab<T>(library: string | undefined, use: (lab: Lab) => Promise<T>): Promise<T> {
  const libraryPath = libraryPathOf(library);
  mkdirSync(dirname(libraryPath), { recursive: true });
  const lab = await Lab.open({
    makeEmulatorWorker: () => new Worker(new URL('../workers/emulator.ts', import.meta.url)),
    makeStoreWorker: () => new Worker(new URL('../workers/store.ts', import.meta.url)),
    libraryPath,
    resourcesPath: RESOURCES,
    parallel: availableParallelism(),
  });
  try {
    return await use(lab);
  } finally {
    await lab.close();
  }
}

/** A signal that Ctrl+C sets off: the first press stops tidily, the second at once. */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  return controller.signal;
}
