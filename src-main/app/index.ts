import { readFileSync } from 'node:fs';
import { availableParallelism, homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, dialog } from 'electron';
import { Lab } from '#lab/lab';
import { PRINT_SWITCH } from '#lab/print-job';
import { defaultLibraryPath } from '#store/location';
import { Shell } from './shell.ts';
import { runPrintJob } from './print-job.ts';
import { declareScheme } from './protocol.ts';
import { lockDown } from './security.ts';
import { startEmulatorWorker, startStoreWorker } from './threads.ts';

/** The folder with package.json: out/main/index.js stands two levels below it. */
const root = app.isPackaged ? app.getAppPath() : fileURLToPath(new URL('../..', import.meta.url));

// The default application sets its own folder over the one asked for: a test, or a second lab beside the first.
const ownFolder = app.commandLine.getSwitchValue('user-data-dir');
if (ownFolder !== '') app.setPath('userData', ownFolder);

declareScheme();
lockDown();

const printJob = app.commandLine.getSwitchValue(PRINT_SWITCH);
if (printJob !== '') void runPrintJob(printJob);
else if (app.requestSingleInstanceLock()) void start();
else app.quit();

async function start(): Promise<void> {
  await app.whenReady();
  const libraryPath = defaultLibraryPath({ env: process.env, platform: process.platform, home: homedir() });
  let lab: Lab;
  try {
    lab = await openLab(libraryPath);
    // What was deleted can be brought back until now.
    await lab.library.purgeDeleted();
  } catch (error) {
    // Without its library the lab has nothing to show: say what is wrong and how to get out of it.
    dialog.showErrorBox('Faultline cannot open its library', error instanceof Error ? error.message : String(error));
    app.exit(1);
    return;
  }
  const shell = new Shell(lab, { root, libraryPath, version: versionOf(root) });
  shell.open();
  app.on('second-instance', (_event, argv, workingDirectory) => shell.openedAgain(argv, workingDirectory));
  app.on('open-file', (event, file) => {
    event.preventDefault();
    shell.openFiles([file]);
  });
  app.on('activate', () => shell.open());
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  let closed = false;
  app.on('will-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    closed = true;
    void shell.close().finally(() => app.quit());
  });
}

function openLab(libraryPath: string): Promise<Lab> {
  const nativeBinding = process.env['FAULTLINE_SQLITE_BINDING'];
  return Lab.open({
    makeEmulatorWorker: startEmulatorWorker,
    makeStoreWorker: startStoreWorker,
    libraryPath,
    resourcesPath: join(root, 'resources'),
    // One core is left for the window and one for the store, where there are that many.
    parallel: Math.max(1, availableParallelism() - 2),
    ...(nativeBinding === undefined || nativeBinding === '' ? {} : { nativeBinding }),
  });
}

function versionOf(folder: string): string {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version?: string };
  return manifest.version ?? '';
}
