import { Worker } from 'node:worker_threads';
import emulatorPath from '../workers/emulator.ts?modulePath';
import explorerPath from '../workers/explorer.ts?modulePath';
import storePath from '../workers/store.ts?modulePath';

/** A thread that emulates. */
export function startEmulatorWorker(): Worker {
  return new Worker(emulatorPath, { name: 'emulator' });
}

/** The thread that holds the library's file. */
export function startStoreWorker(): Worker {
  return new Worker(storePath, { name: 'store' });
}

/** A thread that explores scenarios. */
export function startExplorerWorker(): Worker {
  return new Worker(explorerPath, { name: 'explorer' });
}
