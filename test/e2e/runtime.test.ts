/**
 * The ground the windows stand on: a real Electron starts under a display, and better-sqlite3 answers in a worker thread
 * of its main process, which is how the store uses it.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { electronLaunch } from '../support/electron.ts';
import { repositoryRoot } from '../support/shared.ts';

// Electron becomes ready only after the entry module has run, so the module itself must not wait for that.
const MAIN = `
import { app, BrowserWindow } from 'electron';
import { Worker } from 'node:worker_threads';
app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 640, height: 480 });
  const show = (text) => window.loadURL('data:text/html,<title>' + encodeURIComponent(text) + '</title>');
  const worker = new Worker(new URL('worker.cjs', import.meta.url));
  worker.once('message', show);
  worker.once('error', (error) => show(error.message));
});
`;

const WORKER = `
const { parentPort } = require('node:worker_threads');
const Database = require(${JSON.stringify(join(repositoryRoot, 'node_modules', 'better-sqlite3'))});
const nativeBinding = process.env.FAULTLINE_SQLITE_BINDING;
const database = new Database(':memory:', nativeBinding === undefined ? {} : { nativeBinding });
database.exec('create table fault (page integer)');
database.prepare('insert into fault values (?), (?)').run(40, 2);
parentPort.postMessage('sum ' + database.prepare('select sum(page) as sum from fault').get().sum);
`;

describe('the Electron runtime', () => {
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'faultline-runtime-'));
    const manifest = { name: 'faultline-runtime-test', version: '1.2.3', type: 'module', main: 'main.js' };
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
    writeFileSync(join(folder, 'main.js'), MAIN);
    writeFileSync(join(folder, 'worker.cjs'), WORKER);
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('opens a window, in development mode, and reads SQLite in a worker thread', async () => {
    const userData = join(folder, 'user-data');
    const application = await _electron.launch(await electronLaunch([`--user-data-dir=${userData}`], {}, folder));
    try {
      const window = await application.firstWindow();
      await expect.poll(() => window.title(), { timeout: 20_000 }).toBe('sum 42');
      const about = await application.evaluate(({ app }) => ({
        packaged: app.isPackaged,
        name: app.getName(),
        version: app.getVersion(),
      }));
      expect(about).toEqual({ packaged: false, name: 'faultline-runtime-test', version: '1.2.3' });
    } finally {
      await application.close();
    }
  });
});
